"""Many pictures: decoded once into one array of bytes, in memory or, where that is too much, on disk."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from designer.runtime.errors import DataError
from designer.runtime.images import WHITEST, decode_image, white_level

MOST_IN_MEMORY = 1 << 30
# one more than two cores: where another program takes a part of one, the rest of it is still made use of
DECODERS = 3
UNREAD = -2
REFUSED = -1


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of ``n`` files: ``pixels`` is uint8 of shape (n, channels, height, width).

    ``usable`` (n,) says which could be read, ``refused`` lists (path, why) of the others; ``white`` is the brightest
    value of pictures of 16 bits, 0 where none was learned from.
    """

    pixels: np.ndarray
    usable: np.ndarray
    refused: list[tuple[str, str]]
    white: int = 0


def read_pictures(
    paths: Sequence[Path],
    learned: np.ndarray,
    height: int,
    width: int,
    colour: bool,
    resize: str = "stretch",
    white: int = 0,
    decode: Callable[..., tuple[np.ndarray, np.ndarray, dict[int, str]]] | None = None,
) -> Pictures:
    """All pictures, brought to one size. What is white in 16 bits is learned from the files ``learned``, or given.

    ``decode`` stands for ``decode_all``, where pictures that were decoded before are remembered.
    """
    decode = decode or decode_all
    shape = (3 if colour else 1, height, width)
    how: dict[str, Any] = {"height": height, "width": width, "colour": colour, "resize": resize}
    pixels, peaks, reasons = decode(paths, shape, partial(decode_image, **how, white=white or WHITEST))
    if not white:
        peak = int(peaks[learned].max(initial=0))
        white = white_level(peak) if peak > 0 else 0
        if 0 < white < WHITEST:
            pixels, peaks, reasons = decode(paths, shape, partial(decode_image, **how, white=white))
    return Pictures(pixels, peaks >= 0, [(str(paths[index]), reasons[index]) for index in sorted(reasons)], white)


def decode_all(
    paths: Sequence[Path], shape: tuple[int, ...], read: Callable[[Path], tuple[np.ndarray, int]]
) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """What ``read`` makes of each file: bytes of ``shape``, a number that is negative where it was refused, and why."""
    pixels = room_for((len(paths), *shape))
    peaks = np.full(len(paths), UNREAD, dtype=np.int32)
    reasons: dict[int, str] = {}
    decode_into(pixels, peaks, reasons, paths, range(len(paths)), read)
    return pixels, peaks, reasons


def decode_into(
    pixels: np.ndarray,
    peaks: np.ndarray,
    reasons: dict[int, str],
    paths: Sequence[Path],
    wanted: Iterable[int],
    read: Callable[[Path], tuple[np.ndarray, int]],
) -> None:
    """Decode the files at the places ``wanted`` in some threads; a place is marked in ``peaks`` once it is filled."""
    waiting = iter(list(wanted))

    def work() -> None:
        for index in waiting:
            try:
                pixels[index], peak = read(paths[index])
            except DataError as error:
                reasons[index] = str(error).removeprefix(f"{paths[index]}: ")
                peak = REFUSED
            peaks[index] = peak

    with warnings.catch_warnings(), ThreadPoolExecutor(DECODERS) as pool:
        warnings.simplefilter("ignore")
        for done in [pool.submit(work) for _ in range(DECODERS)]:
            done.result()


def room_for(shape: tuple[int, ...]) -> np.ndarray:
    """Room for bytes of this shape: in memory, or from 1 GB on in a temporary file that goes away by itself."""
    size = int(np.prod(shape, dtype=np.int64))
    if size <= MOST_IN_MEMORY:
        return np.empty(shape, dtype=np.uint8)
    check_disk(Path(tempfile.gettempdir()), size)
    with tempfile.TemporaryFile() as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        return np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)


def check_disk(folder: Path, size: int) -> None:
    """Refuse what would not leave a tenth of the free room of the disk that ``folder`` is on."""
    free = shutil.disk_usage(folder).free
    if size > free * 0.9:
        raise DataError(
            f"the pictures need {size / 1e9:.1f} GB of disk in {folder}, where {free / 1e9:.1f} GB are free; "
            "choose a smaller size"
        )
