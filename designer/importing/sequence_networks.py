"""Networks for windows of a series and for files of sequences to start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from designer.importing.architecture import Architecture, Values, whole
from designer.importing.brief import Brief
from designer.importing.drawing import Drawing
from designer.importing.networks import answered, finished, started
from designer.layers.fields import Bool, Field, Float, Int
from designer.project.model import Block, Project

STRAIGHT = (
    "Whether a weighted sum of all steps is added to the answer: it goes on with a trend, the rest learns what bends."
)
MOST_STAGES = 12


def _autoregression(brief: Brief, values: Values) -> Project:
    """The sum alone is linear autoregression, which goes on with a trend; what bends is left to the hidden layer."""
    drawing = Drawing()
    flat = drawing.add("flatten", started(drawing, brief))
    last = drawing.add("relu", drawing.add("linear", flat, out_features=whole(values, "width")))
    last = drawing.add("linear", last, out_features=brief.outputs)
    straight = drawing.add("linear", flat, out_features=brief.outputs)
    return finished(drawing, brief, drawing.add("add", (last, straight)))


def _autoregression_fields(brief: Brief) -> Mapping[str, Field]:
    return {"width": Int(32, maximum=4096, help="Neurons of the hidden layer beside the weighted sum.")}


def _steps(drawing: Drawing, brief: Brief) -> tuple[str, tuple[str, ...]]:
    """The input of steps, and of files the mask that says which of them are there."""
    start = started(drawing, brief)
    return start, (drawing.add("mask_input", length=brief.length),) if brief.form == "files" else ()


def _with_straight_way(drawing: Drawing, brief: Brief, start: str, last: str, values: Values) -> Project:
    """The answer, where it is wanted with a weighted sum of all steps added to it."""
    if not values.get("straight"):
        return answered(drawing, brief, last)
    last = drawing.add("linear", last, "bent", out_features=brief.outputs)
    flat = drawing.add("flatten", start)
    straight = drawing.add("linear", flat, "straight", out_features=brief.outputs)
    return finished(drawing, brief, drawing.add("add", (last, straight)))


def _straight_field(brief: Brief) -> Mapping[str, Field]:
    windows = brief.form == "windows" and brief.kind == "number"
    return {"straight": Bool(True, label="weighted sum", help=STRAIGHT)} if windows else {}


def _step_filters(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    start, mask = _steps(drawing, brief)
    last = drawing.add("permute", start, dims=(2, 1))
    size = 2 * (whole(values, "kernel_size") // 2) + 1
    for _ in range(whole(values, "convolutions")):
        last = drawing.add("conv1d", last, out_channels=whole(values, "channels"), kernel_size=size, padding=size // 2)
        last = drawing.add("relu", last)
    last = drawing.add("permute", last, dims=(2, 1))
    last = drawing.add("masked_mean", (last, *mask))
    return answered(drawing, brief, drawing.add("relu", drawing.add("linear", last, out_features=32)))


def _step_filters_fields(brief: Brief) -> Mapping[str, Field]:
    return {
        "convolutions": Int(1, maximum=8, help="How many convolutions stand one after another."),
        "channels": Int(32, maximum=1024, help="Number of filters of each convolution."),
        "kernel_size": Int(5, minimum=1, maximum=99, help="Steps that a filter sees at once, an odd number."),
    }


def _recurrent(layer: str) -> Callable[[Brief, Values], Project]:
    def build(brief: Brief, values: Values) -> Project:
        drawing = Drawing()
        start, mask = _steps(drawing, brief)
        layers = whole(values, "layers")
        last = drawing.add(
            layer,
            (start, *mask),
            hidden_size=whole(values, "hidden"),
            num_layers=layers,
            bidirectional=values["bidirectional"],
            dropout=values["dropout"] if layers > 1 else 0.0,
        )
        return _with_straight_way(drawing, brief, start, last, values)

    return build


def _recurrent_fields(brief: Brief) -> Mapping[str, Field]:
    hidden = 16 if brief.samples < 200 else 32 if brief.samples < 5_000 else 64
    return {
        "hidden": Int(hidden, maximum=4096, help="Width of the state, which holds what was read so far."),
        "layers": Int(1, maximum=8, help="How many such layers follow one another."),
        "bidirectional": Bool(False, help="Whether a second one reads from the end."),
        "dropout": Float(0.2, maximum=0.9, help="Share of values left out between layers, where there are several."),
        **_straight_field(brief),
    }


def _tcn(brief: Brief, values: Values) -> Project:
    """After Bai, Kolter and Koltun 2018: causal convolutions in residual blocks, the dilation doubled from each."""
    drawing = Drawing()
    start, mask = _steps(drawing, brief)
    channels = whole(values, "channels")
    last = drawing.add("permute", start, "channels_first", dims=(2, 1))
    last = drawing.add("conv1d", last, "widen", out_channels=channels, kernel_size=1)
    block = drawing.own_block(_CAUSAL)
    for stage in range(whole(values, "stages")):
        last = drawing.add(
            block,
            last,
            f"stage{stage + 1}",
            channels=channels,
            kernel_size=whole(values, "kernel_size"),
            dilation=1 << stage,
            dropout=values["dropout"],
        )
    last = drawing.add("permute", last, "steps_first", dims=(2, 1))
    last = drawing.add("last_step", (last, *mask))
    return _with_straight_way(drawing, brief, start, last, values)


def _tcn_fields(brief: Brief) -> Mapping[str, Field]:
    # each stage of two convolutions sees as many times 2 · (kernel - 1) further as it is dilated
    stages = 1
    while 1 + 4 * ((1 << stages) - 1) < brief.length and stages < MOST_STAGES:
        stages += 1
    return {
        "stages": Int(stages, maximum=MOST_STAGES, help="Each stage sees twice as far back as the one before."),
        "channels": Int(32 if brief.samples >= 500 else 16, maximum=1024, help="Number of filters of each stage."),
        "kernel_size": Int(3, minimum=2, maximum=99, help="Steps that a filter sees at once."),
        "dropout": Float(0.1, maximum=0.9, help="Share of values left out by chance in each stage."),
        **_straight_field(brief),
    }


def _causal_block() -> Block:
    drawing = Drawing()
    start = drawing.add("block_input", name="sequence")
    last, convolutions, dropouts = start, [], []
    for number in (1, 2):
        last = drawing.add("causal_conv1d", last, f"conv{number}", out_channels=32)
        convolutions.append(last)
        last = drawing.add("relu", last, f"relu{number}")
        last = drawing.add("dropout", last, f"dropout{number}", p=0.1)
        dropouts.append(last)
    drawing.add("block_output", drawing.add("add", (last, start), "add"), "out")
    exposed = {
        "channels": [(key, "out_channels") for key in convolutions],
        "kernel_size": [(key, "kernel_size") for key in convolutions],
        "dilation": [(key, "dilation") for key in convolutions],
        "dropout": [(key, "p") for key in dropouts],
    }
    summary = "Two causal convolutions that look back as far as their dilation says, added to what came in."
    return drawing.as_block("Causal", summary, exposed)


_CAUSAL = _causal_block()

AUTOREGRESSION = Architecture(
    key="autoregression",
    title="Autoregression",
    summary="A weighted sum of all steps that are seen, and beside it a hidden layer that adds what bends.",
    group="Series",
    forms=("windows",),
    build=_autoregression,
    fields=_autoregression_fields,
)

STEP_FILTERS = Architecture(
    key="step_filters",
    title="Filters over steps",
    summary="Filters slide over the steps of a sequence of any length; the mean of what they find decides.",
    group="Series",
    forms=("files",),
    build=_step_filters,
    fields=_step_filters_fields,
)

RNN = Architecture(
    key="rnn",
    title="Simple RNN",
    summary="Reads the series step by step and keeps a state of what it has read; what was long ago fades quickly.",
    group="Series",
    forms=("windows", "files"),
    build=_recurrent("rnn"),
    fields=_recurrent_fields,
)

GRU = Architecture(
    key="gru",
    title="GRU",
    summary="Reads step by step; two gates decide what of its state is kept and what is new.",
    group="Series",
    forms=("windows", "files"),
    build=_recurrent("gru"),
    fields=_recurrent_fields,
)

LSTM = Architecture(
    key="lstm",
    title="LSTM",
    summary="Reads step by step with a guarded memory beside its state, which keeps what was long ago.",
    group="Series",
    forms=("windows", "files"),
    build=_recurrent("lstm"),
    fields=_recurrent_fields,
)

TCN = Architecture(
    key="tcn",
    title="Temporal convolution",
    summary="Filters look back along the series, never ahead, each stage twice as far as the one before: far sight, "
    "and quick to train.",
    group="Series",
    forms=("windows", "files"),
    build=_tcn,
    fields=_tcn_fields,
)
