"""Readings take turns."""

from __future__ import annotations

import threading

import pytest

from designer.training.give_back import give_back
from designer.workspace.turns import one_reading


def test_one_reading_waits_for_another_and_may_leave() -> None:
    begun, end = threading.Event(), threading.Event()

    def first() -> None:
        with one_reading():
            begun.set()
            end.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)

    def waiting() -> None:
        raise KeyError("no more")

    with pytest.raises(KeyError), one_reading(waiting):
        pytest.fail("two read at once")
    end.set()
    thread.join(10)
    with one_reading(waiting):
        give_back()
