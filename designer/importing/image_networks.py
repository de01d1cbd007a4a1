"""Networks for pictures to start from: for classes, for numbers and for masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.importing.architecture import Architecture, Values, whole, with_targets
from designer.importing.brief import Brief
from designer.importing.drawing import Drawing
from designer.importing.networks import LOSS, answered, beside_columns, finished, started
from designer.importing.starting_training import training_for
from designer.layers.fields import Field, Float, Int
from designer.project.model import Block, Data, Project

MOST_CHANNELS = 128
SMALL_SIDE = 12
MIDDLE_SIDE = 28
LARGE_SIDE = 64
SMALLEST_HALVED = 8
MOST_STAGES = 8
# neurons of the layer behind a picture and the columns beside it
JOINED = 32


def _halvings(side: int) -> int:
    """How often a picture can be halved until a pixel is left."""
    return max(1, min(MOST_STAGES, side.bit_length() - 1))


def _convolution(drawing: Drawing, last: str, channels: int) -> str:
    """Without a bias, which batch normalization takes away again: only rounding would move it."""
    last = drawing.add("conv2d", last, out_channels=channels, kernel_size=3, padding=1, bias=False)
    return drawing.add("batch_norm2d", last)


def _cnn(brief: Brief, values: Values) -> Project:
    """Of pictures that are small already nothing is halved before the last stage has seen it."""
    drawing = Drawing()
    last = started(drawing, brief)
    stages, channels = whole(values, "stages"), whole(values, "channels")
    for stage in range(stages):
        for more in range(whole(values, "convolutions")):
            last = drawing.add("relu", last) if more else last
            last = _convolution(drawing, last, channels << stage)
        if brief.side >= SMALL_SIDE or stage == stages - 1:
            last = drawing.add("max_pool2d", last, kernel_size=2)
        last = drawing.add("relu", last)
    last = drawing.add("flatten", last)
    if values["dropout"]:
        last = drawing.add("dropout", last, p=values["dropout"])
    last = drawing.add("relu", drawing.add("linear", last, out_features=whole(values, "width")))
    return answered(drawing, brief, _with_columns(drawing, brief, last))


def _with_columns(drawing: Drawing, brief: Brief, last: str) -> str:
    """What was seen of a picture, and where columns stand beside it a layer that weighs both together."""
    joined = beside_columns(drawing, brief, last)
    if joined == last:
        return last
    return drawing.add("relu", drawing.add("linear", joined, out_features=JOINED))


def _cnn_fields(brief: Brief) -> Mapping[str, Field]:
    """Halves the picture until it has fewer than 8 pixels, then decides."""
    channels, stages, side = 32 if brief.side <= MIDDLE_SIDE else 16, 0, brief.side
    while side >= SMALLEST_HALVED and channels << stages <= MOST_CHANNELS:
        stages, side = stages + 1, side // 2
    stages = 2 if brief.side < SMALL_SIDE else stages
    return {
        "stages": Int(
            min(stages, _halvings(brief.side)),
            maximum=_halvings(brief.side),
            help="How often the picture is halved; each time the channels double.",
        ),
        "channels": Int(channels, maximum=512, help="Number of filters of the first convolution."),
        "convolutions": Int(1, maximum=4, help="Convolutions before each halving; VGG has two or three."),
        "width": Int(64, maximum=4096, help="Neurons of the layer that decides."),
        "dropout": Float(0.25, maximum=0.9, help="Share of the values left out by chance before the decision."),
    }


def _resnet(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    channels, blocks = whole(values, "channels"), whole(values, "blocks")
    last = started(drawing, brief)
    stride = 2 if brief.side > LARGE_SIDE else 1
    last = drawing.add(
        "conv2d", last, "stem", out_channels=channels, kernel_size=3, stride=stride, padding=1, bias=False
    )
    last = drawing.add("relu", drawing.add("batch_norm2d", last, "stem_norm"), "stem_relu")
    residual, downsampling = drawing.ready_block("residual"), drawing.ready_block("residual_downsampling")
    for stage in range(whole(values, "stages")):
        width, number, repeats = channels << stage, stage + 1, blocks
        if stage:
            last = drawing.add(downsampling, last, f"stage{number}_halved", channels=width)
            repeats -= 1
        if repeats:
            last = drawing.add(residual, last, f"stage{number}", channels=width, repeat=repeats)
    last = _with_columns(drawing, brief, drawing.add("global_avg_pool", last))
    return answered(drawing, brief, last)


def _resnet_fields(brief: Brief) -> Mapping[str, Field]:
    most = _halvings(brief.side)
    return {
        "stages": Int(min(3, most), maximum=most, help="Parts of the network; each but the first halves the picture."),
        "blocks": Int(2, maximum=50, help="Residual blocks in each stage; ResNet-18 has two."),
        "channels": Int(16, maximum=512, help="Channels of the first stage; each further one has twice as many."),
    }


def _class_and_box(brief: Brief, values: Values) -> Project:
    """One trunk that sees, two heads that answer: their losses are added and train it together."""
    drawing = Drawing()
    last = started(drawing, brief)
    stage = drawing.own_block(_STAGE)
    for number in range(whole(values, "stages")):
        last = drawing.add(stage, last, f"stage{number + 1}", channels=whole(values, "channels") << number)
    last = beside_columns(drawing, brief, drawing.add("flatten", last))
    trunk = list(drawing.project.graph.nodes)
    heads = []
    for name, width, target, loss in (
        ("class", brief.outputs, brief.label, LOSS[brief.kind]),
        ("box", len(brief.numbers), brief.numbers, "mse"),
    ):
        hidden = drawing.add("linear", last, f"{name}_hidden", out_features=whole(values, "width"))
        bent = drawing.add("relu", hidden, f"{name}_relu")
        answer = drawing.add("linear", bent, f"{name}_answer", out_features=width)
        heads.append([hidden, bent, answer, drawing.add("output", answer, name, target=target, loss=loss)])
    drawing.frame("What is seen", trunk, "blue")
    drawing.frame("Which class", heads[0], "green")
    drawing.frame("Where", heads[1], "orange")
    return replace(drawing.laid_out(), training=training_for(brief))


def _class_and_box_fields(brief: Brief) -> Mapping[str, Field]:
    most = _halvings(brief.side)
    return {
        "stages": Int(min(3, most), maximum=most, help="How often the picture is halved; each time channels double."),
        "channels": Int(16, maximum=512, help="Number of filters of the first convolution."),
        "width": Int(64, maximum=4096, help="Neurons of each head."),
    }


def _without_box(brief: Brief) -> str:
    if brief.label and brief.numbers:
        return ""
    return "It is for pictures in a table that has a class and, beside it, numbers such as those of a box."


def _with_box(data: Data, brief: Brief) -> Data:
    return with_targets(data, brief, "target")


def _vit(brief: Brief, values: Values) -> Project:
    """After Dosovitskiy et al. 2021."""
    drawing = Drawing()
    heads = whole(values, "heads")
    dimensions = -(-whole(values, "dimensions") // heads) * heads
    last = drawing.add(
        "patch_embedding", started(drawing, brief), out_channels=dimensions, kernel_size=whole(values, "patch")
    )
    last = drawing.add("learned_positions", drawing.add("class_token", last))
    for _ in range(whole(values, "layers")):
        last = drawing.add(
            "transformer_encoder_layer",
            last,
            nhead=heads,
            dim_feedforward=2 * dimensions,
            dropout=values["dropout"],
            activation="gelu",
        )
    last = drawing.add("first_step", drawing.add("layer_norm", last))
    project = answered(drawing, brief, _with_columns(drawing, brief, last))
    training = replace(project.training, optimizer="adamw", learning_rate=0.001, weight_decay=0.01)
    return replace(project, training=training)


def _vit_fields(brief: Brief) -> Mapping[str, Field]:
    patch = max(1, min(16, round(brief.side / 8)))
    return {
        "patch": Int(patch, maximum=max(1, brief.side), help="Side of a patch in pixels; each becomes a step."),
        "dimensions": Int(64, maximum=2048, help="How many numbers stand for a patch; a multiple of the heads."),
        "heads": Int(4, maximum=64, help="How many heads look at the other patches at once."),
        "layers": Int(4 if brief.samples >= 2_000 else 3, maximum=32, help="Encoder layers one after another."),
        "dropout": Float(0.1, maximum=0.9, help="Share of the values left out by chance in each layer."),
    }


def _unet(brief: Brief, values: Values) -> Project:
    """After Ronneberger, Fischer and Brox 2015, drawn as the V that it is. Sides become multiples of what is halved."""
    drawing = Drawing()
    depth, channels = whole(values, "depth"), whole(values, "channels")
    height, width = (-(-side // (1 << depth)) << depth for side in (brief.height, brief.width))
    start = started(drawing, replace(brief, height=height, width=width))
    convolutions, halving, doubling = (drawing.own_block(block) for block in (_CONVOLUTIONS, _HALVING, _DOUBLING))
    last = drawing.add(convolutions, start, "encoder1", (1, 0), channels=channels)
    passed = [last]
    for level in range(1, depth + 1):
        name = "bottom" if level == depth else f"encoder{level + 1}"
        last = drawing.add(halving, last, name, (1 + level, level), channels=channels << level)
        passed.append(last)
    for level in reversed(range(depth)):
        at = (1 + 2 * depth - level, level)
        last = drawing.add(doubling, (passed[level], last), f"decoder{level + 1}", at, channels=channels << level)
    classes = brief.answers if brief.kind == "classes" else 1
    last = drawing.add("conv2d", last, "each_pixel", (2 + 2 * depth, 0), out_channels=classes, kernel_size=1)
    return finished(drawing, brief, last, at=(3 + 2 * depth, 0))


def _convolved(drawing: Drawing, last: str, inner: list[str]) -> str:
    """Two convolutions, each with what follows it; the ids of the convolutions are added to ``inner``."""
    for number in (1, 2):
        last = drawing.add("conv2d", last, f"conv{number}", out_channels=16, kernel_size=3, padding=1, bias=False)
        inner.append(last)
        last = drawing.add("relu", drawing.add("batch_norm2d", last, f"norm{number}"), f"relu{number}")
    return drawing.add("block_output", last, "out")


def _unet_block(name: str, summary: str, how: str) -> Block:
    """A block of a U-Net that begins with ``how``: a layer that halves or doubles the picture, or none."""
    drawing, inner = Drawing(), list[str]()
    # the port on top, since what was seen on the way down comes from above
    beside = drawing.add("block_input", name="beside") if how == "conv_transpose2d" else ""
    last = drawing.add("block_input", name="image")
    if how == "max_pool2d":
        last = drawing.add(how, last, "halved", kernel_size=2)
    if how == "conv_transpose2d":
        last = drawing.add(how, last, "doubled", out_channels=16)
        inner.append(last)
        last = drawing.add("concatenate", (beside, last), "joined")
    _convolved(drawing, last, inner)
    return drawing.as_block(name, summary, {"channels": [(key, "out_channels") for key in inner]})


def _stage_block() -> Block:
    drawing = Drawing()
    start = drawing.add("block_input", name="image")
    convolution = drawing.add("conv2d", start, "conv", out_channels=16, kernel_size=3, padding=1, bias=False)
    last = drawing.add("relu", drawing.add("batch_norm2d", convolution, "norm"), "relu")
    drawing.add("block_output", drawing.add("max_pool2d", last, "pool", kernel_size=2), "out")
    summary = "A 3×3 convolution with batch normalisation and ReLU, then the picture is halved."
    return drawing.as_block("Stage", summary, {"channels": [(convolution, "out_channels")]})


_STAGE = _stage_block()
_CONVOLUTIONS = _unet_block(
    "Convolutions", "Two 3×3 convolutions, each with batch normalisation and ReLU; the picture keeps its size.", ""
)
_HALVING = _unet_block("Halving", "Halves the picture, then two convolutions, which see twice as far.", "max_pool2d")
_DOUBLING = _unet_block(
    "Doubling",
    "Doubles the picture, lays beside it what was seen at this size on the way down, then two convolutions.",
    "conv_transpose2d",
)


def _unet_fields(brief: Brief) -> Mapping[str, Field]:
    return {
        "depth": Int(
            2 if brief.side < LARGE_SIDE else 3,
            maximum=max(2, _halvings(brief.side) - 1),
            help="How often the picture is halved on the way down, and doubled on the way up.",
        ),
        "channels": Int(16, maximum=256, help="Channels at the full size; each halving doubles them."),
    }


CNN = Architecture(
    key="cnn",
    title="Convolutional network",
    summary="Filters slide over the picture and find edges, then parts, then things, while it is halved again and "
    "again; then a layer decides.",
    group="Images",
    forms=("pictures",),
    build=_cnn,
    fields=_cnn_fields,
)

RESNET = Architecture(
    key="resnet",
    title="Residual network",
    summary="Convolutions in blocks that add to what they were given, so that many of them can be trained one after "
    "another.",
    group="Images",
    forms=("pictures",),
    build=_resnet,
    fields=_resnet_fields,
)

CLASS_AND_BOX = Architecture(
    key="class_and_box",
    title="Class and box",
    summary="One network that sees, and two answers at once: what is in the picture, and where.",
    group="Images",
    forms=("pictures",),
    build=_class_and_box,
    fields=_class_and_box_fields,
    refuse=_without_box,
    prepare=_with_box,
    example=Brief("pictures", label="class", numbers=("x", "y", "width", "height")),
)

VIT = Architecture(
    key="vit",
    title="Vision transformer",
    summary="Cuts the picture into patches and lets each look at all others, as words of a sentence; it needs many "
    "pictures, or small ones.",
    group="Images",
    forms=("pictures",),
    build=_vit,
    fields=_vit_fields,
)

UNET = Architecture(
    key="unet",
    title="U-Net",
    summary="Halves the picture to see what is there, then enlarges it again beside what it saw on the way, to say "
    "where: an answer for each pixel.",
    group="Images",
    forms=("masks",),
    build=_unet,
    fields=_unet_fields,
)
