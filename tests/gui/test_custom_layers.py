"""Layers of one's own in the window: written, checked, taken, changed; and code from elsewhere that has to wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QListWidget, QMessageBox, QPushButton

from designer.compiler.trust import may_run
from designer.gui.custom.layer_dialog import LayerDialog
from designer.gui.custom.source_edit import SourceEdit
from designer.gui.custom.trust_bar import TrustBar
from designer.gui.custom.trust_dialog import TrustDialog
from designer.gui.theme import LIGHT
from designer.gui.window import MainWindow
from designer.layers.custom import CATEGORY, STARTER
from designer.project.edits import rename
from designer.project.file import load_project, save_project
from designer.workspace.trust import remember
from tests.helpers.custom import GATE, source_of, with_custom
from tests.helpers.graphs import chain
from tests.helpers.window import checked, click, during_dialog, open_window, rest, until

MARKING = """from torch import nn


class Marking(nn.Module):
    open({path!r}, "w").close()

    def forward(self, x):
        return x
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def window(home: Path) -> Iterator[MainWindow]:
    save_project(chain("table_input", ("linear", {"out_features": 4}), "relu", "output"), home / "plain.loom")
    with open_window(home / "plain.loom") as window:
        yield window


@pytest.fixture
def foreign(home: Path) -> Iterator[MainWindow]:
    """A window on a project from elsewhere."""
    save_project(with_custom(), home / "foreign.loom")
    with open_window(home / "foreign.loom") as window:
        yield window


def of_layer(dialog: QDialog) -> LayerDialog:
    assert isinstance(dialog, LayerDialog)
    return dialog


def bar_of(window: MainWindow) -> TrustBar:
    found = window.findChild(TrustBar)
    assert isinstance(found, TrustBar)
    return found


def texts(items: QListWidget) -> list[str]:
    return [items.item(row).text() for row in range(items.count())]


def code_of(problems: object) -> list[str]:
    return [problem.code for problem in problems]  # type: ignore[attr-defined]


def test_a_layer_is_written_checked_and_taken_in_one_step(window: MainWindow) -> None:
    bench = window.workbench
    assert bench is not None
    steps = len(window.session.history.steps)

    def write(dialog: QDialog) -> None:
        layer = of_layer(dialog)
        until(lambda: bool(layer.signature.class_name))
        assert "Inputs: x" in layer.about.text()
        assert "hidden: whole number, at first 16" in layer.about.text()
        assert layer.shape.text() == "16"
        QTest.keyClicks(layer.name, "Door")
        click(layer.check_button)
        until(lambda: layer.trial is not None, 100)
        assert "Sound" in layer.outcome.text() and "544 parameters" in layer.outcome.text()
        click(layer.accept_button)

    during_dialog(write)
    window.actions_by_name["new_custom"].trigger()
    assert len(window.session.history.steps) == steps + 1
    project = window.session.project
    assert [layer.name for layer in project.layers.values()] == ["Door"]
    (node,) = [node for node in project.graph.nodes.values() if node.type == "custom:door"]
    assert bench.canvas.selected() == (node.id,)
    assert may_run(source_of(project))
    assert not bar_of(window).isVisible()
    checked(window)
    assert "untrusted-code" not in code_of(bench.checker.analysis.problems)
    assert any(item.text(0) == CATEGORY for item in bench.palette.tree._tops())
    window.undo()
    assert not window.session.project.layers and node.id not in window.session.project.graph.nodes
    window.redo()
    assert may_run(source_of(window.session.project))


