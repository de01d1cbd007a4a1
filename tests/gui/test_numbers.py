"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from designer.gui.numbers import (
    datum,
    duration,
    exact,
    figure,
    plural,
    share,
    size_of_file,
    tick_text,
    time_left,
    with_spread,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.8471234, "0.8471"), (16.3712, "16.37"), (923.84, "923.8"), (0.0, "0"), (12_345.6, "12,346"),
        (1_234.5, "1234"), (123_456.0, "123 k"), (0.00001234, "1.23e−5"), (-0.5, "−0.5000"), (1.0, "1.000"),
        (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "–"), (None, "–"), (999_999.0, "1 M"), (0.99999, "1.0000"),
        (1e30, "1.00e30"), (7.92e23, "7.92e23"), (-2.04e24, "−2.04e24"), (999.4e12, "999 T"), (999.6e12, "1.00e15"),
    ],
)  # fmt: skip
def test_figures_show_the_digits_that_matter(value: float | None, words: str) -> None:
    assert figure(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.4, "9.4 s"), (12.3, "12 s"), (59.7, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "a few seconds left"), (12, "15 s left"), (54, "55 s left"), (58, "1 min left"), (190, "3 min left"),
        (3600, "1 h left"), (7500, "2 h 5 min left"), (math.nan, ""), (math.inf, ""), (-1, ""),
    ],
)  # fmt: skip
def test_time_left_is_no_more_exact_than_can_be_known(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


def test_counts_shares_and_sizes() -> None:
    assert exact(104202) == "104,202"
    assert plural(1, "row") == "1 row"
    assert plural(2, "class", "classes") == "2 classes"
    assert [share(part) for part in (0, 0.0001, 0.004, 0.5, 1)] == ["0 %", "< 0.1 %", "0.4 %", "50 %", "100 %"]
    assert size_of_file(812) == "812 B"
    assert size_of_file(4200) == "4.2 kB"


def test_an_average_has_the_digits_that_its_spread_leaves() -> None:
    assert with_spread(0.96, 0.0149) == "0.960 ± 0.015"
    assert with_spread(1234.5, 12.3) == "1234 ± 12"
    assert with_spread(-0.5, 0.05) == "−0.500 ± 0.050"
    assert with_spread(0.5, 0.0) == "0.5000 ± 0"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"), (0.001, "0.001"), (2.5e-12, "2.5e−12"), (1_750, "1750"), (-250, "−250"), (25_000, "25,000"),
        (500_000, "500 k"), (1_500_000, "1.5 M"), (-2e9, "−2 G"), (1e20, "1e20"),
    ],
)  # fmt: skip
def test_a_number_along_an_axis_is_written_in_full_or_with_a_unit_never_cut(value: float, words: str) -> None:
    assert tick_text(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (326, "326"), (18_823, "18,823"), (18_823.7, "18,824"), (2_008, "2008"), (0.4217899, "0.4218"), (-0.0, "0"),
        (-512.34, "−512.3"), (12_345_678, "12,345,678"), (1.25e12, "1.25e12"), (1e-7, "1e−7"), (-0.2, "−0.2"),
    ],
)  # fmt: skip
def test_a_number_from_the_data_has_no_power_of_ten_where_it_can_be_written_out(value: float, words: str) -> None:
    assert datum(value) == words


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (9999.97, 4, "10,000"), (9999.4, 4, "9999"), (-9999.5, 4, "−10,000"), (999.7, 3, "1000"), (999.4, 3, "999"),
        (0.99996, 4, "1"), (99.96, 3, "100"),
    ],
)  # fmt: skip
def test_a_number_that_is_rounded_up_to_a_power_of_ten_is_written_out(value: float, digits: int, words: str) -> None:
    assert datum(value, digits) == words
