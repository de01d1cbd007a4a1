"""A sweep from the window: settings and values chosen with keys and mouse, refused in place, queued and compared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from designer.gui import sweep_dialog
from designer.gui.controls import CalmComboBox
from designer.gui.sweep_dialog import SweepDialog
from designer.gui.window import MainWindow
from designer.project.errors import EditError
from designer.project.file import load_project
from designer.project.model import Project
from designer.workspace import sweeps
from designer.workspace.queue import waiting
from designer.workspace.run_list import read_info
from designer.workspace.runs import list_runs
from designer.workspace.sweeps import Variation, refuse_unsound
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import click, keys, open_window, until


class Bench:
    """A window on a small project, with a trainer that does as told."""

    def __init__(self, window: MainWindow, trainer: FakeTrainer, path: Path) -> None:
        self.window, self.trainer, self.path = window, trainer, path
        self.panel = window.build().training

    def dialog(self) -> SweepDialog:
        """Press the keys that ask for a sweep."""
        keys(self.window, Qt.Key.Key_F10, Qt.KeyboardModifier.ControlModifier)
        until(lambda: bool(self.window.findChildren(SweepDialog)), what="no dialog came")
        dialog: SweepDialog = self.window.findChildren(SweepDialog)[0]
        until(dialog.isVisible)
        dialog.activateWindow()
        QTest.qWaitForWindowActive(dialog)
        return dialog

    def end(self) -> None:
        """Let the run that is on end."""
        metrics = {"epochs": 5, "seconds": 0.1, "train": {"loss": 0.5}, "validation": {}, "test": {"loss": 0.7}}
        self.trainer.say("finished", run=str(self.trainer.run), metrics=metrics, stopped=False)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    trainer, path = FakeTrainer(), small_project(tmp_path, learning_rate=0.01, batch_size=32)
    with open_window(path, lambda: trainer) as window:
        window.show_panel("training")
        yield Bench(window, trainer, path)


def choose(box: CalmComboBox, words: str) -> None:
    """Choose an option with the keyboard."""
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if box.currentText() == words:
            return
        QTest.keyClick(box, Qt.Key.Key_Down)
    raise AssertionError(f"there is no {words}")


def fill(line: QLineEdit, text: str) -> None:
    """Type another text."""
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def close(dialog: SweepDialog) -> None:
    """Press Escape."""
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_it_suggests_values_around_the_present_ones(bench: Bench) -> None:
    dialog = bench.dialog()
    first, second = dialog.varied
    assert first.choice.currentText() == "Learning rate"
    assert first.line.text() == "0.1, 0.01, 0.001"
    assert dialog.summary.text() == "3 trainings: learning rate 0.1; learning rate 0.01; learning rate 0.001."
    assert not second.line.isEnabled()
    choose(second.choice, "Batch size")
    assert second.line.text() == "16, 32, 64"
    assert dialog.summary.text().startswith("9 trainings: learning rate 0.1, batch size 16;")
    assert dialog.summary.text().endswith("and 5 more.")
    choose(second.choice, "Optimizer")
    assert second.line.text().startswith("adam, ")
    close(dialog)
    assert list_runs(bench.path) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0.1, 0", "Expected a number above 0 and at most 1e+06, found 0.0."),
        ("0.1, fast", "Expected a number, found “fast”."),
        (" , ", "Expected one value or several, separated by commas."),
    ],
)
def test_values_that_are_not_sound_are_refused_in_place(bench: Bench, text: str, fault: str) -> None:
    dialog = bench.dialog()
    fill(dialog.varied[0].line, text)
    assert dialog.varied[0].fault.text() == fault
    assert not dialog.add.isEnabled()
    fill(dialog.varied[0].line, "0.1, 0.2, 0.1")
    assert not dialog.varied[0].fault.text()
    assert dialog.summary.text().startswith("2 trainings")
    assert dialog.add.isEnabled()
    close(dialog)


def test_one_setting_does_not_vary_twice_and_too_many_trainings_are_refused(bench: Bench) -> None:
    dialog = bench.dialog()
    choose(dialog.varied[1].choice, "Learning rate")
    assert dialog.varied[1].fault.text() == "This setting varies already: choose another one."
    assert not dialog.add.isEnabled()
    choose(dialog.varied[1].choice, "Seed")
    fill(dialog.varied[1].line, ",".join(map(str, range(100))))
    assert "300 trainings" in dialog.summary.text()
    assert not dialog.add.isEnabled()
    close(dialog)


def test_many_values_are_tried_on_the_project_once_they_are_typed_and_not_by_the_window(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[tuple[int, bool]] = []

    def count(project: Project, found: list[Variation]) -> None:
        tried.append((len(found), threading.current_thread() is threading.main_thread()))
        refuse_unsound(project, found)

    monkeypatch.setattr(sweep_dialog, "refuse_unsound", count)
    set_settings = sweeps.set_settings
    by_window: list[object] = []

    def watched(project: Project, settings: tuple[str, ...]) -> Project:
        if threading.current_thread() is threading.main_thread():
            by_window.append(settings)
        return set_settings(project, settings)

    monkeypatch.setattr(sweeps, "set_settings", watched)
    dialog = bench.dialog()
    text = ", ".join(f"0.{number}" for number in range(101, 201))
    fill(dialog.varied[0].line, text)
    assert dialog.summary.text().startswith("100 trainings: learning rate 0.101;") and dialog.add.isEnabled()
    until(lambda: (100, False) in tried, what="they were not tried")
    # each pause of the machine while it typed may count as one of a person
    assert len(tried) < len(text) / 10 and not by_window
    close(dialog)


def test_combinations_that_the_project_refuses_are_told_of_after_a_moment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(project: Project, found: list[Variation]) -> None:
        if len(found) == 4:
            raise EditError("These do not go together.")

    monkeypatch.setattr(sweep_dialog, "refuse_unsound", refuse)
    dialog = bench.dialog()
    fill(dialog.varied[0].line, "0.1,0.2,0.3,0.4")
    until(lambda: dialog.summary.text() == "These do not go together.", what=dialog.summary.text())
    assert not dialog.add.isEnabled()
    fill(dialog.varied[0].line, "0.1,0.2")
    assert dialog.summary.text().startswith("2 trainings") and dialog.add.isEnabled()
    close(dialog)


def test_whoever_leaves_while_the_runs_are_put_to_the_queue_is_asked_to_wait(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def add(*arguments: object) -> list[Path]:
        assert go_on.wait(60)
        raise EditError("there is no room")

    monkeypatch.setattr(sweep_dialog, "add_sweep_to_queue", add)
    dialog = bench.dialog()
    click(dialog.add)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() and dialog.summary.text() == sweep_dialog.WAIT
    go_on.set()
    until(lambda: dialog.summary.text() == "There is no room")
    assert dialog.add.isEnabled()
    close(dialog)


def test_each_variation_waits_as_a_run_with_its_settings_as_name_and_its_curve_shown(bench: Bench) -> None:
    dialog = bench.dialog()
    fill(dialog.varied[0].line, "0.5, 0.05")
    choose(dialog.varied[1].choice, "Batch size")
    fill(dialog.varied[1].line, "8, 16")
    dialog.at_once.setValue(1)
    click(dialog.add)
    until(lambda: len(list_runs(bench.path)) == 4, what="the runs were not made")
    until(lambda: bench.trainer.asked[-1:] == ["resume"], what="the first did not begin")
    rows = bench.panel.run_list.rows
    until(lambda: rows.rowCount() == 4)
    assert bench.panel.pages.currentWidget() is bench.panel.run_list
    runs = [read_info(folder) for folder in list_runs(bench.path)]
    assert [run.name for run in runs] == [f"rate {rate}, batch {size}" for rate in ("0.5", "0.05") for size in (8, 16)]
    trained = [load_project(folder / "project.loom").training for folder in list_runs(bench.path)]
    assert [(each.learning_rate, each.batch_size) for each in trained] == [(0.5, 8), (0.5, 16), (0.05, 8), (0.05, 16)]
    assert load_project(bench.path).training.learning_rate == 0.01
    assert set(rows.forms) == set(list_runs(bench.path))
    for left in (3, 2, 1, 0):
        until(lambda left=left: bench.trainer.asked.count("resume") == 4 - left, what="the next did not begin")
        bench.trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
        until(lambda: bench.window.run.state == "running")
        until(lambda left=left: len(waiting(bench.path)) == left, what="it waits though it has begun")
        bench.end()
    until(lambda: not bench.window.run.running)


def test_as_many_train_side_by_side_as_there_are_cores_or_as_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_dialog, "usual_jobs", lambda count: min(count, 2))
    made: list[FakeTrainer] = []

    def make() -> FakeTrainer:
        made.append(FakeTrainer())
        return made[-1]

    path = small_project(tmp_path, learning_rate=0.01)
    with open_window(path, make) as window:
        window.show_panel("training")
        bench = Bench(window, FakeTrainer(), path)
        dialog = bench.dialog()
        assert dialog.at_once.value() == 2
        dialog.at_once.setFocus()
        keys(dialog.at_once, Qt.Key.Key_Up)
        click(dialog.add)
        until(lambda: sum(each.asked[-1:] in (["train"], ["resume"]) for each in made) == 3, what="they did not begin")
        assert len({each.run for each in made}) == 3
        assert bench.panel.run_list.at_once.value() == 3
        # the next sweep begins with what was chosen last
        again = bench.dialog()
        assert again.at_once.value() == 3
        close(again)


def test_no_sweep_is_offered_where_nothing_can_be_trained() -> None:
    with open_window() as window:
        action = window.actions_by_name["sweep"]
        assert not action.isEnabled()
        assert action.toolTip().startswith("Train with each")
        assert action.shortcut().toString() == "Ctrl+F10"
