"""Sentences: what PyTorch says of a misfit, in words a beginner understands, with the actual sizes."""

from __future__ import annotations

import re

from designer.compiler.plan import PlanStep
from designer.compiler.report import Flow
from designer.layers.fields import shown

NAMES = {
    "NF": "rows of features",
    "NCT": "sequences of channels × steps",
    "NTF": "sequences of steps × features",
    "NCHW": "images",
}


def shape_text(flow: Flow | PlanStep) -> str:
    """A shape for people: ``N×32×26×26``."""
    return "×".join(["N", *(str(size) for size in flow.shape or ())])


def quoted(name: str) -> str:
    """A node's name in quotation marks, cut where it is very long."""
    return f"“{name if len(name) <= 60 else name[:59] + '…'}”"


def wants(step: PlanStep, source: str, flow: Flow) -> str:
    """Why a node does not take the axes of what comes from the node called ``source``."""
    port = step.layer.inputs[0]
    wanted = " or ".join(NAMES.get(layout, layout) for layout in port.axes.split())
    found = NAMES.get(flow.axes, "values")
    return (
        f"{quoted(step.node.name)} ({step.layer.title}) takes {wanted} "
        f"({' or '.join(_spread(a) for a in port.axes.split())}), "
        f"but {quoted(source)} gives {found} of {shape_text(flow)}."
    )


def _spread(axes: str) -> str:
    return "×".join(axes)


def misfit(step: PlanStep) -> str:
    """Why a node's module cannot take the sizes that reach it."""
    error = step.inferred.error if step.inferred else ""
    name = f"{quoted(step.node.name)} ({step.layer.title})"
    shapes = " and ".join(shape_text(flow) for flow in step.flows)
    if "batch axis" in error:
        return f"{name} would change the batch axis. The first axis counts the samples and must stay as it is."
    if len(step.flows) > 1:
        return f"{name} cannot combine {shapes}: {_combining(step)}"
    if match := re.search(r"shape '\[(.*)\]' is invalid for input of size (\d+)", error):
        wanted = step.values.get("shape")
        count = 1
        for size in wanted if isinstance(wanted, tuple) else ():
            count *= int(str(size))
        has = int(match[2]) // 2
        return (
            f"{name} cannot give {shapes} the shape {shown(wanted or ())}: that is {count:,} values, and there are "
            f"{has:,}."
        )
    if (
        "Kernel size can't be greater" in error
        or "Output size is too small" in error
        or "output size is too small" in error
    ):
        kernel = step.values.get("kernel_size", "")
        axes = getattr(step.layer.fields["kernel_size"], "axes", 2)
        window = shown(kernel if isinstance(kernel, tuple) else (kernel,) * axes)
        return (
            f"{name} has a window of {window}, larger than what reaches it, {shapes}. Make the window smaller, or "
            "pool less before it."
        )
    if "divisible by" in error:
        return (
            f"{name} gets {_channels(step)} channels, which its groups or filters do not divide evenly "
            f"({_first_line(error)})."
        )
    return f"{name} cannot take {shapes}: {_first_line(error)}."


def _combining(step: PlanStep) -> str:
    if step.layer.key == "concatenate":
        return f"all axes but axis {step.values['dim']} must be equal."
    return "their sizes must be equal."


def _channels(step: PlanStep) -> str:
    return str(step.flows[0].shape[0]) if step.flows and step.flows[0].shape else "unknown"


def _first_line(error: str) -> str:
    line = error.split("\n")[0].strip().rstrip(".")
    return line if len(line) <= 200 else line[:199] + "…"
