"""Ready blocks: sub-graphs that many good networks are made of, to be used as they are or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

from designer.layers.blocks import BLOCK_IN, BLOCK_OUT
from designer.layers.catalog import BUILT_IN
from designer.project.model import Block, Exposed, FieldValue, Graph, Link, Node
from designer.project.rules import free_place

COLUMN, ROW = 240.0, 120.0

Part = tuple[str, str, dict[str, FieldValue], float, float]


def _part(name: str, layer: str, column: float, row: float = 0.0, **fields: FieldValue) -> Part:
    """A node called ``name`` in a column and row of the block's drawing."""
    return (name, layer, fields, column, row)


def _block(
    name: str, summary: str, parts: Iterable[Part], paths: Iterable[str], fields: Mapping[str, tuple[str, ...]]
) -> Block:
    """A block of one input and one output.

    ``paths`` say which nodes follow one another, ``"image conv1 relu1"``; ``fields`` what each use sets, by
    ``"node.field"``.
    """
    nodes: dict[str, Node] = {}
    ids: dict[str, str] = {}
    for title, layer, values, column, row in parts:
        number = sum(node.type not in (BLOCK_IN.key, BLOCK_OUT.key) for node in nodes.values()) + 1
        key = {BLOCK_IN.key: "in1", BLOCK_OUT.key: "out1"}.get(layer, f"n{number}")
        defaults = BUILT_IN.layers[layer].defaults
        unknown = values.keys() - defaults.keys()
        if unknown:
            raise TypeError(f"{name}: {layer} has no {', '.join(unknown)}")
        nodes[key] = Node(key, layer, title, {**defaults, **values}, column * COLUMN, row * ROW)
        ids[title] = key
    graph = Graph(nodes)
    for path in paths:
        steps = path.split()
        for source, target in pairwise(steps):
            graph = _linked(graph, ids[source], ids[target])
    exposed = tuple(Exposed(field, tuple(_target(text, ids) for text in targets)) for field, targets in fields.items())
    return Block(name, graph, exposed, summary)


def _linked(graph: Graph, source: str, target: str) -> Graph:
    port = BUILT_IN.ports_of(graph.nodes[target]).inputs[0]
    return replace(graph, links=(*graph.links, Link(source, "out", target, free_place(graph, target, port))))


def _target(text: str, ids: Mapping[str, str]) -> tuple[str, str]:
    node, _, field = text.partition(".")
    return (ids[node], field)


RESIDUAL = _block(
    "Residual",
    "Two 3×3 convolutions whose result is added to what came in: the basic block of a ResNet. Channels stay as they "
    "are.",
    [
        _part("image", "block_input", 0),
        _part("conv1", "conv2d", 1, out_channels=64, kernel_size=3, padding=1, bias=False),
        _part("norm1", "batch_norm2d", 2),
        _part("relu1", "relu", 3),
        _part("conv2", "conv2d", 4, out_channels=64, kernel_size=3, padding=1, bias=False),
        _part("norm2", "batch_norm2d", 5),
        _part("add", "add", 6, 1),
        _part("relu2", "relu", 7, 1),
        _part("out", "block_output", 8, 1),
    ],
    ["image conv1 norm1 relu1 conv2 norm2 add relu2 out", "image add"],
    {"channels": ("conv1.out_channels", "conv2.out_channels")},
)

RESIDUAL_DOWNSAMPLING = _block(
    "Residual downsampling",
    "A residual block that halves the image and sets the channels; a 1×1 convolution brings the shortcut to the same "
    "size.",
    [
        _part("image", "block_input", 0),
        _part("conv1", "conv2d", 1, out_channels=128, kernel_size=3, stride=2, padding=1, bias=False),
        _part("norm1", "batch_norm2d", 2),
        _part("relu1", "relu", 3),
        _part("conv2", "conv2d", 4, out_channels=128, kernel_size=3, padding=1, bias=False),
        _part("norm2", "batch_norm2d", 5),
        _part("shortcut", "conv2d", 1, 1, out_channels=128, kernel_size=1, stride=2, bias=False),
        _part("shortcut_norm", "batch_norm2d", 2, 1),
        _part("add", "add", 6, 1),
        _part("relu2", "relu", 7, 1),
        _part("out", "block_output", 8, 1),
    ],
    ["image conv1 norm1 relu1 conv2 norm2 add relu2 out", "image shortcut shortcut_norm add"],
    {
        "channels": ("conv1.out_channels", "conv2.out_channels", "shortcut.out_channels"),
        "stride": ("conv1.stride", "shortcut.stride"),
    },
)

BOTTLENECK = _block(
    "Bottleneck",
    "A residual block that narrows to fewer channels before its 3×3 convolution and widens after it, as in ResNet-50.",
    [
        _part("image", "block_input", 0),
        _part("narrow", "conv2d", 1, out_channels=64, kernel_size=1, bias=False),
        _part("norm1", "batch_norm2d", 2),
        _part("relu1", "relu", 3),
        _part("conv", "conv2d", 4, out_channels=64, kernel_size=3, padding=1, bias=False),
        _part("norm2", "batch_norm2d", 5),
        _part("relu2", "relu", 6),
        _part("widen", "conv2d", 7, out_channels=256, kernel_size=1, bias=False),
        _part("norm3", "batch_norm2d", 8),
        _part("add", "add", 9, 1),
        _part("relu3", "relu", 10, 1),
        _part("out", "block_output", 11, 1),
    ],
    ["image narrow norm1 relu1 conv norm2 relu2 widen norm3 add relu3 out", "image add"],
    {"channels": ("widen.out_channels",), "width": ("narrow.out_channels", "conv.out_channels")},
)

