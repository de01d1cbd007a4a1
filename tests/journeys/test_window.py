"""A way through the real window with mouse and keyboard: from a CSV file to a script, and all the way back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox

from designer.gui.form import FieldForm
from designer.gui.pages import SETTLED_MS
from designer.gui.panels.curves import CurvePlot
from designer.gui.window import MainWindow
from designer.project.file import load_project
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.canvas import at_node, at_port, drag, drop
from tests.helpers.canvas import click as click_canvas
from tests.helpers.window import FileDialogs, checked, click, keys, open_window, press_create, rest, until

pytestmark = pytest.mark.slow
IRIS = Path(__file__).resolve().parents[2] / "sample_projects" / "iris" / "iris.csv"


def new_from_csv(window: MainWindow, dialogs: FileDialogs, data: Path) -> None:
    """New from a CSV: the welcome page's button, the file, the dialog's own suggestion, Create."""
    targets: list[str] = []
    press_create(lambda dialog: targets.append(dialog.found.chosen_target()))
    dialogs.answers.append(str(data))
    click(window.welcome.table)
    until(lambda: window.editing, what="the new project was not shown")
    assert targets == ["species"]
    checked(window)
    # its data is seen first
    assert window.workbench is not None and window.stack.currentWidget() is window.workbench.data
    keys(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    # what is drawn is brought into sight a moment after the window has shown its panels
    rest(2 * SETTLED_MS / 1000)


def type_number(form: FieldForm, name: str, number: int) -> None:
    """Type a number into a form's field."""
    spin = form.editors[name].findChild(QSpinBox)
    click(spin.lineEdit())
    spin.selectAll()
    QTest.keyClicks(spin, str(number))
    keys(spin, Qt.Key.Key_Return)


def drawn(plot: CurvePlot) -> float:
    """How far to the right the drawn curve of the training loss reaches, in epochs."""
    return max(0.0, plot.plane.lines["train"].reach)


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
        # near enough that the link shows between its ports
        canvas.show_node(head)
        canvas.set_zoom(2.0)
        middle = (at_port(canvas, bend, "out", True) + at_port(canvas, head, "x", False)) / 2
        click_canvas(canvas, middle)
        assert [link.target for link in canvas.canvas.selected_links()] == [head]
        keys(canvas, Qt.Key.Key_Delete)
        assert head not in {link.target for link in session.project.graph.links}
        canvas.zoom_to_fit()
        drag(canvas, at_port(canvas, bend, "out", True), at_port(canvas, added, "x", False))
        drag(canvas, at_port(canvas, added, "out", True), at_port(canvas, head, "x", False))
        ends = {(link.source, link.target) for link in session.project.graph.links}
        assert {(bend, added), (added, head)} <= ends

        # its number of neurons, typed into the inspector
        click_canvas(canvas, at_node(canvas, added))
        assert canvas.selected() == (added,)
        type_number(bench.inspector.node_page.form, "out_features", 24)
        assert session.project.graph.nodes[added].fields["out_features"] == 24
        checked(window)
        assert bench.checker.analysis.reports[added].shape == (24,)
        assert bench.checker.analysis.ok, bench.checker.analysis.problems
        assert bench.checker.analysis.source is not None
        width = bench.checker.analysis.reports[bend].shape[-1]
        assert f"nn.Linear({width}, 24)" in bench.checker.analysis.source.text

        # training: many epochs, seen moving, stopped by hand
        window.show_panel("training")
        type_number(bench.training.form, "epochs", 100_000)
        type_number(bench.training.form, "patience", 0)
        assert (session.project.training.epochs, session.project.training.patience) == (100_000, 0)
        checked(window)
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.state != "idle", 5, f"F5 does nothing: {window.actions_by_name['start'].isEnabled()}")
        until(lambda: window.run.state in ("running", "idle"), 60, "the training did not begin")
        assert window.run.state == "running", window.run.message
        until(lambda: drawn(bench.training.plots.loss_plot) > 2, what="no curve is drawn")
        seen = drawn(bench.training.plots.loss_plot)
        until(lambda: drawn(bench.training.plots.loss_plot) > seen, what="the curve does not move")
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


def selected_text() -> str:
    """What is selected in the line that has the keyboard."""
    line = QApplication.focusWidget()
    return line.selectedText() if isinstance(line, QLineEdit) else ""


def test_a_project_is_renamed_searched_and_closed_by_keyboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "iris.csv"
    data.write_bytes(IRIS.read_bytes())
    dialogs = FileDialogs(monkeypatch)
    with open_window() as window:
        new_from_csv(window, dialogs, data)
        bench = window.workbench
        assert bench is not None
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        keys(window, Qt.Key.Key_P, both)
        QTest.keyClicks(bench.palette.search, "dropout")
        keys(bench.palette.search, Qt.Key.Key_Return)
        added = named(window, "dropout1")
        assert bench.canvas.selected() == (added,)
        keys(window, Qt.Key.Key_F2)
        until(lambda: selected_text() == "dropout1", 5, "F2 does not select the name")
        QTest.keyClicks(QApplication.focusWidget(), "Rest")
        keys(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert window.session.project.graph.nodes[added].name == "Rest"
        checked(window)
        assert any("Rest" in problem.sentence for problem in bench.checker.analysis.problems)
        assert window.isWindowModified()
        keys(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert not window.isWindowModified()
