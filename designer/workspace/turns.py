"""Readings of data take turns, so that what one of them took is given back before the next one begins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from designer.training.give_back import give_back
from designer.training.wanted import refuse_unwanted

WAIT_SECONDS = 0.1

_turn = threading.RLock()


@contextmanager
def one_reading(waiting: Callable[[], object] = refuse_unwanted) -> Iterator[None]:
    """Held by whoever reads data; others wait. ``waiting`` is called now and then meanwhile, and may raise to leave:
    as it does by itself where nobody wants the reading any more.
    """
    while not _turn.acquire(timeout=WAIT_SECONDS):
        waiting()
    try:
        yield
    finally:
        give_back()
        _turn.release()
