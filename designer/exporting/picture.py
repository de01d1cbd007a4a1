"""Pictures of a graph: SVG as text and PNG through Pillow, both from one drawing."""

from __future__ import annotations

import io
from functools import cache
from html import escape
from math import sqrt
from typing import TYPE_CHECKING

from designer.compiler.report import Analysis
from designer.exporting.cards import BACKGROUND
from designer.exporting.drawing import Drawing, draw
from designer.exporting.shapes import Box, Curve, Dot, Shape, Words
from designer.layers.catalog import BUILT_IN, Catalog
from designer.project.model import Graph

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

FONTS = "Inter, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
SCALE = 2.0
FINER = 2
DASH = 5.0
MOST_PIXELS = 40_000_000
PLAIN_FONTS = ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc", "LiberationSans-Regular.ttf")
BOLD_FONTS = ("DejaVuSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf", "LiberationSans-Bold.ttf")


def svg_text(graph: Graph, analysis: Analysis, catalog: Catalog = BUILT_IN) -> str:
    """The graph, whose types are those of ``catalog``, as an SVG document."""
    drawing = draw(graph, analysis, catalog)
    size = f"{_n(drawing.width)} {_n(drawing.height)}"
    width, height = size.split()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {size}" '
        f'font-family="{FONTS}">'
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *map(_element, drawing.shapes), "</svg>"]) + "\n"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _element(shape: Shape) -> str:
    if isinstance(shape, Box):
        line = f' stroke="{shape.line}"' if shape.line else ""
        line += f' stroke-dasharray="{DASH:g} {DASH:g}"' if shape.dashed else ""
        place = f'x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
        return f'<rect {place} rx="{_n(shape.radius)}" fill="{shape.fill}"{line}/>'
    if isinstance(shape, Curve):
        start, *rest = (f"{_n(x)},{_n(y)}" for x, y in shape.points)
        return f'<path d="M{start} C{" ".join(rest)}" fill="none" stroke="{shape.colour}" stroke-width="1.6"/>'
    if isinstance(shape, Dot):
        place = f'cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}"'
        return f'<circle {place} fill="{shape.fill}" stroke="{shape.line}" stroke-width="1.4"/>'
    looks = f'font-size="{_n(shape.size)}" fill="{shape.colour}"'
    looks += ' font-weight="600"' if shape.bold else ""
    looks += ' text-anchor="end"' if shape.align == "right" else ""
    return f'<text x="{_n(shape.x)}" y="{_n(shape.y)}" {looks}>{escape(shape.text)}</text>'


def png_bytes(graph: Graph, analysis: Analysis, catalog: Catalog = BUILT_IN) -> bytes:
    """The graph as a PNG file, two pixels to a unit; a graph too large for that is drawn smaller."""
    from PIL import Image, ImageDraw

    drawing = draw(graph, analysis, catalog)
    scale = min(SCALE, sqrt(MOST_PIXELS / (drawing.width * drawing.height)) / FINER)
    longest = 30_000 / (max(drawing.width, drawing.height) * FINER)
    scale = min(scale, longest)
    sheet = Image.new("RGB", _pixels(drawing, scale * FINER), BACKGROUND)
    brush = ImageDraw.Draw(sheet)
    for shape in drawing.shapes:
        if not isinstance(shape, Words):
            _paint(brush, shape, scale * FINER)
    picture = sheet.resize(_pixels(drawing, scale), Image.Resampling.LANCZOS)
    brush = ImageDraw.Draw(picture)
    for shape in drawing.shapes:
        if isinstance(shape, Words):
            anchor = "rs" if shape.align == "right" else "ls"
            place = (shape.x * scale, shape.y * scale)
            brush.text(place, shape.text, fill=shape.colour, font=_font(shape.size * scale, shape.bold), anchor=anchor)
    return _encoded(picture)


def _pixels(drawing: Drawing, scale: float) -> tuple[int, int]:
    return max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _paint(brush: ImageDraw.ImageDraw, shape: Box | Curve | Dot, scale: float) -> None:
    if isinstance(shape, Box):
        box = (shape.x * scale, shape.y * scale, (shape.x + shape.width) * scale, (shape.y + shape.height) * scale)
        outline = shape.line if shape.line and not shape.dashed else None
        brush.rounded_rectangle(box, shape.radius * scale, shape.fill, outline, max(1, round(scale)) if outline else 0)
        if shape.dashed:
            _paint_dashes(brush, box, shape.line, shape.radius * scale, DASH * scale)
    elif isinstance(shape, Dot):
        radius = (shape.radius + 0.7) * scale
        x, y = shape.x * scale, shape.y * scale
        box = (x - radius, y - radius, x + radius, y + radius)
        brush.ellipse(box, shape.fill, shape.line, max(1, round(1.4 * scale)))
    else:
        steps = [number / 48 for number in range(49)]
        points = [_along(shape.points, step, scale) for step in steps]
        brush.line(points, shape.colour, max(1, round(1.6 * scale)), joint="curve")


def _paint_dashes(
    brush: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: str, corner: float, dash: float
) -> None:
    """The straight edges of a box in dashes."""
    left, top, right, bottom = box
    width = max(1, round(dash / DASH))
    for start in range(round(left + corner), round(right - corner), max(1, round(2 * dash))):
        end = min(start + dash, right - corner)
        brush.line([(start, top), (end, top)], colour, width)
        brush.line([(start, bottom), (end, bottom)], colour, width)
    for start in range(round(top + corner), round(bottom - corner), max(1, round(2 * dash))):
        end = min(start + dash, bottom - corner)
        brush.line([(left, start), (left, end)], colour, width)
        brush.line([(right, start), (right, end)], colour, width)


def _along(points: tuple[tuple[float, float], ...], t: float, scale: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, points, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, points, strict=True))
    return x * scale, y * scale


@cache
def _font(size: float, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    for name in BOLD_FONTS if bold else PLAIN_FONTS:
        try:
            return ImageFont.truetype(name, max(1.0, size))
        except OSError:
            continue
    return ImageFont.load_default(max(1.0, size))
