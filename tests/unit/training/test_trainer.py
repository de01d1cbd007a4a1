"""The trainer process: its protocol, and that no fault of one job ends it."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from designer.project.file import save_project
from designer.project.model import Project
from designer.training.alive import is_alive
from designer.training.checkpoint import read_weights
from designer.training.record import read_history
from designer.training.steering import send_order
from tests.helpers.training import class_project, number_project, trained, with_training

SERVE = "import sys; from designer.training import trainer; {before}; sys.exit(trainer.serve())"
ROOT = Path(__file__).parents[3]


class Trainer:
    """A trainer process, and what it said."""

    def __init__(self, before: str = "pass") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE.format(before=before)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.lines: list[str] = []
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._drain)]
        for thread in self._threads:
            thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self._queue.put(line)
        self._queue.put(None)

    def _drain(self) -> None:
        assert self.process.stderr is not None
        for _ in self.process.stderr:
            pass

    def say(self, order: Mapping[str, Any] | str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write((order if isinstance(order, str) else json.dumps(order)) + "\n")
        self.process.stdin.flush()

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        run.mkdir(exist_ok=True)
        save_project(project, run / "project.loom")
        self.say(
            {"do": "train", "project": str(run / "project.loom"), "base": str(base), "run": str(run), "resume": resume}
        )

    def events(self, last: str) -> list[dict[str, Any]]:
        """What is said up to an event called ``last``."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["event"] not in (last, "failed"):
            line = self._queue.get(timeout=60)
            assert line is not None
            found.append(json.loads(line))
        return found

    def silent(self, seconds: float) -> bool:
        """Whether nothing is said for so long."""
        try:
            self._queue.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def close(self) -> int:
        """End it, by closing its input, and wait; its exit status."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        for thread in self._threads:
            thread.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()
        return status


@pytest.fixture(scope="module")
def trainer() -> Iterator[Trainer]:
    trainer = Trainer()
    trainer.events("ready")
    yield trainer
    assert trainer.close() == 0


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def test_a_job_is_told_from_start_to_end_and_equals_one_done_here(trainer: Trainer, tmp_path: Path) -> None:
    project = class_project(tmp_path)
    trainer.train(project, tmp_path, tmp_path / "run")
    events = trainer.events("finished")
    first, *middle, last = events
    assert first["event"] == "started"
    assert (first["epochs"], first["done"], first["device"]) == (8, 0, "cpu")
    assert first["rows"].keys() == {"train", "validation", "test"}
    assert first["facts"]["classes"] == ["ant", "bee", "cat"]
    epochs = [event for event in middle if event["event"] == "epoch"]
    assert [event["epoch"] for event in epochs] == list(range(1, 9))
    assert epochs[0].keys() == {"event", "epoch", "epochs", "train", "validation", "seconds", "learning_rate"}
    steps = [event for event in middle if event["event"] == "step"]
    assert steps[0].keys() == {"event", "epoch", "epochs", "step", "steps", "loss", "seconds", "memory"}
    assert not last["stopped"]
    here = trained(project, tmp_path, tmp_path / "here")
    assert {part: last["metrics"][part] for part in ("train", "test")} == {
        part: here[part] for part in ("train", "test")
    }
    one, other = read_weights(tmp_path / "run"), read_weights(tmp_path / "here")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_step_losses_are_in_the_targets_own_units_and_few(trainer: Trainer, tmp_path: Path) -> None:
    project = with_training(number_project(tmp_path), epochs=3000, learning_rate=0.001)
    began = time.monotonic()
    trainer.train(project, tmp_path, tmp_path / "run")
    events = trainer.events("finished")
    seconds = time.monotonic() - began
    steps = [event for event in events if event["event"] == "step"]
    assert 1 <= len(steps) <= 30 * seconds + 1
    assert names(events).count("epoch") == 3000
    assert steps[0]["loss"] == pytest.approx(events[2]["train"]["loss"], rel=1e-5)
    assert steps[0]["loss"] > 100


def test_pause_holds_and_stop_ends_in_order(trainer: Trainer, tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=1_000_000, keep_best=False)
    trainer.train(project, tmp_path, tmp_path / "run")
    trainer.events("epoch")
    trainer.say({"do": "pause"})
    trainer.events("paused")
    assert trainer.silent(0.5)
    trainer.say({"do": "resume"})
    assert names(trainer.events("epoch"))[0] == "resumed"
    trainer.say({"do": "pause"})
    trainer.events("paused")
    trainer.say({"do": "stop"})
    last = trainer.events("finished")[-1]
    assert last["stopped"]
    assert last["metrics"]["test"]["accuracy"] >= 0
    assert last["metrics"]["seconds"] < 100


def test_single_steps_and_epochs_are_made_and_then_it_waits(trainer: Trainer, tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=1_000_000, keep_best=False)
    trainer.train(project, tmp_path, tmp_path / "run")
    trainer.events("epoch")
    trainer.say({"do": "pause"})
    trainer.events("paused")
    for word, last in (("step", "paused"), ("step-epoch", "paused")):
        before = len(read_history(tmp_path / "run"))
        trainer.say({"do": word})
        assert names(trainer.events(last))[0] == "resumed"
        assert len(read_history(tmp_path / "run")) - before in ((0, 1) if word == "step" else (1,))
    assert trainer.silent(0.5)
    trainer.say({"do": "stop"})
    assert trainer.events("finished")[-1]["stopped"]


def test_a_change_is_told_and_one_that_cannot_be_is_refused(trainer: Trainer, tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=900_000, keep_best=False)
    trainer.train(project, tmp_path, tmp_path / "run")
    trainer.events("epoch")
    trainer.say({"do": "set", "settings": {"learning_rate": 0.001}})
    changed = trainer.events("changed")[-1]
    assert changed["settings"] == {"learning_rate": 0.001}
    trainer.say({"do": "set", "settings": {"batch_size": 2}})
    assert "steps of an epoch" in trainer.events("refused")[-1]["message"]
    trainer.say({"do": "extend", "epochs": 5})
    assert trainer.events("changed")[-1]["settings"] == {"epochs": 900_005}
    trainer.say({"do": "stop"})
    trainer.events("finished")


def test_stop_before_the_first_step_is_not_lost(trainer: Trainer, tmp_path: Path) -> None:
    trainer.train(with_training(class_project(tmp_path), epochs=1_000_000), tmp_path, tmp_path / "run")
    trainer.say({"do": "stop"})
    assert trainer.events("finished")[-1]["stopped"]


def test_faults_of_a_person_are_said_and_the_next_job_comes(trainer: Trainer, tmp_path: Path) -> None:
    project = class_project(tmp_path)
    (tmp_path / "animals.csv").rename(tmp_path / "hidden.csv")
    trainer.train(project, tmp_path, tmp_path / "run")
    assert "animals.csv" in trainer.events("failed")[-1]["message"]
    for order in ("no json", "[]", '{"do": "dance"}', '{"do": "train"}', '{"do": "pause"}', '"x"'):
        trainer.say(order)
    assert names([trainer.events("failed")[-1] for _ in range(5)]) == ["failed"] * 5
    (tmp_path / "hidden.csv").rename(tmp_path / "animals.csv")
    trainer.train(project, tmp_path, tmp_path / "run")
    assert trainer.events("finished")[-1]["event"] == "finished"


def test_a_loss_that_is_no_number_is_explained(trainer: Trainer, tmp_path: Path) -> None:
    trainer.train(with_training(number_project(tmp_path), learning_rate=1e6, epochs=999), tmp_path, tmp_path / "run")
    message = trainer.events("finished")[-1]["message"]
    assert "learning rate is too large" in message


def test_nothing_but_the_protocol_reaches_standard_output_and_faults_are_logged(tmp_path: Path) -> None:
    noise = (
        "import designer.training.steered as run; warm = trainer.warm_up; trainer.warm_up = lambda: (print('noise'), "
    )
    noise += "__import__('os').system('echo noise'), warm()); run.train = lambda *a: 1 / 0"
    trainer = Trainer(noise)
    try:
        assert names(trainer.events("ready")) == ["ready"]
        for _ in range(2):
            trainer.train(class_project(tmp_path), tmp_path, tmp_path / "run")
            message = trainer.events("failed")[-1]["message"]
            assert "ZeroDivisionError" in message
            assert "\n" not in message
            assert "Traceback" in (tmp_path / "run" / "trainer.log").read_text()
        assert all(isinstance(json.loads(line), dict) for line in trainer.lines)
    finally:
        assert trainer.close() == 0


def test_a_trainer_whose_front_died_finishes_its_run_and_leaves(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=1_000_000)
    run = tmp_path / "run"
    trainer = Trainer()
    trainer.events("ready")
    trainer.train(project, tmp_path, run)
    trainer.events("epoch")
    assert is_alive(run)
    assert trainer.process.stdin is not None
    assert trainer.process.stdout is not None
    trainer.process.stdin.close()
    seen = len(read_history(run))
    deadline = time.monotonic() + 20
    while len(read_history(run)) <= seen + 3:
        assert time.monotonic() < deadline, "it did not go on"
        time.sleep(0.02)
    assert is_alive(run)
    send_order(run, "stop")
    assert trainer.close() == 0
    assert json.loads((run / "metrics.json").read_text())["stopped"]
    assert not is_alive(run)


def test_a_trainer_that_nobody_reads_goes_on(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=400)
    run = tmp_path / "run"
    run.mkdir()
    save_project(project, run / "project.loom")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE.format(before="pass")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    order = {"do": "train", "project": str(run / "project.loom"), "base": str(tmp_path), "run": str(run)}
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    process.stdin.close()
    assert process.wait(60) == 0
    assert len(read_history(run)) == 400
    assert (run / "metrics.json").exists()


@pytest.mark.parametrize("way", ["quit", "closed while paused"])
def test_the_process_ends_at_once_and_its_run_goes_on_later(tmp_path: Path, way: str) -> None:
    project = with_training(class_project(tmp_path), epochs=1_000_000)
    trainer = Trainer()
    try:
        trainer.events("ready")
        trainer.train(project, tmp_path, tmp_path / "run")
        trainer.events("epoch")
        if way == "quit":
            trainer.say({"do": "quit"})
        else:
            trainer.say({"do": "pause"})
            trainer.events("paused")
        began = time.monotonic()
    finally:
        assert trainer.close() == 0
    assert time.monotonic() - began < 5
    assert not (tmp_path / "run" / "metrics.json").exists()
    assert (tmp_path / "run" / "checkpoint.safetensors").exists()
