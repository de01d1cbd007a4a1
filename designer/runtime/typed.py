"""Makes columns of values that have types already, as workbooks and databases hold them."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.gathering import listed
from designer.runtime.room import free_memory

ROWS_AT_ONCE = 10_000


class TypedColumn:
    """Gathers the values of a column: float64 as long as all are numbers, then codes of what they are in words."""

    def __init__(self, name: str, as_words: bool) -> None:
        self.name = name
        self.numeric = not as_words
        self._pieces: list[np.ndarray] = []
        self._codes: dict[str, int] = {}

    def add(self, values: Sequence[object]) -> None:
        """Add values: None, numbers, truth values, dates, times or strings."""
        if self.numeric and not all(value is None or type(value) in (int, float) for value in values):
            # the numbers that came before are words from now on
            self.numeric = False
            before = np.concatenate([*self._pieces, np.zeros(0)]).tolist()
            self._pieces = [self._coded([None if value != value else value for value in before])]
        if self.numeric:
            self._pieces.append(np.array([np.nan if value is None else value for value in values], dtype=np.float64))
        else:
            self._pieces.append(self._coded(values))

    def _coded(self, values: Iterable[object]) -> np.ndarray:
        codes = self._codes
        words = (in_words(value) for value in values)
        return np.array([codes.setdefault(word, len(codes)) if word else -1 for word in words], dtype=np.int32)

    def cells(self, index: pd.Index) -> pd.Series:
        """The values gathered: float64, or pandas' category dtype of words."""
        values = np.concatenate(self._pieces) if self._pieces else np.zeros(0)
        if self.numeric:
            return pd.Series(values, index=index, name=self.name)
        words = pd.Index(list(self._codes), dtype=object)
        return pd.Series(pd.Categorical.from_codes(values.astype(np.int32), words), index=index, name=self.name)


def in_words(value: object) -> str:
    """A value as people write it; empty for none. Bytes are a TypeError: they cannot be read."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError("bytes")
    return str(value)


def typed_table(
    file: str, rows: Iterable[tuple[int, Sequence[object]]], wanted: Sequence[str], words: Iterable[str] = ()
) -> pd.DataFrame:
    """A table of ``rows``, each its number and its values of the ``wanted`` columns, by which it is indexed.

    Columns in ``words`` are words even where all values are numbers.
    """
    columns = [TypedColumn(name, name in words) for name in wanted]
    numbers: list[int] = []
    waiting: list[Sequence[object]] = []
    free = free_memory()

    def add() -> None:
        for column, values in zip(columns, zip(*waiting, strict=True), strict=True):
            try:
                column.add(values)
            except TypeError as error:
                raise DataError(f"{file}, column “{column.name}” holds bytes, which cannot be read") from error
        waiting.clear()
        if 8 * len(numbers) * (len(columns) + 4) > 0.5 * free:
            raise DataError(f"{file} is too large for this machine's memory: more than {len(numbers):,} rows")

    for number, values in rows:
        numbers.append(number)
        waiting.append(values)
        if len(waiting) == ROWS_AT_ONCE:
            add()
    if waiting:
        add()
    if not numbers:
        raise DataError(f"{file} holds no rows")
    whole = range(numbers[0], numbers[-1] + 1)
    index = pd.RangeIndex(whole, name="line") if len(whole) == len(numbers) else pd.Index(numbers, name="line")
    return pd.DataFrame({column.name: column.cells(index) for column in columns}, index=index, copy=False)


def converted(
    cells: pd.DataFrame, file: str, columns: Mapping[str, str], convert: Mapping[str, Callable[..., pd.Series]]
) -> pd.DataFrame:
    """The wanted ``columns``, each a name and a kind, whose cells ``convert`` turns into that kind."""
    return pd.DataFrame({name: convert[kind](cells[name], file) for name, kind in columns.items()}, copy=False)


def refuse_unknown(file: str, wanted: Iterable[str], names: Sequence[str]) -> None:
    """Raise a DataError for a column that is wanted but not there."""
    for name in wanted:
        if name not in names:
            raise DataError(f"{file}: there is no column “{name}”; its columns are {listed(list(names))}")


def no_numbers(columns: Mapping[str, str]) -> list[str]:
    """The columns, of which the kind is given, that are read as words."""
    return [name for name, kind in columns.items() if kind != "number"]