SQUEEZE_AND_EXCITATION = _block(
    "Squeeze and excitation",
    "Weighs each channel by what the whole image shows: averages it, passes two small layers, and multiplies.",
    [
        _part("image", "block_input", 0),
        _part("squeeze", "adaptive_avg_pool2d", 1, output_size=1),
        _part("narrow", "conv2d", 2, out_channels=4, kernel_size=1),
        _part("relu", "relu", 3),
        _part("widen", "conv2d", 4, out_channels=64, kernel_size=1),
        _part("sigmoid", "sigmoid", 5),
        _part("scale", "multiply", 6, 1),
        _part("out", "block_output", 7, 1),
    ],
    ["image squeeze narrow relu widen sigmoid scale out", "image scale"],
    {"channels": ("widen.out_channels",), "reduced": ("narrow.out_channels",)},
)

INCEPTION = _block(
    "Inception",
    "Looks through windows of 1×1, 3×3 and 5×5 and a pooling side by side, and lays their results together.",
    [
        _part("image", "block_input", 0, 1),
        _part("conv1x1", "conv2d", 1, 0, out_channels=16, kernel_size=1),
        _part("relu1", "relu", 2, 0),
        _part("narrow3x3", "conv2d", 1, 1, out_channels=16, kernel_size=1),
        _part("relu2", "relu", 2, 1),
        _part("conv3x3", "conv2d", 3, 1, out_channels=24, kernel_size=3, padding=1),
        _part("relu3", "relu", 4, 1),
        _part("narrow5x5", "conv2d", 1, 2, out_channels=4, kernel_size=1),
        _part("relu4", "relu", 2, 2),
        _part("conv5x5", "conv2d", 3, 2, out_channels=8, kernel_size=5, padding=2),
        _part("relu5", "relu", 4, 2),
        _part("pool", "max_pool2d", 1, 3, kernel_size=3, stride=1, padding=1),
        _part("conv_pool", "conv2d", 2, 3, out_channels=8, kernel_size=1),
        _part("relu6", "relu", 3, 3),
        _part("concatenate", "concatenate", 5, 1, dim=1),
        _part("out", "block_output", 6, 1),
    ],
    [
        "image conv1x1 relu1 concatenate",
        "image narrow3x3 relu2 conv3x3 relu3 concatenate",
        "image narrow5x5 relu4 conv5x5 relu5 concatenate",
        "image pool conv_pool relu6 concatenate out",
    ],
    {
        "filters_1x1": ("conv1x1.out_channels",),
        "narrow_3x3": ("narrow3x3.out_channels",),
        "filters_3x3": ("conv3x3.out_channels",),
        "narrow_5x5": ("narrow5x5.out_channels",),
        "filters_5x5": ("conv5x5.out_channels",),
        "filters_pool": ("conv_pool.out_channels",),
    },
)

SEPARABLE_CONVOLUTION = _block(
    "Separable convolution",
    "A 3×3 filter for each channel, then a 1×1 convolution that mixes them: far fewer parameters than a full one.",
    [
        _part("image", "block_input", 0),
        _part("depthwise", "depthwise_conv2d", 1, kernel_size=3, padding=1, bias=False),
        _part("pointwise", "conv2d", 2, out_channels=64, kernel_size=1, bias=False),
        _part("norm", "batch_norm2d", 3),
        _part("relu", "relu", 4),
        _part("out", "block_output", 5),
    ],
    ["image depthwise pointwise norm relu out"],
    {"channels": ("pointwise.out_channels",), "stride": ("depthwise.stride",)},
)

MLP = _block(
    "MLP",
    "A multilayer perceptron: a hidden layer with ReLU and dropout, and a layer that sets the width of the result.",
    [
        _part("features", "block_input", 0),
        _part("hidden", "linear", 1, out_features=64),
        _part("relu", "relu", 2),
        _part("dropout", "dropout", 3, p=0.1),
        _part("result", "linear", 4, out_features=32),
        _part("out", "block_output", 5),
    ],
    ["features hidden relu dropout result out"],
    {"hidden": ("hidden.out_features",), "features": ("result.out_features",), "dropout": ("dropout.p",)},
)

TRANSFORMER_ENCODER = _block(
    "Transformer encoder",
    "Self-attention and a small network for each step of a sequence, each normalised before and added to what came in.",
    [
        _part("sequence", "block_input", 0),
        _part("norm1", "layer_norm", 1),
        _part("attention", "self_attention", 2, num_heads=4),
        _part("dropout1", "dropout", 3, p=0.1),
        _part("add1", "add", 4, 1),
        _part("norm2", "layer_norm", 5),
        _part("expand", "linear", 6, out_features=256),
        _part("gelu", "gelu", 7),
        _part("project", "linear", 8, out_features=64),
        _part("dropout2", "dropout", 9, p=0.1),
        _part("add2", "add", 10, 1),
        _part("out", "block_output", 11, 1),
    ],
    ["sequence norm1 attention dropout1 add1 norm2 expand gelu project dropout2 add2 out", "sequence add1 add2"],
    {
        "features": ("project.out_features",),
        "heads": ("attention.num_heads",),
        "feedforward": ("expand.out_features",),
        "dropout": ("dropout1.p", "dropout2.p"),
    },
)

READY_BLOCKS: Mapping[str, Block] = {
    "residual": RESIDUAL,
    "residual_downsampling": RESIDUAL_DOWNSAMPLING,
    "bottleneck": BOTTLENECK,
    "squeeze_and_excitation": SQUEEZE_AND_EXCITATION,
    "inception": INCEPTION,
    "separable_convolution": SEPARABLE_CONVOLUTION,
    "mlp": MLP,
    "transformer_encoder": TRANSFORMER_ENCODER,
}
