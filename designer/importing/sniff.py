"""Finds out how a table is written and what its columns hold."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.model import Column, TableFormat
from designer.training.wanted import is_unwanted

if TYPE_CHECKING:
    import pandas as pd

    from designer.importing.structure import Structure

PREVIEWED = 100


class Cancelled(Exception):
    """Reading was given up because somebody wished so."""


@dataclass(frozen=True)
class Sniffed:
    """What was found: the format, the columns with no target chosen yet, and how many rows there are.

    ``preview`` holds the first rows as they are written; ``notes`` says what is out of the ordinary, a sentence each.
    ``cells`` are all cells: float64, or pandas' category dtype of words as written, the index being the line of the
    file. Where so many words differ that they would not fit, those that came late are “…”. ``sheet`` is the sheet or
    table of a file that holds several.
    """

    format: TableFormat
    columns: tuple[Column, ...]
    rows: int
    preview: list[list[str]]
    notes: list[str]
    cells: pd.DataFrame = field(repr=False)
    sheet: str = ""


def sniff_table(
    path: Path,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = is_unwanted,
    sheet: str = "",
    form: TableFormat | None = None,
) -> Sniffed:
    """Find out format and columns of the table at ``path``; a DataError where it is none or its rows are unequal.

    ``progress`` is told the share that is done, from 0 to 1; once ``cancelled`` says so, ``Cancelled`` is raised.
    ``sheet`` chooses among the sheets or tables of a file that holds several. A text table is read in the format
    ``form``; without it, that is found out too.
    """
    from designer.importing.encodings import encoding_of_all, find_encoding, read_head
    from designer.importing.surveying import survey_text
    from designer.importing.typed_tables import sniffer_of
    from designer.runtime.errors import DataError
    from designer.runtime.room import no_room

    if sniff := sniffer_of(path):
        found: Sniffed = sniff(path, progress, cancelled, sheet)
        return found
    head, whole = read_head(path)
    encoding = find_encoding(path, head, whole) if form is None else form.encoding
    try:
        return survey_text(path, head, encoding, progress, cancelled, form)
    except DataError as error:
        if not isinstance(error.__cause__, UnicodeError) or encoding != "utf-8" or form is not None:
            raise
    except MemoryError as error:
        raise no_room(path) from error
    return survey_text(path, head, encoding_of_all(path), progress, cancelled)


def head_text(head: bytes, encoding: str) -> str:
    """The text of the first bytes with plain line ends; a letter that is cut off at their end is left out."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def first_rows(text: str, structure: Structure) -> list[list[str]]:
    """The first filled rows as they are written, the header among them."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="\n")
    for _ in range(structure.skip_rows):
        lines.readline()
    shown: list[list[str]] = []
    for row in csv.reader(lines, delimiter=structure.delimiter, skipinitialspace=True):
        if len(row) > 1 or (row and row[0].strip()):
            shown.append([cell.strip()[:200] for cell in row])
        if len(shown) > PREVIEWED:
            break
    return shown


def name_notes(names: list[str], written: list[str]) -> list[str]:
    """A note on columns whose names were made up."""
    given = [name for name, cell in zip(names, written, strict=False) if name != cell.strip()[:200]]
    if not given:
        return []
    return [f"columns without a name of their own are called {', '.join(given[:8])}{' …' if len(given) > 8 else ''}"]
