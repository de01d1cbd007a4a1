"""The history panel: the steps by name, the way to any of them, a picture and words for each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from designer.gui.panels import history_picture
from designer.gui.panels.history import SHOWN, UNDONE, HistoryPanel
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import new_node
from designer.project import edits, history
from designer.project.model import Project
from designer.workspace.scope import Scope
from designer.workspace.session import Session
from tests.helpers.canvas import chain

Key = Qt.Key


@pytest.fixture
def show(qtbot):
    """Shows the history of a session."""

    def shown(session):
        panel = HistoryPanel(Scope(session), LIGHT)
        qtbot.addWidget(panel)
        panel.tester = QAbstractItemModelTester(panel.steps, QAbstractItemModelTester.FailureReportingMode.Fatal)
        panel.resize(240, 600)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    return shown


def three_steps() -> Session:
    session = Session(chain("linear"))
    for kind in ("relu", "sigmoid", "tanh"):
        session.do(f"Add {kind}", edits.add_node(session.project, new_node(session.project.graph, kind, 300, 0)))
    return session


def said(panel):
    rows = [panel.steps.index(row) for row in range(panel.steps.rowCount())]
    return (
        [index.data() for index in rows],
        [index.data(SHOWN) for index in rows].index(True),
        sum(index.data(UNDONE) for index in rows),
    )


def click(panel, row):
    QTest.mouseClick(
        panel.list.viewport(), Qt.MouseButton.LeftButton, pos=panel.list.visualRect(panel.steps.index(row)).center()
    )


def test_steps_are_listed_with_the_newest_last_and_follow_the_session(show):
    session = three_steps()
    panel = show(session)
    assert said(panel) == (["New project", "Add relu", "Add sigmoid", "Add tanh"], 3, 0)
    session.undo()
    session.undo()
    assert said(panel)[1:] == (1, 2)
    session.do("Rename", edits.rename(session.project, "n1", "first"))
    assert said(panel) == (["New project", "Add relu", "Rename"], 2, 0)


def test_a_click_goes_to_any_step(show):
    session = three_steps()
    panel = show(session)
    click(panel, 0)
    assert session.history.index == 0 and len(session.project.graph.nodes) == 1
    click(panel, 2)
    assert session.history.index == 2 and said(panel)[1:] == (2, 1)


def test_keys_choose_a_step_and_enter_goes_there(show):
    session = three_steps()
    panel = show(session)
    panel.list.setFocus()
    QTest.keyClick(panel.list, Key.Key_Up)
    QTest.keyClick(panel.list, Key.Key_Up)
    assert session.history.index == 3 and panel.title.text() == "Add relu"
    QTest.keyClick(panel.list, Key.Key_Return)
    assert session.history.index == 1


def test_what_a_step_changed_is_said_in_words(show):
    session = three_steps()
    panel = show(session)
    assert panel.title.text() == "Add tanh" and panel.words.text() == "Added tanh1"
    panel.preview(0)
    assert panel.words.text() == "1 layer, 0 links"
    QTest.mouseMove(panel.list.viewport(), QPoint(20, 5))
    QTest.mouseMove(panel.list.viewport(), panel.list.visualRect(panel.steps.index(1)).center())
    assert panel.title.text() == "Add relu"


def test_a_long_step_makes_the_panel_no_wider(show):
    session = three_steps()
    panel = show(session)
    before = panel.minimumSizeHint().width(), panel.sizeHint().width()
    session.do("Swap " + "a very long name of a layer " * 4, edits.rename(session.project, "n1", "w" * 300))
    panel.preview(panel.steps.rowCount() - 1)
    assert (panel.minimumSizeHint().width(), panel.sizeHint().width()) == before


def test_the_first_row_says_where_it_began(show, tmp_path):
    session = three_steps()
    panel = show(session)
    session.save(tmp_path / "flowers.loom")
    assert said(panel)[0][0] == "New project"
    session.reopen(tmp_path / "flowers.loom")
    assert said(panel) == (["Opened flowers.loom"], 0, 0)
    session.restart(Project())
    assert said(panel)[0] == ["New project"]
    session.close()


def test_rows_read_aloud_say_which_step_is_shown(show):
    session = three_steps()
    panel = show(session)
    session.undo()
    spoken = [panel.steps.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in (1, 2, 3)]
    assert spoken == ["Add relu", "Add sigmoid, shown now", "Add tanh, undone"]


def test_pictures_are_drawn_once_and_differ(show):
    session = three_steps()
    panel = show(session)
    panel.preview(1)
    one = panel.picture.grab().toImage()
    panel.preview(2)
    assert panel.picture.grab().toImage() != one
    kept = len(panel.picture._kept)
    panel.preview(1)
    assert panel.picture.grab().toImage() == one and len(panel.picture._kept) == kept
    panel.set_theme(DARK)
    assert panel.picture.grab().toImage() != one


def test_nothing_is_drawn_while_the_panel_is_hidden(show, monkeypatch):
    session = three_steps()
    panel = show(session)
    panel.hide()
    drawn = []
    monkeypatch.setattr(history_picture, "paint_step", lambda *given: drawn.append(given))
    session.undo()
    assert not drawn and said(panel)[1] == 2
    panel.show()
    panel.grab()
    assert panel.title.text() == "Add sigmoid" and drawn


def test_the_oldest_row_goes_with_the_oldest_step(show, monkeypatch):
    monkeypatch.setattr(history, "MOST_STEPS", 3)
    session = three_steps()
    panel = show(session)
    session.do("Rename", edits.rename(session.project, "n1", "first"))
    assert said(panel) == (["Add relu", "Add sigmoid", "Add tanh", "Rename"], 3, 0)
