"""What is typed into a form and not finished: Train takes it over, or is refused and leads there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from designer.gui.editors import IntEditor, TextEditor
from designer.gui.fork_dialog import ForkDialog
from designer.gui.unfinished import settled
from designer.gui.window import MainWindow
from designer.project.edits import add_node
from designer.project.model import Node
from designer.workspace import verbs
from designer.workspace.forks import fork_places
from designer.workspace.runs import list_runs
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import checked, click, keys, open_window, rest, until


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    with open_window(small_project(tmp_path, epochs=3), FakeTrainer) as made:
        yield made


def line_of(window: MainWindow, name: str) -> QLineEdit:
    """The line of a training setting, with the keyboard in it."""
    bench = window.workbench
    window.show_panel("training")
    editor = bench.training.form.reveal(name)
    assert isinstance(editor, TextEditor)
    return editor.line


def write(line: QLineEdit, text: str) -> None:
    """Type over what stands in a line."""
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def test_train_is_refused_while_the_learning_rate_is_red(window: MainWindow) -> None:
    line = line_of(window, "learning_rate")
    before = window.session.project
    write(line, "1e12")
    keys(line, Qt.Key.Key_F5)
    rest(0.2)
    said = window.status.text.text()
    assert said.startswith("Nothing was started. Learning rate: expected a number above 0"), said
    assert window.run.state == "idle"
    assert window.session.project is before
    assert line.text() == "1e12"
    assert QApplication.focusWidget() is line
    keys(line, Qt.Key.Key_Escape)
    keys(line, Qt.Key.Key_F5)
    until(lambda: window.run.state != "idle", what="it did not start once all was well")
    assert window.run.project.training.learning_rate == before.training.learning_rate


def test_the_button_leads_to_a_red_setting_of_a_closed_section_behind_the_runs(window: MainWindow) -> None:
    panel = window.workbench.training
    name = next(
        name
        for section in panel.form.sections.values()
        for name, editor in section.form.editors.items()
        if isinstance(editor, TextEditor)
    )
    section = next(each for each in panel.form.sections.values() if name in each.form.editors)
    line = line_of(window, name)
    write(line, "no value at all")
    keys(line, Qt.Key.Key_Tab)
    section.set_open(False)
    panel.show_page("runs")
    click(panel.controls.start)
    rest(0.2)
    assert window.run.state == "idle"
    assert panel.form.editors[name].title in window.status.text.text()
    assert section.open
    assert line.isVisible()
    assert QApplication.focusWidget() is line


def test_what_is_sound_and_not_finished_is_what_trains(window: MainWindow) -> None:
    line = line_of(window, "learning_rate")
    write(line, "0.004")
    assert settled(window)
    assert window.session.project.training.learning_rate == 0.004
    window.actions_by_name["start"].trigger()
    until(lambda: window.run.state != "idle")
    assert window.run.project.training.learning_rate == 0.004
    assert window.session.history.undo_label == "Set learning rate to 0.004"


def test_a_number_with_arrows_that_is_only_typed_is_what_trains(window: MainWindow) -> None:
    box = window.workbench.training.form.reveal("epochs")
    assert isinstance(box, IntEditor)
    box.box.selectAll()
    QTest.keyClicks(box.box, "7")
    assert window.session.project.training.epochs == 3
    assert settled(window)
    assert window.session.project.training.epochs == 7
    window.actions_by_name["start"].trigger()
    until(lambda: window.run.state != "idle")
    assert window.run.project.training.epochs == 7


def test_a_red_field_of_a_layer_holds_the_training_until_the_layer_is_left(window: MainWindow) -> None:
    bench = window.workbench
    window.session.do("Add dropout", add_node(window.session.project, Node("drop", "dropout", "drop")))
    checked(window)
    bench.canvas.show_node("drop")
    window.show_panel("inspector")
    editor = bench.inspector.node_page.form.editors["p"]
    assert isinstance(editor, TextEditor)
    write(editor.line, "7")
    window.runs.start()
    assert window.status.text.text().startswith(f"Nothing was started. {editor.title}: ")
    assert QApplication.focusWidget() is editor.line
    assert window.run.state == "idle"
    bench.inspector.select(())
    window.runs.start()
    until(lambda: window.run.state != "idle", what="a layer that was left held it still")


def test_a_fork_is_refused_while_a_setting_is_red(window: MainWindow, tmp_path: Path) -> None:
    path = window.session.path
    list(verbs.train(verbs.prepare_run(path)))
    (run,) = list_runs(path)
    dialog = ForkDialog(run, window.session.project, fork_places(run), window, busy=False)
    dialog.show()
    editor = dialog.form.reveal("learning_rate")
    assert isinstance(editor, TextEditor)
    write(editor.line, "1e12")
    click(dialog.go)
    rest(0.2)
    assert "Learning rate: expected" in dialog.fault.text()
    assert dialog.isVisible()
    assert list_runs(path) == [run]
    dialog.close()
