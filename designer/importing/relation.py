"""How closely a column and the target go together: Pearson, Spearman, correlation ratio, Cramér's V, with a picture."""

from __future__ import annotations

import numpy as np
import pandas as pd

from designer.importing.cells import Cells
from designer.importing.distributions import quantile
from designer.importing.profiles import Group, Relation

MOST_RANKED = 20_000
MOST_POINTS = 500
MOST_GROUPS = 20
MOST_CLASSES = 20
MOST_WORDS = 2_000
FEWEST = 3
MUCH_CLOSER = 0.05


def relation_of(cells: Cells, target: Cells) -> Relation | None:
    """The relation of a column and the target on the rows where both are known; None where there is none to tell.

    Ranks (Spearman) are those of at most 20,000 rows and points are 500, both chosen by chance but always the same.
    """
    known = cells.known & target.known
    if known.sum() < FEWEST or _too_many_words(cells) or _too_many_words(target):
        return None
    if not known.all():
        cells, target = cells.take(known), target.take(known)
    if cells.numbers is not None and target.numbers is not None:
        return _of_numbers(cells.numbers, target.numbers)
    if cells.numbers is not None:
        strength = correlation_ratio(_codes(target), cells.numbers)
        return (
            None
            if strength is None
            else Relation("eta", strength, groups=_groups(target, cells.numbers), of_target=False)
        )
    if target.numbers is not None:
        strength = correlation_ratio(_codes(cells), target.numbers)
        return None if strength is None else Relation("eta", strength, groups=_groups(cells, target.numbers))
    return _of_words(cells, target)


def _too_many_words(cells: Cells) -> bool:
    return cells.words is not None and (len(cells.words) > MOST_WORDS or cells.kind == "text")


def _codes(cells: Cells) -> np.ndarray:
    assert cells.codes is not None
    return cells.codes


def _of_numbers(first: np.ndarray, second: np.ndarray) -> Relation | None:
    straight = pearson(first, second)
    if straight is None:
        return None
    rows = chosen_rows(len(first), MOST_RANKED)
    ranked = pearson(ranks(first[rows]), ranks(second[rows])) or 0.0
    rows = chosen_rows(len(first), MOST_POINTS)
    points = tuple(sorted(zip(first[rows].tolist(), second[rows].tolist(), strict=True)))
    bent = abs(ranked) > abs(straight) + MUCH_CLOSER
    value = ranked if bent else straight
    return Relation("spearman" if bent else "pearson", abs(value), int(np.sign(value)), points)


def pearson(first: np.ndarray, second: np.ndarray) -> float | None:
    """Pearson's correlation coefficient, from -1 to 1; None where one of the two is always the same."""
    if first.min() == first.max() or second.min() == second.max():
        return None
    first, second = first - first.mean(), second - second.mean()
    # so that the squares of very large and very small numbers are numbers still
    first *= 1 / np.abs(first).max()
    second *= 1 / np.abs(second).max()
    return float(np.clip((first @ second) / np.sqrt((first @ first) * (second @ second)), -1.0, 1.0))


def ranks(values: np.ndarray) -> np.ndarray:
    """The place of each number in their order, equal ones sharing the mean of theirs."""
    return pd.Series(values).rank().to_numpy(dtype=np.float64)


def chosen_rows(count: int, most: int) -> np.ndarray:
    """At most ``most`` of ``count`` rows in order, by chance, the same ones each time."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.Generator(np.random.PCG64(0)).choice(count, most, replace=False, shuffle=False))


def correlation_ratio(codes: np.ndarray, numbers: np.ndarray) -> float | None:
    """The correlation ratio η of numbers in groups, from 0 to 1; None where the numbers are all the same.

    The share of variance is Kelley's ε² = 1 - (n - 1) / (n - k) · (1 - η²), which does not grow with the number of
    groups as η² does.
    """
    counts = np.bincount(codes)
    filled = counts > 0
    groups, rows = int(filled.sum()), len(numbers)
    spread = numbers - numbers.mean()
    total = float(spread @ spread)
    if total <= 0 or rows <= groups or not np.isfinite(total):
        return None
    sums = np.bincount(codes, weights=spread)
    between = float((sums[filled] ** 2 / counts[filled]).sum())
    unexplained = max(0.0, 1 - between / total)
    # what rounding leaves of nothing is nothing
    unexplained = 0.0 if unexplained < 1e-12 else unexplained
    return float(np.sqrt(min(1.0, max(0.0, 1 - (rows - 1) / (rows - groups) * unexplained))))


def _groups(words: Cells, numbers: np.ndarray) -> tuple[Group, ...]:
    """Mean and quartiles of the numbers that go with each of the most frequent words, in the order of the words."""
    codes, counts = _codes(words), words.counts()
    assert words.words is not None
    shown = np.sort(np.argsort(-counts, kind="stable")[:MOST_GROUPS])
    groups = []
    for place in shown[counts[shown] > 0].tolist():
        ordered = np.sort(numbers[codes == place])
        low, middle, high = (quantile(ordered, share) for share in (0.25, 0.5, 0.75))
        groups.append(Group(str(words.words[place]), len(ordered), float(ordered.mean()), low, middle, high))
    return tuple(groups)


def _of_words(cells: Cells, target: Cells) -> Relation | None:
    table = crossed(_codes(cells), _codes(target))
    strength = cramers_v(table)
    if strength is None:
        return None
    assert cells.words is not None
    assert target.words is not None
    rows = np.sort(np.argsort(-table.sum(axis=1), kind="stable")[:MOST_GROUPS])
    columns = np.sort(np.argsort(-table.sum(axis=0), kind="stable")[:MOST_CLASSES])
    rows, columns = rows[table[rows].sum(axis=1) > 0], columns[table[:, columns].sum(axis=0) > 0]
    return Relation(
        "cramers_v",
        strength,
        words=tuple(str(cells.words[place]) for place in rows),
        classes=tuple(str(target.words[place]) for place in columns),
        counts=tuple(tuple(row) for row in table[np.ix_(rows, columns)].tolist()),
    )


def crossed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How many rows hold each two codes together: int64 of shape (codes of the first, codes of the second)."""
    height, width = int(first.max()) + 1, int(second.max()) + 1
    table: np.ndarray = np.bincount(first.astype(np.int64) * width + second, minlength=height * width)
    return table.reshape(height, width)


def cramers_v(table: np.ndarray) -> float | None:
    """Cramér's V of a table of counts, from 0 to 1, without the bias of many words (Bergsma, 2013).

    None where one of the two is always the same, or there are too few rows to tell.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0].astype(np.float64)
    count, (height, width) = table.sum(), table.shape
    if min(height, width) < 2:
        return None
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / count
    phi = float(((table - expected) ** 2 / expected).sum() / count)
    phi = max(0.0, phi - (height - 1) * (width - 1) / (count - 1))
    most = min(height - (height - 1) ** 2 / (count - 1), width - (width - 1) ** 2 / (count - 1)) - 1
    return float(min(1.0, np.sqrt(phi / most))) if most > 1e-9 else None
