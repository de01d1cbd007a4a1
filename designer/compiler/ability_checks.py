"""Checks of what the training settings ask of each step: whether optimizer, network, data and losses can follow."""

from __future__ import annotations

from collections.abc import Iterator

from designer.compiler import fixes
from designer.compiler.figures import figures_of
from designer.compiler.plan import Plan
from designer.compiler.problems import Problem, SettingPlace
from designer.compiler.sentences import quoted
from designer.compiler.training_checks import norm_in
from designer.layers.catalog import AVERAGES, LOSSES, OPTIMIZERS, mode_of, training_fields
from designer.layers.modes import SUPERVISED
from designer.project.facts import Facts, is_class
from designer.project.model import Project

CLIPS = ("clip_norm", "clip_value")
# the most of an average that may be the first weights in the end
FIRST_WEIGHTS = 0.05
# the most that ``torch.multinomial`` draws from
MOST_DRAWN = 2**24


def ability_problems(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """What stands between the training settings and what they ask for; values out of range are told elsewhere."""
    sound = {name for name, field in training_fields().items() if field.refuse(getattr(project.training, name)) is None}
    yield from _clipping(project, sound)
    if "accumulate" in sound and project.training.accumulate > 1:
        yield from _pieces(project, plan)
    if "average" in sound:
        yield from _average(project, facts)
    yield from _monitor(project, facts)
    if "precision" in sound and project.training.computes_in != "float32":
        yield from _precision(project)
    if project.training.sampling == "balanced":
        yield from _sampling(project, plan, facts)


def _clipping(project: Project, sound: set[str]) -> Iterator[Problem]:
    """Gradients that are computed within the optimizer's own step cannot be held within bounds."""
    training, optimizer = project.training, OPTIMIZERS.get(project.training.optimizer)
    for name in CLIPS if optimizer is not None and optimizer.step else ():
        if name in sound and getattr(training, name):
            label = name.replace("_", " ")
            sentence = (
                f"{OPTIMIZERS[training.optimizer].title} computes gradients within its own step, where they cannot be "
                f"clipped, but {label} is set to {getattr(training, name):g}. Set it to 0."
            )
            fix = fixes.set_training(f"Set {label} to 0", **{name: 0.0})
            yield Problem("error", "no-clipping", SettingPlace(f"training.{name}"), sentence, fix)


def _pieces(project: Project, plan: Plan) -> Iterator[Problem]:
    """Batches in pieces: where the step is another than that of the whole batch, or cannot be made at all."""
    mode, optimizer = mode_of(project), OPTIMIZERS.get(project.training.optimizer)
    place = SettingPlace("training.accumulate")
    fix = fixes.set_training("Use whole batches", accumulate=1)
    own = mode.title if mode.step != SUPERVISED.step else optimizer.title if optimizer and optimizer.step else ""
    if own:
        sentence = (
            f"{own} makes steps of its own, to which pieces of a batch cannot add up. Use 1 piece, the whole batch."
        )
        yield Problem("error", "no-pieces", place, sentence, fix)
        return
    for output in plan.with_role("output"):
        loss = LOSSES[str(output.values["loss"])]
        if not loss.each:
            sentence = (
                f"{loss.title} compares the samples of a batch with each other, so that its pieces do not add up. Use "
                "whole batches, 1 piece, or another loss."
            )
            yield Problem("error", "no-pieces", place, sentence, fix)
            return
    yield from _pieces_normalised(project, plan, place)


def _pieces_normalised(project: Project, plan: Plan, place: SettingPlace) -> Iterator[Problem]:
    """Batch normalization sees a piece alone, which must be more than one sample."""
    training, norm = project.training, norm_in(plan)
    if not norm or training.batch_size == 1:
        return
    if training.batch_size and -(-training.batch_size // training.accumulate) < 2:
        most = training.batch_size // 2
        sentence = (
            f"{norm} averages over what goes through it at a time, but with {training.accumulate} pieces of a batch of "
            f"{training.batch_size} that is 1 sample. Use {most} pieces at most."
        )
        fix = fixes.set_training(f"Use {most} piece{'s' if most > 1 else ''}", accumulate=most)
        yield Problem("error", "batch-norm", place, sentence, fix)
        return
    sentence = (
        f"{norm} averages over each piece of a batch alone, so that the steps are not quite those of whole batches. "
        "Group norm or layer norm would make them the same."
    )
    yield Problem("warning", "pieces-norm", place, sentence)


def _average(project: Project, facts: Facts | None) -> Iterator[Problem]:
    """An average of weights whose own settings are out of range, or that takes longer than the training has."""
    training, kind = project.training, AVERAGES[project.training.average]
    values = {name: training.average_fields.get(name, field.initial) for name, field in kind.fields.items()}
    for name, field in kind.fields.items():
        reason = field.refuse(values[name])
        if reason:
            kept = {key: value for key, value in training.average_fields.items() if key != name}
            fix = fixes.set_training("Back to the default", average_fields=kept)
            sentence = f"Training: {kind.title}: {field.label or name}: {reason}."
            yield Problem("error", "bad-setting", SettingPlace(f"training.average_fields.{name}"), sentence, fix)
            return
    if "start" in values:
        yield from _late_average(project, int(str(values["start"])))
    elif "decay" in values and facts is not None:
        yield from _slow_average(project, float(str(values["decay"])), facts.rows.get("train", 0))


def _late_average(project: Project, start: int) -> Iterator[Problem]:
    epochs = project.training.epochs
    if start >= epochs > 1:
        sooner = max(1, epochs * 3 // 4)
        sentence = (
            f"Weights are averaged from epoch {start:,} on, but the training has {epochs:,}, so that there is nothing "
            f"to average. Begin at {sooner:,}, for instance."
        )
        fix = fixes.set_training(f"Average from epoch {sooner:,}", average_fields={"start": sooner})
        yield Problem("warning", "late-average", SettingPlace("training.average_fields.start"), sentence, fix)


def _slow_average(project: Project, decay: float, rows: int) -> Iterator[Problem]:
    """An average that still remembers the first weights in the end: a share of decay^steps of it."""
    training = project.training
    steps = training.epochs * -(-rows // (training.batch_size or max(rows, 1)))
    if not rows or decay**steps < FIRST_WEIGHTS:
        return
    better = max(0.0, round(1 - 10 / steps, 4)) if steps > 10 else 0.5
    sentence = (
        f"The average keeps {decay:g} of itself at each step, but the training has only {steps:,} steps: "
        f"{decay**steps:.0%} of it would still be the weights of the first. Keep {better:g}, for instance."
    )
    fix = fixes.set_training(f"Keep {better:g} at each step", average_fields={"decay": better})
    yield Problem("warning", "slow-average", SettingPlace("training.average_fields.decay"), sentence, fix)


def _monitor(project: Project, facts: Facts | None) -> Iterator[Problem]:
    """A figure that epochs shall be judged by and that they do not have."""
    training, known = project.training, figures_of(project, facts)
    uncertain = facts is None and mode_of(project).targets == "columns"
    if training.monitor in known or uncertain or not (training.patience or training.keep_best):
        return
    sentence = (
        f"Epochs shall be judged by {quoted(training.monitor)}, but no such figure is measured. There are "
        f"{', '.join(known)}. Choose one of them, or add the figure to the output's."
    )
    fix = fixes.set_training("Judge by the loss", monitor="loss")
    yield Problem("error", "no-figure", SettingPlace("training.monitor"), sentence, fix)


def _sampling(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """Samples that shall be drawn by their classes, where they have none."""
    mode, outputs, place = mode_of(project), plan.with_role("output"), SettingPlace("training.sampling")
    found = [facts.of(output.node.id) for output in outputs] if facts is not None else []
    masks = next((each for each in found if each.kind != "number" and each.shape), None)
    reason = ""
    if mode.targets != "columns":
        reason = f"{mode.title} learns from samples that have no classes"
    elif masks is not None:
        reason = "a mask has a class at each of its pixels"
    elif found and not any(is_class(each.kind) for each in found):
        reason = f"{quoted(found[0].target)} holds {'numbers' if found[0].kind == 'number' else 'texts'}"
    elif facts is not None and facts.rows.get("train", 0) > MOST_DRAWN:
        reason = f"there are more than {MOST_DRAWN:,} samples to draw from"
    if reason:
        sentence = f"Balanced sampling draws every class equally often, but {reason}. Take every sample once instead."
        fix = fixes.set_training("Take every sample once", sampling="shuffled")
        yield Problem("error", "no-classes", place, sentence, fix)
    elif project.training.class_weights == "balanced":
        sentence = (
            "Rare classes are drawn more often and count more as well, which makes up for it twice. Do one of both."
        )
        fix = fixes.set_training("Count all the same", class_weights="none")
        yield Problem("warning", "balanced-twice", place, sentence, fix)


def _precision(project: Project) -> Iterator[Problem]:
    """Mixed precision where steps are made in a way that it has no part in."""
    training, mode, optimizer = project.training, mode_of(project), OPTIMIZERS.get(project.training.optimizer)
    own = mode.title if mode.step != SUPERVISED.step else optimizer.title if optimizer and optimizer.step else ""
    if own:
        sentence = f"{own} makes steps of its own, which {training.precision} is not for. Use float32."
        fix = fixes.set_training("Use float32", precision="float32")
        yield Problem("error", "no-mixed", SettingPlace("training.precision"), sentence, fix)
