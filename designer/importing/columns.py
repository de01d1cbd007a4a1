"""Tells what each column of a table holds and which columns a network can learn from."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from designer.importing.structure import DATE
from designer.project.model import Column
from designer.runtime.splits import PART_WORDS
from designer.runtime.tables import FALSE_WORDS, LARGEST_NUMBER, MISSING_NUMBER, TRUE_WORDS, parse_numbers

MOST_CATEGORIES = 50
MOST_MISSING = 0.6
ID_NAME = re.compile(
    r"(^|[_ .-])(id|ids|index|idx|key|uuid|guid|no|nr|number|row|rownames|serial)$|^(id|unnamed)[_ .:-]|Id$|ID$"
)
SPLIT_NAME = re.compile(r"split|part|partition|subset|set|fold|usage", re.IGNORECASE)
MOST_EXACT = 2**53
LEADING_ZERO = r"0\d+"
SENTINELS = (-999.0, -9999.0, -99999.0, -99.0, 9999.0, 99999.0, 999999.0)


class ColumnReader:
    """Finds kind and role of each column of ``cells`` (numeric, bool or string columns; the index holds file lines)."""

    def __init__(self, cells: pd.DataFrame, decimal: str, thousands: str) -> None:
        self.cells = cells
        self.decimal = decimal
        self.thousands = thousands
        self.notes: list[str] = []

    def read(self) -> tuple[Column, ...]:
        """One column declaration for each column of the table; what is out of the ordinary goes to ``notes``."""
        return tuple(self._column(name) for name in self.cells.columns)

    def _column(self, name: str) -> Column:
        cells = self.cells[name]
        known = cells.dropna()
        if not len(known):
            return self._ignored(name, "number", "holds nothing")
        if pd.api.types.is_bool_dtype(cells):
            return self._boolean(name, known)
        if pd.api.types.is_numeric_dtype(cells):
            return self._number(name, cells)
        words = known.astype("str").str.strip()
        self._say_line_breaks(name, words)
        without = words[~words.isin(MISSING_NUMBER)]
        different = pd.Series(without.unique(), dtype="str")
        if different.str.fullmatch(LEADING_ZERO).any():
            self.notes.append(f"“{name}” holds numbers that begin with a zero: they are taken as codes, not as numbers")
            return self._words(name, words)
        lowered = set(different.str.lower()) if len(different) <= 20 else set()
        if lowered and lowered <= {*TRUE_WORDS, *FALSE_WORDS}:
            return self._boolean(name, words.str.lower())
        if len(different):
            numbers = parse_numbers(different, self.decimal, self.thousands)
            if numbers.notna().all():
                self._say_sign(name, different)
                return self._number(name, words.map(dict(zip(different, numbers, strict=True))).astype(np.float64))
            if numbers.notna().mean() >= 0.9 and len(different) >= 10:
                return self._nearly_number(name, without, set(different[numbers.isna()]))
            if different.head(1000).str.fullmatch(DATE.pattern).mean() >= 0.95:
                return self._ignored(name, "date", "holds dates or times")
        return self._words(name, words)

    def _number(self, name: str, values: pd.Series) -> Column:
        numbers = values.to_numpy(dtype=np.float64)
        known = numbers[~np.isnan(numbers)]
        beyond = np.flatnonzero(np.abs(numbers) > LARGEST_NUMBER)
        if len(beyond):
            line = values.index[beyond[0]]
            cell = str(self.cells[name].loc[line])
            return self._ignored(name, "number", f"holds “{cell}” in line {line}, too large a number to compute with")
        different = np.unique(known)
        if len(different) < 2:
            return self._ignored(name, "number", "is the same in every row")
        if len(known) == len(numbers) >= 10 and self.cells[name].is_unique and self._is_id(name, known):
            return self._ignored(name, "number", "numbers the rows")
        if pd.api.types.is_integer_dtype(values) and np.abs(known).max() > MOST_EXACT:
            return self._ignored(name, "number", "holds whole numbers of more than 15 digits, as codes have")
        self._say_sentinels(name, known, different)
        return self._feature(Column(name, "number"))

    def _is_id(self, name: str, numbers: np.ndarray) -> bool:
        if (numbers % 1 != 0).any():
            return False
        counts = numbers[0] in (0, 1) and bool((np.diff(numbers) == 1).all())
        return counts or ID_NAME.search(name) is not None

    def _boolean(self, name: str, known: pd.Series) -> Column:
        if known.nunique() < 2:
            return self._ignored(name, "boolean", "is the same in every row")
        return self._feature(Column(name, "boolean", missing="most_frequent", scale="none"))

    def _nearly_number(self, name: str, words: pd.Series, strange: set[str]) -> Column:
        found = words[words.isin(strange)]
        where = ", ".join(f"“{word[:30]}” in line {line}" for line, word in found.head(3).items())
        return self._ignored(name, "text", f"holds numbers, but also {where}; mend these cells to use it")

    def _words(self, name: str, words: pd.Series) -> Column:
        count, rows = words.nunique(), len(words)
        if count < 2:
            return self._ignored(name, "category", "is the same in every row")
        if SPLIT_NAME.search(name) and {"train", "test"} <= {
            PART_WORDS.get(word) for word in words.str.lower().unique()
        }:
            self.notes.append(f"“{name}” says which rows are to train and which to test")
            return Column(name, "category", "split", "most_frequent", "none")
        if count > MOST_CATEGORIES or (count > 2 and count * 2 > rows >= 10) or words.str.len().mean() > 60:
            return self._ignored(name, "text", f"holds {count} different texts")
        self._say_variants(name, words)
        return self._feature(Column(name, "category", missing="most_frequent", scale="none"))

    def _feature(self, column: Column) -> Column:
        missing = self.cells[column.name].isna().mean()
        if missing > MOST_MISSING:
            return self._ignored(column.name, column.kind, f"is missing in {missing:.0%} of the rows")
        return column

    def _ignored(self, name: str, kind: str, why: str) -> Column:
        self.notes.append(f"“{name}” {why}: ignored")
        words = kind in ("category", "boolean", "text", "date")
        return Column(name, kind, "ignored", "most_frequent" if words else "mean", "none" if words else "standard")  # type: ignore[arg-type]

    def _say_sign(self, name: str, words: pd.Series) -> None:
        sign = words.str.extract("([$€£¥₹%])")[0].dropna()
        if len(sign):
            self.notes.append(f"“{name}” is read as numbers without the sign {sign.iloc[0]}")

    def _say_sentinels(self, name: str, known: np.ndarray, different: np.ndarray) -> None:
        for value, nearest in ((different[0], different[1]), (different[-1], different[-2])):
            count = int((known == value).sum())
            others = (
                max(abs(different[1]), abs(different[-1])) if value == different[0] else np.abs(different[:-1]).max()
            )
            if value in SENTINELS and count > 1 and abs(value - nearest) > 5 * others:
                self.notes.append(
                    f"“{name}” is {value:g} in {count} rows, far from all others; "
                    "if that stands for missing, empty these cells"
                )

    def _say_line_breaks(self, name: str, words: pd.Series) -> None:
        broken = words.str.contains("\n", regex=False)
        if broken.any():
            line = words.index[int(np.argmax(broken.to_numpy()))]
            self.notes.append(f"“{name}” holds line breaks inside cells, first in line {line}")

    def _say_variants(self, name: str, words: pd.Series) -> None:
        different = pd.Series(words.unique(), dtype="str")
        alike = different[different.str.lower().duplicated(keep=False)]
        if len(alike):
            shown = ", ".join(f"“{word}”" for word in alike.head(4))
            self.notes.append(f"“{name}” holds words that differ in capitals only ({shown}): they count as different")
