"""The training panel: settings as steps of the history, buttons that follow the run, curves that can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.compiler.analyse import analyse
from designer.gui.job import Job
from designer.gui.panels import forecast_line
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.training import TrainingPanel, fields_for
from designer.gui.panels.training_controls import EDGE, WIDTH
from designer.gui.run_curves import Curves
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import OPTIMIZERS
from designer.project.model import Training
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import until


class Bench:
    """A panel on a fake trainer."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.trainer = FakeTrainer()
        self.tasks = Tasks()
        self.job = Job(lambda: self.trainer)
        self.run = RunModel(self.job, self.tasks)
        self.session = Session.open(small_project(folder))
        self.panel = TrainingPanel(self.session, self.run, LIGHT)
        qtbot.addWidget(self.panel)
        self.panel.resize(1280, 320)
        self.panel.show()
        qtbot.waitExposed(self.panel)
        self.panel.set_analysis(analyse(self.session.project))

    def start(self, qtbot) -> None:
        self.run.start(self.session.project, self.session.base, self.session.path)
        qtbot.waitUntil(lambda: "train" in self.trainer.asked and not self.tasks.busy())

    def say(self, qtbot, event: str, **content: object) -> None:
        with qtbot.waitSignal(self.job.happened):
            self.trainer.say(event, **content)


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, tmp_path)
    yield made
    made.job.close()
    made.tasks.close()
    made.session.close()


def test_settings_are_steps_of_the_history(bench, qtbot) -> None:
    line = bench.panel.form.editors["epochs"].box.lineEdit()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "42")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.session.project.training.epochs == 42
    assert bench.session.history.undo_label == "Set epochs to 42"
    rate = bench.panel.form.editors["learning_rate"].line
    rate.setFocus()
    rate.selectAll()
    QTest.keyClicks(rate, "1e-4")
    QTest.keyClick(rate, Qt.Key.Key_Return)
    assert bench.session.project.training.learning_rate == 1e-4
    bench.session.undo()
    bench.session.undo()
    assert rate.text() == "0.05"


@pytest.mark.parametrize("key", sorted(OPTIMIZERS))
def test_every_optimizer_has_its_own_fields(bench, key) -> None:
    box = bench.panel.form.editors["optimizer"].box
    place = box.findData(key)
    box.setCurrentIndex(place)
    box.activated.emit(place)
    assert bench.session.project.training.optimizer == key
    assert set(bench.panel.form.editors) == set(fields_for(replace(Training(), optimizer=key)))
    own = [name for name in bench.panel.form.editors if name.startswith("optimizer_fields.")]
    assert len(own) == len(OPTIMIZERS[key].fields)


def test_an_own_field_of_the_optimizer(bench) -> None:
    box = bench.panel.form.editors["optimizer"].box
    place = box.findData("sgd")
    box.setCurrentIndex(place)
    box.activated.emit(place)
    line = bench.panel.form.editors["optimizer_fields.momentum"].line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "0.9")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.session.project.training.optimizer_fields["momentum"] == 0.9


