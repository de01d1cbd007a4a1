"""The latent picture: where an autoencoder puts samples in the plane of its narrow middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.numbers import plural, share
from designer.gui.panels.plane_axes import PlaneAxes, span_of
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.latent import LatentView

LEFT, EDGE = 64, 8
LEGEND = 120
DOT = 6
ROOM = 0.05


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
        across, up = (span_of([point[axis] for point in view.points], ROOM) for axis in (0, 1))
        right = LEGEND if view.classes else EDGE
        area = QRectF(LEFT, EDGE, self.width() - LEFT - right - EDGE, self.height() - 2 * EDGE - 2 * line)
        axes = PlaneAxes(area, across, up)
        axes.paint(painter, self.theme, self.axis_names())
        groups = range(len(view.classes)) if view.classes else (-1,)
        for code in groups:
            colour = self.colour_of(code) if code >= 0 else QColor(self.theme.accent)
            colour.setAlphaF(0.85 if len(view.points) < 600 else 0.6)
            painter.setPen(QPen(colour, DOT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            chosen = [point for place, point in enumerate(view.points) if code < 0 or view.codes[place] == code]
            painter.drawPoints([axes.at(point) for point in chosen])
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
