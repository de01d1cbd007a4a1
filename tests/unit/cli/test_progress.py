"""Signs of life: a bar with the time left on a terminal, few plain lines elsewhere."""

from __future__ import annotations

import io

import pytest

from designer.cli.progress import Progress, duration


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Screen(io.StringIO):
    """A terminal; ``encoding`` is what it can show."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def line(self) -> str:
        return self.getvalue().rpartition("\r")[2].rstrip()


def run(progress: Progress, clock: Clock, epochs: int, seconds: float, until: int = 0) -> None:
    for epoch in range(1, (until or epochs) + 1):
        for step in (1, 2):
            clock.now += seconds / 2
            progress.step(epoch, epochs, step / 2)
        progress.epoch(epoch, epochs, {"loss": 1 / epoch}, {"loss": 2 / epoch, "accuracy": 0.5})


def test_elsewhere_the_first_the_last_and_a_line_every_two_seconds() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, clock)
    run(progress, clock, epochs=100, seconds=0.1)
    progress.finish()
    lines = stream.getvalue().splitlines()
    assert lines[0] == "epoch 1/100  loss 1  validation loss 2, accuracy 0.5"
    assert lines[-1] == "epoch 100/100  loss 0.01  validation loss 0.02, accuracy 0.5"
    assert 5 <= len(lines) <= 7
    assert lines[2].endswith(" s left")
    assert "\r" not in stream.getvalue()


def test_an_early_end_shows_its_last_epoch() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, clock)
    run(progress, clock, epochs=100, seconds=0.01, until=7)
    progress.finish()
    progress.finish()
    assert [line.split()[1] for line in stream.getvalue().splitlines()] == ["1/100", "7/100"]


def test_on_a_terminal_one_line_tells_share_and_time_left() -> None:
    screen, clock = Screen(), Clock()
    progress = Progress(screen, clock)
    run(progress, clock, epochs=10, seconds=1.0, until=5)
    assert " 50%  epoch 5/10  5 s left" in screen.line()
    assert screen.line().count("█") > 3
    assert "\n" not in screen.getvalue()
    progress.finish()
    assert screen.line() == ""


def test_the_time_left_counts_from_where_a_run_went_on() -> None:
    screen, clock = Screen(), Clock()
    progress = Progress(screen, clock)
    progress.step(91, 100, 0.0)
    clock.now = 5.0
    progress.step(96, 100, 0.0)
    assert " 95%  epoch 96/100  5 s left" in screen.line()


def test_a_poor_terminal_gets_plain_signs() -> None:
    screen, clock = Screen(), Clock()
    screen.encoding = "ascii"
    run(Progress(screen, clock), clock, epochs=4, seconds=1.0)
    assert screen.getvalue().isascii()


def test_a_narrow_terminal_is_not_overrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    screen, clock = Screen(), Clock()
    run(Progress(screen, clock), clock, epochs=4, seconds=1.0)
    assert max(len(line.rstrip()) for line in screen.getvalue().split("\r")) < 30


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (0.37, "0.4 s"), (59, "59 s"), (125, "2 min 05 s"), (12_000, "3 h 20 min")]
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_memory_that_is_held_is_said_in_lines_and_beside_the_bar() -> None:
    stream, screen, clock = io.StringIO(), Screen(), Clock()
    for progress in (Progress(stream, clock), Progress(screen, clock)):
        progress.memory = lambda: 123_000_000
        run(progress, clock, epochs=4, seconds=3.0, until=2)
    assert stream.getvalue().splitlines()[0] == "epoch 1/4  loss 1  validation loss 2, accuracy 0.5  9 s left  123 MB"
    assert " 50%  epoch 2/4  6 s left  123 MB  loss 1" in screen.line()
