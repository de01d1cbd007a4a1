"""Dates in numbers: whether the day or the month comes first, the same for every file of the same data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from designer.importing.cells import read_dates
from designer.runtime.errors import DataError
from designer.runtime.times import to_dates


def read(*cells: str, day_first: dict[str, bool] | None = None) -> list[str]:
    lines = pd.RangeIndex(2, len(cells) + 2)
    return [
        f"{time:%Y-%m-%d}"
        for time in to_dates(pd.Series(list(cells), index=lines, name="d"), "t.csv", day_first=day_first)
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("13/01/2020", "02/03/2020"), ["2020-01-13", "2020-03-02"]),
        (("01/13/2020", "02/03/2020"), ["2020-01-13", "2020-02-03"]),
        (("02/03/2020", "04/05/2020"), ["2020-02-03", "2020-04-05"]),
        (("02.03.2020", "04.05.2020"), ["2020-03-02", "2020-05-04"]),
        (("01/11/2020", "01/12/2020", "01/01/2021"), ["2020-11-01", "2020-12-01", "2021-01-01"]),
        (("11/01/2020", "12/01/2020", "01/01/2021"), ["2020-11-01", "2020-12-01", "2021-01-01"]),
        (("2020-03-02", "2020-03-13"), ["2020-03-02", "2020-03-13"]),
    ],
)
def test_days_and_months_are_told_apart(cells: tuple[str, ...], expected: list[str]) -> None:
    assert read(*cells) == expected


def test_dates_in_two_orders_are_refused() -> None:
    with pytest.raises(DataError, match=r"t\.csv, line 3, column “d”: “01/14/2020” is no date with the day first"):
        read("13/01/2020", "01/14/2020")


def test_the_order_may_be_set() -> None:
    assert read("02/03/2020", "04/05/2020", day_first={"d": True}) == ["2020-03-02", "2020-05-04"]
    assert read("02.03.2020", day_first={"d": False}) == ["2020-02-03"]
    with pytest.raises(DataError, match="“13/01/2020” is no date with the month first"):
        read("13/01/2020", day_first={"d": False})


@pytest.mark.parametrize("day_first", [None, True, False])
@pytest.mark.parametrize(
    "cells",
    [
        ("02/03/2020", "2020-05-04", "3 March 2021 10:30", "20210607"),
        ("2020-01-02T03:04:05.678+02:00", "1820-01-02", "05/06/2020"),
        (*(f"2020-01-{day:02}" for day in range(1, 32)), "07/08/2020"),
    ],
)
def test_what_is_shown_is_what_is_trained_with(cells: tuple[str, ...], day_first: bool | None) -> None:
    words = pd.Index(sorted(cells))
    trained = to_dates(pd.Series(words, name="d"), "t.csv", day_first=None if day_first is None else {"d": day_first})
    seconds = (trained - pd.Timestamp(0)) / pd.Timedelta(seconds=1)
    assert read_dates(words, day_first).tolist() == pytest.approx(seconds.tolist())


def test_what_contradicts_the_order_is_shown_as_unread() -> None:
    words = pd.Index(["01/14/2020", "13/01/2020", "no date"])
    assert np.isnan(read_dates(words)).tolist() == [True, False, True]
    assert np.isnan(read_dates(words, False)).tolist() == [False, True, True]


def test_another_file_is_read_in_the_order_of_the_first() -> None:
    order: dict[str, bool] = {}
    read("13/01/2020", day_first=order)
    assert order == {"d": True}
    assert read("02/03/2020", day_first=order) == ["2020-03-02"]
    with pytest.raises(DataError, match="no date with the day first"):
        read("02/13/2020", day_first=order)
    assert read("2020-02-03", day_first={}) == ["2020-02-03"]
