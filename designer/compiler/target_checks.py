"""Checks of the output against the data: its width, its loss, its last activation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from designer.compiler import fixes
from designer.compiler.input_checks import input_problems
from designer.compiler.loss_checks import loss_problems, own_target_problems
from designer.compiler.mode_checks import mode_problems
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.sentences import quoted, shape_text
from designer.layers.catalog import LOSSES, METRICS, mode_of
from designer.layers.inputs import compared_with, target_names
from designer.layers.losses import USUAL
from designer.project.facts import Facts, TargetFacts, is_class
from designer.project.model import Column, Project, TableData

KINDS = {"number": "a number", "binary": "two classes", "classes": "classes", "text": "text"}


def target_problems(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """What is wrong between what the network gives and what it is compared with."""
    outputs = plan.with_role("output")
    if not outputs:
        return
    mode = mode_of(project)
    if mode.targets != "columns":
        yield from input_problems(project, plan, frozenset())
        yield from own_target_problems(project, outputs)
        yield from mode_problems(project, plan, facts)
        return
    if isinstance(project.data, TableData) and project.data.samples == "tokens":
        yield from mode_problems(project, plan, facts)
        return
    targets = {column.name for output in outputs for column in target_columns(project, plan, output)}
    yield from input_problems(project, plan, frozenset(targets))
    yield from _unnamed(project, outputs)
    for output in outputs:
        yield from _output_problems(project, plan, output, facts.of(output.node.id) if facts is not None else None)


def _unnamed(project: Project, outputs: Sequence[PlanStep]) -> Iterator[Problem]:
    """Several outputs that name no target would all be compared with the same."""
    loose = [output for output in outputs if not target_names(output.values["target"])]
    if len(loose) < 2 or project.data is None or not project.data.columns:
        return
    names = ", ".join(quoted(output.node.name) for output in loose[:4])
    sentence = f"{names} name no target, so that all of them are compared with the same. Name the target of each."
    yield Problem("warning", "unnamed-targets", NodePlace(loose[1].node.id, "target"), sentence)


def _output_problems(project: Project, plan: Plan, output: PlanStep, facts: TargetFacts | None) -> Iterator[Problem]:
    loss = LOSSES[str(output.values["loss"])]
    yield from _target_column(project, plan, output)
    yield from _metrics(output, facts)
    yield from loss_problems(project, plan, output, target_columns(project, plan, output), facts)
    if facts is None:
        yield from _text_form(plan, output, None) if "text" in loss.targets else _form(output, None)
    elif len(facts.classes) < 2 and is_class(facts.kind):
        only = f", {quoted(facts.classes[0])}," if facts.classes else ""
        sentence = (
            f"The target {quoted(facts.target)} has only one class{only} so there is nothing to tell apart. Choose "
            "another target column."
        )
        yield Problem("error", "one-class", NodePlace(output.node.id, "target"), sentence)
    elif facts.kind not in loss.targets:
        yield _wrong_loss(output, facts)
    elif facts.kind == "text":
        yield from _text_form(plan, output, facts)
    else:
        width = facts.width if facts.kind == "number" else 1
        width = loss.output_width(len(facts.classes) if facts.kind == "classes" else width)
        if facts.shape:
            yield from _picture_form(output, facts, width)
            return
        yield from _form(output, width) or ()
        if width:
            yield from _width(plan, output, facts, width)


def _metrics(output: PlanStep, facts: TargetFacts | None) -> Iterator[Problem]:
    """Figures that take a number of targets together which the output does not have."""
    chosen = output.values.get("metrics")
    for key in chosen if isinstance(chosen, tuple) and facts is not None else ():
        metric = METRICS.get(str(key))
        if metric is not None and facts is not None and metric.width and facts.width != metric.width:
            sentence = (
                f"{metric.title} is for {metric.width} targets together, but {quoted(output.node.name)} predicts "
                f"{facts.width}. Choose another figure, or other targets."
            )
            yield Problem("warning", "metric-width", NodePlace(output.node.id, "metrics"), sentence)


def target_columns(project: Project, plan: Plan, output: PlanStep) -> list[Column]:
    """The columns that an output is compared with: those it names, else the targets that no other one names."""
    if project.data is None:
        return []
    every = [each.values["target"] for each in plan.with_role("output")]
    return compared_with(project.data.columns, output.values["target"], every)


def _target_column(project: Project, plan: Plan, output: PlanStep) -> Iterator[Problem]:
    if project.data is None or not project.data.columns:
        return
    known = {column.name for column in project.data.columns}
    lost = [name for name in target_names(output.values["target"]) if name not in known]
    place = NodePlace(output.node.id, "target")
    if lost:
        yield Problem(
            "error", "no-target", place, f"The target column {quoted(lost[0])} is not in the data. Choose one that is."
        )
    elif not target_columns(project, plan, output):
        marked = any(column.role == "target" for column in project.data.columns)
        sentence = (
            f"No target is left for {quoted(output.node.name)}: other outputs name them all. Name the column that it "
            "shall predict."
            if marked
            else "No column is the target. Choose the column that the network shall predict."
        )
        yield Problem("error", "no-target", place, sentence)


def _wrong_loss(output: PlanStep, facts: TargetFacts) -> Problem:
    loss = LOSSES[str(output.values["loss"])]
    usual = USUAL[facts.kind]
    wanted = " or ".join(KINDS[kind] for kind in loss.targets)
    found = KINDS[facts.kind] if facts.kind != "classes" else f"{len(facts.classes)} classes"
    sentence = (
        f"{loss.title} is for a target of {wanted}, but {quoted(facts.target)} holds {found}. Use "
        f"{usual.title.lower()}."
    )
    fix = fixes.set_field(output.node.id, "loss", usual.key, f"Use {usual.title.lower()}")
    return Problem("error", "loss-target", NodePlace(output.node.id, "loss"), sentence, fix)


def _form(output: PlanStep, width: int | None) -> Iterator[Problem]:
    if output.shape is not None and len(output.shape) != 1:
        wanted = (
            "one value for each sample"
            if width == 1
            else f"{width} values for each sample"
            if width
            else "a row of values for each sample"
        )
        sentence = (
            f"{quoted(output.node.name)} needs {wanted}, but {shape_text(output)} reaches it. Flatten and finish with "
            "a Linear."
        )
        yield Problem(
            "error", "output-shape", NodePlace(output.node.id), sentence, fixes.insert_before(output.node.id, "flatten")
        )


def _picture_form(output: PlanStep, facts: TargetFacts, width: int) -> Iterator[Problem]:
    """Whether what reaches the output is a picture with a channel for each class of the masks, of their size."""
    wanted = (width, *facts.shape)
    if output.shape is None or output.shape == wanted:
        return
    sizes = "×".join(map(str, wanted))
    sentence = (
        f"{quoted(output.node.name)} needs N×{sizes}, a score for each class at each pixel of the masks, but "
        f"{shape_text(output)} reaches it. Finish with a Conv2d of {width} filter{'s' if width != 1 else ''} that "
        "keeps height and width."
    )
    yield Problem("error", "output-shape", NodePlace(output.node.id), sentence)


def _text_form(plan: Plan, output: PlanStep, facts: TargetFacts | None) -> Iterator[Problem]:
    """Whether what reaches the output has scores of each character at each step, and steps enough for the texts."""
    if output.shape is None:
        return
    width, place = len(facts.classes) if facts is not None else 0, NodePlace(output.node.id)
    name, wide = quoted(output.node.name), len(output.shape) == 2 and (not width or output.shape[1] == width)
    if not wide:
        count = f"the {width - 1} characters" if width else "the characters"
        sentence = (
            f"{name} needs N×steps×{width or 'characters'}, at each step a score of the blank and of each of {count}, "
            f"but {shape_text(output)} reaches it."
        )
        fix = fixes.set_width(plan, output.node.id, width) if width and len(output.shape) == 2 else None
        yield Problem("error", "output-shape", place, sentence, fix)
    elif facts is not None and output.shape[0] < facts.width:
        sentence = (
            f"The longest text of {quoted(facts.target)} has {facts.width} characters, but {name} gets only "
            f"{output.shape[0]} steps, of which each can say one: such texts cannot be learned."
        )
        yield Problem("warning", "short-text", place, sentence)


def _width(plan: Plan, output: PlanStep, facts: TargetFacts, width: int) -> Iterator[Problem]:
    if output.shape is None or len(output.shape) != 1 or output.shape[0] == width:
        return
    has = output.shape[0]
    reason = {
        "number": "the target is one number" if facts.width == 1 else f"the targets are {facts.width} numbers",
        "binary": "two classes need one output",
        "classes": f"the target has {width} classes",
    }[facts.kind]
    loss = LOSSES[str(output.values["loss"])]
    if loss.width > 1:
        reason += f", and {loss.title} takes {loss.width} values for each"
    sentence = (
        f"{quoted(output.node.name)} gets {has} value{'s' if has != 1 else ''} for each sample, but {reason}: make it "
        f"{width}."
    )
    fix = fixes.set_width(plan, output.node.id, width)
    yield Problem("error", "output-width", NodePlace(output.node.id), sentence, fix)


def data_problems(project: Project, facts: Facts | None) -> Iterator[Problem]:
    """What is wrong with the data or missing from it."""
    if project.data is None:
        sentence = (
            "No data is open yet. The network can be drawn and exported; to train it, open a CSV file or a folder of "
            "images."
        )
        yield Problem("warning", "no-data", SettingPlace("data.path"), sentence)
    elif facts is not None and facts.rows and not facts.rows.get("train", 0):
        sentence = (
            "No rows are left for training. Give the validation and test parts a smaller share, or keep more rows."
        )
        yield Problem("error", "no-rows", SettingPlace("data.split"), sentence)
