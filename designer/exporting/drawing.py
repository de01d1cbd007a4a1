"""The drawing of a graph as a list of plain shapes, which the SVG and the PNG picture are both made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from designer.compiler.report import Analysis
from designer.exporting.cards import (
    BACKGROUND,
    CARD,
    MARGIN,
    NODE_WIDTH,
    STRAIGHT,
    WIRE,
    Card,
    card_of,
    card_shapes,
    frame_shapes,
    note_shapes,
)
from designer.exporting.shapes import Box, Curve, Dot, Point, Shape
from designer.layers.catalog import BUILT_IN, Catalog
from designer.project.model import Frame, Graph, Link, Node, Note


@dataclass(frozen=True)
class Drawing:
    """Shapes from back to front on a sheet of ``width`` by ``height``, whose upper left corner is (0, 0)."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def draw(graph: Graph, analysis: Analysis, catalog: Catalog = BUILT_IN) -> Drawing:
    """Draws the nodes where they lie, with name, title, key fields, output shape and parameters, and their links.

    Frames and notes lie behind. The types of the nodes, blocks among them, are those of ``catalog``.
    """
    nodes = list(graph.nodes.values())
    left, top = _corner(graph)
    into: dict[str, list[Link]] = {node.id: [] for node in nodes}
    out: dict[str, list[str]] = {node.id: [] for node in nodes}
    for link in graph.links:
        into.setdefault(link.target, []).append(link)
        out.setdefault(link.source, []).append(link.source_port)
    cards = {
        node.id: card_of(node, into[node.id], out[node.id], (node.x - left, node.y - top), catalog) for node in nodes
    }
    width, height = _sheet(graph, cards, left, top)
    shapes: list[Shape] = [Box(0, 0, width, height, BACKGROUND)]
    for frame in sorted(graph.frames.values(), key=lambda frame: -frame.width * frame.height):
        shapes += frame_shapes(frame, frame.x - left, frame.y - top)
    for note in graph.notes.values():
        shapes += note_shapes(note, note.x - left, note.y - top)
    dots: dict[Point, None] = {}
    for link in graph.links:
        if link.source in cards and link.target in cards:
            start = cards[link.source].outgoing[link.source_port]
            end = cards[link.target].incoming[link.target_port]
            shapes += _wire(start, end, [(x - left, y - top) for x, y in link.bends])
            dots.update({start: None, end: None})
    for node in nodes:
        shapes += card_shapes(node, cards[node.id], analysis, catalog)
    shapes += [Dot(*end, 4, CARD, WIRE) for end in dots]
    return Drawing(width, height, tuple(shapes))


def _corner(graph: Graph) -> Point:
    """The upper left corner of the sheet in the scene."""
    things: list[Node | Frame | Note] = [*graph.nodes.values(), *graph.frames.values(), *graph.notes.values()]
    points = [(thing.x, thing.y) for thing in things] + [point for link in graph.links for point in link.bends]
    return min((x for x, _ in points), default=0.0) - MARGIN, min((y for _, y in points), default=0.0) - MARGIN


def _sheet(graph: Graph, cards: Mapping[str, Card], left: float, top: float) -> Point:
    """Width and height of the sheet."""
    things: list[Frame | Note] = [*graph.frames.values(), *graph.notes.values()]
    points = [(card.x + NODE_WIDTH, card.y + card.height) for card in cards.values()]
    points += [(thing.x - left + thing.width, thing.y - top + thing.height) for thing in things]
    points += [(x - left, y - top) for link in graph.links for x, y in link.bends]
    return (
        max((x for x, _ in points), default=MARGIN) + MARGIN,
        max((y for _, y in points), default=MARGIN) + MARGIN,
    )


def _wire(start: Point, end: Point, bends: Sequence[Point]) -> list[Curve]:
    """The curve of a link, in as many pieces as its bends make of it."""
    points = [start, *bends, end]
    last = len(points) - 1
    curves = []
    for place in range(last):
        here, there = points[place], points[place + 1]
        pull = hypot(there[0] - here[0], there[1] - here[1]) / 3
        out, into = _heading(points, place), _heading(points, place + 1)
        reach = _reach(here, there)
        first = (here[0] + reach, here[1]) if place == 0 else (here[0] + out[0] * pull, here[1] + out[1] * pull)
        second = (
            (there[0] - reach, there[1])
            if place + 1 == last
            else (there[0] - into[0] * pull, there[1] - into[1] * pull)
        )
        curves.append(Curve((here, first, second, there), WIRE))
    return curves


def _reach(start: Point, end: Point) -> float:
    """How far a link runs straight on before it turns."""
    across, down = end[0] - start[0], abs(end[1] - start[1])
    return max(min(STRAIGHT, (across + down) / 2), across / 2) if across >= 0 else STRAIGHT + max(-across, down) / 3


def _heading(points: Sequence[Point], place: int) -> Point:
    """The direction, of length 1, in which a curve passes a bend."""
    if not 0 < place < len(points) - 1:
        return (1.0, 0.0)
    across = points[place + 1][0] - points[place - 1][0], points[place + 1][1] - points[place - 1][1]
    length = hypot(*across)
    return (across[0] / length, across[1] / length) if length else (1.0, 0.0)
