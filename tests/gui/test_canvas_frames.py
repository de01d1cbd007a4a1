"""Frames and notes by mouse and keys: made, carried, resized, written, coloured, copied and deleted, a step each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from designer.gui.canvas.context_menu import context_menu
from designer.gui.canvas.text_edit import NoteEdit, TitleEdit
from designer.gui.canvas.view import CanvasView
from designer.gui.theme import DARK
from designer.project import frames
from designer.project.model import Frame, Note, Project
from tests.helpers.canvas import at_node, chain, click, drag, painted, shown

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def framed() -> Project:
    """Three layers, the first two on a frame, with a note on it and a frame within."""
    project = frames.add_frame(
        chain("table_input", "linear", "output"), Frame("f1", "Part", "blue", -40, -80, 530, 320)
    )
    return frames.add_note(project, Note("t1", "why", x=0, y=110))


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    return shown(qtbot, framed())


def at(view: CanvasView, x: float, y: float) -> QPoint:
    return view.mapFromScene(QPointF(x, y))


def title(view: CanvasView, key: str = "f1") -> QPoint:
    return view.mapFromScene(view.canvas.things.frames[key].rect().topLeft() + QPointF(200, 16))


def graph(view: CanvasView):  # type: ignore[no-untyped-def]
    return view.session.project.graph


def steps(view: CanvasView) -> int:
    return len(view.session.history.steps)


def the_field(view: CanvasView, kind: type[QWidget]) -> QWidget:
    found = [field for field in view.findChildren(kind) if field.isVisible()]
    assert len(found) == 1
    return found[0]


def same_items(view: CanvasView) -> bool:
    things, now = view.canvas.things, graph(view)
    return (
        {key: item.frame for key, item in things.frames.items()} == dict(now.frames)
        and {key: item.note for key, item in things.notes.items()} == dict(now.notes)
        and all(item.rect() == QRectF(item.frame.x, item.frame.y, *item.size) for item in things.frames.values())
    )


def test_a_frame_round_the_selection_is_titled_in_the_same_step(qtbot: QtBot) -> None:
    view = shown(qtbot, chain("table_input", "linear", "output"))
    before, count = view.session.project, steps(view)
    view.select(["n1", "n2"])
    QTest.keyClick(view, Qt.Key.Key_F, CONTROL | SHIFT)
    field = the_field(view, TitleEdit)
    QTest.keyClicks(field, "Encoder")
    QTest.keyClick(field, Qt.Key.Key_Return)
    frame = graph(view).frames["f1"]
    assert frame.title == "Encoder"
    assert frames.lying_on(graph(view), "f1", view.canvas.sizes()) == {"n1", "n2"}
    assert steps(view) == count + 1 and view.canvas.selected_things() == ("f1",)
    view.session.undo()
    assert view.session.project == before and not view.canvas.things.frames


def test_an_empty_frame_appears_at_the_cursor(view: CanvasView) -> None:
    QTest.mouseMove(view.viewport(), QPoint(600, 550))
    view.select(())
    QTest.keyClick(view, Qt.Key.Key_F, CONTROL | SHIFT)
    QTest.keyClick(the_field(view, TitleEdit), Qt.Key.Key_Escape)
    assert view.canvas.things.frames["f2"].rect().contains(view.mapToScene(QPoint(600, 550)))
    assert graph(view).frames["f2"].title == ""


def test_a_dragged_title_carries_what_lies_on_the_frame(view: CanvasView) -> None:
    before, count = view.session.project, steps(view)
    drag(view, title(view), title(view) + QPoint(0, 80))
    now, was = graph(view), before.graph
    down = now.frames["f1"].y - was.frames["f1"].y
    assert down > 40 and steps(view) == count + 1
    assert [now.nodes[key].y - was.nodes[key].y for key in ("n1", "n2", "n3")] == [down, down, 0]
    assert now.notes["t1"].y - was.notes["t1"].y == down and same_items(view)
    view.session.undo()
    assert view.session.project == before and same_items(view)


def test_escape_puts_a_dragged_frame_back(view: CanvasView) -> None:
    before = view.session.project
    drag(view, title(view), title(view) + QPoint(30, 80), release=False)
    assert view.canvas.things.frames["f1"].y() != -80
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=title(view))
    assert view.session.project is before and same_items(view)
    assert view.canvas.nodes["n1"].pos() == QPointF(0, 0)


@pytest.mark.parametrize(
    ("x", "y", "sides"),
    [(490, 80, "right"), (-40, 80, "left"), (200, 240, "bottom"), (490, 240, "right bottom"), (-40, -80, "left top")],
)
def test_edges_and_corners_resize_and_carry_nothing(view: CanvasView, x: float, y: float, sides: str) -> None:
    before, count = graph(view), steps(view)
    start = at(view, x, y)
    drag(view, start, start + QPoint(48, 40))
    frame, was = graph(view).frames["f1"], before.frames["f1"]
    assert (frame.x != was.x) == ("left" in sides)
    assert (frame.y != was.y) == ("top" in sides)
    assert (frame.x + frame.width != was.x + was.width) == ("right" in sides)
    assert (frame.y + frame.height != was.y + was.height) == ("bottom" in sides)
    assert graph(view).nodes == before.nodes and steps(view) == count + 1


def test_resizing_stops_at_the_least_size_and_escape_undoes_it(view: CanvasView) -> None:
    start = at(view, 490, 80)
    drag(view, start, start - QPoint(900, 0), release=False)
    assert view.canvas.things.frames["f1"].size[0] == frames.LEAST_FRAME[0]
    before = view.session.project
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.session.project is before and view.canvas.things.frames["f1"].size[0] == 530


def test_cursors_announce_what_dragging_would_do(view: CanvasView) -> None:
    for point, shape in (
        (at(view, 490, 80), Qt.CursorShape.SizeHorCursor),
        (at(view, 200, 240), Qt.CursorShape.SizeVerCursor),
        (at(view, 490, 240), Qt.CursorShape.SizeFDiagCursor),
        (title(view), Qt.CursorShape.SizeAllCursor),
        (at(view, 400, 150), Qt.CursorShape.ArrowCursor),
    ):
        QTest.mouseMove(view.viewport(), point)
        assert view.viewport().cursor().shape() == shape


def test_the_title_is_edited_where_it_stands(view: CanvasView) -> None:
    count = steps(view)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=title(view))
    field = the_field(view, TitleEdit)
    QTest.keyClicks(field, "Encoder")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert graph(view).frames["f1"].title == "Encoder" and steps(view) == count + 1
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=title(view))
    field = the_field(view, TitleEdit)
    QTest.keyClicks(field, "other")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert graph(view).frames["f1"].title == "Encoder" and steps(view) == count + 1


def test_f2_writes_on_the_selected_frame(view: CanvasView) -> None:
    click(view, title(view))
    QTest.keyClick(view, Qt.Key.Key_F2)
    assert the_field(view, TitleEdit).hasFocus()


def test_control_and_arrows_nudge_a_frame_with_what_lies_on_it(view: CanvasView) -> None:
    click(view, title(view))
    QTest.keyClick(view, Qt.Key.Key_Down, CONTROL)
    assert (graph(view).frames["f1"].y, graph(view).nodes["n1"].y, graph(view).nodes["n3"].y) == (-76, 4, 0)


def test_a_note_is_added_written_and_kept_in_one_step(view: CanvasView) -> None:
    before, count = view.session.project, steps(view)
    QTest.mouseMove(view.viewport(), QPoint(500, 550))
    QTest.keyClick(view, Qt.Key.Key_N, SHIFT)
    field = the_field(view, NoteEdit)
    QTest.keyClicks(field, "<b>why</b>")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "two F d")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert graph(view).notes["t2"].text == "<b>why</b>\ntwo F d"
    assert steps(view) == count + 1 and len(graph(view).nodes) == 3
    view.session.undo()
    assert view.session.project == before


def test_a_click_elsewhere_ends_the_writing(view: CanvasView) -> None:
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, 60, 140))
    QTest.keyClicks(the_field(view, NoteEdit), "new")
    view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert graph(view).notes["t1"].text == "new"
    assert not [field for field in view.findChildren(NoteEdit) if field.isVisible()]


@pytest.mark.parametrize(("key", "kind"), [("f1", TitleEdit), ("t1", NoteEdit)])
def test_what_is_written_on_something_that_goes_goes_with_it(view: CanvasView, key: str, kind: type[QWidget]) -> None:
    view.canvas.select((), (), [key])
    QTest.keyClick(view, Qt.Key.Key_F2)
    QTest.keyClicks(the_field(view, kind), "never kept")
    view.session.do("Remove it elsewhere", frames.remove_things(view.session.project, [key]))
    assert not [field for field in view.findChildren(kind) if field.isVisible()]
    assert view.hasFocus()
    assert steps(view) == 2
    view.session.undo()
    assert same_items(view)


def test_delete_takes_the_frame_and_leaves_what_lay_on_it(view: CanvasView) -> None:
    click(view, title(view))
    assert view.canvas.selected_things() == ("f1",)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert not graph(view).frames and len(graph(view).nodes) == 3 and len(graph(view).notes) == 1
    assert same_items(view)


def test_the_band_selects_a_frame_only_when_wholly_inside(view: CanvasView) -> None:
    drag(view, at(view, 430, 220), at(view, 100, 120))
    assert view.canvas.selected_things() == ("t1",)
    drag(view, at(view, 600, 300), at(view, -60, -100))
    assert (
        view.canvas.selected_things() == ("f1", "t1") and view.selected() == ("n1", "n2", "n3")[: len(view.selected())]
    )


def test_copies_hold_frames_and_notes(view: CanvasView) -> None:
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(view, Qt.Key.Key_D, CONTROL)
    assert list(graph(view).frames) == ["f1", "f2"] and list(graph(view).notes) == ["t1", "t2"]
    assert view.canvas.selected_things() == ("f2", "t2")
    QTest.keyClick(view, Qt.Key.Key_X, CONTROL)
    assert list(graph(view).frames) == ["f1"] and len(graph(view).nodes) == 3
    QTest.keyClick(view, Qt.Key.Key_V, CONTROL)
    assert len(graph(view).frames) == 2 and len(graph(view).notes) == 2 and len(graph(view).nodes) == 6


def test_a_frame_is_copied_with_all_that_lies_on_it(view: CanvasView) -> None:
    click(view, title(view))
    QTest.keyClick(view, Qt.Key.Key_C, CONTROL)
    QTest.keyClick(view, Qt.Key.Key_V, CONTROL)
    assert [len(part) for part in (graph(view).nodes, graph(view).frames, graph(view).notes)] == [5, 2, 2]
    assert len(graph(view).links) == 3 and view.session.history.undo_label.startswith("Paste")
    view.session.undo()
    click(view, title(view))
    QTest.keyClick(view, Qt.Key.Key_D, CONTROL)
    assert [len(part) for part in (graph(view).nodes, graph(view).frames, graph(view).notes)] == [5, 2, 2]
    assert same_items(view)


def test_a_copied_frame_lies_clear_so_that_it_carries_only_its_own(view: CanvasView) -> None:
    click(view, title(view))
    QTest.keyClick(view, Qt.Key.Key_D, CONTROL)
    new = set(graph(view).nodes) - {"n1", "n2", "n3"}
    assert frames.lying_on(graph(view), "f2", view.canvas.sizes()) == {*new, "t2"}
    assert frames.lying_on(graph(view), "f1", view.canvas.sizes()) == {"n1", "n2", "t1"}


def test_a_frame_is_cut_with_all_that_lies_on_it_and_deleted_alone(view: CanvasView) -> None:
    before = view.session.project
    click(view, title(view))
    QTest.keyClick(view, Qt.Key.Key_X, CONTROL)
    assert list(graph(view).nodes) == ["n3"] and not graph(view).frames and not graph(view).notes
    view.session.undo()
    assert view.session.project is before
    click(view, title(view))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert len(graph(view).nodes) == 3 and not graph(view).frames


def test_a_colour_from_the_context_menu(view: CanvasView) -> None:
    click(view, title(view))
    menu = context_menu(view)
    inner = next(action.menu() for action in menu.actions() if action.text() == "&Colour")
    next(action for action in inner.actions() if action.text() == "Red").trigger()
    assert graph(view).frames["f1"].colour == "red"
    menu.deleteLater()


def test_frames_are_drawn_from_afar_and_in_the_dark(view: CanvasView) -> None:
    near = painted(view)
    view.set_theme(DARK)
    assert painted(view) != near
    view.set_zoom(0.2)
    with_frame = painted(view)
    view.editor.do("Delete", lambda project: frames.remove_things(project, ["f1"]))
    assert painted(view) != with_frame


def test_fit_shows_frames_and_notes_too(view: CanvasView) -> None:
    view.editor.do("Add note", lambda project: frames.add_note(project, Note("t9", "far", x=3000, y=2000)))
    QTest.keyClick(view, Qt.Key.Key_F)
    assert view.visible_rect().contains(view.canvas.things.rect())


def test_the_frame_is_named_aloud(view: CanvasView) -> None:
    click(view, title(view))
    QApplication.processEvents()
    assert view.accessibleDescription() == "Frame Part, blue"


def test_what_lies_on_a_frame_is_selected_by_a_command_and_back(view: CanvasView) -> None:
    click(view, at_node(view, "n1"))
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier | SHIFT)
    assert view.canvas.selected_things() == ("f1",) and not view.selected()
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier | SHIFT)
    assert view.selected() == ("n1", "n2") and view.canvas.selected_things() == ("f1", "t1")
