"""The latent picture: where an autoencoder puts samples in the plane of its narrow middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.numbers import plural, share, tick_text
from designer.gui.panels.scatter import nice_ticks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.latent import LatentView

LEFT, EDGE = 64, 8
LEGEND = 120
DOT = 6


class LatentPlane(QWidget):
    """Points in the plane, coloured by the class of each where the data has a column of classes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.view: LatentView | None = None
        self.setMinimumSize(260, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Latent space")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def show_view(self, view: LatentView | None) -> None:
        """Show the samples of a view; None: none."""
        self.view = view
        if view is not None:
            by = f", coloured by {view.label or 'class'}: {', '.join(view.classes)}" if view.classes else ""
            self.setAccessibleDescription(f"{plural(len(view.points), 'point')}{by}")
        self.update()

    def sizeHint(self) -> QSize:
        """Room for points that can be told apart."""
        return QSize(360, 260)

    def colour_of(self, code: int) -> QColor:
        """The colour of a class: hues all around, of two lightnesses so that neighbours differ."""
        assert self.view is not None
        hue = code / max(1, len(self.view.classes))
        light = (0.62, 0.74) if self.theme.dark else (0.38, 0.52)
        return QColor.fromHslF(hue, 0.75, light[code % 2])

    def axis_names(self) -> tuple[str, str]:
        """What the axes are."""
        assert self.view is not None
        if self.view.width <= 2:
            return ("1st value", "2nd value" if self.view.width == 2 else "")
        shown = f"{share(self.view.share)} of the variance"
        return (f"1st of {self.view.width:,} directions; both hold {shown}", "2nd direction")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, points and the classes."""
        view = self.view
        if view is None or not view.points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QFontMetrics(self.font()).height()
        spans = [_span([point[axis] for point in view.points]) for axis in (0, 1)]
        right = LEGEND if view.classes else EDGE
        area = QRectF(LEFT, EDGE, self.width() - LEFT - right - EDGE, self.height() - 2 * EDGE - 2 * line)

        def at(point: tuple[float, float]) -> QPointF:
            across, up = ((value - low) / (high - low) for value, (low, high) in zip(point, spans, strict=True))
            return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

        self._paint_axes(painter, area, spans, line)
        groups = range(len(view.classes)) if view.classes else (-1,)
        for code in groups:
            colour = self.colour_of(code) if code >= 0 else QColor(self.theme.accent)
            colour.setAlphaF(0.85 if len(view.points) < 600 else 0.6)
            painter.setPen(QPen(colour, DOT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            chosen = [point for place, point in enumerate(view.points) if code < 0 or view.codes[place] == code]
            painter.drawPoints([at(point) for point in chosen])
        self._paint_legend(painter, area, line)
        painter.end()

    def _paint_legend(self, painter: QPainter, area: QRectF, line: int) -> None:
        assert self.view is not None
        metrics = QFontMetrics(self.font())
        for code, name in enumerate(self.view.classes):
            top = area.top() + code * (line + 1)
            if top + line > self.height():
                return
            painter.setPen(QPen(self.colour_of(code), 8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoint(QPointF(area.right() + 14, top + line / 2))
            painter.setPen(QColor(self.theme.text))
            room = LEGEND - 30
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(area.right() + 24, top, room, line), words)

    def _paint_axes(self, painter: QPainter, area: QRectF, spans: list[tuple[float, float]], line: int) -> None:
        names = self.axis_names()
        for tick in nice_ticks(*spans[0]):
            across = area.left() + (tick - spans[0][0]) / (spans[0][1] - spans[0][0]) * area.width()
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(across, area.top()), QPointF(across, area.bottom()))
            painter.setPen(QColor(self.theme.muted))
            box = QRectF(across - 40, area.bottom() + 2, 80, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, tick_text(tick))
        for tick in nice_ticks(*spans[1]):
            down = area.bottom() - (tick - spans[1][0]) / (spans[1][1] - spans[1][0]) * area.height()
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(area.left(), down), QPointF(area.right(), down))
            painter.setPen(QColor(self.theme.muted))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(18, down - 10, area.left() - 24, 20), right, tick_text(tick))
        box = QRectF(area.left(), area.bottom() + line + 2, area.width(), line + 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, names[0])
        painter.save()
        painter.translate(2, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), 18), Qt.AlignmentFlag.AlignCenter, names[1])
        painter.restore()


def _span(values: list[float]) -> tuple[float, float]:
    """From the lowest to the highest with some room around."""
    low, high = min(values), max(values)
    if low == high:
        return low - 0.5, high + 0.5
    room = (high - low) * 0.05
    return low - room, high + room
