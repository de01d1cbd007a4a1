"""What one does with layers of one's own: write a new one, change the code of one, take one out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.layers.catalog import catalog_of
from designer.project import custom_layers, edits
from designer.project.custom_layers import custom_key, type_of_custom
from designer.project.errors import LayerloomError
from designer.project.model import CustomLayer, Project

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def selected_custom(view: CanvasView) -> str:
    """The key of the custom layer that the one selected node is of; empty where it is none."""
    chosen = view.selected()
    node = view.session.project.graph.nodes.get(chosen[0]) if len(chosen) == 1 else None
    key = custom_key(node.type) if node is not None else ""
    return key if key in view.session.whole.layers else ""


def has_custom(view: CanvasView) -> bool:
    """Whether one node of a custom layer alone is selected."""
    return bool(selected_custom(view))


def new_layer(view: CanvasView) -> None:
    """Write a new layer; once it is sound it is the project's, and a node of it lies on the canvas. One step."""
    from designer.gui.custom.layer_dialog import LayerDialog
    from designer.layers.custom import STARTER

    view.cancel_gesture()
    dialog = LayerDialog(view.window(), view.theme, CustomLayer("", STARTER), "New custom layer")
    dialog.exec()
    layer = dialog.accepted_layer
    dialog.deleteLater()
    if layer is None:
        return
    corner = view.mapToScene(view.viewport().rect().center())
    added = ""

    def edit(project: Project) -> Project:
        nonlocal added
        project, key = custom_layers.add_layer(project, layer)
        node = catalog_of(project).new_node(project.graph, type_of_custom(key), corner.x() - 100, corner.y() - 30)
        added = node.id
        return edits.add_node(project, node)

    _allow(view, layer)
    if view.editor.do(f"New custom layer {layer.name[:40]}", edit):
        view.select([added])


def edit_selected(view: CanvasView) -> None:
    """Change the code of the selected node's layer."""
    key = selected_custom(view)
    if key:
        edit_layer(view, key)
    else:
        view.refuse("Select one node of a layer of your own to change its code.")


def edit_layer(view: CanvasView, key: str) -> None:
    """Change the code of a custom layer: all nodes of it, in one step."""
    from designer.gui.custom.layer_dialog import LayerDialog

    view.cancel_gesture()
    session = view.session.session
    old = session.project.layers[key]
    foreign = key in session.untrusted
    dialog = LayerDialog(view.window(), view.theme, old, f"Custom layer {' '.join(old.name.split())[:60]}", foreign)
    if not custom_layers.uses_of_layer(session.project, key):
        dialog.offer_removal()
    removed: list[str] = []
    dialog.remove_wanted.connect(lambda: removed.append(key))
    dialog.exec()
    layer = dialog.accepted_layer
    dialog.deleteLater()
    if removed:
        _do_whole(
            view, f"Remove custom layer {old.name[:40]}", lambda project: custom_layers.remove_layer(project, key)
        )
    elif layer is not None:
        _allow(view, layer)
        label = f"Change code of {layer.name[:40]}"
        _do_whole(view, label, lambda project: custom_layers.change_layer(project, key, layer))


def _do_whole(view: CanvasView, label: str, edit: object) -> None:
    path = view.session.path
    try:
        view.session.do_whole(label, edit)  # type: ignore[arg-type]
    except LayerloomError as error:
        view.refuse(str(error))
        return
    view.session.look_at(path)


def _allow(view: CanvasView, layer: CustomLayer) -> None:
    """What a person has written, or taken after a check, may run."""
    try:
        view.session.session.allow([layer.source])
    except LayerloomError as error:
        view.refuse(str(error))
