"""Acting on the whole window as a person does, and waiting for what it does by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from designer.gui import app as app_module
from designer.gui.new_dialog import NewProjectDialog
from designer.gui.window import MainWindow
from designer.workspace.jobs import Trainer
from designer.workspace.session import Session
from tests.helpers.answering import answering

# what is put off may put off something itself
ROUNDS = 3


@contextmanager
def open_window(path: Path | None = None, trainer: Callable[[], Trainer] | None = None) -> Iterator[MainWindow]:
    """The real window on a session of its own, shut down in order at the end; it must not keep a person waiting."""
    app_module.make_app()
    with answering():
        window = MainWindow(Session(), trainer)
        window.resize(1280, 800)
        window.show()
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        if path is not None:
            window.open_path(path)
            checked(window)
        try:
            yield window
        finally:
            shut(window)


def shut(window: MainWindow) -> None:
    window.shut_down()
    window.close()
    window.deleteLater()
    QApplication.processEvents()
    # else it stays until some loop of events ends, and takes part in all that is done to the app's looks
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def until(condition: Callable[[], bool], seconds: float = 30.0, what: str = "") -> None:
    """Let the window work until ``condition`` holds; an AssertionError where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what or "it did not come to pass in time"
        QApplication.processEvents()
        # QTest.qWait would leave the threads no time for Python
        time.sleep(0.005)


def rest(seconds: float = 0.0) -> None:
    """Let the window work for so long, at least until it has done what it put off; where nothing tells of the end.

    However late this process has its turns, each timer that is due by then has been heard.
    """
    deadline = time.monotonic() + seconds
    for _ in range(ROUNDS):
        _turn()
    while (left := deadline - time.monotonic()) > 0:
        # QTest.qWait would leave the threads no time for Python
        time.sleep(min(0.005, left))
        _turn()


def _turn() -> None:
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def checked(window: MainWindow) -> None:
    """Wait until data and network are looked at."""
    until(lambda: window.workbench is not None and window.workbench.checker.current, what="the project was not checked")


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Press and release the left button on a widget."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())


def keys(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key, in the window that is in front."""
    if not widget.isActiveWindow():
        widget.window().activateWindow()
        QTest.qWaitForWindowActive(widget.window())
    QTest.keyClick(widget, key, modifiers)


def during_dialog(act: Callable[[QDialog], None], wait: Callable[[QDialog], bool] = lambda dialog: True) -> None:
    """Have ``act`` done to the next modal dialog, as soon as ``wait`` says that it is ready."""
    timer = QTimer()
    timer.setInterval(20)

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.isVisible() and wait(dialog):
            timer.stop()
            act(dialog)
            timer.deleteLater()

    timer.timeout.connect(look)
    timer.start()
    _timers.append(timer)


_timers: list[QTimer] = []


def press_create(look: Callable[[NewProjectDialog], object] = lambda dialog: None) -> None:
    """Press Create in the dialog for a new project that comes next, once it can be pressed and ``look`` has seen it."""

    def press(dialog: QDialog) -> None:
        assert isinstance(dialog, NewProjectDialog)
        look(dialog)
        click(dialog.create_button)

    during_dialog(press, lambda dialog: isinstance(dialog, NewProjectDialog) and dialog.create_button.isEnabled())


class FileDialogs:
    """Stands for the desktop's own file dialogs: answers with the paths that were laid ready."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[str] = []
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *arguments: (self.answers.pop(0), ""))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *arguments: self.answers.pop(0))
