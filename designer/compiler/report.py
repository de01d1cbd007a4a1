"""Reports: what is known of a node and of a network once shapes are inferred, and the source text made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from designer.compiler.problems import Problem


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
    """All that the compiler says of a project. ``source`` is None while the network itself is not whole."""

    problems: tuple[Problem, ...] = ()
    reports: Mapping[str, Report] = field(default_factory=dict)
    source: ModelSource | None = None

    @property
    def ok(self) -> bool:
        """Whether the network can be trained and exported."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def parameters(self) -> int:
        """Trainable numbers of the whole network."""
        return sum(report.parameters for report in self.reports.values())
