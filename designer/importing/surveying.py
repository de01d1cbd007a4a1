"""Reads a text table once from end to end to find out what its columns hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from designer.importing.columns import ColumnReader
from designer.importing.numbers import doubtful_points, find_number_format, is_code
from designer.importing.sniff import Cancelled, Sniffed, first_rows, head_text, name_notes
from designer.importing.structure import Structure, find_structure
from designer.importing.survey import ColumnSurvey, Surveyed, places_of_codes
from designer.project.model import TableFormat
from designer.runtime.errors import DataError
from designer.runtime.gathering import EXPECTED, joined_lines, open_rows, parse_cells, parsed_rows
from designer.runtime.pieces import text_pieces
from designer.runtime.room import free_memory
from designer.runtime.rows import Coded, Rows
from designer.runtime.tables import MISSING, MISSING_NUMBER
from designer.training.wanted import unpack_wanted

LEAST_ROOM = 64 << 20
FEW_PIECES = 2


@dataclass
class TextTable:
    """How the bytes of a text table become rows."""

    path: Path
    encoding: str
    structure: Structure

    def open(self) -> tuple[list[str], Iterator[Rows]]:
        """The names of the columns, and the rows from the top."""
        found = self.structure
        pieces = text_pieces(self.path, self.encoding, found.skip_rows, unpack_wanted)
        return open_rows(self.path.name, pieces, found.delimiter, found.header, found.skip_rows + 1)


def survey_text(
    path: Path,
    head: bytes,
    encoding: str,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
    form: TableFormat | None = None,
) -> Sniffed:
    """What a text table holds, of which ``head`` are the first bytes; its format is ``form`` where that is given."""
    text = head_text(head, encoding)
    given = None if form is None else Structure(form.delimiter, form.skip_rows, form.header)
    structure = given or find_structure(path.name, text)
    table = TextTable(path, encoding, structure)
    shown = first_rows(text, structure)
    names, rows = table.open()
    sample = list(islice(rows, FEW_PIECES))
    if not sample:
        raise DataError(f"{path.name} has a header but no rows: {', '.join(names[:20])}")
    preview = shown[1:] if structure.header else shown[: len(shown) - (len(shown) > 100)]
    notes = [] if encoding.startswith("utf-8") else [f"the text is read as {encoding}"]
    notes += structure.notes + (name_notes(names, shown[0]) if structure.header and shown else [])
    codes = {
        name for place, name in enumerate(names) if any(is_code(row[place]) for row in preview if place < len(row))
    }
    cells = _sample_cells(sample, names, codes, structure.delimiter)
    known = None if form is None else (form.decimal, form.thousands, list[str]())
    decimal, thousands, said = known or find_number_format(cells, structure.delimiter)
    survey = Survey(table, names, progress, cancelled)
    surveyed = survey.run(codes, decimal, thousands)
    late = {one.name: list(one.strays) for one in surveyed if one.strays}
    found = find_number_format(cells, structure.delimiter, late) if late and not known else (decimal, thousands, said)
    if found[:2] != (decimal, thousands):
        decimal, thousands, said = found
        surveyed = survey.run(codes, decimal, thousands)
    if decimal == "." and structure.delimiter != "," and not known:
        said += doubtful_points(names, preview)
    reader = ColumnReader(survey.index, preview, decimal, thousands)
    columns = reader.read(surveyed)
    whole = pd.DataFrame({one.name: one.cells(survey.index) for one in surveyed}, index=survey.index, copy=False)
    told = TableFormat(structure.delimiter, encoding, decimal, thousands, structure.skip_rows, structure.header)
    return Sniffed(form or told, columns, len(whole), preview, [*notes, *said, *reader.notes], whole)


def _sample_cells(sample: Sequence[Rows], names: list[str], codes: set[str], delimiter: str) -> pd.DataFrame:
    rows = Rows(b"".join(some.text for some in sample), range(0), 0)
    cells = parse_cells(rows, names, names, set(), {}, delimiter, ".", MISSING)
    return cells.astype(dict.fromkeys(codes, "str")) if codes else cells


class Survey:
    """Goes through a text table from end to end, and again only for columns that turned out to hold words late."""

    def __init__(
        self, table: TextTable, names: list[str], progress: Callable[[float], None], cancelled: Callable[[], bool]
    ) -> None:
        self.table = table
        self.names = names
        self.progress = progress
        self.cancelled = cancelled
        self.index = pd.Index([])

    def run(self, codes: set[str], decimal: str, thousands: str) -> list[Surveyed]:
        """All columns, read with these numbers; those in ``codes`` as words."""
        surveys, lines, needless = self._go_through(self.names, codes, decimal, thousands)
        self.index = joined_lines(lines)
        plain = {self.names[place] for place in needless} - codes
        again = {
            name
            for name, survey in surveys.items()
            if survey.lost or (not survey.as_words and (name in plain or survey.is_rather_words()))
        }
        if again:
            wanted = [name for name in self.names if name in again]
            surveys.update(self._go_through(wanted, again, decimal, thousands)[0])
        return [surveys[name].found() for name in self.names]

    def _go_through(
        self, wanted: list[str], codes: set[str], decimal: str, thousands: str
    ) -> tuple[dict[str, ColumnSurvey], list[range | np.ndarray], set[int]]:
        table, words = self.table, set(codes)
        names, rows = table.open()
        delimiter = table.structure.delimiter
        surveys = {name: ColumnSurvey(name, name in codes, decimal, thousands) for name in wanted}
        parsed = parsed_rows(table.path.name, rows, names, wanted, words, delimiter, decimal, MISSING_NUMBER)
        lines: list[range | np.ndarray] = []
        needless: set[int] = set()
        read, size = 0, table.path.stat().st_size
        room = max(LEAST_ROOM, size)
        free = free_memory()
        for some, cells in parsed:
            if self.cancelled():
                raise Cancelled
            held = sum(survey.size for survey in surveys.values())
            expected = int(EXPECTED * len(some.lines) * max(1.0, size / len(some.text)))
            for name, column in cells.items():
                surveys[name].add(column, some.lines, held < room, expected)
            needless |= places_of_codes(some, len(names), delimiter)
            if not lines:
                words |= {name for name, column in cells.items() if isinstance(column, Coded)}
            lines.append(some.lines)
            read += len(some.text)
            if held > 0.5 * free:
                raise DataError(
                    f"{table.path.name} is too large for this machine's memory: {read / 1e6:,.0f} MB of it take "
                    f"{held / 1e9:.1f} GB, and {free / 1e9:.1f} GB were free; read fewer columns or rows"
                )
            self.progress(min(1.0, read / size))
        self.progress(1.0)
        return surveys, lines, needless
