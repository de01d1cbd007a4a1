"""Checks of networks that are not compared with columns: whether they suit the way in which they are trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from designer.compiler import fixes
from designer.compiler.generative_checks import gan_problems, rbm_problems
from designer.compiler.narrow import narrowest
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.sentences import quoted, shape_text
from designer.layers.catalog import mode_of, mode_values
from designer.project.facts import Facts
from designer.project.model import Project, TableData

MODE = SettingPlace("training.mode")
RESHAPING = ("reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "permute")


def mode_problems(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """What is wrong between the network and the way in which it is trained."""
    check = CHECKS.get(mode_of(project).key)
    if check is not None:
        yield from check(project, plan, facts)


def _single(project: Project, plan: Plan) -> Iterator[Problem]:
    """Modes that compare one output."""
    for output in plan.with_role("output")[1:]:
        sentence = (
            f"{mode_of(project).title} trains one Output, so that {quoted(output.node.name)} is one too many. Take it "
            "away."
        )
        yield Problem("error", "too-many-outputs", NodePlace(output.node.id), sentence)


def _autoencoder(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    yield from _single(project, plan)
    output = plan.with_role("output")[0]
    first = next((step for step in plan.with_role("input") if step.node.id in plan.used), None)
    if first is not None and first.flow.codes:
        sentence = (
            f"{quoted(first.node.name)} ({first.layer.title}) gives codes, which stand for words and cannot be given "
            "back as numbers. Use numbers or pictures, or train for the next token."
        )
        yield Problem("error", "mode-data", NodePlace(first.node.id), sentence)
        return
    yield from _from_zero_to_one(project, plan, output)
    yield from _wide_middle(project, plan)
    wanted = facts.answer_shape if facts is not None and facts.answer_shape else first.shape if first else None
    if output.shape is None or wanted is None or output.shape == tuple(wanted):
        return
    sizes = "×".join(map(str, ("N", *wanted)))
    sentence = (
        f"{quoted(output.node.name)} shall give the input back, which is {sizes}, but {shape_text(output)} reaches it. "
        "Finish with a layer that makes this shape."
    )
    yield Problem("error", "output-shape", NodePlace(output.node.id), sentence)


def _wide_middle(project: Project, plan: Plan) -> Iterator[Problem]:
    """Without a narrow middle or any noise, passing the input on is all there is to learn."""
    disturbed = any(mode_values(project)[name] for name in ("noise", "masking"))
    if plan.whole and narrowest(plan) is None and not disturbed:
        sentence = (
            "No layer is narrower than the input, so that the network can copy it and learns nothing of it. Put a "
            "narrow Linear in the middle, or let noise or masking disturb the input."
        )
        yield Problem("warning", "wide-middle", MODE, sentence)


def _from_zero_to_one(project: Project, plan: Plan, output: PlanStep) -> Iterator[Problem]:
    """Binary cross-entropy compares shares, so that its inputs must lie from 0 to 1."""
    if output.values["loss"] != "bce":
        return
    yield from _squeezed_twice(plan, output)
    beyond = ""
    for step in plan.with_role("input"):
        if step.layer.key == "image_input" and step.values["normalise"] != "none":
            beyond = f"{quoted(step.node.name)} normalises its pictures"
    for column in project.data.columns if isinstance(project.data, TableData) else ():
        scaled = column.kind == "number" and column.role == "feature"
        if scaled and (column.scale != "minmax" or "scale" in column.off):
            beyond = f"{quoted(column.name)} is not scaled to that"
    if beyond:
        sentence = (
            f"Binary cross-entropy gives inputs back that lie from 0 to 1, but {beyond}. Use mean squared error, or "
            "scale the input by minimum and maximum."
        )
        fix = fixes.set_field(output.node.id, "loss", "mse", "Use mean squared error")
        yield Problem("error", "beyond-one", NodePlace(output.node.id, "loss"), sentence, fix)


def _squeezed_twice(plan: Plan, output: PlanStep) -> Iterator[Problem]:
    """A sigmoid before a loss that has one built in, perhaps with a change of shape between them."""
    last = output
    while last.sources and last.sources[0][0] in plan.steps:
        last = plan.steps[last.sources[0][0]]
        if last.layer.key not in RESHAPING:
            break
    if last.layer.key == "sigmoid":
        sentence = (
            f"{quoted(last.node.name)} stands before binary cross-entropy, which has its own sigmoid built in. Done "
            "twice, training becomes slow and weak. Remove the layer."
        )
        fix = fixes.remove_node(last.node.id, quoted(last.node.name))
        yield Problem("warning", "double-activation", NodePlace(last.node.id), sentence, fix)


def _next_token(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    yield from _single(project, plan)
    if project.data is not None and (not isinstance(project.data, TableData) or project.data.samples != "tokens"):
        sentence = (
            "Next token learns from one text, but the data is something else. Make a project for a text file, or "
            "choose another mode."
        )
        fix = fixes.set_training("Train supervised", mode="supervised", mode_fields={})
        yield Problem("error", "mode-data", MODE, sentence, fix)
        return
    output = plan.with_role("output")[0]
    if output.shape is None or facts is None or not facts.answer_shape:
        return
    steps, scores = facts.answer_shape
    if len(output.shape) != 2 or output.shape[0] != steps:
        sentence = (
            f"{quoted(output.node.name)} needs N×{steps}×{scores}, a score for each of the {scores} tokens at each of "
            f"the {steps} steps, but {shape_text(output)} reaches it. Keep the steps: let recurrent layers give the "
            "whole sequence, and finish with a Linear."
        )
        yield Problem("error", "output-shape", NodePlace(output.node.id), sentence)
    elif output.shape[1] != scores:
        sentence = (
            f"{quoted(output.node.name)} gets {output.shape[1]} scores at each step, but the text has {scores} tokens, "
            f"those for padding and unknown counted: make it {scores}."
        )
        wider = fixes.set_width(plan, output.node.id, scores)
        yield Problem("error", "output-width", NodePlace(output.node.id), sentence, wider)


def _supervised(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """One text has no targets but its own tokens."""
    if isinstance(project.data, TableData) and project.data.samples == "tokens":
        sentence = "One text is there to be gone on with, and has no column to predict. Train with the mode Next token."
        fix = fixes.set_training("Train for the next token", mode="next_token", mode_fields={})
        yield Problem("error", "mode-data", MODE, sentence, fix)


def _rbm(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    yield from _single(project, plan)
    yield from rbm_problems(project, plan)


CHECKS: Mapping[str, Callable[[Project, Plan, Facts | None], Iterator[Problem]]] = {
    "supervised": _supervised,
    "autoencoder": _autoencoder,
    "next_token": _next_token,
    "gan": gan_problems,
    "rbm": _rbm,
}
