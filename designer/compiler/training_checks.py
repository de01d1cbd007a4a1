"""Checks of the training settings against their declarations, the network and the machine."""

from __future__ import annotations

from collections.abc import Iterator

from designer.compiler import fixes
from designer.compiler.learning import factors_of
from designer.compiler.loss_checks import step_problems
from designer.compiler.plan import Plan
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.schedule_checks import schedule_problems
from designer.compiler.sentences import quoted
from designer.compiler.starting_checks import frozen_problems, one_rate_problems
from designer.compiler.sums import frozen_of_step, parameters_of_step
from designer.layers.catalog import METRICS, OPTIMIZERS, training_fields
from designer.project.model import Project

MOST_MODULES = 100_000
BYTES_A_PARAMETER = 16  # float32 weight, gradient and two moments of the optimizer
BYTES_FROZEN = 4  # float32 weight alone


def training_problems(project: Project, plan: Plan, memory: int) -> Iterator[Problem]:
    """Settings out of range, batch norm of single samples, nothing to learn, more than ``memory`` bytes needed."""
    training = project.training
    fields = training_fields()
    for name, field in fields.items():
        value = getattr(training, name)
        reason = field.refuse(value)
        if reason:
            fix = fixes.set_training("Back to the default", **{name: field.initial})
            label = field.label or name.replace("_", " ")
            yield Problem(
                "error", "bad-setting", SettingPlace(f"training.{name}"), f"Training: {label}: {reason}.", fix
            )
    yield from _optimizer(project)
    for key in training.metrics:
        if key not in METRICS:
            known = ", ".join(METRICS)
            yield Problem(
                "error",
                "bad-setting",
                SettingPlace("training.metrics"),
                f"Training: there is no metric {quoted(key)}; known are {known}.",
            )
    yield from step_problems(project, plan)
    yield from schedule_problems(project)
    yield from _batch_norm(project, plan)
    yield from _learning(project, plan)
    yield from _size(plan, memory)


def _optimizer(project: Project) -> Iterator[Problem]:
    training = project.training
    optimizer = OPTIMIZERS.get(training.optimizer)
    if optimizer is None:
        return
    for name, field in optimizer.fields.items():
        value = training.optimizer_fields.get(name, field.initial)
        reason = field.refuse(value)
        if reason:
            kept = {key: kept for key, kept in training.optimizer_fields.items() if key != name}
            fix = fixes.set_training("Back to the default", optimizer_fields=kept)
            place = SettingPlace(f"training.optimizer_fields.{name}")
            yield Problem(
                "error", "bad-setting", place, f"Training: {optimizer.title}: {name.replace('_', ' ')}: {reason}.", fix
            )
    values = training.optimizer_fields
    if optimizer.key == "sgd" and values.get("nesterov") is True and not values.get("momentum"):
        fix = fixes.set_training("Set momentum to 0.9", optimizer_fields={**values, "momentum": 0.9})
        sentence = "Nesterov looks ahead along the momentum, which is 0. Set a momentum, 0.9 for instance."
        yield Problem("error", "nesterov", SettingPlace("training.optimizer_fields.nesterov"), sentence, fix)


def _batch_norm(project: Project, plan: Plan) -> Iterator[Problem]:
    if project.training.batch_size != 1:
        return
    name = norm_in(plan)
    if name:
        sentence = f"{name} averages over the batch, but batches hold 1 sample. Use 2 or more, 32 for instance."
        fix = fixes.set_training("Set the batch size to 32", batch_size=32)
        yield Problem("error", "batch-norm", SettingPlace("training.batch_size"), sentence, fix)


def norm_in(plan: Plan) -> str:
    """The first batch norm that runs, in words; empty where there is none."""
    seen, waiting = {id(plan)}, [plan]
    while waiting:
        for step in waiting.pop(0).running:
            if step.layer.key.startswith("batch_norm"):
                return f"{quoted(step.node.name)} ({step.layer.title})"
            # the steps of one sample are many to a block that is applied at each
            for inner in step.repeats[: 1 if step.steps == 1 else 0]:
                if id(inner) not in seen:
                    seen.add(id(inner))
                    waiting.append(inner)
    return ""


def _learning(project: Project, plan: Plan) -> Iterator[Problem]:
    if not plan.whole:
        return
    yield from frozen_problems(project, plan)
    yield from one_rate_problems(project, factors_of(plan))


def _size(plan: Plan, memory: int) -> Iterator[Problem]:
    # a network that is not whole yet has troubles of its own, said elsewhere
    if not plan.whole or not plan.with_role("input"):
        return
    total = plan.totals.parameters + plan.totals.frozen
    needed = plan.totals.parameters * BYTES_A_PARAMETER + plan.totals.frozen * BYTES_FROZEN
    if not total:
        sentence = (
            "Nothing in the network can learn: no layer between input and output has parameters. Add a Linear, for "
            "instance."
        )
        yield Problem("error", "nothing-to-learn", SettingPlace(), sentence)
    elif needed > memory:
        largest = max(plan.running, key=lambda step: parameters_of_step(step) + frozen_of_step(step))
        sentence = (
            f"The network has {total:,} parameters. Training it needs about "
            f"{_gigabytes(needed)} of memory, and this "
            f"machine has {_gigabytes(memory)}. Most of it is in {quoted(largest.node.name)}: make it "
            "smaller."
        )
        yield Problem("error", "too-large", NodePlace(largest.node.id), sentence)
    if plan.totals.modules > MOST_MODULES:
        sentence = (
            f"With all repetitions of its blocks the network has {plan.totals.modules:,} layers; more than "
            f"{MOST_MODULES:,} cannot be trained. Repeat the blocks less often."
        )
        yield Problem("error", "too-many", SettingPlace(), sentence)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
