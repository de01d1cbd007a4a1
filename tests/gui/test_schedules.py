"""Schedules and the learning-rate finder in the window: each edit one step, the rate drawn, a rate taken over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from designer.compiler.analyse import analyse
from designer.gui.job import Job
from designer.gui.panels.rate_view import plan_words, rate_words
from designer.gui.panels.training import TrainingPanel
from designer.gui.rate_dialog import RateDialog
from designer.gui.run_model import RunModel
from designer.gui.small_plot import Scale
from designer.gui.status import StatusBar
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import SCHEDULES
from designer.project import edits
from designer.project.model import Schedule
from designer.workspace.preferences import change_preferences
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project


class Bench:
    """The training panel of a small project on a fake trainer."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.trainer, self.tasks = FakeTrainer(), Tasks()
        self.job = Job(lambda: self.trainer)
        self.run = RunModel(self.job, self.tasks)
        self.session = Session.open(small_project(folder, epochs=20))
        self.panel = TrainingPanel(self.session, self.run, LIGHT)
        qtbot.addWidget(self.panel)
        self.panel.resize(1280, 760)
        self.panel.show()
        qtbot.waitExposed(self.panel)
        self.panel.set_analysis(analyse(self.session.project))
        self.section = self.panel.schedules

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        return self.session.project.training.schedules

    def choose(self, key: str) -> None:
        """Choose a schedule in the menu of the button."""
        next(each for each in self.section.menu.actions() if each.data() == key).trigger()

    def set(self, *schedules: Schedule) -> None:
        project = self.session.project
        changed = edits.set_training(project, replace(project.training, schedules=schedules))
        self.session.do("Set schedules", changed)
        self.panel.set_analysis(analyse(changed))

    def type_into(self, place: int, name: str, text: str) -> None:
        editor = self.section.cards[place].form.editors[name]
        line = editor.box.lineEdit() if hasattr(editor, "box") else editor.line
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    change_preferences(open_sections=("schedules",))
    made = Bench(qtbot, tmp_path)
    yield made
    made.section.rates.tasks.close()
    made.job.close()
    made.tasks.close()
    made.session.close()


def click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_schedules_are_added_moved_edited_and_removed_each_in_one_step(bench) -> None:
    steps = len(bench.session.history.steps)
    bench.choose("cosine")
    bench.choose("linear")
    assert [(each.key, each.epochs) for each in bench.schedules] == [("linear", 2), ("cosine", 0)]
    assert bench.session.history.undo_label == "Add schedule LinearLR"
    bench.type_into(0, "epochs", "7")
    assert bench.schedules[0].epochs == 7
    assert bench.session.history.undo_label == "Set epochs of LinearLR to 7"
    bench.type_into(1, "eta_min", "1e-4")
    assert bench.schedules[1].fields["eta_min"] == 1e-4
    click(bench.section.cards[0].buttons["down"])
    assert [each.key for each in bench.schedules] == ["cosine", "linear"]
    assert bench.section.cards[1].buttons["down"].isEnabled() is False
    click(bench.section.cards[0].buttons["close"])
    assert [each.key for each in bench.schedules] == ["linear"]
    assert bench.schedules[0].epochs == 0
    assert len(bench.session.history.steps) == steps + 6
    for _ in range(6):
        bench.session.undo()
    assert bench.schedules == ()
    assert bench.section.cards == []


def test_a_schedule_that_comes_is_seen_and_has_the_keyboard(bench, qtbot) -> None:
    bench.panel.resize(900, 320)
    view = bench.panel.area.viewport()

    def in_sight(card) -> bool:
        top = card.mapTo(view, QPoint(0, 0)).y()
        return 0 <= top + 30 <= view.height()

    for key in ("step", "cosine"):
        click(bench.section.add)
        qtbot.waitUntil(bench.section.menu.isVisible)
        for letter in SCHEDULES[key].title[:3]:
            QTest.keyClick(bench.section.menu, letter.lower())
        action = next(each for each in bench.section.menu.actions() if each.data() == key)
        bench.section.menu.setActiveAction(action)
        QTest.keyClick(bench.section.menu, Qt.Key.Key_Return)
        card = next(card for card in bench.section.cards if card.key == key)
        qtbot.waitUntil(lambda card=card: in_sight(card))
        assert card.isAncestorOf(bench.panel.window().focusWidget())
    # what no number says is said in words
    assert bench.section.cards[1].form.editors["epochs"].box.text() == "0 (the rest)"


