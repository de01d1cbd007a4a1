"""Checks of layouts: sequences as steps × features, and as channels × steps, which sizes alone cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterator

from designer.compiler import fixes
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import NodePlace, Problem, Severity
from designer.compiler.sentences import quoted

STEPS_FIRST, CHANNELS_FIRST = "NTF", "NCT"
KEEPING = ("Activation", "Normalization", "Regularization")


def layout_problems(plan: Plan, step: PlanStep) -> Iterator[Problem]:
    """A sequence that would be read along its wrong axis, with a Permute that turns it."""
    if step.inferred is None or not step.flows or not step.layer.inputs:
        return
    wanted = step.layer.inputs[0].axes.split()
    name, source = quoted(step.node.name), quoted(plan.graph.nodes[step.sources[0][0]].name)
    title = step.layer.title
    if CHANNELS_FIRST in wanted and STEPS_FIRST not in wanted and step.flows[0].axes == STEPS_FIRST:
        sentence = (
            f"{name} ({title}) takes channels × steps, but {source} gives steps × features: each step would count as a "
            "channel, and the features as time. Insert a Permute before it, and one behind it to go back."
        )
    elif STEPS_FIRST in wanted and CHANNELS_FIRST not in wanted and _from_convolution(plan, step):
        sentence = (
            f"{name} ({title}) takes steps × features, but {source} gives channels × steps: each channel would count "
            "as a step. Insert a Permute before it."
        )
    else:
        return
    severity: Severity = "error" if step.inferred.error and step.node.id in plan.used else "warning"
    fix = fixes.insert_before(step.node.id, "permute")
    yield Problem(severity, "swapped-axes", NodePlace(step.node.id), sentence, fix)


def _from_convolution(plan: Plan, step: PlanStep) -> bool:
    """Whether what reaches the step was last given its axes by a convolution or pooling: others only guess them."""
    while step.flows and step.flows[0].axes == CHANNELS_FIRST:
        before = plan.steps.get(step.sources[0][0])
        if before is None or before.layer.category not in (*KEEPING, "Convolution", "Pooling"):
            return False
        if before.layer.category == "Convolution":
            return True
        step = before
    return False
