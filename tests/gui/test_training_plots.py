"""The two plots of a training: the figure that is chosen, the marks, going on, and narrow panels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from designer.gui.panels.training_plots import LOSS, TWO
from designer.gui.past_run import past_run
from designer.project.file import save_project
from designer.training.history import read_changes
from designer.training.run_files import COPY_NAME, HISTORY
from designer.workspace.run_list import read_info
from designer.workspace.run_words import change_words
from tests.gui.test_panels_training import Bench
from tests.helpers.small import small_project
from tests.helpers.window import checked, open_window, rest, until


@pytest.fixture
def bench(qtbot, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qtbot, tmp_path)
    yield made
    made.job.close()
    made.tasks.close()
    made.session.close()


def begin(bench: Bench, qtbot, resume: Path | None = None, **told: object) -> None:
    bench.trainer.asked.clear()
    bench.run.start(bench.session.project, bench.session.base, bench.session.path, resume)
    until(lambda: bool(bench.trainer.asked) and not bench.tasks.busy())
    bench.say(qtbot, "started", **{"epochs": 20, "done": 0, "rows": {}, "device": "cpu", "facts": {}, **told})


def train(bench: Bench, epochs: int = 5, **figures: float) -> None:
    for epoch in range(1, epochs + 1):
        measured = {"loss": 1 / epoch} | figures
        rate = {"learning_rate": 0.1 / epoch}
        bench.trainer.say("epoch", epoch=epoch, epochs=20, train=measured, validation=measured, seconds=0.1, **rate)
    until(lambda: bench.run.progress.epoch == epochs)


def end(bench: Bench, qtbot) -> None:
    bench.say(qtbot, "finished", run=str(bench.run.folder), metrics={"epochs": 5}, stopped=True)


def choose(bench: Bench, name: str) -> None:
    choice = bench.panel.plots.choice
    place = choice.findData(name)
    assert place >= 0
    choice.setCurrentIndex(place)
    choice.activated.emit(place)


def test_the_figure_that_was_chosen_stays_and_comes_back_with_the_next_run_that_has_it(bench, qtbot) -> None:
    plots = bench.panel.plots
    begin(bench, qtbot)
    train(bench, mae=2.0, rmse=3.0)
    until(lambda: plots.metric_plot.measured == "mae" and plots.choice.count() == 3)
    choose(bench, "rmse")
    assert plots.metric_plot.measured == "rmse"
    end(bench, qtbot)
    begin(bench, qtbot)
    train(bench, mae=2.0, rmse=3.0)
    until(lambda: plots.choice.count() == 3)
    assert plots.metric_plot.measured == plots.choice.currentData() == "rmse"
    end(bench, qtbot)
    # one that does not have it, and one that has
    begin(bench, qtbot)
    train(bench, mae=2.0)
    until(lambda: plots.metric_plot.measured == "mae" and plots.choice.currentData() == "mae")
    end(bench, qtbot)
    begin(bench, qtbot)
    train(bench, mae=2.0, rmse=3.0)
    until(lambda: plots.metric_plot.measured == plots.choice.currentData() == "rmse")


def test_another_figure_instead_of_one_is_offered_although_there_are_as_many(bench, qtbot) -> None:
    plots = bench.panel.plots
    begin(bench, qtbot)
    train(bench, mae=2.0)
    until(lambda: plots.choice.findData("mae") >= 0)
    bench.run.curves.parts["train"].pop("mae")
    bench.run.curves.parts["validation"].pop("mae")
    bench.trainer.say("epoch", epoch=6, epochs=20, train={"r2": 1.0}, validation={"r2": 1.0}, seconds=0.1)
    until(lambda: plots.choice.findData("r2") >= 0)
    assert plots.choice.findData("mae") < 0


def test_a_run_that_goes_on_is_seen_as_it_was_until_it_is_read_and_a_new_one_is_not(bench, qtbot, tmp_path) -> None:
    plots = bench.panel.plots
    plane = plots.loss_plot.plane
    begin(bench, qtbot)
    train(bench, mae=2.0)
    until(lambda: plane.lines["train"].count == 5 and plots.metric_plot.measured == "mae")
    folder = bench.run.folder
    bench.trainer.say("failed", message="It broke off.")
    until(lambda: bench.run.state == "idle")
    lines = [
        {"event": "epoch", "epoch": epoch, "epochs": 20, "train": {"loss": 1.0, "mae": 2.0}, "validation": {}}
        for epoch in range(1, 4)
    ]
    folder.mkdir(exist_ok=True, parents=True)
    (folder / HISTORY).write_text("".join(json.dumps({**line, "seconds": 0.1}) + "\n" for line in lines))
    seen: list[tuple[int, bool, str, bool]] = []

    def note() -> None:
        measured = plots.metric_plot.measured
        seen.append((plane.lines["train"].count, plane.isVisible(), measured, plots.choice.isVisible()))

    bench.run.restarted.connect(note)
    bench.run.state_changed.connect(note)
    bench.trainer.asked.clear()
    bench.run.start(bench.session.project, bench.session.base, bench.session.path, folder)
    while plane.lines["train"].count == 5 and len(seen) < 10_000:
        note()
        rest()
    note()
    assert {each[0] for each in seen} == {5, 3}, "it is never empty"
    assert {each[1:] for each in seen} == {(True, "mae", True)}
    bench.say(qtbot, "started", epochs=20, done=3, rows={}, device="cpu", facts={})
    end(bench, qtbot)
    bench.trainer.asked.clear()
    bench.start(qtbot)
    until(lambda: not plane.isVisible(), what="the curves of another run are shown as if they were its own")


def marks_told(run: Path) -> list[tuple[int, str]]:
    """What the record says was changed, and after or in which epoch."""
    return [(change.epoch, change_words(change.settings)) for change in read_changes(run)]


def test_the_marks_are_those_of_the_record_after_each_extension_and_when_it_is_loaded(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=60)
    with open_window(path) as window:
        checked(window)
        plots = window.workbench.training.plots

        def shown() -> list[tuple[int, str]]:
            marks = plots.loss_plot.marks.shown
            return [(-int(-at // 1), words) for at, words in marks]

        window.runs.start()
        until(lambda: window.run.state == "idle" and window.run.folder is not None and window.run.curves.count == 60)
        run = window.run.folder
        for wanted in (70, 1_090):
            until(lambda: window.runs.steering.over == run)
            window.runs.steering._extend(run, wanted - window.run.progress.epochs)
            until(lambda wanted=wanted: window.run.state == "running" and window.run.progress.epochs == wanted)
            until(lambda: window.run.state == "idle")
            until(lambda: shown() == marks_told(run))
        assert shown() == [(60, "epochs 70"), (70, "epochs 1,090")]
        assert [words for _, words in past_run(read_info(run)).curves.marks] == ["epochs 70", "epochs 1,090"]
    with open_window(path) as window:
        checked(window)
        plots = window.workbench.training.plots
        until(lambda: window.run.curves.count == 1_090)
        until(lambda: shown() == [(60, "epochs 70"), (70, "epochs 1,090")])


def test_what_the_trainer_starts_with_is_what_is_marked(bench, qtbot, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    save_project(bench.session.project, run / COPY_NAME)
    # asked for at the very end, and never trained with
    line = {"event": "changed", "epoch": 3, "step": 2, "settings": {"learning_rate": 0.5}}
    (run / HISTORY).write_text(json.dumps(line) + "\n")
    extended = {"event": "changed", "epoch": 3, "step": 0, "settings": {"epochs": 20_000}}
    begin(bench, qtbot, run, epochs=20_000, changes=[extended])
    until(lambda: bench.run.state == "running")
    assert bench.run.curves.marks == [(3.0, "epochs 20,000")]
    assert bench.run.curves.planned == 20_000


def within(panel: QWidget, widget: QWidget) -> bool:
    left = widget.mapTo(panel, QPoint(0, 0)).x()
    return left >= 0 and left + widget.width() <= panel.width()


def test_in_a_narrow_panel_one_plot_is_shown_and_which_one_is_chosen(bench, qtbot) -> None:
    panel, plots = bench.panel, bench.panel.plots
    begin(bench, qtbot)
    train(bench, mae=2.0, rmse=3.0)
    until(lambda: plots.metric_plot.measured == "mae" and plots.loss_plot.isVisible() and plots.metric_plot.isVisible())
    assert plots.choice.findData(LOSS) < 0
    assert panel.minimumSizeHint().width() <= 960
    panel.resize(960, 220)
    until(lambda: plots.loss_plot.isVisible() and not plots.metric_plot.isVisible())
    assert plots.width() < TWO and plots.choice.currentData() == LOSS
    choose(bench, "rmse")
    until(lambda: plots.metric_plot.isVisible() and not plots.loss_plot.isVisible())
    assert plots.metric_plot.measured == "rmse" and plots.choice.isVisible()
    for name, plot in ((LOSS, plots.loss_plot), ("mae", plots.metric_plot)):
        choose(bench, name)
        until(plot.isVisible)
        rest(0.05)
        inside = [plots, plot, plot.plane, plot.readout, plots.choice, *plot.keys.values()]
        inside += [plots.log] if name == LOSS else []
        assert all(within(panel, widget) for widget in inside)
        for key in plot.keys.values():
            until(lambda key=key: key.shown()[1] == key.value != "", what=f"{name}: {key.words()}")
    choose(bench, LOSS)
    panel.resize(1280, 320)
    until(lambda: plots.loss_plot.isVisible() and plots.metric_plot.isVisible())
    assert plots.choice.findData(LOSS) < 0 and plots.choice.currentData() == "mae" == plots.metric_plot.measured


def test_the_keyboard_stays_on_the_choice_when_the_plot_changes(bench, qtbot) -> None:
    panel, plots = bench.panel, bench.panel.plots
    begin(bench, qtbot)
    train(bench, mae=2.0, rmse=3.0)
    panel.resize(960, 220)
    until(lambda: plots.choice.findData(LOSS) == 0 and plots.loss_plot.isVisible())
    panel.activateWindow()
    QTest.qWaitForWindowActive(panel)
    plots.choice.setFocus()
    QTest.keyClick(plots.choice, Qt.Key.Key_Down)
    until(lambda: plots.metric_plot.isVisible() and plots.choice.hasFocus())
    QTest.keyClick(plots.choice, Qt.Key.Key_Down)
    assert plots.metric_plot.measured == "rmse"
    QTest.keyClick(plots.choice, Qt.Key.Key_Home)
    until(lambda: plots.loss_plot.isVisible() and plots.choice.hasFocus())


def test_there_is_no_room_beyond_the_last_epoch_that_a_run_shall_have(bench, qtbot) -> None:
    plots = bench.panel.plots
    begin(bench, qtbot, epochs=12)
    for epoch in range(1, 12):
        measured = {"loss": 1 / epoch}
        bench.trainer.say("epoch", epoch=epoch, epochs=12, train=measured, validation=measured, seconds=0.1)
    until(lambda: plots.loss_plot.plane.lines["train"].count == 11)
    rest(0.1)
    assert plots.loss_plot.plane.frame.across.high == 12
    bench.say(qtbot, "changed", epoch=11, step=0, settings={"epochs": 40})
    bench.say(qtbot, "epoch", epoch=12, epochs=40, train={"loss": 0.1}, validation={"loss": 0.1}, seconds=0.1)
    until(lambda: 12 < plots.loss_plot.plane.frame.across.high <= 40)
