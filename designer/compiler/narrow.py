"""The narrow middle of a network: the layer with the fewest values for each sample."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from designer.compiler.plan import Plan, PlanStep


class Narrow(NamedTuple):
    """The layer of the graph that gives the fewest values, and how many: fewer than the first input has."""

    step: PlanStep
    width: int


def narrowest(plan: Plan) -> Narrow | None:
    """The first of the layers that give the fewest values; None where none is narrower than the first input."""
    first = next((step for step in plan.with_role("input") if step.node.id in plan.used), None)
    if first is None or not first.shape:
        return None
    found: Narrow | None = None
    for key, step in plan.steps.items():
        if key in plan.used and step.layer.role not in ("input", "output") and step.shape is not None:
            width = prod(step.shape)
            if width < (found.width if found is not None else prod(first.shape)):
                found = Narrow(step, width)
    return found
