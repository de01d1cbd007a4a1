"""Whether pictures that are there more than once are trained with and tested too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from designer.importing.profiles import RepeatedPictures

NOWHERE, TEST = -1, 2


def met_again(firsts: np.ndarray, parts: np.ndarray, name: Callable[[int], str]) -> RepeatedPictures | None:
    """Which pictures of the test part are in another one too; None where there is no test part.

    ``firsts`` are as ``copies_of_files`` has them, ``parts`` (n,) 0 train, 1 validation, 2 test, -1 none; ``name`` says
    what the picture of a number is called.
    """
    tested = np.flatnonzero(parts == TEST)
    if not len(tested):
        return None
    others = np.flatnonzero((parts != TEST) & (parts != NOWHERE))
    again = tested[np.isin(firsts[tested], firsts[others])]
    if not len(again):
        return RepeatedPictures(len(tested))
    before = others[firsts[others] == firsts[again[0]]][0]
    return RepeatedPictures(len(tested), len(again), (name(int(again[0])), name(int(before))))
