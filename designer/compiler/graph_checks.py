"""Checks of one graph, the project's own or a block's: what is missing, loose, unknown or does not fit."""

from __future__ import annotations

from collections.abc import Iterator

from designer.compiler import fixes
from designer.compiler.layout_checks import layout_problems
from designer.compiler.own_code import refusals
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.planning import MOST_SIZES
from designer.compiler.problems import Fix, LinkPlace, NodePlace, Problem, SettingPlace, Severity
from designer.compiler.sentences import misfit, quoted, shape_text, takes_no_codes, wants
from designer.compiler.starting_checks import starting_problems
from designer.compiler.wiring import can_be_bypassed
from designer.layers.blocks import EACH_STEP, REPEAT, SHARED
from designer.layers.catalog import catalog_of
from designer.project.graph_forms import block_key
from designer.project.index import index_of
from designer.project.model import ImageData, Link, Node, Project
from designer.project.rules import places


def graph_problems(project: Project, plan: Plan) -> Iterator[Problem]:
    """Every problem of ``project.graph`` that can be seen without the data; those within its blocks not."""
    if plan.cycle:
        yield _cycle(project, plan)
        return
    if not plan.block:
        yield from _ends(project, plan)
    yield from _unknown(project, plan)
    yield from _own_code(project, plan)
    yield from _bypassed(project, plan)
    yield from _stray(project, plan)
    for step in plan.steps.values():
        yield from _fields(project, step, plan)
        yield from _connection(project, plan, step)
        if step.layer.block:
            yield from _repetition(plan, step)
        else:
            yield from list(layout_problems(plan, step)) or _fit(plan, step)
            yield from starting_problems(step)
    yield from _sharing(plan)


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
    yield from _extra_outputs(project, plan)


def _extra_outputs(project: Project, plan: Plan) -> Iterator[Problem]:
    """Outputs that want another target than the first, with data of which each sample has a single answer."""
    what = _single_answer(project)
    if not what:
        return
    outputs = plan.with_role("output")
    for step in outputs[1:]:
        first = outputs[0]
        if step.values["target"] != first.values["target"]:
            sentence = (
                f"{what.capitalize()} have one answer for each sample: {quoted(step.node.name)} and "
                f"{quoted(first.node.name)} cannot have different targets. Give both the same, or one Output several "
                "targets of numbers."
            )
            fix = fixes.set_field(step.node.id, "target", first.values["target"], "Give it the same target")
            yield Problem("error", "other-target", NodePlace(step.node.id, "target"), sentence, fix)


def _single_answer(project: Project) -> str:
    """The data of which one output alone can be trained; empty where there is none, or it serves several."""
    if isinstance(project.data, ImageData):
        return "pictures with masks" if project.data.layout == "masks" else ""
    if project.data is None or project.data.samples == "rows":
        return ""
    return "windows of a series" if project.data.samples == "windows" else "files as sequences"


def _unknown(project: Project, plan: Plan) -> Iterator[Problem]:
    for key in plan.unknown:
        node = project.graph.nodes[key]
        if block_key(node.type):
            code, sentence = (
                "unknown-block",
                (
                    f"{quoted(node.name)} is a use of the block {quoted(block_key(node.type))}, which this project "
                    "does not have. Replace or remove it."
                ),
            )
        else:
            code, sentence = (
                "unknown-type",
                (
                    f"{quoted(node.name)} is of the type {quoted(node.type)}, which this version of Layerloom does not "
                    "know. It is kept as it is. Open the project with the version that made it, or replace the node."
                ),
            )
        yield Problem("error", code, NodePlace(key), sentence, _removal(node))
    for key in plan.misplaced:
        node = project.graph.nodes[key]
        title = catalog_of(project).layers[node.type].title
        where = (
            "belongs outside: a block takes its data by Block inputs and gives it by Block outputs."
            if plan.block
            else "belongs in a block: it is where the data of a block enters or leaves it."
        )
        yield Problem("error", "misplaced", NodePlace(key), f"{quoted(node.name)} ({title}) {where}", _removal(node))


def _removal(node: Node) -> Fix:
    return fixes.remove_node(node.id, quoted(node.name))


def _own_code(project: Project, plan: Plan) -> Iterator[Problem]:
    """Layers of the project's own that are not sound, or that nobody has allowed to run."""
    if not any(step.layer.own for step in plan.steps.values()):
        return
    refused = refusals(catalog_of(project))
    for key, step in plan.steps.items():
        refusal = refused.get(step.node.type) if step.layer.own else None
        if refusal is None:
            continue
        name, title = quoted(step.node.name), quoted(step.layer.title)
        if refusal.code == "untrusted":
            sentence = (
                f"{name} runs code that this project holds itself, the layer {title}. Look at the code and allow it,"
                " if you trust it; until then nothing of it runs and no shapes are known behind it."
            )
        else:
            sentence = f"{name}: the code of {title} cannot be used: {refusal.sentence}."
        severity: Severity = "error" if key in plan.used else "warning"
        yield Problem(severity, f"{refusal.code}-code", NodePlace(key), sentence)


