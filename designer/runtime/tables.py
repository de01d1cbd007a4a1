"""Reads text tables without ever shifting a cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.gathering import Gathered, gather, listed, open_rows, parsed_rows
from designer.runtime.ordering import code_counts, column_of_words
from designer.runtime.pieces import read_pieces, text_pieces
from designer.runtime.room import no_room
from designer.runtime.rows import Irregular

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "?")
MISSING_NUMBER = (*MISSING, "None", "none", "-", "--", "—", ".", "na", "Null", "missing", "#VALUE!", "#DIV/0!")
TRUE_WORDS = ("true", "t", "yes", "y", "on", "1", "1.0")
FALSE_WORDS = ("false", "f", "no", "n", "off", "0", "0.0")
LARGEST_NUMBER = 1e30
FEW_WORDS = 1 << 15


def read_table(
    path: str | Path,
    columns: Mapping[str, str],
    convert: Mapping[str, Callable[..., pd.Series]],
    *,
    read: Callable[[Path], Iterator[bytes]] = read_pieces,
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
    passed over; a table without ``header`` has columns called column_1, column_2 and so on. ``read`` gets the bytes
    of a file, a piece after the other.
    """
    file = Path(path)
    if len(delimiter) != 1 or len(decimal) != 1 or delimiter in ('"', "\n"):
        raise DataError(f"{file.name}: cells cannot be told apart by “{delimiter}”, with “{decimal}” inside numbers")
    words = {name for name, kind in columns.items() if kind != "number"}
    checked = False
    while True:
        pieces = text_pieces(path, encoding, skip_rows, read)
        names, rows = open_rows(file.name, pieces, delimiter, header, skip_rows + 1, checked)
        for name in columns:
            if name not in names:
                raise DataError(f"{file.name}: there is no column “{name}”; its columns are {listed(names)}")
        parsed = parsed_rows(file.name, rows, names, list(columns), words, delimiter, decimal, MISSING_NUMBER, checked)
        try:
            gathered = gather(file, parsed, Gathered(columns, words))
        except Irregular:
            checked = True
            continue
        except MemoryError as error:
            raise no_room(file) from error
        if not gathered.mixed:
            break
        # cells that are no plain numbers came up late: their columns are read anew as they are written
        words |= gathered.mixed
    index = gathered.index()
    return pd.DataFrame(
        {
            name: convert[kind](gathered.column(name, index), file.name, decimal, thousands)
            for name, kind in columns.items()
        },
        index=index,
        copy=False,
    )


def to_words(cells: pd.Series, file: str = "", decimal: str = ".", thousands: str = "") -> pd.Series:
    """Stripped strings in a column of pandas' category dtype, in order, missing where nothing is said."""
    written = cells.astype("category").cat
    codes = written.codes.to_numpy()
    words = [str(word).strip() for word in written.categories]
    seen = code_counts(codes, len(words)) > 0
    said: dict[str, int] = {}
    for word, there in zip(words, seen.tolist(), strict=True):
        if there and word not in MISSING:
            said.setdefault(word, len(said))
    if len(said) <= FEW_WORDS and is_in_order(cells, list(said)):
        return cells
    # a word at a time: numpy would let nothing else run while it goes through a million of them
    places = np.fromiter((said.get(word, -1) for word in chain(words, [""])), np.int32, len(words) + 1)
    return column_of_words(places.take(codes, mode="wrap"), said, cells.index, cells.name)


def is_in_order(cells: pd.Series, words: list[str]) -> bool:
    """Whether a column holds these words and no others, in order."""
    if not isinstance(cells.dtype, pd.CategoricalDtype) or cells.dtype.ordered:
        return False
    held = cells.dtype.categories
    return held.dtype == object and held.tolist() == words == sorted(words)


def different_words(cells: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The different words of a column, stripped, in the order of their first cells; and the place of each cell's."""
    written = cells.astype("category").cat
    # pandas' own order is that of the alphabet
    codes, seen = pd.factorize(written.codes.to_numpy())
    texts = [*(str(word).strip() for word in written.categories), ""]
    stripped = [texts[place] for place in seen.tolist()]
    return codes, stripped


def to_booleans(cells: pd.Series, file: str, decimal: str = ".", thousands: str = "") -> pd.Series:
    """1.0 for yes, 0.0 for no, NaN where missing."""
    words = to_words(cells)
    meanings = {**dict.fromkeys(TRUE_WORDS, 1.0), **dict.fromkeys(FALSE_WORDS, 0.0)}
    known = [meanings.get(word.lower(), np.nan) for word in words.cat.categories]
    values = pd.Series(np.array([*known, np.nan])[words.cat.codes], index=cells.index, name=cells.name)
    refuse_cells(cells, values.isna() & words.notna(), file, "neither yes nor no")
    return values


def to_numbers(cells: pd.Series, file: str, decimal: str = ".", thousands: str = "") -> pd.Series:
    """Numbers as float64, NaN where missing."""
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.astype(np.float64)
    else:
        codes, words = different_words(cells)
        written = pd.Series(words, dtype=object)
        known = ~written.isin(MISSING_NUMBER).to_numpy()
        read = np.full(len(words), np.nan)
        read[known] = parse_numbers(written[known], decimal, thousands)
        values = pd.Series(read[codes], index=cells.index, name=cells.name)
        refuse_cells(cells, values.isna() & known[codes], file, "not a number")
    numbers = values.to_numpy()
    if max(np.fmax.reduce(numbers, initial=0.0), -np.fmin.reduce(numbers, initial=0.0)) > LARGEST_NUMBER:
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
