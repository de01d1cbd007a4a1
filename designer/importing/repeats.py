"""Columns that say what another column says, and rows that say what another row says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from designer.importing.cells import Cells, different
from designer.importing.leaks import codes_of
from designer.importing.profiles import Pair
from designer.importing.relation import chosen_rows, pearson, ranks

MOST_COMPARED = 1_000
MOST_WORD_COLUMNS = 200
LOOKED_AT = 2_000
MOST_VALUES = 50
FEWEST_ROWS = 20
NEARLY, NEARLY_RANKED, EQUAL = 0.9995, 0.9999, 0.9999999
FEWEST_OF_A_VALUE = 5


def find_pairs(columns: Mapping[str, Cells]) -> tuple[Pair, ...]:
    """Pairs of columns of which one can go, each column in one pair at most.

    A pair is sought among at most 2,000 rows first; that two are the same or that one follows from the other is then
    found out on all rows. Of more than 1,000 columns of numbers, or 200 of words, the first are compared.
    """
    found = [*_pairs_of_words(columns), *_pairs_of_numbers(columns)]
    gone: set[str] = set()
    pairs = []
    for pair in found:
        if pair.other not in gone and pair.kept not in gone:
            pairs.append(pair)
            gone.add(pair.other)
    return tuple(pairs)


def _pairs_of_words(columns: Mapping[str, Cells]) -> list[Pair]:
    samples: dict[str, np.ndarray] = {}
    for name, cells in columns.items():
        if len(samples) >= MOST_WORD_COLUMNS or len(cells.known) < FEWEST_ROWS:
            break
        codes = _few_values(cells)
        if codes is not None:
            samples[name] = codes
    pairs = []
    for first, second in combinations(samples, 2):
        one, two = columns[first], columns[second]
        forward = _determines(samples[first], samples[second])
        backward = _determines(samples[second], samples[first])
        if forward and backward:
            if _determines(codes_of(one), codes_of(two)) and _determines(codes_of(two), codes_of(one)):
                pairs.append(Pair(first, second, "same"))
        elif (forward or backward) and one.numbers is None and two.numbers is None:
            kept, other = (first, second) if forward else (second, first)
            if _determines(codes_of(columns[kept]), codes_of(columns[other])):
                pairs.append(Pair(kept, other, "follows"))
    return sorted(pairs, key=lambda pair: pair.how != "same")


def _few_values(cells: Cells) -> np.ndarray | None:
    """Codes of some rows of a column of 2 to 50 values of which at least two are in several rows each."""
    if cells.kind in ("text", "date") or (cells.words is not None and len(cells.words) > MOST_VALUES):
        return None
    codes = codes_of(cells.take(chosen_rows(len(cells.known), LOOKED_AT)))
    counts = np.sort(np.bincount(codes))
    if not 2 <= len(counts) <= MOST_VALUES or counts[-2] < max(FEWEST_OF_A_VALUE, 0.01 * len(codes)):
        return None
    return codes


def _determines(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether each value of the first goes with one value of the second."""
    count = int(second.max()) + 1
    return len(different(first * count + second)) == len(different(first))


def _pairs_of_numbers(columns: Mapping[str, Cells]) -> list[Pair]:
    names = [name for name, cells in columns.items() if cells.numbers is not None and cells.kind == "number"]
    names = names[:MOST_COMPARED]
    if len(names) < 2:
        return []
    rows = chosen_rows(len(columns[names[0]].known), LOOKED_AT)
    kept, straight, ranked = [], [], []
    for name in names:
        values = _numbers(columns[name])[rows]
        known = np.isfinite(values)
        if known.sum() < FEWEST_ROWS or known.mean() < 0.5 or len(different(values[known])) < 3:
            continue
        filled = np.where(known, values, values[known].mean())
        kept.append(name)
        straight.append(_unit(filled))
        ranked.append(_unit(ranks(filled)))
    if len(kept) < 2:
        return []
    close = np.triu(np.abs(np.array(straight) @ np.array(straight).T), 1)
    alike = np.triu(np.abs(np.array(ranked) @ np.array(ranked).T), 1)
    pairs = []
    for first, second in np.argwhere((close >= NEARLY) | (alike >= NEARLY_RANKED)).tolist():
        one, other = columns[kept[first]], columns[kept[second]]
        strength = float(min(1.0, max(close[first, second], alike[first, second])))
        same = close[first, second] >= EQUAL and _are_linear(one, other)
        pairs.append(Pair(kept[first], kept[second], "same" if same else "nearly", strength))
    return pairs


def _are_linear(first: Cells, second: Cells) -> bool:
    """Whether one column is the other times a number plus a number, in every row and with the same gaps."""
    known = first.known
    if not np.array_equal(known, second.known):
        return False
    found = pearson(_numbers(first)[known], _numbers(second)[known])
    return found is not None and abs(found) >= EQUAL


def _numbers(cells: Cells) -> np.ndarray:
    assert cells.numbers is not None
    return cells.numbers


def _unit(values: np.ndarray) -> np.ndarray:
    centred: np.ndarray = values - values.mean()
    length = float(np.sqrt(centred @ centred))
    return centred / length if length > 0 else centred


def row_marks(columns: Mapping[str, Cells], rows: int) -> np.ndarray:
    """A number for each row, uint64, the same for rows that say the same in all of ``columns``."""
    marks = np.zeros(rows, dtype=np.uint64)
    for cells in columns.values():
        values = cells.codes.astype(np.int64) if cells.codes is not None else _numbers(cells) + 0.0
        hashed = pd.util.hash_array(values)
        marks = (marks * np.uint64(0x9E3779B97F4A7C15)) ^ (hashed + (marks >> np.uint64(31)))
    return marks


def repeated_rows(marks: np.ndarray) -> int:
    """How many rows say the same as one before them."""
    return len(marks) - len(different(marks))


def shared_rows(marks: np.ndarray, trained: np.ndarray, tested: np.ndarray) -> int:
    """How many of the rows ``tested`` say the same as one of those ``trained``."""
    if not len(trained) or not len(tested):
        return 0
    known, asked = np.sort(marks[trained]), marks[tested]
    places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return int((known[places] == asked).sum())
