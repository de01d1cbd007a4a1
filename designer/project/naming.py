"""Naming: fresh ids and names, and places that lie on the canvas."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from designer.project.errors import EditError
from designer.project.forms import FARTHEST
from designer.project.index import index_of
from designer.project.model import Graph


def fresh_id(graph: Graph) -> str:
    """An id that no node has: ``n`` and the number after the highest in use."""
    return f"n{next_number(graph.nodes, 'n')}"


def next_number(ids: Collection[str], prefix: str) -> int:
    """The number after that of the id added last that is ``prefix`` and a number; raised until the id is free."""
    numbered = _numbered(prefix)
    latest_first = reversed(ids) if isinstance(ids, dict) else reversed(list(ids))
    last = next((found for found in map(numbered.fullmatch, latest_first) if found), None)
    number = int(last[1]) + 1 if last else 1
    while f"{prefix}{number}" in ids:
        number += 1
    return number


@lru_cache(maxsize=16)
def _numbered(prefix: str) -> re.Pattern[str]:
    return re.compile(prefix + r"([1-9][0-9]{0,8})")


def fresh_name(graph: Graph, base: str) -> str:
    """A name that no node has: ``base`` and the lowest number that is free, ``conv2``."""
    return index_of(graph).free_name(base)


def fresh_name_among(taken: Collection[str], base: str, last: dict[str, int]) -> str:
    """A name that is not ``taken``; ``last`` remembers the number that each base came to, for many in a row."""
    number = last.get(base, 0) + 1
    while f"{base}{number}" in taken:
        number += 1
    last[base] = number
    return f"{base}{number}"


def fresh_key(taken: Iterable[str], base: str) -> str:
    """``base``, or ``base`` and the lowest number from 2 that is not ``taken``."""
    known, number = set(taken), 2
    key = base
    while key in known:
        key = f"{base}{number}"
        number += 1
    return key


def within_canvas(x: float, y: float) -> tuple[float, float]:
    """The place, held within the canvas; an EditError where it is none."""
    if not (math.isfinite(x) and math.isfinite(y)):
        raise EditError("A place on the canvas needs two finite numbers.")
    return max(-FARTHEST, min(FARTHEST, float(x))), max(-FARTHEST, min(FARTHEST, float(y)))
