"""Dates in numbers: whether the day or the month comes first, the same for every file of the same data."""

from __future__ import annotations

import pandas as pd
import pytest

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


def test_another_file_is_read_in_the_order_of_the_first() -> None:
    order: dict[str, bool] = {}
    read("13/01/2020", day_first=order)
    assert order == {"d": True}
    assert read("02/03/2020", day_first=order) == ["2020-03-02"]
    with pytest.raises(DataError, match="no date with the day first"):
        read("02/13/2020", day_first=order)
    assert read("2020-02-03", day_first={}) == ["2020-02-03"]
