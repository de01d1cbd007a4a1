"""Pictures of projects: a glimpse of the data and the network as a row of bars. Gathered off the GUI thread."""

from __future__ import annotations

import csv
import gzip
import io
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from designer.gui.categories import category_colour, category_of
from designer.gui.theme import Theme
from designer.project.model import ImageData, Project, TableData

MOST_ROWS = 240
MOST_PICTURES = 9
READ_BYTES = 400_000
WIDTH_FIELDS = ("out_features", "out_channels")


@dataclass(frozen=True)
class Bar:
    """A layer in the picture: its category, and how wide it is, from 0 to 1."""

    category: str
    size: float


@dataclass(frozen=True)
class Glimpse:
    """What a picture shows: points (x, y, hue from 0 to 1) or small pictures, and the layers."""

    points: tuple[tuple[float, float, float], ...] = ()
    pictures: tuple[QImage, ...] = ()
    bars: tuple[Bar, ...] = ()


def glimpse_of(project_path: Path) -> Glimpse:
    """Gather what the picture of a project shows; a LayerloomError where the project cannot be read."""
    from designer.project.file import load_project

    project = load_project(project_path)
    folder = project_path.parent
    data = project.data
    if isinstance(data, TableData):
        return Glimpse(points=tuple(table_points(folder / data.path, data)), bars=bars_of(project))
    if isinstance(data, ImageData):
        return Glimpse(pictures=tuple(some_pictures(folder / data.path)), bars=bars_of(project))
    return Glimpse(bars=bars_of(project))


def bars_of(project: Project) -> tuple[Bar, ...]:
    """The layers from left to right, each as wide as the logarithm of its units."""
    width, bars = 8.0, []
    for node in sorted(project.graph.nodes.values(), key=lambda node: (node.x, node.y)):
        own = next((node.fields[name] for name in WIDTH_FIELDS if name in node.fields), None)
        if isinstance(own, int):
            width = float(own)
        size = min(1.0, 0.3 + math.log2(max(1.0, width)) / 11)
        bars.append(Bar(category_of(node.type), size))
    return tuple(bars)


def table_points(path: Path, data: TableData) -> list[tuple[float, float, float]]:
    """Points of the two columns that tell most: scaled to 0 … 1, coloured by the target."""
    target = next((column.name for column in data.columns if column.role == "target"), "")
    rows = _rows(path, data)
    if not rows or not target or target not in rows[0]:
        return []
    numbers = [column.name for column in data.columns if column.role == "feature" and column.kind == "number"]
    kind = next(column.kind for column in data.columns if column.name == target)
    if kind == "number":
        values = [_number(row[target]) for row in rows]
        best = sorted(numbers, key=lambda name: -_correlation([_number(row[name]) for row in rows], values))[:1]
        chosen = [*best, target]
    else:
        chosen = sorted(numbers, key=lambda name: -_apart(rows, name, target))[:2]
    if len(chosen) < 2:
        return []
    answers = sorted({row[target] for row in rows})
    points = []
    for row in rows:
        x, y = _number(row[chosen[0]]), _number(row[chosen[1]])
        if x is None or y is None:
            continue
        hue = 0.0 if kind == "number" else answers.index(row[target]) / max(1, len(answers) - 1)
        points.append((x, y, hue))
    return _scaled(points)


