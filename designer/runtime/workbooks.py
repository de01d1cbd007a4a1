"""Reads the sheets of Excel workbooks: values as they were last computed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.gathering import column_names
from designer.runtime.typed import converted, in_words, no_numbers, refuse_unknown, typed_table

CELL_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!")
# what openpyxl raises for a file that is no workbook, or one with parts missing or cut off; ParseError is a SyntaxError
SPOILED_BOOK = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,
)


def read_excel_table(
    path: str | Path,
    columns: Mapping[str, str],
    convert: Mapping[str, Callable[..., pd.Series]],
    *,
    sheet: str = "",
    skip_rows: int = 0,
    header: bool = True,
) -> pd.DataFrame:
    """Read the wanted ``columns`` of a ``sheet`` (the first where none is named), each a name and a kind.

    ``convert`` says for each kind what becomes of its cells. The index holds the number of each row in the sheet.
    Cells with an error, such as #DIV/0!, are missing. The first ``skip_rows`` rows are passed over. A DataError where
    a row has cells beyond the last column, or the file is no workbook.
    """
    file = Path(path)
    with open_workbook(file) as book:
        names, rows = sheet_rows(file.name, chosen_sheet(file.name, book, sheet), skip_rows, header)
        refuse_unknown(file.name, columns, names)
        places = [names.index(name) for name in columns]
        wanted = ((number, [row[place] for place in places]) for number, row in rows)
        cells = typed_table(file.name, wanted, list(columns), no_numbers(columns))
    return converted(cells, file.name, columns, convert)


@contextmanager
def open_workbook(file: Path, computed: bool = True) -> Iterator[Any]:
    """An Excel workbook to read from: its values as they were last ``computed``, or its formulas.

    One that unpacks to a hundred times its size is refused.
    """
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise DataError(f"{file.name}: to read Excel workbooks, install openpyxl: pip install openpyxl") from error
    try:
        refuse_zip_bomb(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=computed, keep_links=False)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {file}") from error
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}") from error
    except (*SPOILED_BOOK, InvalidFileException) as error:
        raise DataError(f"{file.name} is no Excel workbook that can be read: {error}") from error
    try:
        yield book
    except (*SPOILED_BOOK, InvalidFileException) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{file.name} is spoiled: {error}") from error
    finally:
        book.close()


def refuse_zip_bomb(file: Path) -> None:
    """Raise a DataError for a zip file that unpacks to a hundred times its size, or that defines entities."""
    with zipfile.ZipFile(file) as packed:
        parts = packed.infolist()
        if sum(part.file_size for part in parts) > max(32 << 20, 100 * file.stat().st_size):
            raise DataError(f"{file.name} is refused: it unpacks to more than a hundred times its size")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with packed.open(part) as stream:
                    if b"<!DOCTYPE" in stream.read(1 << 12):
                        raise DataError(f"{file.name} is refused: {part.filename} defines words of its own")


def chosen_sheet(file: str, book: Any, sheet: str) -> Any:
    """The sheet of that name, or the first."""
    if not book.worksheets:
        raise DataError(f"{file} has no sheet with cells")
    if not sheet or len(book.worksheets) == 1:
        return book.worksheets[0]
    for found in book.worksheets:
        if found.title == sheet:
            return found
    raise DataError(
        f"{file} has no sheet “{sheet}”; its sheets are {', '.join(each.title for each in book.worksheets)}"
    )


def sheet_rows(
    file: str, sheet: Any, skip_rows: int, header: bool
) -> tuple[list[str], Iterator[tuple[int, list[object]]]]:
    """The names of the columns, and the rows below that hold something, each with its number in the sheet."""
    rows = filled_rows(sheet, skip_rows)
    first = next(rows, None)
    if first is None:
        raise DataError(f"{file}, sheet “{sheet.title}” holds no rows")
    names = column_names([in_words(value) for value in first[1]], header)

    def below() -> Iterator[tuple[int, list[object]]]:
        if not header:
            yield first
        for number, row in rows:
            if len(row) > len(names):
                raise DataError(
                    f"{file}: row {number} of “{sheet.title}” has {len(row)} cells, but the first {len(names)}"
                )
            yield number, [*row, *[None] * (len(names) - len(row))]

    return names, below()


def filled_rows(sheet: Any, skip_rows: int) -> Iterator[tuple[int, list[object]]]:
    """Rows with a value in them, each its number and its values down to the last one."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > skip_rows:
            values = [None if value in CELL_ERRORS or value == "" else value for value in row]
            while values and values[-1] is None:
                values.pop()
            if values:
                yield number, values


def rows_in_words(rows: Sequence[tuple[int, Sequence[object]]]) -> list[tuple[int, list[str]]]:
    """Rows in words, counted from 0."""
    return [(number - 1, [in_words(value) for value in row]) for number, row in rows]
