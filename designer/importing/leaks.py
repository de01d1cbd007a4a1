"""Which columns give the target away: how well each tells it by itself, on rows that it was not learned from."""

from __future__ import annotations

import numpy as np

from designer.importing.cells import Cells, different
from designer.importing.profiles import Answering
from designer.importing.relation import chosen_rows

MOST_ROWS = 50_000
FEWEST_ROWS = 40
MOST_BINS = 200
LOOKED_AT = 2_000
ROWS_A_BIN = 5
FEWEST_OTHERS = 5


def answering_of(cells: Cells, target: Cells) -> Answering | None:
    """How much of the target a column tells by itself; None where there are too few rows, or of other classes, to tell.

    Half of at most 50,000 rows, chosen by chance, are learned from: for each word, or each of up to 200 bins of
    numbers, the most frequent class or the mean. The other half is predicted. A missing cell is a word of its own.
    """
    rows = np.flatnonzero(target.known)
    whole = len(rows) == len(target.known)
    if len(rows) >= 2 and repeats(cells if whole else cells.take(rows), target if whole else target.take(rows)):
        return Answering(1.0, exact=True)
    if len(rows) < FEWEST_ROWS:
        return None
    rows = rows[chosen_rows(len(rows), MOST_ROWS)]
    order = np.random.Generator(np.random.PCG64(1)).permutation(len(rows))
    learned, asked = rows[order[: len(rows) // 2]], rows[order[len(rows) // 2 :]]
    places = _places(cells, learned, asked)
    if target.numbers is not None:
        return _explained(cells, target.numbers, learned, asked, places)
    assert target.codes is not None
    return _told(target.codes, learned, asked, places)


def repeats(cells: Cells, target: Cells) -> bool:
    """Whether a column is the target in other words: each of its values goes with one of the target's, and back."""
    if cells.numbers is not None and target.numbers is not None:
        first, second = cells.numbers, target.numbers
        if not np.array_equal(first[:LOOKED_AT], second[:LOOKED_AT], equal_nan=True):
            return False
        return bool(np.array_equal(first, second, equal_nan=True)) and bool(np.ptp(second[target.known]) > 0)
    known = cells.known
    if target.numbers is not None or known.mean() < 0.9:
        return False
    rows = np.flatnonzero(known)
    # a few rows refute it nearly always, and spare the look at all of them
    few = rows[:: -(-len(rows) // LOOKED_AT)]
    return _pair_up(cells.take(few), target.take(few), 1) and _pair_up(cells.take(rows), target.take(rows), 2)


def _pair_up(cells: Cells, target: Cells, fewest: int) -> bool:
    """Whether each value of one goes with one value of the other, and there are ``fewest`` or more and not too many."""
    first, second = codes_of(cells), codes_of(target)
    count = int(first.max()) + 1
    if count != int(second.max()) + 1 or count < fewest or count * 2 > max(len(first), 4):
        return False
    return len(different(first * count + second)) == count


def codes_of(cells: Cells) -> np.ndarray:
    """A number from 0 on for each different value, int64, whatever the kind; missing cells share one."""
    values = cells.codes if cells.codes is not None else cells.numbers
    assert values is not None
    found = different(values[~np.isnan(values)] if cells.codes is None else values)
    codes: np.ndarray = np.searchsorted(found, values).astype(np.int64)
    return codes


def _places(cells: Cells, learned: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The bin of each row that is learned from and of each that is asked for, from 0 on; 0 is for missing cells."""
    if cells.codes is not None:
        return cells.codes[learned].astype(np.int64) + 1, cells.codes[asked].astype(np.int64) + 1
    assert cells.numbers is not None
    values = cells.numbers[learned]
    ordered = np.sort(values[~np.isnan(values)])
    found = different(ordered)
    bins = min(MOST_BINS, max(2, len(learned) // ROWS_A_BIN))
    if len(found) > bins:
        edges = different(ordered[np.linspace(0, len(ordered) - 1, bins + 1).astype(np.int64)[1:-1]])
        return _binned(values, edges), _binned(cells.numbers[asked], edges)
    middles = (found[1:] + found[:-1]) / 2
    return _binned(values, middles), _binned(cells.numbers[asked], middles)


def _binned(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), 0, np.searchsorted(edges, values, side="right") + 1)


def _told(
    codes: np.ndarray, learned: np.ndarray, asked: np.ndarray, places: tuple[np.ndarray, np.ndarray]
) -> Answering | None:
    classes, count = int(codes.max()) + 1, int(max(places[0].max(), places[1].max())) + 1
    usual = int(np.bincount(codes[learned], minlength=classes).argmax())
    seen, which = np.unique(places[0] * classes + codes[learned], return_counts=True)
    best = np.full(count, usual)
    # the most frequent class of each bin is written last
    order = np.argsort(which, kind="stable")
    best[seen[order] // classes] = seen[order] % classes
    others = int((codes[asked] != usual).sum())
    # of one or two of them chance tells all, and of none every column does
    if others < FEWEST_OTHERS:
        return None
    return Answering(float((best[places[1]] == codes[asked]).mean()), 1 - others / len(asked))


def _explained(
    cells: Cells,
    numbers: np.ndarray,
    learned: np.ndarray,
    asked: np.ndarray,
    places: tuple[np.ndarray, np.ndarray],
) -> Answering | None:
    answers = numbers[asked]
    spread = float(((answers - answers.mean()) ** 2).sum())
    if spread <= 0:
        return None
    mean = float(numbers[learned].mean())
    count = int(max(places[0].max(), places[1].max())) + 1
    sizes = np.bincount(places[0], minlength=count)
    sums = np.bincount(places[0], weights=numbers[learned], minlength=count)
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), mean)
    guesses = [means[places[1]]]
    if cells.numbers is not None:
        values, asked_for = cells.numbers[learned], cells.numbers[asked]
        known, wanted = ~np.isnan(values), ~np.isnan(asked_for)
        if known.any() and np.ptp(values[known]) > 0:
            centred = values[known] - values[known].mean()
            slope = float(centred @ numbers[learned][known] / (centred @ centred))
            at = float(numbers[learned][known].mean() - slope * values[known].mean())
            guesses.append(np.where(wanted, slope * np.where(wanted, asked_for, 0.0) + at, means[0]))
            centres = np.bincount(places[0][known], weights=values[known], minlength=count)[1:]
            filled = sizes[1:] > 0
            line = np.interp(np.where(wanted, asked_for, 0.0), centres[filled] / sizes[1:][filled], means[1:][filled])
            guesses.append(np.where(wanted, line, means[0]))
    left = min(float(((answers - guess) ** 2).sum()) for guess in guesses)
    return Answering(min(1.0, max(0.0, 1 - left / spread)))
