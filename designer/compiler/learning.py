"""Learning: which layers follow the gradient at a rate of their own, and how much of a network follows it at all."""

from __future__ import annotations

from collections.abc import Mapping

from designer.compiler.page import Expression, Group
from designer.compiler.plan import Plan
from designer.compiler.starting import chosen
from designer.compiler.texts import quoted_text
from designer.layers.training_fields import LEARNING_RATE_FACTOR


def factors_of(plan: Plan) -> dict[str, float]:
    """What the learning rate is multiplied by in the modules of a plan where that is not 1, by their names.

    ``*`` stands in a name for the number of any repetition of a block: ``stage1.*.conv1``.
    """
    return _factors(plan, {})


def _factors(plan: Plan, known: dict[int, dict[str, float]]) -> dict[str, float]:
    """As ``factors_of``; each plan is gone through once, however often it is used."""
    if id(plan) in known:
        return known[id(plan)]
    found: dict[str, float] = known.setdefault(id(plan), {})
    for step in plan.running:
        name = step.module_attribute
        if step.layer.block:
            several = len(step.repeats) > 1 and not step.shared
            inner = _factors(step.repeats[0], known)
            found.update({f"{name}{'.*' if several else ''}.{below}": factor for below, factor in inner.items()})
        elif step.layer.module and LEARNING_RATE_FACTOR in step.values:
            factor = float(str(chosen(step, LEARNING_RATE_FACTOR)))
            if factor != 1:
                found[name] = factor
    return found


def parameters_expression(factors: Mapping[str, float], learning_rate: float) -> Expression:
    """What the optimizer is given: all parameters, or groups of them by learning rate."""
    if not factors:
        return "model.parameters()"
    named = Group("{", tuple(f"{quoted_text(name)}: {factor!r}" for name, factor in factors.items()), "}")
    return Group("parameter_groups(", ("model", named, f"lr={learning_rate!r}"))
