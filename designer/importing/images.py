"""Looks through a folder of pictures: classes, counts, sizes, colour, and what cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LOOKED_AT = 2000
LARGEST_SIDE = 64
SMALLEST_SIDE = 8
COLOURLESS = 12


@dataclass(frozen=True)
class ImageSummary:
    """What a folder of pictures holds.

    ``counts`` leads from each part (``train``, ``validation``, ``test``; ``all`` where there are no such folders) to
    the number of files of each class; ``sizes`` from (width, height) to the number of pictures, and ``unreadable``
    lists (path, why), both of the pictures that were looked at: all, or 2,000 of more. ``colour`` is whether any of
    these is more than shades of grey.
    """

    classes: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    sizes: Mapping[tuple[int, int], int]
    colour: bool
    parts: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    looked_at: int

    @property
    def total(self) -> int:
        """The number of files in all parts and classes."""
        return sum(count for classes in self.counts.values() for count in classes.values())

    def fitting_size(self) -> tuple[int, int]:
        """Height and width that suit a small network: the pictures' own where all share a small one, else within 64."""
        return fitting_size(self.sizes)


def fitting_size(sizes: Mapping[tuple[int, int], int]) -> tuple[int, int]:
    """Height and width that suit a small network for pictures of these (width, height)."""
    if not sizes:
        return 28, 28
    listed = sorted(size for size, count in sizes.items() for _ in range(count))
    if len(sizes) == 1 and min(listed[0]) >= SMALLEST_SIDE and max(listed[0]) <= LARGEST_SIDE:
        return listed[0][1], listed[0][0]
    if len(sizes) == 1 and max(listed[0]) <= 4 * min(listed[0]):
        width, height = listed[0]
        scale = min(1.0, LARGEST_SIDE / max(width, height))
        return max(SMALLEST_SIDE, round(height * scale)), max(SMALLEST_SIDE, round(width * scale))
    sides = sorted(min(size) for size in listed)
    side = min(LARGEST_SIDE, max(SMALLEST_SIDE, sides[len(sides) // 2]))
    return side, side


@dataclass(frozen=True)
class Look:
    """What pictures are like, of which 2,000 at most were looked at: as in ``ImageSummary``."""

    sizes: Mapping[tuple[int, int], int]
    colour: bool
    unreadable: tuple[tuple[str, str], ...]
    looked_at: int


def look_through(paths: Sequence[Path], where: str) -> Look:
    """Look at pictures, at 2,000 of more; a DataError that names ``where`` if none of them can be read."""
    from designer.runtime.errors import DataError

    chosen = [paths[place * len(paths) // LOOKED_AT] for place in range(LOOKED_AT)] if len(paths) > LOOKED_AT else paths
    sizes: Counter[tuple[int, int]] = Counter()
    unreadable: list[tuple[str, str]] = []
    colour = False
    for path, (size, coloured, why) in zip(chosen, _look_at(chosen), strict=True):
        if why:
            unreadable.append((str(path), why))
        else:
            sizes[size] += 1
            colour = colour or coloured
    if not sizes:
        first = f"; the first, {unreadable[0][0]}: {unreadable[0][1]}" if unreadable else ""
        raise DataError(f"{where}: none of its {len(chosen)} pictures can be read{first}")
    return Look(dict(sizes), colour, tuple(unreadable), len(chosen))


def inspect_images(folder: Path) -> ImageSummary:
    """Look through ``folder``; a DataError where it holds no class folders with pictures that can be read."""
    from designer.runtime.errors import DataError
    from designer.runtime.images import list_images, part_folders

    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}")
    parts = part_folders(folder)
    paths, labels, classes = _listed(folder, parts.get("train", folder))
    counts = {"train" if parts else "all": _counted(labels, classes)}
    for part, place in parts.items():
        if part != "train":
            more, codes, _ = list_images(place, classes)
            paths += more
            counts[part] = _counted(codes.tolist(), classes)
    if not paths:
        raise DataError(f"{folder} holds no pictures; expected a folder for each class with the pictures inside")
    look = look_through(paths, str(folder))
    return ImageSummary(tuple(classes), counts, look.sizes, look.colour, tuple(parts), look.unreadable, look.looked_at)


def _listed(folder: Path, train: Path) -> tuple[list[Path], Sequence[int], list[str]]:
    from designer.runtime.errors import DataError
    from designer.runtime.images import list_images

    paths, labels, classes = list_images(train)
    if len(classes) < 2:
        raise DataError(f"{folder} holds one folder, “{classes[0]}”; expected a folder for each of two classes or more")
    return paths, labels.tolist(), classes


def _counted(labels: Sequence[int], classes: Sequence[str]) -> dict[str, int]:
    counts = Counter(int(label) for label in labels)
    return {name: counts[code] for code, name in enumerate(classes)}


def _look_at(paths: Sequence[Path]) -> Iterator[tuple[tuple[int, int], bool, str]]:
    """(width, height), whether it has colours, and why it cannot be read, for each picture."""
    import warnings

    from designer.training.pictures import silence_pillow

    silence_pillow()
    with warnings.catch_warnings(), ThreadPoolExecutor(2) as pool:
        warnings.simplefilter("ignore")
        yield from pool.map(_look, paths)


def _look(path: Path) -> tuple[tuple[int, int], bool, str]:
    from PIL import Image

    from designer.runtime.errors import DataError
    from designer.runtime.images import FORMATS, read_image

    try:
        pixels = read_image(path, 16, 16, True).astype("int16")
    except DataError as error:
        return (0, 0), False, str(error).removeprefix(f"{path}: ")
    with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
        size = picture.size
    return size, int((pixels.max(axis=0) - pixels.min(axis=0)).max()) > COLOURLESS, ""
