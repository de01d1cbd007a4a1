"""Bends: set on the grid, cleared, carried along with both nodes and copied with them."""

from __future__ import annotations

import math

import pytest

from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.bends import MOST_BENDS, clear_bends, set_bends
from designer.project.errors import EditError
from designer.project.file import from_text, to_text
from designer.project.model import Link, Project


def chain(*types):
    project = Project()
    for place, type_key in enumerate(types, 1):
        project = edits.add_node(project, new_node(project.graph, type_key, place * 260.0, 0.0))
        if place > 1:
            project = edits.connect(project, Link(f"n{place - 1}", "out", f"n{place}", "x"), ports_of)
    return project


def bent(points=((300.0, 100.0),)):
    project = chain("linear", "relu", "sigmoid")
    return set_bends(project, project.graph.links[0], points)


def test_bends_lie_on_the_grid_and_the_link_keeps_its_place():
    project = bent([(301.4, 98.7), (310, 120)])
    assert [link.bends for link in project.graph.links] == [((300.0, 100.0), (312.0, 120.0)), ()]
    assert from_text(to_text(project)).graph.links == project.graph.links


def test_what_changes_nothing_is_the_same_project():
    project = bent()
    assert set_bends(project, project.graph.links[0], [(300, 100)]) is project
    straight = clear_bends(project)
    assert clear_bends(straight) is straight


def test_clearing_some_or_all():
    project = set_bends(bent(), chain("linear", "relu", "sigmoid").graph.links[1], [(600, 40)])
    first, second = project.graph.links
    assert [link.bends for link in clear_bends(project, [second]).graph.links] == [first.bends, ()]
    assert [link.bends for link in clear_bends(project).graph.links] == [(), ()]


@pytest.mark.parametrize("points", [[(math.nan, 0)], [(0, 0)] * (MOST_BENDS + 1)])
def test_what_no_file_could_hold_is_refused(points):
    project = chain("linear", "relu")
    with pytest.raises(EditError):
        set_bends(project, project.graph.links[0], points)


def test_a_link_that_is_not_there_is_refused():
    with pytest.raises(EditError, match="not in the project"):
        set_bends(chain("linear", "relu"), Link("n2", "out", "n1", "x"), [])


def test_as_many_as_a_file_holds_come_back_from_it():
    project = bent([(number * 4, 0) for number in range(MOST_BENDS)])
    assert from_text(to_text(project)).graph.links == project.graph.links


def test_bends_move_only_when_both_nodes_move_the_same_way():
    project = bent()
    nodes = project.graph.nodes
    both = edits.move(project, {key: (nodes[key].x + 40, nodes[key].y - 20) for key in ("n1", "n2")})
    assert both.graph.links[0].bends == ((340.0, 80.0),)
    apart = edits.move(project, {"n1": (40, 0), "n2": (nodes["n2"].x, 80)})
    alone = edits.move(project, {"n1": (40, 0)})
    assert apart.graph.links == project.graph.links
    assert alone.graph.links == project.graph.links


def test_a_copy_of_both_nodes_has_the_bends_beside():
    project, _ = edits.duplicate(bent(), ["n1", "n2"], (40, 40))
    assert project.graph.links[-1].bends == ((340.0, 140.0),)


def test_a_layer_put_into_the_link_leaves_no_bends():
    project = bent()
    node = new_node(project.graph, "relu", 0.0, 300.0)
    project = edits.insert_on_link(project, node, project.graph.links[0], ports_of)
    assert len(project.graph.links) == 3 and all(not link.bends for link in project.graph.links)
