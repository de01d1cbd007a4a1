"""A grid of small pictures, class by class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.data_look import THUMBNAIL
from designer.gui.theme import Theme

GAP = 4
LABEL = 20


class PictureGrid(QWidget):
    """For each class its name and a row of its pictures, as many as fit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._classes: dict[str, list[QImage]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Pictures")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def show_pictures(self, pictures: Sequence[tuple[str, QImage]]) -> None:
        """Show these pictures, given with their classes."""
        self._classes = {}
        for name, picture in pictures:
            self._classes.setdefault(name, []).append(picture)
        self.setAccessibleDescription(", ".join(name[:40] for name in self._classes))
        self.updateGeometry()
        self.update()

    def _across(self) -> tuple[int, int]:
        """How many classes stand side by side, and how many pictures each shows."""
        blocks = 2 if self.width() >= 8 * (THUMBNAIL + GAP) and len(self._classes) > 2 else 1
        return blocks, max(1, (self.width() // blocks - GAP) // (THUMBNAIL + GAP))

    def sizeHint(self) -> QSize:
        """High enough for all classes."""
        blocks, _ = self._across()
        rows = -(-len(self._classes) // blocks)
        return QSize(240, max(1, rows) * (LABEL + THUMBNAIL + 2 * GAP))

    def minimumSizeHint(self) -> QSize:
        """As high as all classes."""
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another height."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names and pictures."""
        painter = QPainter(self)
        blocks, each = self._across()
        width, height = self.width() // blocks, LABEL + THUMBNAIL + 2 * GAP
        metrics = QFontMetrics(self.font())
        painter.setPen(QColor(self.theme.muted))
        for place, (name, pictures) in enumerate(self._classes.items()):
            left, top = place % blocks * width, place // blocks * height
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - 8)
            painter.drawText(QRect(left, top, width, LABEL), Qt.AlignmentFlag.AlignVCenter, text)
            for column, picture in enumerate(pictures[:each]):
                painter.drawImage(left + column * (THUMBNAIL + GAP), top + LABEL, picture)
        painter.end()
