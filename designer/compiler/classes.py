"""Classes: which classes the blocks of a plan become, what they take when they are made, and who makes them how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter
from itertools import groupby
from typing import TypeAlias

from designer.compiler.names import class_name, identifier
from designer.compiler.page import Group, Several
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.starting import starting_lines
from designer.compiler.texts import parameters_of, value_text
from designer.layers.declaration import LayerType
from designer.project.model import Block

NETWORK = "Network"

Place: TypeAlias = tuple[str, int, str]
COUNT = "repeat"


@dataclass(frozen=True)
class Call:
    """One module made: the class's name and its arguments as (name, text of the value, whether by place).

    ``layer`` is the layer type whose module it is, None where it is the class of a block.
    """

    path: str
    arguments: tuple[tuple[str, str, bool], ...]
    layer: LayerType | None = None

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters of the layer type's class."""
        assert self.layer is not None
        return parameters_of(self.layer.module, self.layer.own)


@dataclass(frozen=True)
class Making:
    """How the module of a step is made: ``calls`` with how often each in a row, within ``wrapper`` unless empty."""

    step: PlanStep
    wrapper: str
    calls: tuple[tuple[Call, int], ...]


@dataclass(frozen=True)
class NetworkClass:
    """One class of the source: the plan it is written from, its parameters and how each of its modules is made.

    ``given`` are the texts that it is made with, in the order of the parameters, for every plan that it is for.
    """

    name: str
    plan: Plan
    parameters: tuple[str, ...] = ()
    modules: tuple[tuple[PlanStep, Group], ...] = ()
    given: tuple[tuple[str, ...], ...] = ()


class UnlikeError(ValueError):
    """Plans that one class cannot be for: more than values of arguments is unlike."""


@dataclass
class _Known:
    """The calls that make the blocks' plans, by digest, and the classes' names."""

    calls: dict[str, Call] = field(default_factory=dict)
    names: set[str] = field(default_factory=lambda: {NETWORK})


def classes_of(
    plan: Plan,
    order: Sequence[str],
    blocks: Mapping[str, Block],
    taken: Iterable[str] = (),
    networks: Mapping[str, Plan] | None = None,
    folds: Sequence[Plan] = (),
) -> list[NetworkClass]:
    """The classes of a whole plan, those of blocks in ``order`` (inner ones first) before the network itself.

    No class of a block has a name that is ``taken``. Where the graph holds several ``networks``, each is a class.
    ``folds`` are plans of the same graph for other data, which the network's class is for too; UnlikeError where it
    cannot be.
    """
    outer = networks or {NETWORK: plan}
    known, made = _Known(names={NETWORK, *outer, *taken}), []
    plans = _block_plans(folds or (plan,))
    for key in order:
        variants: dict[object, list[Plan]] = {}
        for inner in plans.get(key, ()):
            variants.setdefault(_form(inner, known), []).append(inner)
        for alike in variants.values():
            made.append(_block_class(blocks[key], alike, known))
    if folds:
        if len({_form(each, known) for each in folds}) > 1:
            raise UnlikeError(NETWORK)
        return [*made, _class_for(NETWORK, folds, {}, known)]
    for name, own in outer.items():
        made.append(NetworkClass(name, own, (), tuple((step, _own(step, known)) for step in modules_of(own))))
    return made


def modules_of(plan: Plan) -> list[PlanStep]:
    """The steps that make a module, of uses that share weights the first."""
    found: dict[str, PlanStep] = {}
    for step in plan.running:
        if step.layer.module or step.layer.block:
            found.setdefault(step.module_attribute, step)
    return list(found.values())


def layers_in(plan: Plan) -> Iterator[PlanStep]:
    """The steps of a plan, and of the blocks in it, that are layers; each plan is gone through once."""
    return (step for step in steps_in(plan) if not step.layer.block)


