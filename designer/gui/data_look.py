"""A look at data: what a panel shows of a table or a folder of pictures. Runs off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from designer.project.model import Column, TableFormat

if TYPE_CHECKING:
    from designer.importing.images import ImageSummary

MOST_WORDS = 40
THUMBNAIL = 56
MOST_PICTURES = 48

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class TableLook:
    """A table: its columns, its first rows as written, and how often words and gaps occur in each column."""

    path: Path
    format: TableFormat
    columns: tuple[Column, ...]
    rows: int
    preview: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    missing: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, Counts] = field(default_factory=dict)
    different: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    target: str = ""


@dataclass(frozen=True)
class ImageLook:
    """A folder of pictures: what was found and some pictures of each class."""

    path: Path
    classes: Counts
    summary: ImageSummary
    pictures: tuple[tuple[str, QImage], ...] = ()


def look_at(path: Path) -> TableLook | ImageLook:
    """Look at a table, or at a folder of pictures; a DataError says why it cannot be read."""
    return look_at_images(path) if path.is_dir() else look_at_table(path)


def look_at_table(path: Path) -> TableLook:
    """Read the table and keep what is shown of it."""
    from designer.importing.sniff import sniff_table
    from designer.importing.targets import find_column

    sniffed = sniff_table(path)
    cells = sniffed.cells
    missing = {str(name): int(count) for name, count in cells.isna().sum().items() if count}
    words: dict[str, Counts] = {}
    different: dict[str, int] = {}
    for name in cells.columns:
        found = cells[name].dropna()
        different[name] = int(found.nunique())
        if 0 < different[name] <= MOST_WORDS:
            counts = found.value_counts(sort=True)
            words[name] = tuple((str(word), int(count)) for word, count in counts.items())
    return TableLook(
        path=path,
        format=sniffed.format,
        columns=sniffed.columns,
        rows=sniffed.rows,
        preview=tuple(tuple(row) for row in sniffed.preview),
        notes=tuple(sniffed.notes),
        missing=missing,
        words=words,
        different=different,
        size=path.stat().st_size,
        target=find_column(sniffed, path.name, None)[0].name,
    )


def look_at_images(path: Path) -> ImageLook:
    """Look through the folder and read a few pictures of each class."""
    from designer.importing.images import inspect_images

    summary = inspect_images(path)
    totals = dict.fromkeys(summary.classes, 0)
    for counts in summary.counts.values():
        for name, count in counts.items():
            totals[name] = totals.get(name, 0) + count
    return ImageLook(path, tuple(totals.items()), summary, tuple(_pictures(path, summary)))


def _pictures(folder: Path, summary: ImageSummary) -> list[tuple[str, QImage]]:
    from designer.runtime.errors import DataError
    from designer.runtime.images import list_images, part_folders

    paths, labels, classes = list_images(part_folders(folder).get("train", folder))
    each = max(2, MOST_PICTURES // max(1, len(classes)))
    taken: dict[int, int] = {}
    pictures = []
    for path, label in zip(paths, labels.tolist(), strict=True):
        if taken.get(label, 0) >= each or len(pictures) >= 2 * MOST_PICTURES:
            continue
        try:
            pictures.append((classes[label], thumbnail(path, summary.colour)))
        except DataError:
            # what cannot be read is named in the summary
            continue
        taken[label] = taken.get(label, 0) + 1
    return pictures


def thumbnail(path: Path, colour: bool) -> QImage:
    """A small picture, read as training reads it; a DataError where it is spoiled."""
    from designer.runtime.images import read_image

    pixels = read_image(path, THUMBNAIL, THUMBNAIL, colour)
    channels = pixels.shape[0]
    form = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    packed = pixels.transpose(1, 2, 0).tobytes()
    return QImage(packed, THUMBNAIL, THUMBNAIL, THUMBNAIL * channels, form).copy()


def format_words(form: TableFormat) -> str:
    """How a table is written, in words: ``semicolons, decimal comma, cp1252``."""
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
    words = [f"separated by {names.get(form.delimiter, repr(form.delimiter))}"]
    if form.decimal == ",":
        words.append("decimal comma")
    if form.thousands:
        words.append(f"thousands set apart by “{form.thousands}”")
    if not form.header:
        words.append("no header")
    words.append("UTF-8" if form.encoding.startswith("utf-8") else form.encoding)
    return ", ".join(words)
