"""Miniature: a network drawn small, as people draw them: dots for neurons, sheets for feature maps, bars between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from designer.gui.categories import category_colour, category_of
from designer.gui.theme import Theme
from designer.project.edits import move
from designer.project.model import FieldValue, Graph, Node, Project

DOTS = ((1, 1), (2, 2), (3, 3), (4, 4), (16, 5), (64, 6))
MOST_DOTS = 7
FARTHEST_DOTS = 18.0
SAME_COLUMN = 60.0
ROW_STEP = 220.0
SMALLEST_SHEET = 0.34
SHRINK = 0.7
WIDTHS = {"dots": 1.0, "bar": 0.5, "sheets": 1.3, "picture": 1.5, "end": 0.9}
THIN = 1.0


@dataclass(frozen=True)
class Glyph:
    """How one node is drawn: its form, how many dots or sheets it has, and its size as a share of the height."""

    form: str
    category: str
    count: int
    size: float
    column: int
    height: float


@dataclass(frozen=True)
class Miniature:
    """What is drawn of a network: glyphs by node id, pairs of ids that are linked, and the kind of its task."""

    glyphs: Mapping[str, Glyph]
    links: tuple[tuple[str, str], ...]
    columns: tuple[float, ...]
    lanes: int
    task: str


def task_of(project: Project) -> str:
    """``images``, ``classes``, ``binary`` or ``number``: what the network is for, by its input and its loss."""
    nodes = project.graph.nodes.values()
    if any(node.type == "image_input" for node in nodes):
        return "images"
    losses = [str(node.fields.get("loss", "")) for node in nodes if node.type == "output"]
    kinds = {"bce": "binary", "cross_entropy": "classes", "kl_div": "classes", "hinge": "binary",
             "squared_hinge": "binary"}  # fmt: skip
    return next((kinds[loss] for loss in losses if loss in kinds), "number")


def task_colour(theme: Theme, task: str) -> str:
    """The hue of a kind of task."""
    return theme.hues[{"number": 1, "binary": 2, "classes": 4, "images": 5}.get(task, 0)]


def draw_small(project: Project) -> Miniature:
    """Work out how a project's network is drawn."""
    graph = project.graph
    sources: dict[str, list[str]] = {key: [] for key in graph.nodes}
    for link in graph.links:
        if link.source in graph.nodes and link.target in graph.nodes:
            sources[link.target].append(link.source)
    columns = _columns(graph)
    lanes, heights = _lanes(graph)
    glyphs: dict[str, Glyph] = {}
    for key in sorted(graph.nodes, key=lambda key: columns[key]):
        before = [glyphs[source] for source in sources[key] if source in glyphs]
        glyphs[key] = _glyph(graph.nodes[key], before[0] if before else None, columns[key], heights[key])
    widths = [0.0] * (max(columns.values(), default=-1) + 1)
    for glyph in glyphs.values():
        widths[glyph.column] = max(widths[glyph.column], WIDTHS[glyph.form])
    links = tuple(dict.fromkeys((link.source, link.target) for link in graph.links if link.source in glyphs))
    links = tuple((source, target) for source, target in links if target in glyphs)
    return Miniature(glyphs, links, tuple(widths), lanes, task_of(project))


def in_one_row(project: Project) -> Project:
    """A chain of layers in one row, whatever rows it is laid out in; any other network as it is."""
    ids = list(project.graph.nodes)
    if [(link.source, link.target) for link in project.graph.links] != list(pairwise(ids)):
        return project
    return move(project, {key: (place * ROW_STEP, 0.0) for place, key in enumerate(ids)})


def _columns(graph: Graph) -> dict[str, int]:
    order = sorted(graph.nodes.values(), key=lambda node: node.x)
    columns: dict[str, int] = {}
    start, place = 0.0, -1
    for node in order:
        if place < 0 or node.x - start > SAME_COLUMN:
            start, place = node.x, place + 1
        columns[node.id] = place
    return columns


def _lanes(graph: Graph) -> tuple[int, dict[str, float]]:
    """How many rows there are, and how far down each node stands, from 0 to 1."""
    places = sorted({round(node.y / SAME_COLUMN) for node in graph.nodes.values()})
    if len(places) < 2:
        return 1, dict.fromkeys(graph.nodes, 0.5)
    ranks = {place: rank for rank, place in enumerate(places)}
    count = len(places)
    return count, {key: (ranks[round(node.y / SAME_COLUMN)] + 0.5) / count for key, node in graph.nodes.items()}


def _glyph(node: Node, before: Glyph | None, column: int, height: float) -> Glyph:
    category = category_of(node.type)

    def made(form: str, count: int, size: float) -> Glyph:
        return Glyph(form, category, count, size, column, height)

    size = before.size if before else 1.0
    if node.type == "output":
        return made("end", 1, 0.2)
    if node.type == "table_input":
        return made("dots", _dots(node.fields.get("features", 4)), 1.0)
    if node.type == "image_input":
        return made("picture", 1, 0.8)
    if node.type in ("codes_input", "text_input", "sequence_input"):
        return made("dots", MOST_DOTS, 1.0)
    if node.type in ("linear", "embedding"):
        return made("dots", _dots(node.fields.get("out_features", 8)), 1.0)
    if node.type == "flatten":
        return made("dots", MOST_DOTS, 1.0)
    if category == "Convolution":
        shrunk = size * SHRINK if node.fields.get("stride", 1) not in (1, (1, 1)) else size
        sheets = 2 + sum(_number(node.fields.get("out_channels", 16)) >= limit for limit in (16, 32, 64))
        return made("sheets", sheets, max(SMALLEST_SHEET, shrunk if before else 0.8))
    if category == "Pooling":
        count = before.count if before and before.form == "sheets" else 2
        return made("sheets", count, max(SMALLEST_SHEET, size * SHRINK))
    return made("bar", before.count if before else 1, before.size if before else 0.6)


