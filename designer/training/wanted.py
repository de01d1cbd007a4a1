"""Whether somebody still waits for what a thread is at: said by who began it, asked by what takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path


class Unwanted(Exception):
    """Nobody waits for the answer any more."""


_asked: ContextVar[Callable[[], bool] | None] = ContextVar("asked", default=None)


@contextmanager
def while_wanted(wanted: Callable[[], bool]) -> Iterator[None]:
    """What this thread does inside ends with ``Unwanted`` once ``wanted``, asked now and then, says no."""
    token = _asked.set(wanted)
    try:
        yield
    finally:
        _asked.reset(token)


def is_unwanted() -> bool:
    """Whether nobody waits any more; where nobody was asked to say so, somebody does."""
    asked = _asked.get()
    return asked is not None and not asked()


def refuse_unwanted() -> None:
    """Raise ``Unwanted`` where nobody waits any more."""
    if is_unwanted():
        raise Unwanted


def unpack_wanted(file: Path) -> Iterator[bytes]:
    """The bytes of a file as ``unpack`` gives them, as long as somebody waits for them."""
    from designer.runtime.gzipped import unpack

    for piece in unpack(file):
        refuse_unwanted()
        yield piece
