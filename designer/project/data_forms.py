"""Forms of the data settings: which JSON values may say where data lies, what is in it and how it is prepared."""

from __future__ import annotations

from dataclasses import fields as members_of
from typing import Annotated, Any, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from designer.project.errors import ProjectError
from designer.project.form_words import described
from designer.project.forms import (
    Count,
    Json,
    Key,
    Line,
    Path,
    Seed,
    Share,
    Word,
    as_list,
    as_object,
    extra_of,
    fields_from,
    fields_to,
    form_values,
    more_of,
)
from designer.project.model import (
    Augmentation,
    Clip,
    Column,
    ColumnKind,
    ColumnRole,
    Data,
    DatePart,
    DayFirst,
    Encode,
    ImageData,
    ImageLayout,
    Missing,
    PlaceWord,
    Samples,
    Scale,
    Split,
    SplitBy,
    StepKey,
    TableData,
    TableFormat,
    Windows,
)

MOST_COLUMNS = 100_000
MOST_WORDS = 100_000
MOST_AUGMENTATIONS = 100

Steps: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]


class TableFormatForm(Struct):
    """How a text table is written."""

    delimiter: Annotated[str, Meta(min_length=1, max_length=10)] | UnsetType = UNSET
    encoding: Word | UnsetType = UNSET
    decimal: Annotated[str, Meta(min_length=1, max_length=1)] | UnsetType = UNSET
    thousands: Annotated[str, Meta(max_length=1)] | UnsetType = UNSET
    skip_rows: Count | UnsetType = UNSET
    header: bool | UnsetType = UNSET


class ColumnForm(Struct):
    """A column."""

    name: Line
    kind: ColumnKind | UnsetType = UNSET
    role: ColumnRole | UnsetType = UNSET
    missing: Missing | UnsetType = UNSET
    scale: Scale | UnsetType = UNSET
    fill: Line | UnsetType = UNSET
    indicator: bool | UnsetType = UNSET
    clip: Clip | UnsetType = UNSET
    encode: Encode | UnsetType = UNSET
    order: Annotated[tuple[Line, ...], Meta(max_length=MOST_WORDS)] | UnsetType = UNSET
    parts: Annotated[tuple[DatePart, ...], Meta(max_length=20)] | UnsetType = UNSET
    day_first: DayFirst | UnsetType = UNSET
    place: PlaceWord | UnsetType = UNSET
    off: Annotated[tuple[StepKey, ...], Meta(max_length=20)] | UnsetType = UNSET


class SplitForm(Struct):
    """A split."""

    by: SplitBy | UnsetType = UNSET
    validation: Share | UnsetType = UNSET
    test: Share | UnsetType = UNSET
    seed: Seed | UnsetType = UNSET
    stratify: bool | UnsetType = UNSET
    column: Line | UnsetType = UNSET
    file: Annotated[str, Meta(max_length=4_096, pattern=r"\A[^\x00]*\Z")] | UnsetType = UNSET
    folds: Annotated[int, Meta(ge=0, le=1_000)] | UnsetType = UNSET
    fold: Annotated[int, Meta(ge=0, le=1_000)] | UnsetType = UNSET


class WindowsForm(Struct):
    """Windows over a series."""

    length: Steps | UnsetType = UNSET
    horizon: Steps | UnsetType = UNSET
    stride: Steps | UnsetType = UNSET


class AugmentationForm(Struct):
    """An augmentation but for its fields."""

    key: Key
    off: bool | UnsetType = UNSET


class TableForm(Struct):
    """A table but for its format, columns, split and windows."""

    path: Path
    sheet: Line | UnsetType = UNSET
    samples: Samples | UnsetType = UNSET
    drop_duplicates: bool | UnsetType = UNSET


class ImagesForm(Struct):
    """Pictures but for format, columns, split and augmentation."""

    path: Path
    layout: ImageLayout | UnsetType = UNSET
    drop_duplicates: bool | UnsetType = UNSET


