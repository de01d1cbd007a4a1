"""The data page for texts: their tokens, how long they are, and how many are unknown."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox
from designer.gui.data.column_page import scrolled
from designer.gui.data.read_page import ReadPage
from designer.gui.data.texts_lengths import LengthsPlot
from designer.gui.data.texts_list import TextsList
from designer.gui.form import Burst, FieldForm
from designer.gui.labels import ElidedLabel, plain_label, rule
from designer.gui.numbers import exact, plural, share
from designer.gui.panels.bars import BarRows
from designer.gui.panels.column_edits import target_name
from designer.gui.panels.data_side import WordsGrid
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.catalog import LAYERS
from designer.project.edits import set_field
from designer.project.model import Project, TableData
from designer.training.texts_seen import SETTINGS, TextInput, TextsSeen, look_at_texts, read_texts, text_inputs

READ, LOOK = "read texts", "cut texts"
WIDTH = 264
FIELDS = {name: LAYERS["text_input"].fields[name] for name in SETTINGS}
UNTAKEN = "No Text input takes this column yet: add one to the network to choose how it is read."


class TextsPage(ReadPage):
    """Shows texts."""

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__(tasks, (READ, LOOK), "The texts cannot be shown")
        self.seen: TextsSeen | None = None
        self.inputs: list[TextInput] = []
        self._project: Project | None = None
        self._base = Path()
        self._texts: tuple[list[Any], list[Any]] | None = None
        self._settings: object = None
        self._burst = Burst()
        self.which, self.form = CalmComboBox(), FieldForm(88)
        self.which.setAccessibleName("Which column of text")
        self.untaken = plain_label(UNTAKEN, "muted", wrap=True)
        self.summary, self.list = ElidedLabel("", "muted"), TextsList(theme)
        self.words, self.lengths, self.frequent = WordsGrid(), LengthsPlot(theme), BarRows(theme)
        self.frequent.setAccessibleName("Most frequent tokens")
        self._build()
        self.due.connect(self._read)
        self.which.activated.connect(lambda _: self._choose())
        self.form.changed.connect(self._set)

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addWidget(self.which)
        for head, widget in (
            ("READING", self.form),
            ("", self.untaken),
            ("VOCABULARY", self.words),
            ("TOKENS OF A TEXT", self.lengths),
            ("MOST FREQUENT", self.frequent),
        ):
            if head:
                column.addSpacing(4)
                column.addWidget(plain_label(head, "section"))
            column.addWidget(widget)
        column.addStretch(1)
        settings = scrolled(inside, "How texts are cut into tokens")
        settings.setFixedWidth(WIDTH)
        head_row = QHBoxLayout()
        head_row.setContentsMargins(16, 6, 12, 6)
        head_row.addWidget(self.summary, 1)
        texts = QWidget()
        right = QVBoxLayout(texts)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(head_row)
        right.addWidget(rule())
        right.addWidget(self.list, 1)
        self.lay_out(settings, texts)

    @property
    def chosen(self) -> TextInput | None:
        """The column that is looked at, with its input."""
        place = self.which.currentIndex()
        return self.inputs[place] if 0 <= place < len(self.inputs) else None

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.list.set_theme(theme)
        self.lengths.set_theme(theme)
        self.frequent.theme = theme
        self.frequent.update()

    def show_project(self, project: Project, base: Path) -> None:
        """Show the settings of a project with texts; what they mean for the texts is found when it is seen."""
        self._project, self._base = project, base
        here = self.which.currentText()
        self.inputs = text_inputs(project)
        self.which.clear()
        for each in self.inputs:
            self.which.addItem(" ".join(each.title.split()))
        self.which.setCurrentIndex(max(0, self.which.findText(here)) if self.inputs else -1)
        self.which.setVisible(len(self.inputs) > 1)
        self._choose()

    def _choose(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.form.show_fields(FIELDS, chosen.values, owner=chosen.node.id if chosen.node is not None else "")
            self.form.setEnabled(chosen.node is not None)
            self.untaken.setVisible(chosen.node is None)
        self._soon.start()

    def _read(self) -> None:
        project, chosen = self._project, self.chosen
        data = project.data if project is not None else None
        if project is None or chosen is None or not isinstance(data, TableData) or not self.isVisible():
            return
        said = (data.path, data.sheet, data.format, data.columns, data.split, data.drop_duplicates)
        source = (str(self._base), said, target_name(project), chosen.column)
        if source != self._source:
            self._settings = self._texts = None
            self._begin(source, Path(data.path).name)
            work = partial(read_texts, project, data, self._base, chosen.column)
            self.tasks.run("", work, self._take_texts, self._say_failed, READ)
        elif self._texts is not None:
            self._look(chosen)

    def _take_texts(self, texts: tuple[list[Any], list[Any]]) -> None:
        self._texts = texts
        if self.chosen is not None:
            self._look(self.chosen)

    def _look(self, chosen: TextInput) -> None:
        """Cut the texts as the input would, unless that is what is seen already."""
        settings, texts = chosen.values, self._texts
        if texts is None or settings == self._settings:
            return
        self._settings = settings
        self.tasks.run("", partial(look_at_texts, texts, settings), self._show_seen, self._say_failed, LOOK)

    def _show_seen(self, seen: TextsSeen) -> None:
        self._end()
        self.seen = seen
        report = seen.report
        self._stack.setCurrentWidget(self._whole)
        self.list.texts.show_report(report)
        self.lengths.show_lengths(report.lengths, report.length)
        self.frequent.show_bars(report.frequent)
        words = {"Tokens": exact(report.vocabulary), "Read of a text": plural(report.length, "token")}
        words["Longer texts"] = share(report.cut)
        if report.unknown is not None:
            words["Unknown"] = f"{share(report.unknown)} in validation"
        if seen.empty:
            words["Empty texts"] = exact(seen.empty)
        self.words.show_words(words)
        first = f"The first {exact(len(report.examples))} of " if len(report.examples) < seen.count else ""
        self.summary.setText(f"{first}{plural(seen.count, 'text')} to train with, as their tokens")

    def _set(self, name: str, value: object) -> None:
        chosen = self.chosen
        if chosen is not None and chosen.node is not None:
            edit = partial(set_field, node_id=chosen.node.id, name=name, value=value)
            words = FIELDS[name].label or name
            self.edited.emit(f"Set {words} of {chosen.node.name}", edit, self._burst.key((chosen.node.id, name)))
