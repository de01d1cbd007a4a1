"""Cards, frames and notes of a picture: the shapes that stand for one node or one thing on the canvas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from designer.compiler.report import Analysis, Report
from designer.exporting.shapes import Box, Point, Shape, Words, fitted, text_width
from designer.layers.catalog import Catalog
from designer.layers.hues import hue_of
from designer.project.model import Colour, Frame, Graph, Link, Node, Note
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
PALE = "#E4E7EB"
# Hues of Okabe and Ito's set, those that frames and notes have on the canvas.
THING_HUES: Mapping[Colour, str] = {
    "blue": "#0063B0",
    "green": "#00825E",
    "yellow": "#C9A800",
    "orange": "#E08A00",
    "red": "#B83A00",
    "purple": "#B0569A",
    "grey": "#6F7680",
}
FRAME_TITLE = 32.0
NOTE_LINE = 17.0


@dataclass(frozen=True)
class Card:
    """Where a node lies, and where links begin and end on it; with ``labels`` its ports are named."""

    x: float
    y: float
    height: float
    incoming: Mapping[str, Point]
    outgoing: Mapping[str, Point]
    labels: tuple[tuple[str, Point, bool], ...] = ()


def card_of(node: Node, links: Sequence[Link], given: Sequence[str], at: Point, catalog: Catalog) -> Card:
    """The card of a node at a place of the sheet, with the links that reach it and the ports that links leave."""
    ports = catalog.ports_of(node)
    names = places(Graph(links=tuple(links)), node.id, ports)
    names += [link.target_port for link in links if link.target_port not in names]
    outs = list(dict.fromkeys([*(port.name for port in ports.outputs), *given])) or [""]
    named = len(ports.inputs) > 1 or len(ports.outputs) > 1
    rows = max(len(names), len(outs))
    needed = NODE_HEIGHT + rows * PORT_SPACING if named else max(NODE_HEIGHT, (rows - 1) * PORT_SPACING + 32)
    height = ceil(needed / GRID) * GRID
    x, y = at

    def spread(side: Sequence[str], across: float) -> dict[str, Point]:
        first = y + (NODE_HEIGHT + 8 if named else height / 2 - (len(side) - 1) * PORT_SPACING / 2)
        return {name: (across, first + number * PORT_SPACING) for number, name in enumerate(side)}

    incoming, outgoing = spread(names, x), spread(outs, x + NODE_WIDTH)
    labels: list[tuple[str, Point, bool]] = []
    if named:
        labels += [(port.shown, incoming[port.name], False) for port in ports.inputs if port.name in incoming]
        labels += [(port.shown, outgoing[port.name], True) for port in ports.outputs]
    return Card(x, y, height, incoming, outgoing, tuple(labels))


def card_shapes(node: Node, card: Card, analysis: Analysis, catalog: Catalog) -> list[Shape]:
    """The shapes of one node; one that is bypassed is pale, with a dashed edge."""
    layer = catalog.layer(node.type)
    hue = hue_of(layer.category if layer else "", layer is not None and bool(layer.block or layer.own)).light
    detail = " · ".join(part for part in (layer.title if layer else node.type, catalog.key_fields_text(node)) if part)
    room = NODE_WIDTH - TEXT_LEFT - PADDING
    x, y, ink = card.x, card.y, FAINT if node.bypassed else INK
    shapes: list[Shape] = [
        Box(x, y, NODE_WIDTH, card.height, BACKGROUND if node.bypassed else CARD, BORDER, 8, node.bypassed),
        Box(x + 8, y + 10, 4, card.height - 20, PALE if node.bypassed else hue, radius=2),
        Words(x + TEXT_LEFT, y + 23, fitted(node.name, 13, room, bold=True), 13, ink, bold=True),
        Words(x + TEXT_LEFT, y + 40, fitted(detail, 11, room), 11, FAINT),
    ]
    report = analysis.reports.get(node.id)
    if report is not None and report.shape is not None:
        count = "bypassed" if node.bypassed else _count(report)
        shape = fitted(report.shape_text, 11, room - text_width(count, 11) - 8)
        shapes.append(Words(x + TEXT_LEFT, y + 59, shape, 11, ink))
        shapes.append(Words(x + NODE_WIDTH - PADDING, y + 59, count, 11, FAINT, align="right"))
    half = NODE_WIDTH / 2 - TEXT_LEFT
    for label, (_, height), right in card.labels:
        place = x + NODE_WIDTH - PADDING if right else x + TEXT_LEFT
        shapes.append(Words(place, height + 4, fitted(label, 11, half), 11, FAINT, align="right" if right else "left"))
    return shapes


def _count(report: Report) -> str:
    trained = f"{report.parameters:,}" if report.parameters else ""
    return trained or (f"{report.frozen:,} frozen" if report.frozen else "")


def frame_shapes(frame: Frame, x: float, y: float) -> list[Shape]:
    """A frame: its area, and the bar with its title."""
    hue = THING_HUES[frame.colour]
    bar = min(FRAME_TITLE, frame.height)
    title = fitted(frame.title or "Frame", 13, max(0.0, frame.width - 24), bold=True)
    return [
        Box(x, y, frame.width, frame.height, mixed(BACKGROUND, hue, 0.10), hue, 6),
        Box(x, y, frame.width, bar, mixed(BACKGROUND, hue, 0.26), hue, 6),
        Words(x + 12, y + min(21.0, bar), title, 13, INK, bold=True),
    ]


def note_shapes(note: Note, x: float, y: float) -> list[Shape]:
    """A note with as many of its lines as fit."""
    hue = THING_HUES[note.colour]
    shapes: list[Shape] = [Box(x, y, note.width, note.height, mixed(CARD, hue, 0.20), hue, 6)]
    lines = _lines(note.text, note.width - 24)
    for number, line in enumerate(lines[: max(0, int((note.height - 12) / NOTE_LINE))]):
        shapes.append(Words(x + 12, y + 20 + number * NOTE_LINE, fitted(line, 12, note.width - 24), 12, INK))
    return shapes


def _lines(text: str, room: float) -> list[str]:
    """The lines of a text, broken between words where they do not fit."""
    lines = []
    for paragraph in text[:5_000].split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, 12) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def mixed(ground: str, hue: str, share: float) -> str:
    """``ground`` with a ``share`` of ``hue`` in it, both as ``#RRGGBB``."""
    parts = [(int(ground[at : at + 2], 16), int(hue[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (other - one) * share):02X}" for one, other in parts)
