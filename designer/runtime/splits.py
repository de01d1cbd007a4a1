"""How rows are divided into a part to train, one to validate and one to test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError

PART_WORDS = {
    "train": "train", "training": "train",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


def split_rows(
    count: int, validation: float, test: float, seed: int, labels: Sequence[object] | np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide ``count`` rows by chance into the sorted indices of train, validation and test.

    ``validation`` and ``test`` are shares of all rows. With ``labels``, one a row, every part has the classes in the
    same shares, and a class too rare for that stays in the training part.
    """
    if validation < 0 or test < 0 or validation + test >= 1:
        raise DataError(f"the shares for validation ({validation:g}) and test ({test:g}) leave no rows to train with")
    generator = np.random.Generator(np.random.PCG64(seed))
    order = np.argsort(generator.random(count), kind="stable")
    kept = np.zeros(count, dtype=bool)
    if labels is not None:
        codes = np.unique(np.asarray(labels), return_inverse=True)[1]
        order = order[np.argsort(codes[order], kind="stable")]
        kept[order[np.unique(codes[order], return_index=True)[1]]] = True
    rest = order[~kept[order]]
    tested = take_spread(rest, round(count * test))
    held = np.zeros(count, dtype=bool)
    held[tested] = True
    validated = take_spread(rest[~held[rest]], round(count * validation))
    held[validated] = True
    return np.flatnonzero(~held), np.sort(validated), np.sort(tested)


