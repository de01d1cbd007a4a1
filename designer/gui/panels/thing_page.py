"""The page of the selected frames and notes: title or text, and colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from designer.gui.canvas.thing_ink import NAMES, swatch
from designer.gui.canvas.thing_words import thing_words
from designer.gui.editors import leave_undo_to_window
from designer.gui.labels import plain_label
from designer.gui.theme import Theme
from designer.project import frames
from designer.project.errors import LayerloomError
from designer.project.frames import LONGEST_TITLE
from designer.project.model import Colour, Project
from designer.workspace.scope import Scope

NOTE_HEIGHT = 140
SWATCH = 20
_bursts = count(1)


class ThingPage(QWidget):
    """Shows and edits frames and notes. ``refused`` carries the sentence that says why an edit was not made."""

    refused = Signal(str)

    def __init__(self, session: Scope, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.theme = theme
        self._keys: tuple[str, ...] = ()
        self._burst = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(12)
        self.heading = plain_label("", "heading")
        layout.addWidget(self.heading)
        self.title = QLineEdit()
        self.title.setPlaceholderText("Title")
        self.title.setMaxLength(LONGEST_TITLE)
        self.title.setAccessibleName("Title of the frame")
        self.title.textEdited.connect(self._write)
        leave_undo_to_window(self.title)
        layout.addWidget(self.title)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText("Text")
        self.text.setAccessibleName("Text of the note")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(NOTE_HEIGHT)
        self.text.textChanged.connect(lambda: self._write(self.text.toPlainText()))
        layout.addWidget(self.text)
        layout.addLayout(self._swatches())
        self.hint = plain_label("", "muted", wrap=True)
        layout.addWidget(self.hint)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for colour, button in self.colours.items():
            button.setIcon(swatch(theme, colour, SWATCH))

    def show_things(self, keys: Sequence[str]) -> None:
        """Show these frames and notes as they are now."""
        graph = self.session.project.graph
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self._burst = f"write {next(_bursts)}"
        frame = graph.frames.get(keys[0]) if len(keys) == 1 else None
        note = graph.notes.get(keys[0]) if len(keys) == 1 and frame is None else None
        self.heading.setText("Frame" if frame else "Note" if note else f"{thing_words(graph, self._keys)} selected")
        self.title.setVisible(frame is not None)
        self.text.setVisible(note is not None)
        if frame is not None and self.title.text().split() != frame.title.split():
            self.title.setText(frame.title)
        if note is not None and self.text.toPlainText() != note.text:
            self.text.blockSignals(True)
            self.text.setPlainText(note.text)
            self.text.blockSignals(False)
        things = [graph.frames.get(key) or graph.notes.get(key) for key in keys]
        colours = {thing.colour for thing in things if thing is not None}
        self._group.setExclusive(len(colours) == 1)
        for colour, button in self.colours.items():
            button.setChecked(colours == {colour})
        self.colour_name.setText(NAMES[next(iter(colours))] if len(colours) == 1 else "Several colours")
        self.hint.setText("Dragged by its title, a frame carries what lies on it." if frame else "")

    def focus_first_field(self) -> None:
        """Let the keyboard go on here."""
        for field in (self.title, self.text):
            if field.isVisibleTo(self):
                field.setFocus()
                return
        self.colours["blue"].setFocus()

    def _swatches(self) -> QVBoxLayout:
        self._group = QButtonGroup(self)
        self.colours: dict[Colour, QToolButton] = {}
        row = QHBoxLayout()
        row.setSpacing(2)
        for colour, name in NAMES.items():
            button = QToolButton()
            button.setCheckable(True)
            button.setIcon(swatch(self.theme, colour, SWATCH))
            button.setIconSize(QSize(SWATCH, SWATCH))
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.clicked.connect(lambda _=False, colour=colour: self._paint(colour))
            self._group.addButton(button)
            self.colours[colour] = button
            row.addWidget(button)
        row.addStretch(1)
        self.colour_name = plain_label("", "muted")
        head = QHBoxLayout()
        head.addWidget(plain_label("Colour"))
        head.addStretch(1)
        head.addWidget(self.colour_name)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row)
        return column

    def _write(self, text: str) -> None:
        if len(self._keys) != 1:
            return
        key = self._keys[0]
        if key in self.session.project.graph.frames:
            self._do("Rename frame", lambda project: frames.change_frame(project, key, title=text))
        elif key in self.session.project.graph.notes:
            self._do("Write note", lambda project: frames.change_note(project, key, text=text))

    def _paint(self, colour: Colour) -> None:
        graph = self.session.project.graph
        keys = [key for key in self._keys if key in graph.frames or key in graph.notes]
        words = f"Colour {thing_words(graph, tuple(keys))}"
        self._do(words, lambda project: frames.paint_things(project, keys, colour), merge=False)
        self.show_things(self._keys)

    def _do(self, label: str, edit: Callable[[Project], Project], merge: bool = True) -> None:
        try:
            changed = edit(self.session.project)
            if changed is not self.session.project:
                self.session.do(label, changed, self._burst if merge else "")
        except LayerloomError as error:
            self.refused.emit(str(error))
