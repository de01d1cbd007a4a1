"""Rows are divided the same way everywhere, and no class is lost."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from designer.runtime.errors import DataError
from designer.runtime.splits import (
    split_by_words,
    split_fold,
    split_fold_in_time,
    split_groups,
    split_in_time,
    split_rows,
)
from designer.runtime.words import class_places


def test_the_same_on_every_machine():
    train, validation, test = split_rows(12, 0.25, 0.25, 7)
    assert (train.tolist(), validation.tolist(), test.tolist()) == ([1, 2, 4, 6, 8, 10], [3, 7, 9], [0, 5, 11])
    assert split_rows(12, 0.25, 0.25, 8)[2].tolist() != test.tolist()


def listed(parts: tuple[np.ndarray, ...]) -> list[list[int]]:
    return [part.tolist() for part in parts]


def test_classes_groups_and_folds_are_the_same_on_every_machine():
    labels = list("aaaaaaaabbbbccda")
    assert listed(split_rows(16, 0.2, 0.25, 5, labels)) == [
        [0, 4, 6, 7, 8, 11, 12, 13, 14],
        [1, 5, 10],
        [2, 3, 9, 15],
    ]
    groups = list("aabbbcddeeeffgg")
    assert listed(split_groups(groups, 0.25, 0.25, 7)) == [[0, 1, 2, 3, 4, 5, 11, 12], [8, 9, 10], [6, 7, 13, 14]]
    times = np.array([3, 1, 2, 5, 4, 9, 7, 6, 8, 0, 11, 10])
    assert listed(split_fold_in_time(times, 3, 2, 0.1)) == [[0, 1, 2, 4, 9], [3], [6, 7, 8]]


@pytest.mark.parametrize(
    ("told", "folds"),
    [
        (
            {},
            [
                [[1, 2, 3, 5, 10, 11], [8, 9], [0, 4, 6, 7]],
                [[0, 1, 4, 6, 9, 11], [7, 8], [2, 3, 5, 10]],
                [[0, 2, 3, 4, 7, 10], [5, 6], [1, 8, 9, 11]],
            ],
        ),
        (
            {"labels": list("aaaaaabbbbbc")},
            [
                [[0, 1, 5, 9, 10, 11], [4, 7], [2, 3, 6, 8]],
                [[0, 1, 3, 8, 9, 11], [2, 6], [4, 5, 7, 10]],
                [[2, 3, 5, 6, 7, 8], [4, 10], [0, 1, 9, 11]],
            ],
        ),
        (
            {"groups": list("aabbccddeeff")},
            [
                [[0, 1, 2, 3, 8, 9], [10, 11], [4, 5, 6, 7]],
                [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9, 10, 11]],
                [[4, 5, 6, 7, 8, 9], [10, 11], [0, 1, 2, 3]],
            ],
        ),
    ],
    ids=["plain", "labels", "groups"],
)
def test_each_fold_is_the_same_on_every_machine(told: dict[str, list[str]], folds: list[list[list[int]]]):
    assert [listed(split_fold(12, 3, fold, 0.2, 7, **told)) for fold in (1, 2, 3)] == folds


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.lists(st.text(max_size=3), min_size=1), st.lists(st.integers(-3, 300), min_size=1)), st.data())
def test_classes_have_the_places_of_their_order(labels, data):
    wanted = np.unique(np.asarray(labels, dtype=object), return_inverse=True)[1].tolist()
    different = data.draw(st.permutations(sorted(set(labels))))
    cells = pd.Series(labels, dtype=object)
    assert class_places(cells).tolist() == wanted
    assert class_places(cells.astype(pd.CategoricalDtype(different))).tolist() == wanted


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


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(4, 120),
    folds=st.integers(2, 6),
    seed=st.integers(0, 5),
    validation=st.sampled_from([0.0, 0.15, 0.4]),
    kind=st.sampled_from(["plain", "labels", "groups"]),
)
def test_folds_test_every_row_once_and_never_with_what_was_learned_from(
    count: int, folds: int, seed: int, validation: float, kind: str
) -> None:
    assume(kind != "groups" or folds < count // 3)
    labels = np.arange(count) % 3 if kind == "labels" else None
    groups = [f"g{row // 2}" for row in range(count)] if kind == "groups" else None
    assume(folds <= count)
    tested = []
    for fold in range(1, folds + 1):
        train, valid, test = split_fold(count, folds, fold, validation, seed, labels, groups)
        assert sorted([*train, *valid, *test]) == list(range(count))
        assert len(train)
        tested += test.tolist()
        if groups is not None:
            parts = [{groups[row] for row in rows} for rows in (train, valid, test)]
            assert not parts[0] & parts[1]
            assert not parts[0] & parts[2]
            assert not parts[1] & parts[2]
    assert sorted(tested) == list(range(count))


def test_folds_keep_the_classes_in_their_shares() -> None:
    labels = np.array(["a"] * 40 + ["b"] * 20)
    for fold in range(1, 6):
        _, _, test = split_fold(60, 5, fold, 0.1, 0, labels)
        assert (labels[test] == "a").sum() == 8
        assert (labels[test] == "b").sum() == 4


def test_folds_in_time_learn_from_the_past_alone() -> None:
    times = np.random.default_rng(0).permutation(100)
    for fold in range(1, 5):
        train, valid, test = split_fold_in_time(times, 4, fold, 0.1)
        assert times[train].max() < times[valid].min()
        assert times[valid].max() < times[test].min()
        assert len(test) == 20


@pytest.mark.parametrize("folds", [2, 3, 5, 9])
def test_folds_in_time_are_those_of_scikit_learn(folds: int) -> None:
    """Where the rows divide evenly; else it is the first stretch that has more there."""
    times = np.random.default_rng(folds).permutation(90 - 90 % (folds + 1))
    order = np.argsort(times)
    for fold, (before, tested) in enumerate(TimeSeriesSplit(folds).split(times), start=1):
        train, valid, test = split_fold_in_time(times, folds, fold, 0.1)
        assert sorted(test) == sorted(order[tested])
        assert sorted([*train, *valid]) == sorted(order[before])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=12, max_size=80), st.integers(2, 5), st.sampled_from([0.0, 0.1, 0.3]))
def test_folds_in_time_never_learn_from_the_future(times: list[int], folds: int, validation: float) -> None:
    cells, tested = np.array(times), []
    for fold in range(1, folds + 1):
        try:
            train, valid, test = split_fold_in_time(cells, folds, fold, validation)
        except DataError as error:
            assert "the same time" in str(error)
            continue
        assert len(train) and len(test)
        later = [cells[part] for part in (train, valid, test) if len(part)]
        assert all(before.max() < after.min() for before, after in itertools.pairwise(later))
        tested += test.tolist()
    assert len(set(tested)) == len(tested)


def test_groups_stay_together_and_shares_are_met() -> None:
    groups = np.repeat(np.arange(50), 4)
    train, valid, test = split_groups(groups, 0.2, 0.2, 3)
    parts = [set(groups[rows]) for rows in (train, valid, test)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert sorted([*train, *valid, *test]) == list(range(200))
    assert abs(len(test) - 40) <= 4
    assert abs(len(valid) - 40) <= 4
    with pytest.raises(DataError, match="one group"):
        split_groups(["a"] * 5, 0.2, 0.2, 0)


def test_how_groups_are_divided_never_changes() -> None:
    """Runs of any age are split anew where they are measured or resumed; where groups are too few, a part has none."""
    groups = np.repeat(np.arange(6), (4, 3, 2, 3, 4, 2))
    found = [[sorted(set(groups[rows].tolist())) for rows in split_groups(groups, 0.2, 0.3, seed)] for seed in range(3)]
    assert found == [[[0, 4, 5], [1], [2, 3]], [[0, 1, 3], [5], [2, 4]], [[2, 4, 5], [1], [0, 3]]]
    assert [len(rows) for rows in split_groups(np.repeat(np.arange(3), 10), 0.05, 0.05, 0)] == [30, 0, 0]


def test_the_last_in_time_is_tested_with_and_equal_times_stay_together() -> None:
    times = np.array([3, 1, 2, 5, 4, 5, 5, 6, 7, 8])
    train, valid, test = split_in_time(times, 0.2, 0.2)
    assert times[test].tolist() == [7, 8]
    assert sorted(times[valid].tolist()) == [5, 5, 5, 6]
    assert sorted(times[train].tolist()) == [1, 2, 3, 4]
    with pytest.raises(DataError, match="same time"):
        split_in_time(np.ones(9), 0.2, 0.2)


def test_what_cannot_be_split_names_its_line() -> None:
    words = pd.Series(["train", None, "test"], index=[2, 4, 9])
    with pytest.raises(DataError, match="line 4 of the split column holds nothing"):
        split_by_words(words)
    times = np.array(["2020-01-01", "NaT", "2020-01-03"], dtype="datetime64[us]")
    with pytest.raises(DataError, match="1 of 3 rows have no time"):
        split_in_time(times, 0.2, 0.2)
    with pytest.raises(DataError, match="1 of 3 rows have no time"):
        split_fold_in_time(times, 2, 1, 0.2)
