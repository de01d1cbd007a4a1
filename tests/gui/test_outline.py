"""The outline panel: rows in running order, in step with the canvas both ways, edited by keys."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from designer.compiler.problems import NodePlace, Problem
from designer.compiler.report import Analysis, Report
from designer.gui.canvas.view import CanvasView
from designer.gui.panels.outline import OutlinePanel
from designer.gui.panels.outline_rows import BELOW, PATH, SHAPE, SIGN
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import catalog_of, new_node, ports_of
from designer.project import edits
from designer.project.blocks import type_of_block
from designer.project.model import Block, Graph, Link, Node, Project
from designer.workspace.scope import Scope
from designer.workspace.session import Session
from tests.helpers.canvas import chain

Key = Qt.Key


@pytest.fixture
def show(qtbot):
    """Shows a canvas and the outline of a project; answers (scope, canvas, outline)."""
    kept = []

    def shown(project, tested=True):
        scope = Scope(Session(project))
        canvas = CanvasView(scope, LIGHT)
        outline = OutlinePanel(scope, canvas, LIGHT)
        for widget, size in ((canvas, (800, 600)), (outline, (240, 600))):
            widget.resize(*size)
            widget.show()
            kept.append(widget)
        # it asserts that the model keeps to the rules of models
        if tested:
            kept.append(QAbstractItemModelTester(outline.rows, QAbstractItemModelTester.FailureReportingMode.Fatal))
        outline.activateWindow()
        qtbot.waitUntil(outline.isActiveWindow)
        return scope, canvas, outline

    yield shown
    for thing in reversed(kept):
        if isinstance(thing, QWidget):
            thing.close()
        thing.deleteLater()


def rows(outline, parent=None):
    parent = parent or QModelIndex()
    return [outline.found.index(row, 0, parent) for row in range(outline.found.rowCount(parent))]


def names(outline, parent=None):
    return [index.data() for index in rows(outline, parent)]


def with_block() -> Project:
    """n1 → use of block “Twice” (in1 → a → out1) → n3."""
    inside = Graph(
        {
            "in1": Node("in1", "block_input", "x", {}, 0, 0),
            "a": replace(new_node(Graph(), "relu", 250, 0), id="a", name="inner"),
            "out1": Node("out1", "block_output", "y", {}, 500, 0),
        },
        (Link("in1", "out", "a", "x"), Link("a", "out", "out1", "x")),
    )
    project = replace(chain("linear", "relu", "sigmoid"), blocks={"b": Block("Twice", inside)})
    nodes = dict(project.graph.nodes)
    nodes["n2"] = replace(catalog_of(project).new_node(project.graph, type_of_block("b"), 260, 0), id="n2")
    links = (Link("n1", "out", "n2", "in1"), Link("n2", "out1", "n3", "x"))
    return replace(project, graph=replace(project.graph, nodes=nodes, links=links))


def test_rows_stand_in_running_order_whatever_was_added_first(show):
    project = chain("linear", "relu", "sigmoid")
    project = edits.disconnect(project, project.graph.links)
    project = edits.connect(project, Link("n3", "out", "n1", "x"), ports_of)
    _, _, outline = show(project)
    assert names(outline) == ["relu1", "sigmoid1", "linear1"]


def test_a_row_says_type_fields_shape_and_problems(show):
    _, _, outline = show(chain("linear", "relu"))
    problem = Problem("error", "loose", NodePlace("n2"), "The input is not connected.")
    outline.set_analysis(Analysis((problem,), {"n1": Report("n1", (64,), "NF", 128)}))
    first, second = rows(outline)
    assert first.data(BELOW) == "Linear · 64" and first.data(SHAPE) == "64" and first.data(SIGN) == ""
    assert second.data(SIGN) == "error"
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "linear1, Linear · 64, output features 64"
    assert "The input is not connected." in second.data(Qt.ItemDataRole.AccessibleTextRole)


def test_the_selection_is_the_same_on_both_sides(show):
    _, canvas, outline = show(chain("linear", "relu", "sigmoid"))
    canvas.select(["n2"])
    assert [index.data(PATH) for index in outline.tree.selectionModel().selectedIndexes()] == [("n2",)]
    outline.tree.setFocus()
    QTest.keyClick(outline.tree, Key.Key_Down)
    assert canvas.selected() == ("n3",)
    QTest.keyClick(outline.tree, Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.selected() == ("n2", "n3")
    canvas.select([])
    assert not outline.tree.selectionModel().selectedIndexes()


def test_edits_reach_the_rows_and_undo_takes_them_back(show):
    scope, _, outline = show(chain("linear", "relu"))
    scope.do("Rename", edits.rename(scope.project, "n1", "first"))
    assert names(outline) == ["first", "relu1"]
    scope.do("Add", edits.add_node(scope.project, new_node(scope.project.graph, "sigmoid")))
    assert names(outline) == ["first", "relu1", "sigmoid1"]
    scope.undo()
    scope.undo()
    assert names(outline) == ["linear1", "relu1"]


def test_f2_renames_in_one_step(show, qtbot):
    scope, _, outline = show(chain("linear", "relu"))
    outline.tree.setFocus()
    outline.tree.setCurrentIndex(rows(outline)[0])
    QTest.keyClick(outline.tree, Key.Key_F2)
    line = outline.tree.findChild(QLineEdit)
    QTest.keyClicks(line, "start")
    QTest.keyClick(line, Key.Key_Return)
    qtbot.waitUntil(lambda: scope.history.can_undo)
    assert scope.project.graph.nodes["n1"].name == "start" and names(outline)[0] == "start"
    assert [step.label for step in scope.history.steps] == ["", "Rename linear1"]


def test_a_name_in_use_is_refused_with_a_reason(show, qtbot):
    scope, _, outline = show(chain("linear", "relu"))
    with qtbot.waitSignal(outline.refused) as refused:
        outline.found.setData(rows(outline)[0], "relu1")
    assert "relu1" in refused.args[0] and names(outline) == ["linear1", "relu1"]


def test_delete_deletes_the_selected_rows_in_one_step(show):
    scope, _, outline = show(chain("linear", "relu", "sigmoid"))
    outline.tree.setFocus()
    outline.tree.setCurrentIndex(rows(outline)[0])
    QTest.keyClick(outline.tree, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(outline.tree, Key.Key_Delete)
    assert names(outline) == ["sigmoid1"] and scope.history.undo_label == "Delete 2 layers"


def test_blocks_open_to_their_content_which_is_edited_there(show):
    scope, canvas, outline = show(with_block())
    use = rows(outline)[1]
    assert outline.found.hasChildren(use)
    outline.tree.expand(use)
    assert names(outline, use) == ["x", "inner", "y"]
    outline.tree.setFocus()
    outline.tree.setCurrentIndex(rows(outline, use)[1])
    assert canvas.selected() == ("n2",)
    wanted = []
    outline.node_wanted.connect(wanted.append)
    QTest.keyClick(outline.tree, Key.Key_Return)
    assert wanted == [("n2", "a")]
    QTest.keyClick(outline.tree, Key.Key_Delete)
    assert names(outline, rows(outline)[1]) == ["x", "y"]
    assert set(scope.whole.blocks["b"].graph.nodes) == {"in1", "out1"}
    scope.undo()
    assert names(outline, rows(outline)[1]) == ["x", "inner", "y"]


def test_entering_a_block_opens_its_row_and_selects_there(show):
    scope, canvas, outline = show(with_block())
    scope.enter("n2")
    canvas.select(["a"])
    assert [index.data(PATH) for index in outline.tree.selectionModel().selectedIndexes()] == [("n2", "a")]
    assert outline.tree.isExpanded(rows(outline)[1])


def test_the_filter_finds_in_blocks_too(show):
    _, _, outline = show(with_block())
    QTest.keyClicks(outline.filter, "inner")
    assert names(outline) == [rows(outline)[0].data()] and names(outline, rows(outline)[0]) == ["inner"]
    QTest.keyClick(outline.filter, Key.Key_Escape)
    assert len(rows(outline)) == 3


def test_an_empty_outline_says_what_it_is_for(show):
    scope, _, outline = show(Project())
    assert outline._stack.currentIndex() == 0
    scope.do("Add", chain("linear"))
    assert outline._stack.currentIndex() == 1
    outline.set_theme(DARK)
    assert not outline.grab().isNull()


@pytest.mark.alone
def test_an_edit_of_a_thousand_layers_costs_little(show):
    nodes = {f"n{place}": Node(f"n{place}", "relu", f"relu{place}", {}, 200.0 * place, 0) for place in range(1000)}
    links = tuple(Link(f"n{place}", "out", f"n{place + 1}", "x") for place in range(999))
    scope, _, outline = show(Project(Graph(nodes, links)), tested=False)
    spent = []
    for edit in (
        lambda project: edits.rename(project, "n500", "middle"),
        lambda project: edits.disconnect(project, [project.graph.links[400]]),
        lambda project: edits.remove(project, ["n10"]),
        lambda project: edits.connect(project, Link("n999", "out", "n11", "x"), ports_of),
    ):
        before, after = scope.whole, edit(scope.whole)
        scope.do("Edit", after)
        best = 1.0
        for new in (before, after) * 2:
            start = time.perf_counter()
            outline.rows.show_project(new)
            best = min(best, time.perf_counter() - start)
        spent.append(best)
    assert len(rows(outline)) == 999
    assert max(spent) < 0.01, spent


def test_many_rows_that_go_keep_what_is_open_current_and_in_sight(show):
    project = with_block()
    # each second of many goes: more stretches of rows than are told one by one
    for place in range(120):
        project = edits.add_node(project, new_node(project.graph, "relu", 260.0 * place, 300))
    scope, canvas, outline = show(project)
    block = next(index for index in rows(outline) if index.data(PATH) == ("n2",))
    outline.tree.expand(block)
    keys = [index.data(PATH)[0] for index in rows(outline)]
    loose = [key for key in keys if key not in ("n1", "n2", "n3")]
    canvas.select(loose[:2])
    outline.tree.verticalScrollBar().setValue(40)
    scope.do("Delete", edits.remove(scope.project, loose[10::2]))
    assert [index.data(PATH)[0] for index in rows(outline)] == [key for key in keys if key not in loose[10::2]]
    opened = next(index for index in rows(outline) if index.data(PATH) == ("n2",))
    assert outline.tree.isExpanded(opened) and names(outline, opened)
    chosen = {index.data(PATH)[0] for index in outline.tree.selectionModel().selectedIndexes()}
    assert chosen == set(loose[:2]) == set(canvas.selected())
    assert outline.tree.currentIndex().data(PATH)[0] in loose[:2]
    scope.undo()
    assert [index.data(PATH)[0] for index in rows(outline)] == keys
    assert outline.tree.isExpanded(next(index for index in rows(outline) if index.data(PATH) == ("n2",)))


def test_a_stretch_of_rows_goes_and_comes_at_once(show):
    scope, canvas, outline = show(chain("linear", *["relu"] * 60))
    told = []
    outline.rows.rowsRemoved.connect(lambda parent, first, last: told.append((first, last)))
    outline.rows.rowsInserted.connect(lambda parent, first, last: told.append((first, last)))
    canvas.select([f"n{place}" for place in range(11, 61)])
    canvas.delete_selection()
    scope.undo()
    assert told == [(10, 59), (10, 59)] and len(rows(outline)) == 61


def test_while_hidden_it_does_nothing_and_catches_up_when_shown(show):
    scope, canvas, outline = show(chain("linear", "relu"))
    outline.hide()
    told = []
    outline.rows.rowsInserted.connect(lambda *_: told.append("rows"))
    outline.tree.selectionModel().selectionChanged.connect(lambda *_: told.append("selection"))
    scope.do("Add", edits.add_node(scope.project, new_node(scope.project.graph, "sigmoid")))
    canvas.select(["n3"])
    outline.set_analysis(Analysis((Problem("error", "loose", NodePlace("n3"), "Loose."),)))
    assert not told
    outline.show()
    assert names(outline) == ["linear1", "relu1", "sigmoid1"] and rows(outline)[2].data(SIGN) == "error"
    assert [index.data(PATH) for index in outline.tree.selectionModel().selectedIndexes()] == [("n3",)]
