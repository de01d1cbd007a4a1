"""A small picture of a project: the network as the sample cards draw it, or from afar where it is large."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.canvas.geometry import HEIGHT, WIDTH
from designer.gui.categories import category_colour
from designer.gui.miniature import draw_small, paint_small
from designer.gui.theme import Theme
from designer.layers.catalog import catalog_of
from designer.project.model import Project

LARGE = 120
SMALLEST = 2.0
INSET = 12.0


class SmallPicture(QWidget):
    """Shows a project; empty where there is none. It is painted once for each size and theme."""

    def __init__(self, project: Project | None, theme: Callable[[], Theme]) -> None:
        super().__init__()
        self.project = project
        self._theme = theme
        self._painted: tuple[QSize, str, QPixmap] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_project(self, project: Project | None) -> None:
        """Show another project."""
        self.project, self._painted = project, None
        self.update()

    def sizeHint(self) -> QSize:
        """The form of a card's picture."""
        return QSize(320, 128)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for two beside each other in a small window."""
        return QSize(200, 128)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the network on a ground of its own."""
        theme, size = self._theme(), self.size()
        if self._painted is None or self._painted[:2] != (size, theme.name):
            self._painted = (size, theme.name, self._paint(theme))
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted[2])

    def _paint(self, theme: Theme) -> QPixmap:
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.canvas))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        box = QRectF(self.rect()).adjusted(INSET, INSET, -INSET, -INSET)
        if self.project is not None and len(self.project.graph.nodes) > LARGE:
            paint_far(painter, box, self.project, theme)
        elif self.project is not None:
            paint_small(painter, box, draw_small(self.project), theme)
        painter.end()
        return drawn


def paint_far(painter: QPainter, box: QRectF, project: Project, theme: Theme) -> None:
    """Paint every node as a block where it stands, in the hue of its category, and every link as a line."""
    graph = project.graph
    left, top = min(node.x for node in graph.nodes.values()), min(node.y for node in graph.nodes.values())
    width = max(node.x for node in graph.nodes.values()) - left + WIDTH
    height = max(node.y for node in graph.nodes.values()) - top + HEIGHT
    scale = min(box.width() / width, box.height() / height)
    across, down = box.center().x() - width * scale / 2, box.center().y() - height * scale / 2
    size = (max(SMALLEST, WIDTH * scale), max(SMALLEST, HEIGHT * scale))
    catalog = catalog_of(project)
    blocks: dict[str, list[QRectF]] = {}
    places: dict[str, QRectF] = {}
    for node in graph.nodes.values():
        place = QRectF(across + (node.x - left) * scale, down + (node.y - top) * scale, *size)
        places[node.id] = place
        layer = catalog.layer(node.type)
        blocks.setdefault(layer.category if layer else "", []).append(place)
    painter.setPen(QPen(QColor(theme.link), 0.5))
    painter.drawLines([QLineF(places[link.source].center(), places[link.target].center()) for link in graph.links])
    painter.setPen(Qt.PenStyle.NoPen)
    for category, rects in blocks.items():
        painter.setBrush(QColor(category_colour(theme, category)))
        painter.drawRects(rects)
