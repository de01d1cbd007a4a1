"""Painting of a column's card: name, type, role, small histogram, different values, gaps, relation and warning."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from designer.gui.data.seen import ColumnSeen
from designer.gui.data.words import kind_word, missing_words, role_word, strength_word, unique_words
from designer.gui.icons import paint_icon
from designer.gui.numbers import share
from designer.gui.theme import SMALL_PIXELS, Theme
from designer.project.model import Column

PAD = 10
NAME_TOP, KIND_TOP, CHART_TOP, FACT_TOP, RELATION_TOP = 7, 27, 51, 98, 115
CHART = 42
LINE = 14
HEIGHT = 136
SIGN = 14
MOST_LINES = 3
RELATION_BAR = 40
# from this share of different values on, the values themselves say more than how often each comes
FEW_REPEAT = 0.9
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True)
class Card:
    """What one card shows; ``target`` is the name of the predicted column."""

    column: Column
    target: str = ""
    seen: ColumnSeen | None = None
    warnings: int = 0

    @property
    def is_target(self) -> bool:
        """Whether this column is what the network predicts."""
        return self.column.name == self.target

    @property
    def quiet(self) -> bool:
        """Whether the network is not given this column."""
        return self.column.role == "ignored" and not self.is_target


def small_font(font: QFont) -> QFont:
    """The smaller of the app's two sizes."""
    small = QFont(font)
    small.setPixelSize(SMALL_PIXELS)
    return small


def role_box(box: QRect, card: Card, font: QFont) -> QRect:
    """Where the role stands, which can be clicked."""
    width = QFontMetrics(small_font(font)).horizontalAdvance(role_word(card.column, card.target)) + 22
    return QRect(box.right() - width - 4, box.top() + KIND_TOP - 1, width, 18)


def warning_box(box: QRect) -> QRect:
    """Where the mark for warnings stands."""
    return QRect(box.right() - SIGN - 7, box.top() + NAME_TOP + 2, SIGN, SIGN)


def relation_box(box: QRect) -> QRect:
    """Where the relation to the target stands."""
    return QRect(box.left() + PAD, box.top() + RELATION_TOP, box.width() - 2 * PAD, LINE)


