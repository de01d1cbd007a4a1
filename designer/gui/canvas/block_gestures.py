"""What one does with blocks on the canvas: make, enter, leave, unpack, repeat, share, apply at each step, keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.block_naming import BlockNameEditor, RepeatBox
from designer.layers.blocks import EACH_STEP, REPEAT, SHARED
from designer.project import block_edits, edits
from designer.project.blocks import block_at
from designer.project.errors import LayerloomError
from designer.project.frames import lying_on
from designer.project.graph_forms import block_key, blocks_used
from designer.project.model import Block, Node, Project
from designer.project.unpacking import unpack

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

FIRST_NAME = "Block"


def selected_use(view: CanvasView) -> Node | None:
    """The one selected node, if it is a use of a block."""
    chosen = view.selected()
    graph = view.session.project.graph
    found = graph.nodes.get(chosen[0]) if len(chosen) == 1 else None
    return found if found is not None and block_at(view.session.project, graph, found.id) is not None else None


def has_use(view: CanvasView) -> bool:
    """Whether one use of a block alone is selected."""
    return selected_use(view) is not None


def has_other_uses(view: CanvasView) -> bool:
    """Whether one use of a block is selected, and others use it too."""
    use = selected_use(view)
    return use is not None and block_edits.uses_of(view.session.whole, block_key(use.type)) > 1


def is_inside(view: CanvasView) -> bool:
    """Whether a block is looked into."""
    return bool(view.session.block_key)


def is_shared(view: CanvasView) -> bool:
    """Whether the selected use shares its weights."""
    use = selected_use(view)
    return use is not None and bool(use.fields.get(SHARED, False))


def is_at_each_step(view: CanvasView) -> bool:
    """Whether the selected use is applied at each step of a sequence."""
    use = selected_use(view)
    return use is not None and bool(use.fields.get(EACH_STEP, False))


def has_unused(view: CanvasView) -> bool:
    """Whether the project has blocks that nothing in it uses."""
    whole = view.session.whole
    return bool(whole.blocks) and len(blocks_used(whole.graph.nodes.values(), whole.blocks)) < len(whole.blocks)


def make_block(view: CanvasView) -> bool:
    """Make the selection a block and ask for its name on the node; Escape leaves it at a name of its own."""
    view.cancel_gesture()
    before, ids = view.session.project, _with_frames(view)
    merge = f"make block {len(view.session.history.steps)}"
    made = ""

    def edit(name: str) -> Project:
        nonlocal made
        project, made = block_edits.make_block(
            before, ids, name, view.session.catalog.ports_of, lambda node: _is_end(view, node), view.session.block_key
        )
        return project

    if not view.editor.do("Make block", lambda project: edit(FIRST_NAME), merge):
        return False
    view.select([made])

    def name_it(name: str) -> bool:
        # the merge makes both one step, and the block as if it had been called so from the first
        done = view.editor.do(f"Make block {name[:40]}", lambda project: edit(name), merge)
        view.select([made])
        return done

    name = _block_of(view, made).name
    BlockNameEditor(view, made, name, name_it)
    return True


def enter(view: CanvasView) -> bool:
    """Look into the selected block."""
    use = selected_use(view)
    if use is None:
        view.refuse("Select one block to look into it.")
        return False
    view.cancel_gesture()
    return view.session.enter(use.id)


def leave(view: CanvasView) -> bool:
    """Look at the graph outside."""
    view.cancel_gesture()
    if not view.session.leave():
        view.refuse("This is the whole network: there is nothing outside it.")
        return False
    return True


def unpack_block(view: CanvasView) -> bool:
    """Put what lies in the selected block in its place."""
    use = _demanded_use(view)
    if use is None:
        return False
    came: tuple[str, ...] = ()

    def edit(project: Project) -> Project:
        nonlocal came
        project, came = unpack(project, use.id, view.session.block_key)
        return project

    if not view.editor.do(f"Unpack {use.name[:40]}", edit):
        return False
    view.select(came)
    view.reveal(came)
    return True


def make_unique(view: CanvasView) -> bool:
    """Give the selected use a block of its own."""
    use = _demanded_use(view)
    if use is None:
        return False
    if not has_other_uses(view):
        view.refuse(f"This is the only use of {_block_of(view, use.id).name}.")
        return False
    done = view.editor.do(f"Make {use.name[:40]} unique", lambda project: block_edits.make_unique(project, use.id))
    view.select([use.id])
    return done


def ask_repeat(view: CanvasView) -> RepeatBox | None:
    """Ask how many times in a row the selected block runs."""
    use = _demanded_use(view)
    if use is None:
        return None
    times = use.fields.get(REPEAT, 1)

    def chosen(times: int) -> None:
        label = f"Set repeat of {use.name[:40]} to {times}"
        view.editor.do(label, lambda project: edits.set_field(project, use.id, REPEAT, times))

    return RepeatBox(view, use.id, times if isinstance(times, int) else 1, chosen)


def toggle_shared(view: CanvasView) -> bool:
    """Let the selected use share its weights with the others that do, or not."""
    use = _demanded_use(view)
    if use is None:
        return False
    shared = not is_shared(view)
    label = f"{'Share weights' if shared else 'Own weights'} of {use.name[:40]}"
    return view.editor.do(label, lambda project: edits.set_field(project, use.id, SHARED, shared))


def toggle_each_step(view: CanvasView) -> bool:
    """Let the selected use be applied at each step of a sequence, or to the whole."""
    use = _demanded_use(view)
    if use is None:
        return False
    each = not is_at_each_step(view)
    label = f"Apply {use.name[:40]} {'at each step' if each else 'to the whole'}"
    return view.editor.do(label, lambda project: edits.set_field(project, use.id, EACH_STEP, each))


def keep_in_library(view: CanvasView) -> bool:
    """Keep the selected block, or the one looked into, in the library of this person."""
    from designer.workspace.library import free_name, library_blocks, save_to_library

    use = selected_use(view)
    key = block_key(use.type) if use is not None else view.session.block_key
    if not key:
        view.refuse("Select one block to keep it in your library.")
        return False
    whole = view.session.whole
    block = whole.blocks[key]
    try:
        same = [name for name, known in library_blocks().items() if known == block]
        name = same[0] if same else save_to_library(whole, key, free_name(block.name)).name
    except LayerloomError as error:
        view.refuse(str(error))
        return False
    view.refused.emit(f"“{name}” is in your library{' already' if same else ''}: all projects can add it.")
    return True


def remove_unused(view: CanvasView) -> bool:
    """Drop the blocks that nothing uses."""
    if not has_unused(view):
        view.refuse("Every block of this project is used.")
        return False
    path = view.session.path
    view.session.do_whole("Remove unused blocks", block_edits.remove_unused)
    view.session.look_at(path)
    return True


def show_library(view: CanvasView) -> None:
    """Open the list of the blocks that this person keeps."""
    from designer.gui.library_dialog import LibraryDialog

    dialog = LibraryDialog(view)
    dialog.exec()
    dialog.deleteLater()


def _demanded_use(view: CanvasView) -> Node | None:
    view.cancel_gesture()
    use = selected_use(view)
    if use is None:
        view.refuse("Select one block first.")
    return use


def _block_of(view: CanvasView, key: str) -> Block:
    project = view.session.project
    return project.blocks[block_key(project.graph.nodes[key].type)]


def _is_end(view: CanvasView, node: Node) -> bool:
    layer = view.session.catalog.layer(node.type)
    return layer is not None and layer.role in ("input", "output")


def _with_frames(view: CanvasView) -> set[str]:
    """What is selected, and the frames all of whose nodes are, with what lies on them."""
    graph, sizes = view.session.project.graph, view.canvas.sizes()
    ids = {*view.selected(), *view.canvas.selected_things()}
    for key in graph.frames:
        lying = lying_on(graph, key, sizes)
        nodes = lying & graph.nodes.keys()
        if nodes and nodes <= ids:
            ids |= {key, *lying}
    return ids
