"""The list of runs: found again, ticked to compare curves, renamed, deleted, forked and queued with mouse and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QMessageBox, QWidget

from designer.gui.fork_dialog import ForkDialog
from designer.gui.numbers import figure
from designer.gui.panels.line_forms import colour_of
from designer.gui.theme import DARK
from designer.gui.window import MainWindow
from designer.layers.catalog import SCHEDULES
from designer.project.file import load_project
from designer.workspace import queue, verbs
from designer.workspace.forks import forked_training, prepare_fork
from designer.workspace.runs import list_runs
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import click, during_dialog, keys, open_window, until


class Bench:
    """A window on a project with three runs, the second forked from the first, and a trainer that does as told."""

    def __init__(self, window: MainWindow, trainer: FakeTrainer, path: Path) -> None:
        self.window, self.trainer, self.path = window, trainer, path
        assert window.workbench is not None
        self.panel = window.workbench.training
        self.list, self.rows = self.panel.run_list, self.panel.run_list.rows

    def row(self, name: str) -> int:
        """Where the run whose name ends so stands."""
        return next(row for row, run in enumerate(self.rows.runs) if run.name.endswith(name))

    def click_row(self, name: str, box: bool = False, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Click a row, or its box."""
        index = self.rows.index(self.row(name))
        self.list.list.scrollTo(index)
        at = self.list.list.visualRect(index)
        point = QPoint(at.left() + (16 if box else 90), at.top() + 14)
        QTest.mouseClick(self.list.list.viewport(), button, Qt.KeyboardModifier.NoModifier, point)

    def start(self) -> None:
        """Press Train, and let the run begin."""
        click(self.panel.controls.start)
        until(lambda: self.trainer.asked[-1:] in (["train"], ["resume"]))
        self.trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
        until(lambda: self.window.run.state == "running")

    def end(self, failed: bool = False) -> None:
        """Let the run end."""
        if failed:
            self.trainer.say("failed", message="The loss became infinite.")
        else:
            metrics = {"epochs": 5, "seconds": 0.1, "train": {"loss": 0.5}, "validation": {}, "test": {"loss": 0.7}}
            self.trainer.say("finished", run=str(self.trainer.run), metrics=metrics, stopped=False)


def trained_project(folder: Path) -> Path:
    """A project with a run, a fork of it and another run."""
    path = small_project(folder, epochs=8)
    job = verbs.prepare_run(path)
    list(verbs.train(job))
    slower = forked_training(load_project(path), ["training.learning_rate=0.001"])
    list(verbs.train(prepare_fork(job.folder, 4, slower)))
    list(verbs.train(verbs.prepare_run(path, ("training.optimizer=sgd",))))
    return path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained_project(tmp_path_factory.mktemp("runs"))


@pytest.fixture
def bench(project: Path, tmp_path: Path) -> Iterator[Bench]:
    import shutil

    for source in project.parent.iterdir():
        target = tmp_path / source.name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    trainer, path = FakeTrainer(), tmp_path / project.name
    with open_window(path, lambda: trainer) as window:
        window.show_panel("training")
        made = Bench(window, trainer, path)
        click_tab(made.panel.switch, 1)
        until(lambda: made.rows.rowCount() == 3, what="the runs were not found")
        # the newest run stands on the plots as it ended; these tests begin with none
        until(lambda: window.run.folder is not None)
        window.run.forget()
        until(lambda: made.rows.current is None)
        yield made


def click_tab(tabs: QWidget, place: int) -> None:
    """Click a tab."""
    click(tabs, tabs.tabRect(place).center())  # type: ignore[attr-defined]


