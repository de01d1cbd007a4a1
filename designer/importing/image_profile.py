"""The profile of pictures, however they lie: how many of each class, sizes and colours, and what cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from designer.importing.images import Look, inspect_images, look_through
from designer.importing.profiles import ImagesProfile
from designer.project.model import ImageData, ImageLayout
from designer.project.paths import resolve_from
from designer.runtime.errors import DataError
from designer.training.columns import read_columns

MOST_SIZES = 50
MOST_UNREADABLE = 200
PICTURES = "pictures"


def profile_images(data: ImageData, base: Path) -> ImagesProfile:
    """The profile of the pictures that ``data`` describes, its path relative to ``base``; DataError.

    Counts are of all pictures. Sizes, colours and what cannot be read are those of all files, or of 2,000 of more.
    Where pictures have no classes, they are counted under the one word “pictures”.
    """
    return LAYOUTS[data.layout](data, resolve_from(base, data.path))


def _of_classes(data: ImageData, folder: Path) -> ImagesProfile:
    summary = inspect_images(folder)
    look = Look(summary.sizes, summary.colour, summary.unreadable, summary.looked_at)
    return _profile(summary.counts, look, folder, summary.parts)


def _of_masks(data: ImageData, folder: Path) -> ImagesProfile:
    from designer.runtime.images import part_folders
    from designer.runtime.masks import list_pairs

    parts = part_folders(folder)
    counts, paths, alone = {}, [], []
    for part, place in parts.items() if parts else [("all", folder)]:
        pictures, _, without = list_pairs(place)
        counts[part] = {PICTURES: len(pictures)}
        paths += pictures
        alone += without
    look = look_through(paths, str(folder))
    found = Look(look.sizes, look.colour, (*alone, *look.unreadable), look.looked_at)
    return _profile(counts, found, folder, tuple(parts))


def _of_table(data: ImageData, table: Path) -> ImagesProfile:
    from designer.runtime.picture_tables import picture_paths

    name = next((column.name for column in data.columns if column.kind == "image"), "")
    if not name:
        raise DataError(f"{table.name}: no column of it holds the paths of pictures")
    target = _class_column(data)
    frame = read_columns(table, {name: "text", **dict.fromkeys([target] if target else [], "category")}, data.format)
    frame = frame.dropna()
    if frame.empty:
        raise DataError(f"{table.name}: no row of it has both a picture and a target")
    look = look_through(picture_paths(frame[name], table), table.name)
    return _profile({"all": _counted(frame[target]) if target else {PICTURES: len(frame)}}, look, table.parent)


def _of_pixels(data: ImageData, table: Path) -> ImagesProfile:
    from designer.importing.image_layouts import pixel_columns, table_head
    from designer.runtime.pixels import pixel_shape

    head = table_head(table)
    names = pixel_columns(head) if head is not None else []
    target = _class_column(data)
    if not names or not target:
        raise DataError(f"{table.name}: its columns are no pixels with a label beside them")
    words = read_columns(table, {target: "category"}, data.format)[target].dropna()
    channels, height, width = pixel_shape(len(names))
    look = Look({(width, height): len(words)}, channels == 3, (), len(words))
    return _profile({"all": _counted(words)}, look, table.parent)


def _of_idx(data: ImageData, place: Path) -> ImagesProfile:
    from designer.runtime.folders import PART_ORDER
    from designer.runtime.idx import idx_pairs, read_idx_pair

    counts: dict[str, dict[str, int]] = {}
    sizes: Counter[tuple[int, int]] = Counter()
    pairs = idx_pairs(place)
    for part in (part for part in PART_ORDER if part in pairs):
        pixels, labels = read_idx_pair(*pairs[part])
        counts[part] = _counted(labels.tolist())
        sizes[pixels.shape[3], pixels.shape[2]] += len(pixels)
    if not counts:
        raise DataError(f"{place}: there are no IDX files of pictures and labels in it")
    return _profile(counts, Look(sizes, False, (), sum(sizes.values())), place, tuple(counts))


LAYOUTS: Mapping[ImageLayout, Callable[[ImageData, Path], ImagesProfile]] = {
    "classes": _of_classes,
    "masks": _of_masks,
    "table": _of_table,
    "pixels": _of_pixels,
    "idx": _of_idx,
}


def _class_column(data: ImageData) -> str:
    """The target that holds classes; empty where numbers are predicted."""
    return next((each.name for each in data.columns if each.role == "target" and each.kind != "number"), "")


def _counted(words: Iterable[object]) -> dict[str, int]:
    counts = Counter(str(word) for word in words)
    try:
        return {word: counts[word] for word in sorted(counts, key=float)}
    except ValueError:
        return {word: counts[word] for word in sorted(counts)}


def _profile(
    counts: Mapping[str, Mapping[str, int]], look: Look, folder: Path, parts: tuple[str, ...] = ()
) -> ImagesProfile:
    classes = tuple(dict.fromkeys(name for each in counts.values() for name in each))
    sizes = sorted(look.sizes.items(), key=lambda entry: (-entry[1], entry[0]))
    return ImagesProfile(
        classes=classes,
        counts={part: dict(each) for part, each in counts.items()},
        total=sum(count for each in counts.values() for count in each.values()),
        sizes=tuple((width, height, count) for (width, height), count in sizes[:MOST_SIZES]),
        colour=look.colour,
        parts=parts,
        unreadable=tuple((_inside(path, folder), why) for path, why in look.unreadable[:MOST_UNREADABLE]),
        looked_at=look.looked_at,
    )


def _inside(path: str, folder: Path) -> str:
    return Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path
