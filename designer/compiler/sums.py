"""Sums over plans: parameters and modules of blocks, each weight counted once, and which plans are one and the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import groupby

from designer.compiler.plan import Plan, PlanStep, Totals
from designer.compiler.starting import training_of
from designer.layers.training_fields import is_frozen


def clashes(steps: Iterable[PlanStep]) -> tuple[tuple[str, str], ...]:
    """Pairs of uses that share weights and whose modules are not the same; a use may clash with itself."""
    first: dict[str, PlanStep] = {}
    found = []
    for step in steps:
        if step.shared and step.complete:
            known = first.setdefault(step.module_attribute, step)
            wanted = known.repeats[0].digest
            if any(plan.digest != wanted for plan, _ in groupby(step.repeats)):
                found.append((known.node.id, step.node.id))
    return tuple(found)


def step_totals(plan: Plan) -> Mapping[str, PlanStep]:
    """The steps, uses of blocks with their totals; of uses that share weights the first has the parameters."""
    uses = [step for step in plan.steps.values() if step.layer.block]
    if not uses:
        return plan.steps
    steps = dict(plan.steps)
    counted: set[str] = set()
    for step in sorted(uses, key=lambda step: step.node.id not in plan.used):
        sums = Totals()
        for inner, same in groupby(step.repeats):
            sums = _sum(sums, inner.totals, len(list(same)))
        sums = replace(sums, multiply_adds=sums.multiply_adds * step.steps, memory=sums.memory * step.steps)
        if step.shared:
            once = step.repeats[0].totals if step.module_attribute not in counted else Totals()
            sums = replace(sums, parameters=once.parameters, frozen=once.frozen, modules=once.modules)
            counted.add(step.module_attribute)
        steps[step.node.id] = replace(step, totals=sums)
    return steps


def _sum(before: Totals, more: Totals, times: int) -> Totals:
    return Totals(
        before.parameters + times * more.parameters,
        before.modules + times * more.modules,
        before.multiply_adds + times * more.multiply_adds,
        before.memory + times * more.memory,
        before.frozen + times * more.frozen,
    )


def total(plan: Plan) -> Totals:
    """The totals of all steps that an output needs."""
    parameters = modules = multiply_adds = memory = frozen = 0
    for step in plan.running:
        if step.totals is not None:
            parameters += step.totals.parameters
            frozen += step.totals.frozen
            modules += step.totals.modules + 1
            multiply_adds += step.totals.multiply_adds
            memory += step.totals.memory
        elif step.inferred is not None:
            trained, kept = parameters_of_step(step), frozen_of_step(step)
            parameters, frozen = parameters + trained, frozen + kept
            modules += 1
            multiply_adds += step.inferred.multiply_adds
            memory += step.inferred.memory
    return Totals(parameters, modules, multiply_adds, memory, frozen)


def digest(plan: Plan) -> str:
    """What a block's plan makes and calls, in short: equal for plans that are one module with the same arguments."""
    parts: list[object] = [(plan.block, "", tuple(step.attribute for step in plan.with_role("block_output")))]
    for step in plan.running:
        if step.layer.block:
            inner = tuple((kind.digest, len(list(same))) for kind, same in groupby(step.repeats))
            parts.append((step.node.id, step.module_attribute, inner, step.at_steps))
        else:
            call = step.call("self", ["x"] * len(step.sources)) if step.layer.role == "layer" else ""
            made = tuple(argument.text for argument in step.arguments)
            parts.append((step.node.id, call, made, training_of(step)))
    return sha256(repr(parts).encode()).hexdigest()


def parameters_of_step(step: PlanStep) -> int:
    """The trainable numbers that a step is counted with."""
    if step.totals is not None:
        return step.totals.parameters
    if step.inferred is None or is_frozen(step.layer, step.values):
        return 0
    return step.inferred.parameters


def frozen_of_step(step: PlanStep) -> int:
    """The numbers of a step that training leaves as they are."""
    if step.totals is not None:
        return step.totals.frozen
    return step.inferred.parameters if step.inferred is not None and is_frozen(step.layer, step.values) else 0