def steps_in(plan: Plan) -> Iterator[PlanStep]:
    """The layers of a plan, its uses of blocks, and those of what lies in these; each plan is gone through once."""
    seen: set[int] = set()

    def visit(outer: Plan) -> Iterator[PlanStep]:
        if id(outer) in seen:
            return
        seen.add(id(outer))
        for step in outer.running:
            if step.layer.role == "layer":
                yield step
            for inner, _ in groupby(step.repeats):
                yield from visit(inner)

    return visit(plan)


def in_loop(step: PlanStep) -> bool:
    """Whether a repeated use runs in a loop; where it does not, an ``nn.Sequential`` runs its repetitions."""
    ports = (len(step.layer.inputs), len(step.layer.outputs))
    return len(step.repeats) > 1 and (step.shared or ports != (1, 1))


def _block_plans(plans: Iterable[Plan]) -> dict[str, list[Plan]]:
    """The different plans of each block that lie in some plans, in the order in which they are come to."""
    found: dict[str, dict[str, Plan]] = {}
    seen: set[int] = set()

    def visit(outer: Plan) -> None:
        if id(outer) in seen:
            return
        seen.add(id(outer))
        for step in outer.running:
            for inner, _ in groupby(step.repeats):
                found.setdefault(inner.block, {}).setdefault(inner.digest, inner)
                visit(inner)

    for plan in plans:
        visit(plan)
    return {key: list(each.values()) for key, each in found.items()}


def _form(plan: Plan, known: _Known) -> object:
    """All of a plan's class but the values of arguments: plans of one form are made by one class."""
    makers = {step.node.id for step in modules_of(plan)}
    parts: list[object] = []
    for step in plan.running:
        if step.layer.block:
            making = _making(step, known)
            singles = tuple((call.path, times == 1 or _first_and_rest(making)) for call, times in making.calls)
            loop = len(step.repeats) if step.shared else in_loop(step)
            parts.append((step.node.id, step.node.id in makers, making.wrapper, singles, loop, step.at_steps))
        else:
            call = step.call("self", ["x"] * len(step.sources)) if step.layer.role == "layer" else ""
            parts.append((step.node.id, step.layer.module, call, tuple(starting_lines(step, "self"))))
    return tuple(parts)


def _first_and_rest(making: Making) -> bool:
    return len(making.calls) == 2 and making.calls[0][1] == 1


def _making(step: PlanStep, known: _Known) -> Making:
    if not step.layer.block:
        given = tuple((argument.name, argument.value, argument.by_place) for argument in step.arguments)
        return Making(step, "", ((Call(step.layer.module, given, step.layer), 1),))
    if step.shared or len(step.repeats) == 1:
        return Making(step, "", ((known.calls[step.repeats[0].digest], 1),))
    wrapper = "nn.ModuleList" if in_loop(step) else "nn.Sequential"
    runs = [(digest, len(list(same))) for digest, same in groupby(plan.digest for plan in step.repeats)]
    return Making(step, wrapper, tuple((known.calls[digest], times) for digest, times in runs))


def _block_class(block: Block, plans: Sequence[Plan], known: _Known) -> NetworkClass:
    name = class_name(block.name, known.names)
    known.names.add(name)
    exposed = {target: chosen.name for chosen in block.fields for target in chosen.targets}
    made = _class_for(name, plans, exposed, known)
    for plan, given in zip(plans, made.given, strict=True):
        pairs = zip(made.parameters, given, strict=True)
        known.calls[plan.digest] = Call(name, tuple([(parameter, value, True) for parameter, value in pairs]))
    return made


def _class_for(name: str, plans: Sequence[Plan], exposed: Mapping[tuple[str, str], str], known: _Known) -> NetworkClass:
    """One class for plans of one form, with a parameter for each value that is unlike in them.

    ``exposed`` says what fields are called, by node id and name.
    """
    makings = [[_making(step, known) for step in modules_of(plan)] for plan in plans]
    values = _values(makings)
    vectors = {place: found for place, found in values.items() if len(set(found)) > 1}
    columns: dict[tuple[str, ...], list[Place]] = {}
    for place, vector in vectors.items():
        columns.setdefault(vector, []).append(place)
    names: dict[Place, str] = {}
    taken: set[str] = set()
    parameters = []
    for places in columns.values():
        parameter = _parameter_name(places, exposed, taken)
        taken.add(parameter)
        parameters.append(parameter)
        names.update(dict.fromkeys(places, parameter))
    given = tuple([tuple([vector[number] for vector in columns]) for number in range(len(plans))])
    return NetworkClass(name, plans[0], tuple(parameters), _modules(makings, names), given)


