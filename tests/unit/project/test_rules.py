"""Link rules and the places of ports that take many links."""

from __future__ import annotations

from dataclasses import replace

from designer.project.model import Link
from designer.project.ports import Port, Ports
from designer.project.rules import find_path, free_place, places, quoted, refuse_link
from tests.helpers.projects import PORTS, ports_of, sample


def test_a_good_link_is_not_refused() -> None:
    assert refuse_link(sample().graph, Link("n1", "out", "n4", "x3"), ports_of) is None


def test_a_long_circle_is_told_briefly() -> None:
    graph = sample().graph
    nodes = {f"n{number}": replace(graph.nodes["n2"], id=f"n{number}", name=f"fc{number}") for number in range(50)}
    links = tuple(Link(f"n{number}", "out", f"n{number + 1}", "x") for number in range(49))
    graph = replace(graph, nodes=nodes, links=links)
    sentence = refuse_link(graph, Link("n49", "out", "n0", "x"), ports_of)
    assert sentence is not None
    assert sentence.endswith("“fc0” → “fc1” → “fc2” → “…” → “fc48” → “fc49” → “fc0”.".replace("“…”", "…"))


def test_the_lowest_free_place_of_a_many_port() -> None:
    graph, port = sample().graph, PORTS["concatenate"].inputs[0]
    assert free_place(graph, "n4", port) == "x3"
    assert places(graph, "n4", PORTS["concatenate"]) == ["x1", "x2", "x3"]
    holed = replace(graph, links=tuple(link for link in graph.links if link.target_port != "x1"))
    assert free_place(holed, "n4", port) == "x1"
    assert places(holed, "n4", PORTS["concatenate"]) == ["x1", "x2"]
    assert free_place(graph, "n5", Port("x")) == "x"
    assert places(graph, "n9", Ports((Port("query"), Port("x", many=True)))) == ["query", "x1"]


def test_paths_follow_the_flow() -> None:
    links = sample().graph.links
    assert find_path(links, "n1", "n5") == ["n1", "n2", "n4", "n5"]
    assert find_path(links, "n5", "n1") is None


def test_names_in_sentences_are_tame() -> None:
    assert quoted("a\nb") == "“a�b”"
    assert len(quoted("x" * 10_000)) == 62
