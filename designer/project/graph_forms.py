"""Forms of graphs: nodes, links, frames, notes and blocks as JSON, checked and turned into the model, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from designer.project.errors import ProjectError
from designer.project.forms import (
    MOST_LINKS,
    MOST_NODES,
    Coordinate,
    Json,
    Key,
    Line,
    as_list,
    as_object,
    extra_of,
    form_values,
    link_from,
    link_to,
    more_of,
    node_from,
    node_to,
    short_number,
)
from designer.project.model import Block, Colour, Exposed, Frame, Graph, Link, Node, Note
from designer.project.rules import quoted

MOST_BLOCKS = 1_000
MOST_EXPOSED = 1_000
DEEPEST_BLOCKS = 16
BLOCK_TYPE = "block:"

Length = Annotated[float, Meta(ge=1.0, le=1_000_000.0)]


class FrameForm(Struct):
    """A frame."""

    id: Key
    title: Line | UnsetType = UNSET
    colour: Colour | UnsetType = UNSET
    x: Coordinate | UnsetType = UNSET
    y: Coordinate | UnsetType = UNSET
    width: Length | UnsetType = UNSET
    height: Length | UnsetType = UNSET


class NoteForm(Struct):
    """A note."""

    id: Key
    text: Line | UnsetType = UNSET
    colour: Colour | UnsetType = UNSET
    x: Coordinate | UnsetType = UNSET
    y: Coordinate | UnsetType = UNSET
    width: Length | UnsetType = UNSET
    height: Length | UnsetType = UNSET


class ExposedForm(Struct):
    """A field that a block offers to its uses."""

    name: Key
    targets: tuple[tuple[Key, Key], ...]


class BlockForm(Struct):
    """What a block says of itself beside its graph and its fields."""

    name: Line
    summary: Line | UnsetType = UNSET


GRAPH_KEYS = ("nodes", "links", "frames", "notes")
BLOCK_KEYS = frozenset({*BlockForm.__struct_fields__, "fields", *GRAPH_KEYS})


def graph_from(document: Mapping[str, object], place: str = "") -> Graph:
    """The graph of the document's nodes, links, frames and notes; a ProjectError where they make no graph.

    Links in a circle and links to unknown ports open: the checker shows them, and a person can mend them.
    """
    nodes = _nodes(as_list(document.get("nodes", []), f"{place}nodes", MOST_NODES), place)
    links = _links(as_list(document.get("links", []), f"{place}links", MOST_LINKS), nodes, place)
    frames: dict[str, Frame] = {}
    for number, raw in enumerate(as_list(document.get("frames", []), f"{place}frames", MOST_NODES), 1):
        frame = frame_from(raw, f"{place}frame {number}")
        _demand_new(frame.id, frames, f"{place}frame {number}")
        frames[frame.id] = frame
    notes: dict[str, Note] = {}
    for number, raw in enumerate(as_list(document.get("notes", []), f"{place}notes", MOST_NODES), 1):
        note = note_from(raw, f"{place}note {number}")
        _demand_new(note.id, notes, f"{place}note {number}")
        notes[note.id] = note
    return Graph(nodes, links, frames, notes)


def graph_to(graph: Graph) -> dict[str, list[dict[str, Json]]]:
    """The JSON lists of a graph, those of frames and notes only where there are any."""
    lists = {
        "nodes": [node_to(node) for node in graph.nodes.values()],
        "links": [link_to(link) for link in graph.links],
        "frames": [frame_to(frame) for frame in graph.frames.values()],
        "notes": [note_to(note) for note in graph.notes.values()],
    }
    return {key: raws for key, raws in lists.items() if raws or key in ("nodes", "links")}


def frame_from(raw: Json, place: str) -> Frame:
    """The frame that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    return Frame(**form_values(values, FrameForm, place), extra=extra_of(values, FrameForm.__struct_fields__, place))


def frame_to(frame: Frame) -> dict[str, Json]:
    """The JSON object of a frame."""
    return _sized(frame, {"id": frame.id, "title": frame.title, "colour": frame.colour})