def in_fork_dialog(act: Callable[[ForkDialog], None]) -> list[str]:
    """Have ``act`` done to the dialog that asks how to fork; answers a list that holds what went wrong in the end."""
    wrong: list[str] = []

    def whole(dialog: QDialog) -> None:
        assert isinstance(dialog, ForkDialog)
        try:
            act(dialog)
        except AssertionError as error:
            wrong.append(f"{error} ")
            dialog.reject()
        else:
            wrong.append("")

    during_dialog(whole, lambda dialog: isinstance(dialog, ForkDialog))
    return wrong


def curves(bench: Bench) -> list[str]:
    """The names of the curves beside those of the run in hand."""
    return [guest.name[-3:] for guest in bench.panel.plots.loss_plot.guests.shown if guest.form >= 0]


def test_old_runs_are_found_with_what_sets_them_apart(bench: Bench) -> None:
    assert [run.name[-3:] for run in bench.rows.runs] == ["003", "002", "001"]
    lines = [bench.rows.line(run) for run in bench.rows.runs]
    assert "SGD" in lines[0]
    assert "forked at 4" in lines[1] and "learning rate 0.001" in lines[1]
    assert "of 8" in lines[2] and "learning rate 0.05" in lines[2]
    assert [bench.rows.state(run) for run in bench.rows.runs] == ["finished"] * 3


def test_ticked_runs_stand_together_on_both_plots_with_a_legend(bench: Bench) -> None:
    bench.click_row("001", box=True)
    assert curves(bench) == ["001"]
    bench.click_row("002", box=True)
    bench.click_row("003", box=True)
    assert sorted(curves(bench)) == ["001", "002", "003"]
    guests = {guest.name[-3:]: guest for guest in bench.panel.plots.loss_plot.guests.shown}
    # what the fork has in common with its run is drawn once, and the place is marked
    assert guests["002"].epochs == tuple(range(4, 9))
    assert guests["002"].fork is not None and guests["002"].fork[0] == 4
    assert guests["001"].epochs == tuple(range(1, 9))
    assert len({guest.form for guest in guests.values()}) == 3
    assert bench.panel.plots.metric_plot.measured in bench.list.metrics()
    plot = bench.panel.plots.loss_plot
    until(lambda: plot.plane.isVisible() and plot.plane.frame.across.high >= 8)
    seen = plot.plane.grab().toImage()
    colours = {seen.pixelColor(x, y).name() for x in range(seen.width()) for y in range(seen.height())}
    assert {colour_of(guest.form, plot.theme).lower() for guest in guests.values()} <= colours
    assert plot.legend.isVisible()
    assert plot.legend.accessibleName().startswith("003 ")
    plot.point_at(6.2)
    assert f"002 {figure(guests['002'].value_at(6))}" in plot.legend.accessibleName()
    bench.click_row("001", box=True)
    assert sorted(curves(bench)) == ["002", "003"]
    # without its run the fork is drawn from the start
    fork = next(guest for guest in bench.panel.plots.loss_plot.guests.shown if guest.name.endswith("002"))
    assert fork.epochs == tuple(range(1, 9))
    bench.panel.set_theme(DARK)


def test_space_ticks_and_the_arrows_walk(bench: Bench) -> None:
    bench.click_row("003")
    keys(bench.list.list, Qt.Key.Key_Down)
    keys(bench.list.list, Qt.Key.Key_Space)
    assert curves(bench) == ["002"]
    keys(bench.list.list, Qt.Key.Key_Space)
    assert curves(bench) == []
    keys(bench.list.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keys(bench.list.list, Qt.Key.Key_Space)
    assert len(curves(bench)) == 3


def test_a_run_is_renamed_in_place(bench: Bench) -> None:
    bench.click_row("002")
    keys(bench.list.list, Qt.Key.Key_F2)
    line = bench.list.list.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, "small rate")
    QTest.keyClick(line, Qt.Key.Key_Return)
    until(lambda: any(run.name == "small rate" for run in bench.rows.runs), what="it was not renamed")
    assert list_runs(bench.path)[1].name.endswith("002")


