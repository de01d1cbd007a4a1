"""How a gallery looks: pictures side by side, points in the plane over real ones, rows of a table, bars of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.panels.plane_axes import PlaneAxes, span_of
from designer.gui.theme import Theme

if TYPE_CHECKING:
    import numpy as np

GAP, EDGE = 4, 8
MOST_BARS = 200
ROOM = 0.15


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
        across, up = (span_of([point[axis] for point in held], ROOM) for axis in (0, 1))
        metrics = QFontMetrics(self.font())
        line = metrics.height()
        area = QRectF(64, 8, self.width() - 64 - 190, self.height() - 16 - 2 * line)
        axes = PlaneAxes(area, across, up)
        axes.paint(painter, self.theme, (self.names[0][:40], self.names[1][:40]))
        painter.save()
        painter.setClipRect(area)
        for points, colour, size in ((self.real, self.theme.faint, 4), (self.samples, self.theme.accent, 6)):
            painter.setPen(QPen(QColor(colour), size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints([axes.at(point) for point in points])
        painter.restore()
        for place, (word, colour) in enumerate((("real", self.theme.faint), ("made", self.theme.accent))):
            top = area.top() + place * (line + 4)
            painter.setPen(QPen(QColor(colour), 7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoint(QPointF(area.right() + 20, top + line / 2))
            painter.setPen(QColor(self.theme.text))
            count = len(self.real if word == "real" else self.samples)
            painter.drawText(QRectF(area.right() + 32, top, 150, line), f"{count:,} {word}")
        painter.end()


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
