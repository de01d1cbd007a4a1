"""Sample cards: each sample project with a picture of its network, its task and what its training arrives at."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from designer.gui.card_button import CORNER, CardButton, paint_words
from designer.gui.card_columns import CardColumns
from designer.gui.miniature import Miniature, paint_small, task_colour
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.workspace.samples import Sample

PICTURE = 96
HEIGHT = 200
LEAST_WIDTH = 232
GAP = 16
INSET = 12


class SampleCard(CardButton):
    """One sample."""

    def __init__(self, sample: Sample, theme: Theme) -> None:
        super().__init__(theme)
        self.sample = sample
        self.miniature: Miniature | None = None
        self.setAccessibleName(sample.title)
        self.setAccessibleDescription(f"{sample.task}. {sample.data}. {sample.summary} {sample.figure}")
        self.setToolTip(plain_tooltip(sample.summary))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One size for all."""
        return QSize(LEAST_WIDTH, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a small window."""
        return QSize(160, HEIGHT)

    def show_miniature(self, miniature: Miniature) -> None:
        """Show the network."""
        self.miniature = miniature
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint picture and words."""
        painter = QPainter(self)
        self.paint_body(painter)
        theme, sample, width = self.theme, self.sample, self.width()
        hue = QColor(task_colour(theme, self.miniature.task if self.miniature else ""))
        top = QPainterPath()
        top.addRoundedRect(QRectF(2, 2, width - 4, PICTURE + CORNER), CORNER - 1, CORNER - 1)
        below = QPainterPath()
        below.addRect(QRectF(0, PICTURE, width, CORNER + 4))
        tint = QColor(hue)
        tint.setAlphaF(0.14 if theme.dark else 0.10)
        painter.fillPath(top.subtracted(below), tint)
        if self.miniature is not None:
            paint_small(painter, QRectF(20, 10, width - 40, PICTURE - 20), self.miniature, theme)
        heading, _, small = self.fonts()
        box = QRectF(INSET, PICTURE + 10, width - 2 * INSET, 100)
        box.setTop(box.top() + paint_words(painter, box, sample.title, heading, theme.text) + 3)
        dot = QFontMetrics(small).height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(hue)
        painter.drawRoundedRect(QRectF(box.left(), box.top() + dot - 4, 8, 8), 2, 2)
        box.setTop(box.top() + paint_words(painter, box.adjusted(14, 0, 0, 0), sample.task, small, theme.text) + 3)
        box.setTop(box.top() + paint_words(painter, box, sample.data, small, theme.muted, lines=2) + 3)
        bottom = QRectF(box.left(), self.height() - 12 - 2 * dot, box.width(), 2 * dot)
        paint_words(painter, bottom, sample.figure[:1].upper() + sample.figure[1:], small, theme.muted)


class CardGrid(CardColumns):
    """Cards by group. ``chosen`` carries the name of a sample."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(GAP, LEAST_WIDTH)
        self._theme = theme
        self.cards: list[SampleCard] = []
        self.setAccessibleName("Samples")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._theme = theme
        for card in self.cards:
            card.set_theme(theme)

    def show_samples(self, samples: list[Sample]) -> None:
        """Show these samples, keeping the cards that are there already."""
        if samples == [card.sample for card in self.cards]:
            return
        self.cards = [SampleCard(sample, self._theme) for sample in samples]
        groups: dict[str, list[SampleCard]] = {}
        for card in self.cards:
            card.clicked.connect(lambda _=False, name=card.sample.name: self.chosen.emit(name))
            card.moved.connect(lambda across, down, card=card: self._move(card, across, down))
            groups.setdefault(card.sample.group, []).append(card)
        self.show_groups(groups)

    def _move(self, card: SampleCard, across: int, down: int) -> None:
        """Arrows go on to the neighbour, from group to group too; where the row below is short, to its last card."""
        if across:
            place = self.cards.index(card) + across
            if 0 <= place < len(self.cards):
                self.cards[place].setFocus(Qt.FocusReason.TabFocusReason)
            return
        rows = self.card_rows()
        row = next(place for place, cards in enumerate(rows) if card in cards)
        if 0 <= row + down < len(rows):
            wanted = rows[row + down]
            wanted[min(rows[row].index(card), len(wanted) - 1)].setFocus(Qt.FocusReason.TabFocusReason)
