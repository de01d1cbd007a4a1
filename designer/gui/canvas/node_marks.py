"""Node marks: the signs by which a node is told from others without a word: block, repeat, bypass, change, problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from designer.gui.canvas.geometry import CORNER, HEADER, MARGIN, WIDTH, body
from designer.gui.categories import sign_pen

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem

CARD_STEP = 4.0
SHARE_WIDTH = 20.0
FROZEN_WIDTH = 18.0
LABEL_WIDTH = WIDTH / 2 - MARGIN - 4
CHANGED_RADIUS = 2.75
BADGE_AT = QPointF(WIDTH - 4, 4)
BADGE_REACH = 12.0


def paint_cards(painter: QPainter, item: NodeItem) -> None:
    """Paint the cards that lie beneath a block that runs several times in a row."""
    painter.setPen(item.ink.outline)
    painter.setBrush(item.ink.raised)
    for step in (2 * CARD_STEP, CARD_STEP):
        painter.drawRoundedRect(body(item.height).translated(step, step), CORNER, CORNER)


def paint_inner_outline(painter: QPainter, item: NodeItem, pen: QPen) -> None:
    """Paint the second outline, by which a block is told from a layer."""
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(body(item.height).adjusted(3, 3, -3, -3), CORNER - 3, CORNER - 3)


def paint_way_through(painter: QPainter, item: NodeItem, low: float = HEADER) -> None:
    """Paint the line along which the data passes by a bypassed node, from its first input to its first output."""
    if not item.inputs or not item.outputs:
        return
    start, end = item.inputs[0].at, item.outputs[0].at
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(12, 0), QPointF(12, low), QPointF(26, low))
    path.lineTo(WIDTH - 26, low)
    path.cubicTo(QPointF(WIDTH - 12, low), end - QPointF(12, 0), end)
    painter.setPen(item.ink.passing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def paint_changed(painter: QPainter, item: NodeItem, at: QPointF) -> None:
    """Paint the dot that says that fields were changed."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(item.ink.accent)
    painter.drawEllipse(at, CHANGED_RADIUS, CHANGED_RADIUS)


def paint_share(painter: QPainter, item: NodeItem, at: QPointF) -> None:
    """Paint two joined rings about ``at``: the weights are shared with other uses."""
    painter.setPen(QPen(item.ink.text, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at - QPointF(3, 0), 4, 4)
    painter.drawEllipse(at + QPointF(3, 0), 4, 4)


def paint_frozen(painter: QPainter, item: NodeItem, at: QPointF) -> None:
    """Paint a flake of snow about ``at``: training leaves the layer as it is."""
    painter.setPen(QPen(item.ink.text, 1.2))
    for x, y in _ARMS:
        painter.drawLine(QLineF(at - QPointF(x, y), at + QPointF(x, y)))
    for x, y in (*_ARMS, *((-x, -y) for x, y in _ARMS)):
        # two twigs on each arm, which lean outward
        fork = at + QPointF(0.55 * x, 0.55 * y)
        for side in (1, -1):
            painter.drawLine(QLineF(fork, fork + QPointF(0.32 * x - side * 0.3 * y, 0.32 * y + side * 0.3 * x)))


def paint_port_labels(painter: QPainter, item: NodeItem) -> None:
    """Write the labels of the ports beside them."""
    painter.setFont(item.ink.small_font)
    painter.setPen(item.ink.muted)
    for place in (*item.inputs, *item.outputs):
        text = item.written.port_labels.get((place.name, place.output))
        if text:
            left = WIDTH - MARGIN - LABEL_WIDTH if place.output else MARGIN
            side = Qt.AlignmentFlag.AlignRight if place.output else Qt.AlignmentFlag.AlignLeft
            box = QRectF(left, place.at.y() - 8, LABEL_WIDTH, 16)
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)


def paint_badge(painter: QPainter, item: NodeItem, at: QPointF) -> None:
    """Paint the sign of the node's worst problem about ``at``: an octagon for an error, a triangle for a warning."""
    ink, error = item.ink, item.severity == "error"
    x, y = at.x(), at.y()
    painter.setPen(QPen(ink.raised, 1.5))
    painter.setBrush(ink.error if error else ink.warning)
    corners = _OCTAGON if error else _TRIANGLE
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
    painter.setPen(sign_pen(ink.raised.color()))
    top, low, dot = (-4.0, 0.8, 4.0) if error else (-3.0, 1.4, 4.4)
    painter.drawLine(QLineF(x, y + top, x, y + low))
    painter.drawPoint(QPointF(x, y + dot))


_ARMS = ((0.0, 6.5), (5.63, 3.25), (5.63, -3.25))
_OCTAGON = ((-8.0, -3.4), (-3.4, -8.0), (3.4, -8.0), (8.0, -3.4), (8.0, 3.4), (3.4, 8.0), (-3.4, 8.0), (-8.0, 3.4))
_TRIANGLE = ((0.0, -8.5), (9.0, 7.0), (-9.0, 7.0))
