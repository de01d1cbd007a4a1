"""Bars: how often each class, value or range of values comes, one thin horizontal bar each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.labels import ElidedLabel, plain_label
from designer.gui.numbers import exact
from designer.gui.panels.reading import Bars
from designer.gui.theme import Theme

ROW = 20
BAR = 8
MARGIN = 12
GAP = 8
WIDEST_NAME = 0.52


class BarRows(QWidget):
    """Paints the bars themselves, as long as their parts of the largest, or of a ``whole``; ``text`` is their words."""

    def __init__(self, theme: Theme, text: Callable[[Any], str] = exact, whole: float = 0.0) -> None:
        super().__init__()
        self.theme, self._text, self._whole = theme, text, whole
        self.bars: Bars = ()
        self.margin = MARGIN
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How often each value comes")

    def show_bars(self, bars: Bars) -> None:
        """Show these names and counts."""
        if bars == self.bars:
            return
        self.bars = bars
        self.setAccessibleDescription(", ".join(f"{name}: {self._text(count)}" for name, count in bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row for each bar."""
        return QSize(160, ROW * len(self.bars))

    def minimumSizeHint(self) -> QSize:
        """A row for each bar."""
        return QSize(120, ROW * len(self.bars))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, bars and counts."""
        if not self.bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        left, width = self.margin, self.width() - 2 * self.margin
        most = self._whole or max(count for _, count in self.bars) or 1
        named = min(int(width * WIDEST_NAME), max(metrics.horizontalAdvance(name) for name, _ in self.bars) + 2)
        counted = max(metrics.horizontalAdvance(self._text(count)) for _, count in self.bars) + 2
        room = max(8, width - named - counted - 2 * GAP)
        exposed = event.rect()
        for row, (name, count) in enumerate(self.bars):
            top = row * ROW
            if top > exposed.bottom() or top + ROW < exposed.top():
                continue
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.setPen(QColor(self.theme.text))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, named)
            painter.drawText(QRectF(left, top, named, ROW), middle, shown)
            painter.setPen(QColor(self.theme.muted))
            right = QRectF(left + width - counted, top, counted, ROW)
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, self._text(count))
            painter.setPen(Qt.PenStyle.NoPen)
            line = QRectF(left + named + GAP, top + (ROW - BAR) / 2, room, BAR)
            painter.setBrush(QColor(self.theme.hovered))
            painter.drawRoundedRect(line, 2, 2)
            if count:
                line.setWidth(max(2.0, room * count / most))
                painter.setBrush(QColor(self.theme.accent))
                painter.drawRoundedRect(line, 2, 2)


class ValueBars(QWidget):
    """Bars under a heading, in a list that scrolls where it has to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = ElidedLabel("", "section")
        self.heading.setContentsMargins(MARGIN, 8, MARGIN, 4)
        self.rows = BarRows(theme)
        self.more = plain_label("", "small")
        self.more.setContentsMargins(MARGIN, 4, MARGIN, 4)
        inside = QWidget()
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(0, 0, 0, 4)
        inner.setSpacing(0)
        inner.addWidget(self.rows)
        inner.addWidget(self.more)
        inner.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName("Bars")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        for widget in (inside, area, area.viewport()):
            widget.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(area, 1)
        self.show_bars("", ())

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.rows.theme = theme
        self.rows.update()

    def show_bars(self, heading: str, bars: Bars, more: int = 0) -> None:
        """Show these counts; ``more`` is how many values are not among them."""
        self.heading.setText(heading)
        self.rows.show_bars(bars)
        self.more.setText(f"and {exact(more)} more" if more else "")
        self.more.setVisible(bool(more))
