"""How a gallery looks: pictures side by side, points in the plane over real ones, rows of a table, bars of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.numbers import tick_text
from designer.gui.panels.scatter import nice_ticks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    import numpy as np

GAP, EDGE = 4, 8
MOST_BARS = 200


class Wall(NamedTuple):
    """Tiles with a heading: pictures of bytes (N, C, H, W), or rows (N, F) that are drawn as bars."""

    title: str
    tiles: np.ndarray


class PictureWall(QWidget):
    """Walls of tiles beside one another, each tile as large as there is room for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.walls: list[Wall] = []
        self._images: list[list[QImage]] = []
        self.setMinimumSize(220, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Pictures of the gallery")

    def show_walls(self, walls: list[Wall]) -> None:
        """Show these walls."""
        self.walls = walls
        self._images = [[image_of(tile) for tile in wall.tiles] if wall.tiles.ndim == 4 else [] for wall in walls]
        self.setAccessibleDescription(", ".join(f"{wall.title}: {len(wall.tiles)}" for wall in walls))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for some tiles."""
        return QSize(480, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the walls."""
        if not self.walls:
            return
        painter = QPainter(self)
        head = QFontMetrics(self.font()).height() + 6
        wide = (self.width() - EDGE * (len(self.walls) + 1)) / len(self.walls)
        for place, wall in enumerate(self.walls):
            left = EDGE + place * (wide + EDGE)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRectF(left, 2, wide, head), Qt.AlignmentFlag.AlignVCenter, wall.title)
            self._paint_tiles(painter, place, QRectF(left, head + 4, wide, self.height() - head - EDGE))
        painter.end()

    def _paint_tiles(self, painter: QPainter, place: int, area: QRectF) -> None:
        tiles = self.walls[place].tiles
        ratio = tiles.shape[3] / tiles.shape[2] if tiles.ndim == 4 else 1.5
        across, side = fitting(len(tiles), area.width(), area.height(), ratio)
        for number in range(len(tiles)):
            left = area.left() + number % across * (side * ratio + GAP)
            top = area.top() + number // across * (side + GAP)
            box = QRectF(left, top, side * ratio, side)
            if tiles.ndim == 4:
                painter.drawImage(box, self._images[place][number])
            else:
                self._paint_bars(painter, tiles[number], box)

    def _paint_bars(self, painter: QPainter, values: np.ndarray, box: QRectF) -> None:
        painter.fillRect(box, QColor(self.theme.window))
        shown = values[:MOST_BARS].tolist()
        most = max((abs(value) for value in shown), default=0.0) or 1.0
        wide, middle = box.width() / max(1, len(shown)), box.center().y()
        for place, value in enumerate(shown):
            height = value / most * box.height() / 2
            bar = QRectF(box.left() + place * wide, middle - max(0.0, height), max(1.0, wide - 1), abs(height))
            painter.fillRect(bar, QColor(self.theme.accent))

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()


class Plane(QWidget):
    """Samples of two numbers as points, over real ones."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.real: list[tuple[float, float]] = []
        self.samples: list[tuple[float, float]] = []
        self.names = ("", "")
        self.setMinimumSize(220, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Samples in the plane")

    def show_points(self, real: np.ndarray, samples: np.ndarray, names: tuple[str, str]) -> None:
        """Show samples (N, 2) over real points (M, 2); ``names`` are those of the columns."""
        import numpy as np

        self.real, self.samples = (
            [(x, y) for x, y in rows[np.isfinite(rows).all(1)].tolist()] for rows in (real, samples)
        )
        self.names = names
        self.setAccessibleDescription(f"{len(self.samples)} samples over {len(self.real)} real points")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes and points; the axes are those of the real points, so that they stay from epoch to epoch."""
        held = self.real or self.samples
        if not held:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spans = [_span([point[axis] for point in held]) for axis in (0, 1)]
        metrics = QFontMetrics(self.font())
        line = metrics.height()
        area = QRectF(64, 8, self.width() - 64 - 190, self.height() - 16 - 2 * line)

        def at(point: tuple[float, float]) -> QPointF:
            across, up = ((value - low) / (high - low) for value, (low, high) in zip(point, spans, strict=True))
            return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

        self._paint_axes(painter, area, spans, line)
        painter.save()
        painter.setClipRect(area)
        for points, colour, size in ((self.real, self.theme.faint, 4), (self.samples, self.theme.accent, 6)):
            painter.setPen(QPen(QColor(colour), size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints([at(point) for point in points])
        painter.restore()
        for place, (word, colour) in enumerate((("real", self.theme.faint), ("made", self.theme.accent))):
            top = area.top() + place * (line + 4)
            painter.setPen(QPen(QColor(colour), 7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoint(QPointF(area.right() + 20, top + line / 2))
            painter.setPen(QColor(self.theme.text))
            count = len(self.real if word == "real" else self.samples)
            painter.drawText(QRectF(area.right() + 32, top, 150, line), f"{count:,} {word}")
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF, spans: list[tuple[float, float]], line: int) -> None:
        for tick in nice_ticks(*spans[0]):
            across = area.left() + (tick - spans[0][0]) / (spans[0][1] - spans[0][0]) * area.width()
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(across, area.top()), QPointF(across, area.bottom()))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(
                QRectF(across - 40, area.bottom() + 2, 80, line), Qt.AlignmentFlag.AlignHCenter, tick_text(tick)
            )
        for tick in nice_ticks(*spans[1]):
            down = area.bottom() - (tick - spans[1][0]) / (spans[1][1] - spans[1][0]) * area.height()
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(area.left(), down), QPointF(area.right(), down))
            painter.setPen(QColor(self.theme.muted))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(18, down - 10, area.left() - 24, 20), right, tick_text(tick))
        box = QRectF(area.left(), area.bottom() + line + 2, area.width(), line + 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, self.names[0][:40])
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), 18), Qt.AlignmentFlag.AlignCenter, self.names[1][:40])
        painter.restore()


def _span(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = (high - low) * 0.15 or 0.5
    return low - margin, high + margin


def fitting(count: int, width: float, height: float, ratio: float) -> tuple[int, float]:
    """How many tiles stand in a row and how high each is, so that ``count`` of them are as large as they can be."""
    best = (1, 1.0)
    for across in range(1, count + 1):
        down = -(-count // across)
        side = min((width - GAP * (across - 1)) / across / ratio, (height - GAP * (down - 1)) / down)
        if side > best[1]:
            best = (across, side)
    return best


def image_of(tile: np.ndarray) -> QImage:
    """A picture of bytes (C, H, W), of which other than three channels are shown by their first."""
    import numpy as np

    if len(tile) == 3:
        pixels = np.ascontiguousarray(tile.transpose(1, 2, 0))
        return QImage(
            pixels.tobytes(), tile.shape[2], tile.shape[1], 3 * tile.shape[2], QImage.Format.Format_RGB888
        ).copy()
    pixels = np.ascontiguousarray(tile[0])
    return QImage(pixels.tobytes(), tile.shape[2], tile.shape[1], tile.shape[2], QImage.Format.Format_Grayscale8).copy()
