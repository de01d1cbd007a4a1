"""The page of predictions: how many there are, what was odd, and the answers as a table or as pictures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.data.pictures_gallery import Gallery
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.labels import plain_label, rule
from designer.gui.mask_paint import KEYS
from designer.gui.panels.data_side import NotesList
from designer.gui.panels.inspector import scrolling
from designer.gui.predict.answering import Answers
from designer.gui.predict.table import AnswersTable
from designer.gui.predict.try_page import MOST_COLUMNS, TryPage
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

LOOKS = {"pictures": "Pictures", "table": "Table"}
ROW_LOOKS = {"table": "Table", "try": "Try a row"}
MOST_NOTES_HEIGHT = 76


class ResultPage(QWidget):
    """Shows the predictions: the table, for pictures these as well, and for rows an own page to change one of them."""

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        super().__init__()
        self.summary = plain_label("", "heading")
        self.looks = ViewSwitch("How to look at predictions", LOOKS)
        # it stands on the ground of a window, not on that of a panel
        self.looks.setProperty("quiet", False)
        self.notes = NotesList()
        self.table, self.gallery = AnswersTable(theme, tasks), Gallery(theme, tasks)
        self.told = scrolling(self.notes, "What was odd")
        self.views = QStackedWidget()
        self.trying = TryPage(theme, tasks)
        self._answers: Answers | None = None
        for view in (self.table, self.gallery, self.trying):
            self.views.addWidget(view)
        self.looks.chosen.connect(lambda key: self._look(key))
        row = QHBoxLayout()
        row.setContentsMargins(20, 4, 12, 4)
        row.addWidget(self.summary, 1)
        row.addWidget(self.looks)
        notes = QHBoxLayout()
        notes.setContentsMargins(20, 0, 12, 6)
        notes.addWidget(self.told)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(notes)
        column.addWidget(rule())
        column.addWidget(self.views, 1)
        self.keys = QShortcut(QKeySequence(KEYS), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.keys.activated.connect(self.gallery.masks.step)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.table.set_theme(theme)
        self.gallery.set_theme(theme)
        self.trying.set_theme(theme)

    def show_answers(self, answers: Answers) -> None:
        """Show these."""
        self.summary.setText(answers.summary)
        self.setAccessibleDescription(answers.summary)
        self.notes.show_notes(answers.found.notes)
        self.told.setVisible(bool(answers.found.notes))
        self._fit_notes()
        self.table.show_answers(answers.rows)
        pictures = answers.pictures
        self.gallery.show_pictures(pictures)
        self._answers = answers
        features = answers.rows.features(0) if len(answers.rows) else {}
        to_try = 0 < len(features) <= MOST_COLUMNS
        self.looks.offer(LOOKS if pictures is not None else ROW_LOOKS)
        self.looks.setVisible(pictures is not None or to_try)
        # other data is looked at whole first
        self.looks.choose("pictures" if pictures is not None else "table")
        self._look(self.looks.key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notes take as many lines as they need in this width."""
        super().resizeEvent(event)
        self._fit_notes()

    def _fit_notes(self) -> None:
        layout = self.notes.layout()
        needed = layout.heightForWidth(max(200, self.width() - 56)) if layout is not None else 0
        self.told.setFixedHeight(min(MOST_NOTES_HEIGHT, max(20, needed + 4)))

    def take_keys(self) -> None:
        """Bring the keyboard to what is shown."""
        if self.views.currentWidget() is self.gallery:
            self.gallery.take_keys()
        elif self.views.currentWidget() is self.trying:
            self.trying.take_keys()
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self, key: str) -> None:
        if key == "try" and self._answers is not None:
            rows = self._answers.rows
            place = max(0, self.table.currentIndex().row())
            title = f"BEGINS AS ROW {rows.number(place):,}"
            self.trying.show_row(self._answers.found.predictor, title, rows.features(place))
        self.views.setCurrentWidget({"pictures": self.gallery, "try": self.trying}.get(key, self.table))
