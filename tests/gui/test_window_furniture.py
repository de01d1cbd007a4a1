"""The window's own furniture: its layout, its theme, its actions and its place on the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from designer.gui import app as app_module
from designer.gui.layout_memory import first_size
from designer.gui.theme import DARK, LIGHT
from designer.gui.window import MainWindow
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import checked

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small_project(tmp_path / "work")


def opened(window: MainWindow, path: Path) -> None:
    assert window.documents.open(path)
    checked(window)


def test_nothing_flashes_up_beside_the_window_while_it_is_furnished(trainer, qtbot, qapp, project) -> None:
    """A part that is shown before it lies in the window is a window of its own for a moment, and takes the keyboard."""

    class Watch(QObject):
        shown: ClassVar[list[str]] = []

        def eventFilter(self, of: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(of, QWidget) and of.isWindow():
                self.shown.append(type(of).__name__)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    window = MainWindow(Session(), lambda: trainer)
    window.show()
    opened(window, project)
    qtbot.waitUntil(window.workbench.canvas.hasFocus)
    qapp.removeEventFilter(watch)
    assert watch.shown == ["MainWindow"]
    window.shut_down()
    window.close()
    window.deleteLater()


def test_layout_and_theme_are_remembered(qtbot, project, trainer, tmp_path) -> None:
    app_module.make_app()
    first = MainWindow(Session(), lambda: trainer)
    first.show()
    opened(first, project)
    first.resize(980, 640)
    first.workbench.docks["palette"].hide()
    first.choose_theme("dark")
    assert first.close()
    stored = json.loads((tmp_path / "home" / "preferences.json").read_text())
    assert stored["theme"] == "dark"
    second = MainWindow(Session(), FakeTrainer)
    second.show()
    assert second.height() == 640
    assert second.theme is DARK
    opened(second, project)
    assert not second.workbench.docks["palette"].isVisible()
    second.reset_layout()
    assert second.workbench.docks["palette"].isVisible()
    second.choose_theme("light")
    assert second.theme is LIGHT
    second.close()
    for made in (first, second):
        made.deleteLater()


def test_every_action_can_be_triggered_on_the_welcome_page(window, qtbot, monkeypatch) -> None:
    """No dead buttons, and none that fails where there is nothing to act on."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    for name, action in window.actions_by_name.by_name.items():
        if name in ("quit", "new", "shortcuts", "about", "inside") or not action.isEnabled():
            continue
        action.trigger()
    assert not window.editing
    assert all(action.text() for action in window.actions_by_name.by_name.values())


def test_no_two_actions_share_their_keys(window) -> None:
    keys = [key.toString() for action in window.actions_by_name.by_name.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_train_stays_where_it_is_whatever_page_is_shown_and_whatever_it_is_called(window, qtbot, project) -> None:
    opened(window, project)
    start = window.actions_by_name["start"]
    button, fit = window.tools.widgetForAction(start), window.tools.widgetForAction(window.actions_by_name["fit"])
    qtbot.waitUntil(lambda: button.isVisible() and fit.isVisible())
    place, beside = button.geometry(), fit.geometry()
    window.actions_by_name["page_data"].trigger()
    qtbot.waitUntil(lambda: not fit.isVisible())
    assert button.geometry() == place
    lines = [action for action in window.tools.actions() if action.isSeparator() and action.isVisible()]
    assert len(lines) == 2, "a line with nothing behind it"
    window.actions_by_name["page_network"].trigger()
    qtbot.waitUntil(fit.isVisible)
    start.setIconText("Add to queue")
    QApplication.processEvents()
    assert (button.geometry(), fit.geometry()) == (place, beside)


@pytest.mark.parametrize(
    ("room", "size"),
    [
        (QSize(1280, 800), QSize(1264, 752)),
        (QSize(1366, 768), QSize(1280, 720)),
        (QSize(1920, 1080), QSize(1536, 864)),
        (QSize(3840, 2160), QSize(1920, 1200)),
    ],
)
def test_the_first_window_has_room_on_its_screen(room: QSize, size: QSize) -> None:
    assert first_size(room) == size
