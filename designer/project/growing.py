"""Growing: values in a row of which the next row, one longer, shares all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

Value = TypeVar("Value")


class Growing(Sequence[Value], Generic[Value]):
    """A row that is a value, as a tuple is, but grows at its end without being copied.

    Those that grew from one another share a list, of which each sees what there was of it.
    """

    __slots__ = ("_shared", "_start", "_stop")

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self._shared = list(values)
        self._start, self._stop = 0, len(self._shared)

    def grown(self, kept: int, value: Value, most: int) -> Growing[Value]:
        """The first ``kept`` and ``value`` after them; of these the last ``most``."""
        stop = self._start + kept
        grown: Growing[Value] = Growing()
        if stop == len(self._shared) and self._start < most // 4:
            grown._shared, grown._start = self._shared, self._start
        else:
            # another row has grown from here already, or much is kept that no longer counts
            grown._shared, stop = self._shared[self._start : stop], kept
        grown._shared.append(value)
        grown._stop = stop + 1
        grown._start = max(grown._start, grown._stop - most)
        return grown

    @overload
    def __getitem__(self, place: int) -> Value: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Value, ...]: ...

    def __getitem__(self, place: int | slice) -> Value | tuple[Value, ...]:
        count = self._stop - self._start
        if isinstance(place, slice):
            return tuple(self)[place]
        at = place + count if place < 0 else place
        if not 0 <= at < count:
            raise IndexError(f"there are {count} values, not {place}")
        return self._shared[self._start + at]

    def __iter__(self) -> Iterator[Value]:
        return islice(self._shared, self._start, self._stop)

    def __len__(self) -> int:
        return self._stop - self._start

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]
