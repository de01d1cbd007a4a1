"""Checks of the output against the data: its width, its loss, its last activation."""

from __future__ import annotations

from collections.abc import Iterator

from designer.compiler import fixes
from designer.compiler.input_checks import input_problems
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.sentences import quoted, shape_text
from designer.layers.catalog import LOSSES
from designer.layers.losses import USUAL
from designer.project.facts import Facts
from designer.project.model import Column, Project, TableData

# Activations that turn logits into probabilities, which some losses do themselves.
PROBABILITIES = ("softmax", "sigmoid")
KINDS = {"number": "a number", "binary": "two classes", "classes": "classes"}


def target_problems(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """What is wrong between the network's answer and the target."""
    outputs = plan.with_role("output")
    if not outputs:
        return
    output = outputs[0]
    column = target_column(project, output)
    yield from input_problems(project, plan, column.name if column is not None else "")
    yield from _activation(plan, output)
    yield from _target_column(project, output)
    yield from _positive(project, output, facts)
    yield from _weights(project, output)
    if facts is None:
        yield from _form(output, None)
    elif len(facts.classes) < 2 and facts.target_kind != "number":
        only = f", {quoted(facts.classes[0])}," if facts.classes else ""
        sentence = (
            f"The target {quoted(facts.target)} has only one class{only} so there is nothing to tell apart. Choose "
            "another target column."
        )
        yield Problem("error", "one-class", NodePlace(output.node.id, "target"), sentence)
    elif facts.target_kind not in LOSSES[str(output.values["loss"])].targets:
        yield _wrong_loss(output, facts)
    else:
        width = facts.target_width if facts.target_kind == "number" else 1
        width = len(facts.classes) if facts.target_kind == "classes" else width
        if facts.target_shape:
            yield from _picture_form(output, facts, width)
            return
        yield from _form(output, width) or ()
        yield from _width(plan, output, facts, width)


def _activation(plan: Plan, output: PlanStep) -> Iterator[Problem]:
    last = plan.steps.get(output.sources[0][0]) if output.sources else None
    if last is None:
        return
    loss = LOSSES[str(output.values["loss"])]
    if loss.built_in and last.layer.key in PROBABILITIES:
        sentence = (
            f"{quoted(last.node.name)} ({last.layer.title}) stands before {loss.title}, which has its own "
            f"{loss.built_in} built in. "
            "Done twice, training becomes slow and weak. Remove the layer."
        )
        yield Problem(
            "warning",
            "double-activation",
            NodePlace(last.node.id),
            sentence,
            fixes.remove_node(last.node.id, quoted(last.node.name)),
        )


def target_column(project: Project, output: PlanStep) -> Column | None:
    """The table column that the output is compared with, None where there is none."""
    if not isinstance(project.data, TableData):
        return None
    name = str(output.values["target"])
    columns = project.data.columns
    return next((column for column in columns if (column.name == name if name else column.role == "target")), None)


def _target_column(project: Project, output: PlanStep) -> Iterator[Problem]:
    if isinstance(project.data, TableData) and target_column(project, output) is None:
        name = str(output.values["target"])
        sentence = (
            f"The target column {quoted(name)} is not in the data. Choose one that is."
            if name
            else "No column is the target. Choose the column that the network shall predict."
        )
        yield Problem("error", "no-target", NodePlace(output.node.id, "target"), sentence)


def _positive(project: Project, output: PlanStep, facts: Facts | None) -> Iterator[Problem]:
    loss = LOSSES[str(output.values["loss"])]
    column = target_column(project, output)
    if not loss.positive_targets or column is None:
        return
    if facts is not None and facts.target_minimum is not None and facts.target_minimum < 0:
        sentence = (
            f"{loss.title} needs targets of zero and above, but {quoted(column.name)} goes down to "
            f"{facts.target_minimum:g}."
        )
        fix = fixes.set_field(output.node.id, "loss", "mse", "Use mean squared error")
        yield Problem("error", "negative-target", NodePlace(output.node.id, "loss"), sentence, fix)
    elif column.scale == "standard":
        sentence = (
            f"{loss.title} needs targets of zero and above, but {quoted(column.name)} is standardised, "
            "which puts half of it below zero. Leave the target unscaled."
        )
        yield Problem(
            "error", "scaled-target", NodePlace(output.node.id, "loss"), sentence, fixes.unscale_target(column.name)
        )


def _weights(project: Project, output: PlanStep) -> Iterator[Problem]:
    """Losses that answer for a whole batch at once cannot let rows count unlike."""
    loss = LOSSES[str(output.values["loss"])]
    columns = project.data.columns if project.data is not None else ()
    weight = next((column.name for column in columns if column.role == "weight"), "")
    if weight and loss.function:
        sentence = (
            f"{quoted(weight)} says how much each row counts, which {loss.title.lower()} cannot take into account. "
            "Choose another loss, or ignore the column."
        )
        yield Problem("error", "weighted-loss", NodePlace(output.node.id, "loss"), sentence)


def _wrong_loss(output: PlanStep, facts: Facts) -> Problem:
    loss = LOSSES[str(output.values["loss"])]
    usual = USUAL[facts.target_kind]
    wanted = " or ".join(KINDS[kind] for kind in loss.targets)
    found = KINDS[facts.target_kind] if facts.target_kind != "classes" else f"{len(facts.classes)} classes"
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


def _picture_form(output: PlanStep, facts: Facts, width: int) -> Iterator[Problem]:
    """Whether what reaches the output is a picture with a channel for each class of the masks, of their size."""
    wanted = (width, *facts.target_shape)
    if output.shape is None or output.shape == wanted:
        return
    sizes = "×".join(map(str, wanted))
    sentence = (
        f"{quoted(output.node.name)} needs N×{sizes}, a score for each class at each pixel of the masks, but "
        f"{shape_text(output)} reaches it. Finish with a Conv2d of {width} filter{'s' if width != 1 else ''} that "
        "keeps height and width."
    )
    yield Problem("error", "output-shape", NodePlace(output.node.id), sentence)


def _width(plan: Plan, output: PlanStep, facts: Facts, width: int) -> Iterator[Problem]:
    if output.shape is None or len(output.shape) != 1 or output.shape[0] == width:
        return
    has = output.shape[0]
    reason = {
        "number": "the target is one number" if width == 1 else f"the targets are {width} numbers",
        "binary": "two classes need one output",
        "classes": f"the target has {width} classes",
    }[facts.target_kind]
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
