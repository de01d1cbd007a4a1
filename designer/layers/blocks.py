"""Blocks as layer types: what a reusable sub-graph looks like from outside, derived from what lies in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.layers.declaration import LayerType
from designer.layers.fields import Bool, Field, Int
from designer.layers.training_fields import training_fields_of
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT, type_of_block
from designer.project.model import Block, Exposed
from designer.project.ports import Port

CATEGORY = "Blocks"
REPEAT, SHARED, EACH_STEP = "repeat", "shared", "each_step"
MOST_REPEATS = 1_000
# the function of the runtime that applies a block at each step
AT_STEPS = "at_each_step"

BLOCK_IN = LayerType(
    key=BLOCK_INPUT,
    title="Block input",
    category="Input and output",
    summary="Where data enters the block: an input port of every use of it.",
    role="block_input",
    name="x",
    call="{inputs}",
    inputs=(),
    outputs=(Port("out", help="What a use of the block is given at this port."),),
    synonyms=("port", "argument", "group input"),
)

BLOCK_OUT = LayerType(
    key=BLOCK_OUTPUT,
    title="Block output",
    category="Input and output",
    summary="Where data leaves the block: an output port of every use of it.",
    role="block_output",
    name="out",
    call="{inputs}",
    inputs=(Port("x", help="What a use of the block gives at this port."),),
    outputs=(),
    synonyms=("port", "return", "group output"),
)

BOUNDARY_TYPES: Mapping[str, LayerType] = {layer.key: layer for layer in (BLOCK_IN, BLOCK_OUT)}

OWN_FIELDS: Mapping[str, Field] = {
    REPEAT: Int(
        1, maximum=MOST_REPEATS, argument=False, help="How many times the block runs, one after another in a row."
    ),
    SHARED: Bool(
        False,
        argument=False,
        label="share weights",
        help="All uses of this block in the same graph that share weights, and their repetitions, are one module.",
    ),
    EACH_STEP: Bool(
        False,
        argument=False,
        label="at each step",
        help="Whether it is applied to each step of a sequence (steps × the rest) by itself, with the same weights; "
        "also called time-distributed.",
    ),
}


def ports_of_block(block: Block, node_type: str) -> tuple[Port, ...]:
    """The ports that the block's nodes of this type (``block_input`` or ``block_output``) make."""
    return tuple(
        Port(node.id, label=node.name, help=str(node.fields.get("help", "")))
        for node in block.graph.nodes.values()
        if node.type == node_type
    )


def layer_of_block(key: str, block: Block, layers: Mapping[str, LayerType]) -> LayerType:
    """The layer type of the uses of a block; ``layers`` knows the types inside it."""
    fields: dict[str, Field] = {}
    for exposed in block.fields:
        kind = _exposed_field(exposed, block, layers)
        if kind is not None:
            fields[exposed.name] = kind
    return LayerType(
        key=type_of_block(key),
        title=block.name,
        category=CATEGORY,
        summary=block.summary or "A block of this project.",
        fields={**fields, **{name: kind for name, kind in OWN_FIELDS.items() if name not in fields}},
        inputs=ports_of_block(block, BLOCK_INPUT),
        outputs=ports_of_block(block, BLOCK_OUTPUT),
        name=_plain(block.name) or "block",
        block=key,
    )


def _exposed_field(exposed: Exposed, block: Block, layers: Mapping[str, LayerType]) -> Field | None:
    """The kind of field that the first sound target has, its default the value inside; None where none is left."""
    for node_id, name in exposed.targets:
        node = block.graph.nodes.get(node_id)
        layer = layers.get(node.type) if node else None
        fields = {**layer.fields, **training_fields_of(layer, node.fields)} if node and layer else {}
        if node is None or name not in fields:
            continue
        kind = fields[name]
        value = node.fields.get(name, kind.initial)
        default = kind.initial if kind.refuse(value) else value
        return replace(kind, default=default, label=kind.label if exposed.name == name else "", key=True)  # type: ignore[call-arg]
    return None


def _plain(name: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in name.lower()).strip("_")
