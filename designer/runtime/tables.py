"""Reads text tables without ever shifting a cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "?")
MISSING_NUMBER = (*MISSING, "None", "none", "-", "--", "—", ".", "na", "Null", "missing", "#VALUE!", "#DIV/0!")
TRUE_WORDS = ("true", "t", "yes", "y", "on", "1", "1.0")
FALSE_WORDS = ("false", "f", "no", "n", "off", "0", "0.0")
LARGEST_FILE = 2 << 30
LARGEST_NUMBER = 1e30


def read_table(
    path: str | Path,
    columns: Mapping[str, str],
    convert: Mapping[str, Callable[..., pd.Series]],
    *,
    read: Callable[[Path], bytes] = Path.read_bytes,
    delimiter: str = ",",
    encoding: str = "utf-8",
    decimal: str = ".",
    thousands: str = "",
    skip_rows: int = 0,
    header: bool = True,
) -> pd.DataFrame:
    """Read the wanted ``columns``, each a name and a kind; ``convert`` says for each kind what becomes of its cells.

    The index holds the line of the file on which each row begins. A row with a cell more or less than the others,
    or a cell that does not hold its kind, is a DataError that names its line. The first ``skip_rows`` lines are
    passed over; a table without ``header`` has columns called column_1, column_2 and so on.
    """
    file = Path(path).name
    if len(delimiter) != 1 or len(decimal) != 1 or delimiter in (decimal, '"', "\n"):
        raise DataError(f"{file}: cells cannot be told apart by “{delimiter}” with “{decimal}” inside numbers")
    text = read_text(path, encoding, skip_rows, read)
    names, lines = check_rows(file, text, delimiter, skip_rows + 1, header)
    for name in columns:
        if name not in names:
            raise DataError(f"{file}: there is no column “{name}”; its columns are {listed(names)}")
    try:
        cells = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=0 if header else None,
            names=names,
            usecols=list(columns),
            dtype={name: str for name, kind in columns.items() if kind != "number"},
            na_values={name: MISSING_NUMBER if kind == "number" else MISSING for name, kind in columns.items()},
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
    return pd.DataFrame({name: convert[kind](cells[name], file, decimal, thousands) for name, kind in columns.items()})


def read_text(
    path: str | Path, encoding: str, skip_rows: int = 0, read: Callable[[Path], bytes] = Path.read_bytes
) -> str:
    """The text of a file, whose bytes ``read`` gets, after its first ``skip_rows`` lines, with plain line ends."""
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise DataError(f"{file.name} is too large: {file.stat().st_size / 1e9:.1f} GB, at most 2 GB are read")
        data = read(file)
        text = data.decode(encoding)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except LookupError as error:
        raise DataError(f"there is no text encoding called “{encoding}”") from error
    except UnicodeError as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise DataError(f"{file.name}, line {line}: this is not text in {encoding}; choose another encoding") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{file.name}, line {line}: holds a zero byte; this is no text table, or not in {encoding}")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = 1 if text.startswith("\ufeff") else 0
    for _ in range(skip_rows):
        start = text.find("\n", start) + 1
        if start == 0:
            return ""
    return text[start:]


def check_rows(file: str, text: str, delimiter: str, first_line: int, header: bool) -> tuple[list[str], list[int]]:
    """The column names, and the line on which each row begins. All rows must have the same number of cells."""
    csv.field_size_limit(LARGEST_FILE - 1)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    names: list[str] = []
    lines: list[int] = []
    ragged: list[str] = []
    line = first_line
    for row in rows:
        if len(row) > 1 or (row and row[0].strip()):
            if not names:
                names = column_names(row, header)
            if len(row) != len(names):
                ragged.append(f"line {line} has {len(row)}")
            lines.append(line)
        line = first_line + rows.line_num
    if not lines:
        raise DataError(f"{file} holds no rows")
    if ragged:
        more = f" and {len(ragged) - 5} more lines" if len(ragged) > 5 else ""
        expected = f"line {lines[0]} has {len(names)} cells"
        raise DataError(f"{file}: rows of unequal length: {expected}, but {', '.join(ragged[:5])}{more}")
    return names, lines[1:] if header else lines


def column_names(first_row: list[str], header: bool) -> list[str]:
    """A name of its own for each column: the header's, numbered where it is blank or repeated."""
    names: list[str] = []
    taken = {cell.strip() for cell in first_row} if header else set()
    for number, cell in enumerate(first_row, start=1):
        name = cell.strip() if header else ""
        if not name or name in names:
            name = base = f"{name}_{number}" if name else f"column_{number}"
            while name in taken:
                name = f"{name}_{base}"
            taken.add(name)
        names.append(name)
    return names


