"""The list of all unsaved work that can be recovered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.card_button import CardButton, paint_words
from designer.gui.labels import plain_label, rule
from designer.gui.theme import Theme
from designer.gui.wording import moment_words, plain_tooltip
from designer.project.diff_words import counted
from designer.workspace.recovery import Recoverable

ROW = 48


class WorkRow(CardButton):
    """One piece of unsaved work."""

    def __init__(self, work: Recoverable, theme: Theme) -> None:
        super().__init__(theme)
        self.work = work
        origin = work.origin
        self.when = moment_words(origin.time)
        parts = [counted(origin.layers, "layer"), counted(origin.links, "link")]
        parts += [f"last step: {origin.label}"] if origin.label else []
        parts += ["declined"] if work.declined else []
        self.about = ", ".join(parts)
        place = str(work.project) if work.project else "Never saved"
        self.setAccessibleName(f"{work.title}, {self.when}")
        self.setAccessibleDescription(f"{self.about}. {place}")
        self.setToolTip(plain_tooltip(place))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One height for all."""
        return QSize(320, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, when it is from and what it holds."""
        painter = QPainter(self)
        self.paint_body(painter)
        heading, text, small = self.fonts()
        box = QRectF(12, 7, self.width() - 24, ROW - 12)
        width = QFontMetrics(text).horizontalAdvance(self.when) + 2
        right = QRectF(box.right() - width, box.top(), width, box.height())
        paint_words(painter, right, self.when, text, self.theme.muted)
        down = paint_words(painter, box.adjusted(0, 0, -width - 12, 0), self.work.title, heading, self.theme.text)
        paint_words(painter, box.adjusted(0, down + 2, 0, 0), self.about, small, self.theme.muted)


class RecoveryList(QDialog):
    """Once accepted, ``chosen`` is the work to look at."""

    def __init__(
        self, works: Sequence[Recoverable], theme: Callable[[], Theme], parent: QWidget | None = None, note: str = ""
    ) -> None:
        super().__init__(parent)
        self.chosen: Recoverable | None = None
        self.setWindowTitle("Recover unsaved work")
        self.setModal(True)
        self.later_button = QPushButton("Decide &later")
        self.later_button.setToolTip(plain_tooltip("Change nothing, and ask again at the next start."))
        self.later_button.setAutoDefault(False)
        self.later_button.clicked.connect(self.reject)
        self.rows = [WorkRow(work, theme()) for work in works]
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        for place, row in enumerate(self.rows):
            row.clicked.connect(lambda _=False, work=row.work: self._choose(work))
            row.moved.connect(lambda across, down, place=place: self._move(place + down))
            inner.addWidget(row)
        inner.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(plain_label("This work was not saved", "heading"))
        words = "Choose one to see it beside what was saved. Nothing is thrown away by looking."
        column.addWidget(plain_label(words, "muted", wrap=True))
        if note:
            column.addWidget(plain_label(note, "muted", wrap=True, selectable=True))
        column.addWidget(area, 1)
        column.addWidget(rule())
        foot = QHBoxLayout()
        foot.addWidget(self.later_button)
        foot.addStretch(1)
        column.addLayout(foot)
        if self.rows:
            self.rows[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        """Room for a few rows."""
        return QSize(560, 200 + (ROW + 8) * min(6, max(3, len(self.rows))))

    def _choose(self, work: Recoverable) -> None:
        self.chosen = work
        self.accept()

    def _move(self, place: int) -> None:
        if 0 <= place < len(self.rows):
            self.rows[place].setFocus(Qt.FocusReason.TabFocusReason)
