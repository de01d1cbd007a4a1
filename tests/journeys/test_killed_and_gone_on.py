"""kill -9 while the window trains: of the trainer, then of the window; one click goes on, and the curve is the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch

from designer.gui import app
from designer.gui.follow_bar import FollowBar
from designer.gui.window import MainWindow
from designer.training.alive import is_alive
from designer.training.checkpoint import read_weights
from designer.training.record import read_history
from designer.workspace import verbs
from designer.workspace.runs import is_finished, list_runs
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.small import small_project
from tests.helpers.trainers import trainers
from tests.helpers.training import history
from tests.helpers.window import checked, click, open_window, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of Unix")]
EPOCHS = 2_000
# the window as it is, which trains as soon as it can; it ends only by being killed
TRAINING = """
import sys
from PySide6.QtCore import QTimer
from designer.gui import app
settle = app.settle
def settled(window, log, path):
    settle(window, log, path)
    def look():
        if window.editing and window.workbench.checker.current and window.actions_by_name["start"].isEnabled():
            window.runs.start()
        else:
            QTimer.singleShot(30, look)
    look()
app.settle = settled
sys.exit(app.main(sys.argv[1:2]))
"""


def some_epochs(folder: Path) -> Path:
    """A project that trains for some seconds."""
    return small_project(folder, epochs=EPOCHS, threads=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of such a project that nobody disturbs."""
    path = some_epochs(tmp_path_factory.mktemp("whole"))
    list(verbs.train(verbs.prepare_run(path)))
    return list_runs(path)[0]


def assert_same(one: Path, other: Path) -> None:
    expected, found = read_weights(one), read_weights(other)
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
    assert history(one) == history(other)


def go_on(window: MainWindow) -> None:
    """Click on what the panel offers after an interruption, and wait for the end."""
    controls = window.build().training.controls
    until(lambda: controls.hint.text() == "Go on with the interrupted run", 30, controls.hint.text())
    window.show_panel("training")
    click(controls.hint)
    until(lambda: window.run.state == "running" or window.run.message.startswith("Finished"), 60)
    until(lambda: window.run.state == "idle", 120)
    assert not window.run.broken, window.run.message


def test_the_trainer_is_killed_and_one_click_goes_on(tmp_path: Path, whole: Path) -> None:
    path = some_epochs(tmp_path)
    app.import_heavy()
    # another test may have left one that is still coming to its end
    others = set(trainers())
    with open_window(path) as window:
        checked(window)
        click(window.build().training.controls.start)
        until(lambda: window.run.state == "running" and window.run.progress.epoch > 3, 90, window.run.message)
        [trainer] = set(trainers()) - others
        os.kill(trainer.pid, signal.SIGKILL)
        until(lambda: not window.run.running, 20, "the death of the trainer was not noticed")
        assert window.run.broken
        [run] = list_runs(path)
        assert not is_finished(run) and len(read_history(run)) < EPOCHS
        go_on(window)
        # each epoch is on the plot once
        xs = [x for x, _ in window.run.curves.parts["train"]["loss"]]
        assert xs == sorted(set(xs)) and xs[-1] == EPOCHS
    assert list_runs(path) == [run]
    assert_same(whole, run)


@pytest.mark.parametrize("both", [False, True], ids=["the window alone", "both"])
def test_the_window_is_killed_and_the_next_one_finds_the_run(
    tmp_path: Path, request: pytest.FixtureRequest, both: bool
) -> None:
    path = some_epochs(tmp_path / "work") if both else small_project(tmp_path / "work", epochs=1_000_000, threads=1)
    environment = {**os.environ, "LAYERLOOM_HOME": str(tmp_path / "home")}
    root = Path(__file__).resolve().parents[2]
    others = set(trainers())
    with subprocess.Popen([sys.executable, "-c", TRAINING, str(path)], cwd=root, env=environment) as killed:
        deadline = time.monotonic() + 90
        while not (list_runs(path) and len(read_history(list_runs(path)[0])) > 3):
            assert killed.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        [trainer] = set(trainers()) - others
        for process in [psutil.Process(killed.pid), *([trainer] if both else [])]:
            process.kill()
    [run] = list_runs(path)
    app.import_heavy()
    with open_window(path) as window:
        checked(window)
        if both:
            assert not is_alive(run) and not is_finished(run)
            go_on(window)
        else:
            bar = window.findChild(FollowBar)
            assert bar is not None
            until(bar.isVisible, what="nobody said that a run goes on")
            click(bar.button)
            until(lambda: window.run.state == "running", 60, window.run.message)
            seen = window.run.progress.epoch
            until(lambda: window.run.progress.epoch > seen + 3)
            click(window.build().training.controls.stop)
            until(lambda: window.run.state == "idle", 60)
    assert list_runs(path) == [run] and is_finished(run)
    if both:
        assert_same(request.getfixturevalue("whole"), run)
    trainer.wait(20)
