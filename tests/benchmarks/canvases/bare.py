"""A bare QGraphicsScene: a floor. No undo, no fields, no checks, no document; painted as simply as can be."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from tests.benchmarks.canvases.in_view import ViewCanvas

WIDTH, HEIGHT, HEADER = 180.0, 96.0, 26.0
FAR = 0.45
BODY, HEAD, LINE = QColor("#2b303b"), QColor("#3f6fb5"), QColor("#555566")
TEXT, PALE, PORT = QColor("#eceff4"), QColor("#9aa5b1"), QColor("#8fbcbb")
INPUTS, OUTPUT = (42.0, 60.0), 42.0


class BareNode(QGraphicsItem):
    """One item that paints its body, its words and its ports; a flat box from afar."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.links: list[BareLink] = []
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.large, self.small = QFont(), QFont()
        self.large.setPointSize(10)
        self.small.setPointSize(8)

    def boundingRect(self) -> QRectF:
        """The body and its ports."""
        return QRectF(-6, -2, WIDTH + 12, HEIGHT + 4)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the node."""
        if option.levelOfDetailFromTransform(painter.worldTransform()) < FAR:
            painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), BODY)
            painter.fillRect(QRectF(0, 0, WIDTH, HEADER), HEAD)
            return
        painter.setPen(QPen(LINE, 1))
        painter.setBrush(BODY)
        painter.drawRoundedRect(QRectF(0, 0, WIDTH, HEIGHT), 7, 7)
        painter.fillRect(QRectF(1, 1, WIDTH - 2, HEADER), HEAD)
        painter.setPen(TEXT)
        painter.setFont(self.large)
        painter.drawText(QPointF(9, 18), self.title)
        painter.setPen(PALE)
        painter.setFont(self.small)
        painter.drawText(QPointF(9, 86), "128 -> 64   8,256 params")
        for word, at in (("in", QPointF(12, 46)), ("skip", QPointF(12, 64)), ("out", QPointF(WIDTH - 28, 46))):
            painter.drawText(at, word)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PORT)
        for at in (QPointF(0, INPUTS[0]), QPointF(0, INPUTS[1]), QPointF(WIDTH, OUTPUT)):
            painter.drawEllipse(at, 5, 5)


class BareLink(QGraphicsPathItem):
    """A curve between two nodes."""

    PEN = QPen(PORT, 2)

    def __init__(self, source: BareNode, target: BareNode, place: int) -> None:
        super().__init__()
        self.source, self.target, self.place = source, target, place
        self.setPen(self.PEN)
        self.setZValue(-1)
        self.route()

    def route(self) -> None:
        """Run from the one to the other."""
        start = self.source.pos() + QPointF(WIDTH, OUTPUT)
        end = self.target.pos() + QPointF(0, INPUTS[self.place])
        bend = max(40.0, abs(end.x() - start.x()) / 2)
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
        self.setPath(path)


class BareCanvas(ViewCanvas):
    """The scene and lists of what is in it."""

    def open(self) -> None:
        """Show the empty canvas."""
        self.scene = QGraphicsScene()
        self.view = QGraphicsView(self.scene)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.nodes: list[BareNode] = []
        self.links: list[BareLink] = []
        self.show()

    def add(self, number: int, x: float, y: float) -> object:
        """Add an item."""
        node = BareNode(f"Linear {number}")
        node.setPos(x, y)
        self.scene.addItem(node)
        self.nodes.append(node)
        return node

    def link(self, source: object, target: object, place: int) -> None:
        """Add a curve."""
        assert isinstance(source, BareNode) and isinstance(target, BareNode)
        link = BareLink(source, target, place)
        self.scene.addItem(link)
        self.links.append(link)
        source.links.append(link)
        target.links.append(link)

    def drag(self, handle: object, x: float, y: float) -> None:
        """Move the item and its curves."""
        assert isinstance(handle, BareNode)
        handle.setPos(x, y)
        for link in handle.links:
            link.route()

    def counts(self) -> tuple[int, int]:
        """Nodes and links."""
        return len(self.nodes), len(self.links)

    def fit(self) -> None:
        """Show the rectangle around everything."""
        box = self.scene.itemsBoundingRect()
        self.scene.setSceneRect(box.adjusted(-2000, -2000, 2000, 2000))
        self.view.fitInView(box, Qt.AspectRatioMode.KeepAspectRatio)

    def save(self, path: Path) -> None:
        """Write places and links."""
        number = {node: place for place, node in enumerate(self.nodes)}
        links = [(number[link.source], number[link.target], link.place) for link in self.links]
        path.write_text(
            json.dumps({"nodes": [(node.title, node.x(), node.y()) for node in self.nodes], "links": links})
        )

    def clear(self) -> None:
        """Drop everything."""
        self.scene.clear()
        self.nodes, self.links = [], []

    def load(self, path: Path) -> None:
        """Read places and links."""
        document = json.loads(path.read_text())
        for place, (_, x, y) in enumerate(document["nodes"]):
            self.add(place, x, y)
        for source, target, place in document["links"]:
            self.link(self.nodes[source], self.nodes[target], place)


def make() -> BareCanvas:
    """The canvas, with the application that it needs."""
    BareCanvas.app = QApplication.instance() or QApplication([])  # type: ignore[attr-defined]
    return BareCanvas()
