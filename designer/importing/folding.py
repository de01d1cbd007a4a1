"""Where the layers of a long network stand: in rows, as a text runs, with what joins it beneath."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

STEP, ROW = 220.0, 170.0
LONGEST_ROW = 6
# a trunk of so many layers is still seen whole in one row beside its branches
MOST_IN_ONE = 12


def folded(place: int, count: int) -> tuple[float, float]:
    """Where the layer at ``place`` of a chain of ``count`` stands: long chains go on in further rows, like a text.

    In one row, thirteen layers could only be seen whole too small to be read.
    """
    across = row_length(count)
    return (place % across) * STEP, (place // across) * ROW


def row_length(count: int) -> int:
    """How many of ``count`` layers stand in each row."""
    return -(-count // -(-count // LONGEST_ROW))


def folded_tree(ids: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]] | None:
    """Places of a long trunk in rows, with each chain that joins it in a row beneath; None where it is no such tree."""
    before: dict[str, list[str]] = {}
    for source, target in pairs:
        before.setdefault(target, []).append(source)
    forked = any(count > 1 for count in Counter(source for source, _ in pairs).values())
    ends = set(ids).difference(source for source, _ in pairs)
    if forked or len(ends) != 1:
        return None
    trunk = _path(ends.pop(), before)
    chains = {node: [_path(each, before) for each in before.get(node, ()) if each not in trunk] for node in trunk}
    placed = len(trunk) + sum(len(chain) for joining in chains.values() for chain in joining)
    if len(trunk) <= MOST_IN_ONE or placed < len(ids):
        return None
    return _placed(trunk, chains)


def _placed(trunk: Sequence[str], chains: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, tuple[float, float]]:
    places: dict[str, tuple[float, float]] = {}
    across, down = row_length(len(trunk)), 0
    for begin in range(0, len(trunk), across):
        row = trunk[begin : begin + across]
        places |= {node: (column * STEP, down * ROW) for column, node in enumerate(row)}
        down += 1
        for column, node in enumerate(row):
            for chain in chains[node]:
                first = max(0, column - len(chain))
                places |= {each: ((first + step) * STEP, down * ROW) for step, each in enumerate(chain)}
                down += 1
    return places


def _path(node: str, before: Mapping[str, Sequence[str]]) -> list[str]:
    """The longest path that ends with a node."""
    paths = [_path(each, before) for each in before.get(node, ())]
    return [*max(paths, key=len, default=[]), node]
