"""The item of one link."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyle, QStyleOptionGraphicsItem, QWidget

from designer.compiler.problems import Problem
from designer.gui.canvas.geometry import link_path
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.node_item import NodeItem
from designer.project.model import Link

WIDE = 12.0


class LinkItem(QGraphicsItem):
    """Shows one link between two node items and follows them."""

    def __init__(self, link: Link, source: NodeItem, target: NodeItem, ink: Ink) -> None:
        super().__init__()
        self.link = link
        self.source = source
        self.target = target
        self.ink = ink
        self.problems: tuple[Problem, ...] = ()
        self.hovered = False
        self._start = QPointF()
        self._end = QPointF()
        self._path = QPainterPath()
        self._box = QRectF()
        self._shape: QPainterPath | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)
        self.follow()

    def follow(self) -> None:
        """Run between the ports as they lie now."""
        start = self.source.anchor(self.link.source_port, True)
        end = self.target.anchor(self.link.target_port, False)
        if (start, end) == (self._start, self._end) and not self._box.isNull():
            return
        self.prepareGeometryChange()
        self._start, self._end = start, end
        self._path = link_path(start, end)
        self._box = self._path.controlPointRect().adjusted(-4, -4, 4, 4)
        self._shape = None

    @property
    def path(self) -> QPainterPath:
        """The curve in the scene."""
        return self._path

    @property
    def line(self) -> QLineF:
        """The straight line between its ends."""
        return QLineF(self._start, self._end)

    @property
    def spoken(self) -> str:
        """The link in words."""
        return f"link from {self.source.node.name[:80]} to {self.target.node.name[:80]}"

    @property
    def tip(self) -> str:
        """What the tool tip says, as plain text: the problems, or else what flows here."""
        if self.problems:
            return "\n".join(problem.sentence for problem in self.problems)
        report = self.source.report
        flows = f"\n{report.shape_text}" if report and report.shape is not None else ""
        return f"{self.source.node.name[:80]} → {self.target.node.name[:80]}{flows}"

    def set_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show what the checker says of the link."""
        if problems or self.problems:
            self.problems = problems
            self.update()

    def set_hovered(self, hovered: bool) -> None:
        """Stand out, or no more."""
        if hovered != self.hovered:
            self.hovered = hovered
            self.update()

    def boundingRect(self) -> QRectF:
        """The curve's reach."""
        return self._box

    def shape(self) -> QPainterPath:
        """A band along the curve that is wide enough to be hit."""
        if self._shape is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(WIDE)
            self._shape = stroker.createStroke(self._path)
        return self._shape

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the curve; from afar the overview does it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.pen(bool(option.state & QStyle.StateFlag.State_Selected)))
        painter.drawPath(self._path)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Stand out under the cursor."""
        self.set_hovered(True)

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """The cursor has gone."""
        self.set_hovered(False)

    def pen(self, selected: bool) -> QPen:
        """The pen that says how it stands with the link."""
        if selected:
            return self.ink.selected_link
        if self.problems:
            worst = any(problem.severity == "error" for problem in self.problems)
            return self.ink.error_link if worst else self.ink.warning_link
        return self.ink.hovered_link if self.hovered else self.ink.link
