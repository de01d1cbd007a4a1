"""Words in order, however many: the same as sorted at once, and never so that all else stands still."""

from __future__ import annotations

import threading
import time
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.runtime.ordering import code_counts, column_of_words, sorted_in_runs
from designer.runtime.tables import to_words
from tests.helpers.rounds import rounds

# of what pandas takes
MOST_OF_IT = 0.6


@given(st.lists(st.text(max_size=3), max_size=40), st.integers(1, 7))
def test_words_sorted_in_runs_are_sorted(words: list[str], run: int) -> None:
    assert sorted_in_runs(words, run) == sorted(words)


@given(st.sets(st.text(max_size=3), max_size=12), st.data())
def test_a_column_of_words_says_what_the_codes_say(words: set[str], data: st.DataObject) -> None:
    known = {word: code for code, word in enumerate(words)}
    codes = data.draw(st.lists(st.integers(-1, len(known) - 1), max_size=20))
    column = column_of_words(np.array(codes, dtype=np.int32), known, pd.RangeIndex(len(codes)), "c")
    by_code = {**{code: word for word, code in known.items()}, -1: None}
    assert [cell if isinstance(cell, str) else None for cell in column] == [by_code[code] for code in codes]
    assert list(column.cat.categories) == sorted(words)
    assert column.name == "c"


@given(st.lists(st.sampled_from(["", " NA", "b", " b ", "a", "B", "?", "ä", "a b"]), max_size=30))
def test_words_are_stripped_told_apart_and_in_order(cells: list[str]) -> None:
    given_cells = pd.Series(pd.Categorical(cells), name="c")
    read = to_words(given_cells)
    said = [None if cell.strip() in ("", "NA", "?") else cell.strip() for cell in cells]
    assert [cell if isinstance(cell, str) else None for cell in read] == said
    assert list(read.cat.categories) == sorted({word for word in said if word is not None})


def longest_stop(work) -> float:
    """Seconds of the processor that passed at most until another thread got its turn while ``work`` was done."""
    stops, ended = [0.0], threading.Event()

    def tick() -> None:
        while not ended.is_set():
            before = time.process_time()
            time.sleep(0.001)
            stops.append(time.process_time() - before)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        work()
    finally:
        ended.set()
        thread.join()
    return max(stops)


@given(st.lists(st.integers(-1, 120)), st.sampled_from([np.int8, np.int16, np.int32]))
def test_codes_are_counted_with_gaps_among_them(codes: list[int], kind: type[np.signedinteger]) -> None:
    counted = code_counts(np.array(codes, dtype=kind), 121)
    assert counted.tolist() == [codes.count(code) for code in range(121)]


def test_a_column_that_is_ready_is_not_made_again() -> None:
    ready = pd.Series(pd.Categorical.from_codes([1, 0, -1], categories=pd.Index(["a", "b"], dtype=object)))
    assert to_words(ready) is ready


@pytest.mark.parametrize(
    ("words", "codes", "ordered", "said"),
    [
        (["b", "a"], [0, 1], False, ["b", "a"]),
        (["a", "b"], [0, 0], False, ["a", "a"]),
        (["a", "b "], [0, 1], False, ["a", "b"]),
        (["a", "null"], [0, 1], False, ["a", None]),
        (["a", "b"], [1, 0], True, ["b", "a"]),
    ],
)
def test_a_column_that_is_not_ready_is_made_so(
    words: list[str], codes: list[int], ordered: bool, said: list[str | None]
) -> None:
    given_cells = pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype=object), ordered=ordered))
    made = to_words(given_cells)
    assert made.astype(object).where(made.notna(), None).tolist() == said
    assert made.cat.categories.tolist() == sorted({word for word in said if word is not None})
    assert not made.cat.ordered


@pytest.mark.alone
def test_nothing_else_waits_for_hundreds_of_thousands_of_words() -> None:
    """As long as pandas takes to find that many words in no order to be different, for which it stops all else."""
    chance = Random(0)
    words = [f"{chance.random()} {place}" for place in range(400_000)]
    codes = np.arange(len(words), dtype=np.int32)
    known = dict(zip(words, codes.tolist(), strict=True))
    index = pd.RangeIndex(len(words))
    ours: list[float] = []
    theirs: list[float] = []
    # the least of a few rounds in turns: whatever else the machine does makes both longer
    for _ in rounds(9, lambda: min(ours) < MOST_OF_IT * min(theirs), least=3):
        ours.append(longest_stop(lambda: column_of_words(codes, known, index, "c")))
        theirs.append(
            longest_stop(lambda: pd.Categorical.from_codes(codes, pd.Index(words, dtype=object), validate=False))
        )
    print(f"\nnothing else for {1000 * min(ours):.0f} ms, with pandas alone for {1000 * min(theirs):.0f} ms")
    assert min(ours) < MOST_OF_IT * min(theirs)