def test_buttons_follow_the_run(bench, qtbot) -> None:
    controls = bench.panel.controls
    assert (controls.start.isEnabled(), controls.pause.isEnabled(), controls.stop.isEnabled()) == (True, False, False)
    with qtbot.waitSignal(controls.start_wanted):
        QTest.mouseClick(controls.start, Qt.MouseButton.LeftButton)
    bench.start(qtbot)
    assert (controls.start.isEnabled(), controls.start.text()) == (True, "Add to queue")
    bench.say(qtbot, "started", epochs=5, done=0, rows={}, device="cpu", facts={})
    bench.say(qtbot, "epoch", epoch=2, epochs=5, train={"loss": 0.5}, validation={"loss": 0.6}, seconds=0.1)
    qtbot.waitUntil(lambda: controls.status.text().startswith("Epoch 2 of 5"))
    assert controls.bar.value() == 400
    QTest.mouseClick(controls.pause, Qt.MouseButton.LeftButton)
    bench.say(qtbot, "paused")
    assert controls.pause.text() == "Go on"
    QTest.mouseClick(controls.pause, Qt.MouseButton.LeftButton)
    bench.say(qtbot, "resumed")
    QTest.mouseClick(controls.stop, Qt.MouseButton.LeftButton)
    assert "Stopping" in controls.status.text()
    metrics = {"epochs": 2, "seconds": 0.3, "train": {"loss": 0.5}, "validation": {}, "test": {"loss": 0.7}}
    bench.say(qtbot, "finished", run=str(bench.run.folder), metrics=metrics, stopped=True)
    assert controls.figures.cells["test", "loss"].text() == "0.7000"
    assert (controls.start.isEnabled(), controls.start.text()) == (True, "Train")
    assert controls.hint.text() == "See the results"
    with qtbot.waitSignal(controls.results_wanted):
        QTest.mouseClick(controls.hint, Qt.MouseButton.LeftButton)


def test_what_stands_in_the_way_is_said_and_leads_there(bench, qtbot) -> None:
    from designer.project import edits

    project = edits.disconnect(bench.session.project, bench.session.project.graph.links)
    bench.session.do("Unlink", project)
    bench.panel.set_analysis(analyse(project))
    assert not bench.panel.controls.start.isEnabled()
    assert "in the way" in bench.panel.controls.hint.text()
    assert bench.panel.controls.status.text() == "Not ready to train yet."
    with qtbot.waitSignal(bench.panel.controls.problems_wanted):
        QTest.mouseClick(bench.panel.controls.hint, Qt.MouseButton.LeftButton)


def test_a_failure_is_a_sentence(bench, qtbot) -> None:
    bench.start(qtbot)
    bench.say(qtbot, "failed", message="The loss became infinite in epoch 3. Try a smaller learning rate.")
    assert "smaller learning rate" in bench.panel.controls.status.text()
    assert bench.panel.controls.status.property("role") == "error"
    assert bench.panel.controls.start.isEnabled()


def test_curves_are_drawn_and_read_by_pointing(bench, qtbot) -> None:
    bench.start(qtbot)
    bench.say(qtbot, "started", epochs=20, done=0, rows={}, device="cpu", facts={})
    for epoch in range(1, 21):
        measured = {"loss": 1 / epoch, "mae": 2 / epoch}
        bench.trainer.say("epoch", epoch=epoch, epochs=20, train=measured, validation=measured, seconds=0.1)
    qtbot.waitUntil(lambda: bench.run.progress.epoch == 20)
    plot = bench.panel.plots.loss_plot
    qtbot.waitUntil(lambda: plot.plane.isVisible() and plot.plane.lines["train"].count == 20)
    qtbot.waitUntil(lambda: plot.keys["train"].value == "0.0500")
    plot.point_at(3.9)
    assert plot.keys["train"].value == "0.2500"
    assert plot.readout.text() == "epoch 4"
    plot.point_at(None)
    assert plot.readout.text() == "epoch 20"
    qtbot.waitUntil(lambda: bench.panel.plots.choice.currentText() == "MAE")
    QTest.mouseClick(bench.panel.plots.log, Qt.MouseButton.LeftButton)
    assert plot.log
    bench.panel.set_theme(DARK)
    plane = plot.plane
    qtbot.waitUntil(lambda: plane.frame.up.log and plane.frame.up.low < 0.05 < 1 < plane.frame.up.high)


