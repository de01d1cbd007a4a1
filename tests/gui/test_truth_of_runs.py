"""What the window says of a run that is extended, gone on with, followed or changed is true at that very moment."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from designer.gui import run_model
from designer.gui.job import Job
from designer.gui.panels.training_controls import words_for
from designer.gui.run_model import RunModel
from designer.gui.run_start import read_followed
from designer.gui.tasks import Tasks
from designer.project.file import save_project
from designer.project.model import Project, Training
from designer.training.alive import living
from designer.training.events import RATE
from designer.training.run_files import COPY_NAME, HISTORY
from designer.workspace.pace import Watch
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.window import until


class Bench:
    """A run model on a fake trainer, by a clock that goes when told to."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.now = folder, 100.0
        monkeypatch.setattr(run_model, "Watch", lambda: Watch(lambda: self.now))
        self.trainer, self.tasks = FakeTrainer(), Tasks()
        self.job = Job(lambda: self.trainer)
        self.run = RunModel(self.job, self.tasks)
        # where it stood, each time that anybody was told
        self.stood: list[tuple[int, int]] = []
        self.run.progressed.connect(lambda: self.stood.append((self.run.progress.epoch, self.run.curves.last)))

    def past(self, epochs: int, planned: int) -> Path:
        """A run that was trained for so many epochs."""
        run = self.folder / "run"
        run.mkdir()
        save_project(replace(Project(), training=Training(epochs=planned)), run / COPY_NAME)
        lines = [told(epoch, planned) for epoch in range(1, epochs + 1)]
        (run / HISTORY).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return run

    def start(self, epochs: int, resume: Path | None = None) -> None:
        project = replace(Project(), training=Training(epochs=epochs))
        self.run.start(project, self.folder, self.folder / "p.loom", resume)
        until(lambda: bool({"train", "resume"} & set(self.trainer.asked)) and self.run.folder is not None)

    def say(self, event: str, **content: object) -> None:
        self.job.happened.emit([{"event": event, **content}])

    def epoch(self, epoch: int, epochs: int) -> None:
        self.job.happened.emit([told(epoch, epochs)])


def told(epoch: int, epochs: int) -> dict[str, object]:
    figures = {"loss": 1.0 / epoch}
    seen = {"train": figures, "validation": figures, "seconds": 0.01, RATE: 0.1}
    return {"event": "epoch", "epoch": epoch, "epochs": epochs, **seen}


