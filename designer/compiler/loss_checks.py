"""Checks of losses: whether what stands before them, and the targets that they are given, suit them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from designer.compiler import fixes
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.sentences import quoted
from designer.layers.catalog import LOSSES, OPTIMIZERS, mode_of
from designer.layers.declaration import LossType
from designer.layers.losses import USUAL
from designer.layers.modes import SUPERVISED
from designer.project.facts import TargetFacts
from designer.project.model import Column, Project

# Activations that turn logits into probabilities, which some losses do themselves.
PROBABILITIES = ("softmax", "sigmoid")
# Ways to scale a target that put about half of it below zero.
ABOUT_ZERO = {
    "standard": "standardised",
    "robust": "scaled about its median",
    "log": "learned as its standardised logarithm",
}


def loss_problems(
    project: Project, plan: Plan, output: PlanStep, columns: Sequence[Column], facts: TargetFacts | None
) -> Iterator[Problem]:
    """What is wrong between the loss of an output and the layer before it, or the target ``columns``."""
    loss = LOSSES[str(output.values["loss"])]
    yield from _activation(plan, output, loss)
    yield from _scaled(output, loss, columns, facts)
    yield from _weights(project, output, loss)
    if facts is not None and facts.kind in loss.targets:
        yield from _form(output, loss, facts)


def _activation(plan: Plan, output: PlanStep, loss: LossType) -> Iterator[Problem]:
    last = plan.steps.get(output.sources[0][0]) if output.sources else None
    if last is None:
        return
    if loss.built_in and last.layer.key in PROBABILITIES:
        sentence = (
            f"{quoted(last.node.name)} ({last.layer.title}) stands before {loss.title}, which has its own "
            f"{loss.built_in} built in. "
            "Done twice, training becomes slow and weak. Remove the layer."
        )
        fix = fixes.remove_node(last.node.id, quoted(last.node.name))
        yield Problem("warning", "double-activation", NodePlace(last.node.id), sentence, fix)
    elif loss.expects == "log_probabilities" and last.layer.key != "log_softmax" and not last.layer.block:
        wrong = last.layer.key in PROBABILITIES
        sentence = (
            f"{loss.title} takes the logarithms of probabilities, but {quoted(last.node.name)} ({last.layer.title}) "
            f"stands before it. {'Make it a LogSoftmax' if wrong else 'Put a LogSoftmax between them'}, or choose "
            "cross-entropy, which has it built in."
        )
        missing = None if wrong else fixes.insert_before(output.node.id, "log_softmax")
        yield Problem("error", "no-log-softmax", NodePlace(output.node.id, "loss"), sentence, missing)


def _scaled(
    output: PlanStep, loss: LossType, columns: Sequence[Column], facts: TargetFacts | None
) -> Iterator[Problem]:
    """Targets below zero, or scaled, where the loss cannot have them so."""
    place = NodePlace(output.node.id, "loss")
    if loss.positive_targets and columns and facts is not None and facts.minimum is not None and facts.minimum < 0:
        named = " and ".join(quoted(column.name) for column in columns[:3])
        sentence = f"{loss.title} needs targets of zero and above, but {named} goes down to {facts.minimum:g}."
        fix = fixes.set_field(output.node.id, "loss", "mse", "Use mean squared error")
        yield Problem("error", "negative-target", place, sentence, fix)
        return
    scaled = [column for column in columns if column.kind == "number" and "scale" not in column.off]
    below = [column for column in scaled if column.scale in ABOUT_ZERO]
    if loss.positive_targets and below:
        sentence = (
            f"{loss.title} needs targets of zero and above, but {quoted(below[0].name)} is "
            f"{ABOUT_ZERO[below[0].scale]}, which puts half of it below zero. Leave the target unscaled."
        )
        yield Problem("error", "scaled-target", place, sentence, fixes.unscale_targets([each.name for each in below]))
        return
    logs = [column for column in scaled if column.scale == "log"]
    if loss.spread and logs:
        sentence = (
            f"{loss.title} says how far targets lie to either side of a prediction, but {quoted(logs[0].name)} is "
            "learned as its logarithm, in whose own units the two sides are unlike. Leave the target unscaled."
        )
        yield Problem("error", "scaled-target", place, sentence, fixes.unscale_targets([each.name for each in logs]))
        return
    changed = [column for column in scaled if column.scale != "none"]
    if loss.unscaled_targets and changed:
        sentence = (
            f"{loss.title} needs targets as they stand in the data, but {quoted(changed[0].name)} is scaled. Leave the "
            "target unscaled."
        )
        yield Problem("error", "scaled-target", place, sentence, fixes.unscale_targets([each.name for each in changed]))


def _weights(project: Project, output: PlanStep, loss: LossType) -> Iterator[Problem]:
    """Losses that answer for a whole batch at once cannot let rows count unlike."""
    columns = project.data.columns if project.data is not None else ()
    weight = next((column.name for column in columns if column.role == "weight"), "")
    if weight and not loss.each:
        sentence = (
            f"{quoted(weight)} says how much each row counts, which {loss.title.lower()} cannot take into account. "
            "Choose another loss, or ignore the column."
        )
        yield Problem("error", "weighted-loss", NodePlace(output.node.id, "loss"), sentence)


def _form(output: PlanStep, loss: LossType, facts: TargetFacts) -> Iterator[Problem]:
    """Targets of another form than the loss is for."""
    place = NodePlace(output.node.id, "loss")
    if facts.kind == "number" and facts.width < loss.least_targets:
        usual = USUAL["number"]
        sentence = (
            f"{loss.title} compares directions, for which a target needs {loss.least_targets} numbers or more, but "
            f"{quoted(facts.target)} is one. Use {usual.title.lower()}."
        )
        fix = fixes.set_field(output.node.id, "loss", usual.key, f"Use {usual.title.lower()}")
        yield Problem("error", "few-targets", place, sentence, fix)
    elif loss.masks == "only" and not facts.shape:
        usual = USUAL[facts.kind]
        sentence = (
            f"{loss.title} is for masks, but each sample has one class in {quoted(facts.target)}. Use "
            f"{usual.title.lower()}."
        )
        fix = fixes.set_field(output.node.id, "loss", usual.key, f"Use {usual.title.lower()}")
        yield Problem("error", "no-masks", place, sentence, fix)


def own_target_problems(project: Project, outputs: Sequence[PlanStep]) -> Iterator[Problem]:
    """Losses that cannot compare an output with the input itself, or with the next tokens."""
    for output in outputs if mode_of(project).targets == "next" else ():
        loss = LOSSES[str(output.values["loss"])]
        if "classes" not in loss.targets or loss.masks != "too":
            usual = USUAL["classes"]
            sentence = (
                f"{loss.title} cannot compare the scores of each step with the token that comes next. Use "
                f"{usual.title.lower()}."
            )
            fix = fixes.set_field(output.node.id, "loss", usual.key, f"Use {usual.title.lower()}")
            yield Problem("error", "loss-mode", NodePlace(output.node.id, "loss"), sentence, fix)
    mode = mode_of(project)
    for output in outputs if mode.targets == "inputs" and not mode.loss else ():
        loss = LOSSES[str(output.values["loss"])]
        numbers = "number" in loss.targets and loss.width == 1 and loss.least_targets == 1
        if not numbers and loss.key != "bce":
            sentence = (
                f"{loss.title} cannot compare the output with the input itself, which is numbers. Use mean squared "
                "error, or binary cross-entropy where all are from 0 to 1."
            )
            fix = fixes.set_field(output.node.id, "loss", "mse", "Use mean squared error")
            yield Problem("error", "loss-mode", NodePlace(output.node.id, "loss"), sentence, fix)


def step_problems(project: Project, plan: Plan) -> Iterator[Problem]:
    """Settings that the optimizer, or the losses, cannot follow."""
    training = project.training
    optimizer = OPTIMIZERS.get(training.optimizer)
    if optimizer is not None and training.weight_decay and not optimizer.decay:
        sentence = f"{optimizer.title} has no weight decay, but it is set to {training.weight_decay:g}. Set it to 0."
        fix = fixes.set_training("Set weight decay to 0", weight_decay=0.0)
        yield Problem("error", "no-decay", SettingPlace("training.weight_decay"), sentence, fix)
    if optimizer is not None and optimizer.step and training.l1:
        sentence = (
            f"{optimizer.title} computes gradients within its own step, where L1 cannot be added, but it is set to "
            f"{training.l1:g}. Set it to 0."
        )
        fix = fixes.set_training("Set L1 to 0", l1=0.0)
        yield Problem("error", "no-l1", SettingPlace("training.l1"), sentence, fix)
    mode = mode_of(project)
    if optimizer is not None and optimizer.step and mode.step != SUPERVISED.step:
        sentence = f"{mode.title} makes steps of its own, which {optimizer.title} cannot make. Use Adam, for instance."
        fix = fixes.set_training("Use Adam", optimizer="adam", optimizer_fields={}, learning_rate=0.001)
        yield Problem("error", "own-step", SettingPlace("training.optimizer"), sentence, fix)
    outputs = plan.with_role("output")
    taken = any(LOSSES[str(output.values["loss"])].class_weights for output in outputs)
    if training.class_weights == "balanced" and outputs and not (taken and mode.targets == "columns"):
        sentence = (
            "Class weights say nothing here: no output has a loss that counts classes, such as cross-entropy. Count "
            "all the same."
        )
        fix = fixes.set_training("Count all the same", class_weights="none")
        yield Problem("warning", "no-class-weights", SettingPlace("training.class_weights"), sentence, fix)
