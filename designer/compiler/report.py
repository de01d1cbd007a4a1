"""Reports: what is known of a node and of a network once shapes are inferred, and the source text made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from designer.compiler.problems import NodePlace, Problem, SettingPlace


class Flow(NamedTuple):
    """What leaves a node at one port: the shape without the batch axis, None where unknown, and its letters with it.

    ``codes`` is how many different whole numbers, from 0 on, flow there; 0 where these are no codes.
    """

    shape: tuple[int, ...] | None = None
    axes: str = ""
    codes: int = 0


@dataclass(frozen=True)
class Report:
    """One node. ``shape`` is the first output's without the batch axis, ``axes`` its letters with it (``NCHW``).

    ``shape`` is None where it could not be inferred. ``multiply_adds`` and ``memory`` (bytes of the float32
    output, of a block those of all that lies in it) are for one sample, ``parameters`` counts trainable numbers; of
    uses that share weights, the first has them; ``frozen`` counts those that training leaves as they are. ``outputs``
    says what leaves at each port.
    """

    node: str
    shape: tuple[int, ...] | None = None
    axes: str = ""
    parameters: int = 0
    multiply_adds: int = 0
    memory: int = 0
    frozen: int = 0
    outputs: Mapping[str, Flow] = field(default_factory=dict)

    def shape_of(self, port: str) -> Flow:
        """Shape and axes of what leaves at the output ``port``."""
        return self.outputs.get(port) or Flow(self.shape, self.axes)

    @property
    def shape_text(self) -> str:
        """The shape for people, ``N×32×26×26``; empty where unknown."""
        return "" if self.shape is None else "×".join(["N", *(str(size) for size in self.shape)])


@dataclass(frozen=True)
class Span:
    """Lines of the source, counted from 1, both ends included."""

    first: int
    last: int


@dataclass(frozen=True)
class ModelSource:
    """The text of a module that defines ``class_name``; ``spans`` leads from the graph's node ids to their lines.

    ``attributes`` leads from node ids to attribute names of the model (``conv1``), absent for nodes without a module.
    ``block_spans`` leads from the keys of blocks to the lines of the nodes in them, ``classes`` names the classes of
    the graphs in the order of the text, that of the network last. ``runtime`` names what the text holds as a copy of
    ``designer.runtime``. ``factors`` leads from modules that learn at another rate to what that is multiplied by.
    ``sizes`` are the texts that the network's class is made with in each fold, by parameter, where it is for several.
    """

    text: str
    class_name: str
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    block_spans: Mapping[str, Mapping[str, tuple[Span, ...]]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    runtime: frozenset[str] = frozenset()
    factors: Mapping[str, float] = field(default_factory=dict)
    sizes: tuple[Mapping[str, str], ...] = ()

    def node_at(self, line: int) -> str | None:
        """The node of the graph itself that source line ``line`` came from; None for lines of blocks."""
        return _node_in(self.spans, line)

    def place_at(self, line: int) -> tuple[str, str] | None:
        """The key of the block, empty for the graph itself, and the node in it that a source line came from."""
        for block, spans in (("", self.spans), *self.block_spans.items()):
            node = _node_in(spans, line)
            if node is not None:
                return (block, node)
        return None

    def spans_in(self, block: str) -> Mapping[str, tuple[Span, ...]]:
        """The lines of the nodes of a block, or with an empty key of the graph itself."""
        return self.block_spans.get(block, {}) if block else self.spans


def _node_in(spans: Mapping[str, tuple[Span, ...]], line: int) -> str | None:
    for node, found in spans.items():
        if any(span.first <= line <= span.last for span in found):
            return node
    return None


@dataclass(frozen=True)
class Analysis:
    """All that the compiler says of a project. ``source`` is None while the network itself is not whole.

    ``reports`` are of the nodes of the graph itself; ``inner`` those within blocks, by the uses that lead there.
    """

    problems: tuple[Problem, ...] = ()
    reports: Mapping[str, Report] = field(default_factory=dict)
    source: ModelSource | None = None
    inner: Mapping[tuple[str, ...], Mapping[str, Report]] = field(default_factory=dict)

    def within(self, path: tuple[str, ...]) -> Analysis:
        """What is said of the graph at ``path``, as if that were the whole: a problem deeper in lies at the block."""
        if not path and not self.inner:
            return self
        problems = tuple(seen for problem in self.problems if (seen := _seen_from(problem, path)) is not None)
        reports = self.inner.get(path, {}) if path else self.reports
        return Analysis(problems, reports, self.source, self.inner)

    @property
    def ok(self) -> bool:
        """Whether the network can be trained and exported."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def parameters(self) -> int:
        """Trainable numbers of the whole network."""
        return sum(report.parameters for report in self.reports.values())

    @property
    def frozen(self) -> int:
        """Numbers of the whole network that training leaves as they are."""
        return sum(report.frozen for report in self.reports.values())


def _seen_from(problem: Problem, path: tuple[str, ...]) -> Problem | None:
    """The problem with its place as seen in the graph at ``path``; None where it lies elsewhere."""
    place = problem.place
    if isinstance(place, SettingPlace):
        return None if path else problem
    if place.path[: len(path)] != path:
        return None
    deeper = place.path[len(path) :]
    return replace(problem, place=NodePlace(deeper[0]) if deeper else replace(place, path=()))
