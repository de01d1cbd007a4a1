"""Tracing: what feeds a node and what follows it stands out, with the paths between; all else lies under a veil."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QLabel, QStyleOptionGraphicsItem, QWidget

from designer.gui.canvas.overlay import ABOVE_ALL
from designer.gui.canvas.overview import FAR
from designer.gui.theme import SMALL_PIXELS

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView
    from designer.gui.canvas.scene import CanvasScene, Ends

DIMMED = 200
PORTS = 7.0
BEYOND = 400.0
WIDE, FAR_WIDE = 2.4, 2.0
UP, DOWN = "up", "down"
WORDS = {UP: "what feeds", DOWN: "what follows"}


def reached(scene: CanvasScene, roots: Iterable[str], ways: Iterable[str]) -> tuple[set[str], set[Ends]]:
    """The nodes and links that one comes to from ``roots`` up the links, down them or both, the roots included."""
    roots = tuple(roots)
    nodes: set[str] = set(roots)
    links: set[Ends] = set()
    for way in ways:
        seen, waiting = set(roots), deque(roots)
        while waiting:
            key = waiting.popleft()
            for item in scene.links_of(key):
                near, far = item.link.target, item.link.source
                if way == DOWN:
                    near, far = far, near
                if near == key:
                    links.add(item.link.ends)
                    if far not in seen:
                        seen.add(far)
                        waiting.append(far)
        nodes |= seen
    return nodes, links


class Veil(QGraphicsItem):
    """Lies over the graph with holes for the nodes that stand out, and draws the links that do on top of itself.

    The items beneath stay as they are, also the pictures that are kept of them.
    """

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__()
        self._canvas = scene
        self._nodes: set[str] = set()
        self._links: set[Ends] = set()
        self._holes: QPainterPath | None = None
        self._paths = QPainterPath()
        self._box = QRectF()
        self.setZValue(ABOVE_ALL - 10)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.hide()

    def lift(self, nodes: set[str], links: set[Ends]) -> None:
        """Let these stand out."""
        self._nodes, self._links = nodes, links
        self.changed()

    def changed(self) -> None:
        """Something in the scene is not as it was."""
        self._holes = None
        box = self._canvas.nodes_rect().adjusted(-BEYOND, -BEYOND, BEYOND, BEYOND)
        if box != self._box:
            self.prepareGeometryChange()
            self._box = box
        self.update()

    def boundingRect(self) -> QRectF:
        """The graph and a little beyond: an item without end would slow down finding all the others."""
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Dim all but the holes, then draw the paths."""
        if self._holes is None:
            self._gather()
        scale = painter.worldTransform().m11()
        ink, exposed = self._canvas.ink, QRectF(option.exposedRect)  # type: ignore[attr-defined]
        veil = QPainterPath()
        veil.addRect(exposed.adjusted(-2, -2, 2, 2))
        veil.addPath(self._holes or QPainterPath())
        colour = QColor(ink.theme.canvas)
        colour.setAlpha(DIMMED)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillPath(veil, colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= FAR)
        pen = QPen(ink.accent.color(), WIDE if scale >= FAR else FAR_WIDE)
        pen.setCosmetic(scale < FAR)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._paths)

    def _gather(self) -> None:
        scene = self._canvas
        holes, self._paths = QPainterPath(), QPainterPath()
        for key in self._nodes:
            if key in scene.nodes:
                holes.addRect(scene.nodes[key].rect().adjusted(-PORTS, -PORTS, PORTS, PORTS))
        for ends in self._links:
            if ends in scene.links:
                self._paths.addPath(scene.links[ends].path)
        self._holes = holes


class Trace:
    """Follows the selected nodes up and down the links while it is on."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._roots: tuple[str, ...] = ()
        self._ways: set[str] = set()
        self.veil = Veil(view.canvas)
        view.canvas.addItem(self.veil)
        self._chip = QLabel(view)
        self._chip.setTextFormat(Qt.TextFormat.PlainText)
        self._chip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._chip.hide()
        view.canvas.overview.told.append(self._changed)
        view.selection_changed.connect(self._selected)

    @property
    def on(self) -> bool:
        """Whether paths stand out."""
        return bool(self._ways)

    @property
    def shown(self) -> tuple[set[str], set[Ends]]:
        """The nodes and links that stand out."""
        return reached(self._view.canvas, self._roots, self._ways) if self.on else (set(), set())

    def turn(self, way: str) -> None:
        """Follow the selected nodes this way too, or no longer; without a selection say what is missing."""
        chosen = self._view.selected() or self._roots
        if not chosen:
            self._view.refuse("Select a layer to see what feeds it and what follows it.")
            return
        self._ways ^= {way}
        self._roots = chosen
        self._show()

    def end(self) -> bool:
        """Let nothing stand out any more; whether anything did."""
        was = self.on
        self._ways = set()
        self._roots = ()
        self._show()
        return was

    def place_chip(self) -> None:
        """Keep what is said of it in the lower left corner."""
        self._chip.adjustSize()
        self._chip.move(12, self._view.viewport().geometry().bottom() + 1 - 12 - self._chip.height())

    def restyle(self) -> None:
        """Draw under another theme."""
        theme = self._view.theme
        self._chip.setStyleSheet(
            f"background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.strong_line};"
            f" border-radius: 4px; padding: 3px 8px; font-size: {SMALL_PIXELS}px;"
        )

    def _selected(self) -> None:
        if not self.on:
            return
        chosen = self._view.selected()
        if chosen and chosen != self._roots:
            self._roots = chosen
            self._show()

    def _changed(self) -> None:
        if self.on:
            self.veil.changed()

    def refresh(self) -> None:
        """The graph was edited: follow the links that there are now."""
        if self.on:
            self._roots = tuple(key for key in self._roots if key in self._view.canvas.nodes)
            if not self._roots:
                self._ways = set()
            self._show()

    def _show(self) -> None:
        view = self._view
        self.veil.setVisible(self.on)
        self._chip.setVisible(self.on)
        if not self.on:
            return
        nodes, links = self.shown
        self.veil.lift(nodes, links)
        name = view.canvas.nodes[self._roots[0]].node.name[:40]
        whom = name if len(self._roots) == 1 else f"{len(self._roots)} layers"
        others = len(nodes - set(self._roots))
        ways = " and ".join(WORDS[way] for way in (UP, DOWN) if way in self._ways)
        self._chip.setText(f"{ways[:1].upper()}{ways[1:]} {whom}: {others} layer{'s' * (others != 1)}. Esc ends this.")
        view.setAccessibleDescription(self._chip.text())
        self.restyle()
        self.place_chip()
        self._chip.raise_()
