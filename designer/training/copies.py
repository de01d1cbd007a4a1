"""Pictures that are there more than once, looked for as long as somebody waits, and left out where that is wished."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.model import ImageData
from designer.training.prepared import PARTS
from designer.training.wanted import refuse_unwanted

if TYPE_CHECKING:
    import numpy as np

    Places = tuple[np.ndarray, np.ndarray, np.ndarray]


def same_files(paths: Sequence[Path]) -> np.ndarray:
    """As ``copies_of_files`` of the runtime, which this asks between two files whether somebody still waits."""
    from designer.runtime.copies import file_marks, first_alike

    return first_alike(len(paths), [_asking(mark) for mark in file_marks(paths)])


def same_pixels(pixels: np.ndarray) -> np.ndarray:
    """As ``copies_of_pixels`` of the runtime."""
    from designer.runtime.copies import copies_of_pixels

    return copies_of_pixels(pixels)


def _asking(mark: Callable[[int], Hashable]) -> Callable[[int], Hashable]:
    def asked(number: int) -> Hashable:
        refuse_unwanted()
        return mark(number)

    return asked


def first_copies(
    data: ImageData,
    places: Places,
    find: Callable[[], np.ndarray],
    answers: Sequence[object] | np.ndarray | None = None,
) -> tuple[Places, list[str]]:
    """The pictures of each part, with ``drop_duplicates`` only the first of the same bytes, and notes on the others.

    ``find`` answers for each picture the number of the first one with the same bytes; it is asked where that matters.
    Of pictures with ``answers`` it is said how often copies have unlike ones.
    """
    if not data.drop_duplicates:
        return places, []
    from designer.runtime.copies import without_copies

    firsts = find()
    kept = without_copies(places, firsts)
    emptied = [part for part, before, after in zip(PARTS, places, kept, strict=True) if len(before) > len(after) == 0]
    alone = [f"The {part} part has no pictures left: all of its own are copies." for part in emptied]
    return kept, [*_copies_words(firsts, answers), *alone]


def _copies_words(firsts: np.ndarray, answers: Sequence[object] | np.ndarray | None) -> list[str]:
    """What was left out, said aloud."""
    import numpy as np

    later = np.flatnonzero(firsts != np.arange(len(firsts)))
    if not len(later):
        return []
    one = len(later) == 1
    count = "1 picture was" if one else f"{len(later):,} pictures were"
    said = f"{count} left out, which {'is' if one else 'are'} the same, byte for byte, as "
    said += "an earlier one" if one else "earlier ones"
    if answers is None:
        return [f"{said}."]
    given = np.asarray(answers)
    unlike = int((given[later] != given[firsts[later]]).reshape(len(later), -1).any(axis=1).sum())
    return [f"{said}; {unlike:,} of them {'has' if unlike == 1 else 'have'} another target." if unlike else f"{said}."]
