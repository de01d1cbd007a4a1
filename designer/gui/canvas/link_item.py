"""The item of one link."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyle, QStyleOptionGraphicsItem, QWidget

from designer.compiler.problems import Problem
from designer.compiler.report import Flow
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.link_grip import Trace
from designer.gui.canvas.link_route import Box, Outlines, Route, route
from designer.gui.canvas.node_item import NodeItem
from designer.project.model import Link

WIDE = 12.0
HANDLE = 4.5
ABOVE_LINKS = 0.4
# links are drawn wider from this many numbers a sample on
FLOWS = (100, 2_500, 62_500)


class LinkItem(QGraphicsItem):
    """Shows one link between two node items and follows them.

    Its route is worked out when it is looked at: what moves several times before the next frame is routed once.
    """

    def __init__(self, link: Link, source: NodeItem, target: NodeItem, ink: Ink, outlines: Outlines = tuple) -> None:
        super().__init__()
        self.link = link
        self.source = source
        self.target = target
        self.ink = ink
        self.outlines = outlines
        self.passed: Sequence[Box] = ()
        self.problems: tuple[Problem, ...] = ()
        self.hovered = False
        self.width_class = 0
        self.chosen_bend: int | None = None
        self._tried: tuple[QPointF, ...] | None = None
        self._known_route: Route | None = None
        self._shape: QPainterPath | None = None
        self._trace: Trace | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)

    def follow(self) -> None:
        """Run between the ports, and through the bends, as they lie now."""
        if self._known_route is not None:
            self.prepareGeometryChange()
            self._known_route = self._shape = self._trace = None

    @property
    def bends(self) -> tuple[QPointF, ...]:
        """Where it is bent as it is drawn now."""
        return self._route.bends

    @property
    def runs_back(self) -> bool:
        """Whether it was seen to run back, round the nodes that lie in its way."""
        return self._known_route is not None and self._known_route.runs_back

    @property
    def _route(self) -> Route:
        if self._known_route is None:
            start = self.source.anchor(self.link.source_port, True)
            end = self.target.anchor(self.link.target_port, False)
            bends = self._tried if self._tried is not None else self._carried() if self.link.bends else ()
            self._known_route = route(start, end, bends, self.source.rect, self.target.rect, self.outlines)
            self.passed = self.outlines() if self._known_route.runs_back else ()
        return self._known_route

    def set_link(self, link: Link) -> None:
        """Show the link as it is now; it has the ends that it had."""
        self.link = link
        self._tried = None
        if self.chosen_bend is not None and self.chosen_bend >= len(link.bends):
            self.chosen_bend = None
        self.follow()
        self.update()

    def try_bends(self, bends: Sequence[QPointF] | None) -> None:
        """Run through other bends for the time being; None is through the link's own again."""
        self._tried = None if bends is None else tuple(bends)
        self.follow()
        self.update()

    def choose_bend(self, place: int | None) -> None:
        """Which bend Delete is about."""
        if place != self.chosen_bend:
            self.chosen_bend = place
            self.update()

    @property
    def path(self) -> QPainterPath:
        """The curve in the scene."""
        return self._route.path

    @property
    def line(self) -> QLineF:
        """The straight line between its ends."""
        return QLineF(self._route.corners[0], self._route.corners[-1])

    @property
    def far_lines(self) -> list[QLineF]:
        """The few straight lines that stand for the link from afar."""
        corners = self._route.corners
        return [self.line] if len(corners) == 2 else [QLineF(here, there) for here, there in pairwise(corners)]

    @property
    def trace(self) -> Trace:
        """The curve as a line of many corners, for measuring."""
        if self._trace is None:
            self._trace = Trace(self._route.path, self.bends)
        return self._trace

    @property
    def flow(self) -> Flow:
        """Shape and axes of what flows here; without a shape where that is not known."""
        report = self.source.report
        return report.shape_of(self.link.source_port) if report else Flow()

    @property
    def flow_text(self) -> str:
        """What flows here for people, ``N × 32 × 26 × 26 · C H W``; empty where it is not known."""
        shape, axes = self.flow.shape, self.flow.axes
        if shape is None:
            return ""
        sizes = " × ".join(["N", *(str(size) for size in shape)])
        letters = " ".join(axes[1:])
        return f"{sizes} · {letters}" if letters else sizes

    @property
    def spoken(self) -> str:
        """The link in words."""
        return f"link from {self.source.node.name[:80]} to {self.target.node.name[:80]}"

    @property
    def tip(self) -> str:
        """What the tool tip says, as plain text: the problems, or else what flows here."""
        if self.problems:
            return "\n".join(problem.sentence for problem in self.problems)
        text = self.flow_text
        return f"{self.source.node.name[:80]} → {self.target.node.name[:80]}" + (f"\n{text}" if text else "")

    def set_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show what the checker says of the link and of what flows along it."""
        shape = self.flow.shape
        size = 0 if shape is None else math.prod(shape)
        width = bisect_right(FLOWS, size)
        if problems or self.problems or width != self.width_class:
            self.problems, self.width_class = problems, width
            self.update()

    def set_hovered(self, hovered: bool) -> None:
        """Stand out, or no more."""
        if hovered != self.hovered:
            self.hovered = hovered
            self._raise()
            self.update()

    def boundingRect(self) -> QRectF:
        """The curve's reach, with its handles."""
        return self._route.box

    def shape(self) -> QPainterPath:
        """A band along the curve that is wide enough to be hit."""
        if self._shape is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(WIDE)
            self._shape = stroker.createStroke(self._route.path)
        return self._shape

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the curve; from afar the overview does it."""
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.pen(selected))
        painter.drawPath(self._route.path)
        if self.bends and (selected or self.hovered):
            painter.setPen(self.ink.selected_outline)
            for place, at in enumerate(self.bends):
                painter.setBrush(self.ink.accent if place == self.chosen_bend else self.ink.raised)
                painter.drawEllipse(at, HANDLE, HANDLE)
            painter.setBrush(self.ink.no_brush)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Stand out under the cursor."""
        self.set_hovered(True)

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """The cursor has gone."""
        self.set_hovered(False)

    def setSelected(self, selected: bool) -> None:
        """A selected link lies above others; one that is no longer has no bend chosen.

        Not by ``itemChange``: where Python has one, Qt calls it a dozen times for each item that is made.
        """
        super().setSelected(selected)
        self._raise()
        if not selected:
            self.chosen_bend = None

    def pen(self, selected: bool, far: bool = False) -> QPen:
        """The pen that says how it stands with the link, problems dashed, and but from afar how much flows there."""
        ink = self.ink
        if self.problems:
            worst = any(problem.severity == "error" for problem in self.problems)
            return ink.selected_problem_link if selected else ink.error_link if worst else ink.warning_link
        pens = ink.selected_links if selected else ink.hovered_links if self.hovered else ink.links
        return pens[0 if far else self.width_class]

    def _raise(self) -> None:
        self.setZValue(ABOVE_LINKS if self.hovered or self.isSelected() else 0.0)

    def _carried(self) -> tuple[QPointF, ...]:
        """The bends, moved along where both nodes are just being moved by the same way."""
        way = self.source.pos() - QPointF(self.source.node.x, self.source.node.y)
        other = self.target.pos() - QPointF(self.target.node.x, self.target.node.y)
        shift = way if way == other else QPointF()
        return tuple(QPointF(x, y) + shift for x, y in self.link.bends)
