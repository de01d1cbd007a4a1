"""A way through the real window with mouse and keyboard: from a CSV file to a script, and all the way back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QSpinBox

from designer.gui.new_dialog import NewProjectDialog
from designer.gui.window import MainWindow
from designer.project import edits
from designer.project.file import load_project
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.canvas import at_node, at_port, drag, drop
from tests.helpers.canvas import click as click_canvas
from tests.helpers.window import FileDialogs, checked, click, during_dialog, keys, open_window, until

pytestmark = pytest.mark.slow
IRIS = Path(__file__).resolve().parents[2] / "sample_projects" / "iris" / "iris.csv"


def new_from_csv(window: MainWindow, dialogs: FileDialogs, data: Path) -> None:
    """New from a CSV: the welcome page's button, the file, the dialog's own suggestion, Create."""

    def create(dialog: QDialog) -> None:
        assert isinstance(dialog, NewProjectDialog)
        assert dialog.found.chosen_target() == "species"
        click(dialog.create_button)

    during_dialog(create, lambda dialog: isinstance(dialog, NewProjectDialog) and dialog.create_button.isEnabled())
    dialogs.answers.append(str(data))
    window.welcome.new_table_requested.emit()
    until(lambda: window.editing, what="the new project was not shown")
    checked(window)


def named(window: MainWindow, name: str) -> str:
    """The id of the node called ``name``."""
    return next(node.id for node in window.session.project.graph.nodes.values() if node.name == name)


def test_from_a_csv_to_a_script_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "iris.csv"
    data.write_bytes(IRIS.read_bytes())
    dialogs = FileDialogs(monkeypatch)
    with open_window() as window:
        new_from_csv(window, dialogs, data)
        bench = window.workbench
        assert bench is not None
        canvas, session = bench.canvas, window.session
        start = session.project
        assert bench.checker.analysis.ok
        canvas.zoom_to_fit()

        # a layer from the palette, dropped on empty ground
        before = set(session.project.graph.nodes)
        assert drop(canvas, "linear", QPoint(canvas.viewport().width() // 2, canvas.viewport().height() - 60))
        added = next(iter(set(session.project.graph.nodes) - before))
        canvas.zoom_to_fit()
        canvas.set_zoom(max(canvas.zoom, 0.6))

        # taken between the last activation and the last linear: the old link goes, two new ones come
        output = next(node.id for node in session.project.graph.nodes.values() if node.type == "output")
        head = next(link.source for link in session.project.graph.links if link.target == output)
        bend = next(link.source for link in session.project.graph.links if link.target == head)
        canvas.editor.unlink([link for link in session.project.graph.links if link.target == head])
        canvas.zoom_to_fit()
        drag(canvas, at_port(canvas, bend, "out", True), at_port(canvas, added, "x", False))
        drag(canvas, at_port(canvas, added, "out", True), at_port(canvas, head, "x", False))
        ends = {(link.source, link.target) for link in session.project.graph.links}
        assert {(bend, added), (added, head)} <= ends

        # its number of neurons, typed into the inspector
        click_canvas(canvas, at_node(canvas, added))
        assert canvas.selected() == (added,)
        spin = bench.inspector.node_page.form.editors["out_features"].findChild(QSpinBox)
        spin.setFocus()
        spin.selectAll()
        QTest.keyClicks(spin, "24")
        keys(spin, Qt.Key.Key_Return)
        assert session.project.graph.nodes[added].fields["out_features"] == 24
        checked(window)
        assert bench.checker.analysis.reports[added].shape == (24,)
        assert bench.checker.analysis.ok, bench.checker.analysis.problems
        assert bench.checker.analysis.source is not None
        assert "nn.Linear(16, 24)" in bench.checker.analysis.source.text or "24)" in bench.checker.analysis.source.text

        # training: many epochs, seen moving, stopped by hand
        project = session.project
        window.show_panel("training")
        session.do("Train for long", edits.set_training(project, replace(project.training, epochs=100_000, patience=0)))
        checked(window)
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.state != "idle", 5, f"F5 does nothing: {window.actions_by_name['start'].isEnabled()}")
        until(lambda: window.run.state in ("running", "idle"), 60, "the training did not begin")
        assert window.run.state == "running", window.run.message
        until(lambda: window.run.progress.epoch > 5, what="no epoch came to an end")
        seen = window.run.progress.epoch
        until(lambda: window.run.progress.epoch > seen, what="the curve does not move")
        keys(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
        until(lambda: window.run.state == "idle", 60, "the training did not stop")
        assert window.run.folder is not None
        assert (window.run.folder / "metrics.json").exists()
        assert not window.run.broken, window.run.message

        # the script, which runs without Layerloom
        script = tmp_path / "train.py"
        dialogs.answers.append(str(script))
        keys(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        until(script.exists, what="the script was not written")
        until(lambda: not window.tasks.busy())

        # undo all is the start, redo all the end
        end = session.project
        while session.history.can_undo:
            keys(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert session.project == start
        while session.history.can_redo:
            keys(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        assert session.project == end

        # saved and opened again: identical
        keys(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert session.saved
        path = session.path
        assert path is not None
    assert load_project(path) == end
    with open_window(path) as window:
        assert window.session.project == end
        assert window.workbench is not None
        assert set(window.workbench.canvas.canvas.nodes) == set(end.graph.nodes)
    done = subprocess.run(
        [sys.executable, "-I", str(script), "--epochs", "2", "--out", str(tmp_path / "weights.pt")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "weights.pt").exists()


def test_a_project_is_renamed_searched_and_closed_by_keyboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "iris.csv"
    data.write_bytes(IRIS.read_bytes())
    dialogs = FileDialogs(monkeypatch)
    with open_window() as window:
        new_from_csv(window, dialogs, data)
        bench = window.workbench
        assert bench is not None
        keys(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(bench.palette.search, "dropout")
        keys(bench.palette.search, Qt.Key.Key_Return)
        added = named(window, "dropout1")
        assert bench.canvas.selected() == (added,)
        keys(window, Qt.Key.Key_F2)
        until(lambda: bench.inspector.node_page.name.selectedText() == "dropout1", 5, "F2 does not select the name")
        QTest.keyClicks(bench.inspector.node_page.name, "Rest")
        keys(bench.inspector.node_page.name, Qt.Key.Key_Return)
        assert window.session.project.graph.nodes[added].name == "Rest"
        checked(window)
        assert any("Rest" in problem.sentence for problem in bench.checker.analysis.problems)
        assert window.isWindowModified()
        keys(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert not window.isWindowModified()
