"""Fixes: edits that mend a problem, and the trial on a copy without which none is offered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice

from designer.compiler.plan import Plan
from designer.compiler.problems import Fix, Problem
from designer.layers.catalog import BUILT_IN, catalog_of
from designer.project import edits
from designer.project.blocks import edited_within
from designer.project.errors import EditError
from designer.project.index import index_of
from designer.project.model import FieldValue, Link, Node, Project, Scale

Examine = Callable[[Project], tuple[Problem, ...]]

# Fields that set the width of what follows, and the layers that leave it as it is.
WIDTHS = {"linear": "out_features"}
MOST_TRIED = 20
KEEP_WIDTH = ("Activation", "Regularization", "Normalization")
# What these join is as wide as what comes out.
ELEMENTWISE = ("add", "average", "maximum", "minimum", "multiply", "subtract")


def tried(problems: Iterable[Problem], project: Project, examine: Examine) -> tuple[Problem, ...]:
    """The problems, each with its fix only where the fix, done on a copy, removes it and brings no other.

    Only the first ``MOST_TRIED`` are tried: in a graph with more trouble than that the others get theirs in turn.
    """
    found = [replace(problem, fix=None) if place >= MOST_TRIED else problem for place, problem in enumerate(problems)]
    errors = _errors(found)
    return tuple(
        problem if problem.fix is None or _mends(problem, project, examine, errors) else replace(problem, fix=None)
        for problem in found
    )


def _errors(problems: Iterable[Problem]) -> int:
    return sum(problem.severity == "error" for problem in problems)


def _mends(problem: Problem, project: Project, examine: Examine, errors: int) -> bool:
    assert problem.fix is not None
    try:
        after = examine(problem.fix.edit(project))
    except EditError:
        return False
    gone = all((other.code, other.place) != (problem.code, problem.place) for other in after)
    return gone and _errors(after) <= errors - (problem.severity == "error")


def remove_node(node: str, name: str) -> Fix:
    """Takes a node out and connects what it stood between."""

    def edit(project: Project) -> Project:
        links = project.graph.links
        before = [link for link in links if link.target == node]
        after = [link for link in links if link.source == node]
        healed = edits.remove(project, [node])
        if len(before) == 1:
            for link in after:
                joined = Link(before[0].source, before[0].source_port, link.target, link.target_port)
                healed = edits.connect(healed, joined, catalog_of(healed).ports_of)
        return healed

    return Fix(f"Remove {name}", edit)


def insert_before(node: str, type_key: str) -> Fix:
    """Puts a new layer on the first link that reaches a node."""

    def edit(project: Project) -> Project:
        link = next((link for link in project.graph.links if link.target == node), None)
        if link is None:
            raise EditError("Nothing is connected there any more.")
        place = project.graph.nodes[node]
        catalog = catalog_of(project)
        new = catalog.new_node(project.graph, type_key, place.x - 110.0, place.y + 60.0)
        return edits.insert_on_link(project, new, link, catalog.ports_of)

    return Fix(f"Insert {BUILT_IN.layers[type_key].title}", edit)


def add_node(type_key: str, label: str) -> Fix:
    """Adds an input before the only node that lacks one, or an output after the only node that leads nowhere."""

    def edit(project: Project) -> Project:
        graph, ports_of = project.graph, catalog_of(project).ports_of
        nodes = list(graph.nodes.values())
        output = BUILT_IN.layers[type_key].role in ("output", "block_output")
        loose = [
            node for node in nodes if (_leads_nowhere(project, node.id) if output else _first_free(project, node.id))
        ]
        left = min((node.x for node in nodes), default=0.0)
        right = max((node.x for node in nodes), default=0.0)
        height = loose[0].y if loose else 0.0
        new = catalog_of(project).new_node(graph, type_key, right + 240.0 if output else left - 240.0, height)
        project = edits.add_node(project, new)
        if len(loose) != 1:
            return project
        if output:
            return edits.connect(project, Link(loose[0].id, ports_of(loose[0]).outputs[0].name, new.id, "x"), ports_of)
        return edits.connect(project, Link(new.id, "out", loose[0].id, _first_free(project, loose[0].id)), ports_of)

    return Fix(label, edit)


def _leads_nowhere(project: Project, node: str) -> bool:
    graph = project.graph
    ports = catalog_of(project).ports_of(graph.nodes[node])
    return bool(ports.outputs) and not index_of(graph).out_of.get(node)


def _first_free(project: Project, node: str) -> str:
    """The first input that has no link, of a many-port only where it has none at all; empty where all have."""
    used = [link.target_port for link in index_of(project.graph).into.get(node, {}).values()]
    ports = catalog_of(project).ports_of(project.graph.nodes[node])
    reached = {ports.input(name) for name in used}
    return next((port.name + "1" if port.many else port.name for port in ports.inputs if port not in reached), "")


def connect_to_loose(project: Project, plan: Plan, node: str) -> Fix | None:
    """Connects a node's first free input with the only output that leads nowhere and does not come after it."""
    out_of, behind = index_of(project.graph).out_of, _reached_from(project, node)
    # whether there are two is enough to know
    found = (key for key in plan.steps if not out_of.get(key) and key not in behind and _leads_nowhere(project, key))
    loose = list(islice(found, 2))
    if len(loose) != 1:
        return None
    name = project.graph.nodes[loose[0]].name

    def edit(project: Project) -> Project:
        port = _first_free(project, node)
        if loose[0] not in project.graph.nodes or not port:
            raise EditError("Nothing is free to connect any more.")
        ports_of = catalog_of(project).ports_of
        output = ports_of(project.graph.nodes[loose[0]]).outputs[0].name
        return edits.connect(project, Link(loose[0], output, node, port), ports_of)

    return Fix(f"Connect {_short(name)} to it", edit)


