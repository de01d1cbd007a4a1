"""Before and after: what one step of the recipe, or all of them, make of a column, in pictures and first values."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from designer.gui.data.card_paint import paint_bins, small_font
from designer.gui.data.changes import Change
from designer.gui.data.plots import axis_ends
from designer.gui.data.seen import ColumnSeen
from designer.gui.labels import ElidedLabel, clear_layout, plain_label
from designer.gui.numbers import exact, plural
from designer.gui.theme import Theme

TALL = 84
MOST_WORDS = 4
ROW = 16
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class SmallChart(QWidget):
    """A small histogram, or the most frequent words, with the ends of its axis."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.seen = ColumnSeen()
        self.setFixedHeight(TALL)
        self.setMinimumWidth(80)
        self.setAccessibleName(name)

    def show_seen(self, seen: ColumnSeen) -> None:
        """Show these values."""
        self.seen = seen
        words = min(MOST_WORDS, len(seen.bars)) * ROW + (ROW if len(seen.bars) > MOST_WORDS else 0) + 4
        self.setFixedHeight(TALL if seen.edges else words)
        self.setAccessibleDescription(", ".join(f"{name}: {count}" for name, count in seen.bars[:20]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setFont(small_font(self.font()))
        if self.seen.edges:
            paint_bins(painter, QRectF(0, 2, self.width(), TALL - 20), self.seen, self.theme, False)
            painter.setPen(QColor(self.theme.muted))
            foot, (first, last) = QRectF(0, TALL - 16, self.width(), 16), axis_ends(self.seen)
            painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | _MIDDLE, first)
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight | _MIDDLE, last)
            return
        most = max((count for _, count in self.seen.bars), default=1)
        for row, (name, count) in enumerate(self.seen.bars[:MOST_WORDS]):
            line = QRectF(0, 2 + row * ROW, self.width(), ROW - 2)
            fill = QColor(self.theme.accent)
            fill.setAlphaF(0.22)
            painter.fillRect(QRectF(0, line.top(), max(2.0, line.width() * count / most), line.height()), fill)
            painter.setPen(QColor(self.theme.text))
            word = " ".join(name.split())
            text = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, self.width() - 8)
            painter.drawText(line.adjusted(4, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | _MIDDLE, text)
        if len(self.seen.bars) > MOST_WORDS:
            painter.setPen(QColor(self.theme.muted))
            foot = QRectF(4, self.height() - 16, self.width(), 16)
            painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | _MIDDLE, f"and {len(self.seen.bars) - MOST_WORDS} more")


class Preparing(QWidget):
    """Shows a column before and after a step, side by side, and what becomes of its first different values."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.change: Change | None = None
        self.charts = (SmallChart(theme, "Before"), SmallChart(theme, "After"))
        self.said = plain_label("", "small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.heads = (plain_label("Before", "muted"), plain_label("After", "muted"))
        for head, chart in zip(self.heads, self.charts, strict=True):
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(head)
            column.addWidget(chart)
            column.addStretch(1)
            row.addLayout(column, 1)
        self._values = QGridLayout()
        self._values.setHorizontalSpacing(8)
        self._values.setVerticalSpacing(1)
        for place in (0, 2):
            self._values.setColumnStretch(place, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(row)
        whole.addWidget(self.said)
        whole.addLayout(self._values)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for chart in self.charts:
            chart.theme = theme
            chart.update()

    def show_change(self, change: Change | None) -> None:
        """Show a change; None hides it."""
        self.change = change
        self.setVisible(change is not None)
        if change is None:
            return
        for chart, seen in zip(self.charts, (change.before, change.after), strict=True):
            chart.show_seen(seen)
        gaps = change.before.missing - change.after.missing
        fewer = change.before.rows - change.after.rows
        said = [f"{plural(gaps, 'gap')} {'left out' if fewer else 'filled'}" if gaps > 0 else ""]
        said += [f"becomes {exact(change.inputs)} inputs" if change.inputs > 1 else ""]
        words = ", ".join(word for word in said if word)
        self.said.setText(change.said or (f"{words[:1].upper()}{words[1:]}." if words else ""))
        self.said.setVisible(bool(self.said.text()))
        clear_layout(self._values)
        for row, (old, new) in enumerate(change.examples):
            for place, text in ((0, old), (1, "→"), (2, new)):
                label = ElidedLabel(text, "small") if place != 1 else plain_label(text, "muted")
                self._values.addWidget(label, row, place)
