"""The item of one node: it holds what is written on the node and paints all of it itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyle, QStyleOptionGraphicsItem, QWidget

from designer.compiler.problems import Problem
from designer.compiler.report import Report
from designer.gui.canvas import node_paint
from designer.gui.canvas.geometry import WIDTH, Place, body
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.node_words import (
    at_each_step,
    changes_text,
    frozen,
    repeats_of,
    shares,
    spoken_fields,
    spoken_shape,
)
from designer.gui.canvas.node_writing import LONGEST_SHOWN, Writing, far_name
from designer.gui.canvas.port_layout import has_labels, laid_out, outline
from designer.gui.canvas.port_words import output_lines
from designer.layers.catalog import Catalog
from designer.layers.declaration import LayerType
from designer.project.graph_forms import BLOCK_TYPE
from designer.project.model import Link, Node
from designer.project.ports import Ports


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
        self.fades: Callable[[NodeItem, Place], bool] | None = None
        self.hovered = False
        self.height = 0.0
        self.inputs: tuple[Place, ...] = ()
        self.outputs: tuple[Place, ...] = ()
        self._box = QRectF()
        self._written: Writing | None = None
        self._far_text: str | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)
        # half the cost of panning: the item's Python is run only when it changes
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setPos(node.x, node.y)
        self.set_links(())

    @property
    def far_text(self) -> str:
        """The name as it is written from afar, where many nodes are seen for the first time at once."""
        if self._far_text is None:
            self._far_text = far_name(self)
        return self._far_text

    @property
    def written(self) -> Writing:
        """The words on the node; made when they are first looked at."""
        if self._written is None:
            self._written = Writing(self)
        return self._written

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
    def is_block(self) -> bool:
        """Whether the node is a use of a block."""
        return self.node.type.startswith(BLOCK_TYPE)

    @property
    def labelled(self) -> bool:
        """Whether the ports are told apart by their labels: where the layer type has several on one side."""
        return has_labels(self.ports)

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
        here = self.node.id
        into = [link.target_port for link in links if link.target == here]
        out_of = [link.source_port for link in links if link.source == here]
        layout = laid_out(self.ports, tuple(into), tuple(out_of))
        moved = (layout.inputs, layout.outputs) != (self.inputs, self.outputs)
        if layout.height != self.height:
            self.prepareGeometryChange()
        self.inputs, self.outputs, self.height, self.linked, self._box = layout
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

    def set_fading(self, fades: Callable[[NodeItem, Place], bool] | None) -> None:
        """Fade the ports that do not fit the link that is being drawn; None fades none."""
        self.fades = fades
        self.update()

    def places_near(self, point: QPointF, reach: float) -> list[tuple[Place, float]]:
        """The ports within ``reach`` of a point of the scene, and how far off they lie."""
        local = point - self.pos()
        found = []
        for place in (*self.inputs, *self.outputs):
            away = math.hypot(place.at.x() - local.x(), place.at.y() - local.y())
            if away <= reach:
                found.append((place, away))
        return found

    def place(self, name: str, output: bool) -> Place | None:
        """The port of that name on that side."""
        for place in self.outputs if output else self.inputs:
            if place.name == name:
                return place
        return None

    def anchor(self, name: str, output: bool) -> QPointF:
        """Where in the scene a link at this port ends."""
        place = self.place(name, output)
        at = place.at if place else QPointF(WIDTH if output else 0.0, self.height / 2)
        return self.pos() + at

    @property
    def spoken(self) -> str:
        """The node in one line, as it is read aloud and shown in its tool tip."""
        parts = [f"{self.node.name[:LONGEST_SHOWN]}, {self.type_title}", spoken_fields(self.catalog, self.node)]
        parts.append(f"{repeats_of(self.node)} times in a row" if repeats_of(self.node) > 1 else "")
        parts.append("at each step" if at_each_step(self.node) else "")
        parts.append("shares its weights" if shares(self.node) else "")
        parts.append("frozen" if frozen(self.catalog, self.node) else "")
        parts.append(changes_text(self.catalog, self.node))
        parts.append("bypassed" if self.node.bypassed else "")
        several, shape = len(self.ports.outputs), spoken_shape(self.report)
        parts.append(f"{several} outputs" if several > 1 else f"output {shape}" if shape else "")
        if self.report and self.report.parameters:
            parts.append(f"{self.report.parameters:,} parameters")
        if self.report and self.report.frozen:
            parts.append(f"{self.report.frozen:,} frozen parameters")
        return ", ".join(part for part in parts if part)

    @property
    def tip(self) -> str:
        """What the tool tip says, as plain text: the problems, or else what the node is, with nothing cut."""
        if self.problems:
            mends = any(problem.fix for problem in self.problems)
            said = [problem.sentence for problem in self.problems]
            return "\n".join([*said, "Click the sign at the corner to mend it."] if mends else said)
        lines = [self.spoken]
        if len(self.ports.outputs) > 1:
            lines += output_lines(self)
        elif self.report and self.report.shape is not None and self.report.shape_text:
            lines.append(f"Output {self.report.shape_text}, N being the batch")
        if self.node.bypassed:
            lines.append("Data passes by it unchanged, and the code leaves it out.")
        layer = self.layer
        known = layer.summary if layer else "This layer type is not known here. It is kept as it is in the file."
        return "\n".join([*lines, known])

    def rect(self) -> QRectF:
        """The node's outline in the scene."""
        return body(self.height).translated(self.pos())

    def boundingRect(self) -> QRectF:
        """The outline with its ports and its badge."""
        return self._box

    def shape(self) -> QPainterPath:
        """The outline alone: ports are found by their distance."""
        return outline(self.height)

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

    def setSelected(self, selected: bool) -> None:
        """Selected nodes lie above the others.

        Not by ``itemChange``: where Python has one, Qt calls it a dozen times for each item that is made.
        """
        super().setSelected(selected)
        self.setZValue(2 if selected else 1)

    def _write(self) -> None:
        self._written = self._far_text = None
        self.update()
