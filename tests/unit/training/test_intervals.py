"""How much of a training a kill can cost: no more lies between two checkpoints than the real intervals allow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from designer.project.errors import ProjectError
from designer.runtime.events import Epoch, Step
from designer.training import record as record_module
from designer.training.assemble import assemble
from designer.training.checkpoint import Checkpoint
from designer.training.record import Record, recorded
from tests.helpers.training import number_project

STEP = 0.05


class Clock:
    """Time that passes when told to; stands for the module ``time``. ``writing`` is how long a checkpoint takes.

    ``written`` has, of each checkpoint, its epoch, the steps after it, when it was begun and when it was whole.
    """

    def __init__(self, writing: float) -> None:
        self.now, self.writing, self.full = 1000.0, writing, False
        self.written: list[tuple[int, int, float, float]] = []

    def monotonic(self) -> float:
        return self.now

    def write(self, folder: Path, checkpoint: Checkpoint) -> None:
        """Instead of a disk."""
        began, self.now = self.now, self.now + self.writing
        if self.full:
            raise ProjectError("no space")
        self.written.append((checkpoint.epoch, checkpoint.step, began, self.now))


def at_work(clock: Clock, epochs: int, steps: int) -> Iterator[Step | Epoch]:
    """What a training says of which each step takes ``STEP``."""
    nothing = torch.zeros(1)
    for epoch in range(1, epochs + 1):
        for step in range(1, steps + 1):
            clock.now += STEP
            yield Step(epoch, step, steps, nothing, nothing, nothing)
        yield Epoch(epoch, epochs, {"loss": 1.0}, {}, steps * STEP)


def written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writing: float, epochs: int, steps: int, full: float = 0.0
) -> tuple[Clock, list[float]]:
    """A training by such a clock, whose disk is full until ``full`` seconds; the times of training between checkpoints.

    The last of them is what lay between the last checkpoint and the end, which the end itself would have written.
    """
    clock = Clock(writing)
    monkeypatch.setattr(record_module, "time", clock)
    monkeypatch.setattr(record_module, "write_checkpoint", clock.write)
    begun = clock.now
    with Record(tmp_path, assemble(number_project(tmp_path), tmp_path), tmp_path) as record:
        record.begin()
        for _ in recorded(at_work(clock, epochs, steps), record):
            clock.full = clock.now - begun < full
    starts = [began for _, _, began, _ in clock.written]
    ends = [begun, *(ended for *_, ended in clock.written)]
    return clock, [start - end for start, end in zip(starts, ends[:-1], strict=True)]


@pytest.mark.parametrize(
    ("writing", "most"),
    [(0.0, 1.0), (0.01, 1.0), (0.2, 4.0), (2.0, 40.0), (10.0, 60.0)],
)
def test_short_epochs_have_a_checkpoint_each_second_or_in_a_twentieth_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writing: float, most: float
) -> None:
    steps = 4
    clock, gaps = written(tmp_path, monkeypatch, writing, epochs=1200, steps=steps)
    # what is due waits for the end of the epoch
    assert most - 1e-6 <= max(gaps) < most + steps * STEP + 1e-6
    assert gaps[0] < steps * STEP + 1e-6, "the first epoch is kept at once"
    # what is due after more than ten seconds is due within an epoch too
    assert most > 10 or all(step == 0 for _, step, *_ in clock.written)
    if writing and most < 60:
        assert writing * len(clock.written) < 0.06 * (clock.now - 1000), "writing is to cost a twentieth"


@pytest.mark.parametrize(("writing", "most"), [(0.0, 10.0), (0.2, 10.0), (2.0, 40.0), (10.0, 60.0)])
def test_within_a_long_epoch_there_is_one_each_ten_seconds_or_each_minute_where_writing_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writing: float, most: float
) -> None:
    clock, gaps = written(tmp_path, monkeypatch, writing, epochs=2, steps=4000)
    assert most - 1e-6 <= max(gaps) < most + STEP + 1e-6
    assert gaps[0] < 10 + STEP + 1e-6, "before anything is known of the disk"
    places = [(epoch, step) for epoch, step, *_ in clock.written]
    assert places == sorted(set(places)), "each further than the one before"
    assert (places[0][0], places[-1]) == (0, (2, 0))


def test_a_disk_that_is_full_for_a_while_is_tried_again_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, gaps = written(tmp_path, monkeypatch, 0.0, epochs=100, steps=4, full=7.0)
    assert 7.0 <= gaps[0] < 8.0 + 4 * STEP + 1e-6, "a second after there was room"
    (tmp_path / "long").mkdir()
    clock, gaps = written(tmp_path / "long", monkeypatch, 0.0, epochs=1, steps=2000, full=27.0)
    assert 27.0 <= gaps[0] < 37.0 + STEP + 1e-6
    assert clock.written[-1][:2] == (1, 0)
