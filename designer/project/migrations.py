"""Migrations: pure steps that bring the document of an older project file to the present version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from designer.project.errors import ProjectError

VERSION = 2

Document: TypeAlias = dict[str, object]
Migration: TypeAlias = Callable[[Document], Document]


def _to_version_2(document: Document) -> Document:
    """Version 2 gave a meaning to keys that version 1 did not know; what stood there is kept under another key."""
    moved = _set_aside(document, ("frames", "notes", "blocks"))
    for key, names in (("nodes", ("bypassed",)), ("links", ("bends",))):
        entries = moved.get(key)
        if isinstance(entries, list):
            moved[key] = [_set_aside(entry, names) if isinstance(entry, dict) else entry for entry in entries]
    return moved


def _set_aside(values: Document, names: Collection[str]) -> Document:
    return {f"version 1 {key}" if key in names else key: value for key, value in values.items()}


MIGRATIONS: Mapping[int, Migration] = {1: _to_version_2}
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
