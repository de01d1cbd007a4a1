"""Dragging a layer from the palette: it shows where it lands and what it links with, and lands just so in one step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.compiler.report import Analysis, Report
from designer.gui.canvas.view import CanvasView
from designer.gui.layer_drag import dragged_layer, layer_mime
from designer.gui.palette import PaletteView
from designer.gui.theme import LIGHT
from designer.layers.catalog import new_node, ports_of
from designer.layers.ready_blocks import READY_BLOCKS
from designer.project import edits
from designer.project.model import Block, Graph, Link, Node, Project
from tests.helpers.canvas import chain, drop, hover_drop, shown

GRID = (("table_input", "linear", "relu"), ("linear", "relu", "linear"), ("linear", "relu", "linear"))


@pytest.fixture
def view(qtbot) -> CanvasView:
    view = shown(qtbot, chain("table_input", "linear"))
    view.zoom_to_actual_size()
    view.set_analysis(Analysis(reports={"n1": Report("n1", (4,), "NF"), "n2": Report("n2", (8,), "NF")}))
    return view


def rows() -> Project:
    """Three rows: data runs through the first; nodes of the others lie below and feed only one another."""
    project = Project()
    for y, types in enumerate(GRID):
        before = ""
        for x, type_key in enumerate(types):
            node = new_node(project.graph, type_key, 250.0 * x, 110.0 * y)
            project = edits.add_node(project, node)
            if before:
                project = edits.connect(project, Link(before, "out", node.id, "x"), ports_of)
            before = node.id
    return project


def right_of(view: CanvasView, key: str, gap: float = 90.0) -> QPoint:
    box = view.canvas.nodes[key].rect()
    return view.mapFromScene(QPointF(box.right() + gap + 96, box.center().y()))


def overlapping(view: CanvasView) -> list[tuple[str, str]]:
    boxes = {key: item.rect() for key, item in view.canvas.nodes.items()}
    return [(a, b) for a in boxes for b in boxes if a < b and boxes[a].intersects(boxes[b])]


def test_near_a_free_output_a_draft_link_is_shown_and_made(view):
    at = right_of(view, "n2")
    load = hover_drop(view, "relu", at)
    assert view.canvas.ghost is not None and view.canvas.draft.isVisible() and load is not None
    assert drop(view, "relu", at)
    assert not view.canvas.draft.isVisible() and view.canvas.ghost is None
    (key,) = view.selected()
    assert ("n2", "out", key, "x") in {link.ends for link in view.session.project.graph.links}
    view.session.undo()
    assert set(view.session.project.graph.nodes) == {"n1", "n2"} and not view.session.history.can_undo


def test_far_from_every_port_nothing_is_linked(view):
    at = right_of(view, "n2", 170.0)
    hover_drop(view, "relu", at)
    assert view.canvas.ghost is not None and not view.canvas.draft.isVisible()
    drop(view, "relu", at)
    assert len(view.session.project.graph.links) == 1


def test_a_port_that_is_taken_or_does_not_fit_is_not_meant(view):
    hover_drop(view, "conv2d", right_of(view, "n2"))
    assert not view.canvas.draft.isVisible()
    box = view.canvas.nodes["n1"].rect()
    hover_drop(view, "relu", view.mapFromScene(QPointF(box.right() + 100, box.bottom() + 90)))
    assert not view.canvas.draft.isVisible()


def test_between_two_nodes_both_ends_are_linked(qtbot):
    project = edits.move(chain("table_input", "linear"), {"n2": (480.0, 0.0)})
    project = edits.disconnect(project, project.graph.links)
    view = shown(qtbot, project)
    view.zoom_to_actual_size()
    drop(view, "relu", view.mapFromScene(QPointF(336, 36)))
    (key,) = view.selected()
    ends = {link.ends for link in view.session.project.graph.links}
    assert ends == {("n1", "out", key, "x"), (key, "out", "n2", "x")}


def test_leaving_the_canvas_leaves_nothing(view):
    hover_drop(view, "relu", right_of(view, "n2"))
    QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
    assert view.canvas.ghost is None and not view.canvas.draft.isVisible()


@pytest.mark.parametrize("link", [0, 1])
def test_a_drop_on_a_link_makes_room_and_covers_nothing(qtbot, link):
    view = shown(qtbot, rows())
    target = view.session.project.graph.links[link]
    before = {key: (item.x(), item.y()) for key, item in view.canvas.nodes.items()}
    path = view.canvas.links[target.ends].path
    drop(view, "dropout", view.mapFromScene(path.pointAtPercent(0.5)))
    (key,) = view.selected()
    ends = {one.ends for one in view.session.project.graph.links}
    assert (target.source, "out", key, "x") in ends and (key, "out", target.target, "x") in ends
    assert overlapping(view) == []
    assert all((view.canvas.nodes[low].x(), view.canvas.nodes[low].y()) == before[low] for low in ("n4", "n5", "n6"))
    view.session.undo()
    assert {key: (item.x(), item.y()) for key, item in view.canvas.nodes.items()} == before


def test_a_node_in_the_way_of_what_moves_moves_along(qtbot):
    project = chain("table_input", "linear", "relu")
    project = edits.add_node(project, replace(new_node(project.graph, "tanh"), x=740.0, y=40.0))
    view = shown(qtbot, project)
    assert overlapping(view) == []
    link = view.session.project.graph.links[0]
    drop(view, "dropout", view.mapFromScene(view.canvas.links[link.ends].path.pointAtPercent(0.5)))
    assert len(view.canvas.nodes) == 5 and overlapping(view) == []


@pytest.mark.alone
def test_an_insertion_into_a_long_row_is_quick(qtbot):
    import time

    from designer.gui.canvas.placing import room_for

    project = chain("table_input", *["linear"] * 1500, "output")
    dropped = replace(new_node(project.graph, "relu"), x=300.0, y=0.0)
    link = project.graph.links[0]
    after = edits.insert_on_link(project, dropped, link, ports_of)
    start = time.perf_counter()
    places = room_for(after.graph, dropped.id, link, {})
    assert time.perf_counter() - start < 0.25 and len(places) == 1502


def test_blocks_are_dragged_too_and_only_to_where_they_can_be(qtbot):
    ends = {"in1": Node("in1", "block_input", "x"), "out1": Node("out1", "block_output", "out")}
    block = Block("Mine", Graph({**ends, "n1": new_node(Graph(), "relu")}))
    project = replace(chain("table_input", "linear"), blocks={"mine": block})
    view = shown(qtbot, replace(project, graph=edits.add_node(project, Node("n7", "block:mine", "m", y=300.0)).graph))
    assert dragged_layer(layer_mime("block:mine")) == "block:mine" and dragged_layer(layer_mime("nonsense")) == ""
    assert drop(view, "block:mine", QPoint(500, 600))
    assert view.session.project.graph.nodes[view.selected()[0]].type == "block:mine"
    count = len(view.session.project.graph.nodes)
    assert not drop(view, "block:gone", QPoint(500, 600)) and not drop(view, "block_input", QPoint(500, 600))
    view.session.enter("n7")
    assert not drop(view, "block:mine", QPoint(500, 600)) and not drop(view, "table_input", QPoint(500, 600))
    assert drop(view, "block_input", QPoint(500, 600))
    view.session.leave()
    assert len(view.session.project.graph.nodes) == count


def test_a_ready_block_becomes_one_of_the_project_in_one_step(view):
    key = next(iter(READY_BLOCKS))
    hover_drop(view, f"ready:{key}", QPoint(500, 600))
    assert view.canvas.ghost is not None and view.canvas.ghost.type_title == READY_BLOCKS[key].name
    for count in (1, 2):
        assert drop(view, f"ready:{key}", QPoint(200 * count, 600))
        project = view.session.project
        assert project.graph.nodes[view.selected()[0]].type == f"block:{key}" and list(project.blocks) == [key]
    view.session.undo()
    view.session.undo()
    assert not view.session.project.blocks and not view.session.history.can_undo


def test_the_palette_lists_blocks_and_follows_the_graph(view, qtbot):
    palette = PaletteView(LIGHT)
    qtbot.addWidget(palette)
    palette.follow(view.session)
    key, ready = next(iter(READY_BLOCKS.items()))
    exact = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive

    def under(heading: str) -> list[str]:
        found = [item for item in palette.tree.findItems(heading, Qt.MatchFlag.MatchExactly) if item.childCount()]
        return [found[0].child(row).text(0) for row in range(found[0].childCount())] if found else []

    assert ready.name in under("Ready blocks") and under("Blocks") == []
    assert drop(view, f"ready:{key}", QPoint(500, 600))
    assert under("Blocks") == [ready.name] and ready.name not in under("Ready blocks")
    QTest.keyClicks(palette.search, ready.name)
    assert palette.tree.current_key() == f"block:{key}"
    palette.search.clear()
    assert palette.tree.findItems("Table input", exact) and not palette.tree.findItems("Block input", exact)
    view.session.enter(view.selected()[0])
    assert palette.tree.findItems("Block input", exact) and not palette.tree.findItems("Table input", exact)
    assert under("Blocks") == []
