"""Unsaved work in the window: kept while one edits, offered when it was left behind, never thrown away unasked."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QPushButton
from shiboken6 import isValid

from designer.gui.read_only_bar import ReadOnlyBar
from designer.gui.recovery_dialog import RecoveryDialog
from designer.gui.recovery_list import RecoveryList
from designer.gui.small_picture import SmallPicture
from designer.gui.theme import DARK, LIGHT
from designer.gui.window import MainWindow
from designer.gui.wording import moment_words
from designer.project.edits import move, rename
from designer.project.file import load_project, save_project
from designer.workspace.autosave import Autosave
from designer.workspace.places import recovery_folder
from designer.workspace.recovery import Recoverable, list_recoverable, load_work
from designer.workspace.session import Session
from tests.helpers.graphs import chain
from tests.helpers.small import small_project
from tests.helpers.window import FileDialogs, click, during_dialog, keys, open_window, rest, until

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_project(tmp_path / "work")


@pytest.fixture
def window() -> Iterator[MainWindow]:
    with open_window() as made:
        yield made


def lose(path: Path | None, name: str = "lost") -> Recoverable:
    """Edit a project and end without order; the work that is left."""
    before = set(list_recoverable())
    session = Session.open(path) if path else Session(chain("table_input", "linear", "output"))
    autosave = Autosave(session)
    session.do(f"Rename to {name}", rename(session.project, "n2", name))
    autosave.close(keep=True)
    session.close()
    (work,) = set(list_recoverable()) - before
    return work


def name_in(window: MainWindow) -> str:
    return window.session.project.graph.nodes["n2"].name


def edit(window: MainWindow, name: str) -> None:
    window.session.do("Rename", rename(window.session.project, "n2", name))


def texts(dialog: QDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def shown(kind: type[QDialog]) -> QDialog:
    """The dialog of this kind, once it is there."""
    until(lambda: isinstance(QApplication.activeModalWidget(), kind), what=f"no {kind.__name__} appeared")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, kind)
    QTest.qWaitForWindowExposed(dialog)
    return dialog


def press(dialog: QDialog, words: str) -> None:
    button = next(button for button in dialog.findChildren(QPushButton) if button.text().replace("&", "") == words)
    click(button)
    until(lambda: not isValid(dialog) or not dialog.isVisible())


def gone(window: MainWindow) -> None:
    """Whatever looks for unsaved work has ended, and no dialog has come of it."""
    until(lambda: not window.tasks.busy())
    rest(0.05)
    assert QApplication.activeModalWidget() is None


def test_at_start_the_work_is_offered_beside_what_was_saved(window: MainWindow, path: Path) -> None:
    lose(path)
    window.recovery.begin(None, "Layerloom ended unexpectedly the last time. Details: /x/crash.log")
    dialog = shown(RecoveryDialog)
    said = texts(dialog)
    assert "“line” has unsaved work" in said
    assert str(path) in said
    assert "3 layers, 2 links" in said
    assert "1 layer changed." in said
    assert "Last step: Rename to lost." in said
    assert "Details: /x/crash.log" in said
    assert dialog.saved_card.picture.project == load_project(path)
    assert dialog.recovered_card.picture.project.graph.nodes["n2"].name == "lost"
    assert all(button.toolTip() for button in dialog.findChildren(QPushButton))
    assert not dialog.grab().isNull()
    press(dialog, "Use the recovered work")
    until(lambda: window.editing)
    assert name_in(window) == "lost"
    assert window.isWindowModified()
    assert window.windowTitle() == "line[*] – Layerloom"
    assert window.actions_by_name["undo"].text() == "&Undo Recover unsaved work"
    assert "Save the project" in window.status.text.text()
    assert list_recoverable() == (), "this window holds it now"
    window.actions_by_name["undo"].trigger()
    assert not window.isWindowModified()
    assert window.session.project == load_project(path)
    window.actions_by_name["redo"].trigger()
    window.actions_by_name["save"].trigger()
    assert load_project(path).graph.nodes["n2"].name == "lost"
    gone(window)


def test_opening_a_project_offers_its_unsaved_work(window: MainWindow, path: Path, tmp_path: Path) -> None:
    lose(path)
    other = small_project(tmp_path / "other", "other")
    assert window.documents.open(other)
    gone(window)
    assert window.documents.open(path)
    dialog = shown(RecoveryDialog)
    press(dialog, "Use the recovered work")
    until(lambda: name_in(window) == "lost")
    assert window.session.history.undo_label == "Recover unsaved work"
    gone(window)


def test_the_saved_file_may_be_used_and_the_work_is_kept(window: MainWindow, path: Path) -> None:
    lose(path)
    window.recovery.begin(None, "")
    press(shown(RecoveryDialog), "Use the saved file")
    until(lambda: window.editing)
    assert window.session.project == load_project(path)
    assert not window.isWindowModified()
    gone(window)
    (work,) = list_recoverable()
    assert work.declined
    window.close_project()
    window.recovery.begin(None, "")
    gone(window)


@pytest.mark.parametrize("way", ["Escape", "Decide later"])
def test_one_may_decide_later(window: MainWindow, path: Path, way: str) -> None:
    work = lose(path)
    window.recovery.begin(None, "")
    dialog = shown(RecoveryDialog)
    if way == "Escape":
        keys(dialog, Qt.Key.Key_Escape)
        until(lambda: not dialog.isVisible())
    else:
        press(dialog, way)
    gone(window)
    assert not window.editing
    assert list_recoverable() == (work,)
    window.recovery.begin(None, "")
    press(shown(RecoveryDialog), "Decide later")


def test_several_are_listed_and_chosen_from_with_the_keyboard(window: MainWindow, path: Path, tmp_path: Path) -> None:
    works = [lose(None), lose(path), lose(small_project(tmp_path / "other", "other"))]
    window.recovery.begin(None, "")
    listed = shown(RecoveryList)
    assert [row.work for row in listed.rows] == list(reversed(works))
    assert [row.accessibleName().split(",")[0] for row in listed.rows] == ["other", "line", "Untitled"]
    assert not listed.grab().isNull()
    assert listed.rows[0].hasFocus()
    keys(listed.rows[0], Qt.Key.Key_Down)
    assert listed.rows[1].hasFocus()
    keys(listed.rows[1], Qt.Key.Key_Return)
    dialog = shown(RecoveryDialog)
    assert "“line” has unsaved work" in texts(dialog)
    keys(dialog, Qt.Key.Key_Escape)
    listed = shown(RecoveryList)
    click(listed.rows[2])
    dialog = shown(RecoveryDialog)
    assert "It was never saved." in texts(dialog)
    press(dialog, "Do not use it")
    listed = shown(RecoveryList)
    assert len(listed.rows) == 2
    keys(listed, Qt.Key.Key_Escape)
    gone(window)
    assert [work.declined for work in list_recoverable()] == [False, False, True]


def test_work_that_was_never_saved_comes_back_as_untitled(window: MainWindow) -> None:
    lose(None)
    window.recovery.begin(None, "")
    press(shown(RecoveryDialog), "Use the recovered work")
    until(lambda: window.editing)
    assert name_in(window) == "lost"
    assert (window.session.path, window.isWindowModified()) == (None, True)
    gone(window)


def test_the_menu_reaches_what_was_declined_and_asks_about_what_is_open(
    window: MainWindow, path: Path, tmp_path: Path
) -> None:
    window.actions_by_name["recover"].trigger()
    until(lambda: "no unsaved work" in window.status.text.text())
    lose(path)
    window.recovery.begin(None, "")
    press(shown(RecoveryDialog), "Use the saved file")
    until(lambda: window.editing)
    assert window.documents.open(small_project(tmp_path / "other", "other"))
    edit(window, "open work")
    window.actions_by_name["recover"].trigger()
    listed = shown(RecoveryList)
    assert "declined" in listed.rows[0].about
    during_dialog(lambda box: box.reject(), lambda box: isinstance(box, QMessageBox))
    click(listed.rows[0])
    press(shown(RecoveryDialog), "Use the recovered work")
    until(lambda: name_in(window) == "open work")
    assert window.session.title == "other", "Cancel has kept what was open"
    gone(window)
    assert len(list_recoverable()) == 1


def test_a_project_started_with_comes_first(window: MainWindow, path: Path, tmp_path: Path) -> None:
    lose(None)
    window.open_path(path)
    window.recovery.begin(path, "")
    until(lambda: "Another project has unsaved work" in window.status.text.text())
    gone(window)
    assert len(list_recoverable()) == 1


def test_a_question_that_is_open_is_answered_first(window: MainWindow, path: Path) -> None:
    lose(path)
    box = QMessageBox(window)
    box.open()
    window.recovery.begin(None, "")
    until(lambda: not window.tasks.busy())
    rest(0.4)
    assert QApplication.activeModalWidget() is box
    box.done(0)
    press(shown(RecoveryDialog), "Decide later")
    box.deleteLater()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "not there any more"), ("{", "JSON"), ("other", "changed by another program")]
)
def test_what_became_of_the_file_is_said(window: MainWindow, path: Path, content: str | None, said: str) -> None:
    lose(path)
    if content == "other":
        save_project(chain("table_input", "output"), path)
    elif content is None:
        path.unlink()
    else:
        path.write_text(content)
    window.recovery.begin(None, "")
    dialog = shown(RecoveryDialog)
    assert said in texts(dialog)
    press(dialog, "Use the recovered work")
    until(lambda: window.editing)
    assert (name_in(window), window.session.path) == ("lost", path)
    gone(window)


def test_what_is_edited_is_kept_until_it_is_saved(path: Path) -> None:
    with open_window(path) as window:
        edit(window, "first")
        until(lambda: any(recovery_folder().glob("*.recovery")), seconds=5)
        window.actions_by_name["save"].trigger()
        until(lambda: not any(recovery_folder().glob("*.recovery")), seconds=5)
        edit(window, "second")
        until(lambda: any(recovery_folder().glob("*.recovery")), seconds=5)
        during_dialog(lambda box: press(box, "Don’t save"))
        assert window.close()
    assert os.listdir(recovery_folder()) == []
    assert not [thread for thread in threading.enumerate() if thread.name == "autosave"]


def test_a_window_that_ends_unasked_keeps_its_work(path: Path) -> None:
    with open_window(path) as window:
        edit(window, "last")
        window.shut_down()
    (work,) = list_recoverable()
    assert load_work(work).graph.nodes["n2"].name == "last"
    assert not [thread for thread in threading.enumerate() if thread.name == "autosave"]


def test_a_folder_that_cannot_be_written_is_told_in_the_status_bar(window: MainWindow, path: Path) -> None:
    assert window.documents.open(path)
    gone(window)
    recovery_folder().parent.mkdir(parents=True, exist_ok=True)
    recovery_folder().write_text("a file in its place")
    edit(window, "unsafe")
    until(lambda: "cannot be kept safe" in window.status.text.text(), seconds=5)
    edit(window, "still editing")
    recovery_folder().unlink()
    until(lambda: "kept safe again" in window.status.text.text(), seconds=8)
    assert list_recoverable() == ()
    assert len(list(recovery_folder().glob("*.recovery"))) == 1


def test_a_second_window_warns_and_saves_a_copy_only(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = FileDialogs(monkeypatch).answers
    before, said = path.read_bytes(), []

    def read(box: QDialog) -> None:
        said.append(texts(box))
        press(box, "OK")

    with open_window(path) as first, open_window() as second:
        bar = second.findChild(ReadOnlyBar)
        assert not first.findChild(ReadOnlyBar).isVisible()
        assert not bar.isVisible()
        during_dialog(read)
        assert second.documents.open(path)
        assert "open in another Layerloom window" in said[0]
        assert "save a copy under another name" in said[0]
        assert second.windowTitle() == "line (read only)[*] – Layerloom"
        assert bar.isVisible()
        assert "Read only: line.loom is open in another Layerloom window." in bar.sentence.text()
        edit(second, "mine")
        assert second.recovery.autosave.flush()
        edit(first, "theirs")
        assert first.recovery.autosave.flush()
        assert len(list(recovery_folder().glob("line-*.recovery"))) == 2, "each has its own"
        during_dialog(lambda box: press(box, "Cancel"))
        second.actions_by_name["save"].trigger()
        assert path.read_bytes() == before
        answers.append(str(tmp_path / "copy.loom"))
        click(bar.copy)
        until(lambda: not bar.isVisible())
        assert second.windowTitle() == "copy[*] – Layerloom"
        assert load_project(tmp_path / "copy.loom").graph.nodes["n2"].name == "mine"
        assert path.read_bytes() == before


def test_the_bar_and_the_dialogs_are_drawn_in_both_themes(path: Path) -> None:
    lose(path)
    holder = Session.open(path)
    with open_window() as window:
        during_dialog(lambda box: press(box, "OK"))
        assert window.documents.open(path)
        pictures = []
        for theme in (LIGHT, DARK):
            window.choose_theme(theme.name)
            dialog = shown(RecoveryDialog)
            pictures.append((dialog.grab().toImage(), window.grab().toImage()))
        assert pictures[0][0] != pictures[1][0]
        assert pictures[0][1] != pictures[1][1]
        press(dialog, "Decide later")
        window.choose_theme("system")
    holder.close()


def test_a_large_graph_is_drawn_from_afar() -> None:
    project = chain("table_input", *["relu"] * 200, "output")
    project = move(project, {f"n{place}": (place % 20 * 200.0, place // 20 * 100.0) for place in range(1, 203)})
    picture = SmallPicture(project, lambda: LIGHT)
    picture.resize(320, 128)
    image = picture.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(320) for y in range(128)}
    assert len(colours) > 3
    picture.deleteLater()


def test_moments_are_said_as_people_do() -> None:
    now = datetime(2026, 3, 2, 12, 0).timestamp()
    assert moment_words(datetime(2026, 3, 2, 9, 5).timestamp(), now) == "today, 09:05"
    assert moment_words(datetime(2026, 3, 1, 23, 59).timestamp(), now) == "yesterday, 23:59"
    assert moment_words(datetime(2025, 12, 24, 18, 0).timestamp(), now) == "24 December 2025, 18:00"