def _reached_from(project: Project, node: str) -> set[str]:
    out_of = index_of(project.graph).out_of
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(link.target for link in out_of.get(key, {}).values())
    return seen


def set_field(node: str, name: str, value: FieldValue, label: str) -> Fix:
    """Sets one field of a node; a new loss brings its own fields at their defaults."""

    def edit(project: Project) -> Project:
        kept = project.graph.nodes[node]
        values = {name: value}
        fields = catalog_of(project).own_fields_of(kept.type, {**kept.fields, name: value})
        values.update(
            {other: kind.initial for other, kind in fields.items() if other not in kept.fields and other != name}
        )
        return edits.set_fields(project, node, values)

    return Fix(label, edit)


def deciding(node: Node, before: Callable[[Node], Sequence[Node]]) -> list[Node]:
    """The layers that decide together how wide what reaches ``node`` is; none where that is not plain.

    ``before`` answers with the nodes that a node takes its input from.
    """
    found: dict[str, Node] = {}
    seen, waiting = {node.id}, [node]
    while waiting:
        sources = before(waiting.pop(0))
        if not sources:
            return []
        for source in sources:
            layer = BUILT_IN.layers.get(source.type)
            if source.type in WIDTHS:
                found[source.id] = source
            elif layer is None or (layer.category not in KEEP_WIDTH and source.type not in ELEMENTWISE):
                return []
            elif source.id not in seen:
                seen.add(source.id)
                waiting.append(source)
    return list(found.values())


def set_width(plan: Plan, output: str, width: int) -> Fix | None:
    """Sets the width of the layer that decides how wide the output is, or of those that are joined there."""

    def before(node: Node) -> list[Node]:
        sources = plan.steps[node.id].sources
        steps = [plan.steps[key] for key, _ in sources if key in plan.steps]
        return [step.node for step in steps] if len(steps) == len(sources) else []

    nodes = deciding(plan.steps[output].node, before)
    if not nodes:
        return None
    setting = [set_field(node.id, WIDTHS[node.type], width, "") for node in nodes]
    names = " and ".join(_short(node.name) for node in nodes) if len(nodes) < 3 else f"{len(nodes)} layers"
    return Fix(f"Set {names} to {width}", lambda project: reduce(lambda done, fix: fix.edit(done), setting, project))


def set_training(label: str, **values: object) -> Fix:
    """Sets training settings."""
    return Fix(label, lambda project: edits.set_training(project, replace(project.training, **values)))  # type: ignore[arg-type]


def unscale_targets(targets: Collection[str]) -> Fix:
    """Leaves targets in their own units instead of scaling them."""

    def edit(project: Project) -> Project:
        if project.data is None:
            raise EditError("There is no data any more whose targets could be left unscaled.")
        columns = tuple(
            replace(column, scale="none") if column.name in targets else column for column in project.data.columns
        )
        return edits.set_data(project, replace(project.data, columns=columns))

    return Fix(f"Leave the target{'s' if len(targets) > 1 else ''} unscaled", edit)


def scale_features(scale: Scale, label: str) -> Fix:
    """Scales all features of numbers in one way."""

    def edit(project: Project) -> Project:
        if project.data is None:
            raise EditError("There is no data any more whose features could be scaled.")
        columns = tuple(
            replace(column, scale=scale, off=tuple(step for step in column.off if step != "scale"))
            if column.role == "feature"
            else column
            for column in project.data.columns
        )
        return edits.set_data(project, replace(project.data, columns=columns))

    return Fix(label, edit)


def do_not_bypass(node: str) -> Fix:
    """Lets a node take part again."""

    def edit(project: Project) -> Project:
        nodes = project.graph.nodes
        changed = {**nodes, node: replace(nodes[node], bypassed=False)}
        return replace(project, graph=replace(project.graph, nodes=changed))

    return Fix("Do not bypass it", edit)


def remove_link(link: Link) -> Fix:
    """Takes one link out."""
    return Fix("Remove the link", lambda project: edits.disconnect(project, [link]))


def within_block(fix: Fix | None, key: str) -> Fix | None:
    """The fix of a block's graph as one of the whole project."""
    if fix is None or not key:
        return fix
    return Fix(fix.label, lambda project: edited_within(project, key, fix.edit))


def _short(name: str) -> str:
    return f"“{name if len(name) <= 24 else name[:23] + '…'}”"
