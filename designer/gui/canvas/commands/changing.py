"""Commands that change what is drawn: heal, swap, bypass, rename, mend, duplicate with links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.closing import close_gaps
from designer.gui.canvas.commands.declaration import Command, has_nodes, has_one_node
from designer.gui.canvas.framing import edit_selected
from designer.project import edits
from designer.project.altering import delete_and_heal, duplicate_with_links, set_bypassed
from designer.project.model import Project

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def heal(view: CanvasView) -> None:
    """Delete the selected nodes and let their neighbours reconnect; selected links elsewhere go as well."""
    keys = view.selected()
    if not keys:
        view.refuse("Select the layers to delete; what fed them will feed what they fed.")
        return
    gone = set(keys)
    loose = [link for link in view.canvas.selected_links() if link.source not in gone and link.target not in gone]
    ports_of, sizes = view.session.catalog.ports_of, view.canvas.sizes()

    def edit(project: Project) -> Project:
        healed = delete_and_heal(edits.disconnect(project, loose), keys, ports_of)
        return close_gaps(project, healed, keys, sizes)

    view.editor.do(f"Delete and heal {view.editor.named(keys)}", edit)


def toggle_bypass(view: CanvasView) -> None:
    """Bypass the selected nodes, or no longer where all of them are; of several, those that data can pass by."""
    nodes, ports_of = view.session.project.graph.nodes, view.session.catalog.ports_of
    keys = view.selected()
    if not keys:
        view.refuse("Select the layers that data is to pass by.")
        return
    passable = [key for key in keys if ports_of(nodes[key]).inputs and ports_of(nodes[key]).outputs]
    keys = tuple(passable) or keys
    on = not all(nodes[key].bypassed for key in keys)
    label = f"{'Bypass' if on else 'Stop bypassing'} {view.editor.named(keys)}"
    view.editor.do(label, lambda project: set_bypassed(project, keys, on, ports_of))


def duplicate_linked(view: CanvasView) -> None:
    """Copy the selected nodes beside themselves, fed by what feeds them."""
    keys, added = view.selected(), ()

    def edit(project: Project) -> Project:
        nonlocal added
        project, added = duplicate_with_links(project, keys)
        return project

    if not keys:
        view.refuse("Select the layers to duplicate.")
    elif view.editor.do(f"Duplicate {view.editor.named(keys)} with links", edit):
        view.select(added)


def rename(view: CanvasView) -> None:
    """Edit the name of the one selected node where it is written."""
    keys = view.selected()
    if not keys and view.canvas.selected_things():
        edit_selected(view)
        return
    if len(keys) != 1:
        view.refuse("Select one layer to rename it.")
        return
    from designer.gui.canvas.rename import begin_rename

    if not view.viewport().rect().intersects(view.mapFromScene(view.canvas.nodes[keys[0]].rect()).boundingRect()):
        view.show_node(keys[0])
    begin_rename(view, keys[0])


def show_problem(view: CanvasView) -> None:
    """Say what is wrong with the selected node, and offer to mend it."""
    from designer.gui.canvas.fix_popup import open_fix_popup

    keys = view.selected()
    if len(keys) != 1 or open_fix_popup(view, view.canvas.nodes[keys[0]]) is None:
        view.refuse("Select a layer with a problem." if len(keys) != 1 else "This layer has no problem.")


def swap(view: CanvasView) -> None:
    """Ask what the selected nodes are to become."""
    from designer.gui.canvas.swap_box import open_swap_box

    open_swap_box(view)


def _has_problem(view: CanvasView) -> bool:
    from designer.gui.canvas.fix_popup import problems_about

    return has_one_node(view) and bool(problems_about(view, view.canvas.nodes[view.selected()[0]]))


COMMANDS: tuple[Command, ...] = (
    Command(
        "duplicate_linked",
        "Duplicate &with links",
        duplicate_linked,
        "Ctrl+Shift+D",
        "edit",
        10,
        able=has_nodes,
        tip="The copies are fed by the same layers.",
    ),
    Command(
        "heal",
        "Delete and &heal",
        heal,
        "Shift+Backspace; Ctrl+Del",
        "edit",
        10,
        context=True,
        able=has_nodes,
        tip="What fed the deleted layers then feeds what they fed, and moves up as far as there is room.",
    ),
    Command("rename", "&Rename", rename, "F2", "layer", 10, context=True, anywhere=True, able=has_one_node),
    Command(
        "swap",
        "&Swap with another type…",
        swap,
        "Ctrl+Shift+R",
        "layer",
        10,
        context=True,
        able=has_nodes,
        tip="The links and fields that apply are kept.",
    ),
    Command(
        "bypass",
        "&Bypass",
        toggle_bypass,
        "Ctrl+B",
        "layer",
        10,
        context=True,
        able=has_nodes,
        tip="Data passes by the layer unchanged, and the code leaves it out. Again: it works once more.",
    ),
    Command(
        "show_problem",
        "Show the &problem and its fix",
        show_problem,
        "Ctrl+.",
        "layer",
        10,
        context=True,
        able=_has_problem,
    ),
)
