"""One row to play with: an editor for each column that the network looks at, and what it says to it beneath."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox
from designer.gui.labels import ElidedLabel, plain_label
from designer.gui.numbers import share
from designer.gui.panels.bars import BarRows
from designer.gui.panels.data_side import WordsGrid, sentence
from designer.gui.panels.inspector import scrolling
from designer.gui.predict.answers import answer_text
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.predict import Predictions, Predictor

LANE = "try one row"
TYPING_MS = 150
MOST_COLUMNS, MOST_BARS = 60, 12
FORM_WIDTH, NAME_WIDTH = 420, 170
YES_NO = ("yes", "no")


class TryPage(QWidget):
    """Asks the network about the row that stands in its editors, as soon as one of them is changed."""

    answered = Signal()

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        super().__init__()
        self.theme, self._tasks = theme, tasks
        self._predictor: Predictor | None = None
        self._began: dict[str, str] = {}
        self.editors: dict[str, QLineEdit | CalmComboBox] = {}
        self.title = ElidedLabel("", "section")
        self.again = QPushButton("As it was")
        self.again.setProperty("link", True)
        self.again.setAutoDefault(False)
        self.again.setToolTip("Put the cells of the row back")
        self.again.clicked.connect(self._put_back)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(6)
        self.said, self.words = plain_label("", "figure", wrap=True), WordsGrid()
        self.bars, self.notes = BarRows(theme, share, 1.0), plain_label("", "muted", wrap=True)
        self.trouble = plain_label("", "error", wrap=True)
        self.bars.margin = 0
        self.bars.setAccessibleName("Probabilities")
        self._soon = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._soon.timeout.connect(self._ask)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.again)
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self.form)
        answer = QVBoxLayout(right)
        answer.setContentsMargins(20, 12, 20, 12)
        answer.setSpacing(8)
        answer.addWidget(plain_label("PREDICTED", "section"))
        for widget in (self.said, self.bars, self.words, self.notes, self.trouble):
            answer.addWidget(widget)
        area = scrolling(left, "The cells of the row")
        area.setFixedWidth(FORM_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(area)
        row.addWidget(scrolling(right, "What is predicted for the row"), 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = self.bars.theme = theme
        self.bars.update()

    def show_row(self, predictor: Predictor, title: str, cells: Mapping[str, str]) -> None:
        """Begin with these cells, called by ``title``."""
        if (predictor, dict(cells)) == (self._predictor, self._began):
            return
        self.title.setText(title)
        fresh = predictor is not self._predictor or list(cells) != list(self.editors)
        self._predictor, self._began = predictor, dict(cells)
        if fresh:
            self._make_editors(predictor.record.preparation["features"])
        self._put_back()

    def cells(self) -> dict[str, str]:
        """What stands in the editors."""
        return {name: _text_of(editor) for name, editor in self.editors.items()}

    def take_keys(self) -> None:
        """Bring the keyboard to the first editor."""
        first = next(iter(self.editors.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_editors(self, features: Mapping[str, Any]) -> None:
        while self.form.rowCount():
            self.form.removeRow(0)
        self.editors = {}
        for name in self._began:
            self.editors[name] = editor = self._editor(features[name])
            label = ElidedLabel(name)
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            label.setFixedWidth(NAME_WIDTH)
            label.setBuddy(editor)
            editor.setAccessibleName(name)
            self.form.addRow(label, editor)

    def _editor(self, learned: Mapping[str, Any]) -> QLineEdit | CalmComboBox:
        known = YES_NO if learned["kind"] == "boolean" else learned.get("categories", learned.get("order", ()))
        if not known:
            line = QLineEdit()
            line.textEdited.connect(lambda _: self._soon.start())
            return line
        box = CalmComboBox()
        # words that no training row has may be tried too
        box.setEditable(True)
        box.setInsertPolicy(CalmComboBox.InsertPolicy.NoInsert)
        box.addItems([str(word) for word in known])
        box.editTextChanged.connect(lambda _: self._soon.start())
        return box

    def _put_back(self) -> None:
        for name, editor in self.editors.items():
            text = self._began[name]
            if isinstance(editor, QLineEdit):
                editor.setText(text)
            else:
                editor.setCurrentIndex(editor.findText(text, Qt.MatchFlag.MatchExactly))
                editor.setEditText(text)
        self._soon.stop()
        self._ask()

    def _ask(self) -> None:
        predictor, cells = self._predictor, self.cells()
        if predictor is None:
            return

        def work() -> Predictions:
            from designer.workspace.one_row import predict_row

            return predict_row(predictor, cells)

        self._tasks.run("", work, partial(self._show, cells), self._refuse, LANE)

    def _show(self, cells: dict[str, str], found: Predictions) -> None:
        if cells != self.cells():
            return
        if not any(found.usable):
            self._refuse("There is no answer: a cell that the network needs is empty.")
            return
        first, scores = next(iter(found.columns)), found.scores
        scored = {title for each in scores.values() for title in each.titles}
        self.said.setText(answer_text(found.columns[first][0]))
        likely = scores.get(first)
        bars: list[tuple[str, float]] = []
        if likely is not None and likely.likely:
            pairs = zip(likely.classes, likely.titles, strict=True)
            bars = [(name, float(found.columns[title][0])) for name, title in pairs]
            bars = sorted(bars, key=lambda pair: -pair[1])[:MOST_BARS] if len(bars) > MOST_BARS else bars
        others = [title for title in found.columns if title != first and title not in (scored if bars else ())]
        self.bars.show_bars(tuple(bars))
        self.bars.setVisible(bool(bars))
        self.words.show_words({title: answer_text(found.columns[title][0]) for title in others})
        self.notes.setText("\n".join(found.notes))
        self.trouble.setText("")
        self.setAccessibleDescription(f"{first}: {self.said.text()}")
        self.answered.emit()

    def _refuse(self, message: str) -> None:
        self.said.setText("–")
        self.bars.hide()
        self.words.show_words({})
        self.notes.setText("")
        # the file is none of the user's
        self.trouble.setText(sentence(message.removeprefix("row.csv, line 2, ").removeprefix("row.csv: ")))
        self.setAccessibleDescription(self.trouble.text())
        self.answered.emit()


def _text_of(editor: QLineEdit | CalmComboBox) -> str:
    return editor.text() if isinstance(editor, QLineEdit) else editor.currentText()
