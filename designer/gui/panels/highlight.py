"""Colours for Python source."""

from __future__ import annotations

import builtins
import keyword
import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from designer.gui.theme import Theme

TOKENS = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<open>[rRbBfFuU]{0,2}(?:\"\"\"|'''))"
    r"|(?P<string>[rRbBfFuU]{0,2}(?:\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?))"
    r"|(?P<number>\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?)\b)"
    r"|(?P<word>[^\W\d]\w*)"
)
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
PLAIN, DOUBLE, SINGLE = -1, 1, 2


class PythonHighlighter(QSyntaxHighlighter):
    """Colours keywords, strings, numbers, comments, and the names that a definition gives."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        colours = {
            "comment": theme.code_comment, "string": theme.code_string, "number": theme.code_number,
            "keyword": theme.code_keyword, "name": theme.code_name, "builtin": theme.code_name,
        }  # fmt: skip
        self._formats = {}
        for kind, colour in colours.items():
            form = QTextCharFormat()
            form.setForeground(QColor(colour))
            if kind == "name":
                form.setFontWeight(QFont.Weight.DemiBold)
            self._formats[kind] = form
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        place = self._inside_string(text)
        self.setCurrentBlockState(self.currentBlockState() if place < 0 else PLAIN)
        if place < 0:
            return
        before = ""
        while (token := TOKENS.search(text, place)) is not None:
            kind, place = token.lastgroup or "", token.end()
            if kind == "open":
                quotes = token.group()[-3:]
                end = text.find(quotes, place)
                place = len(text) if end < 0 else end + 3
                self.setFormat(token.start(), place - token.start(), self._formats["string"])
                if end < 0:
                    self.setCurrentBlockState(DOUBLE if quotes == '"""' else SINGLE)
            elif kind == "word":
                self._word(token, before)
            else:
                self.setFormat(token.start(), token.end() - token.start(), self._formats[kind])
            before = token.group()

    def _inside_string(self, text: str) -> int:
        """Where a string that began in a line above ends in this one; 0 where there is none, -1 if it goes on."""
        state = self.previousBlockState()
        if state not in (DOUBLE, SINGLE):
            return 0
        end = text.find('"""' if state == DOUBLE else "'''")
        length = len(text) if end < 0 else end + 3
        self.setFormat(0, length, self._formats["string"])
        if end < 0:
            self.setCurrentBlockState(state)
            return -1
        return length

    def _word(self, token: re.Match[str], before: str) -> None:
        word = token.group()
        if keyword.iskeyword(word):
            kind = "keyword"
        elif before in ("def", "class"):
            kind = "name"
        elif word in BUILTINS or word == "self":
            kind = "builtin"
        else:
            return
        self.setFormat(token.start(), len(word), self._formats[kind])