def test_every_schedule_has_a_card_with_its_fields(bench) -> None:
    bench.set(*(Schedule(key, 1, kind.defaults) for key, kind in SCHEDULES.items()))
    assert [card.key for card in bench.section.cards] == list(SCHEDULES)
    for card in bench.section.cards:
        assert set(card.form.editors) == {"epochs", *SCHEDULES[card.key].fields}
        assert not card.fault.isVisible()


def test_a_field_that_is_not_sound_says_so_and_changes_nothing(bench) -> None:
    bench.set(Schedule("step", 0, SCHEDULES["step"].defaults))
    bench.type_into(0, "gamma", "7")
    assert bench.schedules[0].fields["gamma"] == 0.1
    assert "at most 1" in bench.section.cards[0].form._faults["gamma"].text()


def test_what_is_wrong_with_the_chain_is_said_at_the_schedule(bench) -> None:
    bench.set(Schedule("cosine"), Schedule("step"))
    assert "each have 0 epochs" in bench.section.cards[0].fault.text()
    bench.set(Schedule("cosine", 5))
    assert "end after 5 of 20 epochs" in bench.section.fault.text()
    assert bench.panel.controls.start.isEnabled()


def test_the_rate_is_drawn_before_the_start(bench, qtbot) -> None:
    view = bench.section.rates
    assert not view.plot.isVisible()
    assert "stays as it is set" in view.readout.text()
    bench.set(Schedule("linear", 5), Schedule("exponential", 0, {"gamma": 0.5}))
    qtbot.waitUntil(lambda: view.plan is not None and len(view.plan.rates) == 20)
    assert view.plot.isVisible()
    assert view.plan.rates[5] == bench.session.project.training.learning_rate
    assert not view.plot.up.log
    assert view.readout.text().startswith("From 0.005 to ")
    image = view.plot.grab().toImage()
    colours = {
        image.pixelColor(x, y).name() for x in range(60, image.width() - 12) for y in range(8, image.height() - 20)
    }
    assert len(colours) > 3
    bench.set(Schedule("cosine"))
    qtbot.waitUntil(lambda: view.plan is not None and view.plan.rates[0] == 0.05 and len(set(view.plan.rates)) == 20)
    bench.set(Schedule("cosine"), Schedule("step"))
    qtbot.waitUntil(lambda: view.plan is None)
    assert not view.plot.isVisible()


def test_the_rate_now_follows_the_run_and_the_losses_that_decide_of_it(bench, qtbot) -> None:
    view = bench.section.rates
    bench.set(Schedule("plateau", 0, {"patience": 0, "factor": 0.5}))
    qtbot.waitUntil(lambda: view.plan is not None)
    assert "when the loss stands still" in view.readout.text()
    bench.run.start(bench.session.project, bench.session.base, bench.session.path)
    qtbot.waitUntil(lambda: "train" in bench.trainer.asked and not bench.tasks.busy())
    bench.trainer.say("started", epochs=20, done=0, rows={}, device="cpu", facts={})
    for epoch, loss in enumerate((0.9, 0.9, 0.8, 0.8), start=1):
        bench.trainer.say("epoch", epoch=epoch, epochs=20, train={"loss": 1.0}, validation={"loss": loss}, seconds=0.1)
    qtbot.waitUntil(lambda: bench.run.progress.epoch == 4)
    qtbot.waitUntil(lambda: view.plan.rates[:5] == (0.05, 0.05, 0.025, 0.025, 0.0125))
    assert view.readout.text() == "Epoch 4: learning rate 0.025"
    assert view.plot.mark == 4


def test_the_rate_is_drawn_straight_and_on_a_logarithmic_scale_where_that_is_ticked(bench, qtbot) -> None:
    view = bench.section.rates
    assert not view.log.isVisible()
    bench.set(Schedule("cosine"))
    qtbot.waitUntil(lambda: view.plan is not None and view.plot.isVisible())
    assert view.plot.up == Scale(0.0, 0.05)
    click(view.log)
    assert view.plot.up.log and view.plot.up.low > 0


