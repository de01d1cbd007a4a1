"""The run in hand: what the trainer says becomes states, progress and curves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from designer.gui.job import Job
from designer.gui.panels.training_controls import words_for
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.project.model import Project, Training
from designer.training.run_files import HISTORY
from designer.workspace import pace
from tests.helpers.fake_trainer import FakeTrainer


class Setup:
    """A run model on a fake trainer."""

    def __init__(self, folder: Path) -> None:
        self.trainers: list[FakeTrainer] = []
        self.tasks = Tasks()
        self.job = Job(self.make)
        self.run = RunModel(self.job, self.tasks)
        self.folder = folder

    def make(self) -> FakeTrainer:
        self.trainers.append(FakeTrainer())
        return self.trainers[-1]

    @property
    def trainer(self) -> FakeTrainer:
        return self.trainers[-1]

    def start(self, qtbot, epochs: int = 10) -> None:
        project = replace(Project(), training=Training(epochs=epochs))
        self.run.start(project, self.folder, self.folder / "p.loom")
        qtbot.waitUntil(lambda: bool(self.trainers) and "train" in self.trainer.asked)
        qtbot.waitUntil(lambda: not self.tasks.busy())

    def say(self, qtbot, event: str, **content: object) -> None:
        with qtbot.waitSignal(self.job.happened):
            self.trainer.say(event, **content)


@pytest.fixture
def setup(qapp, tmp_path):
    made = Setup(tmp_path)
    yield made
    made.job.close()
    made.tasks.close()


def test_epochs_that_come_together_are_all_on_the_curve_and_the_last_one_is_where_the_run_stands(
    setup: Setup, qtbot
) -> None:
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    run = setup.run
    told = [{"event": "epoch", "epoch": 1 + at, "epochs": 10, "train": {"loss": float(at)}} for at in range(4)]
    told[2]["train"]["loss"] = None
    # one that is told again, and one that begins to have a validation part
    told += [told[1], {**told[3], "epoch": 5, "validation": {"loss": 7.0}}]
    setup.job.happened.emit([{"event": "step", "epoch": 1, "epochs": 10, "step": 1, "steps": 2, "loss": 3.0}, *told])
    train, validation = run.curves.parts["train"]["loss"], run.curves.parts["validation"]["loss"]
    assert [x for x, _ in train] == [1, 2, 3, 4, 5] and list(validation) == [(5.0, 7.0)]
    assert [str(y) for _, y in train] == ["0.0", "1.0", "nan", "3.0", "3.0"]
    assert (run.curves.count, run.curves.last, run.progress.epoch) == (5, 5, 5)
    assert run.latest == {"train": {"loss": 3.0}, "validation": {"loss": 7.0}}
    assert list(run.curves.steps) == [(0.5, 3.0)]


def test_an_end_is_told_at_once_however_long_the_window_rests(setup: Setup, qtbot, monkeypatch) -> None:
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    monkeypatch.setattr(setup.job._taking, "_rest_ms", 60_000)
    setup.say(qtbot, "epoch", epoch=1, epochs=10, train={"loss": 1.0})
    setup.trainer.say("epoch", epoch=2, epochs=10, train={"loss": 0.5})
    with qtbot.assertNotEmitted(setup.job.happened, wait=100):
        pass
    setup.say(qtbot, "paused")
    assert setup.run.state == "paused" and setup.run.progress.epoch == 2


def test_a_whole_run(setup: Setup, qtbot) -> None:
    setup.start(qtbot)
    assert setup.run.state == "starting"
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    assert setup.run.state == "running"
    setup.say(qtbot, "step", epoch=1, epochs=10, step=5, steps=10, loss=2.0, seconds=0.1)
    assert setup.run.progress.done == pytest.approx(0.05)
    setup.say(qtbot, "epoch", epoch=1, epochs=10, train={"loss": 1.0}, validation={"loss": None}, seconds=0.1)
    assert setup.run.progress.done == pytest.approx(0.1)
    assert setup.run.curves.parts["train"]["loss"].latest == (1.0, 1.0)
    setup.run.pause()
    setup.say(qtbot, "paused")
    assert setup.run.state == "paused"
    setup.run.go_on()
    setup.say(qtbot, "resumed")
    setup.run.stop()
    assert setup.run.state == "stopping"
    metrics = {"epochs": 4, "seconds": 1.5, "train": {"loss": 1.0}, "validation": {}, "test": {"loss": 2.0}}
    with qtbot.waitSignal(setup.run.finished) as done:
        setup.trainer.say("finished", run=str(setup.folder), metrics=metrics, stopped=True)
    assert done.args == [str(setup.folder)]
    assert setup.run.state == "idle"
    assert setup.run.message == "Stopped after 4 epochs, 1.5 s."
    assert [word for word in setup.trainer.asked if word != "start"] == ["train", "pause", "go on", "stop"]


def test_what_the_trainer_says_before_the_run_is_known_comes_behind_the_past_of_the_run(setup: Setup, qtbot) -> None:
    run = setup.folder / "run"
    run.mkdir()
    lines = [{"event": "epoch", "epoch": at, "epochs": 9, "train": {"loss": 1.0 / at}} for at in (1, 2, 3)]
    (run / HISTORY).write_text("".join(json.dumps(line) + "\n" for line in lines[:2]), encoding="utf-8")
    project = replace(Project(), training=Training(epochs=9))
    setup.run.start(project, setup.folder, setup.folder / "p.loom", run)
    # the loop of events has had no turn yet
    setup.job.happened.emit([{"event": "started", "epochs": 9, "done": 2, "device": "cpu"}, lines[2]])
    qtbot.waitUntil(lambda: setup.run.folder == run)
    assert [x for x, _ in setup.run.curves.parts["train"]["loss"]] == [1, 2, 3]
    assert (setup.run.state, setup.run.progress.epoch, setup.run.progress.epochs) == ("running", 3, 9)


def test_a_trainer_that_dies_is_said_and_replaced(setup: Setup, qtbot) -> None:
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    with qtbot.waitSignal(setup.run.failed):
        setup.trainer.say("failed", message="The training process was killed.", died=True)
    setup.trainer.die()
    assert setup.run.state == "idle"
    assert setup.run.broken
    listener = setup.job._listener
    qtbot.waitUntil(lambda: listener.ended)
    setup.start(qtbot)
    assert len(setup.trainers) == 2
    assert setup.run.state == "starting"


def test_stopping_before_the_trainer_has_begun_still_stops(setup: Setup, qtbot) -> None:
    setup.start(qtbot)
    setup.run.stop()
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    assert setup.run.state == "stopping"
    assert setup.trainer.asked.count("stop") == 2


def test_leaving_a_run_leaves_it_resumable(setup: Setup, qtbot) -> None:
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    trainer = setup.trainer
    setup.run.abandon()
    assert setup.run.state == "idle"
    qtbot.waitUntil(lambda: "close" in trainer.asked)
    assert "stop" not in trainer.asked


def test_many_events_arrive_as_few_signals(setup: Setup, qtbot) -> None:
    setup.start(qtbot, epochs=3000)
    count = []
    setup.job.happened.connect(lambda events: count.append(len(events)))
    setup.trainer.say("started", epochs=3000, done=0, rows={}, device="cpu", facts={})
    for epoch in range(1, 3001):
        setup.trainer.say("epoch", epoch=epoch, epochs=3000, train={"loss": 1 / epoch}, validation={}, seconds=0.0)
    qtbot.waitUntil(lambda: setup.run.progress.epoch == 3000, timeout=10_000)
    assert sum(count) == 3001
    assert len(count) < 60


def test_a_pause_is_no_part_of_the_time_that_is_left(setup: Setup, qtbot, monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    clock[0] += 2
    setup.say(qtbot, "epoch", epoch=1, epochs=10, train={"loss": 1.0})
    assert setup.run.progress.left == pytest.approx(18)
    for _ in range(3):
        # a trainer says again and again that it waits
        setup.say(qtbot, "paused")
        clock[0] += 60
    setup.say(qtbot, "resumed")
    clock[0] += 2
    setup.say(qtbot, "epoch", epoch=2, epochs=10, train={"loss": 1.0})
    assert setup.run.progress.left == pytest.approx(16)


def test_a_run_that_is_held_within_an_epoch_says_after_which_batch(setup: Setup, qtbot) -> None:
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    setup.say(qtbot, "step", epoch=2, epochs=10, step=5, steps=18, loss=2.0, seconds=0.1)
    setup.say(qtbot, "paused")
    assert words_for(setup.run) == "Paused at epoch 2 of 10, batch 5 of 18, loss 2.000"
    setup.say(qtbot, "step", epoch=2, epochs=10, step=6, steps=18, loss=None, seconds=0.1)
    assert words_for(setup.run) == "Paused at epoch 2 of 10, batch 6 of 18"
    # a step of its own that came too soon to be told is told with the pause
    setup.say(qtbot, "resumed")
    setup.say(qtbot, "paused", epoch=2, step=18, steps=18, loss=0.4123, so_far=0.5)
    so_far = "loss 0.4123, 0.5000 over the 18 batches so far"
    assert words_for(setup.run) == f"Paused at epoch 2 of 10, batch 18 of 18, {so_far}"
    setup.say(qtbot, "epoch", epoch=2, epochs=10, train={"loss": 1.0}, validation={"loss": None}, seconds=0.1)
    assert words_for(setup.run) == "Paused after epoch 2 of 10"


def test_a_slow_beginning_does_not_weigh_on_the_time_left_for_ever(setup: Setup, qtbot, monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=40, done=0, rows={}, device="cpu", facts={})
    for epoch, seconds in enumerate([40.0, 20.0, 10.0, *[1.0] * 6], start=1):
        clock[0] += seconds
        setup.say(qtbot, "epoch", epoch=epoch, epochs=40, train={"loss": 1.0})
    # all of them alike would make it 290 seconds
    assert 31 <= setup.run.progress.left < 70
    for epoch in range(10, 16):
        clock[0] += 1.0
        setup.say(qtbot, "epoch", epoch=epoch, epochs=60, train={"loss": 1.0})
    assert setup.run.progress.left == pytest.approx(45, rel=0.1), "also of epochs that were added"


def test_the_pace_of_a_run_that_is_gone_on_with_is_its_own(setup: Setup, qtbot, monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=100, done=90, rows={}, device="cpu", facts={})
    for epoch in (91, 92, 93):
        clock[0] += 3
        setup.say(qtbot, "epoch", epoch=epoch, epochs=100, train={"loss": 1.0})
    assert setup.run.progress.left == pytest.approx(21)


def test_the_rate_in_force_is_told_where_it_is_not_the_one_that_is_set(setup: Setup, qtbot) -> None:
    setup.start(qtbot)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    own = setup.run.settings["learning_rate"]
    setup.say(qtbot, "epoch", epoch=1, epochs=10, train={"loss": 1.0}, learning_rate=own)
    assert "rate" not in words_for(setup.run)
    setup.say(qtbot, "epoch", epoch=2, epochs=10, train={"loss": 1.0}, learning_rate=own / 4)
    assert "· learning rate\u00a02.5e−4" in words_for(setup.run)
    assert list(setup.run.curves.parts["train"]["learning_rate"]) == [(1.0, own), (2.0, own / 4)]
    assert "learning_rate" not in setup.run.latest["train"], "it is no figure of how good the network is"


def test_what_has_to_be_known_of_a_run_is_told_and_hinders_nothing(setup: Setup, qtbot) -> None:
    setup.start(qtbot)
    told: list[str] = []
    setup.run.told.connect(told.append)
    setup.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    setup.say(qtbot, "warned", message="The history of this run was spoiled.")
    assert told == ["The history of this run was spoiled."]
    assert setup.run.state == "running"
