"""What is done to a column of words: gaps filled, words turned into columns of 0 and 1, into ranks or into codes.

A column comes as a pandas Categorical, with one row for each cell. What is learned of it is lists of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from designer.runtime.ordering import code_counts


def learn_common_word(words: pd.Categorical, column: Mapping[str, Any]) -> dict[str, Any]:
    """The word seen most often, for gaps, of several the first by the alphabet; None where there is no word."""
    counts = word_counts(words)
    common = words.categories[counts == counts.max()] if counts.any() else []
    return {"fill": min((str(word) for word in common), default=None)}


def fill_words(words: pd.Categorical, learned: Mapping[str, Any]) -> pd.Categorical:
    """Words without gaps; with them where no word was there to fill them with."""
    if learned["fill"] is None:
        return words
    known = words if learned["fill"] in words.categories else words.add_categories([learned["fill"]])
    return known.fillna(learned["fill"])


def class_places(cells: pd.Series) -> np.ndarray:
    """For each cell of a column without gaps the place of its word, or number, among all in order: (N,)."""
    # the different words alone are sorted: nothing else in the process could run while a million cells are
    written = cells.astype("category").cat
    return np.unique(np.asarray(written.categories), return_inverse=True)[1][written.codes]


def occurring_words(words: pd.Categorical) -> list[str]:
    """The words that occur, in the order people expect."""
    return in_order(words.categories[word_counts(words) > 0])


def word_counts(words: pd.Categorical) -> np.ndarray:
    """How often each word occurs."""
    return code_counts(words.codes, len(words.categories))


def in_order(words: Any) -> list[str]:
    """Words in the order people expect: numbers by size, all else by the alphabet."""
    try:
        return sorted((str(word) for word in words), key=lambda word: (float(word), word))
    except ValueError:
        return sorted(str(word) for word in words)


def word_places(words: pd.Categorical, learned: list[str]) -> np.ndarray:
    """The place of each word in the list of those learned, -1 for others and for gaps: int64 of shape (rows,)."""
    found: np.ndarray = np.array([*places_of(words.categories, learned), -1])[words.codes]
    return found


def places_of(words: Iterable[object], learned: Sequence[str]) -> list[int]:
    """The place of each of some words in the list of those learned, -1 for others.

    What was not learned as it is written counts as the same whole number: 3.0, as programs write it into a column
    with gaps, is the 3 that was learned, and 3 is 3.0.
    """
    order = {word: place for place, word in enumerate(learned)}
    whole: dict[str, int] = {}
    for place, word in enumerate(learned):
        # two words for one number do not say which is meant
        whole[whole_number(word)] = place if whole_number(word) not in whole else -1
    return [order.get(str(word), whole.get(whole_number(str(word)), -1)) for word in words]


def whole_number(word: str) -> str:
    """A whole number without the zeros behind its point; any other word as it is."""
    before, _, behind = word.partition(".")
    return before if behind and not behind.strip("0") and before.lstrip("-").isdecimal() else word


def learn_categories(words: pd.Categorical, column: Mapping[str, Any]) -> dict[str, Any]:
    """The words that occur, in order."""
    return {"categories": occurring_words(words)}


def one_hot(words: pd.Categorical, learned: Mapping[str, Any]) -> np.ndarray:
    """1 in the column of its word, else 0: float32 of shape (rows, words). A word that was not learned is all zeros."""
    codes = word_places(words, learned["categories"])
    matrix = np.zeros((len(words), len(learned["categories"])), dtype=np.float32)
    rows = np.flatnonzero(codes >= 0)
    matrix[rows, codes[rows]] = 1.0
    return matrix


def learn_order(words: pd.Categorical, column: Mapping[str, Any]) -> dict[str, Any]:
    """The words in the order that was chosen, others after them."""
    chosen = list(column.get("order", ()))
    return {"order": chosen + [word for word in occurring_words(words) if word not in set(chosen)]}


def ranks(words: pd.Categorical, learned: Mapping[str, Any]) -> np.ndarray:
    """The rank of each word from 0, -1 for one that was not learned: float64 of shape (rows,)."""
    return word_places(words, learned["order"]).astype(np.float64)


def learn_codes(words: pd.Categorical, column: Mapping[str, Any]) -> dict[str, Any]:
    """The words that occur, in order, and how many codes they need with the one for what was not learned."""
    found = occurring_words(words)
    return {"codes": 1 + len(found), "categories": found}


def word_codes(words: pd.Categorical, learned: Mapping[str, Any]) -> np.ndarray:
    """The code of each word from 1, 0 for a gap or a word that was not learned: int64 of shape (rows,)."""
    return 1 + word_places(words, learned["categories"])
