"""Checks of the graph itself: what is missing, loose, unknown or does not fit."""

from __future__ import annotations

from collections.abc import Iterator

from designer.compiler import fixes
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import LinkPlace, NodePlace, Problem, SettingPlace
from designer.compiler.sentences import misfit, quoted, wants
from designer.layers.catalog import fields_of
from designer.project.model import ImageData, Project


def graph_problems(project: Project, plan: Plan) -> Iterator[Problem]:
    """Every problem that can be seen without the data."""
    if plan.cycle:
        yield _cycle(project, plan)
        return
    yield from _ends(project, plan)
    yield from _unknown(project, plan)
    for step in plan.steps.values():
        yield from _fields(step, plan)
        yield from _connection(project, plan, step)
        yield from _fit(plan, step)


def _cycle(project: Project, plan: Plan) -> Problem:
    names = " → ".join(quoted(project.graph.nodes[node].name) for node in plan.cycle)
    circle = set(plan.cycle)
    link = next(link for link in project.graph.links if link.source in circle and link.target in circle)
    return Problem(
        "error", "cycle", LinkPlace(link), f"Data would run in a circle: {names}. Remove one of these links."
    )


def _ends(project: Project, plan: Plan) -> Iterator[Problem]:
    if not project.graph.nodes:
        yield Problem(
            "error", "empty", SettingPlace(), "The network is empty. Add an input, some layers and an output."
        )
        return
    images = isinstance(project.data, ImageData)
    if not plan.with_role("input"):
        kind = "image_input" if images else "table_input"
        fix = fixes.add_node(kind, "Add an input")
        yield Problem(
            "error", "no-input", SettingPlace(), "The network has no input. Add one where the data enters.", fix
        )
    if not plan.with_role("output"):
        fix = fixes.add_node("output", "Add an output")
        sentence = "The network has no output. Add one after the last layer; it holds the target and the loss."
        yield Problem("error", "no-output", SettingPlace(), sentence, fix)
    for role, title in (("input", "input"), ("output", "output")):
        linked = {link.source for link in project.graph.links} | {link.target for link in project.graph.links}
        order = {node: place for place, node in enumerate(project.graph.nodes)}
        steps = sorted(plan.with_role(role), key=lambda step: (step.node.id not in linked, order[step.node.id]))
        for step in steps[1:]:
            first = quoted(steps[0].node.name)
            sentence = (
                f"{quoted(step.node.name)} is one {title} more than the data serves: {first} has it already. Remove "
                "one of them."
            )
            fix = fixes.remove_node(step.node.id, quoted(step.node.name))
            yield Problem("error", f"extra-{role}", NodePlace(step.node.id), sentence, fix)


def _unknown(project: Project, plan: Plan) -> Iterator[Problem]:
    for key in plan.unknown:
        node = project.graph.nodes[key]
        sentence = (
            f"{quoted(node.name)} is of the type {quoted(node.type)}, which this version of Layerloom does not know. "
            "It is kept as it is. Open the project with the version that made it, or replace the node."
        )
        yield Problem("error", "unknown-type", NodePlace(key), sentence, fixes.remove_node(key, quoted(node.name)))


def _fields(step: PlanStep, plan: Plan) -> Iterator[Problem]:
    fields = fields_of(step.node.type, step.node.fields)
    for name, reason in plan.unsound.get(step.node.id, {}).items():
        label = fields[name].label or name.replace("_", " ")
        sentence = f"{quoted(step.node.name)}: {label}: {reason}."
        fix = fixes.set_field(step.node.id, name, fields[name].initial, "Back to the default")
        yield Problem("error", "bad-field", NodePlace(step.node.id, name), sentence, fix)


def _connection(project: Project, plan: Plan, step: PlanStep) -> Iterator[Problem]:
    name, key = quoted(step.node.name), step.node.id
    if step.missing:
        fix = fixes.connect_to_loose(project, plan, key)
        if key in plan.used:
            sentence = f"{name} has nothing connected to its input. Draw a link to it from the layer before."
            yield Problem("error", "not-connected", NodePlace(key), sentence, fix)
        else:
            sentence = f"{name} is not connected and is left out of the network."
            yield Problem("warning", "not-connected", NodePlace(key), sentence, fix)
    elif key not in plan.used and plan.with_role("output") and not _broken(plan):
        sentence = f"{name} leads to no output and is left out of the network."
        yield Problem("warning", "leads-nowhere", NodePlace(key), sentence)


def _broken(plan: Plan) -> bool:
    """Whether the way to the output is cut somewhere: what lies before the cut then leads nowhere for that reason."""
    return any(plan.steps[key].missing for key in plan.used if key in plan.steps)


def _fit(plan: Plan, step: PlanStep) -> Iterator[Problem]:
    severity = "error" if step.node.id in plan.used else "warning"
    if step.refused:
        source = plan.steps[step.refused]
        flat = "NF" in step.layer.inputs[0].axes.split() and len(source.axes) > 2
        sentence = wants(step, source) + (" Insert a Flatten before it." if flat else "")
        fix = fixes.insert_before(step.node.id, "flatten") if flat else None
        yield Problem(severity, "wrong-axes", NodePlace(step.node.id), sentence, fix)  # type: ignore[arg-type]
    elif step.inferred and step.inferred.error:
        sources = [plan.steps[source] for source in step.sources]
        yield Problem(severity, "size", NodePlace(step.node.id), misfit(step, sources))  # type: ignore[arg-type]
