"""Reading a link: what flows along the one under the cursor, shown at its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.gui.canvas.hit import link_hit
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.link_grip import Grip, grip_at
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.overlay import ABOVE_ALL

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

PAUSE_MS = 120
HEIGHT, PADDING = 20.0, 8.0
_CURSORS = {
    "source": Qt.CursorShape.CrossCursor,
    "target": Qt.CursorShape.CrossCursor,
    "bend": Qt.CursorShape.SizeAllCursor,
    "middle": Qt.CursorShape.PointingHandCursor,
}


class FlowLabel(QGraphicsItem):
    """A few words in the middle of a link, of one size on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._ink: Ink | None = None
        self._box = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(ABOVE_ALL - 2)
        self.hide()

    def say(self, text: str, at: QPointF, ink: Ink) -> None:
        """Show ``text`` about a point of the scene."""
        self.prepareGeometryChange()
        self.text, self._ink = text, ink
        width = ink.small_metrics.horizontalAdvance(text) + 2 * PADDING
        self._box = QRectF(-width / 2, -HEIGHT / 2, width, HEIGHT)
        self.setPos(at)
        self.update()
        self.show()

    def boundingRect(self) -> QRectF:
        """The label's box."""
        return self._box.adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the words on a plain card."""
        if self._ink is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._ink.outline)
        painter.setBrush(self._ink.raised)
        painter.drawRoundedRect(self._box, HEIGHT / 2, HEIGHT / 2)
        painter.setPen(self._ink.text)
        painter.setFont(self._ink.small_font)
        painter.drawText(self._box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, self.text)


class LinkHover:
    """Knows the link under the cursor and the part of it that would be taken hold of."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._item: LinkItem | None = None
        self._grip: Grip | None = None
        self.label = FlowLabel()
        view.canvas.addItem(self.label)
        self._pause = QTimer(view, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._say)
        view.destroyed.connect(view.session.subscribe(lambda old, new: self.leave()))

    @property
    def cursor(self) -> Qt.CursorShape | None:
        """The cursor that says what dragging the link here would do; None where no link is."""
        return _CURSORS[self._grip.part] if self._grip else None

    def show(self, point: QPointF | None) -> None:
        """The cursor is at a point of the scene; None is where no link is meant."""
        item = None
        if point is not None and self._view.canvas.node_at(point) is None:
            item = link_hit(self._view, point)
        self._grip = grip_at(item, point, self._view.pixel) if item is not None and point is not None else None
        if item is not self._item:
            self._item = item
            self.label.hide()
            if item is not None:
                self._pause.start()
            else:
                self._pause.stop()

    def leave(self) -> None:
        """No link is under the cursor, or is about to change."""
        self.show(None)

    def _say(self) -> None:
        item, canvas = self._item, self._view.canvas
        if item is None or canvas.links.get(item.link.ends) is not item or not item.flow_text:
            return
        self.label.say(item.flow_text, item.trace.at(item.trace.length / 2), canvas.ink)
