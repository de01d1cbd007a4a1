"""The window as a whole: projects opened, changed, saved and left; panels that work together; nothing lost unasked."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox

from designer.gui import app as app_module
from designer.gui.window import MainWindow
from designer.project import edits
from designer.project.file import load_project
from designer.workspace.recent import recent_projects
from designer.workspace.session import Session
from tests.helpers.small import small_project
from tests.helpers.window import checked, rest

pytestmark = pytest.mark.usefixtures("own_home")
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot, trainer):
    app_module.make_app()
    made = MainWindow(Session(), lambda: trainer)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.shut_down()
    made.close()
    made.deleteLater()
    QApplication.processEvents()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small_project(tmp_path / "work")


def opened(window: MainWindow, qtbot, path: Path) -> MainWindow:
    assert window.documents.open(path)
    qtbot.waitUntil(lambda: window.workbench.checker.current and window.workbench.checker.facts is not None,
                    timeout=60_000)  # fmt: skip
    return window


def answer(words: str) -> list[str]:
    """Press the button ``words`` of the next question; what was asked is in the list."""
    asked: list[str] = []
    timer = QTimer()
    timer.setInterval(10)

    def press() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            asked.append(box.text())
            button = next(button for button in box.buttons() if button.text().replace("&", "") == words)
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    timer.timeout.connect(press)
    timer.start()
    _timers.append(timer)
    return asked


_timers: list[QTimer] = []


def press(window: MainWindow, qtbot, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    """Press a key that the window's menus know."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.workbench.canvas, key, modifiers)


def change(window: MainWindow) -> None:
    session = window.session
    node = next(iter(session.project.graph.nodes))
    session.do("Move it", edits.move(session.project, {node: (12.0, 34.0)}))


def test_the_welcome_page_gives_way_to_the_workbench(window, qtbot, project) -> None:
    assert window.stack.currentWidget() is window.welcome
    assert not window.actions_by_name["save"].isEnabled()
    opened(window, qtbot, project)
    assert window.stack.currentWidget() is window.workbench.canvas
    assert all(dock.isVisible() or dock.objectName() for dock in window.workbench.docks.values())
    assert window.windowTitle() == "line[*] – Layerloom"
    qtbot.waitUntil(lambda: window.status.parameters.text() == "3 parameters")
    assert window.status.verdict.text() == "All shapes fit"
    qtbot.waitUntil(lambda: recent_projects() == [project.resolve()])
    window.close_project()
    assert window.stack.currentWidget() is window.welcome
    assert not any(dock.isVisible() for dock in window.workbench.docks.values())


def test_undo_says_what_it_undoes_and_the_title_what_is_unsaved(window, qtbot, project) -> None:
    opened(window, qtbot, project)
    assert not window.isWindowModified()
    change(window)
    assert window.isWindowModified()
    assert window.actions_by_name["undo"].text() == "&Undo Move it"
    press(window, qtbot, Qt.Key.Key_Z, CONTROL)
    assert not window.isWindowModified()
    assert window.actions_by_name["redo"].text() == "&Redo Move it"
    window.actions_by_name["redo"].trigger()
    press(window, qtbot, Qt.Key.Key_S, CONTROL)
    assert not window.isWindowModified()
    assert load_project(project) == window.session.project


@pytest.mark.parametrize(("words", "left", "kept"), [("Save", True, True), ("Don’t save", True, False),
                                                     ("Cancel", False, False)])  # fmt: skip
def test_unsaved_work_is_asked_about(window, qtbot, project, words, left, kept) -> None:
    opened(window, qtbot, project)
    before = project.read_bytes()
    change(window)
    asked = answer(words)
    closed = window.close()
    assert asked == ["Save changes?"]
    assert closed is left
    assert (project.read_bytes() != before) is kept


def test_a_new_project_and_another_one_ask_too(window, qtbot, project, tmp_path) -> None:
    opened(window, qtbot, project)
    change(window)
    asked = answer("Cancel")
    window.actions_by_name["new"].trigger()
    assert asked
    assert window.session.path == project.resolve()
    other = small_project(tmp_path / "other", "other")
    asked = answer("Don’t save")
    window.documents.open(other)
    assert asked
    assert window.session.path == other.resolve()


