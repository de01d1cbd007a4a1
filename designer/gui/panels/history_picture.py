"""The picture of a step: the graph drawn small, with what the step brought, took away and changed."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.canvas.geometry import HEIGHT, WIDTH
from designer.gui.categories import category_colour
from designer.gui.theme import Theme
from designer.layers.catalog import catalog_of
from designer.project.change_words import place_of_change
from designer.project.diff import diff
from designer.project.model import Graph, Node, Project

PICTURE_HEIGHT = 116
MARGIN = 12.0
LARGEST = 0.34
MOST_KEPT = 64
MARK = 5.0
_Kept = OrderedDict[tuple[object, ...], tuple[QPixmap, Project, Project]]


class StepPicture(QWidget):
    """Shows one step. Pictures are drawn when they are looked at, and the last few dozen kept."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._step: tuple[Project, Project] | None = None
        self._kept: _Kept = OrderedDict()
        self.setFixedHeight(PICTURE_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Picture of the step")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self._kept.clear()
        self.update()

    def show_step(self, before: Project, after: Project) -> None:
        """Show ``after``, with what differs from ``before``; where nothing came before the two are the same."""
        if self._step is None or self._step[0] is not before or self._step[1] is not after:
            self._step = before, after
            self.update()

    def forget(self) -> None:
        """Show nothing, and keep no pictures of a history that is gone."""
        self._step = None
        self._kept.clear()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for a panel."""
        return QSize(200, PICTURE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture."""
        if self._step is None:
            return
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture(*self._step))
        painter.end()

    def _picture(self, before: Project, after: Project) -> QPixmap:
        key = (id(before), id(after), self.size().toTuple(), self.devicePixelRatioF())
        # the projects are kept too, so that their ids stay theirs
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self.theme.canvas))
        painter = QPainter(picture)
        paint_step(painter, QRectF(self.rect()), before, after, self.theme)
        painter.end()
        self._kept[key] = picture, before, after
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return picture


def paint_step(painter: QPainter, box: QRectF, before: Project, after: Project, theme: Theme) -> None:
    """Paint the graph in which something changed into ``box``.

    What is new has a solid frame and a plus, what is gone is dashed with a minus, what changed is framed alone.
    """
    key = place_of_change(before, after)
    old, new = (before.blocks[key].graph, after.blocks[key].graph) if key else (before.graph, after.graph)
    difference = diff(Project(old), Project(new))
    gone = {node: old.nodes[node] for node in difference.removed if node not in new.nodes}
    nodes = {**gone, **new.nodes}
    if not nodes:
        return
    left, top = min(node.x for node in nodes.values()), min(node.y for node in nodes.values())
    width = max(node.x for node in nodes.values()) + WIDTH - left
    height = max(node.y for node in nodes.values()) + HEIGHT - top
    scale = min((box.width() - 2 * MARGIN) / width, (box.height() - 2 * MARGIN) / height, LARGEST)
    origin = box.center() - QPointF(left + width / 2, top + height / 2) * scale

    def place(node: Node) -> QRectF:
        corner = origin + QPointF(node.x, node.y) * scale
        return QRectF(corner.x(), corner.y(), max(3.0, WIDTH * scale), max(3.0, HEIGHT * scale))

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fresh, lost = set(map(_ends, difference.links_added)), difference.links_removed
    _paint_links(painter, new, {key: place(node) for key, node in nodes.items()}, fresh, theme)
    painter.setPen(QPen(QColor(theme.error), 1, Qt.PenStyle.DashLine))
    for link in lost:
        if link.ends not in fresh and link.source in nodes and link.target in nodes:
            painter.drawLine(_line(place(nodes[link.source]), place(nodes[link.target])))
    _paint_nodes(painter, new, {key: place(node) for key, node in new.nodes.items()}, after, theme)
    for key, word in (*((key, "+") for key in difference.added), *((key, "") for key in difference.changed)):
        _mark(painter, place(new.nodes[key]), word, theme.accent, theme)
    for node in gone.values():
        _mark(painter, place(node), "−", theme.error, theme)


def _ends(link: object) -> tuple[str, ...]:
    return link.ends  # type: ignore[attr-defined, no-any-return]


def _line(source: QRectF, target: QRectF) -> QLineF:
    return QLineF(source.right(), source.center().y(), target.left(), target.center().y())


def _paint_links(
    painter: QPainter, graph: Graph, places: dict[str, QRectF], fresh: set[tuple[str, ...]], theme: Theme
) -> None:
    plain, new = [], []
    for link in graph.links:
        if link.source in places and link.target in places:
            (new if link.ends in fresh else plain).append(_line(places[link.source], places[link.target]))
    painter.setPen(QPen(QColor(theme.link), 1))
    painter.drawLines(plain)
    painter.setPen(QPen(QColor(theme.accent), 2))
    painter.drawLines(new)


def _paint_nodes(painter: QPainter, graph: Graph, places: dict[str, QRectF], project: Project, theme: Theme) -> None:
    catalog = catalog_of(project)
    painter.setPen(Qt.PenStyle.NoPen)
    for key, node in graph.nodes.items():
        layer = catalog.layer(node.type)
        painter.setBrush(QColor(category_colour(theme, layer.category if layer else "")))
        painter.drawRoundedRect(places[key], 2, 2)


def _mark(painter: QPainter, box: QRectF, word: str, colour: str, theme: Theme) -> None:
    """Frame a node, and put a sign at its corner, so that not the colour alone says it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 2, Qt.PenStyle.DashLine if word == "−" else Qt.PenStyle.SolidLine))
    painter.drawRoundedRect(box.adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3)
    if not word:
        return
    at = box.topRight()
    painter.setPen(QPen(QColor(theme.canvas), 1))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(at, MARK, MARK)
    painter.setPen(QPen(QColor(theme.canvas), 1.5))
    painter.drawLine(QLineF(at.x() - 2.5, at.y(), at.x() + 2.5, at.y()))
    if word == "+":
        painter.drawLine(QLineF(at.x(), at.y() - 2.5, at.x(), at.y() + 2.5))
