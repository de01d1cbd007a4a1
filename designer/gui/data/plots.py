"""The larger pictures of a column: its histogram with an axis, and how it goes together with the target."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.data.card_paint import paint_bins, small_font
from designer.gui.data.seen import ColumnSeen, Plot
from designer.gui.numbers import exact, share, tick_text
from designer.gui.panels.scatter import nice_ticks
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

TALL = 132
ROW = 20
LONGEST_LABEL = 96
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class Histogram(QWidget):
    """How many numbers or dates lie between which bounds; the pointer on a bar tells how many."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.seen = ColumnSeen()
        self.setFixedHeight(TALL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histogram")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def show_seen(self, seen: ColumnSeen) -> None:
        """Show what a column holds."""
        self.seen = seen
        self.setAccessibleDescription(", ".join(f"{name}: {count}" for name, count in seen.bars))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars and the two ends of the axis."""
        if not self.seen.edges:
            return
        painter = QPainter(self)
        paint_bins(painter, QRectF(0, 4, self.width(), self.height() - 24), self.seen, self.theme, False)
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor(self.theme.muted))
        foot = QRectF(0, self.height() - 18, self.width(), 16)
        first, last = axis_ends(self.seen)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | _MIDDLE, first)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | _MIDDLE, last)

    def event(self, event: QEvent) -> bool:
        """Tell what a bar counts."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.seen.bars:
            place = min(len(self.seen.bars) - 1, event.pos().x() * len(self.seen.bars) // max(1, self.width()))
            name, count = self.seen.bars[max(0, place)]
            part = share(count / max(1, self.seen.rows - self.seen.missing))
            QToolTip.showText(event.globalPos(), plain_tooltip(f"{name}\n{exact(count)} rows, {part}"), self)
            return True
        return super().event(event)


def axis_ends(seen: ColumnSeen) -> tuple[str, str]:
    """The two ends of a histogram's axis, as its bars say them."""
    first = seen.bars[0][0].partition(" – ")[0] if seen.bars else ""
    return first, seen.bars[-1][0].rpartition(" – ")[2] if seen.bars else ""


class RelationPlot(QWidget):
    """How a column and the target go together: points, boxes for each class, or shares for each value."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.plot = Plot()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Relation to the target")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def show_plot(self, plot: Plot | None) -> None:
        """Show a picture; None hides it."""
        self.plot = plot or Plot()
        self.setVisible(bool(self.plot.points or self.plot.boxes or self.plot.shares))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row for each box or value, or a square of points."""
        rows = len(self.plot.boxes) + len(self.plot.shares)
        legend = ROW if self.plot.shares else 0
        return QSize(240, 170 if self.plot.points else rows * ROW + ROW + legend)

    def minimumSizeHint(self) -> QSize:
        """As much as is wanted."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what there is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self.font()))
        if self.plot.points:
            self._paint_points(painter)
        elif self.plot.boxes:
            self._paint_boxes(painter)
        elif self.plot.shares:
            self._paint_shares(painter)
        painter.end()

    def _paint_points(self, painter: QPainter) -> None:
        across, up = zip(*self.plot.points, strict=True)
        metrics = painter.fontMetrics()
        ticks = nice_ticks(*_range(up), 4)
        left = max(metrics.horizontalAdvance(tick_text(tick)) for tick in ticks) + 6 if ticks else 8
        area = QRectF(left, 4, self.width() - left - 2, self.height() - 36)
        (low_x, high_x), (low_y, high_y) = _range(across), _range(up)

        def at(x: float, y: float) -> QPointF:
            return QPointF(
                area.left() + (x - low_x) / (high_x - low_x) * area.width(),
                area.bottom() - (y - low_y) / (high_y - low_y) * area.height(),
            )

        for tick in ticks:
            here = at(low_x, tick).y()
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(area.left(), here), QPointF(area.right(), here))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRectF(0, here - 8, left - 5, 16), Qt.AlignmentFlag.AlignRight | _MIDDLE, tick_text(tick))
        for tick in nice_ticks(low_x, high_x, 4):
            box = QRectF(at(tick, low_y).x() - 40, area.bottom() + 1, 80, 15)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | _MIDDLE, tick_text(tick))
        foot = QRectF(area.left(), area.bottom() + 15, area.width(), 16)
        said = f"{self.plot.across} → {self.plot.up} ↑"
        shown = metrics.elidedText(said, Qt.TextElideMode.ElideMiddle, int(foot.width()))
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter | _MIDDLE, shown)
        colour = QColor(self.theme.accent)
        colour.setAlphaF(0.7 if len(self.plot.points) < 200 else 0.35)
        painter.setPen(QPen(colour, 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints([at(x, y) for x, y in self.plot.points])

    def _named(self, painter: QPainter, names: list[str]) -> float:
        widest = max((painter.fontMetrics().horizontalAdvance(name) for name in names), default=0)
        return float(min(LONGEST_LABEL, widest + 2))

    def _paint_boxes(self, painter: QPainter) -> None:
        boxes = self.plot.boxes
        named = self._named(painter, [box[0] for box in boxes])
        low, high = _range([number for box in boxes for number in box[1:]])
        room = self.width() - named - 12

        def at(value: float) -> float:
            return named + 8 + (value - low) / (high - low) * room

        for row, (name, least, lower, median, upper, most) in enumerate(boxes):
            middle = row * ROW + ROW / 2
            self._write(painter, QRectF(0, row * ROW, named, ROW), name)
            if least < lower or most > upper:
                painter.setPen(QPen(QColor(self.theme.strong_line), 1))
                painter.drawLine(QPointF(at(least), middle), QPointF(at(most), middle))
            fill = QColor(self.theme.accent)
            fill.setAlphaF(0.3)
            painter.setPen(QPen(QColor(self.theme.accent), 1))
            painter.setBrush(fill)
            painter.drawRoundedRect(QRectF(at(lower), middle - 5, max(1.0, at(upper) - at(lower)), 10), 2, 2)
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawLine(QPointF(at(median), middle - 5), QPointF(at(median), middle + 5))
        foot = QRectF(named + 8, len(boxes) * ROW, room, ROW)
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | _MIDDLE, tick_text(float(f"{low:.3g}")))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | _MIDDLE, tick_text(float(f"{high:.3g}")))

    def _paint_shares(self, painter: QPainter) -> None:
        named = self._named(painter, [name for name, _ in self.plot.shares])
        room = self.width() - named - 10
        for row, (name, parts) in enumerate(self.plot.shares):
            self._write(painter, QRectF(0, row * ROW, named, ROW), name)
            left = named + 8
            for place, part in enumerate(parts):
                wide = room * part
                if wide >= 0.5:
                    painter.fillRect(QRectF(left, row * ROW + 4, max(0.5, wide - 1), ROW - 8), self._hue(place))
                left += wide
        self._paint_legend(painter, len(self.plot.shares) * ROW + 4)

    def _paint_legend(self, painter: QPainter, top: float) -> None:
        left, metrics = 0.0, painter.fontMetrics()
        for place, name in enumerate(self.plot.classes):
            shown = metrics.elidedText(" ".join(name.split()), Qt.TextElideMode.ElideRight, LONGEST_LABEL)
            wide = metrics.horizontalAdvance(shown) + 24
            if left + wide > self.width() + 12:
                top, left = top + ROW - 4, 0.0
                if top > self.height() - 12:
                    return
            painter.fillRect(QRectF(left, top + 4, 8, 8), self._hue(place))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRectF(left + 12, top, wide, 16), Qt.AlignmentFlag.AlignLeft | _MIDDLE, shown)
            left += wide

    def _hue(self, place: int) -> QColor:
        return QColor(self.theme.hues[place % len(self.theme.hues)])

    def _write(self, painter: QPainter, box: QRectF, name: str) -> None:
        painter.setPen(QColor(self.theme.text))
        text = painter.fontMetrics().elidedText(" ".join(name.split()), Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | _MIDDLE, text)


def _range(numbers: object) -> tuple[float, float]:
    """The least and the greatest of these, apart from one another."""
    low, high = min(numbers), max(numbers)  # type: ignore[call-overload]
    return (low - 0.5, high + 0.5) if low == high else (low, high)
