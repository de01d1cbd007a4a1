"""A new project from a table that names pictures, or that holds their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from designer.importing.brief import Brief
from designer.importing.from_images import kind_of, left_out, picture_brief, size_note, split_for
from designer.importing.image_layouts import path_column, pixel_columns, table_head
from designer.importing.images import fitting_size, look_through
from designer.importing.sniff import Sniffed, sniff_table
from designer.importing.targets import Target, describe_target, find_column
from designer.project.facts import TargetKind
from designer.project.model import Column, ImageData, Split
from designer.runtime.errors import DataError
from designer.training.columns import read_columns

LABEL_WORDS = ("label", "labels", "class", "target", "category", "digit", "kind", "species", "breed")
MOST_SHARE_OF_CLASSES = 0.5


def table_of_paths(data: Path, where: str, wanted: str | None) -> tuple[ImageData, Brief, tuple[str, ...]]:
    """The settings for the table ``data`` with a column of paths, what a network is to do, and notes."""
    from designer.runtime.picture_tables import picture_paths

    head = table_head(data)
    name = path_column(head) if head else ""
    if not name:
        raise DataError(f"{data.name}: no column of it names pictures")
    sniffed = sniff_table(data)
    chosen, notes = _targets(data, sniffed, name, wanted)
    kinds = {name: "text", **{column.name: column.kind for column in chosen}}
    frame = read_columns(data, kinds, sniffed.format).dropna()
    if frame.empty:
        raise DataError(f"{data.name}: no row of it has both a picture and a target")
    paths = picture_paths(frame[name], data)
    look = look_through(paths, data.name)
    height, width = fitting_size(look.sizes)
    kind, count, said = _kind(chosen, frame)
    split = _split(sniffed, len(frame))
    validated = split.by == "column" or split.validation > 0
    brief = picture_brief((height, width), look.colour, kind, count, len(frame), validated)
    roles = {column.name: column for column in chosen}
    columns = tuple(_column(column, name, roles) for column in sniffed.columns)
    label, numbers = labels_of(columns)
    brief = replace(brief, label=label, numbers=numbers)
    notes = [f"“{name}” names {len(frame)} pictures, {'in colour' if look.colour else 'grey'}", *notes, *said]
    if set(look.sizes) != {(width, height)}:
        notes.append(size_note(height, width))
    notes += left_out(look.unreadable, data.parent)
    return ImageData(where, split, "table", sniffed.format, columns), brief, tuple(notes)


def labels_of(columns: Sequence[Column]) -> tuple[str, tuple[str, ...]]:
    """The column of a class in a table of pictures, empty where there is none, and those of numbers beside it."""
    classes = [each.name for each in columns if each.role == "target" and each.kind != "number"]
    numbers = tuple(each.name for each in columns if each.kind == "number" and each.role in ("target", "ignored"))
    return (classes[0], numbers) if classes else ("", ())


def _targets(data: Path, sniffed: Sniffed, paths: str, wanted: str | None) -> tuple[list[Column], list[str]]:
    """The columns to predict: the one that is wanted, else labels, else all numbers; and how they were chosen."""
    rest = [column for column in sniffed.columns if column.name != paths and column.role in ("feature", "target")]
    if wanted:
        column, notes = find_column(sniffed, data.name, wanted)
        if column.name == paths:
            raise DataError(f"{data.name}: “{column.name}” names the pictures, so it cannot be what is predicted")
        target = _described(data, sniffed, column)
        return [target.column], [*notes, *target.notes]
    written = [column for column in rest if column.kind in ("category", "boolean", "text")]
    words = [column for column in written if _repeats(data, sniffed, column)]
    numbers = [column for column in rest if column.kind == "number"]
    named = [column for column in (*words, *numbers) if column.name.strip().lower() in LABEL_WORDS]
    one = next(iter([*named, *words, *(numbers if len(numbers) == 1 else [])]), None)
    if one is not None:
        target = _described(data, sniffed, one)
        return [target.column], [f"“{one.name}” is taken as the target", *target.notes]
    if not numbers:
        raise DataError(f"{data.name}: beside the paths, no column holds labels or numbers to predict")
    listed = ", ".join(f"“{column.name}”" for column in numbers)
    return [replace(column, role="target") for column in numbers], [f"{listed} are taken as the targets"]


def _described(data: Path, sniffed: Sniffed, column: Column) -> Target:
    words = read_columns(data, {column.name: "category"}, sniffed.format)[column.name]
    numbers = None
    if column.kind == "number":
        numbers = read_columns(data, {column.name: "number"}, sniffed.format)[column.name]
    return describe_target(column, words, numbers, data.name)


def _repeats(data: Path, sniffed: Sniffed, column: Column) -> bool:
    words = read_columns(data, {column.name: "category"}, sniffed.format)[column.name]
    return 2 <= words.nunique() <= MOST_SHARE_OF_CLASSES * len(words)


def _kind(chosen: Sequence[Column], frame: pd.DataFrame) -> tuple[TargetKind, int, list[str]]:
    """What kind of target it is, and the number of its classes or numbers."""
    if chosen[0].kind == "number":
        return "number", len(chosen), []
    classes = int(frame[chosen[0].name].nunique())
    return kind_of(classes), classes, [f"{classes} classes"]


def _split(sniffed: Sniffed, rows: int) -> Split:
    by = next((column.name for column in sniffed.columns if column.role == "split"), "")
    return Split(by="column", column=by) if by else split_for(rows, by_folders=False)


def _column(column: Column, paths: str, targets: dict[str, Column]) -> Column:
    if column.name == paths:
        return Column(column.name, "image", missing="drop", scale="none")
    if column.name in targets:
        return targets[column.name]
    return column if column.role == "split" else replace(column, role="ignored")


def table_of_pixels(data: Path, where: str, wanted: str | None) -> tuple[ImageData, Brief, tuple[str, ...]]:
    """The settings for the table ``data`` with a column for each pixel, what a network is to do, and notes."""
    from designer.runtime.pixels import pixel_shape

    head = table_head(data)
    names = pixel_columns(head) if head else []
    if head is None or not names:
        raise DataError(f"{data.name}: its columns are no pixels of square pictures")
    others = [name for name in head.names if name not in names]
    if wanted and wanted not in others:
        raise DataError(f"{data.name} has no column “{wanted}” beside the pixels; there are {', '.join(others)}")
    label = wanted or next((name for name in others if name.strip().lower() in LABEL_WORDS), next(iter(others), ""))
    if not label:
        raise DataError(f"{data.name}: beside the pixels, no column holds labels")
    words = read_columns(data, {label: "category"}, head.format)[label]
    target = describe_target(Column(label, "category"), words, None, data.name)
    channels, height, width = pixel_shape(len(names))
    colour = channels == 3
    rows = int(words.notna().sum())
    split = split_for(rows, by_folders=False)
    size = fitting_size({(width, height): 1})
    classes = len(target.classes)
    brief = picture_brief(size, colour, kind_of(classes), classes, rows, split.validation > 0)
    columns = tuple(target.column if name == label else Column(name, "text", "ignored") for name in others)
    notes = [
        f"{rows} pictures of {width}×{height} pixels in columns, {'in colour' if colour else 'grey'}",
        f"“{label}” is taken as the target: {len(target.classes)} classes",
        *target.notes,
    ]
    return ImageData(where, split, "pixels", head.format, columns), brief, tuple(notes)
