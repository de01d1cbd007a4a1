"""What pictures are like: their sizes, their colours and which cannot be read; found off the GUI thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.gui.numbers import exact
from designer.importing.profiles import ImagesProfile, PartsProfile
from designer.project.model import ImageData
from designer.project.paths import resolve

if TYPE_CHECKING:
    import numpy as np

    from designer.gui.data.pictures_listing import PictureSet

LAYOUTS = {
    "classes": "A folder for each class",
    "masks": "Pictures and masks",
    "table": "A table of paths",
    "pixels": "Pixels in columns",
    "idx": "IDX files",
}
ALL = "all"


@dataclass(frozen=True, eq=False)
class Looked:
    """What pictures are like, and for each the number of the first one that is the same: int64 (n,)."""

    profile: ImagesProfile
    firsts: np.ndarray


def compared(looked: Looked, pictures: PictureSet, data: ImageData) -> Looked:
    """The same pictures with what is told of those that are in two parts as they are divided now, and of the parts."""
    from designer.importing.copies import met_again

    repeated = met_again(looked.firsts, pictures.parts, pictures.name)
    counts = pictures.part_counts()
    # parts that are not known are not said to be empty
    known = bool(pictures.groups and counts)
    rows = {part: counts.get(part, 0) for part in ("train", "validation", "test")}
    divided = PartsProfile(data.split.by, rows, groups=pictures.groups) if known else None
    return replace(looked, profile=replace(looked.profile, repeated=repeated, divided=divided))


def in_one_light(pictures: PictureSet) -> PictureSet:
    """The same pictures, those of 16 bits as bright as a network sees them: by what is white in the training part."""
    from designer.importing.images import common_white

    files = pictures.files
    learned = [file for file, part in zip(files, pictures.parts, strict=True) if part == 0] if len(files) else []
    return replace(pictures, white=common_white(learned or files)) if len(files) else pictures


def looked_through(data: ImageData, base: Path, pictures: PictureSet) -> Looked:
    """Sizes, colours and what cannot be read of the pictures, or of 2,000 of more; DataError where none can be."""
    from designer.gui.data.pictures_listing import first_ones

    profile = _looked_through(data, base, pictures)
    return compared(Looked(profile, first_ones(pictures)), pictures, data)


def _looked_through(data: ImageData, base: Path, pictures: PictureSet) -> ImagesProfile:
    from designer.importing.image_profile import LAYOUTS as PROFILED
    from designer.importing.image_profile import MOST_SIZES, MOST_UNREADABLE
    from designer.importing.images import look_through

    if data.layout == "classes":
        return PROFILED["classes"](data, resolve(data.path, base / "project"))
    counts = {ALL: pictures.counts()}
    if pictures.pixels is not None:
        count, channels, height, width = pictures.pixels.shape
        return ImagesProfile(pictures.classes, counts, count, ((width, height, count),), channels > 1, looked_at=count)
    look = look_through(pictures.files, str(pictures.folder))
    sizes = Counter(look.sizes).most_common(MOST_SIZES)
    unreadable = [*pictures.left_out, *look.unreadable][:MOST_UNREADABLE]
    return ImagesProfile(
        pictures.classes,
        counts,
        len(pictures),
        tuple((width, height, count) for (width, height), count in sizes),
        look.colour,
        unreadable=tuple((_inside(path, pictures.folder), why) for path, why in unreadable),
        looked_at=look.looked_at,
    )


def _inside(path: str, folder: Path) -> str:
    return Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path


def pictures_words(data: ImageData, pictures: PictureSet | None, profile: ImagesProfile | None) -> dict[str, str]:
    """What is known of pictures, in words."""
    words = {"Pictures": exact(len(pictures)) if pictures is not None else "…", "Kept as": LAYOUTS[data.layout]}
    if pictures is not None and pictures.copies:
        words["Copies"] = f"{exact(pictures.copies)} left out"
    if profile is None:
        return words
    widths, heights = [size[0] for size in profile.sizes], [size[1] for size in profile.sizes]
    if len(profile.sizes) == 1:
        words["Size"] = f"{widths[0]}×{heights[0]} pixels"
    elif profile.sizes:
        words["Size"] = f"{min(widths)}×{min(heights)} to {max(widths)}×{max(heights)}"
    words["Colours"] = "Colour" if profile.colour else "Grey"
    if profile.looked_at < profile.total:
        words["Looked at"] = exact(profile.looked_at)
    if profile.unreadable:
        words["Unreadable"] = exact(len(profile.unreadable))
    return words
