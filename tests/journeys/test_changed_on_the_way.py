"""A run that is paused, led by a step, given another learning rate and let go on; what its script repeats of that."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt

from designer.__main__ import main
from designer.gui import app
from designer.gui.window import MainWindow
from designer.project.file import load_project, save_project
from designer.training.checkpoint import read_weights
from designer.training.history import read_changes
from designer.training.record import read_history
from designer.workspace import verbs
from designer.workspace.runs import list_runs
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.exported import assert_same_weights, run_scripts
from tests.helpers.order_dialog import choose, shown_dialog
from tests.helpers.small import small_project
from tests.helpers.window import checked, click, keys, open_window, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of Unix")]
EPOCHS = 1_500


def change_rate(window: MainWindow, rate: str) -> None:
    """Type another learning rate into the dialog for the run's settings."""
    keys(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    choose(shown_dialog(window), "learning_rate", rate)


def led_run(path: Path) -> Path:
    """The finished run of a project that was led in the window, by keys and clicks."""
    app.import_heavy()
    with open_window(path) as window:
        checked(window)
        controls = window.build().training.controls
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.state == "running" and window.run.progress.epoch > 1, 60, window.run.message)
        keys(window, Qt.Key.Key_F6)
        until(lambda: window.run.state == "paused")
        place = window.run.progress.done
        click(controls.orders.buttons["step"])
        until(lambda: window.run.progress.done > place and window.run.state == "paused")
        change_rate(window, "0.005")
        until(lambda: window.run.settings.get("learning_rate") == 0.005, 10, "the rate was not changed")
        keys(window, Qt.Key.Key_F6)
        until(lambda: window.run.message.startswith(f"Finished after {EPOCHS:,} epochs"), 120, window.run.message)
    [run] = list_runs(path)
    return run


def test_a_changed_run_has_its_weights_and_a_script_that_says_what_it_cannot_repeat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small_project(tmp_path / "work", epochs=EPOCHS, learning_rate=0.0001, optimizer="sgd", keep_best=False)
    run = led_run(path)
    assert [event.epoch for event in read_history(run)] == list(range(1, EPOCHS + 1)), "each epoch once"
    [change] = read_changes(run)
    assert change.settings == {"learning_rate": 0.005} and 1 <= change.epoch < EPOCHS

    work = path.parent
    assert main(["export", str(run), "--to", "script", "-o", str(work / "train.py")]) == 0
    assert main(["export", str(run), "--to", "weights", "-o", str(work / "app.pt")]) == 0
    capsys.readouterr()
    assert_same_weights(run, work / "app.pt")
    head = (work / "train.py").read_text().split('"""')[1]
    assert "The run changed settings on the way (learning rate)." in head
    assert "This script trains with the last ones from the start." in head

    # and it does what it says: a run that has the last rate from the start
    run_scripts([["train.py", "--out", "script.pt"]], work)
    project = load_project(path)
    other = tmp_path / "work" / "other.loom"
    save_project(replace(project, training=replace(project.training, learning_rate=0.005)), other)
    list(verbs.train(verbs.prepare_run(other)))
    [whole] = list_runs(other)
    assert_same_weights(whole, work / "script.pt")
    mine, theirs = read_weights(run), read_weights(whole)
    assert not all(torch.equal(mine[name], theirs[name]) for name in mine), "the change left no trace"
