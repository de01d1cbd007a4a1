"""The dialog that shows what was saved beside what was recovered, for a person to choose between the two."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from designer.gui.labels import ElidedLabel, plain_label, rule
from designer.gui.small_picture import SmallPicture
from designer.gui.theme import Theme
from designer.gui.wording import moment_words, plain_tooltip
from designer.project.diff_words import counted
from designer.project.model import Project
from designer.workspace.comparison import Comparison

LATER, RECOVERED, SAVED = range(3)
USE_RECOVERED = (
    "Open the project with the unsaved work as a change that you can undo. The file stays as it is until you save."
)
USE_SAVED = "Open the project as it was saved. The unsaved work is kept for 30 days: File, Recover unsaved work."
USE_NOTHING = "Do not open it. It is kept for 30 days: File, Recover unsaved work."
DECIDE_LATER = "Change nothing, and ask again at the next start."


class RecoveryDialog(QDialog):
    """``result()`` is RECOVERED, SAVED or LATER, which is also what Escape means."""

    def __init__(
        self, comparison: Comparison, theme: Callable[[], Theme], parent: QWidget | None = None, note: str = ""
    ) -> None:
        super().__init__(parent)
        self.comparison = comparison
        work = comparison.work
        self.setWindowTitle("Recover unsaved work")
        self.setModal(True)
        self.recovered_button = QPushButton("Use the &recovered work")
        self.saved_button = QPushButton("Use the &saved file" if work.project else "Do &not use it")
        self.later_button = QPushButton("Decide &later")
        for button, tip, answer in (
            (self.recovered_button, USE_RECOVERED, RECOVERED),
            (self.saved_button, USE_SAVED if work.project else USE_NOTHING, SAVED),
            (self.later_button, DECIDE_LATER, LATER),
        ):
            button.setToolTip(plain_tooltip(tip))
            button.setAccessibleDescription(tip)
            button.clicked.connect(lambda _=False, answer=answer: self.done(answer))
        self.saved_card = self._saved_card(theme)
        self.recovered_card = Card(
            "Recovered", comparison.recovered, moment_words(work.origin.time), self._recovered_note(), theme
        )
        self._build(note)
        # only a button that is in the dialog by then takes Return from the others
        self.recovered_button.setDefault(True)
        self.recovered_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        """Room for two cards beside each other."""
        return QSize(760, max(430, super().sizeHint().height()))

    def _saved_card(self, theme: Callable[[], Theme]) -> Card:
        found = self.comparison
        when = moment_words(found.saved_time) if found.saved_time else "–"
        return Card("Saved", found.saved, when, found.note, theme)

    def _recovered_note(self) -> str:
        label = self.comparison.work.origin.label
        last = f"Last step: {label}." if label else ""
        return f"{self.comparison.differences}\n{last}".strip()

    def _build(self, note: str) -> None:
        work = self.comparison.work
        named = f"“{work.title}”" if work.project else "A project that was never saved"
        verb = "has unsaved work" if work.project else "can be recovered"
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(plain_label(f"{named} {verb}", "heading", wrap=True))
        if work.project:
            head.addWidget(ElidedLabel(str(work.project), "small", middle=True))
        column.addLayout(head)
        if note:
            column.addWidget(plain_label(note, "muted", wrap=True, selectable=True))
        cards = QHBoxLayout()
        cards.setSpacing(16)
        cards.addWidget(self.saved_card, 1)
        cards.addWidget(self.recovered_card, 1)
        column.addLayout(cards, 1)
        column.addWidget(rule())
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.later_button)
        foot.addStretch(1)
        foot.addWidget(self.saved_button)
        foot.addWidget(self.recovered_button)
        column.addLayout(foot)


class Card(QFrame):
    """One side: a small picture of the graph, when it is from, how large it is, and a sentence on it."""

    def __init__(self, title: str, project: Project | None, when: str, note: str, theme: Callable[[], Theme]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        size = size_words(project) if project is not None else ""
        self.picture = SmallPicture(project, theme)
        self.size_label, self.note = plain_label(size), plain_label(note, "muted", wrap=True, selectable=True)
        self.setAccessibleName(f"{title}, {when}, {size or 'nothing'}. {note}".strip())
        head = QHBoxLayout()
        head.addWidget(plain_label(title, "heading"))
        head.addStretch(1)
        head.addWidget(plain_label(when, "muted"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.picture)
        column.addWidget(self.size_label)
        column.addWidget(self.note)
        column.addStretch(1)


def size_words(project: Project) -> str:
    """How large a project is: ``5 layers, 4 links``."""
    return f"{counted(len(project.graph.nodes), 'layer')}, {counted(len(project.graph.links), 'link')}"
