"""Gathering: what the overview paints of some nodes and links, sorted so that each kind is one stroke."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPen

from designer.gui.canvas.ink import Ink
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.node_item import NodeItem

TILE = 48.0
INSET = 7.0


class Gathered:
    """Boxes, lines and words of the nodes and links given, as they lie now (in the scene)."""

    def __init__(self, nodes: Iterable[NodeItem], links: Iterable[LinkItem], ink: Ink) -> None:
        self.lines: list[QLineF] = []
        self.loud_lines: list[tuple[QPen, QLineF]] = []
        self.blocks: dict[str, list[QRectF]] = {}
        self.tiles: dict[str, list[QRectF]] = {}
        self.signs: dict[str, list[tuple[QRectF, QPointF]]] = {}
        self.names: list[tuple[QRectF, QPointF, str]] = []
        self.bodies: list[QRectF] = []
        self.hollow: list[QRectF] = []
        self.double: list[QRectF] = []
        self.loud: list[NodeItem] = []
        lower = (ink.far_metrics.ascent() - ink.far_metrics.descent()) / 2
        for item in nodes:
            self._take_node(item, lower)
        for link in links:
            if link.isSelected() or link.problems or link.hovered:
                pen = link.pen(link.isSelected(), far=True)
                self.loud_lines.extend((pen, line) for line in link.far_lines)
            else:
                self.lines.extend(link.far_lines)

    def _take_node(self, item: NodeItem, lower: float) -> None:
        box, bypassed = item.rect(), item.node.bypassed
        category = "" if bypassed else item.category
        middle = box.center().y()
        self.bodies.append(box)
        if bypassed:
            self.hollow.append(box)
        else:
            self.blocks.setdefault(category, []).append(box)
        if item.is_block:
            self.double.append(box.adjusted(INSET, INSET, -INSET, -INSET))
        self.tiles.setdefault(category, []).append(QRectF(box.left(), box.top(), TILE, box.height()))
        signs = self.signs.setdefault(item.category, [])
        signs.append((box, QPointF(box.left() + TILE / 2, middle)))
        self.names.append((box, QPointF(box.left() + TILE + 8, middle + lower), item.far_text))
        if item.problems or item.isSelected() or not item.known:
            self.loud.append(item)
