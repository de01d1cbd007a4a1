"""The search box: opened by keys and double-click, it finds by letters, and what is chosen lands where it was asked."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from designer.compiler.report import Analysis, Report
from designer.gui.canvas.bringing import LinkEnd
from designer.gui.canvas.search_box import SearchBox, open_search
from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import LAYERS, ports_of
from designer.project.model import Block, Graph, Node, Project
from designer.workspace.preferences import change_preferences, load_preferences
from tests.helpers.canvas import LEFT, NONE, at_node, chain, click, drag, shown

FREE = QPoint(500, 600)
KNOWN = Analysis(reports={"n1": Report("n1", (4,), "NF"), "n2": Report("n2", (8,), "NF")})
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _nothing_used_before() -> None:
    change_preferences(recent_layers=())


@pytest.fixture
def view(qtbot) -> CanvasView:
    return shown(qtbot, chain("table_input", "linear"))


def box_of(view: CanvasView) -> SearchBox | None:
    found = [box for box in view.window().findChildren(SearchBox) if box.isVisible()]
    assert len(found) <= 1
    return found[0] if found else None


def opened(view: CanvasView, at: QPoint = FREE) -> SearchBox:
    hover(view, at)
    QTest.keyClick(view, Qt.Key.Key_A, SHIFT)
    box = box_of(view)
    assert box is not None
    return box


def hover(view: CanvasView, at: QPoint) -> None:
    QTest.mouseMove(view.viewport(), at + QPoint(3, 3))
    QTest.mouseMove(view.viewport(), at)


def type_in(box: SearchBox, text: str) -> None:
    QTest.keyClicks(box.field, text)


def titles(box: SearchBox) -> list[str]:
    return [row.layer.title for row in box.rows.rows if row.layer is not None]


def headings(box: SearchBox) -> list[str]:
    return [row.heading for row in box.rows.rows if row.layer is None]


def added(view: CanvasView) -> Node:
    (key,) = view.selected()
    return view.session.project.graph.nodes[key]


def double_click(view: CanvasView, at: QPoint) -> None:
    QTest.mouseClick(view.viewport(), LEFT, NONE, at)
    QTest.mouseDClick(view.viewport(), LEFT, NONE, at)


@pytest.mark.parametrize("way", ["Shift+A", "Tab", "Space", "double-click"])
def test_every_way_opens_it_at_the_cursor(view, way):
    hover(view, FREE)
    if way == "Shift+A":
        QTest.keyClick(view, Qt.Key.Key_A, SHIFT)
    elif way == "Tab":
        QTest.keyClick(view, Qt.Key.Key_Tab)
    elif way == "Space":
        QTest.keyClick(view, Qt.Key.Key_Space)
    else:
        double_click(view, FREE)
    box = box_of(view)
    assert box is not None and box.field.hasFocus()
    QTest.keyClicks(box.field, "dense")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    node = added(view)
    assert node.type == "linear" and box_of(view) is None and view.hasFocus()
    assert view.canvas.nodes[node.id].rect().contains(view.mapToScene(FREE))
    assert view.session.history.undo_label == "Add Linear"
    view.session.undo()
    assert len(view.session.project.graph.nodes) == 2 and not view.session.history.can_undo


def test_space_that_is_held_to_pan_opens_nothing(view):
    before = view.mapToScene(0, 0)
    QTest.keyPress(view, Qt.Key.Key_Space)
    drag(view, FREE, FREE + QPoint(60, 10))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert box_of(view) is None and view.mapToScene(0, 0) != before


def test_a_double_click_on_a_node_is_for_the_node(view, qtbot):
    with qtbot.waitSignal(view.node_activated):
        double_click(view, at_node(view, "n2") + QPoint(40, 40))
    assert box_of(view) is None


def test_escape_and_a_click_elsewhere_close_it_without_a_trace(view):
    project = view.session.project
    box = opened(view)
    type_in(box, "conv")
    QTest.keyClick(box.field, Qt.Key.Key_Escape)
    assert box_of(view) is None and view.hasFocus()
    opened(view)
    click(view, QPoint(40, 40))
    assert box_of(view) is None
    assert view.session.project is project and not view.session.history.can_undo


@pytest.mark.parametrize(
    ("typed", "first"),
    [("Dense", "Linear"), ("FC", "Linear"), ("nn.Conv2d", "Conv2d"), ("torch.nn.ReLU", "ReLU"), ("bn2", "BatchNorm2d"),
     ("mp2d", "MaxPool2d"), ("liner", "Linear"), ("shortcut", "Add"), ("swish", "SiLU (Swish)")],
)  # fmt: skip
def test_letters_synonyms_and_pytorch_names_find(view, typed, first):
    box = opened(view)
    type_in(box, typed)
    assert titles(box)[0] == first


def test_a_category_finds_its_layers(view):
    box = opened(view)
    type_in(box, "pooling")
    assert {layer.title for layer in LAYERS.values() if layer.category == "Pooling"} <= set(titles(box))


def test_what_was_used_last_comes_first_while_nothing_is_typed(view):
    for typed in ("gelu", "conv2d"):
        box = opened(view)
        type_in(box, typed)
        QTest.keyClick(box.field, Qt.Key.Key_Return)
    box = opened(view)
    assert headings(box)[0] == "Recently used" and titles(box)[:2] == ["Conv2d", "GELU"]
    assert load_preferences().recent_layers == ("conv2d", "gelu")


def test_the_highlighted_layer_is_told_of(view):
    box = opened(view)
    type_in(box, "conv2d")
    assert LAYERS["conv2d"].summary == box.summary.text() and "nn.Conv2d" in box.title.text()
    QTest.keyClick(box.field, Qt.Key.Key_Down)
    assert box.layer is not None and box.layer.key != "conv2d" and box.layer.summary == box.summary.text()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in box.findChildren(QLabel) if label.text())
    assert box.accessibleName() and box.field.accessibleName() and box.list.accessibleName()


def test_arrows_and_pages_move_the_highlight_past_headings(view):
    box = opened(view)
    seen = [box.layer.key]
    for _ in range(len(titles(box)) - 1):
        QTest.keyClick(box.field, Qt.Key.Key_Down)
        seen.append(box.layer.key)
    assert seen[: len(LAYERS)] == list(LAYERS)
    QTest.keyClick(box.field, Qt.Key.Key_Down)
    assert box.layer.key == seen[0]
    QTest.keyClick(box.field, Qt.Key.Key_Up)
    assert box.layer.key == seen[-1]
    QTest.keyClick(box.field, Qt.Key.Key_PageUp)
    assert box.layer.key == seen[-9]
    QTest.keyClick(box.field, Qt.Key.Key_PageDown)
    assert box.layer.key == seen[-1]


def test_a_click_on_a_row_adds_it(view):
    box = opened(view)
    type_in(box, "conv")
    place = titles(box).index("ConvTranspose2d")
    at = box.list.visualRect(box.rows.index(place, 0)).center()
    QTest.mouseClick(box.list.viewport(), LEFT, NONE, at)
    assert added(view).type == "conv_transpose2d" and box_of(view) is None


def test_nothing_found_says_so_and_enter_does_nothing(view):
    box = opened(view)
    type_in(box, "qqqqq")
    assert titles(box) == [] and "No layer matches" in box.summary.text()
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert box_of(view) is box and not view.session.history.can_undo


def test_shift_enter_adds_after_the_selected_node_and_links_it(view):
    view.set_analysis(KNOWN)
    view.select(["n2"])
    box = opened(view)
    type_in(box, "relu")
    assert "Shift+Enter" in box.key_words.text() and "linear" in box.key_words.text()
    QTest.keyClick(box.field, Qt.Key.Key_Return, SHIFT)
    node = added(view)
    assert ("n2", "out", node.id, "x") in {link.ends for link in view.session.project.graph.links}
    assert node.x > view.session.project.graph.nodes["n2"].x + 192
    view.session.undo()
    assert set(view.session.project.graph.nodes) == {"n1", "n2"} and len(view.session.project.graph.links) == 1


def test_shift_enter_with_what_does_not_fit_does_nothing_and_says_why(view):
    view.set_analysis(KNOWN)
    view.select(["n2"])
    box = opened(view)
    type_in(box, "conv2d")
    assert "N×F" in box.key_words.text() and "Shift+Enter" not in box.key_words.text()
    QTest.keyClick(box.field, Qt.Key.Key_Return, SHIFT)
    assert box_of(view) is box
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert added(view).type == "conv2d" and len(view.session.project.graph.links) == 1


def test_from_an_output_only_what_takes_its_axes_is_offered_and_linked_in_one_step(view):
    view.set_analysis(KNOWN)
    open_search(view, FREE, LinkEnd("n2", "out", True))
    box = box_of(view)
    offered = set(titles(box))
    assert {"Linear", "ReLU", "Output", "Concatenate"} <= offered
    assert not {"Conv2d", "MaxPool2d", "Table input", "Image input"} & offered
    type_in(box, "concat")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    node = added(view)
    assert ("n2", "out", node.id, "x1") in {link.ends for link in view.session.project.graph.links}
    at = view.mapToScene(FREE)
    assert abs(view.canvas.nodes[node.id].rect().left() - at.x()) < 8
    view.session.undo()
    assert set(view.session.project.graph.nodes) == {"n1", "n2"}


def test_from_an_input_only_what_gives_its_axes_is_offered(qtbot):
    view = shown(qtbot, chain("conv2d", "relu"))
    open_search(view, FREE, LinkEnd("n1", "x", False))
    box = box_of(view)
    assert {"Image input", "Conv2d", "MaxPool2d", "ReLU"} <= set(titles(box))
    assert not {"Table input", "Output", "Embedding", "Global average pool"} & set(titles(box))
    type_in(box, "image input")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert (added(view).id, "out", "n1", "x") in {link.ends for link in view.session.project.graph.links}


def test_blocks_are_offered_but_not_where_they_would_contain_themselves(qtbot):
    inner = Graph({"in1": Node("in1", "block_input", "x"), "out1": Node("out1", "block_output", "out")})
    outer = Graph({**inner.nodes, "n1": Node("n1", "block:inner", "inner1")})
    blocks = {"inner": Block("Inner thing", inner), "outer": Block("Outer thing", outer)}
    view = shown(qtbot, Project(Graph({"n1": Node("n1", "block:outer", "outer1")}), blocks=blocks))
    box = opened(view)
    assert {"Inner thing", "Outer thing", "Table input"} <= set(titles(box)) and "Block input" not in titles(box)
    type_in(box, "inner th")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert added(view).type == "block:inner"
    assert view.session.enter("n1") and view.session.enter("n1")
    box = opened(view)
    assert "Block input" in titles(box) and "Block output" in titles(box)
    assert not {"Table input", "Output", "Inner thing", "Outer thing"} & set(titles(box))


def test_an_empty_canvas_takes_the_first_layer(qtbot):
    view = shown(qtbot, Project())
    box = opened(view)
    type_in(box, "table")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert added(view).type == "table_input"


def test_it_stays_within_the_window(view):
    for at in (QPoint(2, 2), QPoint(998, 2), QPoint(2, 698), QPoint(998, 698)):
        box = open_search(view, at)
        assert view.window().rect().contains(box.geometry())


@pytest.mark.alone
def test_a_keystroke_costs_less_than_a_frame(view):
    box = opened(view)
    worst = []
    for sign in "convtranspose2d":
        start = time.perf_counter()
        QTest.keyClick(box.field, sign)
        box.list.viewport().repaint()
        worst.append(time.perf_counter() - start)
    assert sorted(worst)[len(worst) // 2] < 0.016


def test_every_layer_can_be_added_by_its_title(qtbot):
    view = shown(qtbot, Project())
    for place, layer in enumerate(LAYERS.values(), 1):
        box = opened(view, QPoint(100, 100))
        # as from the clipboard: letter by letter all that lies between would be searched as well
        box.field.insert(layer.title)
        assert titles(box)[0] == layer.title
        QTest.keyClick(box.field, Qt.Key.Key_Return)
        assert len(view.session.project.graph.nodes) == place
    QApplication.processEvents()
    assert all(ports_of(node) for node in view.session.project.graph.nodes.values())
