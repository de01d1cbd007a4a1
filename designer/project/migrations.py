"""Migrations: pure steps that bring the document of an older project file to the present version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from designer.project.errors import ProjectError

VERSION = 5

Document: TypeAlias = dict[str, object]
Migration: TypeAlias = Callable[[Document], Document]


NEW_DATA_KEYS = ("sheet", "samples", "windows", "drop_duplicates", "layout", "augment")
NEW_TRAINING_KEYS = (
    "schedules", "clip_norm", "clip_value", "accumulate", "average", "average_fields", "monitor", "sampling",
    "precision", "memory_format", "deterministic",
)  # fmt: skip
NEW_COLUMN_KEYS = ("fill", "indicator", "clip", "encode", "order", "parts", "off")


def _to_version_2(document: Document) -> Document:
    """Version 2 gave a meaning to keys that version 1 did not know; what stood there is kept under another key."""
    moved = _set_aside(document, ("frames", "notes", "blocks"))
    for key, names in (("nodes", ("bypassed",)), ("links", ("bends",))):
        entries = moved.get(key)
        if isinstance(entries, list):
            moved[key] = [_set_aside(entry, names) if isinstance(entry, dict) else entry for entry in entries]
    return moved


def _to_version_3(document: Document) -> Document:
    """Version 3 says more of data: sheets, windows, layouts of pictures and how columns are prepared."""
    data = document.get("data")
    if not isinstance(data, dict):
        return document
    moved = _set_aside(data, NEW_DATA_KEYS, 2)
    columns, split = moved.get("columns"), moved.get("split")
    if isinstance(columns, list):
        moved["columns"] = [_column_of_version_3(each) if isinstance(each, dict) else each for each in columns]
    if isinstance(split, dict):
        moved["split"] = _set_aside(split, ("file", "folds", "fold"), 2)
    return {**document, "data": moved}


def _to_version_4(document: Document) -> Document:
    """Version 4 adds ways of training, weights of classes, layers of the project's own, and how dates are read."""
    moved = _set_aside(document, ("layers",), 3)
    training, data = moved.get("training"), moved.get("data")
    if isinstance(data, dict) and isinstance(columns := data.get("columns"), list):
        kept = [_set_aside(each, ("day_first",), 3) if isinstance(each, dict) else each for each in columns]
        moved["data"] = {**data, "columns": kept}
    if isinstance(training, dict):
        moved["training"] = _set_aside(training, ("mode", "mode_fields", "class_weights"), 3)
    return moved


def _to_version_5(document: Document) -> Document:
    """Version 5 says more of training: courses of the learning rate, clipped gradients, averaged weights and others.

    And what a column says of where something is in a picture.
    """
    training, data = document.get("training"), document.get("data")
    if isinstance(data, dict) and isinstance(columns := data.get("columns"), list):
        kept = [_set_aside(each, ("place",), 4) if isinstance(each, dict) else each for each in columns]
        document = {**document, "data": {**data, "columns": kept}}
    if not isinstance(training, dict):
        return document
    # one thread was what a project without the setting had
    return {**document, "training": {"threads": 1, **_set_aside(training, NEW_TRAINING_KEYS, 4)}}


def _column_of_version_3(column: Document) -> Document:
    """Texts that were fed as categories are so called; a feature that is a text goes to a text input from now on."""
    moved = _set_aside(column, NEW_COLUMN_KEYS, 2)
    if moved.get("kind") == "text" and moved.get("role", "feature") == "feature":
        moved["kind"] = "category"
    return moved


def _set_aside(values: Document, names: Collection[str], version: int = 1) -> Document:
    return {f"version {version} {key}" if key in names else key: value for key, value in values.items()}


MIGRATIONS: Mapping[int, Migration] = {1: _to_version_2, 2: _to_version_3, 3: _to_version_4, 4: _to_version_5}
"""From a version to the step that leads to the next: a function that leaves its argument as it was."""


def migrate(document: Document, migrations: Mapping[int, Migration] = MIGRATIONS, version: int = VERSION) -> Document:
    """``document`` at ``version``; one that is there already comes back as it is.

    A ProjectError where the document's version is newer, unknown or no whole number.
    """
    found = document.get("version")
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise ProjectError("“version” should be a whole number from 1 on: this is no Layerloom project.")
    if found > version:
        raise ProjectError(
            f"this project was saved by a newer Layerloom (file version {str(found)[:20]}; this one reads "
            f"up to {version}). Open it with a newer Layerloom; the file was left as it is."
        )
    for step in range(found, version):
        if step not in migrations:
            raise ProjectError(f"there is no way from file version {step} to {step + 1}.")
        document = {**migrations[step](document), "version": step + 1}
    return document
