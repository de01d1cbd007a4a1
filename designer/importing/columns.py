"""Tells what each column of a table holds and which columns a network can learn from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from designer.importing.structure import DATE
from designer.importing.survey import LEADING_ZERO, OTHERS, Surveyed
from designer.project.model import Column
from designer.runtime.splits import PART_WORDS
from designer.runtime.tables import FALSE_WORDS, LARGEST_NUMBER, MISSING_NUMBER, TRUE_WORDS, parse_numbers
from designer.training.wanted import refuse_unwanted

MOST_CATEGORIES = 50
MOST_MISSING = 0.6
ID_NAME = re.compile(
    r"(^|[_ .-])(id|ids|index|idx|key|uuid|guid|no|nr|number|row|rownames|serial)$|^(id|unnamed)[_ .:-]|Id$|ID$"
)
SPLIT_NAME = re.compile(r"split|part|partition|subset|set|fold|usage", re.IGNORECASE)
MOST_EXACT = 2**53
# of many different words so many tell whether they are numbers
MOST_TRIED = 2000
SENTINELS = (-999.0, -9999.0, -99999.0, -99.0, 9999.0, 99999.0, 999999.0)


class ColumnReader:
    """Finds kind and role of columns; rows begin on ``lines``, and ``preview`` are the first ones as written."""

    def __init__(self, lines: pd.Index, preview: Sequence[Sequence[str]], decimal: str, thousands: str) -> None:
        self.lines = lines
        self.preview = preview
        self.decimal = decimal
        self.thousands = thousands
        self.notes: list[str] = []

    def read(self, columns: Iterable[Surveyed]) -> tuple[Column, ...]:
        """One column declaration for each column of the table; what is out of the ordinary goes to ``notes``."""
        return tuple(self._column(place, column) for place, column in enumerate(columns))

    def _column(self, place: int, column: Surveyed) -> Column:
        refuse_unwanted()
        if column.numbers is None:
            return self._word_column(column)
        if column.strays:
            return self._nearly_number(column.name, column.strays)
        if column.sign:
            self.notes.append(f"“{column.name}” is read as numbers without the sign {column.sign}")
        written = [row[place] for row in self.preview if place < len(row)]
        return self._number(column.name, column.numbers, written)

    def _word_column(self, column: Surveyed) -> Column:
        name, codes = column.name, column.codes
        assert codes is not None
        stripped = [word.strip() for word in column.words]
        counts = np.bincount(codes[codes >= 0], minlength=len(stripped))
        if not counts.sum():
            return self._ignored(name, "number", "holds nothing")
        self._say_line_breaks(name, stripped, codes)
        # a word at a time: pandas would let nothing else run while it goes through a million different ones
        words: dict[str, int] = {}
        for word, count in zip(stripped, counts.tolist(), strict=True):
            if count:
                words[word] = words.get(word, 0) + count
        different = pd.Series([word for word in words if word not in MISSING_NUMBER], dtype=object)
        if any(LEADING_ZERO.fullmatch(word) for word in different):
            self.notes.append(f"“{name}” holds numbers that begin with a zero: they are taken as codes, not as numbers")
            return self._words(name, words, codes, column.crowded)
        lowered = set(different.str.lower()) if len(different) <= 20 else set()
        if lowered and lowered <= {*TRUE_WORDS, *FALSE_WORDS}:
            return self._boolean(name, lowered, codes)
        if len(different):
            some = different.sample(MOST_TRIED, random_state=0) if len(different) > 10 * MOST_TRIED else different
            numbers = parse_numbers(some, self.decimal, self.thousands)
            if some is not different and numbers.notna().mean() >= 0.5:
                numbers = parse_numbers(different, self.decimal, self.thousands)
            if numbers.notna().mean() >= 0.9 and len(different) >= 10:
                strange = set(different[numbers.isna()]) - {OTHERS}
                strays = {word: self._first_line(stripped, codes, word) for word in strange}
                return self._nearly_number(name, strays) if strays else self._words(name, words, codes, column.crowded)
            if different.head(1000).str.fullmatch(DATE.pattern).mean() >= 0.95:
                return self._ignored(name, "date", "holds dates or times")
        return self._words(name, words, codes, column.crowded)

    def _first_line(self, words: Sequence[str], codes: np.ndarray, word: str) -> int:
        places = [place for place, other in enumerate(words) if other == word]
        return int(self.lines[int(np.argmax(np.isin(codes, places)))])

    def _number(self, name: str, numbers: np.ndarray, written: Sequence[str]) -> Column:
        low, high = np.fmin.reduce(numbers, initial=np.inf), np.fmax.reduce(numbers, initial=-np.inf)
        if low > high:
            return self._ignored(name, "number", "holds nothing")
        if max(-low, high) > LARGEST_NUMBER:
            row = int(np.argmax(np.abs(numbers) > LARGEST_NUMBER))
            cell = f"{numbers[row]:g}"
            return self._ignored(name, "number", f"holds “{cell}” in line {self.lines[row]}, too large to compute with")
        if low == high:
            return self._ignored(name, "number", "is the same in every row")
        gaps = int(np.isnan(numbers).sum())
        if not gaps and len(numbers) >= 10 and self._is_id(name, numbers):
            return self._ignored(name, "number", "numbers the rows")
        plain = not any(set(cell) & set(".,eE") for cell in written)
        if max(-low, high) > MOST_EXACT and plain and bool((numbers[~np.isnan(numbers)] % 1 == 0).all()):
            return self._ignored(name, "number", "holds whole numbers of more than 15 digits, as codes have")
        self._say_sentinels(name, numbers, low, high)
        return self._feature(Column(name, "number"), gaps / len(numbers))

    def _is_id(self, name: str, numbers: np.ndarray) -> bool:
        if numbers[0] in (0, 1) and bool((np.diff(numbers) == 1).all()):
            return True
        if not ID_NAME.search(name) or (numbers % 1 != 0).any():
            return False
        return len(np.unique(numbers)) == len(numbers)

    def _boolean(self, name: str, different: set[str], codes: np.ndarray) -> Column:
        if len(different) < 2:
            return self._ignored(name, "boolean", "is the same in every row")
        return self._feature(Column(name, "boolean", missing="most_frequent", scale="none"), (codes < 0).mean())

    def _nearly_number(self, name: str, strays: dict[str, int]) -> Column:
        first = sorted(strays.items(), key=lambda stray: stray[1])[:3]
        where = ", ".join(f"“{word[:30]}” in line {line}" for word, line in first)
        return self._ignored(name, "text", f"holds numbers, but also {where}; mend these cells to use it")

    def _words(self, name: str, counts: Mapping[str, int], codes: np.ndarray, crowded: bool) -> Column:
        """``counts`` says how often each word is there."""
        count, rows = len(counts), sum(counts.values())
        if count < 2:
            return self._ignored(name, "category", "is the same in every row")
        if SPLIT_NAME.search(name) and {"train", "test"} <= {PART_WORDS.get(word.lower()) for word in counts}:
            self.notes.append(f"“{name}” says which rows are to train and which to test")
            return Column(name, "category", "split", "most_frequent", "none")
        mean = sum(len(word) * times for word, times in counts.items()) / rows
        if crowded or count > MOST_CATEGORIES or (count > 2 and count * 2 > rows >= 10) or mean > 60:
            more = "more than " if crowded else ""
            return self._ignored(name, "text", f"holds {more}{count} different texts")
        self._say_variants(name, counts)
        return self._feature(Column(name, "category", missing="most_frequent", scale="none"), (codes < 0).mean())

    def _feature(self, column: Column, missing: float) -> Column:
        if missing > MOST_MISSING:
            return self._ignored(column.name, column.kind, f"is missing in {missing:.0%} of the rows")
        return column

    def _ignored(self, name: str, kind: str, why: str) -> Column:
        self.notes.append(f"“{name}” {why}: ignored")
        words = kind in ("category", "boolean", "text", "date")
        return Column(name, kind, "ignored", "most_frequent" if words else "mean", "none" if words else "standard")  # type: ignore[arg-type]

    def _say_sentinels(self, name: str, numbers: np.ndarray, low: float, high: float) -> None:
        for value in {low, high} & set(SENTINELS):
            others = numbers[~np.isnan(numbers) & (numbers != value)]
            count = len(numbers) - len(others) - int(np.isnan(numbers).sum())
            nearest = others.min() if value == low else others.max()
            if count > 1 and abs(value - nearest) > 5 * np.abs(others).max():
                self.notes.append(
                    f"“{name}” is {value:g} in {count} rows, far from all others; "
                    "if that stands for missing, empty these cells"
                )

    def _say_line_breaks(self, name: str, words: Sequence[str], codes: np.ndarray) -> None:
        broken = [place for place, word in enumerate(words) if "\n" in word]
        if broken:
            line = self.lines[int(np.argmax(np.isin(codes, broken)))]
            self.notes.append(f"“{name}” holds line breaks inside cells, first in line {line}")

    def _say_variants(self, name: str, counts: Mapping[str, int]) -> None:
        different = pd.Series(list(counts), dtype=object)
        alike = different[different.str.lower().duplicated(keep=False)]
        if len(alike):
            shown = ", ".join(f"“{word}”" for word in alike.head(4))
            self.notes.append(f"“{name}” holds words that differ in capitals only ({shown}): they count as different")