def _bypassed(project: Project, plan: Plan) -> Iterator[Problem]:
    catalog = catalog_of(project)
    for key in plan.unfed:
        name = quoted(project.graph.nodes[key].name)
        sentence = f"{name} is bypassed and has nothing connected to its input, so nothing can pass by it."
        yield Problem("error" if _wanted(plan, key) else "warning", "bypassed-loose", NodePlace(key), sentence)
    for key in sorted(plan.bypassed.keys() - set(plan.unfed)):
        feeders = list(index_of(plan.graph).into.get(key, {}).values())
        if len(feeders) > 1:
            yield _left_out(project, key, feeders)
    for step in plan.steps.values():
        if step.node.bypassed and not can_be_bypassed(step.node.type, catalog):
            sentence = f"{quoted(step.node.name)} cannot be bypassed: data enters or leaves there."
            yield Problem("error", "bypassed-end", NodePlace(step.node.id), sentence, fixes.do_not_bypass(step.node.id))


def _left_out(project: Project, key: str, feeders: list[Link]) -> Problem:
    """A bypassed node with several inputs: the first passes, the others are lost."""
    nodes = project.graph.nodes
    order = places(project.graph, key, catalog_of(project).ports_of(nodes[key]))
    rank = {name: place for place, name in enumerate(order)}
    feeders = sorted(feeders, key=lambda link: rank.get(link.target_port, len(rank)))
    names = [quoted(nodes[link.source].name) for link in feeders]
    sentence = (
        f"{quoted(nodes[key].name)} is bypassed: only what comes from {names[0]} passes by it, and "
        f"{' and '.join(dict.fromkeys(names[1:4]))} {'is' if len(names) == 2 else 'are'} left out."
    )
    return Problem("warning", "bypassed-several", NodePlace(key), sentence, fixes.do_not_bypass(key))


def _wanted(plan: Plan, key: str) -> bool:
    """Whether something that an output needs is to be fed past the bypassed node, or past others behind it."""
    links = plan.graph.links
    waiting, seen = [key], set[str]()
    while waiting:
        node = waiting.pop()
        for link in links:
            if link.source == node and link.target not in seen:
                seen.add(link.target)
                if link.target in plan.bypassed:
                    waiting.append(link.target)
                elif link.target in plan.used:
                    return True
    return False


def _stray(project: Project, plan: Plan) -> Iterator[Problem]:
    catalog, nodes = catalog_of(project), project.graph.nodes
    for link in plan.stray:
        source, target = nodes[link.source], nodes[link.target]
        if catalog.ports_of(source).output(link.source_port) is None:
            lack = f"{quoted(source.name)} has no output {quoted(link.source_port)}"
        else:
            lack = f"{quoted(target.name)} has no input {quoted(link.target_port)}"
        sentence = f"The link from {quoted(source.name)} to {quoted(target.name)} has no end any more: {lack}."
        yield Problem("error", "unknown-port", LinkPlace(link), sentence, fixes.remove_link(link))


def _fields(project: Project, step: PlanStep, plan: Plan) -> Iterator[Problem]:
    wrong = plan.unsound.get(step.node.id)
    if not wrong:
        return
    fields = catalog_of(project).fields_of(step.node.type, step.node.fields)
    for name, reason in wrong.items():
        label = fields[name].label or name.replace("_", " ")
        sentence = f"{quoted(step.node.name)}: {label}: {reason}."
        fix = fixes.set_field(step.node.id, name, fields[name].initial, "Back to the default")
        yield Problem("error", "bad-field", NodePlace(step.node.id, name), sentence, fix)


def _connection(project: Project, plan: Plan, step: PlanStep) -> Iterator[Problem]:
    name, key = quoted(step.node.name), step.node.id
    if plan.block and step.layer.comes_from_nowhere and not step.sources:
        sentence = f"{name} counts its samples by what enters the block, and nothing does. Give the block an input."
        yield Problem("error", "no-batch", NodePlace(key), sentence)
    if step.missing:
        fix = fixes.connect_to_loose(project, plan, key)
        labels = {port.name: port.shown for port in step.layer.inputs}
        input_words = f"input {quoted(labels[step.missing[0]])}" if len(labels) > 1 else "input"
        if key in plan.used:
            sentence = f"{name} has nothing connected to its {input_words}. Draw a link to it from the layer before."
            yield Problem("error", "not-connected", NodePlace(key), sentence, fix)
        else:
            sentence = f"{name} is not connected and is left out of the {'block' if plan.block else 'network'}."
            yield Problem("warning", "not-connected", NodePlace(key), sentence, fix)
    elif key not in plan.used and _has_output(plan) and not _broken(plan):
        where = "block" if plan.block else "network"
        sentence = f"{name} leads to no output and is left out of the {where}."
        yield Problem("warning", "leads-nowhere", NodePlace(key), sentence)


