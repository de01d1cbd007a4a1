"""Finds out how a text table is written and what its columns hold."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.model import Column, TableFormat

if TYPE_CHECKING:
    import pandas as pd

    from designer.importing.structure import Structure

PREVIEWED = 100


@dataclass(frozen=True)
class Sniffed:
    """What was found: the format, the columns with no target chosen yet, and how many rows there are.

    ``preview`` holds the first rows as they are written; ``notes`` says what is out of the ordinary, a sentence each.
    ``cells`` are all cells: numbers, booleans, or strings, the index being the line of the file.
    """

    format: TableFormat
    columns: tuple[Column, ...]
    rows: int
    preview: list[list[str]]
    notes: list[str]
    cells: pd.DataFrame = field(repr=False)


def sniff_table(path: Path) -> Sniffed:
    """Find out format and columns of the table at ``path``; a DataError where it is none or its rows are unequal."""
    from designer.importing.columns import ColumnReader
    from designer.importing.encodings import find_encoding, read_table_bytes
    from designer.importing.numbers import doubtful_points, find_number_format, is_code
    from designer.importing.structure import find_structure
    from designer.runtime.errors import DataError
    from designer.runtime.gzipped import unpack
    from designer.runtime.tables import check_rows, read_text

    data = read_table_bytes(path)
    encoding = find_encoding(path.name, data)
    del data
    structure = find_structure(path.name, read_text(path, encoding, read=unpack))
    text = read_text(path, encoding, structure.skip_rows, unpack)
    names, lines = check_rows(path.name, text, structure.delimiter, structure.skip_rows + 1, structure.header)
    if not lines:
        raise DataError(f"{path.name} has a header but no rows: {', '.join(names[:20])}")
    notes = [] if encoding.startswith("utf-8") else [f"the text is read as {encoding}"]
    notes += structure.notes + _name_notes(text, names, structure)
    preview = _preview(text, structure)
    codes = {name: str for place, name in enumerate(names) if any(is_code(row[place]) for row in preview)}
    cells = _read_cells(path.name, text, names, lines, structure, ".", codes)
    decimal, thousands, said = find_number_format(cells, structure.delimiter)
    if decimal != ".":
        cells = _read_cells(path.name, text, names, lines, structure, decimal, codes)
    elif structure.delimiter != ",":
        said += doubtful_points(names, preview)
    reader = ColumnReader(cells, decimal, thousands)
    columns = reader.read()
    table_format = TableFormat(structure.delimiter, encoding, decimal, thousands, structure.skip_rows, structure.header)
    return Sniffed(table_format, columns, len(lines), preview, [*notes, *said, *reader.notes], cells)


def _read_cells(
    file: str,
    text: str,
    names: list[str],
    lines: list[int],
    structure: Structure,
    decimal: str,
    codes: dict[str, type[str]],
) -> pd.DataFrame:
    import pandas as pd

    from designer.runtime.errors import DataError
    from designer.runtime.tables import MISSING

    try:
        cells = pd.read_csv(
            io.StringIO(text),
            sep=structure.delimiter,
            header=0 if structure.header else None,
            names=names,
            dtype=codes,
            na_values=list(MISSING),
            keep_default_na=False,
            decimal=decimal,
            skipinitialspace=True,
            low_memory=False,
        )
    except pd.errors.ParserError as error:
        raise DataError(f"{file}, line {lines[-1]}: a quotation mark is opened here and never closed") from error
    if len(cells) != len(lines):
        raise DataError(f"{file}: {len(lines)} rows were counted, but {len(cells)} were read; is a line of it blank?")
    cells.index = pd.Index(lines, name="line")
    return cells


def _name_notes(text: str, names: list[str], structure: Structure) -> list[str]:
    if not structure.header:
        return []
    rows = csv.reader(io.StringIO(text), delimiter=structure.delimiter, skipinitialspace=True)
    written = next((row for row in rows if len(row) > 1 or (row and row[0].strip())), [])
    given = [name for name, cell in zip(names, written, strict=True) if name != cell.strip()]
    if not given:
        return []
    return [f"columns without a name of their own are called {', '.join(given[:8])}{' …' if len(given) > 8 else ''}"]


def _preview(text: str, structure: Structure) -> list[list[str]]:
    rows = csv.reader(io.StringIO(text), delimiter=structure.delimiter, skipinitialspace=True)
    shown: list[list[str]] = []
    for row in rows:
        if len(row) > 1 or (row and row[0].strip()):
            shown.append([cell.strip()[:200] for cell in row])
        if len(shown) > PREVIEWED:
            break
    return shown[1:] if structure.header else shown[:PREVIEWED]
