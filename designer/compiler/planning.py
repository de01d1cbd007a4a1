"""Planning: a project's graph in running order, with shapes from the real modules on the meta device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from designer.compiler.at_steps import flows_of_a_step, flows_of_steps
from designer.compiler.included import names_in
from designer.compiler.infer import BATCH, Inferred, infer
from designer.compiler.names import identifiers
from designer.compiler.own_code import Refusal, refusals
from designer.compiler.plan import End, Plan, PlanStep, Trouble
from designer.compiler.plan_memory import PLANS
from designer.compiler.report import Flow
from designer.compiler.sums import clashes, digest, step_totals, total
from designer.compiler.texts import call_text, constructor_arguments
from designer.compiler.wiring import Wiring, accepts, wire
from designer.layers.blocks import AT_STEPS, EACH_STEP, REPEAT, SHARED
from designer.layers.catalog import Catalog, catalog_of
from designer.layers.declaration import LayerType, Shape, keep_axes
from designer.project.facts import Facts
from designer.project.graph_forms import block_key
from designer.project.model import Block, Fields, FieldValue, Graph, Link, Node, Project

ENDINGS = ("output", "block_output")
OUTSIDE = ("input", "output")
INSIDE = ("block_input", "block_output")
# More repetitions than these may not each have another size: the source would hold a line for every one.
MOST_SIZES = 100


def make_plan(project: Project, facts: Facts | None) -> Plan:
    """Plans the project's graph and, of every use of a block, what lies in it."""
    return Planner(catalog_of(project), project.blocks, facts).plan(project.graph)


class Found(NamedTuple):
    """A node of known type with its values and identifiers; ``sound`` is whether its own values are."""

    node: Node
    layer: LayerType
    values: Fields
    attribute: str
    module: str
    sound: bool


