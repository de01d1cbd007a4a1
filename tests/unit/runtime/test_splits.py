"""Rows are divided the same way everywhere, and no class is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.runtime.errors import DataError
from designer.runtime.splits import split_by_words, split_rows


def test_the_same_on_every_machine():
    train, validation, test = split_rows(12, 0.25, 0.25, 7)
    assert (train.tolist(), validation.tolist(), test.tolist()) == ([1, 2, 4, 6, 8, 10], [3, 7, 9], [0, 5, 11])
    assert split_rows(12, 0.25, 0.25, 8)[2].tolist() != test.tolist()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from("aaaaabbc"), min_size=0, max_size=80),
    st.floats(0, 0.45),
    st.floats(0, 0.45),
    st.integers(0, 1000),
    st.booleans(),
)
def test_every_row_goes_to_one_part(labels, validation, test, seed, stratify):
    parts = split_rows(len(labels), validation, test, seed, labels if stratify else None)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    for part in parts:
        assert part.tolist() == sorted(part.tolist())
    if stratify:
        assert {labels[row] for row in parts[0]} == set(labels)
    else:
        assert len(parts[2]) == round(len(labels) * test)


def test_stratified_shares():
    labels = np.array(["a"] * 700 + ["b"] * 200 + ["c"] * 100)
    for part, share in zip(split_rows(1000, 0.15, 0.15, 0, labels), (0.7, 0.15, 0.15), strict=True):
        counts = [int((labels[part] == name).sum()) for name in "abc"]
        np.testing.assert_allclose(counts, np.array([700, 200, 100]) * share, atol=1)


def test_a_class_of_one_stays_to_train():
    labels = ["common"] * 59 + ["rare"]
    assert 59 in split_rows(60, 0.15, 0.15, 0, labels)[0]


def test_no_rows_left_to_train():
    with pytest.raises(DataError, match="leave no rows to train with"):
        split_rows(10, 0.5, 0.5, 0)


def test_by_words():
    parts = split_by_words(["train", " Test", "VAL", "training", "validation", "dev"])
    assert [part.tolist() for part in parts] == [[0, 3], [2, 4, 5], [1]]
    with pytest.raises(DataError, match="row 2 of the split column holds “tset”"):
        split_by_words(["train", "tset"])
    with pytest.raises(DataError, match="no rows to train with"):
        split_by_words(["test", "test"])
