"""A drawing: a network that grows by a layer at a time and is then laid out on the canvas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from designer.importing.folding import ROW, STEP, folded, folded_tree
from designer.layers.block_edits import with_ready_block
from designer.layers.catalog import catalog_of
from designer.project.block_edits import adopt
from designer.project.blocks import type_of_block
from designer.project.edits import add_node, connect, move
from designer.project.frames import USUAL_SIZE, Box, add_frame, enclosing, fresh_frame_id, with_boxes
from designer.project.model import Block, Colour, Exposed, FieldValue, Frame, Link, Project
from designer.project.ports import Port, Ports
from designer.project.rules import free_place
from designer.project.tidying import ROW_GAP, tidy

PORT_ROW = 20.0
# so far apart that no frame takes what belongs to another before all is laid out
APART = 10_000.0


class End(NamedTuple):
    """One output port of a layer that has several."""

    node: str
    port: str


class Drawing:
    """A project whose graph is drawn layer by layer."""

    def __init__(self) -> None:
        self.project = Project()
        self._framed: list[tuple[str, Colour, tuple[str, ...]]] = []

    def add(
        self,
        key: str,
        after: str | End | Iterable[str | End] = (),
        name: str = "",
        at: tuple[float, float] = (0, 0),
        **fields: FieldValue,
    ) -> str:
        """A layer fed by the layers ``after``, one for each of its ports in order; its id.

        ``name`` replaces the usual one, ``at`` is in columns and rows.
        """
        catalog = catalog_of(self.project)
        node = catalog.new_node(self.project.graph, key, at[0] * STEP, at[1] * ROW)
        unknown = fields.keys() - catalog.fields_of(key, {**node.fields, **fields}).keys()
        if unknown:
            raise TypeError(f"{key} has no {', '.join(sorted(unknown))}")
        node = replace(node, name=name or node.name, fields={**node.fields, **fields})
        self.project = add_node(self.project, node)
        ports = catalog.ports_of(node).inputs
        for number, source in enumerate([after] if isinstance(after, str | End) else after):
            self._link(source, node.id, ports[min(number, len(ports) - 1)])
        return node.id

    def _link(self, source: str | End, target: str, port: Port) -> None:
        catalog, graph = catalog_of(self.project), self.project.graph
        if isinstance(source, str):
            source = End(source, catalog.ports_of(graph.nodes[source]).outputs[0].name)
        link = Link(source.node, source.port, target, free_place(graph, target, port))
        self.project = connect(self.project, link, catalog.ports_of)

    def ready_block(self, key: str) -> str:
        """The type of the uses of a ready block, which the project then has."""
        self.project, own = with_ready_block(self.project, key)
        return type_of_block(own)

    def own_block(self, block: Block) -> str:
        """The type of the uses of ``block``, which the project then has."""
        key = "_".join(block.name.lower().split())
        self.project, own = adopt(self.project, {key: block}, key)
        return type_of_block(own)

    def as_block(self, name: str, summary: str, exposed: Mapping[str, Iterable[tuple[str, str]]]) -> Block:
        """What was drawn as a block; ``exposed`` says for each of its fields which (layer, field) inside follow it."""
        fields = tuple(Exposed(field, tuple(targets)) for field, targets in exposed.items())
        return Block(name, self.laid_out().graph, fields, summary)

    def frame(self, title: str, ids: Iterable[str], colour: Colour = "blue") -> None:
        """Let a titled frame lie around these layers once all is laid out."""
        self._framed.append((title, colour, tuple(ids)))

    def as_drawn(self) -> Project:
        """The project with each layer where it was put."""
        return self.project

    def laid_out(self, stacked: bool = False) -> Project:
        """The project tidily on the canvas: long chains in rows, as a text runs, anything else along its links.

        Branches that join a long chain stand beneath. With ``stacked`` the frames, which hold all layers then, lie one
        beneath another.
        """
        ids = list(self.project.graph.nodes)
        pairs = [(link.source, link.target) for link in self.project.graph.links]
        if not self._framed and pairs == list(pairwise(ids)):
            return move(self.project, {key: folded(place, len(ids)) for place, key in enumerate(ids)})
        places = None if self._framed else folded_tree(ids, pairs)
        return move(self.project, places) if places else self._tidied(stacked)

    def _tidied(self, stacked: bool) -> Project:
        project = self.project
        homes = {key: number for number, (_, _, ids) in enumerate(self._framed, start=1) for key in ids}
        places = {
            key: (place * (USUAL_SIZE[0] + 40), homes.get(key, 0) * APART)
            for place, key in enumerate(project.graph.nodes)
        }
        project = move(project, places)
        catalog = catalog_of(project)
        sizes = {key: room_of(catalog.ports_of(node)) for key, node in project.graph.nodes.items()}
        for title, colour, ids in self._framed:
            box = enclosing((*places[key], *sizes[key]) for key in ids)
            project = add_frame(project, Frame(fresh_frame_id(project.graph), title, colour, *box))
        laid, boxes = tidy(project.graph, project.graph.nodes, sizes)
        if stacked:
            self._stack(list(project.graph.frames), laid, boxes)
        return with_boxes(move(project, laid), boxes)

    def _stack(self, frames: list[str], laid: dict[str, tuple[float, float]], boxes: dict[str, Box]) -> None:
        """Move each frame, with its layers, beneath the one before it."""
        left, top = boxes[frames[0]][:2]
        for frame, (_, _, ids) in zip(frames, self._framed, strict=True):
            x, y, width, height = boxes[frame]
            boxes[frame] = (left, top, width, height)
            for key in ids:
                laid[key] = (laid[key][0] + left - x, laid[key][1] + top - y)
            # room for the link that goes on from the end of one row to the beginning of the next
            top += height + 2 * ROW_GAP


def room_of(ports: Ports) -> tuple[float, float]:
    """Width and height of a layer on the canvas: named ports have rows of their own."""
    width, height = USUAL_SIZE
    rows = max(len(ports.inputs), len(ports.outputs))
    return (width, height + PORT_ROW * rows) if rows > 1 else USUAL_SIZE
