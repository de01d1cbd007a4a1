"""Journeys from data to another kind of network: in the window by mouse and by keyboard, and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from designer.gui.templates.dialog import TemplateDialog
from designer.project.model import Project
from designer.workspace.places import HOME_VARIABLE
from designer.workspace.verbs import new
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts
from tests.helpers.series import write_series
from tests.helpers.training import class_rows, write_csv
from tests.helpers.window import checked, click, during_dialog, keys, open_window
from tests.journeys.test_command_line import layerloom, layerloom_json

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    table = write_csv(tmp_path / "animals.csv", ("x", "y", "colour", "animal"), class_rows(90))
    new(table, "animal", "", tmp_path / "animals.loom")
    return tmp_path / "animals.loom"


def ready(dialog: QDialog) -> bool:
    return isinstance(dialog, TemplateDialog) and dialog.page.shown is not None


def types(project: Project) -> list[str]:
    return [node.type for node in project.graph.nodes.values()]


def test_another_network_for_an_open_project_and_back(project: Path) -> None:
    with open_window(project) as window:
        before = window.session.project

        def by_mouse(dialog: QDialog) -> None:
            assert isinstance(dialog, TemplateDialog)
            click(dialog.page.cards.card("wide_and_deep"))
            during_dialog(lambda same: click(dialog.use_button), ready)

        during_dialog(by_mouse, ready)
        keys(window.workbench.canvas, Qt.Key.Key_T, CONTROL | SHIFT)
        checked(window)
        assert "concatenate" in types(window.session.project) and window.session.project.data == before.data
        assert window.workbench.checker.analysis.ok
        window.undo()
        assert window.session.project == before
        window.redo()

        def by_keyboard(dialog: QDialog) -> None:
            assert isinstance(dialog, TemplateDialog)
            assert dialog.focusWidget() is dialog.page.cards.card("wide_and_deep")
            keys(dialog.focusWidget(), Qt.Key.Key_Right)
            during_dialog(lambda same: keys(dialog.use_button, Qt.Key.Key_Return), ready)

        during_dialog(by_keyboard, ready)
        keys(window.workbench.canvas, Qt.Key.Key_T, CONTROL | SHIFT)
        checked(window)
        assert "codes_input" in types(window.session.project)
        assert window.workbench.checker.analysis.ok


def test_escape_leaves_everything_as_it_is(project: Path) -> None:
    with open_window(project) as window:
        before = window.session.project
        during_dialog(lambda dialog: keys(dialog, Qt.Key.Key_Escape), ready)
        keys(window.workbench.canvas, Qt.Key.Key_T, CONTROL | SHIFT)
        assert window.session.project is before and not window.session.history.can_undo
        assert QApplication.activeModalWidget() is None


@pytest.mark.parametrize("template", ["gru", "tcn"])
def test_a_template_trains_and_its_script_trains_alike(tmp_path: Path, template: str) -> None:
    write_series(tmp_path / "sales.csv")
    layerloom(tmp_path, "new", "sales.csv", "--target", "sales", "--template", template, "-o", "p.loom")
    layerloom_json(tmp_path, "train", "p.loom", "--epochs", 2, "--run", "run", "--device", "cpu")
    layerloom(tmp_path, "export", "run", "--to", "script", "-o", "train.py")
    assert_formatted([tmp_path / "train.py"])
    run_scripts([["train.py", "--epochs", "2"]], tmp_path)
    assert_same_weights(tmp_path / "run", tmp_path / "weights.pt")
