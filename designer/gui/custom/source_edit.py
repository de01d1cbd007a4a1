"""The editor of a layer's code: lines with numbers and colours, faulty ones marked, indentation kept."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from designer.gui.panels.code import CodeView
from designer.gui.theme import Theme
from designer.layers.signature import Fault

INDENT = 4


class SourceEdit(CodeView):
    """A code view that can be typed in."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._faults: Sequence[Fault] = ()
        self.setReadOnly(False)
        self.setUndoRedoEnabled(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setTabStopDistance(INDENT * self.fontMetrics().horizontalAdvance(" "))

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Mark the lines of these faults."""
        self._faults = faults
        marks = []
        for line in sorted({fault.line for fault in faults}):
            block = self.document().findBlockByNumber(line - 1)
            if not block.isValid():
                continue
            mark = QTextEdit.ExtraSelection()
            mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            mark.format.setUnderlineColor(QColor(self.theme.error))
            mark.cursor = QTextCursor(block)
            mark.cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            marks.append(mark)
        self.setExtraSelections(marks)

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the text cursor to a line and column, counted from 1, and the keyboard into the editor."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        if block.isValid():
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + min(max(0, column - 1), block.length() - 1))
            self.setTextCursor(cursor)
            self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab indents, Shift+Tab takes that back, and a new line begins as deep as the one before asks."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() == Qt.Key.Key_Tab and plain:
            self._indent(INDENT)
        elif event.key() == Qt.Key.Key_Backtab:
            self._indent(-INDENT)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
            deep = len(before) - len(before.lstrip(" ")) + (INDENT if before.rstrip().endswith(":") else 0)
            self.textCursor().insertText("\n" + " " * deep)
            self.ensureCursorVisible()
        elif event.key() == Qt.Key.Key_Backspace and plain and self._at_indent():
            self._indent(-INDENT)
        else:
            super().keyPressEvent(event)

    def _at_indent(self) -> bool:
        """Whether only blanks stand before the text cursor, a whole step of them."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        return not cursor.hasSelection() and bool(before) and not before.strip(" ") and len(before) % INDENT == 0

    def _indent(self, by: int) -> None:
        """Move the selected lines, or the line of the text cursor, by so many blanks."""
        cursor = self.textCursor()
        if by > 0 and not cursor.hasSelection():
            cursor.insertText(" " * (by - cursor.positionInBlock() % by))
            return
        document = self.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber()
        last = document.findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1)).blockNumber()
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            block = document.findBlockByNumber(number)
            line = QTextCursor(block)
            if by > 0:
                line.insertText(" " * by)
                continue
            blanks = len(block.text()) - len(block.text().lstrip(" "))
            line.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, min(-by, blanks))
            line.removeSelectedText()
        cursor.endEditBlock()
