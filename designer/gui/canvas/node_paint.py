"""Painting a node: its body, its words and its ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from designer.gui.canvas.geometry import CORNER, HEADER, HEIGHT, MARGIN, PORT_RADIUS, WIDTH, Place, body
from designer.gui.canvas.node_marks import (
    BADGE_AT,
    FROZEN_WIDTH,
    SHARE_WIDTH,
    paint_badge,
    paint_cards,
    paint_changed,
    paint_frozen,
    paint_inner_outline,
    paint_port_labels,
    paint_share,
    paint_way_through,
)
from designer.gui.categories import SIGN_SIZE, category_sign, sign_pen

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem

TILE = QRectF(8, 8, 28, 28)
MIDDLE = 0.7
FADED = 0.25
MIDDLE_TILE = QRectF(10, 16, 40, 40)
MIDDLE_WIDTH = WIDTH - 60 - 10
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_NAME = QRectF(44, 7, WIDTH - 44 - MARGIN, 16)
MIDDLE_NAME = QRectF(60, 12, MIDDLE_WIDTH, 26)
_MIDDLE_BELOW = QRectF(60, 37, MIDDLE_WIDTH, 22)
_BELOW = QRectF(44, 23, WIDTH - 44 - MARGIN, 14)


def paint_node(painter: QPainter, item: NodeItem, selected: bool, scale: float) -> None:
    """Paint ``item`` in full, or at a ``scale`` below .7 with two lines in larger letters."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = outline_of(item, selected)
    if item.written.times_text:
        paint_cards(painter, item)
    painter.setPen(pen)
    painter.setBrush(item.ink.raised)
    painter.drawRoundedRect(body(item.height), CORNER, CORNER)
    if item.is_block:
        paint_inner_outline(painter, item, item.ink.outline)
    if scale < MIDDLE:
        middle = (item.height - HEIGHT) / 2
        painter.translate(0, middle)
        _paint_tile(painter, item, MIDDLE_TILE, MIDDLE_TILE.width() / TILE.width())
        _paint_few_words(painter, item)
        painter.translate(0, -middle)
    else:
        _paint_tile(painter, item, TILE, 1.0)
        _paint_words(painter, item)
        if item.labelled:
            paint_port_labels(painter, item)
    if item.node.bypassed:
        paint_way_through(painter, item, item.height - 8 if scale < MIDDLE else HEADER)
    for place in (*item.inputs, *item.outputs):
        if item.fades is not None and item.fades(item, place):
            painter.setOpacity(FADED)
            _paint_port(painter, item, place)
            painter.setOpacity(1.0)
        else:
            _paint_port(painter, item, place)
    if item.problems:
        paint_badge(painter, item, BADGE_AT)


def outline_of(item: NodeItem, selected: bool) -> QPen:
    """The pen that says how it stands with the node."""
    ink = item.ink
    if selected:
        return ink.selected_bypassed_outline if item.node.bypassed else ink.selected_outline
    if item.severity == "error":
        return ink.error_outline
    if item.severity == "warning":
        return ink.warning_outline
    if not item.known:
        return ink.unknown_outline
    if item.node.bypassed:
        return ink.bypassed_outline
    return ink.hovered_outline if item.hovered else ink.outline


def _paint_tile(painter: QPainter, item: NodeItem, box: QRectF, scale: float) -> None:
    ink = item.ink
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.hue("" if item.node.bypassed else item.category))
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
    painter.setPen(ink.muted if item.node.bypassed else ink.text)
    painter.drawText(MIDDLE_NAME, _LEFT, item.written.middle_text)
    painter.setFont(ink.middle_small_font)
    painter.setPen(ink.muted)
    painter.drawText(_MIDDLE_BELOW, _LEFT, item.written.middle_below_text)


def _paint_words(painter: QPainter, item: NodeItem) -> None:
    ink, bypassed = item.ink, item.node.bypassed
    painter.setPen(ink.rule)
    if (item.written.shape_text or item.written.count_text) and not bypassed:
        painter.drawLine(QLineF(MARGIN, HEADER, WIDTH - MARGIN, HEADER))
    if item.labelled:
        painter.drawLine(QLineF(MARGIN, HEIGHT - 3, WIDTH - MARGIN, HEIGHT - 3))
    painter.setFont(ink.name_font)
    painter.setPen(ink.muted if bypassed else ink.text)
    painter.drawText(_NAME, _LEFT, item.written.name_text)
    if item.written.times_text:
        painter.drawText(_NAME, _RIGHT, item.written.times_text)
    painter.setFont(ink.small_font)
    painter.setPen(ink.muted)
    painter.drawText(_BELOW, _LEFT, item.written.below_text)
    foot = QRectF(MARGIN, HEADER, WIDTH - 2 * MARGIN, HEIGHT - HEADER)
    if item.written.shape_text:
        known = item.report and item.report.shape is not None and not bypassed
        painter.setPen(ink.text if known else ink.muted)
        painter.drawText(foot, _LEFT, item.written.shape_text)
    if item.written.count_text:
        painter.setPen(ink.muted)
        painter.drawText(foot, _RIGHT, item.written.count_text)
    if item.written.changed:
        paint_changed(painter, item, QPointF(_BELOW.left() + item.written.below_width + 8, _BELOW.center().y() + 1))
    if item.written.shared:
        times = ink.name_metrics.horizontalAdvance(item.written.times_text)
        paint_share(painter, item, QPointF(_NAME.right() - times - SHARE_WIDTH / 2 - 2, _NAME.center().y() + 1))
    if item.written.frozen:
        paint_frozen(painter, item, QPointF(_NAME.right() - FROZEN_WIDTH / 2, _NAME.center().y() + 1))


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