class Planner:
    """Plans graphs of one project; ``facts`` say what its data gives where it was read."""

    def __init__(self, catalog: Catalog, blocks: Mapping[str, Block], facts: Facts | None) -> None:
        self.catalog, self.blocks, self.facts = catalog, blocks, facts

    @cached_property
    def makings(self) -> dict[str, tuple[Block, ...]]:
        """For each block, all that a plan of it depends on: itself and the blocks in it."""
        found: dict[str, tuple[Block, ...]] = {}
        for layer in self.catalog.layers.values():
            if layer.block:  # the catalog holds blocks after those that lie in them
                block = self.blocks[layer.block]
                inner = [made for node in block.graph.nodes.values() for made in found.get(block_key(node.type), ())]
                found[layer.block] = tuple({id(made): made for made in (block, *inner)}.values())
        return found

    @cached_property
    def refusals(self) -> Mapping[str, Refusal]:
        """Custom layers that cannot or may not run: their shapes stay unknown."""
        return refusals(self.catalog)

    @cached_property
    def own(self) -> tuple[tuple[str, str, str, Refusal | None], ...]:
        """The layer types whose class comes with the project, which plans of blocks depend on as well."""
        customs = ((key, layer) for key, layer in self.catalog.layers.items() if layer.own)
        return tuple((key, layer.name, layer.own, self.refusals.get(key)) for key, layer in customs)

    def plan(self, graph: Graph, block: str = "", given: tuple[Flow, ...] = ()) -> Plan:
        """The plan of a graph: the project's own, or with its key that of a block which is ``given`` something."""
        wiring = wire(graph, self.catalog)
        try:
            order = running_order(wiring)
        except CycleError as error:
            return Plan(graph, cycle=tuple(dict.fromkeys(error.args[1])), block=block, given=given)
        wiring = wiring.past_bypassed(order)
        attributes, modules = self._attributes(graph)
        steps: dict[str, PlanStep] = {}
        unsound: dict[str, dict[str, str]] = {}
        unknown: list[str] = []
        misplaced: list[str] = []
        for key in order:
            node = graph.nodes[key]
            layer = self.catalog.layers.get(node.type)
            if key in wiring.passing:
                continue
            if layer is None or layer.role in (OUTSIDE if block else INSIDE):
                (unknown if layer is None else misplaced).append(key)
                continue
            values, wrong = self._values(node, layer)
            if wrong:
                unsound[key] = wrong
            found = Found(node, layer, values, attributes[key], modules.get(key, attributes[key]), not wrong)
            steps[key] = self._step(found, wiring, steps, given)
        return _summed(Plan(graph, steps, unsound, tuple(unknown), tuple(misplaced), block=block, given=given), wiring)

    def _values(self, node: Node, layer: LayerType) -> tuple[dict[str, FieldValue], dict[str, str]]:
        """Every field's value, the default instead of an unsound one, and why those are unsound."""
        fields = self.catalog.fields_in_use(node)
        values = {name: node.fields.get(name, kind.initial) for name, kind in fields.items()}
        wrong = {name: reason for name, kind in fields.items() if (reason := kind.refuse(values[name]))}
        if wrong:
            values.update({name: fields[name].initial for name in wrong})
        return values, wrong

    def _attributes(self, graph: Graph) -> tuple[dict[str, str], dict[str, str]]:
        """Identifiers of nodes and, for uses of blocks that share weights, those of their common modules."""
        names = [(node.id, node.name, _called_else(node.type)) for node in graph.nodes.values()]
        sharing = {node.id: node.type for node in graph.nodes.values() if self._shares(node)}
        common = {key: self.catalog.layers[key].base_name for key in dict.fromkeys(sharing.values())}
        called = self._called(graph)
        found = identifiers([*names, *((f" {key}", name, "block") for key, name in common.items())], called)
        return found, {node: found[f" {key}"] for node, key in sharing.items()}

    def _called(self, graph: Graph) -> frozenset[str]:
        """The functions that layers of the graph call by name: no variable may hide them."""
        found: set[str] = set()
        seen: set[str] = set()
        for node in graph.nodes.values():
            layer = self.catalog.layers.get(node.type)
            if layer is None or layer.role != "layer" or node.type in seen:
                continue
            if layer.block:
                found |= {AT_STEPS} if self._own(layer, node.fields, EACH_STEP, False) is True else set()
                continue
            if isinstance(layer.call, str):
                seen.add(node.type)
            values = layer.defaults if isinstance(layer.call, str) else self._values(node, layer)[0]
            for linked in (layer.inputs, [port for port in layer.inputs if not port.optional]):
                ports = [port.name for port in linked]
                found |= names_in(call_text(layer, values, "self", ["self"] * len(ports), ports))
        return frozenset(found)

    def _shares(self, node: Node) -> bool:
        layer = self.catalog.layers.get(node.type)
        return layer is not None and bool(layer.block) and self._own(layer, node.fields, SHARED, False) is True

    def _own(self, layer: LayerType, values: Fields, name: str, otherwise: FieldValue) -> FieldValue:
        """A field that every use of a block has, unless the block exposes another one by that name."""
        exposed = any(field.name == name for field in self.blocks[layer.block].fields)
        return otherwise if exposed else values.get(name, otherwise)

    def _step(self, found: Found, wiring: Wiring, steps: Mapping[str, PlanStep], given: tuple[Flow, ...]) -> PlanStep:
        node, layer, values, attribute, module, sound = found
        if layer.role == "input":
            shape = input_shape(node.id, layer, values, self.facts)
            flow = Flow(
                shape, layer.output_axes("", values, len(shape) + 1), _codes(node.id, layer, values, self.facts)
            )
            return PlanStep(node, layer, values, attribute, module, outputs={layer.outputs[0].name: flow})
        if layer.role == "block_input":
            order = [other.id for other in wiring.graph.nodes.values() if other.type == layer.key]
            flow = given[order.index(node.id)]
            return PlanStep(node, layer, values, attribute, module, outputs={layer.outputs[0].name: flow})
        links = wiring.into[node.id]
        ports = self.catalog.ports_of(node)
        reached = [ports.input(link.target_port) for link in links]
        missing = tuple(port.name for port in layer.inputs if port not in reached and not port.optional)
        places = tuple(link.target_port for link in links)
        sources = tuple(end for link in links if (end := wiring.end(link)) is not None)
        if layer.comes_from_nowhere:
            places, sources = ("",), tuple(end for end in (wiring.counted.get(node.id),) if end is not None)
        flows = tuple(_flow(steps, end) for end in sources)
        if layer.codes and flows and flows[0].codes:
            found = found._replace(values={**values, layer.codes: flows[0].codes})
            values = found.values
        starved = len(sources) < len(links)
        ready = sound and not missing and not starved and all(flow.shape is not None for flow in flows)
        ready = ready and bool(flows or layer.inputs)
        refused = next(
            (
                place
                for place, port in enumerate(reached)
                if ready and port and not accepts(port.axes, flows[place].axes)
            ),
            None,
        )
        if layer.block:
            more = self._repeated(found, links, flows if ready else ())
        elif not ready or refused is not None or layer.key in self.refusals:
            more = {}
        else:
            more = {"outputs": {"": flows[0]}} if layer.role in ENDINGS else _inferred(found, flows, places)
        return PlanStep(
            node,
            layer,
            values,
            attribute,
            module,
            sources,
            flows,
            places,
            missing,
            starved,
            refused,
            **more,  # type: ignore[arg-type]
        )

    def _repeated(self, found: Found, links: Sequence[Link], known: tuple[Flow, ...]) -> dict[str, object]:
        """A use of a block with the plans of its repetitions; where its inputs are not known, of one without shapes."""
        layer, ready = found.layer, bool(known)
        reaching = {link.target_port: flow for link, flow in zip(links, known, strict=False)}
        flows = tuple(reaching.get(port.name, Flow()) for port in layer.inputs)
        repeats: list[Plan] = []
        trouble: Trouble = ""
        at_steps, steps = self._own(layer, found.values, EACH_STEP, False) is True, 0
        if at_steps and ready:
            steps = (flows[0].shape or (0,))[0]
            flows = flows_of_a_step(flows)
            if not flows:
                ready, trouble, flows = False, "steps", (Flow(),) * len(layer.inputs)
        count = int(str(self._own(layer, found.values, REPEAT, 1))) if ready else 1
        while len(repeats) < count:
            repeats.append(self.inside(layer.block, found.values, flows))
            last = repeats[-1]
            if len(repeats) == count or not last.whole:
                break
            if len(last.results) != len(flows):
                trouble = "ports"
                break
            if last.results == flows:
                repeats += [last] * (count - len(repeats))
            elif len(repeats) == MOST_SIZES:
                trouble = "sizes"
                break
            flows = last.results
        done = ready and not trouble and len(repeats) == count and repeats[-1].whole
        names = [port.name for port in layer.outputs]
        results = flows_of_steps(repeats[-1].results, steps) if at_steps else repeats[-1].results
        outputs = dict(zip(names, results, strict=True)) if done else {}
        return {"repeats": tuple(repeats), "trouble": trouble, "outputs": outputs, "at_steps": at_steps}

    def inside(self, key: str, values: Fields, given: tuple[Flow, ...]) -> Plan:
        """The plan of one repetition of the block ``key`` by a use with these values, made anew only where it must."""
        makings = self.makings[key]
        block = self.blocks[key]
        chosen = tuple(repr(values[field.name]) for field in block.fields if field.name in values)
        return PLANS.get((key, chosen, given, self.own), makings, lambda: self.plan(filled(block, values), key, given))


