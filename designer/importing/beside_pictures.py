"""Which columns of a table that names pictures a network takes beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from designer.importing.from_text import find_text
from designer.importing.sniff import Sniffed
from designer.project.model import Column

# what columns with the box of something in a picture, or a point in it, are called
BOX = re.compile(
    r"(b?box[ _.-]?)?([xy][ _.-]?(\d|min|max|cent(er|re))?|[xy]?(min|max)[ _.-]?[xy]|c[ _.-]?[xy]|w|h|width|height"
    r"|left|top|right|bottom)"
)
ACROSS = re.compile(r"(b?box[ _.-]?)?(x[ _.-]?(\d|min|max|cent(er|re))?|(min|max)[ _.-]?x|c[ _.-]?x|left)")
MOST_NAMED = 8


def box_columns(columns: Iterable[Column]) -> list[Column]:
    """The columns of numbers that say where something is in a picture; none unless one says how far across it is."""
    named = [each for each in columns if each.kind == "number" and BOX.fullmatch(each.name.strip().lower())]
    return named if any(ACROSS.fullmatch(each.name.strip().lower()) for each in named) else []


def columns_beside(
    data: Path, sniffed: Sniffed, paths: str, targets: Sequence[Column]
) -> tuple[dict[str, Column], Column | None, list[str]]:
    """The features beside the pictures that the column ``paths`` names, a column of text among them, and notes.

    Where something is in a picture is an answer rather than a feature, unless numbers of another kind are predicted.
    """
    known = {paths, *(column.name for column in targets)}
    rest = [column for column in sniffed.columns if column.name not in known]
    boxes = box_columns(sniffed.columns)
    answers = boxes if targets[0].kind != "number" or targets[0].name in {each.name for each in boxes} else []
    kept = {
        column.name: column
        for column in rest
        if column.role == "feature" and column.kind not in ("text", "image") and column not in answers
    }
    said = [column.name for column in rest if column in answers]
    notes = [f"{listed(said)} say where something is in the pictures: ignored"] if said else []
    text = find_text(data, replace(sniffed, columns=tuple(rest)), targets[0])
    return kept, text[0] if text else None, [*notes, *([text[1]] if text else [])]


def listed(names: Sequence[str]) -> str:
    """Names of columns, the first of many."""
    return ", ".join(f"“{name}”" for name in names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
