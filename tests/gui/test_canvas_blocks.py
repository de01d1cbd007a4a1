"""Blocks on the canvas: made, named, entered, left, unpacked, repeated, made unique, each as a person does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from designer.gui.canvas.block_naming import BlockNameEditor, RepeatBox
from designer.gui.canvas.context_menu import context_menu
from designer.gui.canvas.view import CanvasView
from designer.project import edits
from designer.workspace.library import library_blocks, list_library
from tests.helpers.canvas import at_node, chain, click, shown

KEY, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    return shown(qtbot, chain("table_input", "linear", "relu", "linear", "output", gap=220.0))


def key(view: CanvasView, pressed: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(view, pressed, modifiers)


def steps(view: CanvasView) -> int:
    return view.session.history.index


def editor(view: CanvasView) -> QLineEdit:
    (found,) = [each for each in view.viewport().findChildren(BlockNameEditor) if each.isVisible()]
    return found


def made(view: CanvasView, *nodes: str, name: str = "") -> str:
    """Make these nodes a block with the keyboard; the id of its use."""
    view.select(nodes or ("n2", "n3"))
    key(view, KEY.Key_G, CTRL)
    line = editor(view)
    if name:
        QTest.keyClicks(line, name)
        QTest.keyClick(line, KEY.Key_Return)
    else:
        QTest.keyClick(line, KEY.Key_Escape)
    (use,) = view.selected()
    return use


def test_a_selection_becomes_a_block_named_in_place_in_one_step(view: CanvasView) -> None:
    before = view.session.project
    view.setFocus()
    use = made(view, name="Hidden layer")
    assert steps(view) == 1
    assert view.session.project.graph.nodes[use].type == "block:hidden_layer"
    assert view.session.project.blocks["hidden_layer"].name == "Hidden layer"
    assert set(view.canvas.nodes) == {"n1", use, "n4", "n5"}
    key(view, KEY.Key_Z, CTRL)
    assert view.session.project == before


def test_escape_keeps_the_block_with_a_name_of_its_own(view: CanvasView) -> None:
    use = made(view)
    assert view.session.project.graph.nodes[use].name == "block1" and steps(view) == 1
    assert view.hasFocus()


def test_a_block_lies_in_the_middle_of_what_it_replaces(view: CanvasView) -> None:
    nodes = view.session.project.graph.nodes
    middle = (nodes["n2"].x + nodes["n3"].x) / 2
    use = made(view)
    assert view.session.project.graph.nodes[use].x == middle


def test_what_makes_no_block_is_refused_with_a_reason(view: CanvasView) -> None:
    said: list[str] = []
    view.refused.connect(said.append)
    for chosen in ((), ("n1", "n2"), ("n2", "n4")):
        view.select(chosen)
        key(view, KEY.Key_G, CTRL)
    assert steps(view) == 0
    assert "Select the layers" in said[0] and "Inputs and outputs" in said[1]
    assert "“linear1” → “relu1” → “linear2”" in said[2]


def test_one_enters_by_double_click_and_comes_back_by_escape_to_the_same_sight(view: CanvasView) -> None:
    use = made(view)
    view.set_zoom(0.8)
    before = view.visible_rect().center()
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at_node(view, use))
    assert view.session.path == (use,)
    assert set(view.canvas.nodes) == {"in1", "n2", "n3", "out1"}
    assert view.breadcrumb.isVisible() and [crumb.text() for crumb in view.breadcrumb.crumbs] == ["Network", "block1"]
    assert view.breadcrumb.about.text() == "Block · used once"
    key(view, KEY.Key_Escape)
    assert view.session.path == () and not view.breadcrumb.isVisible()
    assert view.zoom == pytest.approx(0.8)
    assert (view.visible_rect().center() - before).manhattanLength() < 3
    assert view.selected() == (use,)
    assert steps(view) == 1


def test_one_enters_and_leaves_by_keys_and_by_the_breadcrumb(view: CanvasView) -> None:
    use = made(view)
    key(view, KEY.Key_Return, CTRL)
    assert view.session.path == (use,)
    key(view, KEY.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert view.session.path == ()
    key(view, KEY.Key_Return, CTRL)
    inner = made(view, "n2", name="Inner")
    key(view, KEY.Key_Return, CTRL)
    assert view.session.path == (use, inner)
    assert [crumb.text() for crumb in view.breadcrumb.crumbs] == ["Network", "block1", "inner1"]
    QTest.mouseClick(view.breadcrumb.crumbs[1], Qt.MouseButton.LeftButton)
    assert view.session.path == (use,) and view.selected() == (inner,)
    QTest.mouseClick(view.breadcrumb.crumbs[0], Qt.MouseButton.LeftButton)
    assert view.session.path == () and view.hasFocus()


def test_an_edit_inside_changes_all_uses_and_undo_leads_there(view: CanvasView) -> None:
    use = made(view)
    key(view, KEY.Key_D, CTRL)
    (other,) = view.selected()
    view.select([use])
    key(view, KEY.Key_Return, CTRL)
    assert "used 2 times: all change" in view.breadcrumb.about.text()
    view.select(["n3"])
    key(view, KEY.Key_Delete)
    block = view.session.whole.blocks["block"]
    assert "n3" not in block.graph.nodes
    view.session.look_at(())
    key(view, KEY.Key_Z, CTRL)
    assert view.session.path in ((use,), (other,)) and "n3" in view.canvas.nodes
    key(view, KEY.Key_Z, CTRL)
    assert view.session.path == () and other not in view.canvas.nodes
    key(view, KEY.Key_Y, CTRL)
    assert other in view.canvas.nodes


def test_undoing_the_block_that_one_stands_in_leads_outside(view: CanvasView) -> None:
    made(view)
    key(view, KEY.Key_Return, CTRL)
    key(view, KEY.Key_Z, CTRL)
    assert view.session.path == () and set(view.canvas.nodes) == {"n1", "n2", "n3", "n4", "n5"}


def test_unpacking_gives_back_what_was_in_one_step(view: CanvasView) -> None:
    before = {node.name: (node.type, node.x, node.y) for node in view.session.project.graph.nodes.values()}
    made(view)
    key(view, KEY.Key_G, CTRL | SHIFT)
    assert {node.name: (node.type, node.x, node.y) for node in view.session.project.graph.nodes.values()} == before
    assert len(view.selected()) == 2 and steps(view) == 2


def test_repeating_is_asked_beneath_the_block(view: CanvasView) -> None:
    use = made(view)
    key(view, KEY.Key_R, CTRL)
    (box,) = view.viewport().findChildren(RepeatBox)
    QTest.keyClicks(box.spin, "4")
    QTest.keyClick(box.spin, KEY.Key_Escape)
    assert view.session.project.graph.nodes[use].fields["repeat"] == 1 and steps(view) == 1
    QApplication.processEvents()
    key(view, KEY.Key_R, CTRL)
    (box,) = [each for each in view.viewport().findChildren(RepeatBox) if each.isVisible()]
    QTest.keyClicks(box.spin, "4")
    QTest.keyClick(box.spin, KEY.Key_Return)
    assert view.session.project.graph.nodes[use].fields["repeat"] == 4 and steps(view) == 2
    assert view.hasFocus()


def test_the_context_menu_offers_what_can_be_done_with_a_block(view: CanvasView) -> None:
    use = made(view)
    by_words = {action.text().split("\t")[0].replace("&", ""): action for action in context_menu(view).actions()}
    share = by_words["Share weights"]
    assert share.isCheckable() and not share.isChecked()
    share.trigger()
    assert view.session.project.graph.nodes[use].fields["shared"] is True
    by_words = {action.text().split("\t")[0].replace("&", ""): action for action in context_menu(view).actions()}
    assert by_words["Share weights"].isChecked() and "Make it unique" not in by_words
    view.select(["n1"])
    words = {action.text().split("\t")[0].replace("&", "") for action in context_menu(view).actions()}
    assert "Unpack" not in words and "Make block" in words


def test_a_block_is_applied_at_each_step_and_says_so(view: CanvasView) -> None:
    use = made(view, name="Frame")
    key(view, KEY.Key_S, CTRL | Qt.KeyboardModifier.AltModifier)
    item = view.canvas.nodes[use]
    assert view.session.project.graph.nodes[use].fields["each_step"] is True
    assert item.written.below_text == "Frame · at each step" and not item.written.changed
    assert "at each step" in item.spoken
    by_words = {action.text().split("\t")[0].replace("&", ""): action for action in context_menu(view).actions()}
    assert by_words["Apply at each step"].isChecked()
    view.session.undo()
    assert view.canvas.nodes[use].written.below_text == "Frame" and steps(view) == 1
    assert view.session.project.graph.nodes[use].fields["each_step"] is False


def test_a_use_is_made_unique(view: CanvasView) -> None:
    use = made(view)
    key(view, KEY.Key_D, CTRL)
    key(view, KEY.Key_U, CTRL | SHIFT)
    (other,) = view.selected()
    project = view.session.project
    assert project.graph.nodes[other].type == "block:block2" and project.graph.nodes[use].type == "block:block"
    key(view, KEY.Key_Return, CTRL)
    view.select(["n3"])
    key(view, KEY.Key_Delete)
    assert "n3" in view.session.whole.blocks["block"].graph.nodes


def test_a_copied_use_is_a_use_of_the_same_block(view: CanvasView) -> None:
    use = made(view)
    key(view, KEY.Key_C, CTRL)
    key(view, KEY.Key_V, CTRL)
    (other,) = view.selected()
    nodes = view.session.project.graph.nodes
    assert nodes[other].type == nodes[use].type and len(view.session.project.blocks) == 1


def test_a_block_cannot_be_pasted_into_itself(view: CanvasView) -> None:
    said: list[str] = []
    view.refused.connect(said.append)
    made(view)
    key(view, KEY.Key_C, CTRL)
    key(view, KEY.Key_Return, CTRL)
    before = view.session.whole
    key(view, KEY.Key_V, CTRL)
    assert view.session.whole is before and "cannot contain itself" in said[-1]


def test_a_port_deleted_inside_leaves_no_loose_link_outside(view: CanvasView) -> None:
    use = made(view)
    key(view, KEY.Key_Return, CTRL)
    view.select(["in1"])
    key(view, KEY.Key_Delete)
    assert not [link for link in view.session.whole.graph.links if link.target == use]
    assert steps(view) == 2
    key(view, KEY.Key_Escape)
    key(view, KEY.Key_Escape)
    assert view.session.path == ()
    view.grab()


def test_a_block_is_kept_in_the_library_once(view: CanvasView) -> None:
    made(view, name="Hidden")
    words = {action.text().split("\t")[0].replace("&", ""): action for action in context_menu(view).actions()}
    words["Keep in my library"].trigger()
    words["Keep in my library"].trigger()
    assert list(library_blocks()) == ["Hidden"]
    assert list_library().entries["Hidden"].block == view.session.project.blocks["hidden"]
    assert steps(view) == 1


def test_frames_around_the_selection_go_along(view: CanvasView) -> None:
    from designer.project.frames import add_frame
    from designer.project.model import Frame

    frame = Frame("f1", "Hidden", x=200.0, y=-60.0, width=460.0, height=200.0)
    view.session.do("Frame", add_frame(view.session.project, frame))
    made(view)
    assert not view.session.project.graph.frames
    assert list(view.session.project.blocks["block"].graph.frames) == ["f1"]


def test_a_small_view_shows_the_crumbs_without_the_words_about_uses(view: CanvasView) -> None:
    made(view)
    key(view, KEY.Key_Return, CTRL)
    view.resize(170, 300)
    QApplication.processEvents()
    assert not view.breadcrumb.about.isVisible() and view.breadcrumb.geometry().right() <= 170


def test_clicking_a_crumb_is_no_click_on_the_canvas(view: CanvasView) -> None:
    use = made(view)
    key(view, KEY.Key_Return, CTRL)
    project = view.session.whole
    click(view, at_node(view, "n2"))
    QTest.mouseClick(view.breadcrumb, Qt.MouseButton.LeftButton)
    assert view.session.path == (use,) and view.session.whole is project


def test_unused_blocks_stay_until_they_are_removed(view: CanvasView) -> None:
    from designer.gui.canvas.block_gestures import has_unused, remove_unused

    use = made(view)
    view.session.do("Delete", edits.remove(view.session.project, [use]))
    assert has_unused(view) and remove_unused(view)
    assert not view.session.project.blocks
