"""The finder: it searches in all graphs by name, type, value and problem, flies there, and leaves no trace."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from designer.compiler.problems import LinkPlace, NodePlace, Problem
from designer.compiler.report import Analysis
from designer.gui.canvas.finder import TYPING_MS, Finder
from designer.gui.canvas.finding import entries_of, find_nodes
from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import new_node
from designer.project import edits
from designer.project.model import Block, Graph, Link, Node, Project
from tests.helpers.canvas import chain, shown
from tests.helpers.window import rest, until

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def network() -> Project:
    """A long row, in it a block with a Tanh and a Linear, used twice."""
    project = chain("table_input", *["linear", "relu"] * 6, "output")
    project = edits.set_fields(project, "n6", {"out_features": 77})
    project = edits.rename(project, "n8", "bottleneck")
    inside = Graph({"in1": Node("in1", "block_input", "x")})
    inside = Graph({**inside.nodes, "n1": new_node(inside, "tanh", 260.0), "n2": Node("n2", "linear", "wide", x=520.0)})
    uses = {key: Node(key, "block:b", name, x=y, y=400.0) for key, name, y in (("n51", "one", 0), ("n52", "two", 300))}
    graph = replace(project.graph, nodes={**project.graph.nodes, **uses})
    return replace(project, graph=graph, blocks={"b": Block("Inner", inside)})


PROBLEMS = Analysis(
    problems=(
        Problem("error", "x", NodePlace("n4"), "The width 3 does not divide 10."),
        Problem("warning", "y", LinkPlace(Link("n9", "out", "n10", "x")), "Much is lost here."),
        Problem("error", "z", NodePlace("n2", path=("n51",)), "A layer without an output."),
    )
)


@pytest.fixture
def view(qtbot) -> CanvasView:
    view = shown(qtbot, network())
    view.zoom_to_actual_size()
    view.centerOn(view.canvas.nodes["n1"].rect().center())
    view.lookout.places.forget()
    view.lookout.places.settle()
    view.lookout.set_analysis(PROBLEMS)
    return view


def opened(view: CanvasView, text: str = "") -> Finder:
    QTest.keyClick(view, Qt.Key.Key_F, CONTROL)
    finder = view.lookout.finder
    assert finder.isVisible() and finder.field.hasFocus()
    if text:
        QTest.keyClicks(finder.field, text)
    return finder


def landed(view: CanvasView) -> None:
    # the flight begins once nothing more is typed
    rest(1.1 * TYPING_MS / 1000)
    until(lambda: not view.lookout.flight.flying)
    view.lookout.places.settle()


def nodes(finder: Finder) -> list[str]:
    return [hit.node for hit in finder.hits]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("bottleneck", ["n8"]), ("nn.tanh", ["n1"]), ("77", ["n6"]),
     ("out_features=77", ["n6"]), ("out features 77", ["n6"]),
     ("linear 77", ["n6"]),
     ("output", ["n14", "n2"]), ("problem", ["n4", "n10", "n2"]), ("problem divide", ["n4"]),
     ("lost", ["n10"]), ("qqq", []), ("", [])],
)  # fmt: skip
def test_nodes_are_found_by_all_that_is_known_of_them(view, typed, found):
    assert nodes(opened(view, typed)) == found


def test_typing_flies_to_the_first_and_enter_goes_on(view):
    finder = opened(view, "relu")
    assert finder.count.text() == "1 of 6"
    landed(view)
    assert view.visible_rect().contains(view.canvas.nodes["n3"].rect()) and view.selected() == ()
    for place, node in enumerate(["n3", "n5", "n7"], 1):
        QTest.keyClick(finder.field, Qt.Key.Key_Return)
        landed(view)
        assert finder.count.text() == f"{place} of 6" and view.selected() == (node,)
        assert view.visible_rect().contains(view.canvas.nodes[node].rect())
    QTest.keyClick(finder.field, Qt.Key.Key_Return, SHIFT)
    assert view.selected() == ("n5",)
    QTest.keyClick(finder.field, Qt.Key.Key_Escape)
    assert not finder.isVisible() and view.hasFocus() and view.selected() == ("n5",)
    assert not view.session.history.can_undo
    QTest.keyClick(view, Qt.Key.Key_F3)
    assert finder.isVisible() and finder.count.text() == "1 of 6"


def test_escape_without_a_choice_goes_back_where_one_was(view):
    before = view.lookout.places.here
    finder = opened(view, "output")
    landed(view)
    assert view.lookout.places.here != before
    QTest.keyClick(finder.field, Qt.Key.Key_Escape)
    landed(view)
    assert view.lookout.places.here == before


def test_back_returns_from_what_was_found(view):
    before = view.visible_rect().center()
    finder = opened(view, "n14 output")
    finder.field.setText("output")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    landed(view)
    QTest.keyClick(finder.field, Qt.Key.Key_Escape)
    view.lookout.places.back()
    landed(view)
    assert (view.visible_rect().center() - before).manhattanLength() < 5


def test_what_is_in_a_block_is_found_once_and_entered_by_enter(view):
    finder = opened(view, "tanh")
    assert finder.count.text() == "1 of 1 in a block" and view.session.path == ()
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert view.session.path == ("n51",) and view.selected() == ("n1",)
    landed(view)
    assert view.visible_rect().contains(view.canvas.nodes["n1"].rect())


def test_the_toggle_lists_nodes_with_problems(view):
    finder = opened(view)
    QTest.mouseClick(finder.problems, Qt.MouseButton.LeftButton)
    assert nodes(finder) == ["n4", "n10", "n2"] and finder.count.text() == "1 of 3"
    finder.set_analysis(Analysis())
    assert nodes(finder) == [] and finder.count.text() == "None"


def test_the_found_node_is_ringed_also_from_afar(view):
    view.set_zoom(0.3)
    finder = opened(view, "bottleneck")
    landed(view)
    box = finder._ring.boundingRect()
    assert finder._ring.isVisible() and box.contains(view.canvas.nodes["n8"].rect()) and view.zoom >= 0.45
    QTest.keyClick(finder.field, Qt.Key.Key_Escape)
    assert not finder._ring.isVisible()


def test_keys_of_the_canvas_are_letters_in_the_field(view):
    finder = opened(view)
    view.select(["n3"])
    QTest.keyClicks(finder.field, "fmh J")
    QTest.keyClick(finder.field, Qt.Key.Key_Backspace)
    assert finder.field.text() == "fmh " and "n3" in view.canvas.nodes
    QTest.keyClick(finder.field, Qt.Key.Key_D, CONTROL)
    assert len(view.canvas.nodes) == 16 and not view.hand


def test_it_lies_at_the_top_and_is_named(view):
    finder = opened(view)
    assert finder.geometry().top() < 20 and view.rect().contains(finder.geometry())
    view.resize(500, 400)
    assert view.rect().contains(finder.geometry())
    assert all(button.accessibleName() and button.toolTip() for button in finder.findChildren(QToolButton)
               if button.property("sign"))  # fmt: skip
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in finder.findChildren(QLabel))


def test_an_edit_while_it_is_open_is_heeded(view):
    finder = opened(view, "relu")
    view.session.do("Delete", edits.remove(view.session.project, ["n3", "n5"]))
    assert finder.count.text() == "1 of 4"
    view.session.undo()
    assert finder.count.text().endswith("of 6")


@pytest.mark.alone
def test_a_search_among_two_thousand_nodes_is_quick():
    import time

    project = Project(Graph({f"n{n}": Node(f"n{n}", "linear", f"fc{n}", {"out_features": n}) for n in range(2000)}))
    start = time.perf_counter()
    entries = entries_of(project, (), Analysis())
    made = time.perf_counter() - start
    start = time.perf_counter()
    assert len(find_nodes(entries, "linear 1999")) == 1
    assert time.perf_counter() - start < 0.016 and made < 0.25


def test_where_one_is_comes_first():
    project = network()
    hits = find_nodes(entries_of(project, ("n52",), Analysis()), "linear")
    assert hits[0].path == ("n52",) and [hit.path for hit in hits].count(("n52",)) == 1
