"""Finds out what the columns of Excel workbooks, SQLite databases and Parquet files hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from designer.importing.columns import ColumnReader
from designer.importing.sniff import PREVIEWED, Cancelled, Sniffed
from designer.importing.structure import count_titles, has_header
from designer.importing.survey import ColumnSurvey
from designer.project.model import TableFormat
from designer.runtime import databases, parquet, workbooks
from designer.runtime.errors import DataError
from designer.runtime.gathering import cells_of_frame
from designer.runtime.typed import in_words, typed_table
from designer.training.formulas import formula_notes

Row = TypeVar("Row")
Progress = Callable[[float], None]
Wish = Callable[[], bool]


def sniff_excel(path: Path, progress: Progress, cancelled: Wish, sheet: str) -> Sniffed:
    """What a sheet of a workbook holds: the one called ``sheet``, else the one with most cells."""
    with workbooks.open_workbook(path) as book:
        titles = [each.title for each in book.worksheets]
        sizes = dict.fromkeys(titles, 0)
        if not sheet and len(titles) > 1:
            for each in book.worksheets:
                rows = watched(workbooks.filled_rows(each, 0), cancelled)
                sizes[each.title] = sum(len(row) for _, row in rows)
        chosen = workbooks.chosen_sheet(
            path.name, book, sheet or max(titles, key=lambda title: sizes[title], default="")
        )
        first = list(islice(workbooks.filled_rows(chosen, 0), PREVIEWED + 30))
        if not first:
            raise DataError(f"{path.name}, sheet “{chosen.title}” holds no rows")
        shown = workbooks.rows_in_words(first)
        above = count_titles(shown)
        notes = _several(path.name, "sheet", chosen.title, titles)
        if above:
            said = " ".join(cell for _, row in shown[:above] for cell in row if cell)
            notes.append(f"rows above the header are passed over: “{said[:80]}”")
        skip, header = shown[above][0], has_header(shown[above:])
        names, rows = workbooks.sheet_rows(path.name, chosen, skip, header)
        if not header:
            notes.append(f"no header is seen: the columns are called column_1 to column_{len(names)}")
        total = chosen.max_row or 1
        cells = typed_table(path.name, watched(rows, cancelled, progress, total), names)
    notes += formula_notes(path, chosen.title, skip, lambda rows: watched(rows, cancelled))
    preview = [row for _, row in shown[above + header :]]
    return _sniffed(cells, preview, TableFormat(skip_rows=skip, header=header), notes, chosen.title)


def sniff_sqlite(path: Path, progress: Progress, cancelled: Wish, sheet: str) -> Sniffed:
    """What a table of a database holds: the one called ``sheet``, else the one with most cells."""
    with databases.open_database(path) as database:
        tables = databases.database_tables(database)
        database.set_progress_handler(lambda: cancelled(), 100_000)
        try:
            sizes = {name: _cells_of(database, name) for name in tables} if len(tables) > 1 or not sheet else {}
            largest = max(tables, key=lambda name: sizes.get(name, 0), default="")
            table = databases.chosen_table(path.name, database, sheet or largest)
            names = databases.database_columns(database, table)
            rows = enumerate(databases.database_rows(database, table, names), start=1)
            first = list(islice(rows, PREVIEWED))
            if not first:
                raise DataError(f"{path.name}, table “{table}” holds no rows")
            total = max(1, sizes.get(table, 1) // max(1, len(names)))
            cells = typed_table(path.name, watched(chain(first, rows), cancelled, progress, total), names)
        except sqlite3.Error as error:
            if cancelled():
                raise Cancelled from error
            raise DataError(f"{path.name} cannot be read: {error}") from error
    preview = [[in_words(value) for value in row] for _, row in first]
    return _sniffed(cells, preview, TableFormat(), _several(path.name, "table", table, tables), table)


def _cells_of(database: sqlite3.Connection, table: str) -> int:
    """How many cells a table has; views count least, since to count theirs may take for ever."""
    kind = database.execute("SELECT type FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    if kind == "view":
        return 0
    count = database.execute(f"SELECT count(*) FROM {databases.quoted_name(table)}").fetchone()[0]
    return int(count) * len(databases.database_columns(database, table))


def sniff_parquet(path: Path, progress: Progress, cancelled: Wish, sheet: str) -> Sniffed:
    """What the columns of a Parquet file hold; columns that cannot be read are left out, with a note."""
    data = parquet.open_parquet(path)
    names, notes = data.schema_arrow.names, []
    cells: dict[str, pd.Series] = {}
    for place, name in enumerate(names):
        if cancelled():
            raise Cancelled
        try:
            cells[name] = parquet.parquet_column(path.name, data, name, as_words=False)
        except DataError as error:
            notes.append(str(error).removeprefix(f"{path.name}, "))
        progress((place + 1) / len(names))
    if not cells or not data.metadata.num_rows:
        raise DataError(f"{path.name} holds no rows that can be read" + (f": {notes[0]}" if notes else ""))
    whole = pd.DataFrame(cells, copy=False)
    preview = [[in_words(value) for value in row] for row in whole.head(PREVIEWED).itertuples(index=False)]
    return _sniffed(whole, preview, TableFormat(), notes, "")


def watched(
    rows: Iterable[Row], cancelled: Wish, progress: Progress = lambda share: None, total: int = 1
) -> Iterator[Row]:
    """The rows, until somebody wishes no more of them."""
    for place, row in enumerate(rows):
        if place % 1000 == 0:
            if cancelled():
                raise Cancelled
            progress(min(1.0, place / total))
        yield row


def _several(file: str, what: str, chosen: str, all_of_them: Sequence[str]) -> list[str]:
    others = [f"“{name}”" for name in all_of_them if name != chosen]
    if not others:
        return []
    more = " …" if len(others) > 8 else ""
    return [f"the {what} “{chosen}” is read; {file} also holds {', '.join(others[:8])}{more}"]


def _sniffed(cells: pd.DataFrame, preview: list[list[str]], form: TableFormat, notes: list[str], sheet: str) -> Sniffed:
    width = cells.shape[1]
    preview = [[cell[:200] for cell in [*row, *[""] * (width - len(row))]] for row in preview[:PREVIEWED]]
    surveyed = []
    for name, column in cells_of_frame(cells).items():
        survey = ColumnSurvey(name, False, ".", "")
        survey.add(column, cells.index.to_numpy())
        surveyed.append(survey.found())
    reader = ColumnReader(cells.index, preview, ".", "")
    columns = reader.read(surveyed)
    whole = pd.DataFrame({one.name: one.cells(cells.index) for one in surveyed}, index=cells.index, copy=False)
    return Sniffed(form, columns, len(whole), preview, [*notes, *reader.notes], whole, sheet)


def sheets_of(path: Path) -> tuple[str, ...]:
    """The names of the sheets of a workbook or the tables of a database; none for any other file."""
    sniff = sniffer_of(path)
    if sniff is sniff_excel:
        with workbooks.open_workbook(path) as book:
            return tuple(each.title for each in book.worksheets)
    if sniff is sniff_sqlite:
        with databases.open_database(path) as database:
            return tuple(databases.database_tables(database))
    return ()


def sniffer_of(path: Path) -> Any:
    """What sniffs a file of this name, if it is no text table."""
    from designer.training.columns import reader_of

    return {
        "read_excel_table": sniff_excel,
        "read_sqlite_table": sniff_sqlite,
        "read_parquet_table": sniff_parquet,
    }.get(reader_of(path))
