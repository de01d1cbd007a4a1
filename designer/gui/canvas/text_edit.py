"""Editing in place: a field on top of the canvas for the title of a frame or the text of a note."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from designer.gui.canvas.frame_item import FrameItem
from designer.gui.canvas.note_item import NoteItem
from designer.gui.canvas.thing_ink import thing_ink
from designer.project.frames import LONGEST_TITLE, TITLE
from designer.project.model import Project

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

Done: TypeAlias = Callable[[str | None], None]
LEAST_LETTERS = 10
LEAST_TITLE_WIDTH = 120
NOTE_LEAST = (140, 64)


class TitleEdit(QLineEdit):
    """Edits one line over a part of the canvas. Enter or a click elsewhere keeps it, Escape gives it up."""

    def __init__(self, view: CanvasView, item: FrameItem, done: Done) -> None:
        super().__init__(item.frame.title, view)
        self._follower = Follower(view, self, item, done)
        self.setMaxLength(LONGEST_TITLE)
        self.setAccessibleName("Title of the frame")
        self.setPlaceholderText("Title")
        self.returnPressed.connect(lambda: self._follower.end(self.text()))
        self._follower.begin()
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Keys are the field's own while it has the focus."""
        return own_keys(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the title as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self._follower.end(None)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Elsewhere something else is done now: the title is kept."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._follower.end(self.text())


class NoteEdit(QPlainTextEdit):
    """Edits several lines over a note. Escape or a click elsewhere ends it and keeps them."""

    def __init__(self, view: CanvasView, item: NoteItem, done: Done) -> None:
        super().__init__(item.note.text, view)
        self._follower = Follower(view, self, item, done)
        self.setAccessibleName("Text of the note")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self._follower.begin()
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Keys are the field's own while it has the focus."""
        return own_keys(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, or Enter with Control, ends the writing."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape or (event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control):
            self._follower.end(self.toPlainText())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Elsewhere something else is done now: the text is kept."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._follower.end(self.toPlainText())


class Follower:
    """Keeps ``field`` over ``item`` while the view moves, and ends the editing once."""

    def __init__(self, view: CanvasView, field: QWidget, item: FrameItem | NoteItem, done: Done) -> None:
        self._view = view
        self._field = field
        self._item = item
        self._done = done
        self._ended = False

    def begin(self) -> None:
        """Show the field and give it the keyboard."""
        self._field.setStyleSheet(self._style())
        self.place()
        self._view.zoomed.connect(self.place)
        for bar in (self._view.horizontalScrollBar(), self._view.verticalScrollBar()):
            bar.valueChanged.connect(self.place)
        self._unsubscribe = self._view.session.subscribe(self._project_changed)
        if isinstance(self._item, NoteItem):
            self._item.set_writing(True)
        self._field.show()
        self._field.setFocus(Qt.FocusReason.MouseFocusReason)

    def end(self, text: str | None) -> None:
        """Take the field away; ``text`` is what was written, None where it was given up."""
        if self._ended:
            return
        self._ended = True
        self._view.zoomed.disconnect(self.place)
        for bar in (self._view.horizontalScrollBar(), self._view.verticalScrollBar()):
            bar.valueChanged.disconnect(self.place)
        self._unsubscribe()
        if isinstance(self._item, NoteItem):
            self._item.set_writing(False)
        had_focus = self._field.hasFocus()
        self._field.hide()
        self._field.deleteLater()
        if had_focus:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._done(text)

    def _project_changed(self, old: Project, new: Project) -> None:
        """Go where what is written on is gone, or another graph is looked at."""
        if self._view.canvas.things.get(self._item.key) is not self._item:
            self.end(None)
        else:
            self.place()

    def place(self, *_: object) -> None:
        """Lie over the item at the view's scale, with letters that can be read."""
        zoom = self._view.zoom
        scene_box = self._item.title_box(zoom) if isinstance(self._item, FrameItem) else self._item.rect()
        box = self._view.mapFromScene(scene_box).boundingRect()
        ink = self._view.canvas.ink
        font = QFont(ink.name_font if isinstance(self._item, FrameItem) else ink.note_font)
        font.setPixelSize(max(LEAST_LETTERS, round(font.pixelSize() * zoom)))
        self._field.setFont(font)
        if isinstance(self._item, FrameItem):
            height = max(round(TITLE * zoom), round(QFontMetricsF(font).height()) + 6)
            self._field.setGeometry(box.x(), box.y(), max(LEAST_TITLE_WIDTH, box.width()), height)
        else:
            self._field.setGeometry(box.x(), box.y(), max(NOTE_LEAST[0], box.width()), max(NOTE_LEAST[1], box.height()))

    def _style(self) -> str:
        ink, item = self._view.canvas.ink, self._item
        colours = thing_ink(ink.theme, item.frame.colour if isinstance(item, FrameItem) else item.note.colour)
        ground = (colours.bar if isinstance(item, FrameItem) else colours.card).color().name()
        return (
            f"background: {ground}; color: {ink.theme.text}; border: 1px solid {ink.theme.accent};"
            f" border-radius: 4px; padding: {'1px' if isinstance(item, FrameItem) else '4px 6px 0'} 6px;"
        )


def own_keys(event: QEvent) -> bool:
    """Whether ``event`` asks if a key is a shortcut of the window: while one writes, none is."""
    if event.type() == QEvent.Type.ShortcutOverride:
        event.accept()
        return True
    return False
