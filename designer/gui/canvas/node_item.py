"""The item of one node: it holds what is written on the node and paints all of it itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyle, QStyleOptionGraphicsItem, QWidget

from designer.compiler.problems import Problem
from designer.compiler.report import Report
from designer.gui.canvas import node_paint
from designer.gui.canvas.geometry import MARGIN, PORT_REACH, WIDTH, Place, body, node_height, spread
from designer.gui.canvas.ink import Ink
from designer.gui.wording import count_text
from designer.layers.catalog import Catalog
from designer.layers.declaration import LayerType
from designer.project.model import Graph, Link, Node
from designer.project.ports import Ports
from designer.project.rules import places

LONGEST_SHOWN = 200
TEXT_LEFT = 44.0
TEXT_WIDTH = WIDTH - TEXT_LEFT - MARGIN


class NodeItem(QGraphicsItem):
    """Shows one node. The scene gives it the node, its links and what the checker says; it keeps nothing else."""

    def __init__(self, node: Node, catalog: Catalog, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.node = node
        self.catalog = catalog
        self.ports: Ports = catalog.ports_of(node)
        self.report: Report | None = None
        self.problems: tuple[Problem, ...] = ()
        self.linked: frozenset[tuple[str, bool]] = frozenset()
        self.hot_place: Place | None = None
        self.hovered = False
        self.height = 0.0
        self.inputs: tuple[Place, ...] = ()
        self.outputs: tuple[Place, ...] = ()
        self._path = QPainterPath()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)
        # half the cost of panning: the item's Python is run only when it changes
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setPos(node.x, node.y)
        self.set_links(())
        self._write()

    @property
    def layer(self) -> LayerType | None:
        """The node's layer type; None where it is not known here."""
        return self.catalog.layer(self.node.type)

    @property
    def category(self) -> str:
        """The category of the node's layer type; empty for an unknown type."""
        layer = self.layer
        return layer.category if layer else ""

    @property
    def type_title(self) -> str:
        """The title of the node's layer type, or the type as the file has it where it is not known here."""
        layer = self.layer
        return layer.title if layer else f"{self.node.type[:LONGEST_SHOWN]} (unknown)"

    @property
    def known(self) -> bool:
        """Whether the layer type is one of the catalog's."""
        return self.catalog.layer(self.node.type) is not None

    @property
    def severity(self) -> str:
        """``error``, ``warning`` or nothing: the worst that the checker says of this node."""
        found = {problem.severity for problem in self.problems}
        return "error" if "error" in found else "warning" if found else ""

    def set_node(self, node: Node, catalog: Catalog) -> None:
        """Show the node as it is now; its links are laid out by the scene where its ports have changed."""
        self.node, self.catalog = node, catalog
        self.ports = catalog.ports_of(node)
        self.setPos(node.x, node.y)
        self._write()

    def set_links(self, links: Sequence[Link]) -> bool:
        """Lay out the ports for these links to and from the node; whether any place moved."""
        incoming = Graph(links=tuple(link for link in links if link.target == self.node.id))
        names = [(name, self._many(name)) for name in places(incoming, self.node.id, self.ports)]
        known = {name for name, _ in names}
        stray = dict.fromkeys(link.target_port for link in incoming.links if link.target_port not in known)
        ins = (*names, *((name, False) for name in stray))
        known = {port.name for port in self.ports.outputs}
        sources = (link.source_port for link in links if link.source == self.node.id)
        outs = tuple((name, False) for name in dict.fromkeys([*known, *sources]))
        self.linked = frozenset(
            [(link.target_port, False) for link in incoming.links]
            + [(link.source_port, True) for link in links if link.source == self.node.id]
        )
        height = node_height(max(len(ins), len(outs)))
        inputs, outputs = spread(ins, False, height), spread(outs, True, height)
        moved = (inputs, outputs) != (self.inputs, self.outputs)
        if height != self.height:
            self.prepareGeometryChange()
            self.height = height
            self._path = QPainterPath()
            self._path.addRect(body(height))
        self.inputs, self.outputs = inputs, outputs
        self.update()
        return moved

    def set_analysis(self, report: Report | None, problems: tuple[Problem, ...]) -> None:
        """Show what the checker says of the node."""
        said = [(problem.severity, problem.sentence) for problem in problems]
        before = [(problem.severity, problem.sentence) for problem in self.problems]
        changed = report != self.report or said != before
        self.report, self.problems = report, problems
        if changed:
            self._write()

    def set_ink(self, ink: Ink) -> None:
        """Draw under another theme."""
        self.ink = ink
        self._write()

    def set_hot_place(self, place: Place | None) -> None:
        """Mark the port that a link would reach, or is under the cursor."""
        if place != self.hot_place:
            self.hot_place = place
            self.update()

    def place_near(self, point: QPointF, reach: float = PORT_REACH) -> Place | None:
        """The port within ``reach`` of a point of the scene."""
        local = point - self.pos()
        best, nearest = None, reach * reach
        for place in (*self.inputs, *self.outputs):
            away = place.at - local
            distance = away.x() ** 2 + away.y() ** 2
            if distance <= nearest:
                best, nearest = place, distance
        return best

    def place(self, name: str, output: bool) -> Place | None:
        """The port of that name on that side."""
        return next((place for place in (self.outputs if output else self.inputs) if place.name == name), None)

    def anchor(self, name: str, output: bool) -> QPointF:
        """Where in the scene a link at this port ends."""
        place = self.place(name, output)
        at = place.at if place else QPointF(WIDTH if output else 0.0, self.height / 2)
        return self.pos() + at

    def free_input(self) -> Place | None:
        """The first input without a link."""
        return next((place for place in self.inputs if (place.name, False) not in self.linked), None)

    @property
    def spoken(self) -> str:
        """The node in one line, as it is read aloud and shown in its tool tip."""
        parts = [f"{self.node.name[:LONGEST_SHOWN]}, {self.type_title}"]
        fields = self.catalog.key_fields_text(self.node)
        if fields:
            parts.append(fields)
        if self.report and self.report.shape is not None:
            parts.append(f"output {self.report.shape_text}")
        if self.report and self.report.parameters:
            parts.append(f"{self.report.parameters:,} parameters")
        return ", ".join(parts)

    @property
    def tip(self) -> str:
        """What the tool tip says, as plain text: the problems, or else what the node is."""
        if self.problems:
            return "\n".join(problem.sentence for problem in self.problems)
        layer = self.layer
        if layer is None:
            return f"{self.spoken}\nThis layer type is not known here. It is kept as it is in the file."
        return f"{self.spoken}\n{layer.summary}"

    def rect(self) -> QRectF:
        """The node's outline in the scene."""
        return body(self.height).translated(self.pos())

    def boundingRect(self) -> QRectF:
        """The outline with its ports and its badge."""
        return body(self.height).adjusted(-10, -10, 10, 10)

    def shape(self) -> QPainterPath:
        """The outline alone: ports are found by their distance."""
        return self._path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint as much of the node as can be read; from afar the overview does it."""
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        node_paint.paint_node(painter, self, bool(option.state & QStyle.StateFlag.State_Selected), scale)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Outline the node under the cursor a little stronger."""
        self.hovered = True
        self.update()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """The cursor has gone."""
        self.hovered = False
        self.update()

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        """Selected nodes lie above the others."""
        if change == QGraphicsItem.GraphicsItemChange.ItemSelectedHasChanged:
            self.setZValue(2 if self.isSelected() else 1)
        return value

    def _many(self, name: str) -> bool:
        port = self.ports.input(name)
        return port is not None and port.many

    def _write(self) -> None:
        ink, node = self.ink, self.node
        fields = self.catalog.key_fields_text(node)
        below = f"{self.type_title} · {fields}" if fields else self.type_title
        self.name_text = _elided(ink.name_metrics, node.name, TEXT_WIDTH)
        self.far_text = _elided(ink.far_metrics, node.name, WIDTH - 2 * MARGIN)
        self.middle_text = _elided(ink.middle_metrics, node.name, node_paint.MIDDLE_WIDTH)
        self.below_text = _elided(ink.small_metrics, below, TEXT_WIDTH)
        report = self.report
        shape = "" if report is None else report.shape_text or "no shape yet"
        count = count_text(report.parameters) if report and report.parameters else ""
        room = WIDTH - 2 * MARGIN - 8 - ink.small_metrics.horizontalAdvance(shape)
        fits = ink.small_metrics.horizontalAdvance(f"{count} params") <= room
        self.count_text = f"{count} params" if count and fits else count
        room = WIDTH - 2 * MARGIN - 8 - ink.small_metrics.horizontalAdvance(self.count_text)
        self.shape_text = _elided(ink.small_metrics, shape, room)
        below = shape or self.type_title
        self.middle_below_text = _elided(ink.middle_small_metrics, below, node_paint.MIDDLE_WIDTH)
        self.update()


def _elided(metrics: QFontMetricsF, text: str, width: float) -> str:
    line = " ".join(text[:LONGEST_SHOWN].split())
    return metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)
