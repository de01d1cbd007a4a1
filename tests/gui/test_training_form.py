"""The form of the training settings: rarely used ones in sections that stay as they were left and hide no fault."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.compiler.analyse import analyse
from designer.compiler.problems import SettingPlace
from designer.gui.job import Job
from designer.gui.panels.training import TrainingPanel
from designer.gui.panels.training_form import fields_for
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.gui.theme import LIGHT
from designer.layers.catalog import training_fields
from designer.layers.settings import SECTIONS
from designer.project.facts import Facts
from designer.project.model import Training
from designer.workspace.preferences import change_preferences, load_preferences
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project


@pytest.fixture(autouse=True)
def _closed_again():
    """No test leaves the next one an open section, which is remembered."""
    change_preferences(open_sections=())
    yield
    change_preferences(open_sections=())


@pytest.fixture
def panel(qtbot, tmp_path):
    tasks, job = Tasks(), Job(FakeTrainer)
    session = Session.open(small_project(tmp_path))
    made = TrainingPanel(session, RunModel(job, tasks), LIGHT)
    qtbot.addWidget(made)
    made.resize(1280, 320)
    made.show()
    qtbot.waitExposed(made)
    made.set_facts(Facts("number", target="y", rows={"train": 42, "validation": 9, "test": 9}))
    yield made
    job.close()
    tasks.close()
    session.close()


def press(section) -> None:
    QTest.mouseClick(section.head, Qt.MouseButton.LeftButton)


def change(panel, **settings) -> None:
    project = panel.session.project
    panel.session.do("Change", replace(project, training=replace(project.training, **settings)))
    panel.set_analysis(analyse(panel.session.project, panel.facts))


def test_each_setting_stands_once_and_only_known_ones_are_in_sections(panel) -> None:
    named = [name for section in SECTIONS for name in section.names]
    assert len(set(named)) == len(named)
    assert {name for name in named if not name.endswith("_fields")} <= set(training_fields())
    assert set(panel.form.editors) == set(fields_for(Training(learning_rate=0.05)))
    assert list(panel.form.main.editors) == [
        "mode", "epochs", "batch_size", "optimizer", "learning_rate", "patience",
    ]  # fmt: skip


def test_sections_are_closed_and_stay_as_they_were_left(panel, qtbot) -> None:
    section = panel.form.sections["precision"]
    assert section.head.text() == "Averages and precision" and not section.form.isVisible()
    assert section.head.accessibleName() == "Averages and precision, closed"
    press(section)
    assert section.form.isVisible() and load_preferences().open_sections == ("precision",)
    press(panel.form.sections["regularization"])
    assert load_preferences().open_sections == ("precision", "regularization")
    press(section)
    assert not section.form.isVisible() and load_preferences().open_sections == ("regularization",)
    head = panel.form.sections["judging"].head
    head.setFocus()
    QTest.keyClick(head, Qt.Key.Key_Space)
    assert panel.form.sections["judging"].form.isVisible()


def test_a_closed_section_says_what_is_not_as_usual(panel) -> None:
    said = panel.form.sections["precision"].said
    assert not said.isVisible()
    change(panel, average="ema", average_fields={"decay": 0.9}, accumulate=2, epochs=200)
    assert said.isVisible() and said.text() == "averaged weights EMA · decay 0.9 · pieces of a batch 2"
    change(panel, keep_best=False, deterministic=True, weight_decay=0.01)
    assert panel.form.sections["judging"].said.text() == "keep the best weights: no"
    assert panel.form.sections["repeatability"].said.text() == "device cpu · deterministic"
    assert panel.form.sections["regularization"].said.text() == "weight decay (L2) 0.01"
    press(panel.form.sections["precision"])
    assert not said.isVisible()


def test_a_new_fault_opens_its_section_once(panel) -> None:
    section = panel.form.sections["regularization"]
    change(panel, clip_norm=1.0, optimizer="lbfgs", learning_rate=1.0)
    assert section.form.isVisible() and not load_preferences().open_sections
    press(section)
    panel.set_analysis(analyse(panel.session.project, panel.facts))
    assert not section.form.isVisible()


def test_figures_to_judge_by_are_offered_and_chosen_with_the_mouse(panel) -> None:
    press(panel.form.sections["judging"])
    box = panel.form.editors["monitor"].box
    assert [box.itemData(place) for place in range(box.count())] == ["loss", "mse", "rmse", "mae", "r2"]
    assert box.itemText(box.findData("r2")) == "R²" and box.currentData() == "loss"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert panel.session.project.training.monitor == "r2"
    assert panel.session.history.undo_label == "Set judged by to r2"
    panel.session.undo()
    assert box.currentData() == "loss"
    change(panel, monitor="accuracy")
    assert box.currentIndex() == -1 and box.placeholderText() == "accuracy"


def test_an_average_brings_its_own_settings(panel) -> None:
    press(panel.form.sections["precision"])
    box = panel.form.editors["average"].box
    assert [box.itemText(place) for place in range(box.count())] == ["none", "EMA", "SWA"]
    place = box.findData("swa")
    box.setCurrentIndex(place)
    box.activated.emit(place)
    assert panel.session.project.training.average_fields == {"start": 10}
    names = list(panel.form.sections["precision"].form.editors)
    assert names == ["average", "average_fields.start", "precision", "accumulate", "memory_format"]


def test_a_problem_leads_to_its_setting(panel, qtbot) -> None:
    change(panel, average="swa", average_fields={"start": 9})
    (place,) = [
        each.place.path
        for each in analyse(panel.session.project, panel.facts).problems
        if isinstance(each.place, SettingPlace) and each.code == "late-average"
    ]
    panel.form.sections["precision"].set_open(False)
    panel.show_page("runs")
    panel.reveal(place.removeprefix("training."))
    editor = panel.form.editors["average_fields.start"]
    assert editor.isVisible()
    shown = panel.area.viewport()

    def in_sight() -> bool:
        return shown.rect().contains(editor.mapTo(shown, editor.rect().center()))

    qtbot.waitUntil(in_sight)
    panel.reveal("no such setting")
