"""The inspector's page of frames and notes: title, text and colour, each typed or clicked as a person does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.panels.inspector import SUMMARY, THINGS, Inspector
from designer.project import frames
from designer.project.model import Frame, Note, Project
from designer.workspace.session import Session
from tests.helpers.canvas import chain
from tests.helpers.inspector import open_inspector


@pytest.fixture
def session() -> Session:
    project: Project = frames.add_frame(chain("table_input", "linear", "output"), Frame("f1", "Part", "blue"))
    return Session(frames.add_note(project, Note("t1", "why")))


@pytest.fixture
def inspector(session: Session, qtbot: QtBot) -> Inspector:
    return open_inspector(session, qtbot)


def test_a_frame_is_renamed_as_one_types_in_one_step(inspector: Inspector, session: Session) -> None:
    inspector.select_things(["f1"])
    page = inspector.thing_page
    assert inspector._stack.currentIndex() == THINGS and page.title.text() == "Part" and page.text.isHidden()
    before = len(session.history.steps)
    page.title.selectAll()
    QTest.keyClicks(page.title, "Two words")
    assert session.project.graph.frames["f1"].title == "Two words"
    assert len(session.history.steps) == before + 1
    session.undo()
    assert page.title.text() == "Part"


def test_a_note_is_written_and_coloured(inspector: Inspector, session: Session) -> None:
    inspector.select_things(["t1"])
    page = inspector.thing_page
    page.text.selectAll()
    QTest.keyClicks(page.text, "so")
    assert session.project.graph.notes["t1"].text == "so"
    QTest.mouseClick(page.colours["red"], Qt.MouseButton.LeftButton)
    assert session.project.graph.notes["t1"].colour == "red" and page.colour_name.text() == "Red"
    session.undo()
    assert session.project.graph.notes["t1"].colour == "yellow" and page.colours["yellow"].isChecked()


def test_several_are_coloured_at_once(inspector: Inspector, session: Session) -> None:
    inspector.select_things(["f1", "t1"])
    page = inspector.thing_page
    assert page.heading.text() == "2 frames and notes selected" and page.colour_name.text() == "Several colours"
    QTest.mouseClick(page.colours["green"], Qt.MouseButton.LeftButton)
    graph = session.project.graph
    assert graph.frames["f1"].colour == graph.notes["t1"].colour == "green"


def test_what_is_gone_is_shown_no_more(inspector: Inspector, session: Session) -> None:
    inspector.select_things(["f1"])
    session.do("Delete frame", frames.remove_things(session.project, ["f1"]))
    assert inspector._stack.currentIndex() == SUMMARY


def test_every_colour_is_named_for_the_ear(inspector: Inspector) -> None:
    assert [button.accessibleName() for button in inspector.thing_page.colours.values()] == [
        "Blue", "Green", "Yellow", "Orange", "Red", "Purple", "Grey",
    ]  # fmt: skip
