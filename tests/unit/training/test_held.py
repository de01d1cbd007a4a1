"""What a training tells of itself on the way: the losses up to where it waits, and the rate of each epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from designer.project.file import save_project
from designer.project.model import Project, Schedule
from designer.runtime.events import Epoch, Step
from designer.training.alive import read_status
from designer.training.events import Held
from designer.training.history import read_lines
from designer.training.record import read_history
from designer.training.steered import steered
from designer.training.steering import Steering
from designer.training.telling import Telling
from tests.helpers.training import class_project, with_training


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return with_training(class_project(tmp_path), epochs=6)


def run_folder(folder: Path, project: Project) -> Path:
    run = folder / "run"
    run.mkdir()
    save_project(project, run / "project.loom")
    return run


def status_once(run: Path, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The status of a run, waited for until it is as it is ``wanted``."""
    end = time.monotonic() + 10
    while not wanted(found := read_status(run)):
        assert time.monotonic() < end, found
        time.sleep(0.01)
    return found


def test_what_waits_within_an_epoch_tells_the_losses_of_its_steps(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)
    orders: Iterator[tuple[str, dict[str, Any]]] = iter(
        [("step", {}), ("step", {}), ("set", {"settings": {"learning_rate": 0.5}}), ("step", {}), ("resume", {})]
    )
    steering, held, telling = Steering(), [], Telling()
    losses: dict[int, float] = {}
    figures: dict[str, float] = {}
    for event in steered(project, tmp_path, run, False, steering):
        line = telling.line(event)
        if isinstance(event, Step) and event.epoch == 2:
            if event.step == 1:
                steering.order("pause")
            losses[event.step] = event.loss.item()
        if isinstance(event, Epoch) and event.epoch == 2:
            figures = event.train
        if isinstance(event, Held):
            standing = status_once(run, partial(_waits_at, event.step))
            assert (standing["loss"], standing["so_far"]) == (event.loss, event.so_far)
            held.append(event)
            assert line is not None
            assert line["event"] == "paused"
            assert line["loss"] == event.loss
            steering.order(*next(orders))
    assert [(each.epoch, each.step, each.steps) for each in held] == [(2, step, 4) for step in (1, 2, 3, 3, 4)]
    assert [each.loss for each in held] == pytest.approx([losses[each.step] for each in held])
    assert held[0].so_far == pytest.approx(losses[1])
    assert held[1].so_far == pytest.approx((losses[1] + losses[2]) / 2, rel=0.2)
    assert held[-1].so_far == pytest.approx(figures["loss"]), "after its last step all of the epoch"


def _waits_at(step: int, found: dict[str, Any]) -> bool:
    return bool(found.get("paused")) and found["step"] == step


def test_each_epoch_tells_the_rate_that_it_ended_with(project: Project, tmp_path: Path) -> None:
    scheduled = with_training(project, schedules=(Schedule("exponential", 0, {"gamma": 0.5}),))
    run = run_folder(tmp_path, scheduled)
    steering = Steering()
    for event in steered(scheduled, tmp_path, run, False, steering):
        if isinstance(event, Epoch) and event.epoch == 5:
            steering.order("set", {"settings": {"learning_rate": 0.5}})
    told = [line["learning_rate"] for line in read_lines(run) if line["event"] == "epoch"]
    own = project.training.learning_rate
    halves = [0.5**epoch for epoch in range(6)]
    assert told == pytest.approx([own * half for half in halves[:5]] + [0.5 * halves[5]])
    assert [event.rate for event in read_history(run)] == told