def test_another_run_in_hand_shows_all_of_it_on_both_plots(bench, qtbot) -> None:
    plots, figures = bench.panel.plots, {"loss": 4.0, "mae": 1.5}
    planes = [plots.loss_plot.plane, plots.metric_plot.plane]

    def ends() -> set[tuple[float, float]]:
        return {(plane.frame.across.low, plane.frame.across.high) for plane in planes}

    for count in (300, 20):
        bench.trainer.asked.clear()
        bench.start(qtbot)
        bench.say(qtbot, "started", epochs=300, done=0, rows={}, device="cpu", facts={})
        for epoch in range(1, count + 1):
            bench.trainer.say("epoch", epoch=epoch, epochs=300, train=figures, validation={}, seconds=0.1)
        until(lambda wanted=count: bench.run.progress.epoch == wanted and plots.metric_plot.measured == "mae")
        # there is room for more, in round steps
        until(lambda wanted=count: len(ends()) == 1 and wanted <= max(ends())[1] <= 1.7 * wanted)
        assert min(ends())[0] == 0 and not plots.sight.zoomed
        plots.sight.look_at(5, 10)
        bench.say(qtbot, "finished", run=str(bench.run.folder), metrics={"epochs": count}, stopped=True)
        for page in ("runs", "settings"):
            bench.panel.show_page(page)
        bench.panel.set_theme(DARK)
        until(lambda: ends() == {(5, 15)})


def test_a_plot_survives_what_is_no_number(qtbot) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    curves = Curves()
    for epoch, value in enumerate((1.0, None, float("inf"), -2.0, 0.0), start=1):
        curves.add({"epoch": epoch, "train": {"loss": value}, "validation": {}})
    plot.show_curves(curves, "loss")
    plot.show()
    qtbot.waitExposed(plot)
    qtbot.waitUntil(plot.plane.isVisible)
    plot.set_log(True)
    qtbot.waitUntil(lambda: plot.keys["train"].value == "0" and plot.plane.frame.up.log)


def test_the_second_plot_does_not_begin_with_the_loss_under_another_name(bench, qtbot) -> None:
    bench.start(qtbot)
    bench.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    figures = {"loss": 4.0, "mse": 4.0, "rmse": 2.0, "mae": 1.5}
    bench.say(qtbot, "epoch", epoch=1, epochs=10, train=figures, validation=figures, seconds=0.1)
    qtbot.waitUntil(lambda: bench.panel.plots.choice.count() == 3)
    assert bench.panel.plots.choice.currentText() == "RMSE"
    assert bench.panel.plots.metric_plot.measured == "rmse"


def test_the_learning_rate_is_the_last_choice_and_is_drawn_over_the_epochs(bench, qtbot) -> None:
    bench.start(qtbot)
    bench.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    for epoch in (1, 2, 3):
        figures = {"loss": 4.0, "mae": 1.5}
        rate = 0.01 / epoch
        bench.say(qtbot, "epoch", epoch=epoch, epochs=10, train=figures, validation=figures, learning_rate=rate)
    plots = bench.panel.plots
    qtbot.waitUntil(lambda: plots.choice.count() == 2)
    assert [plots.choice.itemText(place) for place in range(2)] == ["MAE", "Learning rate"]
    assert plots.metric_plot.measured == "mae"
    plots.choice.setCurrentIndex(1)
    plots.choice.activated.emit(1)
    plot = plots.metric_plot
    qtbot.waitUntil(lambda: plot.plane.lines["train"].count == 3 and plot.keys["train"].value != "")
    assert (plot.plane.lines["train"].low, plot.plane.lines["train"].high) == pytest.approx((0.01 / 3, 0.01))
    assert plot.keys["validation"].isHidden()
    assert ("train", "learning_rate") not in bench.panel.controls.figures.cells


def test_the_figures_of_several_outputs_are_named_as_beside_the_plot_and_begin_with_one_that_is_no_loss(
    bench, qtbot
) -> None:
    bench.start(qtbot)
    bench.say(qtbot, "started", epochs=10, done=0, rows={}, device="cpu", facts={})
    figures = {"loss": 3.0, "kind.loss": 1.0, "kind.accuracy": 0.5, "place.loss": 2.0}
    bench.say(qtbot, "epoch", epoch=1, epochs=10, train=figures, validation=figures, seconds=0.1)
    choice = bench.panel.plots.choice
    qtbot.waitUntil(lambda: choice.count() == 3)
    assert [choice.itemText(place) for place in range(3)] == ["kind: Loss", "kind: Accuracy", "place: Loss"]
    assert choice.currentText() == "kind: Accuracy"


