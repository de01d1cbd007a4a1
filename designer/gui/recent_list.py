"""Recent projects: name and folder of each, to be opened again or taken off the list."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.card_button import CardButton, paint_words
from designer.gui.labels import plain_label
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

SHOWN = 8
TRAINING, DOT = "Training", 6
NOTHING = "Projects that you open or save appear here."


class RecentRow(CardButton):
    """One project. ``forgotten`` carries its path, to be taken off the list."""

    forgotten = Signal(str)

    def __init__(self, path: Path, theme: Theme) -> None:
        super().__init__(theme)
        self.path = path
        self.training = False
        self.setAccessibleName(path.stem)
        self.setAccessibleDescription(str(path.parent))
        self.setToolTip(plain_tooltip(str(path)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)

    def show_training(self, training: bool) -> None:
        """Say whether one of its runs trains now."""
        if training != self.training:
            self.training = training
            self.setAccessibleDescription(f"{'Training now, ' if training else ''}{self.path.parent}")
            self.update()

    def sizeHint(self) -> QSize:
        """One height for all."""
        return QSize(200, 44)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the project off the list."""
        if event.key() == Qt.Key.Key_Delete:
            self.forgotten.emit(str(self.path))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name and folder, and that it trains."""
        painter = QPainter(self)
        self.paint_body(painter, flat=True)
        _, text, small = self.fonts()
        box = QRectF(8, 5, self.width() - 16, 34)
        if self.training:
            self._paint_training(painter, QRectF(box), small)
            box.setRight(box.right() - QFontMetrics(small).horizontalAdvance(TRAINING) - 4 * DOT)
        box.setTop(box.top() + paint_words(painter, box, self.path.stem, text, self.theme.text) + 1)
        folder = str(self.path.parent)
        home = str(Path.home())
        if folder == home or folder.startswith(home + "/"):
            folder = "~" + folder[len(home) :]
        shown = QFontMetrics(small).elidedText(folder, Qt.TextElideMode.ElideMiddle, int(box.width()))
        paint_words(painter, box, shown, small, self.theme.muted)

    def _paint_training(self, painter: QPainter, box: QRectF, font: QFont) -> None:
        """A word at the right edge of ``box``, and a dot before it."""
        box.setLeft(box.right() - QFontMetrics(font).horizontalAdvance(TRAINING) - 1)
        tall = paint_words(painter, box, TRAINING, font, self.theme.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent))
        painter.drawEllipse(QRectF(box.left() - 2 * DOT, box.top() + (tall - DOT) / 2, DOT, DOT))

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open").triggered.connect(self.click)
        menu.addAction("Remove from this list").triggered.connect(lambda: self.forgotten.emit(str(self.path)))
        menu.popup(self.mapToGlobal(at))


class RecentList(QWidget):
    """``chosen`` and ``forgotten`` carry the path of a project."""

    chosen = Signal(str)
    forgotten = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: list[RecentRow] = []
        self._nothing = plain_label(NOTHING, "muted", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        self.setAccessibleName("Recent projects")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._theme = theme
        for row in self.rows:
            row.set_theme(theme)

    def show_paths(self, paths: list[Path]) -> None:
        """Show these projects, the latest first."""
        paths = paths[:SHOWN]
        self._nothing.setVisible(not paths)
        if paths == [row.path for row in self.rows]:
            return
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [RecentRow(path, self._theme) for path in paths]
        for place, row in enumerate(self.rows):
            row.clicked.connect(lambda _=False, path=str(row.path): self.chosen.emit(path))
            row.forgotten.connect(self.forgotten)
            row.moved.connect(lambda across, down, place=place: self._move(place + down))
            self._column.insertWidget(place + 1, row)

    def show_training(self, paths: set[Path]) -> None:
        """Say of these projects that they are being trained."""
        for row in self.rows:
            row.show_training(row.path in paths)

    def _move(self, place: int) -> None:
        if 0 <= place < len(self.rows):
            self.rows[place].setFocus(Qt.FocusReason.TabFocusReason)
