"""Pictures that are there more than once: found by their bytes, of which the first copy can be kept alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path

import numpy as np

from designer.runtime.errors import DataError

# files of the same size are first told apart by so many bytes from their middle: heads are often alike
PROBE = 4096


def copies_of_files(paths: Sequence[Path]) -> np.ndarray:
    """For each file the number of the first one with the same bytes, its own where none comes before: int64 (n,).

    Only files of the same size are opened, and only those that look the same are read whole. A file that cannot be
    read is like no other.
    """
    return first_alike(len(paths), file_marks(paths))


def copies_of_pixels(pixels: np.ndarray) -> np.ndarray:
    """As ``copies_of_files`` for pictures in an array (n, ...)."""
    return first_alike(len(pixels), [lambda number: hashlib.blake2b(pixels[number].tobytes()).digest()])


def without_copies(places: Sequence[np.ndarray], firsts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pictures of train, validation and test without those that come after one with the same bytes.

    ``firsts`` are as ``copies_of_files`` has them. A DataError where none is left to train with.
    """
    train, validation, test = (rows[firsts[rows] == rows] for rows in places)
    if len(places[0]) and not len(train):
        raise DataError("each picture to train with is a copy of one in another part; keep copies, or divide otherwise")
    return train, validation, test


def file_marks(paths: Sequence[Path]) -> list[Callable[[int], Hashable]]:
    """What tells files apart, by their numbers, the quickest first: their size, some bytes, all of them."""
    return [
        lambda number: paths[number].stat().st_size,
        lambda number: middle_bytes(paths[number]),
        lambda number: digest_of_file(paths[number]),
    ]


def first_alike(count: int, marks: Sequence[Callable[[int], Hashable]]) -> np.ndarray:
    """For each of ``count`` things the number of the first one that is like it by all ``marks``: int64 (n,)."""
    firsts = np.arange(count)
    groups: list[Sequence[int]] = [range(count)]
    for mark in marks:
        groups = [alike for group in groups for alike in alike_by(group, mark)]
    for same in groups:
        firsts[list(same)] = same[0]
    return firsts


def alike_by(numbers: Iterable[int], mark: Callable[[int], Hashable]) -> list[list[int]]:
    """The numbers with the same mark, in groups of two or more; those of which none can be had are left out."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for number in numbers:
        try:
            groups[mark(number)].append(number)
        except OSError:
            # what cannot be read is told elsewhere
            continue
    return [each for each in groups.values() if len(each) > 1]


def middle_bytes(path: Path) -> bytes:
    """Some bytes from the middle of a file."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size // 2 - PROBE // 2))
        return file.read(PROBE)


def digest_of_file(path: Path) -> bytes:
    """A digest of all bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()