@pytest.fixture
def bench(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench(tmp_path, monkeypatch)
    yield made
    made.job.close()
    made.tasks.close()


def quick(bench: Bench, first: int, epochs: int, seconds: float = 4.0) -> int:
    """Epochs at a hundred a second, told ten times a second."""
    for _ in range(round(10 * seconds)):
        bench.now += 0.1
        first += 10
        bench.epoch(first, epochs)
    return first


def test_what_is_extended_after_its_end_says_no_time_that_the_start_took(bench: Bench) -> None:
    bench.start(3000, bench.past(1000, 1000))
    bench.say("started", epochs=3000, done=1000, rows={}, device="cpu", facts={})
    assert bench.run.progress.done == pytest.approx(1 / 3)
    # all that was before is taken over first
    bench.now += 7.0
    bench.epoch(1001, 3000)
    assert math.isnan(bench.run.progress.left)
    reached = quick(bench, 1001, 3000)
    assert bench.run.progress.left == pytest.approx((3000 - reached) / 100, rel=0.1)


def test_more_epochs_are_in_the_bar_and_in_the_time_left_at_once_and_the_change_is_no_part_of_it(bench: Bench) -> None:
    bench.start(1000)
    bench.say("started", epochs=1000, done=0, rows={}, device="cpu", facts={})
    reached = quick(bench, 0, 1000, 9.9)
    assert bench.run.progress.left < 1 and bench.run.progress.done > 0.98
    bench.run.order("extend", {"epochs": 9000})
    assert "Extending…" in words_for(bench.run) and bench.trainer.asked[-1] == "extend 9000"
    bench.say("changed", epoch=reached, step=0, settings={"epochs": 10_000})
    assert bench.run.progress.done == pytest.approx(0.099)
    assert bench.run.progress.left == pytest.approx(90, rel=0.1)
    assert words_for(bench.run).startswith(f"Epoch {reached} of 10,000") and "Extending…" in words_for(bench.run)
    bench.now += 7.0
    reached = quick(bench, reached, 10_000, 0.3)
    assert bench.run.progress.left == pytest.approx(90, rel=0.1) and "Extending" not in words_for(bench.run)


def test_a_run_that_is_held_has_its_new_total_at_once(bench: Bench) -> None:
    bench.start(100)
    bench.say("started", epochs=100, done=0, rows={}, device="cpu", facts={})
    bench.epoch(50, 100)
    bench.say("paused", epoch=50)
    assert words_for(bench.run) == "Paused after epoch 50 of 100" and bench.run.progress.done == 0.5
    bench.run.order("extend", {"epochs": 100})
    assert words_for(bench.run).endswith("Extending…")
    bench.say("changed", epoch=50, step=0, settings={"epochs": 200})
    assert words_for(bench.run) == "Paused after epoch 50 of 200" and bench.run.progress.done == 0.25


def test_a_change_that_is_asked_for_is_said_until_it_is_in_force_or_refused(bench: Bench) -> None:
    bench.start(100)
    bench.say("started", epochs=100, done=0, rows={}, device="cpu", facts={})
    bench.epoch(1, 100)
    bench.run.order("set", {"settings": {"learning_rate": 0.5}})
    bench.epoch(2, 100)
    assert "Changing the learning rate…" in words_for(bench.run)
    bench.say("refused", message="It stays.")
    assert "Changing" not in words_for(bench.run)
    bench.run.order("set", {"settings": {"learning_rate": 0.5, "patience": 3}})
    assert "Changing the settings…" in words_for(bench.run)
    # what asks for nothing new is answered by nothing
    bench.now += 1.0
    bench.epoch(3, 100)
    bench.now += 10.0
    bench.epoch(4, 100)
    assert "Changing" not in words_for(bench.run)


def test_the_past_of_a_run_that_goes_on_is_there_at_once_and_never_told_as_if_it_were_now(bench: Bench) -> None:
    run = bench.past(2000, 3000)
    restarts: list[int] = []
    bench.run.restarted.connect(lambda: restarts.append(bench.run.curves.count))
    bench.start(3000, run)
    assert restarts == [0, 2000] and words_for(bench.run) == "Going on…"
    bench.say("started", epochs=3000, done=2000, rows={}, device="cpu", facts={})
    bench.epoch(2001, 3000)
    until(lambda: bool(bench.stood))
    assert set(bench.stood) == {(2001, 2001)}
    assert bench.run.latest["train"] == {"loss": 1 / 2001} and bench.run.standing.best_epoch == 2001


def test_a_run_that_is_followed_is_shown_as_it_stands_with_all_of_its_past(bench: Bench) -> None:
    run = bench.past(1500, 3000)
    with living(run):
        bench.run.follow(run, read_followed(run))
        until(lambda: bench.run.state == "running")
        assert bench.run.curves.count == 1500 and bench.run.progress.epoch == 1500
        with (run / HISTORY).open("a", encoding="utf-8") as file:
            file.write(json.dumps(told(1501, 3000)) + "\n")
        until(lambda: bench.run.progress.epoch == 1501)
        until(lambda: (1501, 1501) in bench.stood)
    assert all(epoch >= 1500 and last >= 1500 for epoch, last in bench.stood)
    bench.run.abandon()


def test_the_figures_that_were_shown_stay_while_the_same_run_is_begun_again(bench: Bench) -> None:
    run = bench.past(20, 20)
    bench.start(30, run)
    bench.say("started", epochs=30, done=20, rows={}, device="cpu", facts={})
    bench.say("failed", message="It was left.")
    latest = bench.run.latest
    bench.run.start(replace(Project(), training=Training(epochs=30)), bench.folder, bench.folder / "p.loom", run)
    assert bench.run.latest == latest != {} and words_for(bench.run) == "Going on…"
    until(lambda: bench.run.folder == run)
