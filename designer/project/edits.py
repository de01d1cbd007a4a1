"""Edits: pure functions from a project to the next one, refused with an EditError that says why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from designer.project.bends import carry_bends
from designer.project.data_forms import data_from, data_to
from designer.project.deltas import with_entry, with_last
from designer.project.errors import EditError, ProjectError
from designer.project.forms import (
    MOST_CHARACTERS,
    MOST_LINKS,
    MOST_NODES,
    check_link,
    check_node,
    field_value,
    training_from,
    training_to,
)
from designer.project.fragment import Fragment, copy_fragment
from designer.project.inserting import insert_fragment
from designer.project.model import (
    Data,
    Fields,
    FieldValue,
    Frame,
    Graph,
    ImageData,
    Link,
    Node,
    Note,
    Project,
    TableData,
    Training,
)
from designer.project.naming import within_canvas
from designer.project.rules import PortsOf, free_place, quoted, refuse_link

T = TypeVar("T")

PASTE_STEP = 40.0


def add_node(project: Project, node: Node) -> Project:
    """The project with ``node`` added last. Refused where its id is in use or its values fit no project file."""
    if node.id in project.graph.nodes:
        raise EditError(f"There already is a layer with the id {quoted(node.id)}.")
    if len(project.graph.nodes) >= MOST_NODES:
        raise EditError(f"A project holds at most {MOST_NODES:,} layers.")
    return _with_node(project, _sound_node(node))


def remove(project: Project, ids: Collection[str]) -> Project:
    """The project without the nodes ``ids`` and the links that they had."""
    nodes = project.graph.nodes
    gone = set(ids)
    _demand(project, gone)
    if not gone:
        return project
    kept = {key: node for key, node in nodes.items() if key not in gone}
    links = tuple(link for link in project.graph.links if link.source not in gone and link.target not in gone)
    links = links if len(links) < len(project.graph.links) else project.graph.links
    return replace(project, graph=replace(project.graph, nodes=kept, links=links))


def connect(project: Project, link: Link, ports_of: PortsOf) -> Project:
    """The project with ``link`` added last, unless the link rules refuse it."""
    reason = refuse_link(project.graph, link, ports_of)
    if reason:
        raise EditError(reason)
    if len(project.graph.links) >= MOST_LINKS:
        raise EditError(f"A project holds at most {MOST_LINKS:,} links.")
    _sound(lambda: check_link(link, "The link"))
    graph = project.graph
    return replace(project, graph=Graph(graph.nodes, with_last(graph.links, link), graph.frames, graph.notes))


def disconnect(project: Project, links: Collection[Link]) -> Project:
    """The project without ``links``, found by their ends."""
    gone = {link.ends for link in links}
    kept = tuple(link for link in project.graph.links if link.ends not in gone)
    if len(project.graph.links) - len(kept) != len(gone):
        raise EditError("One of these links is not in the project.")
    return replace(project, graph=replace(project.graph, links=kept)) if gone else project


def set_field(project: Project, node_id: str, name: str, value: FieldValue) -> Project:
    """The project with one field of a node set. Whether the value is sound for the layer is the checker's business."""
    return set_fields(project, node_id, {name: value})


def set_fields(project: Project, node_id: str, values: Fields) -> Project:
    """The project with several fields of a node set; lists become tuples. Refused where no file could hold a value."""
    node = _node(project, node_id)
    changed = {}
    for name, value in values.items():
        checked = _sound(lambda value=value, name=name: field_value(value, quoted(name)))  # type: ignore[misc]
        if name not in node.fields or not same_value(node.fields[name], checked):
            changed[name] = checked
    if not changed:
        return project
    return _with_node(project, _sound_node(replace(node, fields={**node.fields, **changed})))


def rename(project: Project, node_id: str, name: str) -> Project:
    """The project with a node renamed, blanks around the name dropped. Refused where the name is empty or in use."""
    node = _node(project, node_id)
    name = name.strip()
    if not name:
        raise EditError("A layer needs a name.")
    if not all(sign.isprintable() for sign in name):
        raise EditError("A name is one line of text without control characters.")
    if len(name) > MOST_CHARACTERS:
        raise EditError(f"A name has at most {MOST_CHARACTERS:,} characters.")
    if name == node.name:
        return project
    if any(other.name == name for other in project.graph.nodes.values()):
        raise EditError(f"Another layer is already called {quoted(name)}.")
    return _with_node(project, replace(node, name=name))


def move(project: Project, positions: Mapping[str, tuple[float, float]]) -> Project:
    """The project with nodes at new places (scene pixels), held within the canvas. Refused where one is no number.

    A link whose two nodes go the same way takes its bends along.
    """
    _demand(project, positions)
    moved = {}
    for key, (x, y) in positions.items():
        node, place = project.graph.nodes[key], within_canvas(x, y)
        if (node.x, node.y) != place:
            moved[key] = replace(node, x=place[0], y=place[1])
    if not moved:
        return project
    links = carry_bends(project.graph.links, project.graph.nodes, moved)
    return replace(project, graph=replace(project.graph, nodes={**project.graph.nodes, **moved}, links=links))


