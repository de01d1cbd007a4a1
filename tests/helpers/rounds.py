"""Rounds of a measurement: as many as it takes to believe it."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def rounds(most: int, enough: Callable[[], bool], least: int = 1) -> Iterator[int]:
    """The numbers of rounds: on after ``least`` only while the figures so far do not yet show what is promised.

    A bound that is met by far is met in the first rounds; one that is missed is measured ``most`` times before the test
    says so.
    """
    for number in range(most):
        if number >= least and enough():
            return
        yield number
