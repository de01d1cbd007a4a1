"""Help: all keys by menu, all gestures, found by a few letters; the empty canvas and the status bar say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel

from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.canvas.commands.mouse import (
    WHILE_BANDING,
    WHILE_HOLDING_A_LINK,
    WHILE_LINKING,
    WHILE_MOVING,
    WITH_THE_MOUSE,
)
from designer.gui.help import ShortcutsDialog, shortcut_groups
from designer.gui.pages import SETTLED_MS
from designer.gui.window import MainWindow
from designer.project.file import save_project
from tests.helpers.canvas import at_node, at_port, chain, drag, shown
from tests.helpers.window import during_dialog, keys, open_window, rest, until


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    path = tmp_path / "net.loom"
    save_project(chain("table_input", "linear", "relu", "output"), path)
    with open_window() as window:
        window.open_path(path)
        until(lambda: window.editing, what="the project was not opened")
        yield window


def test_f1_lists_every_key_by_menu_and_what_the_mouse_does(window: MainWindow) -> None:
    seen: dict[str, list[tuple[str, str]]] = {}

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ShortcutsDialog)
        seen.update(dialog.shown())
        keys(dialog, Qt.Key.Key_Escape)

    during_dialog(act)
    keys(window.workbench.canvas, Qt.Key.Key_F1)
    assert list(seen)[:4] == ["File", "Edit", "View", "Layer"] and list(seen)[-1] == "With the mouse"
    assert ("Save", "Ctrl+S") in seen["File"] and seen["Edit"][0][0] == "Undo"
    assert ("Export: Training script", "Ctrl+E") in seen["File"]
    listed = {keys for rows in seen.values() for _, keys in rows}
    wanted = {" or ".join(command.keys.split("; ")) for command in COMMANDS if command.keys}
    assert wanted <= listed
    assert [how for _, how in seen["With the mouse"]] == [hand.how for hand in WITH_THE_MOUSE]
    assert any(words == "Panels: History" for rows in seen.values() for words, _ in rows)


def test_shortcuts_are_found_by_word_and_by_key(window: MainWindow) -> None:
    dialog = ShortcutsDialog(shortcut_groups(window.menuBar()), window)
    dialog.show()
    QTest.keyClicks(dialog.search, "tidy sel")
    assert dialog.shown() == {
        "Arrange": [
            ("Tidy up the selection", "Ctrl+Shift+L"),
            ("Tidy up the selection, top down", "Ctrl+Alt+Shift+L"),
        ]
    }
    dialog.search.clear()
    QTest.keyClicks(dialog.search, "ctrl+drag")
    assert list(dialog.shown()) == ["With the mouse"]
    dialog.search.clear()
    QTest.keyClicks(dialog.search, "mouse")
    assert len(dialog.shown()["With the mouse"]) == len(WITH_THE_MOUSE)
    QTest.keyClicks(dialog.search, "qqq")
    assert dialog.shown() == {} and dialog.nothing.isVisible() and not dialog.tree.isVisible()
    QTest.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    dialog.deleteLater()


def test_the_empty_canvas_names_the_two_ways_to_begin(qtbot) -> None:
    view = shown(qtbot, chain())
    words = " ".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())
    assert "Drag a layer from the palette" in words and "press Tab or double-click here" in words


@pytest.mark.parametrize(
    ("start", "words"),
    [("node", WHILE_MOVING), ("port", WHILE_LINKING), ("link", WHILE_HOLDING_A_LINK), ("ground", WHILE_BANDING)],
)
def test_the_status_bar_says_what_keys_do_while_dragging(window: MainWindow, start: str, words: str) -> None:
    view, text = window.workbench.canvas, window.status.text
    # what is drawn is brought into sight a moment after the window has shown its panels
    rest(2 * SETTLED_MS / 1000)
    ports = at_port(view, "n1", "out", True), at_port(view, "n2", "x", False)
    node = at_node(view, "n2")
    at = {
        "node": node, "port": at_port(view, "n3", "out", True),
        "link": QPoint((ports[0].x() + ports[1].x()) // 2, (ports[0].y() + ports[1].y()) // 2),
        "ground": node + QPoint(0, 150),
    }[start]  # fmt: skip
    drag(view, at, at + QPoint(30, 40), release=False)
    assert text.text() == words
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert text.text() != words
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(30, 40))
