"""Tells in which way pictures lie in a folder or a table, by names and first rows alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from designer.project.model import ImageLayout, TableFormat
from designer.runtime.errors import DataError

PICTURE_ENDINGS = (
    ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm",
)  # fmt: skip
PIXEL_PREFIXES = ("", "p", "px", "pix", "pixel", "pixels", "x", "v")
PIXEL_NAME = re.compile(r"(.*?)[ _.-]?\d+([_x.-]\d+)*")
FEWEST_PIXELS = 49
FEWEST_WITHOUT_NAMES = 196
MOST_OTHERS = 8
LARGEST_VALUE = 65535


@dataclass(frozen=True)
class TableHead:
    """The first rows of a text table: how it is written, the names of its columns and the cells below them."""

    format: TableFormat
    names: Sequence[str]
    rows: Sequence[Sequence[str]]


def image_layout(data: Path) -> ImageLayout | None:
    """How pictures lie in ``data``; None for a folder of folders, whatever they hold, and for other tables."""
    from designer.runtime.idx import idx_pairs
    from designer.runtime.images import part_folders
    from designer.runtime.masks import mask_folders

    if not data.is_dir():
        if "idx3" in data.name.lower() or "idx1" in data.name.lower():
            return "idx"
        head = table_head(data)
        if head is None:
            return None
        return "table" if path_column(head) else "pixels" if pixel_columns(head) else None
    if idx_pairs(data):
        return "idx"
    return "masks" if mask_folders(part_folders(data).get("train", data)) else None


def table_head(path: Path) -> TableHead | None:
    """The first rows of a text table; None where it is no table."""
    from designer.importing.encodings import find_encoding, read_head
    from designer.importing.structure import find_structure, sample_rows

    try:
        raw, whole = read_head(path)
        encoding = find_encoding(path, raw, whole)
        raw = raw if whole else raw[: raw.rfind(b"\n") + 1] or raw
        text = raw.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
        structure = find_structure(path.name, text)
    except (DataError, OSError, LookupError):
        return None
    rows = [row for _, row in sample_rows(text, structure.delimiter, structure.skip_rows)]
    if not rows:
        return None
    names = rows[0] if structure.header else [f"column_{place + 1}" for place in range(len(rows[0]))]
    table = TableFormat(structure.delimiter, encoding, skip_rows=structure.skip_rows, header=structure.header)
    return TableHead(table, names, [row for row in rows[structure.header :] if len(row) == len(names)])


def path_column(head: TableHead) -> str:
    """The column whose cells name files of pictures; empty where there is none."""
    for place, name in enumerate(head.names):
        cells = [row[place].lower() for row in head.rows if row[place]]
        if cells and sum(cell.endswith(PICTURE_ENDINGS) for cell in cells) >= 0.9 * len(cells):
            return name
    return ""


def pixel_columns(head: TableHead) -> list[str]:
    """The columns that hold the pixels of square pictures, in order; none where there are none."""
    if head.format.header:
        stems = [match[1].strip().lower() if (match := PIXEL_NAME.fullmatch(name)) else None for name in head.names]
        known = Counter(stem for stem in stems if stem is not None)
        if not known:
            return []
        stem, count = known.most_common(1)[0]
        named = stem in PIXEL_PREFIXES or stem.startswith(("pixel", "px"))
        chosen = [place for place, each in enumerate(stems) if each == stem] if named else []
        fewest = FEWEST_PIXELS if stem.startswith("p") else FEWEST_WITHOUT_NAMES
        return _pixels(head, chosen) if count >= fewest else []
    width = len(head.names)
    sides = [list(range(1, width)), list(range(width - 1)), list(range(width))]
    return next((found for places in sides if (found := _pixels(head, places))), []) if width > FEWEST_PIXELS else []


def _pixels(head: TableHead, places: Sequence[int]) -> list[str]:
    """The names of columns at these places, if they can be the pixels of square pictures beside a few others."""
    from designer.runtime.pixels import pixel_shape

    try:
        pixel_shape(len(places))
        values = [float(row[place]) for row in head.rows for place in places]
    except (DataError, ValueError):
        return []
    if not values or len(head.names) - len(places) > MOST_OTHERS or min(values) < 0 or max(values) > LARGEST_VALUE:
        return []
    if max(values) > 1 and any(value % 1 for value in values):
        return []
    return [head.names[place] for place in places]