def test_save_as_adds_the_suffix_and_keeps_the_data_in_reach(window, qtbot, project, tmp_path, monkeypatch) -> None:
    opened(window, qtbot, project)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "copy"), ""))
    window.actions_by_name["save_as"].trigger()
    assert window.session.path == tmp_path / "copy.loom"
    assert load_project(tmp_path / "copy.loom").data.path == "work/line.csv"
    assert window.windowTitle() == "copy[*] – Layerloom"


def test_a_project_that_cannot_be_read_is_said_and_nothing_changes(window, qtbot, project, tmp_path) -> None:
    opened(window, qtbot, project)
    spoiled = tmp_path / "spoiled.loom"
    spoiled.write_text("{")
    asked = answer("OK")
    assert not window.documents.open(spoiled)
    assert asked == ["The project could not be opened"]
    assert window.session.path == project.resolve()
    assert spoiled.read_text() == "{"


def test_a_name_that_looks_like_a_place_holder_or_like_html(window, qtbot, tmp_path) -> None:
    path = small_project(tmp_path / "work", "a[*]<b>&c")
    opened(window, qtbot, path)
    assert window.windowTitle() == "a[*][*]<b>&c[*] – Layerloom"
    project = edits.rename(window.session.project, "n2", "<img src=x>&file")
    window.session.do("Rename <b>x</b> & y", project)
    qtbot.waitUntil(lambda: window.workbench.checker.current)
    window.workbench.canvas.select(["n2"])
    assert window.actions_by_name["undo"].text() == "&Undo Rename <b>x</b> && y"
    for label in window.findChildren(QLabel):
        named = "<" in label.text() or "<img" in label.toolTip()
        assert not named or label.textFormat() == Qt.TextFormat.PlainText, label.text()
        assert "<img" not in label.toolTip()
    for action in window.findChildren(QAction):
        assert "<b>" not in action.toolTip()


def test_dropping_a_project_opens_it(window, qtbot, project) -> None:
    load = QMimeData()
    load.setUrls([QUrl.fromLocalFile(str(project))])
    event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, load, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)  # fmt: skip
    where = event.position().toPoint()
    for enter in (QDragEnterEvent, QDragMoveEvent):
        moved = enter(where, Qt.DropAction.CopyAction, load, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, moved)
        assert moved.isAccepted()
    QApplication.sendEvent(window, event)
    qtbot.waitUntil(lambda: window.session.path == project.resolve())


def test_selection_code_and_summary_point_at_each_other(window, qtbot, project) -> None:
    opened(window, qtbot, project)
    bench = window.workbench
    qtbot.waitUntil(lambda: bench.checker.analysis.source is not None)
    bench.canvas.select(["n2"])
    assert bench.inspector.node_page.node_id == "n2"
    assert bench.code.views[0].extraSelections()
    bench.code.node_chosen.emit("n3")
    assert bench.canvas.selected() == ("n3",)
    bench.inspector.node_chosen.emit("n2")
    assert bench.canvas.selected() == ("n2",)


def test_an_edit_is_checked_and_its_problem_shown(window, qtbot, project) -> None:
    opened(window, qtbot, project)
    project_now = window.session.project
    window.session.do("Unlink", edits.disconnect(project_now, project_now.graph.links))
    qtbot.waitUntil(lambda: window.status.verdict.text() not in ("All shapes fit", ""))
    assert window.workbench.docks["problems"].windowTitle().startswith("Problems (")
    assert not window.actions_by_name["start"].isEnabled()
    QTest.mouseClick(window.status.verdict, Qt.MouseButton.LeftButton)
    assert not window.workbench.problems.visibleRegion().isEmpty()
    window.session.undo()
    qtbot.waitUntil(lambda: window.status.verdict.text() == "All shapes fit")


def test_data_that_is_gone_is_a_problem_of_the_project(window, qtbot, project) -> None:
    (project.parent / "line.csv").unlink()
    window.documents.open(project)
    qtbot.waitUntil(lambda: "line.csv" in window.workbench.checker.trouble, timeout=60_000)
    qtbot.waitUntil(lambda: not window.workbench.checker.analysis.ok)
    assert not window.actions_by_name["start"].isEnabled()


