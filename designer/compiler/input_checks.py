"""Checks of the inputs against the data: whether they suit it, and whether every feature is taken by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from designer.compiler import fixes
from designer.compiler.feeding import LEADS, feed_column
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.sentences import quoted
from designer.layers.catalog import LAYERS, mode_of
from designer.project.model import Column, Data, ImageData, Project

KINDS = {"category": "categories as codes", "text": "text", "date": "dates"}


def input_problems(project: Project, plan: Plan, targets: Collection[str]) -> Iterator[Problem]:
    """What is wrong between the inputs and the data; ``targets`` are the columns to predict."""
    yield from _drawn(project, plan)
    if project.data is None:
        return
    yield from _unsuited(project, plan)
    data = project.data
    if isinstance(data, ImageData):
        yield from _pictures_once(data, plan)
    # what is compared with pictures alone has no use for columns beside them
    told = data.layout == "table" and mode_of(project).targets == "columns" if isinstance(data, ImageData) else (
        data.samples == "rows"
    )  # fmt: skip
    if told:
        yield from _unread(data, plan, targets)


def _drawn(project: Project, plan: Plan) -> Iterator[Problem]:
    """Inputs of noise where nothing is to be made of it."""
    if mode_of(project).rivals:
        return
    for step in plan.with_role("input"):
        if step.layer.drawn and step.node.id in plan.used:
            sentence = (
                f"{quoted(step.node.name)} ({step.layer.title}) feeds noise, of which only the generator of a GAN "
                "makes something. Train as a GAN, or use an input that feeds the data."
            )
            fix = fixes.set_training("Train as a GAN", mode="gan", mode_fields={})
            yield Problem("error", "noise-mode", NodePlace(step.node.id), sentence, fix)


def _unsuited(project: Project, plan: Plan) -> Iterator[Problem]:
    """Inputs of pictures beside a table, and inputs of columns beside pictures that have none."""
    for step in plan.with_role("input"):
        sentence = "" if step.layer.drawn or step.node.id not in plan.used else _why_unsuited(project.data, step)
        if sentence:
            yield Problem("error", "input-kind", NodePlace(step.node.id), sentence)


def _why_unsuited(data: Data | None, step: PlanStep) -> str:
    what = f"{quoted(step.node.name)} is of the type {step.layer.title}."
    if not isinstance(data, ImageData):
        return f"The data is a table, but {what} Use a table input instead." if step.layer.key == "image_input" else ""
    if step.layer.key == "image_input":
        return ""
    if data.layout == "table" and step.layer.takes is not None and step.layer.key != "sequence_input":
        return ""
    if data.layout == "table":
        return (
            f"The data is pictures, one a row of a table, but {what} It takes the steps of a series, of which a row "
            "has none. Use a table input for columns beside the pictures."
        )
    return (
        f"The data is pictures, but {what} Use an image input instead, or list the pictures in a table with a column "
        "for each feature: then both can be used."
    )


def _pictures_once(data: ImageData, plan: Plan) -> Iterator[Problem]:
    """Pictures enter a network at one place."""
    inputs = [step for step in plan.with_role("input") if step.node.id in plan.used and not step.layer.drawn]
    pictured = [step for step in inputs if step.layer.key == "image_input"]
    for step in pictured[1:]:
        sentence = (
            f"{quoted(step.node.name)} is a second image input, but each sample has one picture, which "
            f"{quoted(pictured[0].node.name)} takes. Let what follows start from that one."
        )
        yield Problem("error", "second-picture", NodePlace(step.node.id), sentence)
    if inputs and not pictured and data.layout == "table":
        sentence = (
            "The data is pictures, but no input of the network takes them: all take columns beside them. Add an image "
            "input and join what it leads to, or open a table without pictures."
        )
        yield Problem("error", "pictures-unread", NodePlace(inputs[0].node.id), sentence)


def _unread(data: Data, plan: Plan, targets: Collection[str]) -> Iterator[Problem]:
    """Features that no input of the network takes: nothing of them is learned."""
    inputs = [step for step in plan.with_role("input") if step.node.id in plan.used and not step.layer.drawn]
    if not inputs:
        return
    named = {name for step in inputs for name in _named(step.values.get("columns", ()))}
    types = {step.layer.key for step in inputs if not _named(step.values.get("columns", ()))}
    for column in data.columns:
        if column.role != "feature" or column.kind == "image" or column.name in targets or column.name in named:
            continue
        fitting = [key for key, layer in LAYERS.items() if layer.takes is not None and layer.takes(column)]
        if not types.intersection(fitting):
            yield _unread_feature(column, next((key for key in fitting if key in LEADS), ""))


def _named(names: object) -> tuple[str, ...]:
    return tuple(str(name) for name in names) if isinstance(names, tuple) else ()


def _unread_feature(column: Column, fitting: str) -> Problem:
    what = KINDS.get(column.kind, "numbers")
    sentence = f"{quoted(column.name)} ({what}) is a feature, but no input of the network takes it. "
    if not fitting:
        sentence += "Ignore it, or change what it holds."
        return Problem("warning", "unread-feature", SettingPlace(f"data.columns.{column.name}"), sentence)
    title = LAYERS[fitting].title
    sentence += f"Add a {title.lower()} for it, or ignore the column."
    place = SettingPlace(f"data.columns.{column.name}")
    return Problem("warning", "unread-feature", place, sentence, feed_column(fitting, title))
