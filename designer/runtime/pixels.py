"""Pictures whose pixels are the columns of a table, as MNIST comes in CSV files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from designer.runtime.errors import DataError
from designer.runtime.gathering import open_rows
from designer.runtime.images import resized_pixels
from designer.runtime.pieces import read_pieces, text_pieces

WHITES = (1, 15, 16, 255, 1023, 4095, 65535)


def pixel_names(
    path: str | Path,
    others: Sequence[str],
    *,
    read: Callable[[Path], Iterator[bytes]] = read_pieces,
    delimiter: str = ",",
    encoding: str = "utf-8",
    skip_rows: int = 0,
    header: bool = True,
) -> list[str]:
    """The columns of a table that hold pixels: all but ``others``, in the order in which they stand."""
    pieces = text_pieces(path, encoding, skip_rows, read)
    names, _ = open_rows(Path(path).name, pieces, delimiter, header, skip_rows + 1)
    found = [name for name in names if name not in others]
    pixel_shape(len(found))
    return found


def pixel_shape(count: int) -> tuple[int, int, int]:
    """Channels, height and width of a square picture of so many values: grey, or red, green and blue by pixel."""
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if side > 0 and channels * side * side == count:
            return channels, side, side
    raise DataError(f"{count} columns of pixels make no square picture, neither grey nor in colour")


def pixel_size(names: Sequence[str]) -> tuple[int, int]:
    """Width and height of the pictures whose pixels are these columns."""
    _, height, width = pixel_shape(len(names))
    return width, height


def learn_pixel_range(frame: pd.DataFrame, names: Sequence[str]) -> list[float]:
    """What is black and what is white: 0 and the brightest value that cameras and scanners give above all there are.

    Values below 0 stand for pictures that were normalised: those run from the least to the largest.
    """
    low, high = float(frame[names].min().min()), float(frame[names].max().max())
    if low < 0:
        return [low, max(high, low + 1e-6)]
    return [0.0, float(next((white for white in WHITES if high <= white), high))]


def pixel_pictures(frame: pd.DataFrame, names: Sequence[str], limits: Sequence[float]) -> np.ndarray:
    """The rows as pictures, uint8 (n, channels, height, width); black and white as ``limits`` say, beyond is cut."""
    channels, height, width = pixel_shape(len(names))
    values = frame[names].to_numpy(dtype=np.float32)
    gaps = np.isnan(values).any(axis=1)
    if gaps.any():
        raise DataError(f"line {frame.index[gaps.argmax()]}: the picture lacks a pixel")
    low, high = limits
    scaled = ((values - np.float32(low)) * np.float32(255 / (high - low))).round().clip(0, 255).astype(np.uint8)
    pixels = scaled.reshape(len(frame), height, width, channels).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(pixels)


def resize_all(pixels: np.ndarray, height: int, width: int, colour: bool, resize: str = "stretch") -> np.ndarray:
    """Pictures uint8 (n, channels, height, width) in another size or mode, as those of files would be."""
    channels = 3 if colour else 1
    if pixels.shape[1:] == (channels, height, width):
        return pixels
    done = np.empty((len(pixels), channels, height, width), dtype=np.uint8)
    for index, values in enumerate(pixels):
        grey = values.shape[0] == 1
        picture = Image.fromarray(values[0] if grey else np.ascontiguousarray(values.transpose(1, 2, 0)))
        done[index] = resized_pixels(picture.convert("RGB" if colour else "L"), height, width, resize)
    return done
