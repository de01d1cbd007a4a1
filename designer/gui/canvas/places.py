"""Places: where one has been in the graphs of the project, to go back to and forward again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QTimer

from designer.project.blocks import keys_along

if TYPE_CHECKING:
    from designer.gui.canvas.flight import Flight
    from designer.gui.canvas.graph_view import GraphView

SETTLED_MS = 400
MOST = 60
# a place is another one when the middle has moved by this share of what is seen, or the scale changed so many times
SHARE, TIMES = 0.6, 1.8


@dataclass(frozen=True)
class Viewpoint:
    """What is looked at: the graph that ``path`` leads to, the point of it in the middle, and the scale."""

    path: tuple[str, ...]
    x: float
    y: float
    zoom: float


class Places:
    """The viewpoints of ``view``, as a browser keeps pages. A short way only changes the one that one is at."""

    def __init__(self, view: GraphView, flight: Flight) -> None:
        self._view = view
        self._flight = flight
        self._been: list[Viewpoint] = []
        self._at = -1
        self._path = view.session.path
        owner = QObject(view)
        self._settled = QTimer(owner, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self.settle)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self._going)
        view.zoomed.connect(self._going)

    @property
    def here(self) -> Viewpoint:
        """What is looked at now."""
        centre = self._view.visible_rect().center()
        return Viewpoint(self._path, centre.x(), centre.y(), self._view.zoom)

    @property
    def can_back(self) -> bool:
        """Whether there is a place before this one."""
        return self._at > 0 or (self._at == 0 and self._is_other(self.here))

    @property
    def can_forward(self) -> bool:
        """Whether one came back from somewhere."""
        return self._at < len(self._been) - 1 and not self._is_other(self.here)

    def settle(self) -> None:
        """Take in where one is now."""
        self._settled.stop()
        if self._flight.flying or not self._view.isVisible():
            self._settled.start()
            return
        here = self.here
        if self._is_other(here):
            self._been[self._at + 1 :] = [here]
            del self._been[:-MOST]
            self._at = len(self._been) - 1
        else:
            self._been[self._at] = here

    def moved_into_graph(self) -> None:
        """Another graph is about to be shown: the place in the one before is kept as it was."""
        self._settled.stop()
        self._flight.stop()
        if self._view.isVisible() and self._path != self._view.session.path:
            self.settle()
        self._path = self._view.session.path
        self._settled.start()

    def back(self) -> bool:
        """Go to the place before; whether there is one."""
        return self._go(-1)

    def forward(self) -> bool:
        """Go to where one came back from; whether there is such a place."""
        return self._go(1)

    def visit(self, there: Viewpoint) -> None:
        """Go to a viewpoint, entering and leaving blocks on the way."""
        view = self._view
        if there.path != self._path:
            view.session.look_at(there.path)
            view.set_zoom(there.zoom)
            view.centerOn(there.x, there.y)
        else:
            self._flight.fly(QPointF(there.x, there.y), there.zoom)
        self._settled.start()

    def forget(self) -> None:
        """Another project is shown: no place of the last one is left."""
        self._been.clear()
        self._at = -1
        self._path = self._view.session.path

    def _going(self, _: float) -> None:
        self._settled.start()

    def _go(self, by: int) -> bool:
        self._flight.stop()
        self.settle()
        target = self._at + by
        while 0 <= target < len(self._been) and not self._exists(self._been[target]):
            # its block is gone
            del self._been[target]
            self._at -= by < 0
            target = self._at + by
        if not 0 <= target < len(self._been):
            return False
        self._at = target
        going, been = self._been[target], list(self._been)
        self.visit(going)
        # entering a block on the way took in nothing new
        self._been, self._at = been, target
        return True

    def _exists(self, there: Viewpoint) -> bool:
        return not there.path or keys_along(self._view.session.whole, there.path) is not None

    def _is_other(self, here: Viewpoint) -> bool:
        if self._at < 0:
            return True
        last = self._been[self._at]
        ratio = here.zoom / last.zoom
        room = self._view.viewport().size()
        seen = min(room.width(), room.height()) / min(here.zoom, last.zoom)
        way = math.hypot(here.x - last.x, here.y - last.y)
        return here.path != last.path or max(ratio, 1 / ratio) > TIMES or way > SHARE * seen
