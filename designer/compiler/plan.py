"""The plan: a graph's nodes in the order they run, each with its texts, shapes and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from designer.compiler.infer import Inferred
from designer.compiler.report import Flow
from designer.compiler.texts import Argument, call_text
from designer.layers.declaration import LayerType, Shape
from designer.project.model import Fields, Graph, Link, Node

End: TypeAlias = tuple[str, str]
Trouble: TypeAlias = Literal["", "ports", "sizes", "steps"]


@dataclass(frozen=True)
class Totals:
    """What a network or a block has in all: trainable numbers, modules; multiply-adds and bytes for one sample.

    ``frozen`` counts the numbers of layers that training leaves as they are.
    """

    parameters: int = 0
    modules: int = 0
    multiply_adds: int = 0
    memory: int = 0
    frozen: int = 0


@dataclass(frozen=True, eq=False)
class PlanStep:
    """One node of known type that takes part in the network.

    ``sources`` are the ends (node, output port) that it takes, in order, bypassed nodes seen through; ``flows`` what
    comes from them, ``ports`` the input ports that they reach. ``attribute`` is the node's own identifier,
    ``module_attribute`` that of its module, which uses of a block that share weights have in common. ``missing`` names
    the input ports that need a link and have none, ``starved`` is whether a bypassed node with nothing to pass on is
    among the sources, ``refused`` the place of the source whose axes the port does not take. ``repeats`` are the plans
    of a block's repetitions, equal ones the same object, and ``trouble`` says why they end early; ``at_steps`` is
    whether they are applied to each step of sequences.
    """

    node: Node
    layer: LayerType
    values: Fields
    attribute: str
    module_attribute: str
    sources: tuple[End, ...] = ()
    flows: tuple[Flow, ...] = ()
    ports: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    starved: bool = False
    refused: int | None = None
    arguments: tuple[Argument, ...] = ()
    inferred: Inferred | None = None
    outputs: Mapping[str, Flow] = field(default_factory=dict)
    repeats: tuple[Plan, ...] = ()
    trouble: Trouble = ""
    at_steps: bool = False
    totals: Totals | None = None

    def call(self, attribute: str, inputs: Sequence[str]) -> str:
        """The expression of the forward pass, with ``inputs`` the variables that hold what it takes."""
        return call_text(self.layer, self.values, attribute, inputs, self.ports)

    @property
    def constructor(self) -> str:
        """The text that makes the module with these arguments; empty where a call alone does it."""
        return f"{self.layer.module}({', '.join([one.text for one in self.arguments])})" if self.layer.module else ""

    @property
    def flow(self) -> Flow:
        """What leaves at the first output, or ends here; both parts empty where unknown."""
        return next(iter(self.outputs.values()), Flow())

    @property
    def shape(self) -> Shape | None:
        """The first output's shape without the batch axis, None where unknown."""
        return self.flow.shape

    @property
    def complete(self) -> bool:
        """Whether the shape of every output is known."""
        return bool(self.outputs) and all(flow.shape is not None for flow in self.outputs.values())

    @property
    def steps(self) -> int:
        """How many steps of one sample a block is applied to; 1 where it takes samples whole."""
        first = self.flows[0].shape if self.at_steps and self.flows else None
        return first[0] if first else 1

    @property
    def shared(self) -> bool:
        """Whether this use of a block shares its weights with others."""
        return self.module_attribute != self.attribute


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps by node id, in running order. ``cycle`` holds the nodes of a cycle, ``used`` those an output needs.

    ``bypassed`` says what passes by each bypassed node and ``unfed`` which of them have nothing to pass on;
    ``misplaced`` are nodes that belong inside a block, or outside, ``stray`` links to ports that are not there.
    ``clashes`` are pairs of uses that share weights and yet need different modules. ``whole`` is whether everything
    that an output needs is there, sound and of known shape.

    The plan of a block's inside has its key in ``block``, what reaches its ports in ``given``, what leaves them in
    ``results``, and a ``digest`` that is equal for plans that are the same module made with the same arguments.
    """

    graph: Graph = Graph()
    steps: Mapping[str, PlanStep] = field(default_factory=dict)
    unsound: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()
    bypassed: Mapping[str, Flow] = field(default_factory=dict)
    unfed: tuple[str, ...] = ()
    stray: tuple[Link, ...] = ()
    cycle: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()
    clashes: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    totals: Totals = Totals()
    block: str = ""
    given: tuple[Flow, ...] = ()
    results: tuple[Flow, ...] = ()
    digest: str = ""

    def with_role(self, role: str) -> list[PlanStep]:
        """The steps of one role, such as inputs or outputs; those of a block in the order of its ports."""
        found = [step for step in self.steps.values() if step.layer.role == role]
        if role in ("block_input", "block_output"):
            order = {node: place for place, node in enumerate(self.graph.nodes)}
            found.sort(key=lambda step: order[step.node.id])
        return found

    @property
    def running(self) -> list[PlanStep]:
        """The steps that an output needs."""
        return [step for step in self.steps.values() if step.node.id in self.used]
