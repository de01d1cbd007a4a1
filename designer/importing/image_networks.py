"""Sound networks for pictures to start from: for classes, for numbers and for masks."""

from __future__ import annotations

from dataclasses import replace

from designer.importing.networks import LOSS, Layers, answer, chain, folded, hidden, widths_of
from designer.layers.catalog import new_node, ports_of
from designer.project.edits import add_node, connect
from designer.project.facts import TargetKind
from designer.project.model import Fields, Link, Project, Training

MOST_CHANNELS = 128
SMALL_SIDE = 12
MIDDLE_SIDE = 28
SMALLEST_HALVED = 8
MANY_PICTURES = 20_000


def image_network(
    height: int, width: int, colour: bool, kind: TargetKind, count: int, template: str = "", resize: str = "stretch"
) -> Project:
    """A project with a small convolutional network: halves the picture until it has fewer than 8 pixels, then decides.

    ``count`` is the number of classes or of numbers to predict. Of pictures that are small already nothing is halved
    before two convolutions have seen it.
    """
    layers: Layers = [("image_input", input_fields(height, width, colour, resize))]
    side = min(height, width)
    channels = 32 if side <= MIDDLE_SIDE else 16
    if template in ("", "cnn") and side < SMALL_SIDE:
        layers += [*_convolution(32), ("relu", {}), *_convolution(64), ("max_pool2d", {"kernel_size": 2}), ("relu", {})]
    elif template in ("", "cnn"):
        while side >= SMALLEST_HALVED and channels <= MOST_CHANNELS:
            layers += [*_convolution(channels), ("max_pool2d", {"kernel_size": 2}), ("relu", {})]
            channels, side = channels * 2, side // 2
    layers.append(("flatten", {}))
    if template in ("", "cnn"):
        layers.append(("dropout", {"p": 0.25}))
    widths = [64] if template in ("", "cnn") else [128, 64]
    layers += hidden(widths_of(widths, template), dropout=0.0)
    return chain([*layers, *answer(kind, count)])


def input_fields(height: int, width: int, colour: bool, resize: str = "stretch") -> Fields:
    """The fields of an image input that are not as usual."""
    fields: dict[str, int | str] = {"height": height, "width": width, "mode": "colour" if colour else "grey"}
    return {**fields, "resize": resize} if resize != "stretch" else fields


def _convolution(channels: int) -> Layers:
    return [("conv2d", {"out_channels": channels, "kernel_size": 3, "padding": 1}), ("batch_norm2d", {})]


def mask_network(height: int, width: int, colour: bool, kind: TargetKind, classes: int) -> Project:
    """A project with a small U-Net: the picture is halved twice and enlarged again, each time beside what was there.

    Sides are whole multiples of 4. After Ronneberger, Fischer and Brox 2015.
    """
    layers: Layers = [("image_input", input_fields(height, width, colour))]
    layers += [*_convolution(16), ("relu", {})]
    first = len(layers)
    layers += [("max_pool2d", {"kernel_size": 2}), *_convolution(32), ("relu", {})]
    second = len(layers)
    layers += [("max_pool2d", {"kernel_size": 2}), *_convolution(64), ("relu", {}), *_convolution(64), ("relu", {})]
    beside = {}
    for channels, place in ((32, second), (16, first)):
        layers.append(("conv_transpose2d", {"out_channels": channels}))
        beside[len(layers)] = place
        layers += [("concatenate", {}), *_convolution(channels), ("relu", {})]
    last = classes if kind == "classes" else 1
    layers += [("conv2d", {"out_channels": last, "kernel_size": 1}), ("output", {"loss": LOSS[kind]})]
    return _branched(layers, beside)


def _branched(layers: Layers, beside: dict[int, int]) -> Project:
    """A project whose layers follow one another; that at a place in ``beside`` also takes what one before gives."""
    project = Project()
    made: list[str] = []
    for place, (key, fields) in enumerate(layers):
        node = new_node(project.graph, key, *folded(place, len(layers)))
        project = add_node(project, replace(node, fields={**node.fields, **fields}))
        inputs = [made[-1], made[beside[place] - 1]] if place in beside else made[-1:]
        for number, source in enumerate(inputs, start=1):
            port = f"x{number}" if place in beside else "x"
            project = connect(project, Link(source, "out", node.id, port), ports_of)
        made.append(node.id)
    return project


def image_training(validated: bool, pictures: int = 0) -> Training:
    """Settings for a data set of so many pictures; stops early where there are some to validate with."""
    if pictures >= MANY_PICTURES:
        return Training(epochs=10, batch_size=64, learning_rate=0.002, patience=3 if validated else 0)
    return Training(epochs=60 if validated else 20, batch_size=32, learning_rate=0.002, patience=20 if validated else 0)
