"""Settings of the data typed as text: ``data.split.test=0.2``, ``data.columns.age.scale=robust``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.fields import Bool, Choice, ColumnNames, Field, Int, Text
from designer.layers.places import PLACES
from designer.layers.preparations import DAY_ORDERS, summaries
from designer.layers.settings import SPLIT
from designer.project.edits import set_data
from designer.project.errors import EditError
from designer.project.model import (
    Augmentation,
    Column,
    ColumnKind,
    ColumnRole,
    ImageData,
    Project,
    Samples,
    SplitBy,
    TableData,
)
from designer.workspace.typed import meant, parsed

_FORMAT: Mapping[str, Field] = {
    "delimiter": Text(",", longest=1, help="The character between two cells."),
    "encoding": Text("utf-8", longest=40, help="How the bytes of the file are letters."),
    "decimal": Text(".", longest=1, help="The decimal sign."),
    "thousands": Text("", longest=1, help="The sign between thousands."),
    "skip_rows": Int(0, minimum=0, maximum=1_000_000, help="Lines above the header."),
    "header": Bool(True, help="Whether the first line names the columns."),
}
_COLUMN: Mapping[str, Field] = {
    "kind": Choice("number", dict.fromkeys(get_args(ColumnKind), ""), help="What it holds."),
    "role": Choice("feature", dict.fromkeys(get_args(ColumnRole), ""), help="What it is for."),
    "clip": Choice("none", summaries("clip"), help="Outliers."),
    "missing": Choice("mean", summaries("missing"), help="Empty cells."),
    "fill": Text("", help="What empty cells get that are filled with a constant."),
    "indicator": Bool(False, help="Whether empty cells are noted in a column of their own."),
    "encode": Choice("onehot", summaries("encode"), help="How words become numbers."),
    "order": ColumnNames(help="The words in their order, with commas between them."),
    "parts": ColumnNames(help="What is taken of a date, with commas in between: " + ", ".join(summaries("part")) + "."),
    "day_first": Choice("auto", DAY_ORDERS, help="Whether the day comes first in dates written in numbers."),
    "place": Choice(
        "auto",
        {word: said for word, (_, said) in PLACES.items()},
        help="What a target says of where something is in a picture.",
    ),
    "scale": Choice("standard", summaries("scale"), help="How numbers are scaled."),
    "off": ColumnNames(help="The steps that are switched off, with commas between them."),
}
_SPLIT: Mapping[str, Field] = {
    **SPLIT,
    "by": Choice("share", dict.fromkeys(get_args(SplitBy), ""), help="How rows are divided."),
    "column": Text("", help="The column that says which row belongs to which part."),
    "file": Text("", help="The file that the test part comes from."),
    "folds": Int(0, minimum=0, maximum=1_000, help="As many trainings, each tested with another fold; 0: one."),
    "fold": Int(0, minimum=0, maximum=1_000, help="The one fold to test with; 0: each in turn."),
}
_WINDOWS: Mapping[str, Field] = {
    "length": Int(12, maximum=1_000_000, help="How many steps the network sees."),
    "horizon": Int(1, maximum=1_000_000, help="How many steps it predicts."),
    "stride": Int(1, maximum=1_000_000, help="How many steps later the next window begins."),
}
_TABLE: Mapping[str, Field] = {
    "sheet": Text("", help="The sheet of a workbook, or the table of a database."),
    "samples": Choice("rows", dict.fromkeys(get_args(Samples), ""), help="What a sample is."),
    "drop_duplicates": Bool(False, help="Whether rows that repeat another are left out."),
}
_PICTURES: Mapping[str, Field] = {
    "drop_duplicates": Bool(False, help="Whether pictures that repeat an earlier one, byte for byte, are left out."),
}


def set_data_setting(project: Project, path: str, name: str, text: str) -> Project:
    """The project with the setting ``data.NAME`` changed to what was typed; ``path`` is how messages call it."""
    data = project.data
    if data is None:
        raise EditError(f"{path}: the project has no data yet")
    part, _, rest = name.partition(".")
    if name == "path":
        return set_data(project, replace(data, path=text))
    if part == "split" and rest:
        value = parsed(path, _SPLIT, rest, text)
        return set_data(project, replace(data, split=replace(data.split, **{rest: value})))  # type: ignore[arg-type]
    if isinstance(data, TableData) and part == "format" and rest:
        value = parsed(path, _FORMAT, rest, text.replace("\\t", "\t"))
        return set_data(project, replace(data, format=replace(data.format, **{rest: value})))  # type: ignore[arg-type]
    if isinstance(data, TableData) and part == "windows" and rest:
        value = parsed(path, _WINDOWS, rest, text)
        return set_data(project, replace(data, windows=replace(data.windows, **{rest: value})))  # type: ignore[arg-type]
    if data.columns and name == "targets":
        return set_data(project, replace(data, columns=_targets(data.columns, path, text)))
    if isinstance(data, TableData) and name in _TABLE:
        return set_data(project, replace(data, **{name: parsed(path, _TABLE, name, text)}))  # type: ignore[arg-type]
    if isinstance(data, ImageData) and name in _PICTURES:
        return set_data(project, replace(data, **{name: parsed(path, _PICTURES, name, text)}))  # type: ignore[arg-type]
    if isinstance(data, ImageData) and part == "augment" and rest:
        return set_data(project, replace(data, augment=_augment(data.augment, path, rest, text)))
    if part == "columns" and rest and data.columns:
        return set_data(project, replace(data, columns=_columns(data.columns, path, rest, text)))
    table = ["path", "split", "format", "columns", "targets", "windows", *_TABLE]
    pictures = ["path", "split", "augment", *(["columns", "targets"] if data.columns else []), *_PICTURES]
    known = table if isinstance(data, TableData) else pictures
    raise EditError(f"“{path}”: there is no such setting{meant(part, known)}; there are data.{', data.'.join(known)}")


def _augment(chosen: tuple[Augmentation, ...], path: str, rest: str, text: str) -> tuple[Augmentation, ...]:
    """The augmentations with one switched on or off, or with a field of one set, which switches it on."""
    key, _, name = rest.partition(".")
    kind = AUGMENTATIONS.get(key)
    if kind is None:
        raise EditError(f"“{path}”: there is no augmentation “{key}”{meant(key, AUGMENTATIONS)}")
    old = next((each for each in chosen if each.key == key), Augmentation(key, kind.defaults))
    if name:
        new = replace(old, fields={**old.fields, name: parsed(path, kind.fields, name, text)}, off=False)
    else:
        new = replace(old, off=not parsed(path, {key: Bool(True, help="")}, key, text))
    return tuple(new if each.key == key else each for each in chosen) if old in chosen else (*chosen, new)


def _columns(columns: tuple[Column, ...], path: str, rest: str, text: str) -> tuple[Column, ...]:
    column, _, name = rest.rpartition(".")
    if column not in [each.name for each in columns]:
        raise EditError(f"{path}: the data has no column “{column}”{meant(column, [each.name for each in columns])}")
    value = parsed(path, _COLUMN, name, text)
    changed = {name: value}
    result = []
    for each in columns:
        if each.name == column:
            each = replace(each, **changed)  # type: ignore[arg-type]
        elif name == "role" and value in ("target", "split") and each.role == value:
            # there is one target and one split column at most
            each = replace(each, role="feature" if value == "target" else "ignored")
        result.append(each)
    return tuple(result)


def _targets(columns: tuple[Column, ...], path: str, text: str) -> tuple[Column, ...]:
    """The columns with those named as targets, one or several of numbers, and no others."""
    names, known = [name.strip() for name in text.split(",")], [each.name for each in columns]
    for name in names:
        if name not in known:
            raise EditError(f"{path}: the data has no column “{name}”{meant(name, known)}")
    return tuple(
        replace(each, role="target" if each.name in names else "feature" if each.role == "target" else each.role)
        for each in columns
    )
