"""Linking several layers in order: all of them or none."""

from __future__ import annotations

import pytest

from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.chaining import connect_in_order
from designer.project.errors import EditError
from designer.project.model import Link, Project
from designer.project.ports import Port, Ports
from designer.project.rules import places


def loose(*types):
    project = Project()
    for place, type_key in enumerate(types):
        project = edits.add_node(project, new_node(project.graph, type_key, place * 260.0, 0.0))
    return project


def order(project, *keys, fits=lambda source, output, port: True):
    return connect_in_order(project, keys, ports_of, fits)


def ends(project):
    return [link.ends for link in project.graph.links]


def test_each_feeds_the_next():
    project, drawn = order(loose("linear", "relu", "linear"), "n3", "n1", "n2")
    assert ends(project) == [("n3", "out", "n1", "x"), ("n1", "out", "n2", "x")] and drawn == 2


def test_a_port_that_takes_many_gives_a_free_place():
    project = edits.connect(loose("linear", "add", "linear"), Link("n1", "out", "n2", "x1"), ports_of)
    project, _ = order(project, "n3", "n2")
    assert ends(project)[-1] == ("n3", "out", "n2", "x2")
    assert places(project.graph, "n2", ports_of(project.graph.nodes["n2"])) == ["x1", "x2", "x3"]


def test_links_that_are_there_stay_and_the_rest_is_drawn():
    project = edits.connect(loose("linear", "relu", "linear"), Link("n1", "out", "n2", "x"), ports_of)
    project, drawn = order(project, "n1", "n2", "n3")
    assert len(project.graph.links) == 2 and drawn == 1
    with pytest.raises(EditError, match="already"):
        order(project, "n1", "n2", "n3")


@pytest.mark.parametrize(
    "types, keys, words",
    [
        (("linear", "table_input", "relu"), ("n1", "n2", "n3"), "has no inputs"),
        (("output", "relu"), ("n1", "n2"), "has no outputs"),
        (("linear",), ("n1",), "two layers"),
        (("linear", "relu"), ("n1", "n2", "n1"), "circle"),
    ],
)
def test_the_first_that_does_not_fit_says_why(types, keys, words):
    with pytest.raises(EditError, match=words):
        order(loose(*types), *keys)


def test_an_input_that_is_taken_says_by_what():
    project = edits.connect(loose("linear", "relu", "linear"), Link("n1", "out", "n2", "x"), ports_of)
    with pytest.raises(EditError, match="already fed by"):
        order(project, "n3", "n2")


def test_of_several_ports_the_free_ones_and_those_that_fit_come_first():
    two = Ports((Port("a"), Port("b")), (Port("left"), Port("right")))
    project = loose("linear", "linear", "linear")
    project, _ = connect_in_order(
        project, ["n1", "n2"], lambda node: two, lambda source, output, port: port.name == "b"
    )
    assert ends(project) == [("n1", "left", "n2", "b")]
    project, _ = connect_in_order(project, ["n1", "n3"], lambda node: two, lambda source, output, port: True)
    project, _ = connect_in_order(project, ["n3", "n2"], lambda node: two, lambda source, output, port: True)
    assert ends(project)[1:] == [("n1", "right", "n3", "a"), ("n3", "left", "n2", "a")]
