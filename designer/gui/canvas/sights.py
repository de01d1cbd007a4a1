"""Sights: which part of each graph one looked at last, shown again when one comes back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView


class Sights:
    """Remembers for ``view`` the middle and the scale at which each graph was seen, by the path that leads to it."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._path = view.session.path
        self._seen: dict[tuple[str, ...], tuple[QPointF, float]] = {}

    def moved(self) -> None:
        """Another graph is looked at: the part of it that was seen last, or all where that is bare now.

        Nothing of it is selected, but on the way out the use of the block that one comes from.
        """
        view, before = self._view, self._path
        self._seen[before] = (view.visible_rect().center(), view.zoom)
        self._path = view.session.path
        out = before[: len(self._path)] == self._path and len(before) > len(self._path)
        view.canvas.select([before[len(self._path)]] if out else ())
        if self._path in self._seen:
            centre, zoom = self._seen[self._path]
            view.set_zoom(zoom)
            view.centerOn(centre)
        if self._path not in self._seen or not view.visible_rect().intersects(view.canvas.nodes_rect()):
            view.zoom_to_fit()
