"""Manners of the training panel: nothing jumps, no number is a riddle, what is asked often has a button and a key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from designer.gui.fork_dialog import ForkDialog
from designer.gui.numbers import figure
from designer.gui.panels.figures import FigureTable
from designer.gui.window import MainWindow
from designer.project.file import load_project
from designer.training.run_files import COPY_NAME, HISTORY
from designer.workspace import queue, verbs
from designer.workspace.runs import list_runs
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import click, during_dialog, keys, open_window, rest, until

PLAIN = Qt.KeyboardModifier.NoModifier
FIGURES = dict.fromkeys(("loss", "accuracy", "precision", "recall", "f1", "top_k_accuracy"), 0.5)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a finished run."""
    path = small_project(tmp_path_factory.mktemp("trained"), epochs=6)
    list(verbs.train(verbs.prepare_run(path)))
    return path


@pytest.fixture
def project(trained: Path, tmp_path: Path) -> Path:
    """The same, for one test alone."""
    shutil.copytree(trained.parent, tmp_path / "work")
    return tmp_path / "work" / trained.name


@pytest.fixture
def window(project: Path, trainer: FakeTrainer) -> Iterator[MainWindow]:
    with open_window(project, lambda: trainer) as made:
        made.show_panel("training")
        yield made


def start(window: MainWindow, trainer: FakeTrainer) -> None:
    """Press Train, and let the run begin."""
    click(window.workbench.training.controls.start)
    until(lambda: "train" in trainer.asked)
    trainer.say("started", epochs=9, done=0, rows={}, device="cpu", facts={})
    until(lambda: window.run.state == "running")


