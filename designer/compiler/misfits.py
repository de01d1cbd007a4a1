"""Misfits: what PyTorch says of a sample that a layer cannot take, said again in words a beginner understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import prod

from designer.compiler.plan import PlanStep
from designer.layers.fields import shown
from designer.project.model import FieldValue

Reason = Callable[[PlanStep], str]
TOO_LARGE = re.compile(
    r"Kernel size can't be greater|output size is too small|Invalid computed output size|smaller than kernel size|"
    r"array of sliding blocks",
    re.IGNORECASE,
)


def reason_of(step: PlanStep, error: str) -> str:
    """What follows “cannot take N×3×4: ”, for one input; empty where nothing better than PyTorch's words is known."""
    if step.layer.key in OF_ONE_LAYER:
        return OF_ONE_LAYER[step.layer.key](step)
    if TOO_LARGE.search(error):
        return _window(step)
    return next((tell(step) for words, tell in REASONS if re.search(words, error, re.IGNORECASE)), "")


def combining(step: PlanStep) -> str:
    """What several inputs must have in common that a layer cannot combine."""
    key, flows = step.layer.key, dict(zip(step.ports, step.flows, strict=False))
    shape = step.flows[0].shape or ()
    for port, flow in flows.items():
        if port == "state" and flow.shape != (step.values["hidden_size"],):
            return f"the state to begin with must have {step.values['hidden_size']} values, as many as are hidden."
        steps = flows["memory"].shape if port == "memory_mask" or key == "cross_attention" else shape
        if port.endswith("mask") and steps and flow.shape != steps[:1]:
            return f"the mask must have {_count(steps[0], 'number')}, one for each step."
    if key == "transformer_decoder_layer":
        return "the sequence that was read must have as many features as the one that is written."
    if key == "matrix_product":
        return "the first must have as many columns as the second has rows."
    if key == "bilinear":
        return "all their axes but the last must be equal."
    if "dim" in step.values and _axis_missing(step, 1 if key == "stack" else 0):
        return f"there is no axis {step.values['dim']}."
    if key == "concatenate":
        return f"all axes but axis {step.values['dim']} must be equal."
    return "their sizes must be equal."


def _count(number: int, word: str) -> str:
    several = "axes" if word == "axis" else f"{word}s"
    return f"{number:,} {word if number == 1 else several}"


def _sample(step: PlanStep) -> tuple[int, ...]:
    return (step.flows[0].shape if step.flows else None) or ()


def _each(value: FieldValue) -> list[int]:
    return [int(str(part)) for part in (value if isinstance(value, tuple) else (value,))]


def _axis_missing(step: PlanStep, more: int = 0) -> bool:
    return int(str(step.values["dim"])) > len(_sample(step)) + more


def _window(step: PlanStep) -> str:
    if step.layer.key.startswith("conv_transpose"):
        return "its padding would take away all that there is. Make the padding smaller"
    axes = len(_sample(step)) - 1
    sizes, apart = (
        given * axes if len(given) == 1 else given
        for given in (_each(step.values.get(name, 1)) for name in ("kernel_size", "dilation"))
    )
    reach = tuple(gap * (size - 1) + 1 for size, gap in zip(sizes, apart, strict=False))
    spread = f", which its dilation spreads over {shown(reach)}," if reach != tuple(sizes) else ""
    return f"its window of {shown(tuple(sizes))}{spread} is larger than that. Make it smaller, or pool less before it"


def _groups(step: PlanStep) -> str:
    groups, channels = int(str(step.values.get("groups", step.values.get("num_groups", 1)))), _sample(step)[0]
    filters = int(str(step.values.get("out_channels", groups)))
    if channels % groups:
        return f"its {groups} groups cannot share out {_count(channels, 'channel')} evenly"
    return f"its {groups} groups cannot share out {_count(filters, 'filter')} evenly"


def _axis(step: PlanStep) -> str:
    return f"there is no axis {step.values['dim']}: a sample has {_count(len(_sample(step)), 'axis')}"