def test_a_section_that_is_opened_comes_into_view(bench, qtbot) -> None:
    bench.panel.resize(1280, 240)
    qtbot.waitUntil(lambda: bench.panel.height() == 240)
    section, area = bench.panel.form.sections["optimizer"], bench.panel.area
    area.ensureWidgetVisible(section.head)
    QTest.mouseClick(section.head, Qt.MouseButton.LeftButton)

    def seen() -> bool:
        first = next(iter(section.form.editors.values()))
        low = first.mapTo(area.viewport(), first.rect().bottomLeft()).y()
        return section.open and low < area.viewport().height() and first.height() > 0

    qtbot.waitUntil(seen)


def test_a_forecast_is_seen_however_many_figures_of_the_last_run_there_are(bench, qtbot, monkeypatch) -> None:
    class Inquiry:
        def __init__(self, *_: object) -> None:
            self.unwanted = None

        def run(self) -> dict[str, dict[str, object]]:
            times = {"epoch_seconds": 2.0, "seconds": 184.0, "memory": 2e8, "free": 2e10}
            return {
                "forecast": {
                    **times,
                    "device": "cpu",
                    "threads": 1,
                    "memory_format": "contiguous",
                    "precision": "float32",
                }
            }

    monkeypatch.setattr(forecast_line, "Inquiry", Inquiry)
    controls = bench.panel.controls
    bench.panel.resize(1280, 240)
    names = ("loss", *(f"{name}.{metric}" for name in ("one", "other", "third") for metric in ("mse", "mae", "r2")))
    figures = dict.fromkeys(names, 4.0)
    bench.run.latest = {"train": figures, "validation": figures, "test": figures}
    controls.show_state()
    view = controls.area.viewport()
    qtbot.waitUntil(lambda: controls.area.verticalScrollBar().maximum() > 0)
    ask, answer = controls.forecast.ask, controls.forecast.answer
    # before anything is scrolled
    assert 0 < ask.mapTo(view, ask.rect().bottomLeft()).y() <= view.height() and ask.isVisible()
    QTest.mouseClick(ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: answer.text().startswith("About 2.0 s an epoch"))
    qtbot.waitUntil(lambda: 0 < answer.mapTo(view, answer.rect().bottomLeft()).y() <= view.height())
    controls.forecast.tasks.close()


def test_what_is_next_and_how_long_it_takes_find_room_whatever_the_words(bench, qtbot) -> None:
    controls = bench.panel.controls
    hint, ask = controls.hint, controls.forecast.ask
    bench.run.latest = {"test": {"loss": 1.0}}

    def fits() -> bool:
        # in a wide font even the short words may not stand beside the question
        return hint.sizeHint().width() + controls.links.spacing() + ask.sizeHint().width() <= WIDTH - 2 * EDGE

    for words in ("", "Go on with the interrupted run"):
        bench.panel.set_resumable(words)
        qtbot.waitUntil(lambda words=words: hint.text() == (words or "See the results"))
        qtbot.waitUntil(lambda: (ask.y() == hint.y()) == fits())
        for link in (hint, ask):
            qtbot.waitUntil(lambda link=link: link.width() >= link.sizeHint().width())
            right = link.mapTo(controls.area.viewport(), link.rect().bottomRight())
            assert right.x() < controls.area.viewport().width()
    assert ask.y() >= hint.y() + hint.height()
    # while a run is on there is nothing to ask
    bench.start(qtbot)
    qtbot.waitUntil(lambda: not ask.isVisible() and not hint.isVisible())
