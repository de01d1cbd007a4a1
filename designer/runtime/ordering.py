"""Puts words in order, however many: nothing else in the process runs during a single step that goes through all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd


def sorted_in_runs(words: Iterable[str], run: int = 1 << 15) -> list[str]:
    """All words in order, of which at most about 2 × ``run`` are sorted at once."""
    given = list(words)
    runs = [sorted(given[start : start + run]) for start in range(0, len(given), run)]
    if len(runs) < 2:
        return runs[0] if runs else []
    some = sorted(chain.from_iterable(each[:: len(runs)] for each in runs))
    step = -(-len(some) // len(runs))
    marks = some[step::step]
    cuts = [[0, *(bisect_left(each, mark) for mark in marks), len(each)] for each in runs]
    found: list[str] = []
    for place in range(len(marks) + 1):
        # what lies between two marks in one run is in order already, and so merged quickly with that in others
        found += sorted(
            chain.from_iterable(each[cut[place] : cut[place + 1]] for each, cut in zip(runs, cuts, strict=True))
        )
    return found


def column_of_words(codes: np.ndarray, words: Mapping[str, int], index: pd.Index, name: Any) -> pd.Series:
    """Cells in pandas' category dtype, its words in order, from the code of each cell, -1 where it is missing.

    ``words`` are the codes of all words, from 0 on.
    """
    order = sorted_in_runs(words)
    places = np.full(len(order) + 1, -1, dtype=np.int32)
    places[np.fromiter((words[word] for word in order), np.int64, len(order))] = np.arange(len(order), dtype=np.int32)
    # the words differ, being keys: pandas would compare them all once more, without a pause
    made: Any = pd.CategoricalDtype
    kind = made._from_fastpath(pd.Index(order, dtype=object))
    cells = pd.Categorical.from_codes(places.take(codes, mode="wrap"), dtype=kind, validate=False)
    return pd.Series(cells, index=index, name=name, copy=False)


def code_counts(codes: np.ndarray, size: int) -> np.ndarray:
    """How often each code below ``size`` occurs among some from -1 on, as pandas has them: (size,)."""
    if codes.dtype == np.int8:
        # taken for numbers without a sign, -1 is 255, and nothing has to be added to them
        return np.bincount(codes.view(np.uint8), minlength=256)[:size]
    return np.bincount(codes + 1, minlength=size + 1)[1:]