def _has_output(plan: Plan) -> bool:
    return bool(plan.with_role("block_output" if plan.block else "output"))


def _broken(plan: Plan) -> bool:
    """Whether the way to the output is cut somewhere: what lies before the cut then leads nowhere for that reason."""
    if plan.unfed:
        return True
    return any(plan.steps[key].missing for key in plan.used if key in plan.steps)


def _fit(plan: Plan, step: PlanStep) -> Iterator[Problem]:
    severity: Severity = "error" if step.node.id in plan.used else "warning"
    if step.refused is not None:
        flow = step.flows[step.refused]
        source = plan.graph.nodes[step.sources[step.refused][0]].name
        flat = step.refused == 0 and "NF" in step.layer.inputs[0].axes.split() and flow.axes != "NF"
        codes = step.refused == 0 and flow.codes > 0
        more = " Insert an Embedding before it." if codes else " Insert a Flatten before it." if flat else ""
        sentence = wants(step, source, flow) + more
        fix = fixes.insert_before(step.node.id, "embedding" if codes else "flatten") if codes or flat else None
        yield Problem(severity, "wrong-axes", NodePlace(step.node.id), sentence, fix)
    elif step.inferred and step.inferred.error:
        fix = fixes.insert_before(step.node.id, "embedding") if takes_no_codes(step) else None
        yield Problem(severity, "size", NodePlace(step.node.id), misfit(step), fix)


def _repetition(plan: Plan, step: PlanStep) -> Iterator[Problem]:
    severity: Severity = "error" if step.node.id in plan.used else "warning"
    name, place = quoted(step.node.name), NodePlace(step.node.id, REPEAT)
    if step.trouble == "steps":
        reaching = " and ".join(shape_text(flow) for flow in step.flows)
        alike = " Its inputs must have equally many steps." if len(step.flows) > 1 else ""
        sentence = (
            f"{name} shall be applied at each step and takes sequences of steps × the rest for that, but {reaching} "
            f"reaches it.{alike}"
        )
        fix = fixes.set_field(step.node.id, EACH_STEP, False, "Apply it to the whole")
        yield Problem(severity, "each-step", NodePlace(step.node.id, EACH_STEP), sentence, fix)
        return
    count = step.values[REPEAT]
    inputs, outputs = len(step.layer.inputs), len(step.layer.outputs)
    if step.trouble == "ports":
        sentence = (
            f"{name} shall run {count} times in a row, but {quoted(step.layer.title)} has {_ports(inputs, 'input')} "
            f"and {_ports(outputs, 'output')}: only with as many outputs as inputs can it follow itself."
        )
        yield Problem(
            severity, "repeat-ports", place, sentence, fixes.set_field(step.node.id, REPEAT, 1, "Run it once")
        )
    elif step.trouble == "sizes":
        sentence = (
            f"{name} shall run {count} times in a row and gives another size each time; that is possible up to "
            f"{MOST_SIZES} times."
        )
        fix = fixes.set_field(step.node.id, REPEAT, MOST_SIZES, f"Run it {MOST_SIZES} times")
        yield Problem(severity, "repeat-sizes", place, sentence, fix)


def _ports(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _sharing(plan: Plan) -> Iterator[Problem]:
    for one, other in plan.clashes:
        first, second = plan.steps[one], plan.steps[other]
        title = quoted(second.layer.title)
        if one == other:
            sizes = " and then ".join(dict.fromkeys(shape_text(inner.given[0]) for inner in second.repeats))
            sentence = (
                f"The repetitions of {quoted(second.node.name)} share their weights, but {sizes} reach them: one "
                f"{title} cannot take both. Let each have weights of its own."
            )
        else:
            sentence = (
                f"{quoted(first.node.name)} and {quoted(second.node.name)} share the weights of {title}, but "
                f"{shape_text(first.flows[0])} reaches the one and {shape_text(second.flows[0])} the other"
                + (", or their fields differ" if first.flows[0] == second.flows[0] else "")
                + ". Make them equal, or let each have weights of its own."
            )
        fix = fixes.set_field(other, SHARED, False, "Give it weights of its own")
        yield Problem("error", "shared-sizes", NodePlace(other, SHARED), sentence, fix)