def test_far_behind_in_a_very_long_run_the_rate_is_the_one_that_it_told_of(bench, qtbot) -> None:
    view, rate = bench.section.rates, 0.0097
    project = bench.session.project
    training = replace(project.training, epochs=100_000, schedules=(Schedule("one_cycle"),))
    bench.session.do("Long", edits.set_training(project, training))
    qtbot.waitUntil(lambda: view.plan is not None and view.plan.epochs == 100_000)
    assert view.plot.across == Scale(1.0, 100_000.0)
    bench.run.start(bench.session.project, bench.session.base, bench.session.path)
    qtbot.waitUntil(lambda: "train" in bench.trainer.asked and not bench.tasks.busy())
    bench.trainer.say("started", epochs=100_000, done=26_631, rows={}, device="cpu", facts={})
    told = {"epochs": 100_000, "validation": {}, "seconds": 0.1}
    bench.trainer.say("epoch", epoch=26_632, train={"loss": 1.0}, **told)
    planned = view.plan.at(26_632)
    qtbot.waitUntil(lambda: view.readout.text() == f"Epoch 26,632: learning rate {rate_words(planned)}")
    assert planned == pytest.approx(0.048, abs=0.001)
    bench.trainer.say("epoch", epoch=26_633, train={"loss": 1.0}, learning_rate=rate, **told)
    qtbot.waitUntil(lambda: view.readout.text() == "Epoch 26,633: learning rate 0.0097")
    assert view.plot.mark == 26_633
    # another rate on the way: what is drawn is not its way any more
    bench.trainer.say("changed", epoch=26_633, step=0, settings={"learning_rate": 0.5})
    bench.trainer.say("epoch", epoch=26_634, train={"loss": 1.0}, learning_rate=0.41, **told)
    qtbot.waitUntil(lambda: view.readout.text().startswith("Epoch 26,634: learning rate 0.41. Since then the run has"))
    assert view.plot.mark is None


def test_where_losses_decide_the_rates_that_a_run_told_of_are_drawn_while_it_goes_on(bench, qtbot) -> None:
    view = bench.section.rates
    bench.set(Schedule("plateau"))
    qtbot.waitUntil(lambda: view.plan is not None)
    assert view.readout.text() == "From 0.05 it falls when the loss stands still."
    bench.run.start(bench.session.project, bench.session.base, bench.session.path)
    qtbot.waitUntil(lambda: "train" in bench.trainer.asked and not bench.tasks.busy())
    bench.trainer.say("started", epochs=20, done=0, rows={}, device="cpu", facts={})
    for epoch, rate in enumerate((0.05, 0.05, 0.005), start=1):
        figures = {"train": {"loss": 1.0}, "validation": {"loss": 1.0}, "learning_rate": rate}
        bench.trainer.say("epoch", epoch=epoch, epochs=20, seconds=0.1, **figures)
    qtbot.waitUntil(lambda: view.plot.curves[0][0][:3] == [(1.0, 0.05), (2.0, 0.05), (3.0, 0.005)])
    assert {rate for _, rate in view.plot.curves[0][0][3:]} == {0.005}
    assert view.readout.text() == "Epoch 3: learning rate 0.005"


def test_the_menu_says_what_each_schedule_is_and_the_card_which_epochs_are_meant(bench) -> None:
    words = [each.text().split("\t") for each in bench.section.menu.actions()]
    assert words == [[kind.title, kind.brief] for kind in SCHEDULES.values()]
    assert "warm-up" in dict(words)["LinearLR"]
    bench.set(*(Schedule(key, 1, kind.defaults) for key, kind in SCHEDULES.items()))
    for card in bench.section.cards:
        labels = [label.text() for label in card.form.labels.values()]
        assert labels[0] == "Its epochs" and len(set(labels)) == len(labels)
        assert not {"Epochs", "For epochs"} & set(labels)
    assert bench.section.cards[0].form.editors["total_iters"].box.text() == "0 (all of its)"


def test_a_warning_does_not_look_like_an_error(bench, qtbot) -> None:
    bench.set(Schedule("cosine", 5))
    assert bench.section.fault.property("role") == "warning"
    bench.set(Schedule("plateau", 5), Schedule("cosine"))
    assert "is not the last" in bench.section.cards[0].fault.text()
    assert bench.section.cards[0].fault.property("role") == "warning"
    status = StatusBar(LIGHT)
    qtbot.addWidget(status)
    status.show_analysis(analyse(bench.session.project), filled=True)
    assert status.verdict.text() == "1 warning"
    bench.set(Schedule("cosine"), Schedule("step"))
    assert bench.section.cards[0].fault.property("role") == "error"
    bench.set(Schedule("step", 0, {"gamma": 7.0, "step_size": 2}))
    assert bench.section.cards[0].form._faults["gamma"].property("role") == "error"


