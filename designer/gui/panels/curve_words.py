"""What stands over curves: what each line is, its value, and where it is read.

These change many times a second while a network is trained. They keep their room whatever they say and paint their own
ground, so that a change costs a few letters and not the layout and the painting of the whole window.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.numbers import LONGEST_FIGURE, exact
from designer.gui.panels.curve_hand import HOW
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

# pixels; the piece of a curve takes LINE of them
HEIGHT, LINE = 20, 16
# room for a value of four digits
LEAST = 44
# that words and numbers are longer together than one by one
SLACK = 2
BETWEEN = 12
USUAL = "epoch 10,000"


class Key(QWidget):
    """A short piece of a curve, what it stands for and the value that is read.

    In a narrow room the word is cut before the value is; who points at what is cut is told all of it.
    """

    def __init__(self, part: str, theme: Theme) -> None:
        super().__init__()
        self.part, self.theme = part, theme
        self.value = ""
        # the most room that a value has taken
        self._fits = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def words(self) -> str:
        """What it stands for, and the value."""
        return f"{self.part} {self.value}".strip()

    def show_value(self, value: str) -> None:
        """Show another value; the room for it stays the same."""
        if value != self.value:
            self.value = value
            self.setAccessibleName(self.words())
            fits = max(self._fits, self.fontMetrics().horizontalAdvance(value))
            # where less of the word has room now, it is painted anew as well
            left = self._left() if fits == self._fits else 0
            if fits > self._fits:
                self._fits = fits
                self.updateGeometry()
            self.update(left, 0, self.width(), self.height())

    @property
    def least(self) -> int:
        """The room for line and value, without the word."""
        return LINE + max(LEAST, self._fits) + SLACK

    @property
    def word(self) -> int:
        """The room for all of the word."""
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(self.part) + metrics.horizontalAdvance(" ") + SLACK

    def shown(self) -> tuple[str, str]:
        """The word and the value as far as there is room for them."""
        metrics, room = self.fontMetrics(), self.width() - LINE - self._fits - SLACK
        cut = metrics.elidedText(self.part, Qt.TextElideMode.ElideRight, room - metrics.horizontalAdvance(" "))
        # an ellipsis alone says nothing
        word = cut if len(cut) > 1 else ""
        return word, metrics.elidedText(self.value, Qt.TextElideMode.ElideRight, self.width() - self._left(word))

    def _left(self, word: str | None = None) -> int:
        """Where the value begins."""
        word = self.shown()[0] if word is None else word
        return LINE + (self.fontMetrics().horizontalAdvance(f"{word} ") if word else 0)

    def sizeHint(self) -> QSize:
        """Room for line, word and value, the smallest and the largest too."""
        return QSize(20 + self.fontMetrics().horizontalAdvance(f"{self.part} {LONGEST_FIGURE}"), HEIGHT)

    def event(self, event: QEvent) -> bool:
        """Say all of what is cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cut = self.shown() != (self.part, self.value)
            QToolTip.showText(event.globalPos(), plain_tooltip(self.words()) if cut else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line and word where they are asked for, and the value."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self.theme.surface))
        metrics, (word, value) = self.fontMetrics(), self.shown()
        base, left = (self.height() + metrics.ascent() - metrics.descent()) // 2, self._left(word)
        if event.rect().left() < left:
            colour = self.theme.train_curve if self.part == "train" else self.theme.validation_curve
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(0, self.height() // 2, 10, self.height() // 2)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(LINE, base, word)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(left, base, value)
        painter.end()


class Keys(QWidget):
    """Keys beside each other. Where they have no room for all, their words give way, the last one first."""

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self.keys = keys
        for key in keys:
            key.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for all of them."""
        return QSize(sum(key.sizeHint().width() + BETWEEN for key in self.keys) - BETWEEN, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Room for the least of them."""
        return QSize(len(self.keys) * (LINE + LEAST) + BETWEEN * (len(self.keys) - 1), HEIGHT)

    def event(self, event: QEvent) -> bool:
        """Lay them out where the room is another one, or one of them is."""
        # what comes to them while nobody looks asks for no layout
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._lay_out()
        return super().event(event)

    def _lay_out(self) -> None:
        shown = [key for key in self.keys if not key.isHidden()]
        room = self.width() - BETWEEN * (len(shown) - 1)
        wide = [key.sizeHint().width() for key in shown]
        if sum(wide) > room:
            spare = room - sum(key.least for key in shown)
            for place, key in enumerate(shown):
                more = max(0, min(key.word, spare))
                wide[place] = key.least + more if spare >= 0 else room // len(shown)
                spare -= more
        left = 0
        for key, each in zip(shown, wide, strict=True):
            key.setGeometry(left, 0, each, HEIGHT)
            left += each + BETWEEN


class Readout(QWidget):
    """Which epoch is read, at the right of its room; in a narrow one the number alone."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.epoch: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_epoch(self, epoch: float | None) -> None:
        """Say which epoch is read; nothing for None."""
        if epoch != self.epoch:
            self.epoch = epoch
            self.setAccessibleName(self.text())
            self.update()

    def text(self) -> str:
        """What is said."""
        return "" if self.epoch is None else f"epoch {exact(round(self.epoch))}"

    def shown(self) -> str:
        """As much of it as there is room for."""
        metrics, words = self.fontMetrics(), self.text()
        if metrics.horizontalAdvance(words) > self.width():
            words = words.removeprefix("epoch ")
        return metrics.elidedText(words, Qt.TextElideMode.ElideLeft, self.width())

    def sizeHint(self) -> QSize:
        """A line of usual length; its length is what is left over."""
        return QSize(self.fontMetrics().horizontalAdvance(USUAL), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Room for the number."""
        return QSize(self.fontMetrics().horizontalAdvance(USUAL.removeprefix("epoch ")), HEIGHT)

    def event(self, event: QEvent) -> bool:
        """Say all of it, and what can be done with the curves."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = [self.text()] if self.shown() != self.text() else []
            QToolTip.showText(event.globalPos(), plain_tooltip("\n".join([*words, HOW])), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        painter.setPen(QColor(self.theme.muted))
        metrics, words = self.fontMetrics(), self.shown()
        base = (self.height() + metrics.ascent() - metrics.descent()) // 2
        painter.drawText(self.width() - metrics.horizontalAdvance(words), base, words)
        painter.end()