def test_data_that_was_moved_is_shown_its_new_place_and_keeps_its_settings(window, qtbot, project) -> None:
    opened(window, qtbot, project)
    session = window.session
    data = replace(session.project.data, split=replace(session.project.data.split, test=0.35))
    session.do("Test with more", edits.set_data(session.project, data))
    old = project.parent / data.path
    (project.parent / "moved").mkdir()
    new = old.rename(project.parent / "moved" / "elsewhere.csv")
    window.documents.open_data(new)
    qtbot.waitUntil(lambda: session.project.data.path == "moved/elsewhere.csv", timeout=30_000)
    assert session.project.data == replace(data, path="moved/elsewhere.csv")
    assert window.documents.notes == []


def test_a_run_from_the_menu_and_closing_during_it(window, qtbot, project, trainer) -> None:
    opened(window, qtbot, project)
    press(window, qtbot, Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: "train" in trainer.asked)
    trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
    qtbot.waitUntil(lambda: window.run.state == "running")
    assert not window.workbench.training.visibleRegion().isEmpty()
    asked = answer("Cancel")
    assert not window.close()
    assert asked == ["A training is running"]
    assert window.run.state == "running"
    asked = answer("Interrupt the training")
    began = time.monotonic()
    assert window.close()
    assert time.monotonic() - began < 5
    assert "close" in trainer.asked


def test_exporting_what_is_in_the_window_saved_or_not(window, qtbot, project, tmp_path, monkeypatch) -> None:
    opened(window, qtbot, project)
    window.session.do("Rename", edits.rename(window.session.project, "n2", "unsaved"))
    kinds = {"script": "train", "fast_script": "fast.py", "model": "model.py", "svg": "net.svg", "png": "net.png"}
    for kind, name in kinds.items():
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        with qtbot.waitSignal(window.exports.written, timeout=30_000):
            window.actions_by_name[f"export_{kind}"].trigger()
    script = (tmp_path / "train.py").read_text()
    assert "self.unsaved" in script
    assert '"work/line.csv"' in script
    assert "quick_step(device)" in (tmp_path / "fast.py").read_text() and "quick_step" not in script
    assert (tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")


def test_weights_of_no_run_are_refused_before_a_file_is_asked_for(window, qtbot, project, monkeypatch) -> None:
    opened(window, qtbot, project)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("a file is asked for"))
    asked = answer("OK")
    window.actions_by_name["export_weights"].trigger()
    assert asked == ["There are no weights yet."]


def test_a_script_without_data_is_refused_before_a_file_is_asked_for(window, qtbot, project, monkeypatch) -> None:
    opened(window, qtbot, project)
    window.session.do("No data", replace(window.session.project, data=None))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("a file is asked for"))
    for kind in ("script", "fast_script"):
        asked = answer("OK")
        window.actions_by_name[f"export_{kind}"].trigger()
        assert asked == ["There is no data yet."]


def test_a_sample_is_copied_out_and_opened(window, qtbot, tmp_path) -> None:
    qtbot.waitUntil(lambda: bool(window.welcome.samples.cards))
    window.welcome.sample_chosen.emit("iris")
    qtbot.waitUntil(lambda: window.editing, timeout=20_000)
    assert window.session.path == tmp_path / "home" / "projects" / "iris" / "iris.loom"
    window.close_project()
    window.welcome.sample_chosen.emit("iris")
    qtbot.waitUntil(lambda: window.editing, timeout=20_000)
    assert window.session.path.parent.name == "iris-2"


def test_opening_and_closing_projects_leaks_nothing(window, qtbot, project, tmp_path) -> None:
    import gc

    other = small_project(tmp_path / "other", "other")
    opened(window, qtbot, project)
    counts = []
    for _ in range(6):
        for path in (other, project):
            window.documents.open(path)
            rest(0.005)
        window.close_project()
        qtbot.waitUntil(lambda: not window.tasks.busy(), timeout=20_000)
        window.documents.open(project)
        checked(window)
        qtbot.waitUntil(lambda: not window.tasks.busy(), timeout=20_000)
        rest(0.03)
        gc.collect()
        counts.append(len(window.findChildren(QLabel)))
    assert counts[-1] <= counts[1]


def test_training_a_project_without_a_file_asks_for_one_at_once(window, qtbot, monkeypatch) -> None:
    titles: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda _, title, *__: (titles.append(title) or "", ""))
    window.documents.new_empty()
    window.runs.start()
    assert titles == ["Save the project first: its runs are kept beside it"]
