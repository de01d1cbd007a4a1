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


def test_it_is_looked_more_often_only_while_more_and_more_comes(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies there and is not enough to be collected may lie there for good."""
    young = iter((300, 300, 310, 340, 600, 660, 701, 30, 58))
    monkeypatch.setattr(collecting.gc, "get_count", lambda: (next(young), 0, 0))
    monkeypatch.setattr(collecting.gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(collecting.gc, "collect", lambda generation: None)
    seen = []
    for _ in range(9):
        collector.collect()
        seen.append(collector._timer.interval() == BUSY_MS)
    # more than a fifth of what is collected, in the time between two looks while nothing is on
    assert seen == [True, False, False, False, True, True, True, True, False]
