"""Sentences: what PyTorch says of a misfit, in words a beginner understands, with the actual sizes."""

from __future__ import annotations

import re

from designer.compiler.misfits import combining, reason_of
from designer.compiler.plan import PlanStep
from designer.compiler.report import Flow

# What PyTorch says about its own arguments and not about the samples.
NOT_PLAIN = re.compile(r"[_=\[\]{}]|[a-z]\(|tensor|dimension|\bdim\b", re.IGNORECASE)
NAMES = {
    "NF": "rows of features",
    "NT": "sequences of single numbers",
    "NCT": "sequences of channels × steps",
    "NTF": "sequences of steps × features",
    "NCHW": "images",
    "NCDHW": "volumes",
}


def shape_text(flow: Flow | PlanStep) -> str:
    """A shape for people: ``N×32×26×26``."""
    return "×".join(["N", *(str(size) for size in flow.shape or ())])


def quoted(name: str) -> str:
    """A node's name in quotation marks, cut where it is very long."""
    return f"“{name if len(name) <= 60 else name[:59] + '…'}”"


def wants(step: PlanStep, source: str, flow: Flow) -> str:
    """Why a node does not take the axes of what comes from the node called ``source``."""
    ports = {port.name: port for port in step.layer.inputs}
    port = ports.get(step.ports[step.refused or 0], step.layer.inputs[0])
    wanted = " or ".join(NAMES.get(layout, layout) for layout in port.axes.split())
    found = "codes" if flow.codes else NAMES.get(flow.axes, "values")
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
    if takes_no_codes(step):
        return (
            f"{name} reckons with numbers, but what reaches it are codes, which stand for words or categories. Insert "
            "an Embedding before it."
        )
    if "num_heads" in error:
        heads, width = step.values.get("num_heads", step.values.get("nhead")), (step.flows[0].shape or (0,))[-1]
        features = "1 feature" if width == 1 else f"{width} features"
        return f"{name} has {heads} heads, among which its {features} cannot be shared out evenly."
    if step.layer.unread and error.startswith("the mask"):
        return f"{name} cannot use its mask: {_first_line(error)}."
    if len(step.flows) > 1:
        return f"{name} cannot combine {shapes}: {combining(step)}"
    words = reason_of(step, error)
    if words or not NOT_PLAIN.search(_first_line(error)):
        return f"{name} cannot take {shapes}: {words or _first_line(error)}."
    who = "Its code" if step.layer.own else "PyTorch"
    return f"{name} cannot take {shapes}. {who} says: “{_first_line(error)}”."


def takes_no_codes(step: PlanStep) -> bool:
    """Whether a node fails because codes, which are whole numbers, reach it."""
    error = step.inferred.error if step.inferred else ""
    return any(flow.codes for flow in step.flows) and ("dtype" in error or "Long" in error or "Int" in error)


def _first_line(error: str) -> str:
    line = error.split("\n")[0].strip().rstrip(".")
    return line if len(line) <= 200 else line[:199] + "…"
