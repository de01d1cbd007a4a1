"""Painting a node: its body, its words, its ports and the badge of its problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from designer.gui.canvas.geometry import CORNER, HEADER, HEIGHT, MARGIN, PORT_RADIUS, WIDTH, Place, body
from designer.gui.categories import SIGN_SIZE, category_sign, sign_pen

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem

TILE = QRectF(8, 8, 28, 28)
MIDDLE = 0.7
MIDDLE_TILE = QRectF(10, 16, 40, 40)
MIDDLE_WIDTH = WIDTH - 60 - 10
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_NAME = QRectF(44, 7, WIDTH - 44 - MARGIN, 16)
_MIDDLE_NAME = QRectF(60, 12, MIDDLE_WIDTH, 26)
_MIDDLE_BELOW = QRectF(60, 37, MIDDLE_WIDTH, 22)
_BELOW = QRectF(44, 23, WIDTH - 44 - MARGIN, 14)


def paint_node(painter: QPainter, item: NodeItem, selected: bool, scale: float) -> None:
    """Paint ``item`` in full, or at a ``scale`` below .7 with two lines in larger letters."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(outline_of(item, selected))
    painter.setBrush(item.ink.raised)
    painter.drawRoundedRect(body(item.height), CORNER, CORNER)
    if scale < MIDDLE:
        _paint_tile(painter, item, MIDDLE_TILE, MIDDLE_TILE.width() / TILE.width())
        _paint_few_words(painter, item)
    else:
        _paint_tile(painter, item, TILE, 1.0)
        _paint_words(painter, item)
    for place in (*item.inputs, *item.outputs):
        _paint_port(painter, item, place)
    if item.problems:
        paint_badge(painter, item, QPointF(WIDTH - 4, 4))


def outline_of(item: NodeItem, selected: bool) -> QPen:
    """The pen that says how it stands with the node."""
    ink = item.ink
    if selected:
        return ink.selected_outline
    if item.severity == "error":
        return ink.error_outline
    if item.severity == "warning":
        return ink.warning_outline
    if not item.known:
        return ink.unknown_outline
    return ink.hovered_outline if item.hovered else ink.outline


def _paint_tile(painter: QPainter, item: NodeItem, box: QRectF, scale: float) -> None:
    ink = item.ink
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.hue(item.category))
    painter.drawRoundedRect(box, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(sign_pen(ink.on_hue))
    painter.translate(box.center())
    painter.scale(scale, scale)
    painter.translate(-SIGN_SIZE / 2, -SIGN_SIZE / 2)
    painter.drawPath(category_sign(item.category))
    painter.translate(SIGN_SIZE / 2, SIGN_SIZE / 2)
    painter.scale(1 / scale, 1 / scale)
    painter.translate(-box.center())


def _paint_few_words(painter: QPainter, item: NodeItem) -> None:
    ink = item.ink
    painter.setFont(ink.middle_font)
    painter.setPen(ink.text)
    painter.drawText(_MIDDLE_NAME, _LEFT, item.middle_text)
    painter.setFont(ink.middle_small_font)
    painter.setPen(ink.muted)
    painter.drawText(_MIDDLE_BELOW, _LEFT, item.middle_below_text)


def _paint_words(painter: QPainter, item: NodeItem) -> None:
    ink = item.ink
    if item.shape_text or item.count_text:
        painter.setPen(ink.rule)
        painter.drawLine(QLineF(MARGIN, HEADER, WIDTH - MARGIN, HEADER))
    painter.setFont(ink.name_font)
    painter.setPen(ink.text)
    painter.drawText(_NAME, _LEFT, item.name_text)
    painter.setFont(ink.small_font)
    painter.setPen(ink.muted)
    painter.drawText(_BELOW, _LEFT, item.below_text)
    foot = QRectF(MARGIN, HEADER, WIDTH - 2 * MARGIN, HEIGHT - HEADER)
    if item.shape_text:
        painter.setPen(ink.text if item.report and item.report.shape is not None else ink.muted)
        painter.drawText(foot, _LEFT, item.shape_text)
    if item.count_text:
        painter.setPen(ink.muted)
        painter.drawText(foot, _RIGHT, item.count_text)


def _paint_port(painter: QPainter, item: NodeItem, place: Place) -> None:
    """Outputs: discs, inputs: triangles that point inward, places of many-ports: diamonds, a plus in the free one."""
    ink, at = item.ink, place.at
    hot = place == item.hot_place
    linked = (place.name, place.output) in item.linked
    radius = PORT_RADIUS + (2 if hot else 0)
    painter.setPen(ink.selected_outline if hot else ink.port)
    painter.setBrush((ink.accent if hot else ink.link_brush) if linked else ink.raised)
    if place.output:
        painter.drawEllipse(at, radius - 0.5, radius - 0.5)
    elif place.many:
        painter.drawPolygon(_diamond(at, radius + 1))
        if not linked:
            arm = 2.5
            painter.drawLine(QLineF(at.x() - arm, at.y(), at.x() + arm, at.y()))
            painter.drawLine(QLineF(at.x(), at.y() - arm, at.x(), at.y() + arm))
    else:
        painter.drawPolygon(_triangle(at, radius))


def _triangle(at: QPointF, radius: float) -> QPolygonF:
    x, y = at.x(), at.y()
    return QPolygonF([QPointF(x - radius, y - radius), QPointF(x + radius, y), QPointF(x - radius, y + radius)])


def _diamond(at: QPointF, radius: float) -> QPolygonF:
    x, y = at.x(), at.y()
    return QPolygonF([QPointF(x - radius, y), QPointF(x, y - radius), QPointF(x + radius, y), QPointF(x, y + radius)])


def paint_badge(painter: QPainter, item: NodeItem, at: QPointF) -> None:
    """Paint the sign of the node's worst problem about ``at``: an octagon for an error, a triangle for a warning."""
    ink, error = item.ink, item.severity == "error"
    x, y = at.x(), at.y()
    if error:
        side, cut = 8.0, 3.4
        points = [
            (-side, -cut),
            (-cut, -side),
            (cut, -side),
            (side, -cut),
            (side, cut),
            (cut, side),
            (-cut, side),
            (-side, cut),
        ]
    else:
        points = [(0, -8.5), (9, 7), (-9, 7)]
    painter.setPen(QPen(ink.raised, 1.5))
    painter.setBrush(ink.error if error else ink.warning)
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in points]))
    painter.setPen(sign_pen(ink.raised.color()))
    top, low, dot = (-4.0, 0.8, 4.0) if error else (-3.0, 1.4, 4.4)
    painter.drawLine(QLineF(x, y + top, x, y + low))
    painter.drawPoint(QPointF(x, y + dot))