def test_an_opened_project_shows_its_last_run_as_it_ended(window: MainWindow, project: Path) -> None:
    panel = window.workbench.training
    until(lambda: window.run.curves.count == 6, what="the last run was not shown")
    assert window.run.folder == list_runs(project)[0]
    assert panel.controls.status.text().startswith("Finished after 6 epochs")
    assert panel.controls.hint.text() == "See the results"
    assert panel.controls.figures.cells["test", "loss"].text() != "–"
    until(lambda: panel.run_list.rows.current == window.run.folder)
    click(panel.controls.hint)
    assert not window.workbench.results.visibleRegion().isEmpty()
    keys(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    until(lambda: not window.editing)
    assert window.run.curves.count == 0


def test_an_interrupted_run_is_shown_with_its_curve_and_can_go_on(project: Path, trainer: FakeTrainer) -> None:
    [run] = list_runs(project)
    for name in ("metrics.json", "results.json"):
        (run / name).unlink()
    with open_window(project, lambda: trainer) as window:
        controls = window.workbench.training.controls
        until(lambda: window.run.curves.count == 6)
        assert controls.status.text() == f"{run.name} was interrupted after epoch 6 of 6."
        until(lambda: controls.hint.text() == "Go on with the interrupted run")
        window.show_panel("training")
        click(controls.hint)
        until(lambda: "resume" in trainer.asked)


def test_a_killed_run_can_go_on_though_others_ended_after_it(window: MainWindow, trainer: FakeTrainer) -> None:
    """As those of the queue do, which train beside it; the list of runs says so as well."""
    start(window, trainer)
    killed = trainer.run
    assert killed is not None
    (killed / HISTORY).write_text("")
    shutil.copy(window.session.path, killed / COPY_NAME)
    later = killed.with_name(f"{killed.name[:-3]}009")
    shutil.copytree(next(run for run in list_runs(window.session.path) if run != killed), later)
    trainer.say("failed", message="The training process ended unexpectedly.", died=True)
    panel = window.workbench.training
    until(lambda: panel.controls.hint.text() == "Go on with the interrupted run")
    assert window.runs.interrupted == killed
    click(panel.controls.hint)
    until(lambda: "resume" in trainer.asked)
    assert trainer.run == killed


def test_nothing_around_the_panel_moves_while_a_run_begins_and_ends(window: MainWindow, trainer: FakeTrainer) -> None:
    canvas, controls = window.workbench.canvas, window.workbench.training.controls
    until(lambda: window.run.curves.count == 6)
    window.run.forget()
    rest(0.05)
    sizes = [canvas.size()]
    start(window, trainer)
    trainer.say("epoch", epoch=1, epochs=9, train=FIGURES, validation=FIGURES, seconds=0.1)
    until(lambda: bool(controls.figures.cells))
    rest(0.05)
    sizes.append(canvas.size())
    first = controls.figures.mapTo(controls, QPoint(0, 0)).y()
    metrics = {"epochs": 9, "seconds": 0.1, "train": FIGURES, "validation": FIGURES, "test": FIGURES}
    trainer.say("finished", run=str(trainer.run), metrics=metrics, stopped=False)
    until(lambda: controls.hint.isVisible())
    rest(0.05)
    sizes.append(canvas.size())
    assert len({(size.width(), size.height()) for size in sizes}) == 1, sizes
    assert controls.figures.mapTo(controls, QPoint(0, 0)).y() == first, "the figures jump when the run ends"


def test_a_column_that_is_gone_leaves_no_gap(qtbot) -> None:
    table = FigureTable()
    qtbot.addWidget(table)
    table.resize(280, 200)
    table.show()
    parts = {"train": {"loss": 0.5}, "validation": {"loss": 0.5}}
    table.show_figures(parts | {"test": {"loss": 0.5}})
    qtbot.waitUntil(lambda: table.cells["test", "loss"].geometry().right() > 270)
    table.show_figures(parts)
    qtbot.waitUntil(lambda: table.cells["validation", "loss"].geometry().right() > 270)


def test_a_zero_that_means_something_says_so_and_is_typed_over(window: MainWindow) -> None:
    panel = window.workbench.training
    panel.show_page("settings")
    box = panel.form.editors["patience"].box
    assert box.lineEdit().text() == "0 (never)"
    panel.area.ensureWidgetVisible(box)
    click(box.lineEdit())
    until(lambda: box.lineEdit().selectedText() == "0 (never)")
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    QTest.keyClicks(box, "7")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert window.session.project.training.patience == 7
    assert box.lineEdit().text() == "7"
    window.session.undo()
    assert box.lineEdit().text() == "0 (never)"


def test_what_is_asked_most_of_a_run_has_a_button(window: MainWindow) -> None:
    panel = window.workbench.training
    until(lambda: panel.run_list.rows.rowCount() == 1)
    assert not panel.tools.isVisible()
    panel.show_page("runs")
    tools, view = panel.tools, panel.run_list.list
    assert not tools.more.isEnabled() and not tools.fork.isEnabled()
    box = view.visualRect(panel.run_list.rows.index(0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, PLAIN, box.topLeft() + QPoint(90, 14))
    assert tools.more.isEnabled() and tools.fork.isEnabled()
    seen: list[str] = []

    def look(dialog: QDialog) -> None:
        seen.append(type(dialog).__name__)
        dialog.reject()

    during_dialog(look)
    click(tools.fork)
    until(lambda: seen == [ForkDialog.__name__])
    assert tools.fork.toolTip() and tools.more.toolTip()
    tabs = panel.switch
    words = [tabs.fontMetrics().horizontalAdvance(tabs.tabText(place)) for place in range(tabs.count())]
    assert all(tabs.tabRect(place).width() > words[place] for place in range(tabs.count())), "tabs are cut"


def test_the_list_and_forking_have_keys(window: MainWindow) -> None:
    panel = window.workbench.training
    until(lambda: panel.run_list.rows.rowCount() == 1)
    keys(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
    assert panel.switch.key == "runs"
    assert panel.run_list.list.hasFocus() and len(panel.run_list.chosen()) == 1
    seen: list[str] = []

    def look(dialog: QDialog) -> None:
        seen.append(type(dialog).__name__)
        dialog.reject()

    during_dialog(look)
    keys(window, Qt.Key.Key_F12, Qt.KeyboardModifier.ControlModifier)
    until(lambda: seen == [ForkDialog.__name__])


def test_rows_say_the_best_epoch_a_pause_and_whose_turn_is_next(
    window: MainWindow, trainer: FakeTrainer, project: Path
) -> None:
    rows = window.workbench.training.run_list.rows
    until(lambda: rows.rowCount() == 1)
    past = rows.runs[0]
    assert rows.figure(past) == f"validation loss {figure(past.best)}"
    assert rows.line(past) == f"after epoch {past.best_epoch} of 6"
    start(window, trainer)
    for _ in range(2):
        queue.add_to_queue(load_project(project), project.parent, project)
    trainer.say("paused")
    until(lambda: window.run.state == "paused")
    window.runs.listed.refresh()
    until(lambda: rows.rowCount() == 3)
    assert [rows.state(run) for run in rows.runs[:2]] == ["next in the queue", "number 2 in the queue"]
    assert rows.held == window.run.folder is not None
    # a trainer that only does as told leaves no copy of the project, and so no row, behind
    assert rows.state(replace(past, folder=window.run.folder, state="running")) == "paused"
    assert rows.state(replace(past, state="running")) == "running"


def test_the_tool_bar_says_what_its_button_does(window: MainWindow, trainer: FakeTrainer) -> None:
    action = window.actions_by_name["start"]
    until(lambda: action.iconText() == "Train")
    start(window, trainer)
    assert action.iconText() == "Add to queue"
    window.choose_theme("dark")
    assert action.iconText() == "Add to queue"


def test_a_link_keeps_its_size_when_the_keyboard_comes_to_it(window: MainWindow) -> None:
    ask = window.workbench.training.controls.forecast.ask
    before = ask.sizeHint()
    ask.setFocus()
    assert ask.sizeHint() == before
    assert ask.fontMetrics().horizontalAdvance(ask.text()) + 8 <= before.width()


def test_the_menu_of_runs_opens_beneath_its_button(window: MainWindow) -> None:
    panel = window.workbench.training
    until(lambda: panel.run_list.rows.rowCount() == 1)
    panel.show_page("runs")
    panel.run_list.take_keyboard()
    seen: list[str] = []
    timer = QTimer()
    timer.setInterval(20)

    def look() -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            timer.stop()
            seen.extend(action.text().replace("&", "") for action in menu.actions())
            menu.close()

    timer.timeout.connect(look)
    timer.start()
    click(panel.tools.more)
    assert {"Show results", "Fork…", "Rename", "Delete…"} <= set(seen)
    assert window.focusWidget() is panel.run_list.list, "the keys of the list are lost"


def test_a_file_that_is_gone_is_told_in_a_sentence_and_stands_in_the_way(
    window: MainWindow, trainer: FakeTrainer, project: Path
) -> None:
    controls = window.workbench.training.controls
    start(window, trainer)
    (project.parent / "line.csv").rename(project.parent / "elsewhere.csv")
    trainer.say("failed", message=f"there is no file {project.parent / 'line.csv'}")
    until(lambda: window.run.state == "idle")
    assert controls.status.text() == f"There is no file {project.parent / 'line.csv'}."
    until(lambda: "in the way" in controls.hint.text(), what="nothing stands in the way although the data are gone")
    (project.parent / "elsewhere.csv").rename(project.parent / "line.csv")
    window.actions_by_name["data_again"].trigger()
    until(lambda: controls.start.isEnabled(), what="what is there again cannot be trained with")


def test_while_a_run_is_on_no_button_moves_and_none_outshines_those_that_hold_it(
    window: MainWindow, trainer: FakeTrainer
) -> None:
    controls = window.workbench.training.controls
    buttons = (controls.start, controls.pause, controls.stop)
    before = [button.geometry() for button in buttons]
    bright = controls.start.grab().toImage().pixelColor(8, 6)
    start(window, trainer)
    rest(0.1)
    assert controls.start.text() == "Add to queue"
    assert [button.geometry() for button in buttons] == before
    assert controls.start.grab().toImage().pixelColor(8, 6) != bright
    trainer.say("paused")
    until(lambda: window.run.state == "paused")
    rest(0.1)
    assert [button.geometry() for button in buttons] == before


def test_the_longest_line_of_a_run_is_read_whole(window: MainWindow, trainer: FakeTrainer) -> None:
    """In a window of 1280 points: device, time left, the learning rate in force and the memory."""
    assert window.width() == 1280
    start(window, trainer)
    controls, run = window.workbench.training.controls, window.run
    rate = run.settings["learning_rate"] / 400
    trainer.say("epoch", epoch=1, epochs=9, train={"loss": 0.5}, validation={"loss": 0.5}, learning_rate=rate)
    until(lambda: run.progress.epoch == 1)
    run.device, run.progress.left, run.progress.memory = "cuda:0", 7980.0, 1_288_490_188
    run.progress.epoch, run.progress.epochs = 1234, 10_000
    controls.show_progress()
    rest()
    line = controls.status
    assert "· learning rate\u00a0" in line.text() and line.text().endswith("GB")
    assert line.height() >= line.heightForWidth(line.width()), "it is cut off"
    assert controls.area.viewport().rect().contains(line.geometry().translated(line.parentWidget().pos()))