def test_faults_are_told_with_their_lines_and_a_click_leads_there(window: MainWindow) -> None:
    def write(dialog: QDialog) -> None:
        layer = of_layer(dialog)
        layer.editor.setPlainText(STARTER.replace("import torch\n", "import os\n", 1))
        until(lambda: layer.problems.count() > 0)
        assert texts(layer.problems)[0].startswith("Line 1, column 1: “os” cannot be imported here")
        layer.editor.go_to(9)
        layer.problems.itemClicked.emit(layer.problems.item(0))
        assert layer.editor.textCursor().blockNumber() == 0
        layer.check(take=True)
        until(lambda: layer.trial is not None)
        assert "cannot be taken" in layer.outcome.text()
        during_dialog(lambda box: click(_button(box, "Discard")))
        click(layer.cancel_button)

    during_dialog(write)
    window.actions_by_name["new_custom"].trigger()
    assert not window.session.project.layers


def test_a_layer_that_never_ends_is_stopped_by_cancelling(window: MainWindow) -> None:
    endless = STARTER.replace("        opening =", "        while True:\n            pass\n        opening =")

    def write(dialog: QDialog) -> None:
        layer = of_layer(dialog)
        layer.editor.setPlainText(endless)
        until(lambda: layer.signature.class_name == "Gate" and layer.source == endless)
        layer.check(take=True)
        until(lambda: layer._check is not None and layer._check._process is not None)
        during_dialog(lambda box: click(_button(box, "Discard")))
        click(layer.cancel_button)

    during_dialog(write)
    window.actions_by_name["new_custom"].trigger()
    assert not window.session.project.layers


def _button(box: QDialog, words: str) -> QPushButton:
    assert isinstance(box, QMessageBox)
    return next(button for button in box.findChildren(QPushButton) if button.text().replace("&", "") == words)


def test_code_from_elsewhere_waits_until_it_was_seen_and_allowed(foreign: MainWindow, home: Path) -> None:
    bench, bar = foreign.workbench, bar_of(foreign)
    assert bench is not None
    assert bar.isVisible() and "“Gate”" in bar.sentence.text()
    assert not bar.allow_button.isEnabled()
    assert "untrusted-code" in code_of(bench.checker.analysis.problems)
    assert bench.checker.analysis.reports["n3"].shape is None
    assert bench.checker.analysis.source is None

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, TrustDialog)
        assert dialog.view.toPlainText() == STARTER
        click(dialog.leave)

    during_dialog(look)
    click(bar.show_button)
    assert not may_run(STARTER)
    assert bar.allow_button.isEnabled()
    click(bar.allow_button)
    assert may_run(STARTER) and not bar.isVisible()
    checked(foreign)
    assert bench.checker.analysis.reports["n3"].shape == (4,)
    assert bench.checker.analysis.source is not None
    # the same file is not asked about again, a copy of it elsewhere is
    foreign.open_path(home / "foreign.loom")
    until(lambda: may_run(STARTER) and bench.checker.current)
    save_project(load_project(home / "foreign.loom"), home / "copy.loom")
    foreign.open_path(home / "copy.loom")
    until(lambda: foreign.session.path == home / "copy.loom")
    assert not may_run(STARTER) and bar.isVisible()


def test_a_change_from_outside_is_asked_about_again(home: Path) -> None:
    project = with_custom()
    remember(home / "mine.loom", [__import__("hashlib").sha256(STARTER.encode()).hexdigest()])
    save_project(project, home / "mine.loom")
    with open_window(home / "mine.loom") as window:
        assert not bar_of(window).isVisible()
    text = (home / "mine.loom").read_text().replace("torch.sigmoid", "torch.tanh")
    (home / "mine.loom").write_text(text)
    with open_window(home / "mine.loom") as window:
        assert bar_of(window).isVisible()


def test_the_problem_leads_to_the_code(foreign: MainWindow) -> None:
    bench = foreign.workbench
    assert bench is not None
    foreign.show_panel("problems")
    (row,) = [row for row in bench.problems.rows if row.problem.code == "untrusted-code"]
    assert row.button is not None and row.button.text() == "Show the code…"
    during_dialog(lambda dialog: click(dialog.allow))  # type: ignore[attr-defined]
    click(row.button)
    assert may_run(STARTER)


