"""Curves of other runs: told apart by colour and line, thinned out with their peaks, named in short."""

from __future__ import annotations

from designer.gui.panels.guests import Guest, Guests, short_names, thinned
from designer.gui.panels.line_forms import colour_of, style_of
from designer.gui.theme import DARK, LIGHT


def test_forms_tell_two_dozen_runs_apart() -> None:
    for theme in (LIGHT, DARK):
        assert len({(colour_of(form, theme), style_of(form)) for form in range(24)}) == 24


def test_a_long_curve_is_thinned_out_with_its_peaks() -> None:
    values = [1.0] * 100_000
    values[54_321] = 9.0
    values[77_777] = -3.0
    x, y = thinned(Guest("long", 0, tuple(range(1, 100_001)), tuple(values)))
    assert len(x) <= 1000
    assert (max(y), min(y)) == (9.0, -3.0)
    assert x[0] == 1 and x[-1] == 100_000
    assert list(x) == sorted(x)


def test_names_are_short_where_one_day_made_them_all() -> None:
    assert short_names(["2026-01-02-001", "2026-01-02-012"]) == ["001", "012"]
    assert short_names(["2026-01-02-001", "small rate"]) == ["2026-01-02-001", "small rate"]
    assert Guests(LIGHT).extremes(False) == []
