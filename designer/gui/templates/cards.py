"""Cards of templates: each with a small picture of the network, its title and a sentence, or why it does not suit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy

from designer.gui.card_button import CORNER, CardButton, paint_words
from designer.gui.card_columns import CardColumns
from designer.gui.miniature import paint_small
from designer.gui.templates.previews import Offer
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

PICTURE = 64
HEIGHT = 142
LEAST_WIDTH = 190
GAP = 12
INSET = 12
FADED = 0.35
UNSUITED, USUAL = "Not for this data", "usual"


class TemplateCard(CardButton):
    """One template. One that does not suit the data is greyed and cannot be chosen. ``wanted``: it is to be used."""

    wanted = Signal()

    def __init__(self, offer: Offer, theme: Theme) -> None:
        super().__init__(theme)
        self.offer = offer
        self.setCheckable(True)
        self.setEnabled(not offer.reason)
        self.setAccessibleName(offer.title)
        usual = "The usual one for such data. " if offer.usual else ""
        self.setAccessibleDescription(offer.reason or f"{usual}{offer.summary}")
        self.setToolTip(plain_tooltip(f"{offer.summary}\n{offer.reason}" if offer.reason else offer.summary))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One size for all."""
        return QSize(LEAST_WIDTH, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a small window."""
        return QSize(150, HEIGHT)

    def nextCheckState(self) -> None:
        """What is chosen stays so until another is."""
        self.setChecked(True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose it and use it at once."""
        super().mouseDoubleClickEvent(event)
        self.wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint picture and words."""
        painter = QPainter(self)
        self.paint_body(painter)
        theme, offer, width = self.theme, self.offer, self.width()
        if self.isChecked():
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(QColor(theme.soft_accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CORNER, CORNER)
        painter.save()
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(4, 4, width - 8, PICTURE + 4), CORNER - 3, CORNER - 3)
        painter.fillPath(ground, QColor(theme.canvas))
        painter.setOpacity(1.0 if self.isEnabled() else FADED)
        paint_small(painter, QRectF(16, 10, width - 32, PICTURE - 8), offer.miniature, theme)
        painter.restore()
        heading, _, small = self.fonts()
        box = QRectF(INSET, PICTURE + 14, width - 2 * INSET, HEIGHT - PICTURE - 18)
        if offer.usual:
            self._paint_mark(painter, small)
        colour = theme.text if self.isEnabled() else theme.muted
        box.setTop(box.top() + paint_words(painter, box, offer.title, heading, colour) + 2)
        paint_words(painter, box, offer.reason or offer.summary, small, theme.muted, lines=3)

    def _paint_mark(self, painter: QPainter, font: QFont) -> None:
        """Say in the corner that this is what is usual for such data."""
        width = QFontMetrics(font).horizontalAdvance(USUAL) + 12
        mark = QRectF(self.width() - width - 8, 8, width, QFontMetrics(font).height() + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent))
        painter.drawRoundedRect(mark, 4, 4)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.on_accent))
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, USUAL)


class TemplateCards(CardColumns):
    """The cards by group. ``chosen`` carries a key, ``wanted`` that it is to be used."""

    chosen = Signal(str)
    wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(GAP, LEAST_WIDTH)
        self._theme = theme
        self.cards: list[TemplateCard] = []
        self.setAccessibleName("Kinds of networks")

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show these templates, none of them chosen."""
        self.cards = []
        groups: dict[str, list[TemplateCard]] = {}
        for offer in offers:
            card = TemplateCard(offer, self._theme)
            card.clicked.connect(lambda _=False, card=card: self._choose(card))
            card.wanted.connect(self.wanted)
            card.moved.connect(lambda across, down, card=card: self._move(card, across, down))
            self.cards.append(card)
            groups.setdefault(UNSUITED if offer.reason else offer.group, []).append(card)
        self.show_groups(groups)

    def card(self, key: str) -> TemplateCard | None:
        """The card of a template."""
        return next((card for card in self.cards if card.offer.key == key), None)

    def choose(self, key: str) -> None:
        """Mark a template as chosen."""
        for card in self.cards:
            card.setChecked(card.offer.key == key)

    def _choose(self, card: TemplateCard) -> None:
        self.choose(card.offer.key)
        self.chosen.emit(card.offer.key)

    def _move(self, card: TemplateCard, across: int, down: int) -> None:
        """Arrows choose the neighbour, from group to group too; what cannot be chosen is passed over."""
        rows = [able for cards in self.card_rows() if (able := [each for each in cards if each.isEnabled()])]
        able = [each for cards in rows for each in cards]
        place = able.index(card) + across
        if down:
            row = next(number for number, cards in enumerate(rows) if card in cards)
            wanted = rows[row + down] if 0 <= row + down < len(rows) else [card]
            place = able.index(wanted[min(rows[row].index(card), len(wanted) - 1)])
        if 0 <= place < len(able) and able[place] is not card:
            able[place].setFocus(Qt.FocusReason.TabFocusReason)
            able[place].click()
