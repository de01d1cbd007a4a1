"""The item of one frame: a titled area behind what lies on it. It is grabbed by its title and its edges alone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyle, QStyleOptionGraphicsItem, QWidget

from designer.gui.canvas.ink import Ink
from designer.gui.canvas.thing_ink import NAMES, thing_ink
from designer.project.frames import TITLE
from designer.project.model import Frame

CORNER = 6.0
TITLE_MARGIN = 12.0
FAR_MARGIN = 6.0
FAR_TITLE_PIXELS = 14.0
FAR_SHRINK = 0.75
FAR_BAR_PIXELS = 22.0
MIDDLE = 0.7
LONGEST_SHOWN = 200
UNTITLED = "Frame"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class FrameItem(QGraphicsItem):
    """Shows one frame. While it is dragged its place and size are those of the gesture, else those of the project."""

    def __init__(self, frame: Frame, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.frame = frame
        self.hovered = False
        self.size = (frame.width, frame.height)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)
        self.set_frame(frame)

    @property
    def key(self) -> str:
        """The frame's id."""
        return self.frame.id

    @property
    def spoken(self) -> str:
        """The frame in one line, as it is read aloud."""
        title = self.frame.title[:LONGEST_SHOWN] or "without a title"
        return f"Frame {title}, {NAMES[self.frame.colour].lower()}"

    @property
    def tip(self) -> str:
        """What the tool tip says, as plain text."""
        return self.spoken

    def set_frame(self, frame: Frame) -> None:
        """Show the frame as it is now."""
        self.frame = frame
        self.set_box(QRectF(frame.x, frame.y, frame.width, frame.height))

    def set_box(self, box: QRectF) -> None:
        """Take this place and size (of the scene) for the while."""
        self.prepareGeometryChange()
        self.size = (box.width(), box.height())
        self.setPos(box.topLeft())
        # smaller frames lie on larger ones, and all behind the links
        self.setZValue(-1.0 - min(1.0, box.width() * box.height() / 1e12))
        self.update()

    def set_ink(self, ink: Ink) -> None:
        """Draw under another theme."""
        self.ink = ink
        self.update()

    def rect(self) -> QRectF:
        """The frame in the scene."""
        return QRectF(self.pos(), self.pos() + QPointF(*self.size))

    def title_box(self, scale: float) -> QRectF:
        """The bar that holds the title, in the scene: from afar (``scale``) as large as can be read and grabbed.

        It then stands out above the frame, so that it lies on none of the frame's nodes.
        """
        box = self.rect()
        height = min(max(TITLE, FAR_BAR_PIXELS / scale), max(TITLE, box.height() / 2))
        return QRectF(box.left(), box.top() + TITLE - height, box.width(), height)

    def boundingRect(self) -> QRectF:
        """The frame with its outline."""
        return QRectF(-2, -2, self.size[0] + 4, self.size[1] + 4)

    def shape(self) -> QPainterPath:
        """The title bar alone: what lies on the frame is reached through it."""
        path = QPainterPath()
        path.addRect(QRectF(0, 0, self.size[0], TITLE))
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the area and its title; from afar the overview does it."""
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, (width, height) = thing_ink(self.ink.theme, self.frame.colour), self.size
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.ground)
        painter.drawRoundedRect(QRectF(0, 0, width, height), CORNER, CORNER)
        painter.setBrush(colours.bar)
        painter.drawPath(_bar(width))
        painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
        painter.setPen(self.outline(bool(option.state & QStyle.StateFlag.State_Selected)))
        painter.drawRoundedRect(QRectF(0, 0, width, height), CORNER, CORNER)
        font, metrics = self.ink.name_font, self.ink.name_metrics
        if scale < MIDDLE:
            font, metrics = self.ink.middle_font, self.ink.middle_metrics
        painter.setFont(font)
        self._paint_title(painter, metrics, QRectF(0, 0, width, TITLE))

    def paint_far(self, painter: QPainter, scale: float) -> None:
        """Paint the area and the bar, of the scene, without the title."""
        colours = thing_ink(self.ink.theme, self.frame.colour)
        bar = self.title_box(scale)
        painter.fillRect(self.rect(), colours.ground)
        painter.fillRect(bar, colours.bar)
        painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
        pen = QPen(self.outline(self.isSelected()))
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawRect(self.rect().united(bar))

    def paint_far_title(self, painter: QPainter, scale: float) -> None:
        """Paint the title, of the scene, in letters of one size on the screen, above what lies on the frame."""
        metrics = self.ink.name_metrics
        bar, grown = self.title_box(scale), FAR_TITLE_PIXELS / (13.0 * scale)
        grown = min(grown, bar.height() / (metrics.height() + 2))
        wanted = metrics.horizontalAdvance(self.frame.title[:LONGEST_SHOWN] or UNTITLED) + 2 * FAR_MARGIN
        grown = max(grown * FAR_SHRINK, min(grown, bar.width() / wanted))
        room = bar.width() / grown - 2 * FAR_MARGIN
        if room < metrics.averageCharWidth() * 3:
            return
        text = self.shown_title(metrics, room)
        painter.save()
        painter.translate(bar.topLeft())
        painter.scale(grown, grown)
        label = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * FAR_MARGIN, bar.height() / grown)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(thing_ink(self.ink.theme, self.frame.colour).bar)
        painter.drawRect(label)
        painter.setFont(self.ink.name_font)
        painter.setPen(self.ink.text)
        painter.drawText(label.adjusted(FAR_MARGIN, 0, 0, 0), _LEFT, text)
        painter.restore()

    def outline(self, selected: bool) -> QPen:
        """The pen of the edge."""
        if selected:
            return self.ink.selected_outline
        pen = QPen(thing_ink(self.ink.theme, self.frame.colour).outline)
        pen.setWidthF(2.0 if self.hovered else 1.0)
        return pen

    def shown_title(self, metrics: QFontMetricsF, room: float) -> str:
        """The title, cut to ``room``."""
        line = " ".join((self.frame.title[:LONGEST_SHOWN] or UNTITLED).split())
        return metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """A stronger edge while the title is under the cursor."""
        self.hovered = True
        self.update()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """The cursor has gone."""
        self.hovered = False
        self.update()

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        """A change of the selection is painted."""
        if change == QGraphicsItem.GraphicsItemChange.ItemSelectedHasChanged:
            self.update()
        return value

    def _paint_title(self, painter: QPainter, metrics: QFontMetricsF, bar: QRectF) -> None:
        painter.setPen(self.ink.text if self.frame.title else self.ink.muted)
        words = bar.adjusted(TITLE_MARGIN, 0, -TITLE_MARGIN, 0)
        painter.drawText(words, _LEFT, self.shown_title(metrics, words.width()))


def _bar(width: float) -> QPainterPath:
    """The title bar: round above, straight below."""
    path = QPainterPath()
    path.moveTo(0, TITLE)
    path.lineTo(0, CORNER)
    path.quadTo(0, 0, CORNER, 0)
    path.lineTo(width - CORNER, 0)
    path.quadTo(width, 0, width, CORNER)
    path.lineTo(width, TITLE)
    path.closeSubpath()
    return path
