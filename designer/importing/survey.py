"""Looks at every cell of a table once and keeps no more of it than fits: numbers, or codes of the different words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from designer.runtime.gathering import NO_WORD, Filled
from designer.runtime.ordering import column_of_words
from designer.runtime.rows import Coded, Rows, cell_ends
from designer.runtime.tables import FALSE_WORDS, MISSING, MISSING_NUMBER, TRUE_WORDS, parse_numbers

LEADING_ZERO = re.compile(r"0\d+")
SIGN = re.compile("[$€£¥₹%]")
OTHERS = "…"
NO_NUMBER = (*MISSING_NUMBER, NO_WORD)
FEWEST_KEPT = 10_000
MOST_STRAYS = 10_000


@dataclass
class Surveyed:
    """What a column holds: ``numbers`` (float64, NaN where missing), or ``codes`` (-1 where missing) of ``words``.

    ``words`` stand in the order of their codes, each with its own.
    ``strays`` are words in a column of numbers and the line of the first of each; they count as missing. ``sign`` is
    the currency or percent sign of the numbers. ``crowded`` says that some of too many words are kept as “…”.
    """

    name: str
    numbers: np.ndarray | None = None
    codes: np.ndarray | None = None
    words: dict[str, int] = field(default_factory=dict)
    strays: dict[str, int] = field(default_factory=dict)
    sign: str = ""
    crowded: bool = False

    def cells(self, index: pd.Index) -> pd.Series:
        """The cells: float64, or pandas' category dtype."""
        if self.numbers is not None:
            return pd.Series(self.numbers, index=index, name=self.name, copy=False)
        assert self.codes is not None
        return column_of_words(self.codes, self.words, index, self.name)


class ColumnSurvey:
    """Surveys one column as its rows come in; the first rows say whether it holds numbers.

    ``lost`` says that later rows of a column of words came as numbers, so that it is not known how they are written.
    """

    def __init__(self, name: str, as_words: bool, decimal: str, thousands: str) -> None:
        self.name = name
        self.as_words = as_words
        self.strays: dict[str, int] = {}
        self.crowded = False
        self.lost = False
        self.size = 0
        self._decimal, self._thousands = decimal, thousands
        self._values = Filled(np.float64)
        self._begun = False
        self._codes: dict[str, int] = {}
        self._first_word = ""

    def add(
        self, cells: np.ndarray | Coded, lines: range | np.ndarray, may_grow: bool = True, expected: int = 0
    ) -> None:
        """Add the cells of some rows, which begin on ``lines``; about so many rows are ``expected`` in all."""
        if not self._begun and not self.as_words and isinstance(cells, Coded):
            self.as_words = not self._numbers_in_other_dress(cells)
        if not self._begun:
            self._values = Filled(np.int32 if self.as_words else np.float64, expected)
        if not isinstance(cells, Coded):
            self.lost = self.lost or self.as_words
            piece = np.full(len(cells), -1, dtype=np.int32) if self.as_words else cells
        else:
            piece = self._coded(cells, may_grow) if self.as_words else self._parsed(cells, lines)
        self._values.add(piece)
        self._begun = True
        self.size += piece.nbytes

    def _numbers_in_other_dress(self, cells: Coded) -> bool:
        words = pd.Series([word.strip() for word in cells.words], dtype=object)
        words = words[~words.isin(NO_NUMBER)]
        if not len(words) or any(LEADING_ZERO.fullmatch(word) for word in words):
            return False
        if set(words.str.lower()) <= {*TRUE_WORDS, *FALSE_WORDS}:
            return False
        return bool(parse_numbers(words, self._decimal, self._thousands).notna().all())

    def _parsed(self, cells: Coded, lines: range | np.ndarray) -> np.ndarray:
        codes = cells.codes
        words = pd.Series([word.strip() for word in cells.words], dtype=object)
        said = ~words.isin(NO_NUMBER)
        known = words[said]
        plain = self._begun and not self._first_word
        if len(known) and not self._begun:
            self._first_word = str(words[codes[np.argmax(said.to_numpy()[codes] & (codes >= 0))]])
        # all must have the sign that the first one has
        first = pd.Series(["0" if plain else self._first_word], dtype=object)
        numbers = parse_numbers(pd.concat([first, known]), self._decimal, self._thousands).iloc[1:]
        values: np.ndarray = np.full(len(words) + 1, np.nan)
        values[known.index] = numbers
        for place in known.index[numbers.isna()][:MOST_STRAYS]:
            if str(words[place]) not in self.strays and len(self.strays) < MOST_STRAYS and (codes == place).any():
                self.strays[str(words[place])] = int(lines[int(np.argmax(codes == place))])
        parsed: np.ndarray = values[codes]
        return parsed

    def _coded(self, cells: Coded, may_grow: bool) -> np.ndarray:
        known = self._codes
        places = np.full(len(cells.words) + 1, -1, dtype=np.int32)
        for place, text in enumerate(cells.words):
            if text.strip() in MISSING or text == NO_WORD:
                continue
            if text not in known and not may_grow and len(known) >= FEWEST_KEPT:
                self.crowded, text = True, OTHERS
            if text not in known:
                self.size += len(text) + 60
            places[place] = known.setdefault(text, len(known))
        coded: np.ndarray = places[cells.codes]
        return coded

    def found(self) -> Surveyed:
        """What the column holds; what was gathered is handed over."""
        values = self._values.values()
        self._values = Filled(np.float64)
        if self.as_words:
            codes, words = values.astype(np.int32, copy=False), self._codes
            self._codes = {}
            return Surveyed(self.name, None, codes, words, crowded=self.crowded)
        sign = SIGN.search(self._first_word)
        return Surveyed(self.name, values, strays=self.strays, sign=sign[0] if sign else "")

    def is_rather_words(self) -> bool:
        """Whether words came up late in a column that seemed to hold numbers, and not only some strays."""
        if self.as_words or not self.strays:
            return False
        numbers = np.unique(self._values.values())
        different = int((~np.isnan(numbers)).sum())
        return different + len(self.strays) < 10 or len(self.strays) > 0.1 * (different + len(self.strays))


def places_of_codes(rows: Rows, width: int, delimiter: str) -> set[int]:
    """The columns with cells written as codes are and numbers are not: digits that begin with a needless zero."""
    cells = np.frombuffer(rows.text, np.uint8)
    before = np.concatenate([np.array([ord("\n")], np.uint8), cells[:-2]])
    digit = (cells[1:] >= ord("0")) & (cells[1:] <= ord("9"))
    begins = (before == ord(delimiter)) | (before == ord("\n")) | (before == ord('"'))
    found = np.flatnonzero((cells[:-1] == ord("0")) & digit & begins)
    if not len(found):
        return set()
    ends = cell_ends(rows.text, cells, width, delimiter)
    if not len(ends):
        return set()
    starts = np.concatenate([[0], ends[:-1] + 1])
    starts += cells[starts] == ord('"')
    column = np.searchsorted(starts, found)
    real = (column < len(starts)) & (starts[np.minimum(column, len(starts) - 1)] == found)
    return set((column[real] % width).tolist())