def _rows(path: Path, data: TableData) -> list[dict[str, str]]:
    """The first rows; none where the file cannot be read, since a picture is no place to complain."""
    form = data.format
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            text = file.read(READ_BYTES).decode(form.encoding, "replace")
    except (OSError, EOFError, LookupError):
        return []
    reader = csv.reader(io.StringIO(text), delimiter=form.delimiter)
    lines = [line for line in islice(reader, form.skip_rows, 20 * MOST_ROWS) if line]
    names = [cell.strip() for cell in lines[0]] if form.header and lines else [column.name for column in data.columns]
    body = lines[1:] if form.header else lines
    step = max(1, len(body) // MOST_ROWS)
    return [dict(zip(names, line, strict=True)) for line in body[::step] if len(line) == len(names)]


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _correlation(one: Sequence[float | None], other: Sequence[float | None]) -> float:
    pairs = [(x, y) for x, y in zip(one, other, strict=True) if x is not None and y is not None]
    if len(pairs) < 3:
        return 0.0
    try:
        return abs(statistics.correlation([x for x, _ in pairs], [y for _, y in pairs]))
    except statistics.StatisticsError:
        return 0.0


def _apart(rows: Sequence[dict[str, str]], name: str, target: str) -> float:
    """How far the classes lie apart in one column, against how far each spreads."""
    groups: dict[str, list[float]] = {}
    for row in rows:
        value = _number(row[name])
        if value is not None:
            groups.setdefault(row[target], []).append(value)
    sets = [values for values in groups.values() if len(values) > 1]
    if len(sets) < 2:
        return 0.0
    within = statistics.fmean(statistics.pvariance(values) for values in sets)
    between = statistics.pvariance([statistics.fmean(values) for values in sets])
    distinct = len({value for values in sets for value in values})
    return between / within * min(1.0, distinct / 8) if within else 0.0


def _scaled(points: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    if not points:
        return []
    bounds = []
    for axis in (0, 1):
        values = sorted(point[axis] for point in points)
        # a few far outliers would leave the others in a corner
        low, high = values[len(values) // 50], values[-1 - len(values) // 50]
        bounds.append((low, (high - low) or 1.0))
    scaled = [((x - bounds[0][0]) / bounds[0][1], (y - bounds[1][0]) / bounds[1][1], hue) for x, y, hue in points]
    return [point for point in scaled if -0.02 <= point[0] <= 1.02 and -0.02 <= point[1] <= 1.02]


def some_pictures(folder: Path) -> list[QImage]:
    """A few pictures from as many classes as there are."""
    train = next((folder / name for name in ("train", "training") if (folder / name).is_dir()), folder)
    try:
        classes = sorted(path for path in train.iterdir() if path.is_dir())
        files = [sorted(path for path in place.iterdir() if path.is_file())[:3] for place in classes]
    except OSError:
        return []
    turns = [file for place in range(3) for group in files for file in group[place : place + 1]]
    pictures = [QImage(str(path)) for path in turns[:MOST_PICTURES]]
    return [picture for picture in pictures if not picture.isNull()]


def paint_glimpse(painter: QPainter, box: QRectF, theme: Theme, glimpse: Glimpse) -> None:
    """Paint data at the left and the network at the right."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left = QRectF(box.left(), box.top(), box.height(), box.height())
    if glimpse.pictures:
        _paint_pictures(painter, left, glimpse.pictures)
    elif glimpse.points:
        _paint_points(painter, left, theme, glimpse.points)
    else:
        left = QRectF(box.left(), box.top(), 0, 0)
    _paint_bars(painter, QRectF(left.right() + 20, box.top(), box.right() - left.right() - 20, box.height()), theme,
                glimpse.bars)  # fmt: skip


def _paint_points(painter: QPainter, box: QRectF, theme: Theme, points: Sequence[tuple[float, float, float]]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.window))
    painter.drawRoundedRect(box, 4, 4)
    inner = box.adjusted(8, 8, -8, -8)
    hues = (theme.hues[1], theme.hues[2], theme.hues[4], theme.hues[5])
    groups: dict[str, list[QPointF]] = {}
    for x, y, hue in points:
        colour = hues[min(len(hues) - 1, round(hue * 2))]
        place = QPointF(inner.left() + x * inner.width(), inner.bottom() - y * inner.height())
        groups.setdefault(colour, []).append(place)
    for name, places in groups.items():
        colour = QColor(name)
        colour.setAlphaF(0.8)
        painter.setPen(QPen(colour, 3.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(places)


def _paint_pictures(painter: QPainter, box: QRectF, pictures: Sequence[QImage]) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    side = (box.width() - 4) / 3
    for place, picture in enumerate(pictures):
        at = QPointF(box.left() + place % 3 * (side + 2), box.top() + place // 3 * (side + 2))
        painter.drawImage(QRectF(at.x(), at.y(), side, side), picture)


def _paint_bars(painter: QPainter, box: QRectF, theme: Theme, bars: Sequence[Bar]) -> None:
    if not bars:
        return
    pitch = min(22.0, box.width() / len(bars))
    width = min(10.0, pitch * 0.6)
    start = box.center().x() - pitch * len(bars) / 2
    middle = box.center().y()
    painter.setPen(QPen(QColor(theme.link), 1.5))
    painter.drawLine(QPointF(start + pitch / 2, middle), QPointF(start + pitch * (len(bars) - 0.5), middle))
    painter.setPen(Qt.PenStyle.NoPen)
    for place, bar in enumerate(bars):
        height = bar.size * box.height() * 0.86
        painter.setBrush(QColor(category_colour(theme, bar.category)))
        left = start + pitch * (place + 0.5) - width / 2
        painter.drawRoundedRect(QRectF(left, middle - height / 2, width, height), 3, 3)
