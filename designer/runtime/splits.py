"""How rows are divided into a part to train, one to validate and one to test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

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
    rest = rest[~np.isin(rest, tested)]
    validated = take_spread(rest, round(count * validation))
    trained = np.setdiff1d(np.arange(count), np.concatenate([tested, validated]))
    return trained, np.sort(validated), np.sort(tested)


def take_spread(rows: np.ndarray, wanted: int) -> np.ndarray:
    """``wanted`` of ``rows`` at even distances."""
    wanted = min(wanted, len(rows))
    return rows[(np.arange(wanted) * 2 + 1) * len(rows) // (2 * wanted)] if wanted else rows[:0]


def split_by_words(words: Iterable[object]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The indices of train, validation and test by a column that holds these words, one a row."""
    parts = []
    for row, word in enumerate(words):
        part = PART_WORDS.get(str(word).strip().lower())
        if part is None:
            raise DataError(f"row {row + 1} of the split column holds “{word}”; expected train, validation or test")
        parts.append(part)
    named = np.array(parts, dtype="U10")
    if "train" not in parts:
        raise DataError("the split column leaves no rows to train with: none of its cells says “train”")
    return np.flatnonzero(named == "train"), np.flatnonzero(named == "validation"), np.flatnonzero(named == "test")
