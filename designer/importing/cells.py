"""The cells of one column as arrays that can be counted with: numbers, or the places of words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from designer.project.model import ColumnKind
from designer.runtime.ordering import code_counts
from designer.runtime.tables import MISSING_NUMBER, parse_numbers
from designer.runtime.times import NUMBERED, day_comes_first, parse_dates

CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?")
MOST_EXAMINED = 1000
FEWEST_NUMBERS = 10
NO_NUMBER = frozenset(MISSING_NUMBER)


@dataclass(frozen=True)
class Cells:
    """``numbers`` (NaN where missing; dates in seconds since 1970), or ``codes`` (-1 where missing) into ``words``.

    All words occur, and stand in order. ``spoiled`` marks rows that hold words in a column of numbers;
    ``guessed`` is whether nothing says which number of dates is the month.
    """

    kind: ColumnKind
    numbers: np.ndarray | None = None
    codes: np.ndarray | None = None
    words: pd.Index | None = None
    spoiled: np.ndarray | None = None
    guessed: bool = False

    @property
    def known(self) -> np.ndarray:
        """Which rows hold something."""
        if self.codes is not None:
            return self.codes >= 0
        assert self.numbers is not None
        known: np.ndarray = ~np.isnan(self.numbers)
        return known

    def counts(self) -> np.ndarray:
        """How many cells hold each of the words."""
        assert self.codes is not None
        assert self.words is not None
        return code_counts(self.codes, len(self.words))

    def take(self, rows: np.ndarray) -> Cells:
        """These rows alone; the words stay, even where none of the rows holds them."""
        return replace(
            self,
            numbers=None if self.numbers is None else self.numbers[rows],
            codes=None if self.codes is None else self.codes[rows],
            spoiled=None,
        )


def different(values: np.ndarray) -> np.ndarray:
    """The different values in order. Sorts, which for a million of them takes a tenth of the time of ``np.unique``."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def cells_of(
    column: pd.Series, kind: ColumnKind, decimal: str = ".", thousands: str = "", day_first: bool | None = None
) -> Cells:
    """The cells of a column of numbers or words as the ``kind`` asks for, as far as they can be read so.

    ``day_first`` is whether the day comes first in dates written in numbers; None where that is to be found out.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return Cells("date", numbers=_seconds(pd.DatetimeIndex(column)))
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return _yes_or_no(numbers) if kind == "boolean" else Cells(kind, numbers=numbers)
    words = column.astype("category").cat.remove_unused_categories()
    codes = words.cat.codes.to_numpy()
    found = Cells(
        "category" if kind in ("number", "date", "boolean") else kind, codes=codes, words=words.cat.categories
    )
    if kind == "date":
        return _dates(found, day_first)
    return _spoiled_numbers(found, kind, decimal, thousands) if kind != "boolean" else found


def _yes_or_no(numbers: np.ndarray) -> Cells:
    codes = np.where(np.isnan(numbers), -1, np.nan_to_num(numbers)).astype(np.int8)
    there = [word for code, word in ((0, "no"), (1, "yes")) if (codes == code).any()]
    if there == ["yes"]:
        codes = np.where(codes > 0, 0, codes).astype(np.int8)
    return Cells("boolean", codes=codes, words=pd.Index(there, dtype="str"))


def _dates(cells: Cells, day_first: bool | None) -> Cells:
    assert cells.codes is not None
    assert cells.words is not None
    times = read_dates(cells.words, day_first)
    if not len(times) or np.isnan(times).mean() > 0.5:
        return replace(cells, kind="text")
    known = cells.codes >= 0
    numbers = np.where(known, np.append(times, np.nan)[cells.codes], np.nan)
    guessed = day_first is None and order_is_guessed(cells.words)
    return Cells("date", numbers=numbers, spoiled=known & np.isnan(numbers), guessed=guessed)


def order_is_guessed(words: pd.Index) -> bool:
    """Whether dates are written in numbers of which nothing says whether day or month comes first."""
    numbers = pd.Series(words, dtype="str").str.extract(NUMBERED).dropna()
    first, second = pd.to_numeric(numbers[0]), pd.to_numeric(numbers[2])
    proven = (first > 12).any() or (second > 12).any() or day_comes_first(numbers)
    return not proven and bool((first != second).any())


def read_dates(words: pd.Index, day_first: bool | None = None) -> np.ndarray:
    """Seconds since 1970 of dates as they are written, NaN for what is none; times of a day alone are no dates."""
    texts = pd.Series(words, dtype="str")
    if texts.head(MOST_EXAMINED).str.fullmatch(CLOCK.pattern).mean() > 0.5:
        return np.full(len(texts), np.nan)
    return _seconds(pd.DatetimeIndex(parse_dates(texts, day_first)[0]))


def _seconds(times: pd.DatetimeIndex) -> np.ndarray:
    plain = times.tz_convert(None) if times.tz is not None else times
    seconds = plain.to_numpy(dtype="datetime64[ns]").astype(np.int64) / 1e9
    answer: np.ndarray = np.where(plain.isna(), np.nan, seconds)
    return answer


def _spoiled_numbers(cells: Cells, kind: ColumnKind, decimal: str, thousands: str) -> Cells:
    """Which cells are no numbers where nearly all are."""
    assert cells.codes is not None
    assert cells.words is not None
    words = cells.words
    if len(words) < FEWEST_NUMBERS:
        return cells
    # a word at a time: pandas would let nothing else run while it takes over a million of them
    missing = np.fromiter((word in NO_NUMBER for word in words), bool, len(words))
    some = words[np.flatnonzero(~missing)[:: max(1, len(words) // MOST_EXAMINED)]]
    if not len(some) or parse_numbers(pd.Series(some, dtype="str"), decimal, thousands).notna().mean() < 0.8:
        return cells
    strange = parse_numbers(pd.Series(words, dtype="str"), decimal, thousands).isna().to_numpy() & ~missing
    if not strange.any() or strange.sum() > 0.1 * len(words):
        return cells
    return replace(cells, spoiled=np.append(strange, False)[cells.codes])
