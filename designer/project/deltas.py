"""Deltas: what differs between two collections that share most of their values, found at the speed of C.

One edit is looked at by many: the delta found last is kept, and where an edit only adds it is known beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress, islice, takewhile
from operator import is_, is_not, truth
from typing import Any, TypeAlias, TypeVar

Value = TypeVar("Value")
Keys: TypeAlias = tuple[str, ...]


class _Last:
    """The last two collections asked about and what differs, each put here whole: several threads ask."""

    mappings: tuple[object, object, tuple[Keys, Keys, Keys]] = (None, None, ((), (), ()))
    tuples: tuple[object, object, tuple[tuple[Any, ...], tuple[Any, ...]]] = (None, None, ((), ()))


def with_entry(before: Mapping[str, Value], key: str, value: Value) -> dict[str, Value]:
    """``before`` with ``value`` under ``key``, in its place or as the last."""
    after = {**before, key: value}
    delta: tuple[Keys, Keys, Keys] = ((), (), (key,)) if len(after) == len(before) else ((key,), (), ())
    _Last.mappings = (before, after, delta)
    return after


def with_last(before: tuple[Value, ...], value: Value) -> tuple[Value, ...]:
    """``before`` and ``value`` after it."""
    after = before
    # one copy alone, where unpacking makes two
    after += (value,)
    _Last.tuples = (before, after, ((value,), ()))
    return after


def mapping_delta(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[Keys, Keys, Keys]:
    """The keys that are new, gone, and there in both with another object, each in the order of its mapping.

    An object stands under one key only, as nodes do under their id.
    """
    if before is after:
        return (), (), ()
    old, new, delta = _Last.mappings
    if old is not before or new is not after:
        delta = _mapping_delta(before, after)
        _Last.mappings = (before, after, delta)
    return delta


def tuple_delta(old: tuple[Value, ...], new: tuple[Value, ...]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """What stands in ``new`` and ``old`` between what they share, as objects, at the start and at the end."""
    if old is new:
        return (), ()
    before, after, delta = _Last.tuples
    if before is not old or after is not new:
        delta = _tuple_delta(old, new)
        _Last.tuples = (old, new, delta)
    return delta


def _mapping_delta(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[Keys, Keys, Keys]:
    common = min(len(before), len(after))
    other: tuple[tuple[str, str], ...] = ()
    if any(map(is_not, before.values(), after.values())):
        other = tuple(compress(zip(before, after, strict=False), map(is_not, before.values(), after.values())))
    if all(old == new for old, new in other):
        # the usual edit: values replaced in place, nodes added or dropped at the end
        changed = tuple(new for _, new in other)
        return tuple(islice(after, common, None)), tuple(islice(before, common, None)), changed
    added = tuple(key for key in after if key not in before)
    removed = tuple(key for key in before if key not in after)
    changed = tuple(key for key, value in after.items() if key in before and before[key] is not value)
    return added, removed, changed


def _tuple_delta(old: tuple[Value, ...], new: tuple[Value, ...]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    shorter = min(len(old), len(new))
    start = shorter if all(map(is_, old, new)) else _shared(old, new)
    rest = shorter - start
    end = _shared(old[: start - 1 if start else None : -1], new[: start - 1 if start else None : -1]) if rest else 0
    end = min(end, rest)
    return new[start : len(new) - end], old[start : len(old) - end]


def _shared(old: tuple[Value, ...], new: tuple[Value, ...]) -> int:
    return len(list(takewhile(truth, map(is_, old, new))))
