"""Garbage is collected in the window's own thread, in small pieces where there is much of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from designer.gui import collecting
from designer.gui.collecting import BUSY_MS, INTERVAL_MS, Collector


@pytest.fixture
def collector(qapp) -> Iterator[Collector]:
    """A collector, and Python's own as it was."""
    enabled = gc.isenabled()
    yield Collector()
    (gc.enable if enabled else gc.disable)()


@pytest.mark.parametrize(
    ("counts", "collected", "interval"),
    [
        ((0, 0, 0), [], INTERVAL_MS),
        ((140, 50, 10), [], INTERVAL_MS),
        ((141, 0, 0), [], BUSY_MS),
        ((701, 0, 0), [0], BUSY_MS),
        ((701, 50, 10), [0], BUSY_MS),
        ((0, 51, 10), [1], INTERVAL_MS),
        ((701, 51, 11), [2], BUSY_MS),
    ],
)
def test_what_is_young_is_collected_more_often_while_there_is_much_of_it_and_what_is_old_is_not(
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
    counts: tuple[int, int, int],
    collected: list[int],
    interval: int,
) -> None:
    done: list[int] = []
    monkeypatch.setattr(collecting.gc, "get_count", lambda: counts)
    monkeypatch.setattr(collecting.gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(collecting.gc, "collect", done.append)
    collector.collect()
    assert (done, collector._timer.interval()) == (collected, interval)
