"""What a node and a link say: names, fields, shapes, problems, tips, and layer types that are not known here."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from designer.compiler.analyse import analyse
from designer.compiler.problems import LinkPlace, NodePlace, Problem
from designer.compiler.report import Analysis, Report
from designer.gui.canvas.view import CanvasView
from designer.gui.wording import count_text, plain_tooltip
from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.model import Link, Node, Project
from tests.helpers.blocks import crossed
from tests.helpers.canvas import at_node, at_port, chain, click, drag, painted, shown

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(qtbot) -> CanvasView:
    return shown(qtbot, chain("table_input", "linear", "relu", "output"))


def test_a_node_says_what_it_is(view):
    view.set_analysis(Analysis((), {"n2": Report("n2", (64,), "NF", 12_345)}))
    item = view.canvas.nodes["n2"]
    node = view.session.project.graph.nodes["n2"]
    assert item.written.name_text == node.name and item.written.below_text == "Linear · 64"
    assert item.written.shape_text == "F 64" and item.written.count_text == "12.3 k params"
    click(view, at_node(view, "n2"))
    QApplication.processEvents()
    assert "12,345 parameters" in view.accessibleDescription() and node.name in view.accessibleDescription()


def test_a_field_that_changes_is_written_on_the_node(view):
    view.session.do("Set", edits.set_field(view.session.project, "n2", "out_features", 7))
    assert view.canvas.nodes["n2"].written.below_text == "Linear · 7"
    view.session.do("Rename", edits.rename(view.session.project, "n2", "hidden"))
    assert view.canvas.nodes["n2"].written.name_text == "hidden"


def test_problems_show_on_the_node_and_in_its_tip(view):
    clean = painted(view)
    problem = Problem("error", "size", NodePlace("n3"), "This does not fit <b>at all</b>.")
    view.set_analysis(Analysis((problem,)))
    assert view.canvas.nodes["n3"].severity == "error"
    with_error = painted(view)
    view.set_analysis(Analysis((Problem("warning", "size", NodePlace("n3"), "Careful."),)))
    assert len({clean, with_error, painted(view)}) == 3
    assert view.tip_at(at_node(view, "n3")) == "Careful."
    view.set_analysis(Analysis())
    assert painted(view) == clean


def test_problems_show_on_the_link(view):
    link = Link("n2", "out", "n3", "x")
    view.set_analysis(Analysis((Problem("error", "size", LinkPlace(link), "64 does not fit 10."),)))
    at = view.mapFromScene(view.canvas.links[link.ends].path.pointAtPercent(0.5))
    assert view.tip_at(at) == "64 does not fit 10."


def test_what_a_problem_was_about_may_be_gone(view):
    view.set_analysis(Analysis((Problem("error", "size", NodePlace("gone"), "No."),)))
    view.session.do("Delete", edits.remove(view.session.project, ["n2"]))
    view.session.undo()
    assert view.canvas.nodes["n2"].severity == ""


def test_tips_show_html_letter_by_letter(qtbot):
    evil = "<img src=x onerror=y><b>bold</b>"
    project = edits.rename(chain("linear"), "n1", evil)
    view = shown(qtbot, project)
    at = at_node(view, "n1")
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at)))
    assert "&lt;b&gt;bold&lt;/b&gt;" in QToolTip.text() and "<b>" not in QToolTip.text()
    QToolTip.hideText()
    assert view.canvas.nodes["n1"].written.name_text.startswith("<img")


@pytest.mark.alone
def test_very_long_and_odd_names_are_drawn_quickly(qtbot):
    project = chain("linear", "linear", "linear")
    for key, name in (("n1", "x" * 10_000), ("n2", "שלום עולם"), ("n3", "a\u200b\u2028b")):
        node = project.graph.nodes[key]
        project = Project(type(project.graph)({**project.graph.nodes, key: _named(node, name)}, project.graph.links))
    begun = time.perf_counter()
    view = shown(qtbot, project)
    painted(view)
    assert time.perf_counter() - begun < 2.0
    assert len(view.canvas.nodes["n1"].written.name_text) < 40
    assert len(view.tip_at(at_node(view, "n1"))) < 1000


def _named(node: Node, name: str) -> Node:
    from dataclasses import replace

    return replace(node, name=name)


def test_an_unknown_layer_type_is_a_placeholder_that_can_be_linked_and_moved(qtbot):
    project = edits.add_node(chain("linear"), Node("u1", "warp_drive", "engine", {"power": 9}, 260, 0))
    view = shown(qtbot, project)
    assert "warp_drive" in view.canvas.nodes["u1"].written.below_text
    assert "not known here" in view.tip_at(at_node(view, "u1"))
    drag(view, at_port(view, "n1", "out", True), at_port(view, "u1", "x1", False))
    assert view.session.project.graph.links[0].target == "u1"
    drag(view, at_node(view, "u1"), at_node(view, "u1") + QPoint(0, 80))
    assert view.session.project.graph.nodes["u1"].y == 80
    assert view.session.project.graph.nodes["u1"].fields == {"power": 9}


def test_links_to_ports_that_a_layer_does_not_have_are_drawn_all_the_same(qtbot):
    project = chain("linear", "relu")
    links = (Link("n1", "ghost", "n2", "nowhere"),)
    view = shown(qtbot, Project(type(project.graph)(project.graph.nodes, links)))
    item = view.canvas.links[links[0].ends]
    assert item.line.p1() == view.canvas.nodes["n1"].anchor("ghost", True)
    assert [place.name for place in view.canvas.nodes["n2"].inputs] == ["x", "nowhere"]


def test_counts_are_rounded_for_people():
    assert [count_text(n) for n in (0, 320, 999, 1234, 21_502, 999_600, 1_200_000, 10**13)] == [
        "0",
        "320",
        "999",
        "1.23 k",
        "21.5 k",
        "1 M",
        "1.2 M",
        "10 T",
    ]


def test_a_tip_is_cut_and_escaped():
    assert plain_tooltip("") == ""
    assert "<script>" not in plain_tooltip("<script>") and len(plain_tooltip("x" * 5000)) < 1000


def test_the_tip_of_a_place_among_many_says_which_it_is(qtbot):
    project = chain("linear", "add", gap=420)
    project = edits.add_node(project, replace(new_node(project.graph, "linear", 0, 200), id="n8", name="other"))
    view = shown(qtbot, edits.connect(project, Link("n8", "out", "n2", "x2"), ports_of))
    assert view.tip_at(at_port(view, "n2", "x1", False)).startswith("Input 1 of 2 of add1, fed by “linear1”")
    assert view.tip_at(at_port(view, "n2", "x2", False)).startswith("Input 2 of 2 of add1, fed by “other”")
    assert view.tip_at(at_port(view, "n2", "x3", False)).startswith("A free input of add1")
    assert view.tip_at(at_port(view, "n1", "x", False)).startswith("Input x of linear1")


def test_a_block_with_several_outputs_shows_how_many_and_their_shapes_in_the_tip(qtbot):
    project, key = crossed()
    view = shown(qtbot, project)
    view.set_analysis(analyse(project))
    item = view.canvas.nodes[key]
    assert item.written.shape_text == "2 outputs" and "2 outputs" in item.spoken
    for port in item.ports.outputs:
        shape = "×".join(["N", *map(str, item.report.shape_of(port.name).shape)])
        assert f"Output {port.shown}: {shape}" in item.tip
        assert f"Gives {shape}" in view.tip_at(at_port(view, key, port.name, True))
