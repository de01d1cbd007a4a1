"""The plan: the graph's nodes in the order they run, each with its texts, shapes and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

from designer.compiler.infer import BATCH, Inferred, infer
from designer.compiler.names import identifiers
from designer.compiler.texts import call_text, constructor_arguments
from designer.layers.catalog import LAYERS, fields_of, ports_of, values_of
from designer.layers.declaration import LayerType, Shape, keep_axes
from designer.project.facts import Facts
from designer.project.model import Fields, Graph, Link, Node
from designer.project.ports import Port, place_number

COLOURS = {"grey": 1, "colour": 3}


@dataclass(frozen=True)
class PlanStep:
    """One node of known type with sound fields. ``sources`` are the nodes whose outputs it takes, in order.

    ``missing`` names the input ports that no link reaches; ``refused`` the source whose axes the port does not take.
    """

    node: Node
    layer: LayerType
    values: Fields
    attribute: str
    sources: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    refused: str = ""
    arguments: tuple[str, ...] = ()
    inferred: Inferred | None = None
    axes: str = ""

    @property
    def shape(self) -> Shape | None:
        """The output's shape without the batch axis, None where unknown."""
        return self.inferred.shape if self.inferred else None


@dataclass(frozen=True)
class Plan:
    """Steps by node id, in running order. ``cycle`` holds the nodes of a cycle, ``used`` those an output needs."""

    steps: Mapping[str, PlanStep] = field(default_factory=dict)
    unsound: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    cycle: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()

    def with_role(self, role: str) -> list[PlanStep]:
        """The steps of inputs, outputs or plain layers."""
        return [step for step in self.steps.values() if step.layer.role == role]


def links_into(graph: Graph) -> dict[str, list[Link]]:
    """The links that reach each node, in the order of its ports and places."""
    into: dict[str, list[Link]] = {node: [] for node in graph.nodes}
    for link in graph.links:
        into[link.target].append(link)
    for node, links in into.items():
        if len(links) > 1:
            inputs = ports_of(graph.nodes[node]).inputs
            links.sort(key=lambda link: _place(link, inputs))
    return into


def _place(link: Link, inputs: tuple[Port, ...]) -> tuple[int, int]:
    for place, port in enumerate(inputs):
        if port.name == link.target_port:
            return (place, 0)
        number = place_number(port, link.target_port) if port.many else None
        if number is not None:
            return (place, number)
    return (len(inputs), 0)


def make_plan(graph: Graph, facts: Facts | None) -> Plan:
    """Plans the graph; shapes come from the real modules on the meta device."""
    into = links_into(graph)
    sources = {node: [link.source for link in links] for node, links in into.items()}
    try:
        order = list(TopologicalSorter(sources).static_order())
    except CycleError as error:
        return Plan(cycle=tuple(dict.fromkeys(error.args[1])))
    attributes = identifiers((node.id, node.name, node.type) for node in graph.nodes.values())
    steps: dict[str, PlanStep] = {}
    unsound: dict[str, dict[str, str]] = {}
    unknown: list[str] = []
    for key in order:
        node = graph.nodes[key]
        layer = LAYERS.get(node.type)
        if layer is None:
            unknown.append(key)
            continue
        values = values_of(node)
        reasons = {name: kind.refuse(values[name]) for name, kind in fields_of(node.type, node.fields).items()}
        wrong = {name: reason for name, reason in reasons.items() if reason}
        if wrong:
            unsound[key] = wrong
            values = {**values, **{name: layer.defaults[name] for name in wrong if name in layer.defaults}}
        bare = PlanStep(node, layer, values, attributes[key])
        steps[key] = _with_shape(bare, into[key], steps, facts, sound=not wrong)
    return Plan(steps, unsound, tuple(unknown), (), _needed(graph, sources))


def _needed(graph: Graph, sources: Mapping[str, list[str]]) -> frozenset[str]:
    waiting = [key for key, node in graph.nodes.items() if node.type in LAYERS and LAYERS[node.type].role == "output"]
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(sources[key])
    return frozenset(seen)


def _with_shape(
    step: PlanStep, links: list[Link], steps: Mapping[str, PlanStep], facts: Facts | None, sound: bool
) -> PlanStep:
    layer = step.layer
    if layer.role == "input":
        shape = input_shape(step.node.type, step.values, facts)
        axes = layer.output_axes("", step.values, len(shape) + 1)
        return replace(step, inferred=Inferred(shape), axes=axes)
    reached = {layer.ports.input(link.target_port) for link in links}
    missing = tuple(port.name for port in layer.inputs if port not in reached)
    sources = tuple(link.source for link in links)
    known = [steps[source] for source in sources if source in steps]
    step = replace(step, sources=sources, missing=missing)
    if missing or not sound or len(known) < len(sources) or any(source.shape is None for source in known):
        return step
    for link, source in zip(links, known, strict=True):
        port = layer.ports.input(link.target_port)
        if port is not None and not accepts(port.axes, source.axes):
            return replace(step, refused=source.node.id)
    return _inferred(step, known)


def _inferred(step: PlanStep, known: list[PlanStep]) -> PlanStep:
    shapes = tuple(source.shape for source in known if source.shape is not None)
    try:
        arguments = constructor_arguments(step.layer, step.values, (BATCH, *shapes[0])) if step.layer.module else []
    except IndexError:
        return replace(step, inferred=Inferred(error="the input has too few axes"))
    constructor = f"{step.layer.module}({', '.join(arguments)})" if step.layer.module else ""
    names = [f"x{number + 1}" for number in range(len(shapes))]
    answer = infer(constructor, call_text(step.layer, step.values, "layer", names), shapes)
    rank = len(answer.shape) + 1 if answer.shape is not None else 0
    axes = step.layer.output_axes(known[0].axes, step.values, rank) if rank else ""
    if len(axes) != rank:
        axes = keep_axes("", step.values, rank)
    return replace(step, arguments=tuple(arguments), inferred=answer, axes=axes)


def accepts(wanted: str, axes: str) -> bool:
    """Whether a port that takes the layouts ``wanted`` takes ``axes``; with three axes any letters will do."""
    if wanted == "*":
        return True
    return any(
        layout == axes or (len(layout) == len(axes) and len(axes) != 2 and len(axes) != 4) for layout in wanted.split()
    )


def input_shape(type_key: str, values: Fields, facts: Facts | None) -> Shape:
    """The shape of one sample at an input: from the data where it was read, else from the node's own fields."""
    if type_key == "image_input":
        return (COLOURS[str(values["mode"])], int(str(values["height"])), int(str(values["width"])))
    if facts is not None and facts.features:
        return (len(facts.features),)
    return (int(str(values["features"])),)