def to_words(cells: pd.Series, file: str = "", decimal: str = ".", thousands: str = "") -> pd.Series:
    """Stripped strings in a column of pandas' category dtype, missing where nothing is said."""
    places, written = pd.factorize(cells)
    words = pd.Series(written, dtype="str").str.strip()
    codes, categories = pd.factorize(words.mask(words.isin(MISSING)), sort=True)
    stripped = pd.Categorical.from_codes(np.append(codes, -1)[places], categories=categories)
    return pd.Series(stripped, index=cells.index, name=cells.name)


def to_booleans(cells: pd.Series, file: str, decimal: str = ".", thousands: str = "") -> pd.Series:
    """1.0 for yes, 0.0 for no, NaN where missing."""
    words = to_words(cells)
    meanings = {**dict.fromkeys(TRUE_WORDS, 1.0), **dict.fromkeys(FALSE_WORDS, 0.0)}
    values = words.map(lambda word: meanings.get(word.lower(), np.nan), na_action="ignore").astype(np.float64)
    refuse_cells(cells, values.isna() & words.notna(), file, "neither yes nor no")
    return values


def to_numbers(cells: pd.Series, file: str, decimal: str = ".", thousands: str = "") -> pd.Series:
    """Numbers as float64, NaN where missing."""
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.astype(np.float64)
    else:
        words = cells.astype("str").str.strip()
        words = words.mask(words.isin(MISSING_NUMBER))
        values = parse_numbers(words, decimal, thousands)
        refuse_cells(cells, values.isna() & words.notna(), file, "not a number")
    refuse_cells(cells, values.abs() > LARGEST_NUMBER, file, "too large a number to compute with")
    return values


def parse_numbers(words: pd.Series, decimal: str, thousands: str) -> pd.Series:
    """Numbers with thousands grouped or with a currency or percent sign, one sign for all; NaN for other words."""
    signs = "$€£¥₹%"
    spaced = words.str.replace("[\u00a0\u202f\u2009]", " ", regex=True).str.replace("−", "-")
    signed = spaced.str.replace(rf"^([-+])\s*([{signs}])", r"\2\1", regex=True)
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|" if thousands else ""
    number = rf"[-+]?(?:{grouped}\d+|(?=\D\d))(?:{re.escape(decimal)}\d*)?(?:[eE][-+]?\d+)?"
    parts = signed.str.extract(rf"^([{signs}]?)\s*({number})\s*([{signs}]?)$")
    sign = parts[0] + parts[2]
    digits = parts[1].str.replace(thousands, "", regex=False) if thousands else parts[1]
    values = pd.to_numeric(digits.str.replace(decimal, ".", regex=False), errors="coerce").astype(np.float64)
    return values.where(sign == sign.dropna().iloc[0]) if sign.notna().any() else values


def refuse_cells(cells: pd.Series, bad: pd.Series, file: str, what: str) -> None:
    """Raise a DataError for the first cell where ``bad`` holds, naming its line and column."""
    if bad.any():
        line = cells.index[int(np.argmax(bad.to_numpy()))]
        more = f" ({int(bad.sum())} such cells)" if bad.sum() > 1 else ""
        cell = str(cells.loc[line])
        shown = cell if len(cell) <= 40 else cell[:40] + "…"
        raise DataError(f"{file}, line {line}, column “{cells.name}”: “{shown}” is {what}{more}")


def listed(names: list[str]) -> str:
    """Up to twenty names in a row, for messages."""
    shown = ", ".join(name if len(name) <= 40 else name[:40] + "…" for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")
