"""Fragments: a few nodes and the links among them, cut out to be pasted elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from designer.project.custom_layers import layer_to, layers_from, layers_used
from designer.project.errors import ProjectError
from designer.project.file import MOST_BYTES, parse_json
from designer.project.graph_forms import block_to, blocks_from, blocks_used, graph_from, graph_to
from designer.project.migrations import VERSION, migrate
from designer.project.model import Block, CustomLayer, Frame, Graph, Link, Node, Note, Project

FRAGMENT_FORMAT = "layerloom fragment"


@dataclass(frozen=True)
class Fragment:
    """Nodes, frames and notes in the order of their graph, their links, blocks and custom layers."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()
    blocks: Mapping[str, Block] = field(default_factory=dict)
    layers: Mapping[str, CustomLayer] = field(default_factory=dict)

    @property
    def corner(self) -> tuple[float, float]:
        """The top left corner of all of it."""
        things: tuple[Node | Frame | Note, ...] = (*self.nodes, *self.frames, *self.notes)
        return min((thing.x for thing in things), default=0.0), min((thing.y for thing in things), default=0.0)

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.nodes or self.frames or self.notes)


def copy_fragment(project: Project, ids: Collection[str]) -> Fragment:
    """The nodes, frames and notes ``ids`` with the links among them; ids that the project lacks are passed over."""
    wanted, graph = set(ids), project.graph
    nodes = tuple(node for key, node in graph.nodes.items() if key in wanted)
    return Fragment(
        nodes,
        tuple(link for link in graph.links if link.source in wanted and link.target in wanted),
        tuple(frame for key, frame in graph.frames.items() if key in wanted),
        tuple(note for key, note in graph.notes.items() if key in wanted),
        blocks_used(nodes, project.blocks),
        layers_used(nodes, project.blocks, project.layers),
    )


def fragment_to_text(fragment: Fragment) -> str:
    """JSON text for the clipboard."""
    graph = Graph(
        {node.id: node for node in fragment.nodes},
        fragment.links,
        {frame.id: frame for frame in fragment.frames},
        {note.id: note for note in fragment.notes},
    )
    document: dict[str, object] = {"format": FRAGMENT_FORMAT, "version": VERSION, **graph_to(graph)}
    if fragment.blocks:
        document["blocks"] = {key: block_to(block) for key, block in fragment.blocks.items()}
    if fragment.layers:
        document["layers"] = {key: layer_to(layer) for key, layer in fragment.layers.items()}
    return json.dumps(document, allow_nan=False)


def fragment_from_text(text: str) -> Fragment:
    """The fragment in ``text``; a ProjectError where the text holds none.

    What a mail does to a text is forgiven: words before and after it, and marks of quotation at the line starts.
    """
    bare = _bare(text) if len(text) <= MOST_BYTES else ""
    if FRAGMENT_FORMAT not in bare:
        raise ProjectError("the clipboard holds no layers.")
    document = parse_json(bare)
    if document.get("format") != FRAGMENT_FORMAT:
        raise ProjectError("the clipboard holds no layers.")
    document = migrate(document)
    graph = graph_from(document)
    blocks = blocks_from(document["blocks"]) if "blocks" in document else {}
    layers = layers_from(document["layers"]) if "layers" in document else {}
    frames, notes = tuple(graph.frames.values()), tuple(graph.notes.values())
    fragment = Fragment(tuple(graph.nodes.values()), graph.links, frames, notes, blocks, layers)
    if not fragment:
        raise ProjectError("the clipboard holds no layers.")
    return fragment


_STRING_OR_BRACE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]')


def _bare(text: str) -> str:
    """The braces about the mark of a fragment and what lies between them, however a mail has wrapped and marked it.

    No line ends within a name in the text that was copied, so lines that a mail program broke are joined again.
    """
    lines = [_QUOTATION.sub("", line).rstrip() for line in text.replace("\u00a0", " ").splitlines()]
    text = " ".join(lines)
    start = text.rfind("{", 0, text.find(FRAGMENT_FORMAT) + 1)
    depth = 0
    for found in _STRING_OR_BRACE.finditer(text, max(0, start)):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return text[max(0, start) : found.end()]
    return text


_QUOTATION = re.compile(r"^[ \t]*(?:>[ \t]?)+")