def test_runs_are_deleted_after_a_question(bench: Bench) -> None:
    bench.click_row("003")

    def answer(dialog: QDialog, words: str) -> None:
        assert isinstance(dialog, QMessageBox)
        click(next(button for button in dialog.buttons() if button.text() == words))

    during_dialog(lambda dialog: answer(dialog, "Cancel"))
    keys(bench.list.list, Qt.Key.Key_Delete)
    assert len(list_runs(bench.path)) == 3
    during_dialog(lambda dialog: answer(dialog, "Delete"))
    keys(bench.list.list, Qt.Key.Key_Delete)
    until(lambda: bench.rows.rowCount() == 2)
    assert [run.name[-3:] for run in list_runs(bench.path)] == ["001", "002"]
    assert len(list((bench.path.parent / "line.runs").iterdir())) == 2


def test_the_menu_offers_what_can_be_done(bench: Bench) -> None:
    bench.click_row("001")
    menu = bench.list.menu()
    able = {action.text().replace("&", ""): action.isEnabled() for action in menu.actions() if action.text()}
    assert able["Fork…"] and able["Rename"] and able["Delete…"] and able["Show results"]
    assert not able["Go on with it"]
    assert "Wait before the one above" not in able
    menu.deleteLater()
    chosen: list[QMenu] = []

    def look() -> None:
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, QMenu)
        chosen.append(popup)
        popup.close()

    from PySide6.QtCore import QTimer

    QTimer.singleShot(100, look)
    QTest.mouseClick(bench.list.list.viewport(), Qt.MouseButton.RightButton)
    from PySide6.QtGui import QContextMenuEvent

    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(20, 20), bench.list.mapToGlobal(QPoint(20, 20)))
    QApplication.sendEvent(bench.list.list, event)
    assert chosen


