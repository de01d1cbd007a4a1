"""A new project from a table that names pictures, or that holds their pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from designer.importing.beside_pictures import box_columns, columns_beside, listed
from designer.importing.brief import Brief
from designer.importing.from_images import (
    faint_notes,
    for_faint,
    kind_of,
    left_out,
    picture_brief,
    size_note,
    split_for,
)
from designer.importing.from_table import categories_of, gap_notes, width_of
from designer.importing.guess import named_target
from designer.importing.image_layouts import path_column, pixel_columns, table_head
from designer.importing.images import fitting_size, look_through
from designer.importing.sniff import Sniffed, sniff_table
from designer.importing.targets import Target, describe_target, find_column, without_repeats
from designer.layers.places import placed_columns
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
    targets, notes = _targets(data, sniffed, name, wanted)
    chosen = [target.column for target in targets]
    features, text, beside = columns_beside(data, sniffed, name, chosen)
    frame = _rows(data, sniffed, name, chosen, features)
    repeated: list[str] = []
    if len(targets) == 1:
        features, repeated = without_repeats(features, frame, targets[0])
    paths = picture_paths(frame[name], data)
    look = look_through(paths, data.name)
    height, width = fitting_size(look.sizes)
    kind, count, said = _kind(chosen, frame)
    split = _split(sniffed, len(frame))
    validated = split.by == "column" or split.validation > 0
    brief = picture_brief((height, width), look.colour, kind, count, len(frame), validated)
    roles = {column.name: column for column in (*chosen, *features.values(), *([text] if text else []))}
    columns = tuple(_column(column, name, roles) for column in sniffed.columns)
    label, numbers = labels_of(columns)
    wide = width_of(features, categories_of(features, frame))
    brief = replace(brief, label=label, numbers=numbers, features=wide, text=text is not None)
    brief = for_faint(brief, look.faint)
    notes = [f"“{name}” names {len(frame)} pictures, {'in colour' if look.colour else 'grey'}", *notes, *said]
    notes += faint_notes(look.faint)
    notes += [f"the network takes {listed(list(features))} beside the pictures"] if features else []
    notes += [*beside, *repeated, *gap_notes(frame, features)]
    if set(look.sizes) != {(width, height)}:
        notes.append(size_note(height, width))
    notes += left_out(look.unreadable, data.parent)
    return ImageData(where, split, "table", sniffed.format, columns), brief, tuple(notes)


def _rows(
    data: Path, sniffed: Sniffed, paths: str, targets: Sequence[Column], features: Mapping[str, Column]
) -> pd.DataFrame:
    """The rows with a picture and all targets."""
    kinds = {name: column.kind for name, column in features.items()}
    kinds |= {column.name: column.kind for column in targets}
    frame = read_columns(data, {paths: "text", **kinds}, sniffed.format)
    frame = frame.dropna(subset=[paths, *(column.name for column in targets)])
    if frame.empty:
        raise DataError(f"{data.name}: no row of it has both a picture and a target")
    return frame


def labels_of(columns: Sequence[Column]) -> tuple[str, tuple[str, ...]]:
    """The column of a class in a table of pictures, empty where there is none, and those of numbers beside it."""
    classes = [each.name for each in columns if each.role == "target" and each.kind != "number"]
    numbers = tuple(each.name for each in columns if each.kind == "number" and each.role in ("target", "ignored"))
    return (classes[0], numbers) if classes else ("", ())


def _targets(data: Path, sniffed: Sniffed, paths: str, wanted: str | None) -> tuple[list[Target], list[str]]:
    """What to predict: the column that is wanted, else what is called so, else labels, else all numbers; and why."""
    rest = [column for column in sniffed.columns if column.name != paths and column.role in ("feature", "target")]
    if wanted:
        column, notes = find_column(sniffed, data.name, wanted)
        if column.name == paths:
            raise DataError(f"{data.name}: “{column.name}” names the pictures, so it cannot be what is predicted")
        together = placed_columns([each for each in rest if each.kind == "number"]).names
        if column.name in together:
            # a side of a box or of a point alone says nothing that can be drawn or moved
            said = f"{listed(together)} say together where something is: all are taken as the targets"
            placed = [replace(each, role="target") for each in rest if each.name in together]
            return [Target(each, "number") for each in placed], [*notes, said]
        target = _described(data, sniffed, column)
        return [target], [*notes, *target.notes]
    written = [column for column in rest if column.kind in ("category", "boolean", "text")]
    words = [column for column in written if _repeats(data, sniffed, column)]
    numbers = [column for column in rest if column.kind == "number"]
    one = _likeliest(words, numbers, data.name)
    if one is not None:
        target = _described(data, sniffed, one)
        return [target], [f"“{one.name}” is taken as the target", *target.notes]
    numbers = box_columns(numbers) or numbers
    if not numbers:
        raise DataError(f"{data.name}: beside the paths, no column holds labels or numbers to predict")
    chosen = [Target(replace(column, role="target"), "number") for column in numbers]
    return chosen, [f"{listed([column.name for column in numbers])} are taken as the targets"]


def _likeliest(words: Sequence[Column], numbers: Sequence[Column], file: str) -> Column | None:
    """The one column to predict: by its name, else the first of labels, else the only number; None of many numbers."""
    labels = [column for column in (*words, *numbers) if column.name.strip().lower() in LABEL_WORDS]
    boxes = box_columns(numbers)
    named = named_target([*words, *(column for column in numbers if column not in boxes)], file)
    found = [*labels, *([named.column] if named else []), *words, *(numbers if len(numbers) == 1 else [])]
    return next(iter(found), None)


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


def _column(column: Column, paths: str, used: Mapping[str, Column]) -> Column:
    if column.name == paths:
        return Column(column.name, "image", missing="drop", scale="none")
    if column.name in used:
        return used[column.name]
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