def _parameter_name(places: Sequence[Place], exposed: Mapping[tuple[str, str], str], taken: set[str]) -> str:
    """What a parameter is called that stands in these places: as the block calls the field, or as the layers do."""
    own = [exposed[node, name] for node, _, name in places if (node, name) in exposed]
    names = list(dict.fromkeys(name for _, _, name in places))
    incoming = [name for name in names if name.startswith("in_")]
    if own:
        base = own[0]
    elif incoming and any(name == "out_" + incoming[0][3:] for name in names):
        base = incoming[0][3:]
    else:
        base = incoming[0] if incoming else names[0]
    base = identifier(base, "size")
    name, number = base, 2
    while name in taken:
        name = f"{base.rstrip('_')}_{number}"
        number += 1
    return name


def _values(makings: Sequence[Sequence[Making]]) -> dict[Place, tuple[str, ...]]:
    """What stands in each place of an argument, for every plan that the class is for."""
    found: dict[Place, tuple[str, ...]] = {}
    for alike in zip(*makings, strict=True):
        node = alike[0].step.node.id
        for number in range(len(alike[0].calls)):
            calls = [making.calls[number] for making in alike]
            for name, _ in _arguments([call for call, _ in calls]):
                found[node, number, name] = tuple(_value(call, name) for call, _ in calls)
            found[node, number, COUNT] = tuple(str(times) for _, times in calls)
    return found


def _arguments(calls: Sequence[Call]) -> list[tuple[str, bool]]:
    """The arguments that any of the calls of one class writes, and whether by place, in the class's own order."""
    written = {name: by_place for call in calls for name, _, by_place in call.arguments}
    if len(calls) == 1 or calls[0].layer is None:
        return list(written.items())
    return [(name, written[name]) for name in calls[0].parameters if name in written]


def _value(call: Call, name: str) -> str:
    for known, value, _ in call.arguments:
        if known == name:
            return value
    default = call.parameters[name].default
    assert default is not Parameter.empty
    return value_text(default)


def _modules(makings: Sequence[Sequence[Making]], names: Mapping[Place, str]) -> tuple[tuple[PlanStep, Group], ...]:
    """How each module is made, with ``names`` of parameters in the places where values differ."""
    return tuple((alike[0].step, _written(alike, names)) for alike in zip(*makings, strict=True))


def _own(step: PlanStep, known: _Known) -> Group:
    """How the network makes the module of a step: it is made once, so that no value differs."""
    if step.layer.block:
        return _written([_making(step, known)], {})
    return Group(f"{step.layer.module}(", tuple([argument.text for argument in step.arguments]))


def _written(alike: Sequence[Making], names: Mapping[Place, str]) -> Group:
    node = alike[0].step.node.id
    parts: list[Group | Several] = []
    for number in range(len(alike[0].calls)):
        calls = [making.calls[number][0] for making in alike]
        given = []
        for name, by_place in _arguments(calls):
            value = names.get((node, number, name)) or _value(calls[0], name)
            given.append(value if by_place else f"{name}={value}")
        call = Group(f"{calls[0].path}(", tuple(given))
        count = names.get((node, number, COUNT)) or str(alike[0].calls[number][1])
        parts.append(call if count == "1" else Several(call, count))
    if not alike[0].wrapper:
        assert isinstance(parts[0], Group)
        return parts[0]
    opening, closing = ("([", "])") if alike[0].wrapper == "nn.ModuleList" else ("(", ")")
    return Group(f"{alike[0].wrapper}{opening}", tuple(parts), closing)
