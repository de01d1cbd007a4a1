"""Series: bounded memory, no peak lost."""

from __future__ import annotations

import math

import pytest

from designer.gui.panels.series import MOST, Series


def filled(count: int) -> Series:
    series = Series()
    for x in range(count):
        series.add(float(x), 100.0 if x == 777 else math.sin(x / 50))
    return series


def test_short_series_are_kept_as_they_are() -> None:
    series = filled(1000)
    assert len(series) == 1000
    assert series.nearest(500.4) == (500.0, math.sin(10))
    assert series.latest == (999.0, math.sin(999 / 50))


def test_long_series_stay_small_and_keep_their_peaks() -> None:
    series = filled(300_000)
    assert len(series) <= MOST
    x, y = series.drawn()
    assert len(x) == len(y) <= 2 * MOST
    assert max(y) == 100.0
    assert min(y) < -0.999
    assert list(x) == sorted(x)
    assert series.latest == (299_999.0, math.sin(299_999 / 50))


def test_a_value_that_is_no_number_hides_no_other() -> None:
    series = Series()
    for x in range(2 * MOST):
        series.add(float(x), math.nan if x % 2 else 1.0)
    _, y = series.drawn()
    assert all(value == 1.0 for value in y)


@pytest.mark.parametrize("pieces", [[5], [3, 0, 4], [MOST - 1, 1, 1], [MOST - 3, 9, 2 * MOST, 7]])
def test_many_points_at_once_are_the_points_one_by_one(pieces: list[int]) -> None:
    single, together = Series(), Series()
    first = 0
    for count in pieces:
        x = [float(at) for at in range(first, first + count)]
        values = [math.sin(at) for at in x]
        for point in zip(x, values, strict=True):
            single.add(*point)
        together.extend(x, values)
        first += count
    assert together.drawn() == single.drawn() and together.latest == single.latest
    assert list(together) == list(single)