def take_spread(rows: np.ndarray, wanted: int) -> np.ndarray:
    """``wanted`` of ``rows`` at even distances."""
    wanted = min(wanted, len(rows))
    return rows[(np.arange(wanted) * 2 + 1) * len(rows) // (2 * wanted)] if wanted else rows[:0]


def split_by_words(words: Iterable[object]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The indices of train, validation and test by a column that holds these words, one a row."""
    parts = []
    lines = words.index if isinstance(words, pd.Series) else None
    missing = words.isna().to_numpy() if isinstance(words, pd.Series) else None
    for row, word in enumerate(words):
        part = PART_WORDS.get(str(word).strip().lower())
        if part is None:
            place = f"row {row + 1}" if lines is None else f"line {lines[row]}"
            found = "nothing" if missing is not None and missing[row] else f"“{word}”"
            raise DataError(f"{place} of the split column holds {found}; expected train, validation or test")
        parts.append(part)
    named = np.array(parts, dtype="U10")
    if "train" not in parts:
        raise DataError("the split column leaves no rows to train with: none of its cells says “train”")
    return np.flatnonzero(named == "train"), np.flatnonzero(named == "validation"), np.flatnonzero(named == "test")


def split_groups(
    groups: Sequence[object] | np.ndarray, validation: float, test: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide rows by chance so that all rows of a group, one word a row in ``groups``, come into the same part.

    The shares are of the rows, met as nearly as whole groups allow: groups are drawn until a part is full.
    """
    codes, counts = np.unique(np.asarray(groups, dtype=str), return_inverse=True, return_counts=True)[1:]
    if len(counts) < 2:
        raise DataError("all rows belong to one group, so they cannot be split by group")
    order = np.argsort(np.random.Generator(np.random.PCG64(seed)).random(len(counts)), kind="stable")
    reached = np.cumsum(counts[order]) - counts[order] / 2
    tested = order[reached <= test * len(codes)] if test else order[:0]
    validated = order[(reached > test * len(codes)) & (reached <= (test + validation) * len(codes))]
    parts = [np.flatnonzero(np.isin(codes, chosen)) for chosen in (validated, tested)]
    trained = np.setdiff1d(np.arange(len(codes)), np.concatenate(parts))
    if not len(trained):
        raise DataError("the groups are too large to leave any of them to train with; hold back less")
    return trained, parts[0], parts[1]


def split_in_time(times: np.ndarray, validation: float, test: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide rows in the order of ``times``, one a row: the first to train, then validation, the last to test.

    Rows of the same time come into the same part.
    """
    if validation < 0 or test < 0 or validation + test >= 1:
        raise DataError(f"the shares for validation ({validation:g}) and test ({test:g}) leave no rows to train with")
    refuse_timeless(times)
    ordered = np.sort(times, kind="stable")
    count = len(ordered)
    tests = ordered[count - round(count * test)] if round(count * test) else None
    held = round(count * test) + round(count * validation)
    validates = ordered[count - held] if held else None
    is_test = times >= tests if tests is not None else np.zeros(count, dtype=bool)
    is_held = times >= validates if validates is not None else np.zeros(count, dtype=bool)
    trained = np.flatnonzero(~is_held & ~is_test)
    if not len(trained) and count:
        raise DataError("too many rows have the same time to be split in its order")
    return trained, np.flatnonzero(is_held & ~is_test), np.flatnonzero(is_test)


def refuse_timeless(times: np.ndarray) -> None:
    """Raise a DataError where a time is missing: such a row is neither before nor after the others."""
    if missing := int(pd.isna(times).sum()):
        raise DataError(
            f"{missing:,} of {len(times):,} rows have no time, so they cannot be split in its order: fill the times "
            "in, take these rows out, or split in another way"
        )


def split_fold(
    count: int,
    folds: int,
    fold: int,
    validation: float,
    seed: int,
    labels: Sequence[object] | np.ndarray | None = None,
    groups: Sequence[object] | np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows of train, validation and test where one of ``folds`` equal folds, counted from 1, is tested with.

    The folds are drawn by chance and are the same for every ``fold``. With ``labels``, one a row, each has the classes
    in the same shares; with ``groups`` all rows of a group lie in one fold. ``validation`` is a share of all rows.
    """
    members = np.arange(count) if groups is None else np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
    units = int(members.max()) + 1 if count else 0
    if not 2 <= folds <= units or not 1 <= fold <= folds:
        what = "rows" if groups is None else "groups"
        raise DataError(f"fold {fold} of {folds} asks for at least {max(2, folds)} {what}; there are {units}")
    order = np.argsort(np.random.Generator(np.random.PCG64(seed)).random(units), kind="stable")
    if labels is not None and groups is None:
        codes = np.unique(np.asarray(labels), return_inverse=True)[1]
        order = order[np.argsort(codes[order], kind="stable")]
    place = np.empty(units, dtype=np.int64)
    place[order] = np.arange(units) % folds
    tested = np.flatnonzero(place[members] == fold - 1)
    rest = np.flatnonzero(place[members] != fold - 1)
    share = min(validation * count / max(1, len(rest)), 0.5)
    if groups is not None:
        within = split_groups(members[rest], share, 0.0, seed)
    else:
        within = split_rows(len(rest), share, 0.0, seed, None if labels is None else np.asarray(labels)[rest])
    return rest[within[0]], rest[within[1]], tested


def split_fold_in_time(
    times: np.ndarray, folds: int, fold: int, validation: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As ``split_fold`` in the order of ``times``: each fold is tested with what came before it to learn from.

    The rows are cut into one stretch more than there are folds, the first of which is never tested with. Rows of the
    same time lie in the same part.
    """
    refuse_timeless(times)
    ordered = np.sort(times, kind="stable")
    edges = [ordered[len(ordered) * place // (folds + 1)] for place in range(1, folds + 1)]
    begin = edges[fold - 1]
    is_test = (times >= begin) & (times < edges[fold]) if fold < folds else times >= begin
    before = np.flatnonzero(times < begin)
    if not len(before) or not is_test.any():
        raise DataError(f"too few rows, or too many of the same time, for {folds} folds in the order of time")
    trained, validated, _ = split_in_time(times[before], min(validation * len(times) / len(before), 0.5), 0.0)
    return before[trained], before[validated], np.flatnonzero(is_test)
