"""Pictures that are there more than once: found by their bytes, and whether some are trained with and tested too."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from designer.importing.profiles import RepeatedPictures
from designer.training.wanted import refuse_unwanted

# files of the same size are first told apart by so many bytes from their middle: heads are often alike
PROBE = 4096
NOWHERE, TEST = -1, 2


def copies_of_files(paths: Sequence[Path]) -> np.ndarray:
    """For each file the number of the first one with the same bytes, its own where none comes before: int64 (n,).

    Only files of the same size are opened, and only those that look the same are read whole. A file that cannot be
    read is like no other.
    """
    firsts = np.arange(len(paths))
    for alike in _alike(range(len(paths)), lambda number: paths[number].stat().st_size):
        for nearly in _alike(alike, lambda number: _probe(paths[number])):
            for same in _alike(nearly, lambda number: _digest(paths[number])):
                firsts[same] = same[0]
    return firsts


def copies_of_pixels(pixels: np.ndarray) -> np.ndarray:
    """As ``copies_of_files`` for pictures in an array (n, ...) of bytes."""
    firsts = np.arange(len(pixels))
    for same in _alike(range(len(pixels)), lambda number: hashlib.blake2b(pixels[number].tobytes()).digest()):
        firsts[same] = same[0]
    return firsts


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


def _alike(numbers: Iterable[int], mark: Callable[[int], Hashable]) -> list[list[int]]:
    """The numbers with the same mark, in groups of two or more; those of which none can be had are left out."""
    groups: Mapping[Hashable, list[int]] = defaultdict(list)
    for number in numbers:
        refuse_unwanted()
        try:
            groups[mark(number)].append(number)
        except OSError:
            # what cannot be read is told elsewhere
            continue
    return [each for each in groups.values() if len(each) > 1]


def _probe(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size // 2 - PROBE // 2))
        return file.read(PROBE)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()
