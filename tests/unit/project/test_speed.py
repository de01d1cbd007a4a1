"""Edits on a large graph stay far below what a person notices."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from designer.project import edits
from designer.project.diff import diff
from designer.project.file import from_text, to_text
from designer.project.model import Graph, Link, Node, Project
from tests.helpers.projects import ports_of


def large() -> Project:
    """2,000 nodes with 4,000 links."""
    fields = {"out_features": 8, "bias": True, "size": (3, 3)}
    nodes = {f"n{n}": Node(f"n{n}", "concatenate", f"join{n}", fields, x=float(n)) for n in range(1, 2001)}
    links = tuple(
        Link(f"n{max(1, n - step)}", "out", f"n{n}", f"x{place}")
        for n in range(2, 2001)
        for place, step in ((1, 1), (2, 7))
    )
    return Project(Graph(nodes, links))


PROJECT = large()
LINK = Link("n5", "out", "n1990", "x7")


@pytest.mark.alone
@pytest.mark.parametrize(
    ("action", "milliseconds"),
    [
        (lambda: edits.add_node(PROJECT, Node("n3000", "linear", "fc")), 5),
        (lambda: edits.remove(PROJECT, ["n1000"]), 10),
        (lambda: edits.connect(PROJECT, LINK, ports_of), 10),
        (lambda: edits.disconnect(PROJECT, [PROJECT.graph.links[7]]), 10),
        (lambda: edits.set_field(PROJECT, "n7", "out_features", 9), 5),
        (lambda: edits.rename(PROJECT, "n7", "first"), 5),
        (lambda: edits.move(PROJECT, {"n7": (1.0, 2.0)}), 5),
        (lambda: diff(PROJECT, edits.move(PROJECT, {"n7": (1.0, 2.0)})), 10),
        (lambda: from_text(to_text(PROJECT)), 500),
    ],
)
def test_the_best_of_a_few_tries_is_fast(action: Callable[[], object], milliseconds: float) -> None:
    tries = []
    for _ in range(5):
        begin = time.process_time()
        action()
        tries.append(time.process_time() - begin)
    assert min(tries) * 1000 < milliseconds
