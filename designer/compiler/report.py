"""Reports: what is known of a node and of a network once shapes are inferred, and the source text made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from designer.compiler.problems import NodePlace, Problem, SettingPlace


@dataclass(frozen=True)
class Report:
    """One node. ``shape`` is the output's without the batch axis, ``axes`` its letters with it (``NCHW``).

    ``shape`` is None where it could not be inferred. ``multiply_adds`` and ``memory`` (bytes of the float32
    output) are for one sample, ``parameters`` counts trainable numbers.
    """

    node: str
    shape: tuple[int, ...] | None = None
    axes: str = ""
    parameters: int = 0
    multiply_adds: int = 0
    memory: int = 0

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
    """The text of a module that defines ``class_name``; ``spans`` leads from node ids to their lines.

    ``attributes`` leads from node ids to attribute names of the model (``conv1``), absent for nodes without a module.
    """

    text: str
    class_name: str
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def node_at(self, line: int) -> str | None:
        """The node that source line ``line`` came from."""
        for node, spans in self.spans.items():
            if any(span.first <= line <= span.last for span in spans):
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


def _seen_from(problem: Problem, path: tuple[str, ...]) -> Problem | None:
    """The problem with its place as seen in the graph at ``path``; None where it lies elsewhere."""
    place = problem.place
    if isinstance(place, SettingPlace):
        return None if path else problem
    if place.path[: len(path)] != path:
        return None
    deeper = place.path[len(path) :]
    return replace(problem, place=NodePlace(deeper[0]) if deeper else replace(place, path=()))