# what every version wrote is always written; what came later only where it says something
ALWAYS = frozenset(
    {
        *TableFormatForm.__struct_fields__,
        *WindowsForm.__struct_fields__,
        *("name", "kind", "role", "missing", "scale"),
        *("by", "validation", "test", "seed", "stratify", "column"),
        *("key", "path"),
    }
)
TABLE_PARTS = ("kind", "format", "columns", "split", "windows", *TableForm.__struct_fields__)
IMAGE_PARTS = ("kind", "format", "columns", "split", "augment", *ImagesForm.__struct_fields__)
AUGMENTATION_PARTS = ("fields", *AugmentationForm.__struct_fields__)


def data_from(raw: Json, place: str = "data") -> Data:
    """The data settings that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    kind = values.get("kind")
    if kind not in ("table", "images"):
        raise ProjectError(f'{place}: “kind” should be "table" or "images", but is {described(kind)}.')
    split = Split(**_members(values.get("split", {}), SplitForm, f"{place}, split"))
    if kind == "table":
        return TableData(
            **form_values(values, TableForm, place),
            format=TableFormat(**_members(values.get("format", {}), TableFormatForm, f"{place}, format")),
            columns=_columns_from(values, place),
            split=split,
            windows=Windows(**_members(values.get("windows", {}), WindowsForm, f"{place}, windows")),
            extra=extra_of(values, TABLE_PARTS, place),
        )
    augment = as_list(values.get("augment", []), f"{place}, augment", MOST_AUGMENTATIONS)
    return ImageData(
        **form_values(values, ImagesForm, place),
        split=split,
        format=TableFormat(**_members(values.get("format", {}), TableFormatForm, f"{place}, format")),
        columns=_columns_from(values, place),
        augment=tuple(_augmentation_from(each, f"{place}, augment {number}") for number, each in enumerate(augment, 1)),
        extra=extra_of(values, IMAGE_PARTS, place),
    )


def _columns_from(values: dict[str, Json], place: str) -> tuple[Column, ...]:
    columns = as_list(values.get("columns", []), f"{place}, columns", MOST_COLUMNS)
    return tuple(
        Column(**_members(column, ColumnForm, f"{place}, column {number}")) for number, column in enumerate(columns, 1)
    )


def _augmentation_from(raw: Json, place: str) -> Augmentation:
    values = as_object(raw, place)
    fields, foreign = fields_from(values.get("fields", {}), f"{place}, fields")
    extra = extra_of(values, AUGMENTATION_PARTS, place)
    known = form_values(values, AugmentationForm, place)
    return Augmentation(**known, fields=fields, extra={**extra, "fields": foreign} if foreign else extra)


def _members(raw: Json, form: type[Struct], place: str) -> dict[str, Any]:
    """The members of one of the model's values, with what this version does not know as ``extra``."""
    values = as_object(raw, place)
    return {**form_values(values, form, place), "extra": extra_of(values, form.__struct_fields__, place)}


def data_to(data: Data) -> dict[str, Json]:
    """The JSON object of data settings."""
    columns: Json = [_write(column, ColumnForm) for column in data.columns]
    table_format, split = _write(data.format, TableFormatForm), _write(data.split, SplitForm)
    raw: dict[str, Json]
    if isinstance(data, TableData):
        raw = {"kind": "table", **_written(data, TableForm), "format": table_format, "columns": columns, "split": split}
        if data.windows != Windows() or data.samples != "rows":
            raw["windows"] = _write(data.windows, WindowsForm)
    else:
        raw = {"kind": "images", **_written(data, ImagesForm)}
        if data.columns or data.format != TableFormat():
            raw |= {"format": table_format, "columns": columns}
        raw["split"] = split
        if data.augment:
            raw["augment"] = [
                {
                    **_written(each, AugmentationForm),
                    "fields": fields_to(each.fields, each.extra, "fields"),
                    **more_of(each.extra, AUGMENTATION_PARTS),
                }
                for each in data.augment
            ]
    return {**raw, **more_of(data.extra, raw)}


def _write(value: TableFormat | Column | Split | Windows, form: type[Struct]) -> dict[str, Json]:
    raw = _written(value, form)
    return {**raw, **more_of(value.extra, form.__struct_fields__)}


def _written(value: Any, form: type[Struct]) -> dict[str, Json]:
    usual = {member.name: member.default for member in members_of(value)}
    return {
        name: getattr(value, name)
        for name in form.__struct_fields__
        if name in ALWAYS or getattr(value, name) != usual[name]
    }