def _number(value: FieldValue) -> int:
    return int(value) if isinstance(value, (int, float)) else 0


def _dots(value: FieldValue) -> int:
    return next((dots for most, dots in DOTS if _number(value) <= most), MOST_DOTS)


def paint_small(painter: QPainter, box: QRectF, drawn: Miniature, theme: Theme) -> None:
    """Paint a miniature into ``box``."""
    if not drawn.glyphs:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middles = _middles(box, drawn)
    room = box.height() / drawn.lanes * (1.0 if drawn.lanes == 1 else 0.8)
    step = box.width() / max(1.0, sum(drawn.columns))
    centres = {
        key: QPointF(middles[glyph.column], box.top() + glyph.height * box.height())
        for key, glyph in drawn.glyphs.items()
    }
    ends = {key: _ends(key, drawn, room) for key in drawn.glyphs}
    line = QColor(theme.link)
    line.setAlphaF(0.55)
    painter.setPen(QPen(line, THIN))
    lines: list[QLineF] = []
    for source, target in drawn.links:
        straight = drawn.glyphs[target].form == "bar"
        lines += _lines(centres[source], ends[source], centres[target], ends[target], straight)
    painter.drawLines(lines)
    for key, glyph in drawn.glyphs.items():
        _paint_glyph(painter, glyph, centres[key], ends[key], room, step, theme)
    painter.restore()


def _middles(box: QRectF, drawn: Miniature) -> list[float]:
    total = sum(drawn.columns)
    # a short network stands close together in the middle
    width = min(box.width(), total * 52)
    left, middles = box.center().x() - width / 2, []
    for share in drawn.columns:
        middles.append(left + share / total * width / 2)
        left += share / total * width
    return middles


def _ends(key: str, drawn: Miniature, room: float) -> tuple[float, ...]:
    """Where links end at a glyph, up and down from its middle."""
    glyph = drawn.glyphs[key]
    seen = {key}
    while glyph.form == "bar":
        before = next((source for source, target in drawn.links if target == key), None)
        if before is None or before in seen:
            return (0.0,)
        key = before
        seen.add(key)
        glyph = drawn.glyphs[key]
    if glyph.form != "dots":
        return (0.0,)
    most = max(glyph.count for glyph in drawn.glyphs.values() if glyph.form == "dots")
    gap = min(FARTHEST_DOTS, room / most)
    return tuple((place - (glyph.count - 1) / 2) * gap for place in range(glyph.count))


def _lines(
    start: QPointF, outs: tuple[float, ...], end: QPointF, ins: tuple[float, ...], straight: bool
) -> list[QLineF]:
    pairs = zip(outs, ins, strict=False) if straight and len(outs) == len(ins) else ((a, b) for a in outs for b in ins)
    return [QLineF(start + QPointF(0, a), end + QPointF(0, b)) for a, b in pairs]


def _paint_glyph(
    painter: QPainter, glyph: Glyph, at: QPointF, ends: tuple[float, ...], room: float, step: float, theme: Theme
) -> None:
    colour = QColor(category_colour(theme, glyph.category))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if glyph.form == "dots":
        radius = max(2.0, min(5.0, step * 0.22, room / MOST_DOTS * 0.36))
        for end in ends:
            painter.drawEllipse(at + QPointF(0, end), radius, radius)
    elif glyph.form == "bar":
        half = max(abs(ends[0]) + 7, glyph.size * room * 0.3 if len(ends) == 1 else 0.0)
        width = max(3.0, min(5.0, step * 0.2))
        painter.drawRoundedRect(QRectF(at.x() - width / 2, at.y() - half, width, 2 * half), 2, 2)
    elif glyph.form == "end":
        radius = max(4.0, min(7.0, step * 0.3))
        painter.setBrush(QColor(theme.surface))
        painter.setPen(QPen(colour, 2))
        painter.drawEllipse(at, radius, radius)
        painter.setBrush(colour)
        painter.drawEllipse(at, radius * 0.25, radius * 0.25)
    else:
        _paint_sheets(painter, glyph, at, room, step, colour, theme)


def _paint_sheets(
    painter: QPainter, glyph: Glyph, at: QPointF, room: float, step: float, colour: QColor, theme: Theme
) -> None:
    side_down = glyph.size * room * 0.62
    side = min(side_down, max(8.0, step * (1.2 if glyph.form == "picture" else 0.8)))
    shift = min(3.0, step * 0.12)
    painter.setPen(QPen(QColor(theme.surface), 1))
    for place in reversed(range(glyph.count)):
        offset = (place - (glyph.count - 1) / 2) * shift
        sheet = QRectF(at.x() - side / 2 + offset, at.y() - side_down / 2 - offset, side, side_down)
        painter.setBrush(colour)
        painter.drawRoundedRect(sheet, 2, 2)
    if glyph.form == "picture":
        painter.setPen(QPen(QColor(theme.on_hue), 1))
        sheet = QRectF(at.x() - side / 2, at.y() - side_down / 2, side, side_down)
        for part in (1, 2):
            x, y = sheet.left() + part * side / 3, sheet.top() + part * side_down / 3
            painter.drawLine(QLineF(x, sheet.top() + 1, x, sheet.bottom() - 1))
            painter.drawLine(QLineF(sheet.left() + 1, y, sheet.right() - 1, y))
