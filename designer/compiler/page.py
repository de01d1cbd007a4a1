"""Pages: lines of source that remember which node each came from, broken as ruff breaks lines that are too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

from designer.compiler.report import Span

WIDTH = 120
STEP = 4


class Page:
    """Lines of text; ``spans`` leads from a block's key (empty for the network) and a node's id to its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.spans: dict[str, dict[str, list[Span]]] = {}

    def add(self, text: str, place: tuple[str, str] | None = None) -> None:
        """Add lines, which come from the node of a block at ``place``."""
        first = len(self.lines) + 1
        self.lines.extend(text.split("\n"))
        if place is not None:
            self.came_from(first, place)

    def came_from(self, first: int, place: tuple[str, str]) -> None:
        """Remember that the lines from ``first`` to the last one came from the node of a block at ``place``."""
        block, node = place
        self.spans.setdefault(block, {}).setdefault(node, []).append(Span(first, len(self.lines)))


def wrapped(before: str, parts: Sequence[str], after: str, indent: int) -> str:
    """``before`` + parts joined by commas + ``after``, broken over lines where it is too long."""
    return "\n".join(laid_out(before, Group("", tuple(parts), ""), after, indent))


@dataclass(frozen=True)
class Group:
    """Parts joined by commas between ``before`` and ``after``, such as a call with its arguments."""

    before: str
    parts: tuple[Expression, ...]
    after: str = ")"

    def __str__(self) -> str:
        return f"{self.before}{', '.join(map(str, self.parts))}{self.after}"


@dataclass(frozen=True)
class Several:
    """A call made ``count`` times (a number or a name), spread into the arguments around it."""

    call: Group
    count: str

    def __str__(self) -> str:
        return f"*({self.call} for _ in range({self.count}))"


Expression: TypeAlias = Union[str, Group, Several]


def laid_out(before: str, expression: Expression, after: str, indent: int) -> list[str]:
    """The lines of an expression with what stands before and after it."""
    blank, line = " " * indent, f"{' ' * indent}{before}{expression}{after}"
    if len(line) <= WIDTH or isinstance(expression, str):
        return [line]
    if isinstance(expression, Several):
        element = laid_out("", expression.call, "", indent + STEP)
        return [f"{blank}{before}*(", *element, f"{blank}    for _ in range({expression.count})", f"{blank}){after}"]
    if not expression.parts:
        return [line]
    first, last = f"{blank}{before}{expression.before}", f"{blank}{expression.after}{after}"
    inner = f"{blank}    {', '.join(map(str, expression.parts))}"
    if len(inner) <= WIDTH:
        return [first, inner, last]
    lines = [line for part in expression.parts for line in laid_out("", part, ",", indent + STEP)]
    return [first, *lines, last]
