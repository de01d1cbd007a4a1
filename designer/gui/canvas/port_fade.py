"""Fading ports that do not fit while a link is drawn, a few nodes at a time where many are seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from designer.gui.canvas.geometry import Place
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.overview import FAR

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

# painting a node anew takes some tenths of a millisecond
AT_ONCE = 24
FRAME_MS = 16

Fades = Callable[[NodeItem, Place], bool]


class PortFade:
    """Fades ports on the nodes of ``view``: those about the cursor first, those out of sight without being painted."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._fades: Fades | None = None
        self._waiting: list[str] = []
        self._timer = QTimer(view, interval=FRAME_MS)
        self._timer.timeout.connect(self._go_on)

    def show(self, fades: Fades | None) -> None:
        """Fade the ports for which ``fades`` is true; None fades none."""
        if fades is self._fades:
            return
        view, self._fades = self._view, fades
        # from afar no port is painted
        seen = view.canvas.nodes_in(view.visible_rect()) if view.zoom >= FAR else set()
        for key, item in view.canvas.nodes.items():
            if key not in seen:
                item.set_fading(fades)
        nodes = view.canvas.nodes
        near = view.mapToScene(view.cursor_at) if view.cursor_at is not None else view.visible_rect().center()
        self._waiting = sorted(seen, key=lambda key: -(nodes[key].rect().center() - near).manhattanLength())
        self._go_on()

    def _go_on(self) -> None:
        nodes = self._view.canvas.nodes
        now = [self._waiting.pop() for _ in range(min(AT_ONCE, len(self._waiting)))]
        for key in now:
            if key in nodes:
                nodes[key].set_fading(self._fades)
        if self._waiting:
            self._timer.start()
        else:
            self._timer.stop()
