"""Reads the tables of SQLite databases, without ever writing to one or locking it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.typed import converted, no_numbers, refuse_unknown, typed_table

SQLITE_SIGNATURE = b"SQLite format 3\x00"


def read_sqlite_table(
    path: str | Path,
    columns: Mapping[str, str],
    convert: Mapping[str, Callable[..., pd.Series]],
    *,
    sheet: str = "",
) -> pd.DataFrame:
    """Read the wanted ``columns`` of the table or view ``sheet`` (the only one where none is named).

    Each column is a name and a kind; ``convert`` says for each kind what becomes of its cells. The index counts the
    rows from 1. A DataError where the file is no database, or has no such table or column.
    """
    file = Path(path)
    with open_database(file) as database:
        table = chosen_table(file.name, database, sheet)
        refuse_unknown(file.name, columns, database_columns(database, table))
        rows = enumerate(database_rows(database, table, list(columns)), start=1)
        try:
            cells = typed_table(file.name, rows, list(columns), no_numbers(columns))
        except sqlite3.Error as error:
            raise DataError(f"{file.name}, table “{table}” cannot be read: {error}") from error
    return converted(cells, file.name, columns, convert)


@contextmanager
def open_database(file: Path) -> Iterator[sqlite3.Connection]:
    """A database to read from, which nothing of it can change."""
    try:
        with file.open("rb") as stream:
            if stream.read(len(SQLITE_SIGNATURE)) != SQLITE_SIGNATURE:
                raise DataError(f"{file.name} is no SQLite database")
    except FileNotFoundError as error:
        raise DataError(f"there is no file {file}") from error
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}") from error
    for ending in ("-wal", "-journal"):
        beside = file.with_name(file.name + ending)
        if beside.exists() and beside.stat().st_size:
            raise DataError(f"{file.name} has changes in {beside.name} that are not in it yet: close the program first")
    try:
        database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        with closing(database):
            database.execute("PRAGMA trusted_schema = OFF")
            yield database
    except sqlite3.Error as error:
        raise DataError(f"{file.name} is no SQLite database that can be read: {error}") from error


def database_tables(database: sqlite3.Connection) -> list[str]:
    """The names of tables and views, those of SQLite itself left out."""
    found = database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid")
    return [str(name) for (name,) in found if not str(name).startswith("sqlite_")]


def database_columns(database: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns."""
    return [str(row[0]) for row in database.execute(f"SELECT * FROM {quoted_name(table)} LIMIT 0").description]


def database_rows(database: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[object, ...]]:
    """The rows of a table in its own order."""
    wanted = ", ".join(quoted_name(name) for name in columns)
    return iter(database.execute(f"SELECT {wanted} FROM {quoted_name(table)}"))


def chosen_table(file: str, database: sqlite3.Connection, table: str) -> str:
    """The table of that name, or the first."""
    tables = database_tables(database)
    if not tables:
        raise DataError(f"{file} has no table")
    if table and table not in tables and len(tables) > 1:
        raise DataError(f"{file} has no table “{table}”; its tables are {', '.join(tables)}")
    return table if table in tables else tables[0]


def quoted_name(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