def duplicate(
    project: Project, ids: Collection[str], offset: tuple[float, float] = (PASTE_STEP, PASTE_STEP)
) -> tuple[Project, tuple[str, ...]]:
    """The project with copies of the nodes, frames and notes ``ids`` and of the links among them, and the new ids."""
    _demand(project, set(ids) - project.graph.frames.keys() - project.graph.notes.keys())
    fragment = copy_fragment(project, ids)
    return insert_fragment(project, fragment, offset)


def paste(
    project: Project, fragment: Fragment, at: tuple[float, float] | None = None
) -> tuple[Project, tuple[str, ...]]:
    """The project with the fragment's nodes and links under fresh ids and names, and those ids.

    ``at`` is where the fragment's top left corner comes to lie; None is a little beside where it was copied,
    clear of nodes pasted there before.
    """
    if not fragment:
        return project, ()
    left, top = fragment.corner
    if at is not None:
        return insert_fragment(project, fragment, (at[0] - left, at[1] - top))
    graph = project.graph
    there: list[Node | Frame | Note] = [*graph.nodes.values(), *graph.frames.values(), *graph.notes.values()]
    things: list[Node | Frame | Note] = [*fragment.nodes, *fragment.frames, *fragment.notes]
    taken = {(thing.x, thing.y) for thing in there}
    shift, first = PASTE_STEP, things[0]
    while (first.x + shift, first.y + shift) in taken:
        shift += PASTE_STEP
    return insert_fragment(project, fragment, (shift, shift))


def set_data(project: Project, data: Data | None) -> Project:
    """The project with other data settings. Refused where no project file could hold them."""
    if data is project.data:
        return project
    if data is not None:
        _sound(lambda: data_from(data_to(data)))
    return replace(project, data=data)


def relocate_data(project: Project, found: Data) -> Project | None:
    """The project with its data where ``found`` lies, set up as it was; None where that is not the same data.

    The same are tables, or pictures laid out alike, whose columns have the same names.
    """
    data = project.data
    if isinstance(data, TableData) and isinstance(found, TableData):
        moved: Data = replace(data, path=found.path, format=found.format, sheet=found.sheet)
    elif isinstance(data, ImageData) and isinstance(found, ImageData) and data.layout == found.layout:
        moved = replace(data, path=found.path, format=found.format)
    else:
        return None
    same = {column.name for column in data.columns} == {column.name for column in found.columns}
    return set_data(project, moved) if same else None


def set_training(project: Project, training: Training) -> Project:
    """The project with other training settings. Refused where no project file could hold them."""
    if training is project.training:
        return project
    _sound(lambda: training_from(training_to(training)))
    return replace(project, training=training)


def insert_on_link(project: Project, node: Node, link: Link, ports_of: PortsOf) -> Project:
    """The project with ``node`` put into ``link``: what flowed along it now flows through the node's first ports.

    The node is added unless it is there already. Refused where it has no input or output, or where a link is refused.
    """
    ports = ports_of(node)
    if not ports.inputs or not ports.outputs:
        raise EditError(f"{quoted(node.name)} needs an input and an output to lie on a link.")
    project = disconnect(project if node.id in project.graph.nodes else add_node(project, node), [link])
    place = free_place(project.graph, node.id, ports.inputs[0])
    project = connect(project, Link(link.source, link.source_port, node.id, place), ports_of)
    onward = Link(node.id, ports.outputs[0].name, link.target, link.target_port, extra=link.extra)
    return connect(project, onward, ports_of)


def _with_node(project: Project, node: Node) -> Project:
    graph = project.graph
    nodes = with_entry(graph.nodes, node.id, node)
    return replace(project, graph=Graph(nodes, graph.links, graph.frames, graph.notes))


def _node(project: Project, node_id: str) -> Node:
    _demand(project, [node_id])
    return project.graph.nodes[node_id]


def _demand(project: Project, ids: Iterable[str]) -> None:
    for key in ids:
        if key not in project.graph.nodes:
            raise EditError(f"There is no layer {quoted(key)}.")


def _sound_node(node: Node) -> Node:
    _sound(lambda: check_node(node, "The layer"))
    return node


def _sound(check: Callable[[], T]) -> T:
    try:
        return check()
    except ProjectError as error:
        raise EditError(str(error)) from None


def same_value(old: FieldValue, new: FieldValue) -> bool:
    """Whether two field values are equal and of one type: 1, 1.0 and true are three values."""
    return old == new and repr(old) == repr(new)