def _expand(step: PlanStep) -> str:
    wanted, sample = _each(step.values["shape"]), _sample(step)
    if len(wanted) != len(sample):
        named = _count(len(wanted), "axis")
        return f"its shape names {named}, and a sample has {len(sample)}. Name them all; −1 keeps one as it is"
    place = next((n for n, (new, old) in enumerate(zip(wanted, sample, strict=True)) if new not in (-1, old)), 0)
    if wanted[place] < 1:
        return f"nothing would be left of axis {place + 1}"
    return f"axis {place + 1} has size {sample[place]}, and only one of size 1 can be repeated"


def _permute(step: PlanStep) -> str:
    return f"its order must name each axis from 1 to {len(_sample(step))} once"


def _split(step: PlanStep) -> str:
    if _axis_missing(step):
        return _axis(step)
    size = _sample(step)[int(str(step.values["dim"])) - 1]
    return (
        f"axis {step.values['dim']} has size {size:,}, and behind the first {step.values['size']} nothing would be left"
    )


def _slice(step: PlanStep) -> str:
    if _axis_missing(step):
        return _axis(step)
    size = _sample(step)[int(str(step.values["dim"])) - 1]
    last = int(str(step.values["start"])) + int(str(step.values["length"])) - 1
    return f"it keeps {step.values['start']} to {last} of axis {step.values['dim']}, which ends at {size - 1}"


def _crop(step: PlanStep) -> str:
    rows, columns = (
        int(str(step.values[first])) + int(str(step.values[count]))
        for first, count in (("top", "height"), ("left", "width"))
    )
    return f"its rectangle ends at row {rows} and column {columns}, beyond the edge"


def _reshape(step: PlanStep) -> str:
    wanted = _each(step.values["shape"])
    has = prod(_sample(step))
    return f"the shape {shown(tuple(wanted))} has {_count(prod(wanted), 'value')}, and a sample has {has:,}"


def _sides(step: PlanStep) -> str:
    sides, axes = _each(step.values["sides"]), len(_sample(step)) - 1
    if len(sides) % 2 or len(sides) > 2 * axes or (step.values["mode"] != "constant" and len(sides) != 2 * axes):
        return (
            f"its border has {_count(len(sides), 'width')}, and needs {2 * axes}: two for each axis behind the channels"
        )
    return _border(step)


def _border(step: PlanStep) -> str:
    return "its border is too wide to be filled from what lies inside. Make it narrower, or fill it with zeros"


def _shuffle(step: PlanStep) -> str:
    factor = int(str(step.values["upscale_factor"]))
    return f"its channels do not divide evenly by {factor**2}, the square of the factor"


def _unshuffle(step: PlanStep) -> str:
    return f"height and width do not both divide evenly by {step.values['downscale_factor']}"


def _hardtanh(step: PlanStep) -> str:
    low, high = shown(step.values["min_val"]), shown(step.values["max_val"])
    return f"its largest value, {high}, must lie above its smallest, {low}"


def _padding_code(step: PlanStep) -> str:
    last = int(str(step.values["num_embeddings"])) - 1
    return f"there is no code {step.values['padding_idx']} for padding: they go from 0 to {last}"


OF_ONE_LAYER: Mapping[str, Reason] = {
    "expand": _expand,
    "permute": _permute,
    "split": _split,
    "slice": _slice,
    "crop": _crop,
    "reshape": _reshape,
    "padding": _sides,
    "pixel_shuffle": _shuffle,
    "pixel_unshuffle": _unshuffle,
    "hardtanh": _hardtanh,
}
REASONS: Sequence[tuple[str, Reason]] = (
    ("divisible by", _groups),
    ("negative dimension", _window),
    ("half of", lambda step: "its padding may be at most half as wide as its window"),
    ("stride should not be zero", lambda step: "its stride is 0 along an axis. Choose 1 or more for each"),
    ("wrapping around|padding size should be less", _border),
    ("Dimension out of range|index out of range", lambda step: _axis(step) if "dim" in step.values else ""),
    ("more than 1 spatial element", lambda step: "of a single value in each channel nothing can be normalised"),
    ("sizes should be greater than 0", lambda step: "nothing would be left of it"),
    ("padding_idx", _padding_code),
    ("bicubic", lambda step: "smooth curves (bicubic) are for images alone. Choose straight lines (linear)"),
)
