"""The time left of a training is told once it can be known, counted down, and moved by another pace alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest

from designer.workspace.pace import BAND, FIRST, SHORTEST, Pace


def told(news: Iterator[tuple[float, float]], epochs: int) -> list[tuple[float, float]]:
    """After which second which time left is told, of what is done after which second."""
    pace, found = Pace(0), []
    for done, seconds in news:
        pace.note(done, seconds)
        found.append((seconds, pace.left(epochs)))
    return found


def jumps(found: list[tuple[float, float]], each: float) -> list[float]:
    """By what share of itself, or of an epoch, each time that is told differs from the one before, counted down."""
    known = [(at, left) for at, left in found if math.isfinite(left)]
    return [
        abs(left - max(0.0, before - (at - then))) / max(left, each) for (then, before), (at, left) in pairwise(known)
    ]


def epochs_of(
    count: int, each: float, warm: float, steps: int = 20, measuring: float = 0.3
) -> Iterator[tuple[float, float]]:
    """Epochs of so many seconds that come a little later or earlier, a share of each after its last step."""
    at = warm
    for epoch in range(count):
        takes = each * (1 + 0.06 * math.sin(5.0 * epoch))
        for step in range(1, steps):
            yield epoch + step / steps, at + takes * (1 - measuring) * step / steps
        at += takes
        yield epoch + 1.0, at


@pytest.mark.parametrize("each", [2.0, 5.0, 60.0])
def test_once_an_epoch_has_ended_the_time_left_is_steady_though_it_is_measured_in_its_end(each: float) -> None:
    found = [(at, left) for at, left in told(epochs_of(40, each, 0.8), 40) if at >= each + 0.8]
    assert all(math.isfinite(left) for _, left in found)
    assert max(jumps(found, each)) < 2 * BAND
    end = 0.8 + sum(each * (1 + 0.06 * math.sin(5.0 * epoch)) for epoch in range(40))
    assert all(abs(left - (end - at)) < 0.15 * (end - at) + 0.1 * each for at, left in found)


def test_nothing_is_told_while_quick_epochs_warm_up_and_then_no_wild_guess() -> None:
    # the first takes as long as hundreds of those that follow, as where a run of a queue begins
    def news() -> Iterator[tuple[float, float]]:
        yield 1.0, 0.9
        for tenth in range(1, 60):
            yield 1.0 + 12 * tenth, 0.9 + tenth / 10

    found = told(news(), 1000)
    assert all(math.isnan(left) for at, left in found if at < 0.89 + SHORTEST)
    known = [(at, left) for at, left in found if at > 0.91 + SHORTEST]
    assert all(left == pytest.approx(0.9 + 999 / 120 - at, rel=0.05) for at, left in known)
    assert max(jumps(found, 1 / 120)) < BAND


def test_a_first_epoch_that_takes_long_is_the_first_guess() -> None:
    pace = Pace(0)
    pace.note(1.0, FIRST - 0.1)
    assert math.isnan(pace.left(10))
    other = Pace(0)
    other.note(1.0, FIRST)
    assert other.left(10) == pytest.approx(9 * FIRST)


def test_another_pace_is_followed_and_one_that_slows_down_within_an_epoch_is_seen_before_its_end() -> None:
    pace = Pace(0)
    for epoch in range(1, 6):
        pace.note(epoch, 10.0 * epoch)
    assert pace.left(20) == pytest.approx(150, rel=BAND)
    # more epochs are asked for
    assert pace.left(25) == pytest.approx(200, rel=BAND)
    pace.note(5.3, 60.0)
    assert pace.left(25) > 210
    for epoch in range(6, 16):
        pace.note(epoch, 50.0 + 30.0 * (epoch - 5))
    assert pace.left(25) == pytest.approx(300, rel=2 * BAND)
    pace.note(25.0, 660.0)
    assert pace.left(25) == 0


def test_a_machine_that_has_other_things_to_do_now_and_then_changes_little() -> None:
    def news() -> Iterator[tuple[float, float]]:
        done = 1.0
        yield done, 0.9
        for tenth in range(1, 400):
            done += 10 * (1 + 0.5 * math.sin(2 * math.pi * tenth / 30))
            yield float(math.floor(done)), 0.9 + tenth / 10

    found = told(news(), 4000)
    end = next(at for at, left in found if left == 0)
    ends = [at + left for at, left in found if at > 12]
    assert all(abs(each - end) < 0.025 * end for each in ends)


def test_what_a_training_takes_to_go_on_with_other_settings_is_no_part_of_the_time_left() -> None:
    pace = Pace(0)
    for tenth in range(1, 60):
        pace.note(12 * tenth, tenth / 10)
    assert pace.left(1000) == pytest.approx((1000 - 708) / 120, rel=BAND)
    pace.go_on()
    # of another number of epochs it is told at once, before anything more is heard
    assert pace.left(4000) == pytest.approx((4000 - 708) / 120, rel=BAND)
    pace.note(720, 13.0)
    assert pace.left(4000) == pytest.approx((4000 - 720) / 120, rel=BAND)
    for tenth in range(1, 20):
        pace.note(720 + 12 * tenth, 13.0 + tenth / 10)
        assert pace.left(4000) == pytest.approx((4000 - 720 - 12 * tenth) / 120, rel=BAND)


def test_a_run_that_goes_on_says_nothing_of_what_taking_over_its_past_took() -> None:
    pace = Pace(13_254)
    pace.go_on()
    pace.note(13_255, 7.0)
    assert math.isnan(pace.left(15_254))
    for tenth in range(1, 30):
        pace.note(13_255 + 12 * tenth, 7.0 + tenth / 10)
    assert pace.left(15_254) == pytest.approx((15_254 - 13_255 - 348) / 120, rel=BAND)
