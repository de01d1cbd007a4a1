"""Problems: what the checker finds, where, in a sentence a beginner understands, and the fix that mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, Union

from designer.project.model import Link, Project

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True)
class NodePlace:
    """A node, and the field of it that is at fault, if it is one.

    ``path`` are the uses of blocks that lead to its graph (node ids, from outside in); empty at the top.
    """

    node: str
    field: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkPlace:
    """A link, in the graph that ``path`` leads to."""

    link: Link
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class SettingPlace:
    """A setting outside the graph by its dotted path: ``training.batch_size``, ``data.path``; "" is the project."""

    path: str = ""


Place: TypeAlias = Union[NodePlace, LinkPlace, SettingPlace]


@dataclass(frozen=True)
class Fix:
    """An edit that mends a problem; it was tried on a copy before it is offered. ``label`` is a button's words."""

    label: str
    edit: Callable[[Project], Project]


@dataclass(frozen=True)
class Problem:
    """An ``error`` forbids training and export; a ``warning`` does not. ``code`` names the kind of problem."""

    severity: Severity
    code: str
    place: Place
    sentence: str
    fix: Fix | None = None
