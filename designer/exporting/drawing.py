"""The drawing of a graph as a list of plain shapes, which the SVG and the PNG picture are both made from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, TypeAlias, Union

from designer.compiler.report import Analysis
from designer.layers.catalog import CATEGORIES, LAYERS, key_fields_text, ports_of
from designer.project.model import Graph, Link, Node
from designer.project.rules import places

# Sizes and colours are those of the canvas in its light theme, so that what lies apart there lies apart here.
NODE_WIDTH = 192.0
NODE_HEIGHT = 72.0
PORT_SPACING = 20.0
GRID = 4.0
MARGIN = 40.0
PADDING = 12.0
TEXT_LEFT = 20.0
STRAIGHT = 40.0

BACKGROUND = "#F0F2F5"
CARD = "#FFFFFF"
BORDER = "#A9B1BC"
WIRE = "#78828F"
INK = "#1C2128"
FAINT = "#59626E"
UNKNOWN = "#9AA2AD"
HUES = ("#5F7C9D", "#2386CE", "#BB6802", "#A87156", "#2C937C", "#936BBB", "#9F6E92", "#7D8469", "#8C8234")

_NO_XML = re.compile("[^\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

Point: TypeAlias = tuple[float, float]
Align: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True)
class Box:
    """A filled rectangle with its upper left corner at (x, y); ``line`` is the colour of its border, empty for none."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    line: str = ""
    radius: float = 0.0


@dataclass(frozen=True)
class Curve:
    """A cubic Bézier curve through four points, the first and last its ends."""

    points: tuple[Point, ...]
    colour: str


@dataclass(frozen=True)
class Dot:
    """A filled circle around (x, y) with a rim."""

    x: float
    y: float
    radius: float
    fill: str
    line: str


@dataclass(frozen=True)
class Words:
    """One line of text on the baseline ``y``, from ``x`` to the right, or ending there."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    align: Align = "left"


Shape: TypeAlias = Union[Box, Curve, Dot, Words]


@dataclass(frozen=True)
class Drawing:
    """Shapes from back to front on a sheet of ``width`` by ``height``, whose upper left corner is (0, 0)."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def draw(graph: Graph, analysis: Analysis) -> Drawing:
    """Draws the nodes where they lie, with name, title, key fields, output shape and parameters, and their links."""
    nodes = list(graph.nodes.values())
    left = min((node.x for node in nodes), default=0.0) - MARGIN
    top = min((node.y for node in nodes), default=0.0) - MARGIN
    into: dict[str, list[Link]] = {node.id: [] for node in nodes}
    for link in graph.links:
        into.setdefault(link.target, []).append(link)
    cards = {node.id: _card(node, into[node.id], node.x - left, node.y - top) for node in nodes}
    width = max((card.x for card in cards.values()), default=MARGIN) + NODE_WIDTH + MARGIN
    height = max((card.y + card.height for card in cards.values()), default=MARGIN) + MARGIN
    ends = [
        (cards[link.source].outgoing, cards[link.target].incoming[link.target_port])
        for link in graph.links
        if link.source in cards and link.target in cards
    ]
    shapes: list[Shape] = [Box(0, 0, width, height, BACKGROUND)]
    shapes += [_wire(start, end) for start, end in ends]
    for node in nodes:
        shapes += _face(node, cards[node.id], analysis)
    shapes += [Dot(*end, 4, CARD, WIRE) for end in dict.fromkeys(point for pair in ends for point in pair)]
    return Drawing(width, height, tuple(shapes))


@dataclass(frozen=True)
class _Card:
    """Where a node lies, and where links end on it."""

    x: float
    y: float
    height: float
    incoming: Mapping[str, Point]
    outgoing: Point


def _card(node: Node, links: Sequence[Link], x: float, y: float) -> _Card:
    names = places(Graph(links=tuple(links)), node.id, ports_of(node))
    names += [link.target_port for link in links if link.target_port not in names]
    needed = (len(names) - 1) * PORT_SPACING + 32
    height = max(NODE_HEIGHT, ceil(needed / GRID) * GRID)
    first = y + height / 2 - (len(names) - 1) * PORT_SPACING / 2
    incoming = {name: (x, first + number * PORT_SPACING) for number, name in enumerate(names)}
    return _Card(x, y, height, incoming, (x + NODE_WIDTH, y + height / 2))


def _wire(start: Point, end: Point) -> Curve:
    across, down = end[0] - start[0], abs(end[1] - start[1])
    reach = max(min(STRAIGHT, (across + down) / 2), across / 2) if across >= 0 else STRAIGHT + max(-across, down) / 3
    return Curve((start, (start[0] + reach, start[1]), (end[0] - reach, end[1]), end), WIRE)


def _face(node: Node, card: _Card, analysis: Analysis) -> list[Shape]:
    layer = LAYERS.get(node.type)
    hue = HUES[CATEGORIES.index(layer.category) % len(HUES)] if layer else UNKNOWN
    detail = " · ".join(part for part in (layer.title if layer else node.type, key_fields_text(node)) if part)
    room = NODE_WIDTH - TEXT_LEFT - PADDING
    x, y = card.x, card.y
    shapes: list[Shape] = [
        Box(x, y, NODE_WIDTH, card.height, CARD, BORDER, 8),
        Box(x + 8, y + 10, 4, card.height - 20, hue, radius=2),
        Words(x + TEXT_LEFT, y + 23, fitted(node.name, 13, room, bold=True), 13, INK, bold=True),
        Words(x + TEXT_LEFT, y + 40, fitted(detail, 11, room), 11, FAINT),
    ]
    report = analysis.reports.get(node.id)
    if report is not None and report.shape is not None:
        count = f"{report.parameters:,}" if report.parameters else ""
        shape = fitted(report.shape_text, 11, room - text_width(count, 11) - 8)
        shapes.append(Words(x + TEXT_LEFT, y + 59, shape, 11, INK))
        shapes.append(Words(x + NODE_WIDTH - PADDING, y + 59, count, 11, FAINT, align="right"))
    return shapes


def fitted(text: str, size: float, room: float, bold: bool = False) -> str:
    """``text`` on one line, without signs that a picture cannot hold, cut with an ellipsis where ``room`` ends."""
    clean = _NO_XML.sub("\ufffd", _BIDI.sub("", " ".join(text[:500].split())))
    if text_width(clean, size, bold) <= room:
        return clean
    while clean and text_width(clean + "…", size, bold) > room:
        clean = clean[:-1]
    return clean.rstrip() + "…"


def text_width(text: str, size: float, bold: bool = False) -> float:
    """About how wide ``text`` is at a font size, a little on the wide side, as no font is at hand."""
    units = 0.0
    for sign in text:
        if unicodedata.combining(sign):
            continue
        wide = unicodedata.east_asian_width(sign) in "WF"
        units += 1.0 if wide else 0.32 if sign in "iljtfrI.,:;'|!()[] " else 0.88 if sign in "mwMW@%…" else 0.62
    return units * size * (1.08 if bold else 1.0)
