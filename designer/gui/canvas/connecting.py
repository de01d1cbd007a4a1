"""Connecting what is selected, in the order in which it was selected or else from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.compiler.wiring import accepts
from designer.gui.canvas.fitting import axes_of
from designer.project.chaining import connect_in_order
from designer.project.model import Project
from designer.project.ports import Port

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def connect_selected(view: CanvasView) -> bool:
    """Link the selected nodes one after the other in one step; whether that was possible."""
    keys, nodes = selection_order(view), view.canvas.nodes

    def fits(source: str, output: str, port: Port) -> bool:
        axes = axes_of(nodes[source], output)
        return not axes or accepts(port.axes, axes)

    def edit(project: Project) -> Project:
        return connect_in_order(project, keys, view.editor.catalog.ports_of, fits)[0]

    return view.editor.do(f"Connect {len(keys)} layers in order", edit)


def selection_order(view: CanvasView) -> tuple[str, ...]:
    """The selected nodes as they were picked one by one, or where they were not all so from left to right."""
    chosen, nodes = view.selected(), view.canvas.nodes
    picked = dict.fromkeys(key for key in reversed(view.canvas.picked) if key in chosen)
    if len(picked) == len(chosen):
        return tuple(reversed(picked))
    return tuple(sorted(chosen, key=lambda key: (nodes[key].x(), nodes[key].y())))
