"""The profile of pictures, however they lie: how many of each class, sizes and colours, and what cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from designer.importing.copies import NOWHERE, met_again
from designer.importing.images import Look, inspect_images, look_through
from designer.importing.profiles import ImagesProfile, PartsProfile, RepeatedPictures
from designer.project.model import ImageData, ImageLayout, Project
from designer.project.paths import resolve_from
from designer.runtime.errors import DataError
from designer.training.chosen import column_with_role
from designer.training.columns import read_columns
from designer.training.copies import same_files, same_pixels
from designer.training.errors import RunError
from designer.training.prepared import PARTS
from designer.training.sources.gathered import check_split, with_folds

if TYPE_CHECKING:
    import pandas as pd

MOST_SIZES = 50
MOST_UNREADABLE = 200
PICTURES = "pictures"
FOLDERS = "share", "folders"


def profile_images(data: ImageData, base: Path, project: Project | None = None) -> ImagesProfile:
    """The profile of the pictures that ``data`` describes, its path relative to ``base``; DataError.

    Counts are of all pictures. Sizes, colours and what cannot be read are those of all files, or of 2,000 of more.
    Where pictures have no classes, they are counted under the one word “pictures”.
    """
    found = LAYOUTS[data.layout](data, resolve_from(base, data.path))
    divided = divided_of(data, base, project)
    return replace(found, repeated=divided.repeated, divided=divided.parts)


@dataclass(frozen=True)
class Divided:
    """Which test pictures are in another part too, and how many each part has; None where that is not known."""

    repeated: RepeatedPictures | None = None
    parts: PartsProfile | None = None


def divided_of(data: ImageData, base: Path, project: Project | None = None) -> Divided:
    """How the pictures are divided, and of all that there are which are met in two parts; DataError never.

    The parts are those that training makes, of the first fold where there are folds; a network in ``project`` may need
    columns beside the pictures, so that rows are left out. Nothing is compared where copies are left out anyway, and
    how many each part has is told of the rows of tables.
    """
    try:
        return LISTERS[data.layout](project or Project(data=data), data, resolve_from(base, data.path))
    except (DataError, RunError):
        # training says so and why
        return Divided()


def repeated_of(data: ImageData, base: Path, project: Project | None = None) -> RepeatedPictures | None:
    """Which test pictures are in another part too; as with ``divided_of``."""
    return divided_of(data, base, project).repeated


def repeated_files(
    data: ImageData, paths: Sequence[Path], places: Sequence[np.ndarray], folder: Path
) -> RepeatedPictures | None:
    """Which of the files at the last of ``places`` are the same as files at the first two; named from ``folder``."""
    if data.drop_duplicates:
        return None
    parts = _part_numbers(len(paths), places)
    return met_again(same_files(paths), parts, lambda number: _inside(str(paths[number]), folder))


def _part_numbers(count: int, places: Sequence[np.ndarray]) -> np.ndarray:
    """For each of ``count`` pictures the number of the part among ``places`` that it is in, -1 for none."""
    found = np.full(count, NOWHERE, dtype=np.int8)
    for number, rows in enumerate(places):
        found[rows] = number
    return found


def parts_of_rows(data: ImageData, frame: pd.DataFrame, places: Sequence[np.ndarray]) -> PartsProfile:
    """How many rows of a table of pictures each part has, and of how many groups they are."""
    group = column_with_role(data, "group") if data.split.by == "group" else ""
    counts = dict(zip(PARTS, map(len, places), strict=True))
    return PartsProfile(data.split.by, counts, groups=frame[group].nunique(dropna=False) if group else 0)


def _in_classes(project: Project, data: ImageData, folder: Path) -> Divided:
    from designer.runtime.folders import list_image_parts

    split = data.split
    check_split(data, FOLDERS)
    paths, labels, _, places = list_image_parts(
        folder, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    return Divided(repeated_files(data, paths, with_folds(data, places, labels), folder))


def _with_masks(project: Project, data: ImageData, folder: Path) -> Divided:
    from designer.runtime.masks import list_pair_parts

    split = data.split
    check_split(data, FOLDERS)
    paths, _, _, places = list_pair_parts(folder, split.by == "folders", split.validation, split.test, split.seed)
    return Divided(repeated_files(data, paths, with_folds(data, places), folder))


def _in_table(project: Project, data: ImageData, table: Path) -> Divided:
    from designer.runtime.picture_tables import picture_paths
    from designer.training.sources.picture_tables import image_column, list_rows

    listed = list_rows(project, data, table)
    paths = picture_paths(listed.frame[image_column(data)], table)
    repeated = repeated_files(data, paths, listed.parts, table.parent)
    return Divided(repeated, parts_of_rows(data, listed.frame, listed.parts))


def _in_pixels(project: Project, data: ImageData, table: Path) -> Divided:
    from designer.training.sources.picture_pixels import list_rows

    listed = list_rows(project, data, table)
    lines, parts = listed.frame.index, parts_of_rows(data, listed.frame, listed.parts)
    if data.drop_duplicates:
        return Divided(None, parts)
    numbers = _part_numbers(len(lines), listed.parts)
    return Divided(met_again(listed.copies(), numbers, lambda number: f"the picture of line {lines[number]}"), parts)


def _in_idx(project: Project, data: ImageData, place: Path) -> Divided:
    from designer.runtime.idx import read_idx_parts

    split = data.split
    check_split(data, FOLDERS)
    pixels, labels, places = read_idx_parts(
        place, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    if data.drop_duplicates:
        return Divided()
    parts = _part_numbers(len(pixels), with_folds(data, places, labels))
    return Divided(met_again(same_pixels(pixels), parts, lambda number: f"picture {number + 1}"))


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
    from designer.runtime.idx import idx_pairs, read_idx_pair
    from designer.runtime.images import PART_ORDER

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


LISTERS: Mapping[ImageLayout, Callable[[Project, ImageData, Path], Divided]] = {
    "classes": _in_classes,
    "masks": _with_masks,
    "table": _in_table,
    "pixels": _in_pixels,
    "idx": _in_idx,
}
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
