"""Where layers go: one dropped on a link that runs back to the next row stays where it was dropped."""

from __future__ import annotations

from dataclasses import replace

from designer.gui.canvas.placing import room_for
from designer.gui.canvas.view import CanvasView
from designer.gui.theme import LIGHT
from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.model import Link
from designer.workspace.session import Session
from tests.helpers.canvas import chain


def test_a_layer_on_a_link_to_the_next_row_stays_where_it_was_dropped() -> None:
    project = edits.move(chain("table_input", "linear", "output"), {"n2": (220.0, 0.0), "n3": (0.0, 170.0)})
    link = next(link for link in project.graph.links if link.target == "n3")
    dropped = replace(new_node(project.graph, "relu"), x=100.0, y=90.0)
    after = edits.insert_on_link(project, dropped, link, ports_of)
    assert room_for(after.graph, dropped.id, link, {}) == {dropped.id: (100.0, 90.0)}


def test_a_layer_on_a_link_to_the_right_gets_room() -> None:
    project = chain("table_input", "linear", "output")
    link = Link("n2", "out", "n3", "x")
    dropped = replace(new_node(project.graph, "relu"), x=400.0, y=0.0)
    places = room_for(edits.insert_on_link(project, dropped, link, ports_of).graph, dropped.id, link, {})
    assert places["n3"][0] > places[dropped.id][0] > project.graph.nodes["n2"].x


def test_tidy_up_never_makes_names_too_small_to_read(qtbot) -> None:
    session = Session.new(chain("table_input", *["linear"] * 14, "output", gap=10.0))
    view = CanvasView(session, LIGHT)
    qtbot.addWidget(view)
    view.resize(760, 390)
    view.show()
    view.tidy_up()
    assert view.zoom >= 0.5
    first = view.canvas.nodes["n1"].rect()
    assert view.visible_rect().contains(first)
