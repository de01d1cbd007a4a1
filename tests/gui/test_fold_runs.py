"""Cross-validation in the window: Train trains every fold in turn, then average and spread are said and kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from designer.gui import app
from designer.gui.window import MainWindow
from designer.project.file import load_project, save_project
from designer.workspace import folds as folds_module
from designer.workspace.folds import read_folds
from designer.workspace.runs import runs_folder
from designer.workspace.settings import set_settings
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.left_folds import latest_folds
from tests.helpers.small import small_project
from tests.helpers.window import checked, click, during_dialog, keys, open_window, until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A project that asks for three folds."""
    made = small_project(tmp_path)
    save_project(set_settings(load_project(made), ["data.split.folds=3"]), made)
    return made


@pytest.fixture
def window(path: Path, trainer: FakeTrainer) -> Iterator[MainWindow]:
    app.import_heavy()
    with open_window(path, lambda: trainer) as made:
        made.show_panel("training")
        yield made


def begun(window: MainWindow, trainer: FakeTrainer, count: int) -> None:
    """Wait for this training, counted from 1, and let it begin."""
    until(lambda: trainer.asked.count("train") == count, what=f"training {count} did not begin")
    until(lambda: not window.tasks.busy())
    trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
    until(lambda: window.run.state == "running")


def ended(window: MainWindow, trainer: FakeTrainer, loss: float, stopped: bool = False) -> None:
    """Let the training come to its end with this loss of the test part."""
    assert trainer.run is not None
    metrics = {"epochs": 5, "seconds": 0.1, "train": {"loss": 0.1}, "validation": {}, "test": {"loss": loss}}
    told: list[str] = []
    window.run.finished.connect(told.append)
    trainer.say("finished", run=str(trainer.run), metrics=metrics, stopped=stopped)
    until(lambda: bool(told))


def test_train_trains_all_folds_and_says_average_and_spread(
    window: MainWindow, trainer: FakeTrainer, path: Path
) -> None:
    panel = window.build().training
    click(panel.controls.start)
    for fold, loss in enumerate((1.0, 2.0, 3.0), start=1):
        begun(window, trainer, fold)
        assert trainer.project is not None and trainer.project.data is not None
        assert (trainer.project.data.split.folds, trainer.project.data.split.fold) == (3, fold)
        assert panel.controls.status.text().startswith(f"Fold {fold} of 3 · Epoch")
        ended(window, trainer, loss)
    said = "3 folds, tested: Loss 2.0 ± 1.0"
    until(lambda: said in panel.controls.status.text(), what=panel.controls.status.text())
    assert window.run.state == "idle"
    until(lambda: latest_folds(runs_folder(path)) is not None and not window.tasks.busy())
    folds, record = read_folds(latest_folds(runs_folder(path)))  # type: ignore[arg-type]
    assert (folds.count, len(folds.runs), record["mean"]["test"]["loss"]) == (3, 3, 2.0)
    assert record["whole"]
    assert trainer.asked.count("train") == 3


def test_stop_ends_the_cross_validation_and_says_what_was_found_so_far(
    window: MainWindow, trainer: FakeTrainer
) -> None:
    panel = window.build().training
    click(panel.controls.start)
    begun(window, trainer, 1)
    ended(window, trainer, 1.0)
    begun(window, trainer, 2)
    click(panel.controls.stop)
    ended(window, trainer, 3.0, stopped=True)
    until(lambda: "2 of 3 folds, tested: Loss 2.0 ± 1.4" in panel.controls.status.text())
    assert not window.runs.folds.on


def test_a_fold_that_fails_ends_it(window: MainWindow, trainer: FakeTrainer) -> None:
    click(window.build().training.controls.start)
    begun(window, trainer, 1)
    trainer.say("failed", message="The loss became no number.")
    until(lambda: window.run.state == "idle")
    assert window.run.broken and not window.runs.folds.on


def test_folds_that_are_left_do_not_mix_with_the_next_training(
    window: MainWindow, trainer: FakeTrainer, path: Path
) -> None:
    panel = window.build().training
    click(panel.controls.start)
    begun(window, trainer, 1)
    window.run.abandon()
    until(lambda: window.run.state == "idle")
    one = set_settings(window.session.project, ["data.split.folds=0"])
    window.session.do("No folds", one)
    until(panel.controls.start.isEnabled)
    click(panel.controls.start)
    begun(window, trainer, 2)
    ended(window, trainer, 1.0)
    until(lambda: window.run.state == "idle" and not window.tasks.busy())
    assert not window.runs.folds.on
    assert latest_folds(runs_folder(path)) is None
    assert trainer.asked.count("train") == 2


def press(words: str, offered: list[str]) -> None:
    """Click this button of the next question, and note which there were."""

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, QMessageBox)
        offered.extend(sorted(button.text() for button in dialog.buttons()))
        click(next(button for button in dialog.buttons() if button.text() == words))

    during_dialog(answer)


@pytest.mark.parametrize("words", ["Let it train on", "Interrupt the training"])
def test_a_first_fold_that_still_reads_and_trains_on_without_the_window_stays_one_of_them(
    window: MainWindow, trainer: FakeTrainer, path: Path, words: str
) -> None:
    click(window.build().training.controls.start)
    until(lambda: "train" in trainer.asked and not window.tasks.busy())
    # nothing is written of the run as long as its data is being read
    press(words, offered := [])
    window.close()
    assert offered == ["Cancel", "Interrupt the training", "Let it train on"]
    assert ("release" in trainer.asked) == (words == "Let it train on")
    record = latest_folds(runs_folder(path))
    if words == "Interrupt the training":
        assert record is None
    else:
        assert record is not None and read_folds(record)[0].runs == (trainer.run,)


class Writing:
    """Holds the writing of what the folds say between two of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.free = threading.Event(), threading.Event()
        write = folds_module.write_folds

        def held(folds: folds_module.Folds, figures: list[object], whole: bool = False) -> Path:
            if figures:
                self.reached.set()
                self.free.wait(30)
            return write(folds, figures, whole)  # type: ignore[arg-type]

        monkeypatch.setattr(folds_module, "write_folds", held)


def test_between_two_folds_leaving_asks_and_another_project_gets_none_of_them(
    window: MainWindow, trainer: FakeTrainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = small_project(tmp_path / "other")
    click(window.build().training.controls.start)
    begun(window, trainer, 1)
    writing = Writing(monkeypatch)
    ended(window, trainer, 1.0)
    until(writing.reached.is_set)
    assert window.run.state == "idle" and window.runs.folds.on
    press("Cancel", offered := [])
    assert not window.documents.open(other)
    assert offered == ["Cancel", "Interrupt the training"]
    press("Interrupt the training", [])
    window.open_path(other)
    until(lambda: window.session.path == other)
    writing.free.set()
    checked(window)
    until(lambda: not window.tasks.busy())
    assert trainer.asked.count("train") == 1 and not window.runs.folds.on


def test_a_training_asked_for_between_two_folds_does_not_take_their_place(
    window: MainWindow, trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    click(window.build().training.controls.start)
    begun(window, trainer, 1)
    writing = Writing(monkeypatch)
    ended(window, trainer, 1.0)
    until(writing.reached.is_set)
    said: list[str] = []
    monkeypatch.setattr(window.status, "say", said.append)
    keys(window, Qt.Key.Key_F5)
    writing.free.set()
    until(lambda: trainer.asked.count("train") == 2)
    assert trainer.project is not None and trainer.project.data is not None
    assert trainer.project.data.split.fold == 2 and window.runs.folds.on
    until(lambda: any("a cross-validation cannot wait in the queue" in words for words in said), what=str(said))
