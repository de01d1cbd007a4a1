"""Notices: what is striking in the data, in plain words, each with answers that one click gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from designer.gui.icons import icon, paint_icon
from designer.gui.labels import clear_layout, plain_label
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

SIGN = 14
MOST_SHOWN = 60
# for the buttons of a card in the narrowest side panel
ROOM = 250


@dataclass(frozen=True)
class Notice:
    """One finding: its ``key`` is the same as long as it is the same finding; ``answers`` are a button's words each.

    ``severity`` is ``error``, ``warning`` or ``hint``; ``columns`` are those that it is about. What
    keeps the project from being trained is not ``closable``.
    """

    key: str
    sentence: str
    severity: str = "warning"
    columns: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    closable: bool = True


class Sign(QWidget):
    """The mark before a sentence."""

    def __init__(self, theme: Theme, severity: str) -> None:
        super().__init__()
        self.theme, self.severity = theme, severity
        self.setFixedSize(QSize(SIGN, SIGN + 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in its colour."""
        colours = {"error": self.theme.error, "warning": self.theme.warning}
        name = "error" if self.severity == "error" else "warning" if self.severity == "warning" else "hint"
        paint_icon(QPainter(self), QRectF(0, 1, SIGN, SIGN), name, colours.get(self.severity, self.theme.accent))


class NoticeCard(QFrame):
    """One notice. ``answered`` carries the place of an answer, ``dismissed`` says that it need not be shown again.

    ``pointed`` carries the column that it is about, where one may have it shown.
    """

    answered = Signal(int)
    dismissed = Signal()
    pointed = Signal(str)

    def __init__(self, theme: Theme, notice: Notice, closable: bool, pointing: bool = False) -> None:
        super().__init__()
        self.notice = notice
        self.setProperty("role", "card")
        self.buttons: list[QPushButton] = []
        sentence = plain_label(notice.sentence, wrap=True)
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setIcon(icon("close", theme.muted, size=10))
        self.close_button.setIconSize(QSize(10, 10))
        self.close_button.setToolTip("All right as it is: do not show this again")
        self.close_button.setAccessibleName(f"Dismiss: {notice.sentence}")
        self.close_button.clicked.connect(lambda: self.dismissed.emit())
        if not closable:
            # showing it here, where it has no parent yet, would open a window of its own for a moment
            self.close_button.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 8, 4, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Sign(theme, notice.severity), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(sentence, 0, 1)
        grid.addWidget(self.close_button, 0, 2, Qt.AlignmentFlag.AlignTop)
        for place, words in enumerate(notice.answers):
            button = QPushButton(words.replace("&", "&&"))
            button.setProperty("compact", True)
            button.setAccessibleDescription(notice.sentence)
            button.clicked.connect(lambda _, place=place: self.answered.emit(place))
            self.buttons.append(button)
        # of several columns the answers say which are meant
        about = notice.columns if pointing and len(notice.columns) == 1 else ()
        self.pointers = [self._pointer(name) for name in about]
        shown = [*self.buttons, *self.pointers]
        rows = QVBoxLayout()
        rows.setSpacing(4)
        for pair in _in_rows(shown):
            row = QHBoxLayout()
            row.setSpacing(6)
            for button in pair:
                row.addWidget(button)
            row.addStretch(1)
            rows.addLayout(row)
        if shown:
            grid.addLayout(rows, 1, 1, 1, 2)

    def _pointer(self, column: str) -> QPushButton:
        """What leads to the column."""
        pointer = QPushButton("Show column")
        pointer.setProperty("link", True)
        pointer.setToolTip(plain_tooltip(f"Show “{column}”, its values and its settings"))
        pointer.setAccessibleDescription(self.notice.sentence)
        pointer.clicked.connect(lambda: self.pointed.emit(column))
        return pointer


def _in_rows(buttons: Sequence[QPushButton]) -> list[list[QPushButton]]:
    """The buttons side by side as far as there is room."""
    rows: list[list[QPushButton]] = []
    left = 0
    for button in buttons:
        wide = button.sizeHint().width() + 6
        if not rows or wide > left:
            rows.append([])
            left = ROOM
        rows[-1].append(button)
        left -= wide
    return rows


class NoticeList(QWidget):
    """Notices one beneath another. ``answered`` carries a notice and the place of an answer, ``dismissed`` a notice.

    Where it is ``pointing`` each offers to show its column: ``pointed`` carries that.
    """

    answered = Signal(object, int)
    dismissed = Signal(object)
    pointed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.pointing = False
        self.notices: tuple[Notice, ...] = ()
        self.cards: list[NoticeCard] = []
        self.setAccessibleName("Warnings")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self._fill()

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show these; what is shown already stays where it is."""
        if tuple(notices) != self.notices:
            self.notices = tuple(notices)
            self._fill()

    def _fill(self) -> None:
        clear_layout(self._column)
        self.cards = []
        for notice in self.notices[:MOST_SHOWN]:
            card = NoticeCard(self.theme, notice, notice.closable, self.pointing)
            card.pointed.connect(self.pointed)
            card.answered.connect(lambda place, notice=notice: self.answered.emit(notice, place))
            card.dismissed.connect(lambda notice=notice: self.dismissed.emit(notice))
            self.cards.append(card)
            self._column.addWidget(card)
        if len(self.notices) > MOST_SHOWN:
            self._column.addWidget(plain_label(f"And {len(self.notices) - MOST_SHOWN} more.", "muted"))
