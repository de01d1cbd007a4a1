"""A confusion matrix: which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.numbers import exact, plural, share
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

LARGEST_CELL = 64
SMALLEST_TEXT_CELL = 20
MOST_LABEL = 120
AXIS = 22


class ConfusionMatrix(QWidget):
    """A row for each actual class, a column for each predicted one; the darker, the larger the share of the row."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.classes: tuple[str, ...] = ()
        self.counts: tuple[tuple[int, ...], ...] = ()
        self.name = ""
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Confusion matrix")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def show_counts(self, classes: Sequence[str], counts: Sequence[Sequence[int]], name: str = "") -> None:
        """Show a matrix with a row for each actual class; ``name`` is the target's."""
        self.name = " ".join(name.split())
        self.classes = tuple(str(name) for name in classes)
        self.counts = tuple(tuple(int(count) for count in row) for row in counts)
        right = sum(self.counts[place][place] for place in range(len(self.counts)))
        whole = sum(map(sum, self.counts))
        self.setAccessibleDescription(f"{right} of {whole} on the diagonal, which is right")
        self.update()

    def sizeHint(self) -> QSize:
        """Room for cells that can be read."""
        return QSize(320, 260)

    def _layout(self) -> tuple[int, int, int, int]:
        """Left and top of the cells, their width and their height."""
        metrics = QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(name) for name in self.classes), default=0)
        left = AXIS + min(MOST_LABEL, self.width() // 4, widest + 8)
        top = AXIS + 20
        count = max(1, len(self.classes))
        height = min(LARGEST_CELL, (self.height() - top - 4) // count)
        width = min(LARGEST_CELL * 2, (self.width() - left - 4) // count)
        return left, top, max(2, width), max(2, height)

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Row and column of the cell under a point."""
        left, top, width, height = self._layout()
        column, row = (point.x() - left) // width, (point.y() - top) // height
        inside = 0 <= row < len(self.classes) and 0 <= column < len(self.classes)
        return (row, column) if inside else None

    def event(self, event: QEvent) -> bool:
        """The tool tip says the cell in words."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tooltip(self.words(*cell)) if cell else "", self)
            return True
        return super().event(event)

    def words(self, row: int, column: int) -> str:
        """A cell in words."""
        count, whole = self.counts[row][column], sum(self.counts[row]) or 1
        what = "rightly taken" if row == column else "taken"
        names = f"{self.classes[row]} {what} for {self.classes[column]}"
        names = f"{self.name} {names}" if self.name else names
        return f"{plural(count, 'sample')} of {names} ({share(count / whole)})"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells and names."""
        if not self.classes:
            return
        painter = QPainter(self)
        left, top, width, height = self._layout()
        self._paint_names(painter, left, top, width, height)
        metrics = QFontMetrics(self.font())
        widest = metrics.horizontalAdvance(exact(max((max(row) for row in self.counts), default=0)))
        with_text = width >= widest + 4 and height >= metrics.height()
        for row, counts in enumerate(self.counts):
            whole = sum(counts) or 1
            for column, count in enumerate(counts):
                part = count / whole
                box = QRect(left + column * width, top + row * height, width - 1, height - 1)
                colour = QColor(self.theme.accent if row == column else self.theme.error)
                colour.setAlphaF(part if not count else 0.12 + 0.88 * part)
                painter.fillRect(box, QColor(self.theme.hovered))
                painter.fillRect(box, colour)
                if with_text and (count or len(self.classes) <= 6):
                    strong = part > 0.5
                    painter.setPen(QColor(self.theme.on_accent if strong else self.theme.text))
                    if not count:
                        painter.setPen(QColor(self.theme.muted))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, exact(count))
        painter.end()

    def axis_words(self, metrics: QFontMetrics, room: QRect) -> str:
        """What the columns are, the target by its name as far as there is room."""
        if not self.name:
            return "predicted →"
        left = room.width() - metrics.horizontalAdvance("predicted  →")
        name = metrics.elidedText(self.name, Qt.TextElideMode.ElideRight, left)
        return f"predicted {name} →" if left > metrics.horizontalAdvance("…") else "predicted →"

    def _paint_names(self, painter: QPainter, left: int, top: int, width: int, height: int) -> None:
        metrics = QFontMetrics(self.font())
        painter.setPen(QColor(self.theme.muted))
        count = len(self.classes)
        across = QRect(left, 0, max(width * count, 80), AXIS)
        painter.drawText(
            across, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.axis_words(metrics, across)
        )
        painter.save()
        painter.translate(0, top + height * count)
        painter.rotate(-90)
        down = QRect(0, 0, max(height * count, 80), AXIS)
        painter.drawText(down, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "← actual")
        painter.restore()
        painter.setPen(QColor(self.theme.text))
        every = max(1, -(-metrics.height() // height))
        for place, name in enumerate(self.classes):
            if place % every == 0:
                box = QRect(AXIS, top + place * height, left - AXIS - 6, max(height, metrics.height()))
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width())
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            if width >= SMALLEST_TEXT_CELL:
                box = QRect(left + place * width, AXIS, width - 1, 20)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