def paint_card(painter: QPainter, box: QRect, card: Card, theme: Theme, chosen: bool, hot: str = "") -> None:
    """Paint a card into ``box``; ``hot`` names the part under the pointer."""
    painter.save()
    painter.setClipRect(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(box, QColor(theme.soft_accent if chosen else theme.hovered if hot == "card" else theme.surface))
    if card.is_target:
        painter.fillRect(QRect(box.left(), box.top(), box.width() - 1, 2), QColor(theme.accent))
    font = painter.font()
    _paint_name(painter, box, card, theme)
    painter.setFont(small_font(font))
    _paint_kind(painter, box, card, theme, hot == "role", font)
    if card.seen is not None:
        _paint_seen(painter, box, card, card.seen, theme)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawLine(box.topRight(), box.bottomRight())
    painter.drawLine(box.bottomLeft(), box.bottomRight())
    painter.restore()


def _paint_name(painter: QPainter, box: QRect, card: Card, theme: Theme) -> None:
    bold = QFont(painter.font())
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(bold)
    painter.setPen(QColor(theme.muted if card.quiet else theme.text))
    room = QRect(box.left() + PAD, box.top() + NAME_TOP, box.width() - 2 * PAD - (SIGN + 2 if card.warnings else 0), 18)
    name = " ".join(card.column.name.split())
    painter.drawText(room, _LEFT, QFontMetrics(bold).elidedText(name, Qt.TextElideMode.ElideMiddle, room.width()))
    if card.warnings:
        paint_icon(painter, QRectF(warning_box(box)), "warning", theme.warning)


def _paint_kind(painter: QPainter, box: QRect, card: Card, theme: Theme, hot: bool, font: QFont) -> None:
    role = role_box(box, card, font)
    colour = theme.faint if card.quiet else theme.muted
    icon = "image" if card.column.kind == "image" else card.column.kind
    paint_icon(painter, QRectF(box.left() + PAD, box.top() + KIND_TOP + 2, 13, 13), icon, colour)
    left = box.left() + PAD + 18
    words = QRect(left, box.top() + KIND_TOP, max(0, role.left() - left - 2), 16)
    painter.setPen(QColor(theme.muted))
    metrics = painter.fontMetrics()
    painter.drawText(
        words, _LEFT, metrics.elidedText(kind_word(card.column), Qt.TextElideMode.ElideRight, words.width())
    )
    painter.setPen(Qt.PenStyle.NoPen)
    if card.is_target or hot:
        painter.setBrush(QColor(theme.accent if card.is_target else theme.hovered))
        painter.drawRoundedRect(role, 4, 4)
    painter.setPen(QColor(theme.on_accent if card.is_target else theme.muted))
    painter.drawText(role.adjusted(6, 0, 0, 0), _LEFT, role_word(card.column, card.target))
    pen = QPen(painter.pen().color(), 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    x, y = role.right() - 10, role.center().y() + 0.5
    painter.drawPolyline([QPointF(x, y - 1), QPointF(x + 3, y + 2), QPointF(x + 6, y - 1)])


def _paint_seen(painter: QPainter, box: QRect, card: Card, seen: ColumnSeen, theme: Theme) -> None:
    chart = QRectF(box.left() + PAD, box.top() + CHART_TOP, box.width() - 2 * PAD, CHART)
    if seen.edges:
        paint_bins(painter, chart, seen, theme, card.quiet)
    else:
        _paint_words(painter, chart, seen, theme, card.quiet)
    facts = QRect(box.left() + PAD, box.top() + FACT_TOP, box.width() - 2 * PAD, LINE)
    gaps, metrics = missing_words(seen), painter.fontMetrics()
    painter.setPen(QColor(theme.warning))
    painter.drawText(facts, _RIGHT, gaps)
    left = facts.adjusted(0, 0, -metrics.horizontalAdvance(gaps) - 6 if gaps else 0, 0)
    painter.setPen(QColor(theme.muted))
    painter.drawText(left, _LEFT, metrics.elidedText(unique_words(seen), Qt.TextElideMode.ElideRight, left.width()))
    row = relation_box(box)
    if card.is_target:
        painter.setPen(QColor(theme.accent))
        painter.drawText(row, _LEFT, "is predicted")
    elif seen.strength is not None and card.target:
        _paint_relation(painter, row, seen.strength, theme, card.quiet)


def _paint_relation(painter: QPainter, row: QRect, strength: float, theme: Theme, quiet: bool) -> None:
    wide = min(RELATION_BAR, row.width() // 3)
    bar = QRectF(row.right() - wide, row.center().y() - 1.5, wide, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.hovered if not theme.dark else theme.line))
    painter.drawRoundedRect(bar, 2, 2)
    bar.setWidth(max(2.0, wide * min(1.0, strength)))
    painter.setBrush(QColor(theme.faint if quiet else theme.accent))
    painter.drawRoundedRect(bar, 2, 2)
    painter.setPen(QColor(theme.muted))
    words = row.adjusted(0, 0, -wide - 6, 0)
    said = f"{strength_word(strength)} relation"
    if painter.fontMetrics().horizontalAdvance(said) > words.width():
        said = strength_word(strength)
    painter.drawText(words, _LEFT, painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, words.width()))


def paint_bins(painter: QPainter, box: QRectF, seen: ColumnSeen, theme: Theme, quiet: bool) -> None:
    """Paint a histogram of numbers or dates, one bar a bin."""
    most = max((count for _, count in seen.bars), default=0)
    if not most:
        return
    colour = QColor(theme.faint if quiet else theme.accent)
    colour.setAlphaF(0.45 if quiet else 0.75)
    wide = box.width() / len(seen.bars)
    gap = 1.0 if wide > 4 else 0.0
    painter.setPen(Qt.PenStyle.NoPen)
    for place, (_, count) in enumerate(seen.bars):
        if count:
            tall = max(1.5, box.height() * count / most)
            painter.fillRect(QRectF(box.left() + place * wide, box.bottom() - tall, wide - gap, tall), colour)
    painter.fillRect(QRectF(box.left(), box.bottom(), box.width() - gap, 1), QColor(theme.line))


def _paint_words(painter: QPainter, box: QRectF, seen: ColumnSeen, theme: Theme, quiet: bool) -> None:
    """The most frequent values with their shares; for values that hardly ever repeat, that they do not."""
    known = max(1, seen.rows - seen.missing)
    metrics = painter.fontMetrics()
    painter.setPen(QColor(theme.faint if quiet else theme.muted))
    if not seen.bars or (seen.unique > MOST_LINES and seen.unique >= FEW_REPEAT * known):
        for place, example in enumerate(seen.examples[:MOST_LINES]):
            line = QRectF(box.left(), box.top() + place * LINE, box.width(), LINE)
            text = " ".join(example.split())
            painter.drawText(line, _LEFT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.width())))
        return
    shown = list(seen.bars[: MOST_LINES if seen.unique <= MOST_LINES else MOST_LINES - 1])
    rest = known - sum(count for _, count in shown)
    for place, (name, count) in enumerate([*shown, ("other", rest)] if seen.unique > len(shown) else shown):
        is_rest = place >= len(shown)
        line = QRectF(box.left(), box.top() + place * LINE, box.width(), LINE - 1)
        fill = QColor(theme.faint if quiet or is_rest else theme.accent)
        fill.setAlphaF(0.16 if quiet or is_rest else 0.22)
        painter.fillRect(QRectF(line.left(), line.top(), max(2.0, line.width() * count / known), line.height()), fill)
        counted = share(count / known)
        painter.setPen(QColor(theme.muted))
        painter.drawText(line.adjusted(0, 0, -3, 0), _RIGHT, counted)
        room = line.width() - metrics.horizontalAdvance(counted) - 12
        painter.setPen(QColor(theme.muted if quiet or is_rest else theme.text))
        text = metrics.elidedText(" ".join(name.split()) or "(empty)", Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(line.adjusted(4, 0, 0, 0), _LEFT, text)