def test_a_closed_section_says_its_schedules_and_works_out_nothing(bench, qtbot) -> None:
    click(bench.section.head)
    bench.set(Schedule("linear", 5, SCHEDULES["linear"].defaults), Schedule("cosine", 0, SCHEDULES["cosine"].defaults))
    assert bench.section.said.isVisible()
    assert bench.section.said.text() == "linear:5, cosine"
    assert bench.section.rates.plan is None
    click(bench.section.head)
    qtbot.waitUntil(lambda: bench.section.rates.plan is not None)


def test_a_problem_leads_to_the_field(bench) -> None:
    bench.set(Schedule("step", 0, {"gamma": 9.0, "step_size": 2}))
    click(bench.section.head)
    bench.panel.reveal("schedules.0.gamma")
    assert bench.section.open
    assert bench.section.cards[0].form.editors["gamma"].line.hasFocus()


def test_it_is_drawn_in_the_dark_too(bench, qtbot) -> None:
    bench.set(Schedule("cosine"))
    qtbot.waitUntil(lambda: bench.section.rates.plan is not None)
    bench.panel.set_theme(DARK)
    assert bench.section.rates.plot.theme is DARK
    assert bench.section.rates.plot.curves[0][1] == DARK.train_curve


def test_the_button_beside_the_learning_rate_asks_for_a_search(bench, qtbot) -> None:
    button = bench.panel.form.main.beside_widgets["learning_rate"]
    with qtbot.waitSignal(bench.panel.rate_wanted):
        click(button)
    project = edits.disconnect(bench.session.project, bench.session.project.graph.links)
    bench.session.do("Unlink", project)
    bench.panel.set_analysis(analyse(project))
    assert not button.isEnabled()


@pytest.fixture
def session(tmp_path):
    made = Session.open(small_project(tmp_path))
    yield made
    made.close()


@pytest.fixture
def dialog(qtbot, session):
    made = RateDialog(None, LIGHT, session)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def test_a_rate_is_found_chosen_with_the_mouse_and_taken_over(dialog, session, qtbot) -> None:
    assert not dialog.use.isEnabled()
    with qtbot.waitSignal(dialog.ended, timeout=60_000):
        pass
    assert "most steeply" in dialog.sentence.text()
    suggestion = float(dialog.line.text())
    assert dialog.plot.mark == suggestion
    assert dialog.plot.known == (0.05, "now")
    box = dialog.plot.box()
    at = QPoint(round(box.left() + box.width() / 2), round(box.center().y()))
    QTest.mouseClick(dialog.plot, Qt.MouseButton.LeftButton, pos=at)
    middle = float(dialog.line.text())
    assert middle != suggestion
    QTest.keyClick(dialog.plot, Qt.Key.Key_Right)
    chosen = float(dialog.line.text())
    assert chosen > middle
    steps = len(session.history.steps)
    click(dialog.use)
    assert session.project.training.learning_rate == chosen
    assert len(session.history.steps) == steps + 1
    assert not dialog.isVisible()
    session.undo()
    assert session.project.training.learning_rate == 0.05


def test_a_rate_can_be_typed_and_only_a_sound_one_is_taken(dialog, qtbot) -> None:
    with qtbot.waitSignal(dialog.ended, timeout=60_000):
        pass
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, "-1")
    assert not dialog.use.isEnabled()
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, "0.01")
    assert dialog.use.isEnabled()
    assert dialog.plot.mark == 0.01


def test_a_search_is_given_up_by_escape(dialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not dialog.asking.tasks.busy()


def test_what_stands_in_the_way_of_a_search_is_said(session, qtbot) -> None:
    (session.base / session.project.data.path).unlink()
    dialog = RateDialog(None, LIGHT, session)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.ended, timeout=60_000):
        pass
    assert "there is no file" in dialog.sentence.text()
    assert not dialog.use.isEnabled()
    assert dialog.asking.again.isEnabled()
    dialog.close()


def test_words_of_a_plan() -> None:
    from designer.project.model import Training
    from designer.training.schedules import planned_rates

    plan = planned_rates(Training(epochs=10, learning_rate=0.1, schedules=(Schedule("linear", 2), Schedule("cosine"))))
    assert plan_words(plan) == "From 0.01 to 0.0038, at most 0.1."
