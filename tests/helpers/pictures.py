"""Small data sets of pictures in every layout, for tests."""

from __future__ import annotations

import csv
import gzip
import struct
from pathlib import Path

import numpy as np
from PIL import Image


def drawn(code: int, number: int, side: int = 16) -> np.ndarray:
    """A colour picture (side, side, 3) whose class shows in the place and colour of a bright square."""
    chance = np.random.default_rng(1000 * code + number)
    pixels = chance.integers(0, 120, (side, side, 3), dtype=np.uint8)
    step = side // 4
    pixels[code * step : code * step + step + 1, step : 3 * step, code % 3] = 250
    return pixels


def write_classes(folder: Path, count: int = 8, classes: int = 3, side: int = 16) -> Path:
    """A folder for each class with so many pictures."""
    for code in range(classes):
        place = folder / f"class {code}"
        place.mkdir(parents=True)
        for number in range(count):
            Image.fromarray(drawn(code, number, side)).save(place / f"{number}.png")
    return folder


def write_masks(folder: Path, count: int = 24, side: int = 16, values: tuple[int, ...] = (0, 255)) -> Path:
    """Pictures with a bright disc and masks of it, whose value goes with its colour."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    across, down = np.meshgrid(np.arange(side), np.arange(side))
    for number in range(count):
        chance = np.random.default_rng(number)
        x, y, radius = *chance.uniform(side * 0.3, side * 0.7, 2), side * 0.25
        disc = (across - x) ** 2 + (down - y) ** 2 < radius**2
        code = 1 + number % (len(values) - 1)
        pixels = chance.integers(0, 100, (side, side, 3), dtype=np.uint8)
        pixels[disc, code % 3] = 240
        Image.fromarray(pixels).save(folder / "images" / f"{number:03}.png")
        mask = np.where(disc, values[code], values[0]).astype(np.uint8)
        Image.fromarray(mask).save(folder / "masks" / f"{number:03}_mask.png")
    return folder


def with_12_bits(folder: Path) -> None:
    """Turn the pictures in a folder into grey ones of 16 bits of which 12 are in use, as microscopes write them."""
    for path in sorted(folder.iterdir()):
        with Image.open(path) as picture:
            grey = np.asarray(picture.convert("L")).astype(np.uint16) * 16
        Image.fromarray(grey).save(path)


def write_paths(folder: Path, count: int = 24, side: int = 16) -> Path:
    """A table of paths with a label and the box of a bright square; the pictures lie in a folder beside it."""
    (folder / "photos").mkdir(parents=True)
    path = folder / "list.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "kind", "x", "y"])
        for number in range(count):
            chance = np.random.default_rng(number)
            x, y = (int(value) for value in chance.integers(0, side - 4, 2))
            pixels = chance.integers(0, 100, (side, side), dtype=np.uint8)
            pixels[y : y + 4, x : x + 4] = 250
            Image.fromarray(pixels).save(folder / "photos" / f"{number}.png")
            writer.writerow([f"photos\\{number}.png", "left" if x < side // 3 else "right", x, y])
    return path


BOX_NAMES = ("left", "top", "right", "bottom")


def boxed(number: int, size: tuple[int, int]) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """A dark colour picture of ``size`` (width, height) with a bright red rectangle, and its edges in pixels."""
    width, height = size
    chance = np.random.default_rng(number)
    wide, high = (int(chance.integers(side // 4, side // 2)) for side in size)
    left, top = int(chance.integers(1, width - wide - 1)), int(chance.integers(1, height - high - 1))
    pixels = chance.integers(0, 40, (height, width, 3), dtype=np.uint8)
    pixels[top : top + high, left : left + wide] = (220, 20, 20)
    return pixels, (left, top, left + wide, top + high)


def write_boxes(
    folder: Path,
    count: int = 24,
    sizes: tuple[tuple[int, int], ...] = ((32, 24),),
    shares: bool = False,
    names: tuple[str, ...] = BOX_NAMES,
) -> Path:
    """A table of paths with the box of a rectangle, in pixels or in shares; the pictures are of these sizes in turn."""
    (folder / "shots").mkdir(parents=True)
    path = folder / "boxes.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", *names])
        for number in range(count):
            size = sizes[number % len(sizes)]
            pixels, edges = boxed(number, size)
            Image.fromarray(pixels).save(folder / "shots" / f"{number:03}.png")
            said = [round(edge / size[place % 2], 4) if shares else edge for place, edge in enumerate(edges)]
            writer.writerow([f"shots/{number:03}.png", *said])
    return path


def write_pixels(path: Path, count: int = 60, side: int = 8, header: bool = True, white: int = 255) -> Path:
    """A table with a label and a column for each pixel."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        if header:
            writer.writerow(["label", *(f"pixel{place}" for place in range(side * side))])
        for number in range(count):
            values = drawn(number % 3, number, side)[..., number % 3].astype(int) * white // 250
            writer.writerow([number % 3, *values.clip(0, white).ravel()])
    return path


def idx_bytes(values: np.ndarray) -> bytes:
    """An array of bytes as an IDX file."""
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def write_idx(folder: Path, part: str, count: int = 30, packed: bool = False, side: int = 12) -> Path:
    """A pair of IDX files."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = np.stack([drawn(number % 3, number, side)[..., number % 3] for number in range(count)])
    labels = (np.arange(count) % 3).astype(np.uint8)
    for name, values in ((f"{part}-images-idx3-ubyte", pictures), (f"{part}-labels-idx1-ubyte", labels)):
        content = idx_bytes(values)
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    return folder
