"""Folds that were left half-way: the window finds them, goes on in one click, and they say what unbroken ones say."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from designer.__main__ import main
from designer.gui import app
from designer.gui.window import MainWindow
from designer.runtime.events import Epoch
from designer.training import steered
from designer.workspace.folds import being_folded, folding, left_folds
from designer.workspace.preferences import change_preferences
from designer.workspace.runs import list_runs
from designer.workspace.settings import set_settings
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.left_folds import folded, leave_in, said, trained_folds
from tests.helpers.window import checked, click, during_dialog, keys, open_window, until


@pytest.fixture(autouse=True)
def inside() -> Iterator[None]:
    """Trainings in a thread of the window are soon begun, and are real ones."""
    app.import_heavy()
    change_preferences(train_inside=True)
    yield
    change_preferences(train_inside=False)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the folds say that were trained in one go."""
    project = folded(tmp_path_factory.mktemp("unbroken"))
    assert main(["train", str(project)]) == 0
    return said(project)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return folded(tmp_path)


class Held:
    """Lets the training of a fold wait after an epoch until it is told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fold: int, epoch: int = 2) -> None:
        self.reached, self.free = threading.Event(), threading.Event()
        whole = steered.train

        def train(project: Any, *others: Any) -> Any:
            for event in whole(project, *others):
                if project.data.split.fold == fold and isinstance(event, Epoch) and event.epoch == epoch:
                    self.reached.set()
                    self.free.wait(30)
                yield event

        monkeypatch.setattr(steered, "train", train)


def hint(window: MainWindow) -> str:
    return window.build().training.controls.hint.text()


def status(window: MainWindow) -> str:
    return window.build().training.controls.status.text()


def offered(window: MainWindow, words: str) -> None:
    """Wait until the panel offers this."""
    window.show_panel("training")
    checked(window)
    until(lambda: hint(window) == words, what=hint(window))


def to_the_end(window: MainWindow) -> None:
    """Wait until all folds are trained and have said what they say."""
    until(lambda: re.search(r"(?<!of )3 folds, tested: Loss", status(window)) is not None, 60, status(window))
    until(lambda: not window.tasks.busy())


def test_a_fold_that_broke_off_goes_on_after_a_restart(
    project: Path, monkeypatch: pytest.MonkeyPatch, unbroken: Any
) -> None:
    held = Held(monkeypatch, 2)
    with open_window(project) as window:
        checked(window)
        click(window.build().training.controls.start)
        until(held.reached.is_set, 60, "fold 2 was not reached")
        until(lambda: status(window).startswith("Fold 2 of 3"))
        click(window.build().training.controls.pause)
        held.free.set()
        until(lambda: window.run.state == "paused")
    monkeypatch.undo()
    assert trained_folds(project) == [1, 2]
    with open_window(project) as window:
        offered(window, "Go on with fold 2 of 3")
        held = Held(monkeypatch, 2, 5)
        click(window.build().training.controls.hint)
        until(held.reached.is_set, 60, "fold 2 was not gone on with")
        until(lambda: status(window).startswith("Fold 2 of 3 · "))
        held.free.set()
        to_the_end(window)
        assert hint(window) == "See the results"
        results = window.build().results
        until(lambda: results.folds_head.text() == "ALL 3 FOLDS, TESTED")
    assert trained_folds(project) == [1, 2, 3]
    assert said(project) == unbroken


def test_a_fold_that_was_stopped_goes_on_in_the_same_session(
    project: Path, monkeypatch: pytest.MonkeyPatch, unbroken: Any
) -> None:
    held = Held(monkeypatch, 2)
    with open_window(project) as window:
        checked(window)
        controls = window.build().training.controls
        click(controls.start)
        until(held.reached.is_set, 60, "fold 2 was not reached")
        until(lambda: status(window).startswith("Fold 2 of 3"))
        click(controls.stop)
        held.free.set()
        until(lambda: "2 of 3 folds, tested" in status(window))
        offered(window, "Go on with fold 2 of 3")
        action = window.actions_by_name["resume"]
        assert action.text() == "&Go on with fold 2 of 3" and action.isEnabled()
        keys(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier)
        to_the_end(window)
        assert not action.isEnabled()
    assert trained_folds(project) == [1, 2, 3]
    assert said(project) == unbroken


@pytest.mark.parametrize("epochs", [0, 3], ids=["between two folds", "within one"])
def test_the_window_goes_on_with_what_the_command_line_left(
    project: Path, monkeypatch: pytest.MonkeyPatch, unbroken: Any, epochs: int
) -> None:
    leave_in(project, monkeypatch, 2, epochs)
    with open_window(project) as window:
        offered(window, "Go on with fold 2 of 3")
        # what the project asks for now has nothing to do with the folds that it left
        longer = set_settings(window.session.project, ["training.epochs=9", "data.split.folds=5"])
        window.session.do("Train longer", longer)
        click(window.build().training.controls.hint)
        to_the_end(window)
    assert trained_folds(project) == [1, 2, 3]
    assert said(project) == unbroken


def test_what_was_trained_later_leaves_the_folds_where_they_are(
    project: Path, monkeypatch: pytest.MonkeyPatch, unbroken: Any
) -> None:
    leave_in(project, monkeypatch, 2, 3)
    assert main(["train", str(project), "--set", "data.split.folds=0"]) == 0
    assert left_folds(project) is None
    with open_window(project) as window:
        offered(window, "See the results")
        # in the list of runs they are still there to be gone on with
        window.runs.listed.do("resume", [list_runs(project)[1]])
        to_the_end(window)
    assert trained_folds(project) == [1, 2, 0, 3]
    assert said(project) == unbroken


def test_other_data_is_refused_as_of_a_single_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_in(project, monkeypatch, 2, 0)
    table = project.with_suffix(".csv")
    table.write_text(table.read_text().replace("0.1429", "0.1400"))
    with open_window(project) as window:
        offered(window, "Go on with fold 2 of 3")
        click(window.build().training.controls.hint)
        until(lambda: "cannot go on: the data is no longer" in status(window), what=status(window))
        until(lambda: hint(window) == "Go on with fold 2 of 3")
        assert not window.runs.folds.on
    assert trained_folds(project) == [1]


def test_folds_that_others_train_are_not_offered_and_not_trained_twice(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_in(project, monkeypatch, 2, 3)
    left = left_folds(project)
    assert left is not None
    with open_window(project) as window:
        offered(window, "Go on with fold 2 of 3")
        told: list[str] = []
        with folding(left.path):
            during_dialog(lambda dialog: (told.append(dialog.text()), dialog.reject()))  # type: ignore[attr-defined]
            click(window.build().training.controls.hint)
            until(lambda: bool(told))
            window.runs.look()
            until(lambda: not hint(window), what="they are offered still")
        assert trained_folds(project) == [1, 2] and window.run.state == "idle"


def test_a_trainer_that_is_killed_leaves_the_folds_to_be_gone_on_with_at_once(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_in(project, monkeypatch, 2, 3)
    trainer = FakeTrainer()
    with open_window(project, lambda: trainer) as window:
        offered(window, "Go on with fold 2 of 3")
        click(window.build().training.controls.hint)
        until(lambda: "resume" in trainer.asked)
        assert trainer.run == list_runs(project)[1]
        trainer.say("started", epochs=6, done=3, rows={}, device="cpu", facts={})
        until(lambda: window.run.state == "running")
        trainer.say("failed", message="The training ended unexpectedly.", died=True)
        until(lambda: window.run.state == "idle")
        assert not window.runs.folds.on
        until(lambda: hint(window) == "Go on with fold 2 of 3")
        # nor does another project that is opened wait for them
        click(window.build().training.controls.hint)
        until(lambda: trainer.asked.count("resume") == 2)
        window.run.abandon()
        until(lambda: not window.runs.folds.on)
        until(lambda: hint(window) == "Go on with fold 2 of 3")


def test_a_fold_that_never_began_leaves_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_in(project, monkeypatch, 1, 0)
    assert not project.with_suffix(".runs").exists()
    with open_window(project) as window:
        checked(window)
        until(lambda: not window.tasks.busy())
        assert window.runs.left is None and not window.actions_by_name["resume"].isEnabled()


def test_two_clicks_in_a_row_go_on_once_and_say_nothing_false(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_in(project, monkeypatch, 2, 3)
    trainer = FakeTrainer()
    with open_window(project, lambda: trainer) as window:
        offered(window, "Go on with fold 2 of 3")
        said: list[str] = []
        monkeypatch.setattr("designer.gui.runs.tell", lambda window, title, sentence: said.append(sentence))
        for _ in range(2):
            click(window.build().training.controls.hint)
        until(lambda: "resume" in trainer.asked and not window.tasks.busy())
        assert said == [] and trainer.asked.count("resume") == 1


def test_another_project_opened_while_the_folds_are_read_gets_none_of_them(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_in(project, monkeypatch, 2, 3)
    other = folded(tmp_path / "other")
    trainer = FakeTrainer()
    with open_window(project, lambda: trainer) as window:
        offered(window, "Go on with fold 2 of 3")
        left = left_folds(project)
        click(window.build().training.controls.hint)
        window.open_path(other)
        until(lambda: window.session.path == other and not window.tasks.busy())
        assert "resume" not in trainer.asked and not window.runs.folds.on
        assert left is not None and not being_folded(left)
