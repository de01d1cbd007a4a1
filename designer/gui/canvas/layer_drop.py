"""Dropping a layer from the palette: where it would land while it is dragged, and the edit when it is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF

from designer.gui.canvas.geometry import HEIGHT, WIDTH, snapped
from designer.gui.canvas.link_item import LinkItem

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

REACH = 16.0


class LayerDrop:
    """The layer type that is being dragged over ``view``."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def aim(self, type_key: str, at: QPoint) -> None:
        """Show where the layer would land, and the link that it would go into."""
        corner = self._corner(at)
        session = self._view.session
        node = session.catalog.new_node(session.project.graph, type_key, corner.x(), corner.y())
        self._view.canvas.show_ghost(node)
        self._view.canvas.highlight(self._link(type_key, at))
        self._view.show_empty_state(False)

    def land(self, type_key: str, at: QPoint) -> None:
        """Add the layer, into the link under it if there is one."""
        link = self._link(type_key, at)
        self._view.editor.add(type_key, self._corner(at), link.link if link else None)

    def end(self) -> None:
        """Show nothing any more."""
        self._view.canvas.hide_ghost()
        self._view.canvas.highlight(None)
        self._view.show_empty_state(True)

    def _corner(self, at: QPoint) -> QPointF:
        return snapped(self._view.mapToScene(at) - QPointF(WIDTH / 2, HEIGHT / 2))

    def _link(self, type_key: str, at: QPoint) -> LinkItem | None:
        layer = self._view.session.catalog.layers[type_key]
        if not layer.inputs or not layer.outputs:
            return None
        return self._view.canvas.link_at(self._view.mapToScene(at), self._view.reach(REACH))
