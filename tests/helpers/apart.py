"""Calls functions in a process of their own, which nothing that is tested here has changed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeAlias

import torch

Work: TypeAlias = Callable[[], float]
PATIENCE = 20.0


@contextmanager
def apart() -> Iterator[Callable[[Work], float]]:
    """What calls a function, which can be pickled, in another process of one thread and gives what it gave."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()

    def call(work: Work) -> float:
        here.send(work)
        found = here.recv()
        assert isinstance(found, float), found
        return found

    try:
        yield call
    finally:
        here.close()
        process.join(PATIENCE)
        process.close()


def _serve(orders: Connection) -> None:
    torch.set_num_threads(1)
    while True:
        try:
            work = orders.recv()
        except EOFError:
            return
        try:
            orders.send(work())
        except Exception as error:
            orders.send(repr(error))
