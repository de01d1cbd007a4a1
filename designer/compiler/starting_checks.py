"""Checks of how layers start and learn: initial values that do not suit, networks with nothing left to train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from designer.compiler import fixes
from designer.compiler.plan import Plan, PlanStep, Totals
from designer.compiler.problems import Fix, NodePlace, Place, Problem, SettingPlace
from designer.compiler.rivals import plans_of, rivals_of
from designer.compiler.sentences import quoted
from designer.compiler.starting import chosen, layout_of, misfit_of, training_of
from designer.compiler.sums import frozen_of_step, total
from designer.layers.catalog import OPTIMIZERS, mode_of
from designer.layers.training_fields import BIAS_INIT, FROZEN, TRAINING_FIELDS, WEIGHT_INIT
from designer.project.edits import set_field
from designer.project.model import Block, Project


def starting_problems(step: PlanStep) -> Iterator[Problem]:
    """Initial values that the layer cannot take, or has nothing for."""
    if not training_of(step) or step.inferred is None or step.inferred.error:
        return
    name = f"{quoted(step.node.name)} ({step.layer.title})"
    found, reason = layout_of(step), misfit_of(step)
    if reason:
        words = str(chosen(step, WEIGHT_INIT)).replace("_", " ")
        sentence = f"{name}: initial weights “{words}” {reason}. Choose normal, uniform, zeros or ones, for instance."
        yield Problem(
            "error", "initial-weights", NodePlace(step.node.id, WEIGHT_INIT), sentence, _back(step, WEIGHT_INIT)
        )
    for field, word, there in ((WEIGHT_INIT, "weights", found.weights), (BIAS_INIT, "biases", found.biases)):
        value = chosen(step, field)
        if value != TRAINING_FIELDS[field].initial and not there:
            sentence = f"{name} has no {word} with these settings, so that “{value}” for them says nothing."
            yield Problem("warning", "nothing-to-start", NodePlace(step.node.id, field), sentence, _back(step, field))


def _back(step: PlanStep, name: str) -> Fix:
    return fixes.set_field(step.node.id, name, TRAINING_FIELDS[name].initial, "Back to the default")


def frozen_problems(project: Project, plan: Plan) -> Iterator[Problem]:
    """A network all of whose layers with parameters are frozen, or one of two networks that learn by turns."""
    rivals = rivals_of(plan) if mode_of(project).rivals else None
    if rivals is None:
        yield from _all_frozen(project, plan, plan.totals, "", SettingPlace())
        return
    for (name, each), half in zip(
        plans_of(plan, rivals).items(), (rivals.generator, rivals.discriminator), strict=True
    ):
        yield from _all_frozen(project, each, total(each), f" of the {name.lower()}", NodePlace(half.output.node.id))


def _all_frozen(project: Project, plan: Plan, sums: Totals, whose: str, place: Place) -> Iterator[Problem]:
    if sums.frozen and not sums.parameters:
        sentence = (
            f"Nothing is left to train: every layer{whose} that has parameters is frozen. Let at least one learn, the "
            "last for instance."
        )
        yield Problem("error", "all-frozen", place, sentence, _thaw_last(project, plan))


def one_rate_problems(project: Project, factors: Mapping[str, float]) -> Iterator[Problem]:
    """Learning rates of layers with an optimizer that has one for all."""
    optimizer = OPTIMIZERS.get(project.training.optimizer)
    if optimizer is None or optimizer.key != "lbfgs" or not factors:
        return
    name = next(iter(factors))
    sentence = (
        f"{optimizer.title} takes one step for all parameters, so that {quoted(name)} cannot have a learning rate of "
        "its own. Set its factor back to 1, or choose another optimizer."
    )
    kept, adam = project.training.learning_rate, OPTIMIZERS["adam"]
    rate = adam.learning_rate if kept == optimizer.learning_rate else kept
    fix = fixes.set_training("Choose Adam", optimizer=adam.key, optimizer_fields={}, learning_rate=rate)
    yield Problem("error", "one-rate", SettingPlace("training.optimizer"), sentence, fix)


def _thaw_last(project: Project, plan: Plan) -> Fix | None:
    """Lets the last frozen layer learn, where it lies: in the graph, in a block, or where a use of a block says it."""
    step = next((step for step in reversed(plan.running) if frozen_of_step(step)), None)
    if step is None:
        return None
    field = FROZEN
    if step.layer.block:
        inner = step.repeats[-1]
        field = _set_by_use(project.blocks[step.layer.block], inner)
        if not field:
            return _thaw_last(project, inner)
    label = f"Let {quoted(step.node.name[:24])} learn"
    return fixes.within_block(Fix(label, lambda whole: set_field(whole, step.node.id, field, False)), plan.block)


def _set_by_use(block: Block, inner: Plan) -> str:
    """The field of a block by which its uses freeze the last of its frozen layers; empty where that is said inside."""
    last = next((step.node.id for step in reversed(inner.running) if frozen_of_step(step)), "")
    return next((exposed.name for exposed in block.fields if (last, FROZEN) in exposed.targets), "")
