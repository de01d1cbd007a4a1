"""Fragments: a few nodes and the links among them, cut out to be pasted elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from designer.project.errors import ProjectError
from designer.project.file import MOST_BYTES, graph_from, parse_json
from designer.project.forms import link_to, node_to
from designer.project.migrations import VERSION
from designer.project.model import Link, Node, Project

FRAGMENT_FORMAT = "layerloom fragment"


@dataclass(frozen=True)
class Fragment:
    """Nodes in the order of their graph, and the links that begin and end among them."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()


def copy_fragment(project: Project, ids: Collection[str]) -> Fragment:
    """The nodes ``ids`` and the links among them; ids that the project does not know are passed over."""
    wanted = set(ids)
    return Fragment(
        tuple(node for key, node in project.graph.nodes.items() if key in wanted),
        tuple(link for link in project.graph.links if link.source in wanted and link.target in wanted),
    )


def fragment_to_text(fragment: Fragment) -> str:
    """JSON text for the clipboard."""
    document = {
        "format": FRAGMENT_FORMAT,
        "version": VERSION,
        "nodes": [node_to(node) for node in fragment.nodes],
        "links": [link_to(link) for link in fragment.links],
    }
    return json.dumps(document, allow_nan=False)


def fragment_from_text(text: str) -> Fragment:
    """The fragment in ``text``; a ProjectError where the text holds none."""
    if len(text) > MOST_BYTES or FRAGMENT_FORMAT not in text[:200]:
        raise ProjectError("the clipboard holds no layers.")
    document = parse_json(text)
    if document.get("format") != FRAGMENT_FORMAT:
        raise ProjectError("the clipboard holds no layers.")
    if document.get("version") != VERSION:
        raise ProjectError("the clipboard holds layers of another version of Layerloom.")
    graph = graph_from(document)
    return Fragment(tuple(graph.nodes.values()), graph.links)