def note_from(raw: Json, place: str) -> Note:
    """The note that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    return Note(**form_values(values, NoteForm, place), extra=extra_of(values, NoteForm.__struct_fields__, place))


def note_to(note: Note) -> dict[str, Json]:
    """The JSON object of a note."""
    return _sized(note, {"id": note.id, "text": note.text, "colour": note.colour})


def blocks_from(raw: Json) -> dict[str, Block]:
    """Blocks by key; a ProjectError where one is none, or where blocks lie in one another in a circle."""
    values = as_object(raw, "blocks")
    if len(values) > MOST_BLOCKS:
        raise ProjectError(f"blocks: {len(values)} entries; at most {MOST_BLOCKS} are allowed.")
    blocks: dict[str, Block] = {}
    for key, value in values.items():
        if not 0 < len(key) <= 150:
            raise ProjectError(f"blocks: the key {quoted(key)} should have 1 to 150 characters.")
        blocks[key] = block_from(value, f"block {quoted(key)}")
    circle = circle_of_blocks(blocks)
    if circle:
        raise ProjectError(f"blocks: {' in '.join(quoted(key) for key in circle)}: a block cannot contain itself.")
    return blocks


def block_from(raw: Json, place: str) -> Block:
    """The block that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    exposed = []
    for number, value in enumerate(as_list(values.get("fields", []), f"{place}, fields", MOST_EXPOSED), 1):
        inner = as_object(value, f"{place}, field {number}")
        known = form_values(inner, ExposedForm, f"{place}, field {number}")
        exposed.append(Exposed(**known, extra=extra_of(inner, ExposedForm.__struct_fields__, place)))
    return Block(
        graph=graph_from(values, f"{place}, "),
        fields=tuple(exposed),
        extra=extra_of(values, BLOCK_KEYS, place),
        **form_values(values, BlockForm, place),
    )


def block_to(block: Block) -> dict[str, Json]:
    """The JSON object of a block."""
    raw: dict[str, Json] = {"name": block.name, "summary": block.summary}
    raw["fields"] = [
        {"name": field.name, "targets": [list(target) for target in field.targets], **more_of(field.extra, ())}
        for field in block.fields
    ]
    raw.update(graph_to(block.graph))
    return {**raw, **more_of(block.extra, BLOCK_KEYS)}


def block_key(type_key: str) -> str:
    """The key of the block that a node of this type is a use of; empty where it is a layer."""
    return type_key.removeprefix(BLOCK_TYPE) if type_key.startswith(BLOCK_TYPE) else ""


def blocks_used(nodes: Iterable[Node], blocks: Mapping[str, Block]) -> dict[str, Block]:
    """The blocks that the nodes use, and the blocks within those, in the order of ``blocks``."""
    waiting, found = list(nodes), set[str]()
    while waiting:
        key = block_key(waiting.pop().type)
        if key in blocks and key not in found:
            found.add(key)
            waiting.extend(blocks[key].graph.nodes.values())
    return {key: block for key, block in blocks.items() if key in found}


def inner_first(blocks: Mapping[str, Block]) -> list[str]:
    """The keys of blocks without a circle, each after those that lie in it."""
    order: dict[str, None] = {}

    def place(key: str) -> None:
        if key not in order:
            for node in blocks[key].graph.nodes.values():
                inner = block_key(node.type)
                if inner in blocks:
                    place(inner)
            order[key] = None

    for key in blocks:
        place(key)
    return list(order)


def circle_of_blocks(blocks: Mapping[str, Block]) -> list[str]:
    """The keys of blocks that contain one another in a circle, or lie too deep in one another; else empty."""
    inside = {
        key: {found for node in block.graph.nodes.values() if (found := block_key(node.type)) in blocks}
        for key, block in blocks.items()
    }
    depth: dict[str, int] = {}

    def measure(key: str, path: list[str]) -> list[str]:
        if key in path or len(path) >= DEEPEST_BLOCKS:
            return [*path[path.index(key) if key in path else 0 :], key]
        if key not in depth:
            for other in sorted(inside[key]):
                circle = measure(other, [*path, key])
                if circle:
                    return circle
            depth[key] = 1 + max((depth[other] for other in inside[key]), default=0)
        return [*path, key] if len(path) + depth[key] > DEEPEST_BLOCKS else []

    for key in blocks:
        circle = measure(key, [])
        if circle:
            return circle
    return []


def _sized(item: Frame | Note, raw: dict[str, Json]) -> dict[str, Json]:
    raw |= {name: short_number(getattr(item, name)) for name in ("x", "y", "width", "height")}
    return {**raw, **more_of(item.extra, raw)}


def _demand_new(key: str, known: Mapping[str, object], place: str) -> None:
    if key in known:
        raise ProjectError(f"{place} ({quoted(key)}): another one has the same id.")


def _nodes(raws: list[object], place: str) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for number, raw in enumerate(raws, 1):
        node = node_from(raw, f"{place}node {number}")
        if node.id in nodes:
            raise ProjectError(f"{place}node {number} ({quoted(node.id)}): another node has the same id.")
        nodes[node.id] = node
    return nodes


def _links(raws: list[object], nodes: Mapping[str, Node], where: str) -> tuple[Link, ...]:
    links: dict[tuple[str, str], Link] = {}
    for number, raw in enumerate(raws, 1):
        link = link_from(raw, f"{where}link {number}")
        place = f"{where}link {number} ({quoted(link.source)} to {quoted(link.target)})"
        for end in (link.source, link.target):
            if end not in nodes:
                raise ProjectError(f"{place}: there is no node {quoted(end)}.")
        if (link.target, link.target_port) in links:
            raise ProjectError(f"{place}: the input {quoted(link.target_port)} already has a link.")
        links[link.target, link.target_port] = link
    return tuple(links.values())