def test_a_double_click_edits_the_code_of_every_node_in_one_step(foreign: MainWindow) -> None:
    bench = foreign.workbench
    assert bench is not None
    fresh = STARTER.replace("hidden: int = 16", "hidden: int = 16, quick: bool = True")

    def edit(dialog: QDialog) -> None:
        layer = of_layer(dialog)
        until(lambda: bool(layer.signature.class_name))
        # code from elsewhere does not run in a check either, unless the person says so
        during_dialog(lambda box: click(_button(box, "Do not")))
        click(layer.check_button)
        assert layer.trial is None and not may_run(STARTER)
        layer.editor.setPlainText(fresh)
        until(lambda: "quick" in layer.signature.fields)
        click(layer.accept_button)
        until(lambda: layer.trial is not None, 100)

    steps = len(foreign.session.history.steps)
    during_dialog(edit)
    bench.canvas.node_activated.emit("n3")
    assert source_of(foreign.session.project) == fresh
    assert len(foreign.session.history.steps) == steps + 1
    checked(foreign)
    assert bench.checker.analysis.reports["n3"].shape == (4,)
    assert not may_run(STARTER)
    foreign.undo()
    assert bar_of(foreign).isVisible()


def test_what_is_pasted_from_elsewhere_waits_too(window: MainWindow, home: Path) -> None:
    from designer.project.fragment import copy_fragment, fragment_from_text, fragment_to_text
    from designer.project.inserting import insert_fragment

    marker = home / "marker"
    source = MARKING.format(path=str(marker))
    from designer.project.model import CustomLayer

    text = fragment_to_text(copy_fragment(with_custom(CustomLayer("Marking", source)), ["n3"]))
    pasted, _ = insert_fragment(window.session.project, fragment_from_text(text), (0, 0))
    window.session.do("Paste", pasted)
    checked(window)
    assert bar_of(window).isVisible() and not marker.exists()


def test_the_editor_indents_as_one_writes(qapp: object) -> None:
    editor = SourceEdit(LIGHT, "Code")
    editor.show()
    for text in ("def f(x):", "return x"):
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText() == "def f(x):\n    return x\n    "
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    QTest.keyClicks(editor, "y")
    assert editor.toPlainText() == "def f(x):\n    return x\n    y"
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.toPlainText() == "def f(x):\nreturn x\ny"
    editor.deleteLater()


def test_looking_at_a_hostile_project_from_all_sides_runs_nothing(home: Path) -> None:
    from designer.project.model import CustomLayer

    marker = home / "marker"
    hostile = CustomLayer("<b>Marking</b>\n[*]", MARKING.format(path=str(marker)))
    save_project(with_custom(replace(GATE, name="Marking", source=hostile.source)), home / "hostile.loom")
    project = load_project(home / "hostile.loom")
    save_project(replace(project, layers={"marking": hostile}), home / "hostile.loom")
    with open_window(home / "hostile.loom") as window:
        bench = window.workbench
        assert bench is not None
        for panel in ("outline", "history", "results", "code", "problems", "training"):
            window.show_panel(panel)
            rest(0.02)
        for switch in bench.code.switches:
            click(switch)
            rest(0.1)
        window.pages.show("data")
        window.pages.show("network")
        bench.canvas.select(["n3"])
        bench.palette.search.setText("mark")
        window.session.do("Rename", rename(window.session.project, "n3", "other"))
        window.undo()
        during_dialog(lambda dialog: click(dialog.leave))  # type: ignore[attr-defined]
        click(bar_of(window).show_button)

        def look(dialog: QDialog) -> None:
            layer = of_layer(dialog)
            until(lambda: layer.signature.class_name == "Marking")
            click(layer.cancel_button)

        during_dialog(look)
        bench.canvas.node_activated.emit("n3")
        checked(window)
        assert not window.actions_by_name["start"].isEnabled()
    assert not marker.exists()
