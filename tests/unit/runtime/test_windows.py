"""Windows never cross series, never share a predicted row, and are cut the same way once or batch by batch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.runtime import windows
from designer.runtime.splits import split_in_time


def flags(count: int) -> st.SearchStrategy[np.ndarray]:
    return st.lists(st.sampled_from([True, True, True, False]), min_size=count, max_size=count).map(
        lambda found: np.array(found, dtype=bool)
    )


@st.composite
def series(draw):
    """Rows of up to three series with times, and which of them can be looked at and predicted."""
    sizes = draw(st.lists(st.integers(1, 25), min_size=1, max_size=3))
    codes = np.repeat(np.arange(len(sizes)), sizes)
    times = np.concatenate([np.arange(size) + draw(st.integers(0, 9)) for size in sizes])
    return codes, times, draw(flags(len(codes))), draw(flags(len(codes)))


@settings(max_examples=200, deadline=None)
@given(series(), st.integers(1, 6), st.integers(1, 4), st.integers(1, 3), st.floats(0, 0.4), st.floats(0, 0.4))
def test_windows_keep_to_their_series_and_part(rows, length, horizon, stride, validation, test):
    codes, times, seen, known = rows
    held = round(len(times) * validation) + round(len(times) * test)
    if (times < np.sort(times)[len(times) - held if held else -1]).sum() == 0 and held:
        return
    part = windows.parts_of_rows(len(codes), split_in_time(times, validation, test))
    parts = windows.find_windows(codes, part, seen, known, length, horizon, stride)
    predicted = [{int(row) for last in found for row in range(last + 1, last + horizon + 1)} for found in parts]
    for number, found in enumerate(parts):
        for last in found:
            inside = np.arange(last - length + 1, last + horizon + 1)
            assert inside[0] >= 0
            assert len(set(codes[inside])) == 1
            assert set(part[inside[length:]]) == {number}
            assert seen[inside[:length]].all()
            assert known[inside[length:]].all()
            assert (last - length + 1 - int(np.flatnonzero(codes == codes[last])[0])) % stride == 0
    assert not predicted[0] & predicted[1] | predicted[0] & predicted[2] | predicted[1] & predicted[2]
    if stride == 1:  # none is forgotten
        count = sum(
            len(set(codes[row - length + 1 : row + horizon + 1])) == 1
            and seen[row - length + 1 : row + 1].all()
            and known[row + 1 : row + horizon + 1].all()
            and len(set(part[row + 1 : row + horizon + 1])) == 1
            for row in range(length - 1, len(codes) - horizon)
        )
        assert sum(len(found) for found in parts) == count


def test_rows_come_series_by_series_in_the_order_of_time():
    frame = pd.DataFrame({"town": ["b", "a", "b", "a"], "day": [2.0, 9.0, 1.0, 3.0]}, index=[2, 3, 4, 5])
    ordered, codes = windows.in_series(frame, "town", "day")
    assert ordered.index.tolist() == [5, 3, 4, 2]
    assert codes.tolist() == [0, 0, 1, 1]


def test_gaps_are_filled_from_before_but_not_from_another_series():
    cells = pd.Series([np.nan, 1.0, np.nan, np.nan, 4.0], name="x", index=[9, 8, 7, 6, 5])
    filled = windows.fill_forward(cells, np.array([0, 0, 0, 1, 1]))
    assert filled.index.tolist() == [9, 8, 7, 6, 5]
    np.testing.assert_array_equal(filled, [np.nan, 1.0, 1.0, np.nan, 4.0])
    words = windows.fill_forward(pd.Series(["a", None, "b"], dtype="category"), np.array([0, 0, 0]))
    assert words.tolist() == ["a", "a", "b"]


def test_what_is_known_ahead_moves_back_by_the_horizon():
    ahead = windows.shift_ahead(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([0, 0, 0, 1, 1]), 1)
    np.testing.assert_array_equal(ahead, [2.0, 3.0, np.nan, 5.0, np.nan])


def test_the_next_steps_are_the_target():
    values = np.arange(20, dtype=np.float32).reshape(10, 2)
    last = np.array([2, 5])
    part = windows.window_part([values], values, last, 3, 2)
    assert part.inputs[0].tolist() == [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]
    assert part.targets.tolist() == [[6, 7, 8, 9], [12, 13, 14, 15]]
    codes = windows.window_part([values], np.arange(10), last, 3, 1)
    assert codes.targets.tolist() == [3, 6]


def test_windows_cut_batch_by_batch_are_the_same(monkeypatch: pytest.MonkeyPatch):
    values = np.random.default_rng(0).random((50, 3), dtype=np.float32)
    last = np.arange(6, 48)
    whole = windows.window_part([values, values[:, :1]], values, last, 7, 2)
    monkeypatch.setattr(windows, "COPIED_BYTES", 100)
    pieces = windows.window_part([values, values[:, :1]], values, last, 7, 2)
    assert pieces.finish is not None
    chosen = torch.tensor([5, 0, 30])
    for one, other in zip(whole.rows(chosen).inputs, pieces.rows(chosen).ready().inputs, strict=True):
        assert torch.equal(one, other)
    assert torch.equal(whole.targets, pieces.targets)


def test_repeating_the_last_value_by_hand():
    values = np.array([[1.0], [2.0], [4.0], [8.0]])
    assert windows.repeat_last_error(values, np.array([0, 1, 2]), 1) == pytest.approx(np.sqrt((1 + 4 + 16) / 3))
    assert windows.repeat_last_error(values, np.array([1]), 2) == pytest.approx(np.sqrt((4 + 36) / 2))


def test_windows_without_a_target_reach_to_the_end():
    series = np.array([0, 0, 0, 1, 1])
    assert windows.complete_windows(series, np.ones(5, dtype=bool), 2).tolist() == [1, 2, 4]
