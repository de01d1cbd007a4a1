"""The quick check of a node or a link refuses what no project file could hold, and nothing else."""

from __future__ import annotations

import math

import pytest

from designer.project.errors import ProjectError
from designer.project.forms import check_link, check_node, link_from, link_to, node_from, node_to
from designer.project.model import Link, Node

NODES = [
    Node("n1", "linear", "linear1", {"out_features": 8, "bias": True, "slope": 0.5, "of": (1, ("a",))}, 1.0, -2.5),
    Node("n1", "linear", "linear1", bypassed=True, extra={"later": [1, 2]}),
    Node("", "linear", "linear1"),
    Node("n1", "", "linear1"),
    Node("n1", "linear", "x" * 100_001),
    Node("n1", "linear", "half \ud800"),
    Node("n1", "linear", "linear1", x=math.inf),
    Node("n1", "linear", "linear1", y=2e6),
    Node("n1", "linear", "linear1", {"x" * 201: 1}),
    Node("n1", "linear", "linear1", {"size": 2**63}),
    Node("n1", "linear", "linear1", {"size": math.nan}),
    Node("n1", "linear", "linear1", {"size": None}),  # type: ignore[dict-item]
    Node("n1", "linear", "linear1", {"size": object()}),  # type: ignore[dict-item]
]
LINKS = [
    Link("n1", "out", "n2", "x"),
    Link("n1", "out", "n2", "x", ((1.0, 2.0),), {"later": 1}),
    Link("", "out", "n2", "x"),
    Link("n1", "out", "n2", "x" * 201),
    Link("n1", "out", "n2", "\udfff"),
    Link("n1", "out", "n2", "x", ((math.inf, 0.0),)),
    Link("n1", "out", "n2", "x", ((0.0, 0.0),) * 101),
]


def said(check: object, *values: object) -> str:
    """The sentence of a refusal; empty where there is none."""
    try:
        check(*values)  # type: ignore[operator]
    except ProjectError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("node", NODES, ids=range(len(NODES)))
def test_a_node_is_refused_as_its_file_would_be(node: Node) -> None:
    assert said(check_node, node, "The layer") == said(lambda: node_from(node_to(node), "The layer"))


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
def test_a_link_is_refused_as_its_file_would_be(link: Link) -> None:
    assert said(check_link, link, "The link") == said(lambda: link_from(link_to(link), "The link"))


def test_some_are_sound_and_some_are_not() -> None:
    assert [bool(said(check_node, node, "")) for node in NODES].count(False) == 4
    assert [bool(said(check_link, link, "")) for link in LINKS].count(False) == 3