def running_order(wiring: Wiring) -> list[str]:
    """The nodes in running order; inputs in the order of the graph, in which data feeds them. May raise CycleError."""
    sorter = TopologicalSorter[str](dict.fromkeys(wiring.before, ()))
    for node, before in wiring.before.items():
        sorter.add(node, *before)
    return list(sorter.static_order())


def filled(block: Block, values: Fields) -> Graph:
    """The block's graph with the values that a use sets put into the fields that follow them."""
    changed: dict[str, dict[str, FieldValue]] = {}
    for exposed in block.fields:
        for node, name in exposed.targets:
            if exposed.name in values and node in block.graph.nodes:
                changed.setdefault(node, {})[name] = values[exposed.name]
    if not changed:
        return block.graph
    nodes = block.graph.nodes
    made = {key: replace(nodes[key], fields={**nodes[key].fields, **fields}) for key, fields in changed.items()}
    return replace(block.graph, nodes={**nodes, **made})


def _called_else(type_key: str) -> str:
    """What a node is called in source whose name holds nothing that can be kept."""
    return type_key if type_key.isidentifier() else "block" if block_key(type_key) else "layer"


def _flow(steps: Mapping[str, PlanStep], end: End) -> Flow:
    step = steps.get(end[0])
    return step.outputs.get(end[1], Flow()) if step is not None else Flow()