def test_results_of_a_run_are_shown_by_a_double_click(bench: Bench) -> None:
    index = bench.rows.index(bench.row("001"))
    at = bench.list.list.visualRect(index).center()
    bench.click_row("001")
    QTest.mouseDClick(bench.list.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    bench_results = bench.window.build().results
    until(lambda: bench_results.run is not None and bench_results.run.name.endswith("001"))
    assert bench.window.build().docks["results"].isVisible()


def test_a_run_is_forked_with_another_rate(bench: Bench) -> None:
    bench.click_row("001")

    def fork(dialog: ForkDialog) -> None:
        assert dialog.epoch == 8
        assert dialog.project.training.epochs == 16
        dialog.place.setFocus()
        keys(dialog.place, Qt.Key.Key_Up)
        assert dialog.epoch == 4
        assert dialog.project.training.epochs == 8
        rate = dialog.form.editors["learning_rate"].line
        rate.setFocus()
        rate.selectAll()
        QTest.keyClicks(rate, "0.2")
        # sets the value, then does what the dialog offers first
        QTest.keyClick(rate, Qt.Key.Key_Return)
        assert "learning rate 0.2 instead of 0.05" in dialog.changes.text()

    wrong = in_fork_dialog(fork)
    keys(bench.list.list, Qt.Key.Key_F)
    until(lambda: bool(wrong), what="the dialog did not open")
    assert wrong == [""]
    until(lambda: bench.trainer.asked[-1:] == ["resume"], what="the fork did not begin")
    assert bench.trainer.project is not None and bench.trainer.project.training.learning_rate == 0.2
    assert bench.trainer.run is not None and bench.trainer.run.name.endswith("004")
    # its past is on the plot already, and the curve of the run that it was forked from beside it
    until(lambda: bench.window.run.curves.count == 4)
    assert curves(bench) == ["001"]
    until(lambda: bench.rows.rowCount() == 4)
    until(
        lambda: any(guest.form < 0 for guest in bench.panel.plots.loss_plot.guests.shown), what="the fork is not marked"
    )
    own = next(guest for guest in bench.panel.plots.loss_plot.guests.shown if guest.form < 0)
    assert own.fork is not None and own.fork[0] == 4


def test_a_fork_gets_schedules_from_cards_which_are_drawn_before_it_starts(bench: Bench) -> None:
    bench.click_row("001")
    said: list[str] = []

    def fork(dialog: ForkDialog) -> None:
        section = dialog.schedules
        click(section.head)
        until(section.body.isVisible)
        for key in ("exponential", "linear"):
            next(each for each in section.menu.actions() if each.text() == SCHEDULES[key].title).trigger()
        assert [card.key for card in section.cards] == ["linear", "exponential"]
        gamma = section.cards[1].form.editors["gamma"].line
        until(gamma.isVisible)
        gamma.setFocus()
        gamma.selectAll()
        QTest.keyClicks(gamma, "0.5")
        QTest.keyClick(gamma, Qt.Key.Key_Tab)
        rates = section.rates
        until(lambda: rates.plan is not None and rates.plan.epochs == 16, what="the rates were not drawn")
        until(lambda: rates.plot.mark == 9.0)
        assert rates.plot.isVisible() and rates.readout.text().startswith("Begins with epoch 9 at ")
        said.append(dialog.changes.text())
        # two that want all that is left: said at the schedule, and nothing can begin
        spin = section.cards[0].form.editors["epochs"].box
        spin.setFocus()
        spin.selectAll()
        QTest.keyClicks(spin, "0")
        QTest.keyClick(spin, Qt.Key.Key_Tab)
        assert "Only one can have these" in section.cards[0].fault.text() and not dialog.go.isEnabled()
        click(section.cards[0].buttons["close"])
        assert dialog.go.isEnabled() and [card.key for card in section.cards] == ["exponential"]
        click(dialog.go)

    wrong = in_fork_dialog(fork)
    keys(bench.list.list, Qt.Key.Key_F)
    until(lambda: bool(wrong), what="the dialog did not open")
    assert wrong == [""] and "schedules linear:" in said[0]
    until(lambda: bench.trainer.asked[-1:] == ["resume"], what="the fork did not begin")
    assert bench.trainer.project is not None
    (schedule,) = bench.trainer.project.training.schedules
    assert (schedule.key, schedule.epochs, schedule.fields["gamma"]) == ("exponential", 0, 0.5)
    # the project in the window has none
    assert not bench.window.session.project.training.schedules


def test_a_dialog_opens_in_the_size_that_it_was_left_with(bench: Bench) -> None:
    sizes: list[QSize] = []

    def fork(dialog: ForkDialog) -> None:
        sizes.append(dialog.size())
        dialog.resize(620, 560)
        keys(dialog, Qt.Key.Key_Escape)

    for _ in range(2):
        bench.click_row("001")
        wrong = in_fork_dialog(fork)
        keys(bench.list.list, Qt.Key.Key_F)
        until(lambda wrong=wrong: bool(wrong), what="the dialog did not open")
        assert wrong == [""]
    assert sizes[0] != sizes[1] == QSize(620, 560)


def test_a_fork_that_cannot_be_is_told_in_the_dialog(bench: Bench) -> None:
    bench.click_row("001")
    said: list[str] = []

    def fork(dialog: ForkDialog) -> None:
        spin = dialog.form.editors["patience"].box
        spin.setValue(1)
        spin.editingFinished.emit()
        epochs = dialog.form.editors["epochs"].box
        epochs.setValue(3)
        epochs.editingFinished.emit()
        click(dialog.go)
        until(lambda: dialog.fault.isVisible())
        said.append(dialog.fault.text())
        keys(dialog, Qt.Key.Key_Escape)

    wrong = in_fork_dialog(fork)
    keys(bench.list.list, Qt.Key.Key_F)
    until(lambda: bool(wrong), what="the dialog did not open")
    assert wrong == [""]
    until(lambda: bool(said))
    assert "epochs" in said[0]
    assert len(list_runs(bench.path)) == 3


def test_train_while_one_trains_adds_to_the_queue(bench: Bench) -> None:
    bench.start()
    first = bench.trainer.run
    assert bench.panel.controls.start.text() == "Add to queue"
    click(bench.panel.controls.start)
    until(lambda: len(queue.waiting(bench.path)) == 1)
    bench.window.session.do("Rate", bench.window.session.project)
    keys(bench.window, Qt.Key.Key_F5)
    until(lambda: len(queue.waiting(bench.path)) == 2)
    until(lambda: bench.list.said.text() == "2 runs waiting")
    until(lambda: [run.state for run in bench.rows.runs[:2]] == ["waiting", "waiting"])
    second, third = queue.waiting(bench.path)
    # the other way round, by the keyboard
    bench.click_row(third.name)
    keys(bench.list.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    until(lambda: queue.waiting(bench.path) == [third, second])
    bench.end()
    until(lambda: bench.trainer.run == third.resolve() or bench.trainer.run == third, what="the next did not begin")
    bench.trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
    until(lambda: bench.window.run.state == "running")
    # one that fails stops no other
    bench.end(failed=True)
    until(lambda: bench.trainer.run == second, what="the queue stopped")
    assert first != second
    assert queue.waiting(bench.path) == []


def test_what_waits_can_be_taken_out_and_held(bench: Bench) -> None:
    bench.start()
    click(bench.panel.controls.start)
    until(lambda: bench.list.said.text() == "1 run waiting")
    click(bench.list.go)
    until(lambda: bench.list.go.text() == "Start")
    bench.end()
    until(lambda: bench.window.run.state == "idle")
    QTest.qWait(200)
    assert len(queue.waiting(bench.path)) == 1
    waits = queue.waiting(bench.path)[0]
    bench.click_row(waits.name)
    menu = bench.list.menu()
    action = next(action for action in menu.actions() if "Take out" in action.text())
    action.trigger()
    menu.deleteLater()
    until(lambda: not queue.waiting(bench.path))
    until(lambda: not waits.exists(), what="its folder was left behind")


def test_what_waited_is_found_when_the_project_opens(project: Path, tmp_path: Path) -> None:
    path = small_project(tmp_path)
    folder = queue.add_to_queue(load_project(path), path.parent, path)
    trainer = FakeTrainer()
    with open_window(path, lambda: trainer) as window:
        bench = Bench(window, trainer, path)
        until(lambda: bench.list.said.text() == "1 run waiting")
        assert "train" not in trainer.asked
        window.show_panel("training")
        bench.panel.show_page("runs")
        click(bench.list.go)
        until(lambda: trainer.run == folder, what="it did not begin")


def test_runs_train_side_by_side(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    made: list[FakeTrainer] = []

    def make() -> FakeTrainer:
        made.append(FakeTrainer())
        return made[-1]

    with open_window(path, make) as window:
        bench = Bench(window, FakeTrainer(), path)
        window.show_panel("training")
        bench.panel.show_page("runs")
        click(bench.panel.controls.start)
        until(lambda: bool(made) and made[0].asked[-1:] == ["train"])
        bench.list.at_once.setValue(2)
        click(bench.panel.controls.start)
        until(lambda: len(made) == 2 and made[1].asked[-1:] == ["train"], what="the second did not begin beside")
        assert made[0].run != made[1].run
        click(bench.panel.controls.start)
        until(lambda: bench.list.said.text() == "1 run waiting")
        metrics = {"epochs": 5, "seconds": 0.1, "train": {}, "validation": {}, "test": {}}
        made[1].say("finished", run=str(made[1].run), metrics=metrics, stopped=False)
        until(lambda: len(made) == 3 and made[2].asked[-1:] == ["train"], what="the third did not follow")
        made[2].say("failed", message="no")
        until(lambda: not window.runs.queue.beside)
        until(lambda: "close" in made[2].asked)
