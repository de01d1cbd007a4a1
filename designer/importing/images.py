"""Looks through a folder of pictures: classes, counts, sizes, colour, and what cannot be read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LOOKED_AT = 2000
LARGEST_SIDE = 64
SMALLEST_SIDE = 8
COLOURLESS = 12
LOOK_SIDE = 16
JUDGED_BY = 16
# values from 0 to 1 that spread less make what batch normalization learns on the way lag behind for many epochs
FAINT = 0.1


@dataclass(frozen=True)
class ImageSummary:
    """What a folder of pictures holds.

    ``counts`` leads from each part (``train``, ``validation``, ``test``; ``all`` where there are no such folders) to
    the number of files of each class; ``sizes`` from (width, height) to the number of pictures, and ``unreadable``
    lists (path, why), both of the pictures that were looked at: all, or 2,000 of more. ``colour`` is whether any of
    these is more than shades of grey, ``faint`` whether their values are all much alike.
    """

    classes: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    sizes: Mapping[tuple[int, int], int]
    colour: bool
    parts: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    looked_at: int
    faint: bool = False

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
    faint: bool = False


@dataclass(frozen=True)
class _Seen:
    """One picture: ``size`` is (width, height), ``why`` says why it cannot be read.

    ``mean`` and ``square`` are those of its values from 0 to 255 and of their squares; ``peak`` is its largest value
    where it has 16 bits, of which its own ``white`` is 255, else 0.
    """

    size: tuple[int, int] = (0, 0)
    colour: bool = False
    why: str = ""
    mean: float = 0.0
    square: float = 0.0
    peak: int = 0
    white: int = 0


def look_through(paths: Sequence[Path], where: str) -> Look:
    """Look at pictures, at 2,000 of more; a DataError that names ``where`` if none of them can be read."""
    from designer.runtime.errors import DataError

    chosen = [paths[place * len(paths) // LOOKED_AT] for place in range(LOOKED_AT)] if len(paths) > LOOKED_AT else paths
    sizes: Counter[tuple[int, int]] = Counter()
    unreadable: list[tuple[str, str]] = []
    good: list[_Seen] = []
    for path, seen in zip(chosen, _look_at(chosen), strict=True):
        if seen.why:
            unreadable.append((str(path), seen.why))
        else:
            sizes[seen.size] += 1
            good.append(seen)
    if not sizes:
        first = f"; the first, {unreadable[0][0]}: {unreadable[0][1]}" if unreadable else ""
        raise DataError(f"{where}: none of its {len(chosen)} pictures can be read{first}")
    colour = any(seen.colour for seen in good)
    return Look(dict(sizes), colour, tuple(unreadable), len(chosen), _spread(good) < FAINT)


def common_white(paths: Sequence[Path]) -> int:
    """What is white in pictures of 16 bits, by some of them; 0 where they have fewer bits or cannot be read."""
    from designer.runtime.images import white_level

    some = [paths[place * len(paths) // JUDGED_BY] for place in range(JUDGED_BY)] if len(paths) > JUDGED_BY else paths
    peak = max((seen.peak for seen in _look_at([path for path in some if _says_deep(path)])), default=0)
    return white_level(peak) if peak else 0


def _says_deep(path: Path) -> bool:
    """Whether the head of the file tells of 16 bits; where none can be read, it is not to be looked at."""
    from PIL import Image

    from designer.runtime.images import FORMATS, SPOILED, is_deep

    try:
        with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
            return is_deep(picture)
    except SPOILED:
        return False


def _spread(seen: Sequence[_Seen]) -> float:
    """The standard deviation of all values of these pictures, from 0 to 1 as they are learned from."""
    from designer.runtime.images import white_level

    common = white_level(max(each.peak for each in seen))
    # all that have 16 bits share one white when they are learned from
    shares = [each.white / common if each.peak else 1.0 for each in seen]
    mean = sum(share * each.mean for share, each in zip(shares, seen, strict=True)) / len(seen)
    square = sum(share**2 * each.square for share, each in zip(shares, seen, strict=True)) / len(seen)
    return math.sqrt(max(0.0, square - mean * mean)) / 255


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
    return ImageSummary(
        tuple(classes), counts, look.sizes, look.colour, tuple(parts), look.unreadable, look.looked_at, look.faint
    )


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


def _look_at(paths: Sequence[Path]) -> Iterator[_Seen]:
    import warnings

    from designer.training.pictures import silence_pillow

    silence_pillow()
    with warnings.catch_warnings(), ThreadPoolExecutor(2) as pool:
        warnings.simplefilter("ignore")
        yield from pool.map(_look, paths)


def _look(path: Path) -> _Seen:
    from PIL import Image

    from designer.runtime.errors import DataError
    from designer.runtime.images import FORMATS, decode_image, white_level

    white = 0
    try:
        pixels, peak = decode_image(path, LOOK_SIDE, LOOK_SIDE, True)
        if peak:
            # of 16 bits with few in use 8 would keep next to nothing
            white = white_level(peak)
            pixels, _ = decode_image(path, LOOK_SIDE, LOOK_SIDE, True, white=white)
    except DataError as error:
        return _Seen(why=str(error).removeprefix(f"{path}: "))
    values = pixels.astype("int32")
    with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
        size = picture.size
    colour = int((values.max(axis=0) - values.min(axis=0)).max()) > COLOURLESS
    return _Seen(size, colour, "", float(values.mean()), float((values * values).mean()), peak, white)