def _inferred(found: Found, flows: Sequence[Flow], ports: Sequence[str]) -> dict[str, object]:
    """What the real module does to what reaches the node's input ``ports``."""
    layer, values = found.layer, found.values
    known = [(BATCH, *flow.shape) for flow in flows if flow.shape is not None]
    try:
        arguments = tuple(constructor_arguments(layer, values, known, ports)) if layer.module else ()
    except IndexError:
        return {"inferred": Inferred(error="the input has too few axes")}
    constructor = f"{layer.module}({', '.join([argument.text for argument in arguments])})" if layer.module else ""
    seen = [place for place, port in enumerate(ports) if port not in layer.unread]
    names = [f"x{number}" for number in range(1, len(seen) + 1)]
    call = call_text(layer, values, "layer", names, [ports[place] for place in seen])
    codes = tuple(flows[place].codes > 0 for place in seen)
    answer = infer(constructor, call, tuple(known[place][1:] for place in seen), codes, layer.own, layer.length)
    wrong = _unlike_lengths(layer, flows, ports) or _beyond_limit(layer, known, values, answer)
    if not answer.error and (wrong or len(answer.shapes) != len(layer.outputs)):
        count = f"it must give {len(layer.outputs)} tensors, one for each output, and gives {len(answer.shapes)}"
        answer = Inferred(error=wrong or count)
    deaf = layer.takes_codes or layer.codes or layer.own or layer.comes_from_nowhere
    if any(codes) and not (answer.error or deaf):
        answer = Inferred(error="codes are of a dtype that is no number's")
    if answer.error:
        return {"arguments": arguments, "inferred": answer}
    outputs = {port.name: _given(found, flows, answer, place) for place, port in enumerate(layer.outputs)}
    return {"arguments": arguments, "inferred": answer, "outputs": outputs}


def _beyond_limit(layer: LayerType, shapes: Sequence[Shape], values: Fields, answer: Inferred) -> str:
    """What the layer type itself says against fields that the meta device lets pass."""
    return layer.limit(shapes[0], values) if layer.limit is not None and shapes and not answer.error else ""


def _unlike_lengths(layer: LayerType, flows: Sequence[Flow], ports: Sequence[str]) -> str:
    """What is wrong with a mask that inference goes without: it has a number for each step of the first input."""
    if not layer.unread or layer.length is None or not flows[0].shape:
        return ""
    length = flows[0].shape[layer.length - 1]
    found = (
        f"the {port} has {flow.shape[0]} steps, and the sequence {length}"
        for flow, port in zip(flows, ports, strict=True)
        if port in layer.unread and flow.shape and flow.shape != (length,)
    )
    return next(found, "")


def _given(found: Found, flows: Sequence[Flow], answer: Inferred, place: int) -> Flow:
    """What leaves at an output: those after the first one say their axes themselves; codes that pass stay codes."""
    layer, shape = found.layer, answer.shapes[place]
    rank, port = len(shape) + 1, layer.outputs[place]
    axes = port.axes if place and len(port.axes) == rank else layer.output_axes(flows[0].axes, found.values, rank)
    codes = max(flow.codes for flow in flows) if not answer.parameters and answer.whole[place] else 0
    return Flow(shape, axes if len(axes) == rank else keep_axes("", found.values, rank), codes)


def _summed(plan: Plan, wiring: Wiring) -> Plan:
    """The plan with what can be said once all of its steps are there."""
    used = _needed(plan, wiring)
    wrong = clashes(plan.steps.values())
    whole = bool(used) and not wrong and all(_stands(plan, key) for key in used)
    plan = replace(
        plan,
        used=used,
        clashes=wrong,
        whole=whole,
        bypassed={key: _flow(plan.steps, end) if end else Flow() for key, end in wiring.passing.items()},
        unfed=tuple(key for key, end in wiring.passing.items() if end is None and not wiring.into[key]),
        stray=wiring.stray,
    )
    plan = replace(plan, steps=step_totals(plan))
    results = tuple(step.flow for step in plan.with_role("block_output")) if plan.block else ()
    return replace(plan, totals=total(plan), results=results, digest=digest(plan) if plan.block else "")


def _stands(plan: Plan, key: str) -> bool:
    step = plan.steps.get(key)
    if step is None or key in plan.unsound or not step.complete:
        return False
    return not step.layer.block or step.repeats[-1].whole


def _needed(plan: Plan, wiring: Wiring) -> frozenset[str]:
    roots = ("block_output", "block_input") if plan.block else ("output",)
    waiting = [key for key, step in plan.steps.items() if step.layer.role in roots]
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += wiring.feeding(key)
    return frozenset(seen)


def input_shape(node: str, layer: LayerType, values: Fields, facts: Facts | None) -> Shape:
    """The shape of one sample at an input: from the data where it was read, else from the node's own fields."""
    if facts is not None and node in facts.shapes:
        return tuple(facts.shapes[node])
    if facts is not None and facts.features and layer.key == "table_input" and not facts.shapes:
        return (len(facts.features),)
    assert layer.sample is not None
    return layer.sample(values)


def _codes(node: str, layer: LayerType, values: Fields, facts: Facts | None) -> int:
    """How many codes an input feeds, by the data or its own field; 0 where it feeds none."""
    if not layer.codes:
        return 0
    return facts.codes.get(node, 0) if facts is not None and node in facts.codes else int(str(values[layer.codes]))
