"""A start or a trainer that was left has no say in what comes then, and ends no process however long it takes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from designer.gui.job import Job
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.project.errors import ProjectError
from designer.workspace.runs import list_runs
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.sources import ROOT
from tests.helpers.window import rest, until


class Setup:
    """A run model each of whose trainers is kept."""

    def __init__(self, folder: Path) -> None:
        self.trainers: list[FakeTrainer] = []
        self.tasks = Tasks()
        self.job = Job(self._make)
        self.run = RunModel(self.job, self.tasks)
        self.session = Session.open(small_project(folder))
        self.failed: list[str] = []
        self.run.failed.connect(self.failed.append)

    def _make(self) -> FakeTrainer:
        self.trainers.append(FakeTrainer())
        return self.trainers[-1]

    def start(self, noted: Callable[[Path], object] | None = None) -> None:
        assert self.session.path is not None
        self.run.start(self.session.project, self.session.base, self.session.path, noted=noted)


@pytest.fixture
def setup(qtbot, tmp_path: Path) -> Iterator[Setup]:
    made = Setup(tmp_path)
    yield made
    made.job.close()
    made.tasks.close()
    made.session.close()


@pytest.mark.parametrize("fails", [True, False])
def test_a_start_that_was_left_neither_fails_nor_trains_in_the_place_of_the_next(setup: Setup, fails: bool) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(folder: Path) -> None:
        begun.set()
        assert go_on.wait(30)
        if fails:
            raise ProjectError("the folds cannot be noted")

    setup.start(slow)
    until(begun.is_set)
    setup.run.abandon()
    setup.start()
    until(lambda: len(setup.trainers) == 2 and "train" in setup.trainers[1].asked)
    until(lambda: setup.run.folder is not None)
    setup.trainers[1].say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
    until(lambda: setup.run.state == "running")
    go_on.set()
    until(lambda: not setup.tasks.busy())
    rest(0.1)
    assert setup.run.state == "running" and setup.failed == [] and not setup.run.broken
    assert setup.trainers[1].asked.count("train") == 1 and "train" not in setup.trainers[0].asked
    assert setup.run.folder == setup.trainers[1].run
    # the folder of what never began is gone
    assert setup.session.path is not None
    runs = setup.session.path.with_suffix(".runs")
    assert [folder for folder in runs.iterdir() if folder.is_dir()] == [setup.run.folder], list_runs(setup.session.path)


def test_a_start_that_was_left_without_another_one_stays_left(setup: Setup) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(folder: Path) -> None:
        begun.set()
        assert go_on.wait(30)

    setup.start(slow)
    until(begun.is_set)
    setup.run.abandon()
    said = setup.run.message
    go_on.set()
    until(lambda: not setup.tasks.busy())
    rest(0.1)
    assert setup.run.state == "idle" and setup.run.folder is None
    assert setup.failed == [] and setup.run.message == said


SLOW = """
import gc, sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from designer.gui import job as jobs
from tests.helpers.fake_trainer import FakeTrainer

class Slow(FakeTrainer):
    "Ends only once it may, whoever asks."
    may = threading.Event()

    def close(self):
        assert self.may.wait(60)
        super().close()

app = QCoreApplication([])
jobs.CLOSE_SECONDS = 0.2
window = QObject()
job = jobs.Job(Slow, window)
job.warm_up()
listener = job._listener
while listener._trainer is None:
    app.processEvents()
{leave}
job.close()
window.deleteLater()
app.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
del job, window, listener
gc.collect()
app.processEvents()
assert jobs.still_listening(), "there is nothing that takes long"
print("outlived", flush=True)
Slow.may.set()
while jobs._alive:
    app.processEvents()
assert not jobs.still_listening()
app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
print("ended", flush=True)
"""


@pytest.mark.parametrize("leave", ["", "job.abandon()", "job.abandon(); job.warm_up()"])
def test_a_trainer_that_takes_longer_to_end_than_is_waited_ends_no_process(leave: str) -> None:
    words = [sys.executable, "-c", SLOW.format(leave=leave)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert "Destroyed while thread" not in done.stderr
    assert (done.stdout.split(), done.returncode) == (["outlived", "ended"], 0), done.stderr


def test_the_process_is_left_at_once_where_a_trainer_is_still_at_it(setup: Setup) -> None:
    from designer.gui.job import still_listening

    setup.job.warm_up()
    assert still_listening() and len(setup.job.listening) == 1
    setup.job.close()
    until(lambda: not still_listening())
    assert setup.job.listening == []
