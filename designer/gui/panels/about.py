"""What the author says of a project, beside the canvas: the text ABOUT.md, shown as Markdown and nothing more.

The text may come from anywhere. No HTML in it is heeded, nothing is loaded from anywhere, no picture is read, and a
link leads on only after the user has seen where and agreed.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFont,
    QKeyEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QStackedLayout, QTextBrowser, QWidget

from designer.gui.dialogs import ask
from designer.gui.labels import EmptyState
from designer.gui.theme import TEXT_PIXELS, Theme

TITLE_PIXELS = 17
MARGIN, GAP, INDENT = 12, 8, 14
SAFE = ("http", "https")
LONGEST_ADDRESS = 300
NOTHING = (
    "Nothing is said about this project",
    "A text named ABOUT.md beside the project file is shown here: what the project is for, its data, what to try.",
)


class AboutPanel(QWidget):
    """Shows the text about the open project."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.text = ""
        self.view = SafeText()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState(*NOTHING))
        self._stack.addWidget(self.view)
        self.setAccessibleName("About this project")
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.view.setStyleSheet(f"QTextBrowser {{ border: none; background: {theme.surface}; }}")
        self.show_text(self.text)

    def show_text(self, text: str) -> None:
        """Show a Markdown text; empty where nothing is said."""
        self.text = text
        self._stack.setCurrentIndex(1 if text.strip() else 0)
        self.view.show_markdown(text)


class SafeText(QTextBrowser):
    """Markdown that cannot do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setAccessibleName("About this project")
        self.document().setDocumentMargin(MARGIN)
        self.anchorClicked.connect(self._clicked)

    def show_markdown(self, text: str) -> None:
        """Show the text; headings have the sizes of the app."""
        features = QTextDocument.MarkdownFeature
        self.document().clear()
        self.document().setMarkdown(text, features.MarkdownDialectGitHub | features.MarkdownNoHTML)
        self._dress()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing is loaded: neither pictures nor style sheets nor pages, from the disk or from elsewhere."""
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is for who holds this panel."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        """Headings in the app's own sizes, a little room between paragraphs."""
        self.document().setIndentWidth(INDENT)
        block = self.document().begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            if level:
                look = QTextCharFormat()
                look.setProperty(QTextCharFormat.Property.FontSizeAdjustment, 0)
                look.setProperty(QTextCharFormat.Property.FontPixelSize, TITLE_PIXELS if level == 1 else TEXT_PIXELS)
                look.setFontWeight(QFont.Weight.DemiBold)
                cursor.mergeCharFormat(look)
            room = QTextBlockFormat()
            room.setTopMargin(2 * GAP if level and block.blockNumber() else 0)
            room.setBottomMargin(GAP // 2 if block.textList() else GAP)
            cursor.mergeBlockFormat(room)
            block = block.next()

    def _clicked(self, url: QUrl) -> None:
        """Ask before a link leads out; those that are no addresses of pages lead nowhere."""
        if url.scheme().lower() not in SAFE or not url.host():
            return
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        shown = address if len(address) <= LONGEST_ADDRESS else f"{address[:LONGEST_ADDRESS]}…"
        if ask(self.window(), "Open this page in your browser?", shown, ["Open", "Cancel"], default=1) == 0:
            QDesktopServices.openUrl(url)
