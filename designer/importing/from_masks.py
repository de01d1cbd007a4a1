"""A new project from pictures with a mask each, and from IDX files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.importing.brief import Brief
from designer.importing.from_images import (
    faint_notes,
    for_faint,
    kind_of,
    left_out,
    picture_brief,
    size_note,
    split_for,
)
from designer.importing.images import fitting_size, look_through
from designer.project.model import ImageData
from designer.runtime.errors import DataError

MASKS_LOOKED_AT = 500
MULTIPLE = 4


def folder_of_masks(data: Path, where: str, wanted: str | None) -> tuple[ImageData, Brief, tuple[str, ...]]:
    """The settings for the folder ``data`` with pictures and masks, what a network is to do, and notes."""
    import numpy as np

    from designer.runtime.images import part_folders
    from designer.runtime.masks import list_pairs, read_masks

    _refuse_column(data, wanted)
    parts = part_folders(data)
    paths, files, alone = list_pairs(parts.get("train", data))
    look = look_through(paths, str(data))
    height, width = (max(MULTIPLE, round(side / MULTIPLE) * MULTIPLE) for side in fitting_size(look.sizes))
    chosen = np.unique(np.linspace(0, len(paths) - 1, min(len(paths), MASKS_LOOKED_AT)).round().astype(int)).tolist()
    some = [[each[place] for place in chosen] for each in (paths, files)]
    masks = read_masks(some[0], some[1], np.arange(len(chosen)), height, width)
    split = split_for(len(paths), bool(parts))
    validated, classes = "validation" in parts or split.validation > 0, len(masks.values)
    brief = picture_brief((height, width), look.colour, kind_of(classes), classes, len(paths), validated)
    words = "two classes, dark and bright" if masks.smooth else f"the values {', '.join(map(str, masks.values))}"
    notes = [
        f"{len(paths)} pictures with a mask each, {'in colour' if look.colour else 'grey'}; the masks hold {words}"
    ]
    if set(look.sizes) != {(width, height)}:
        notes.append(size_note(height, width))
    notes += faint_notes(look.faint)
    notes += left_out([*alone, *look.unreadable, *masks.refused], data)
    return ImageData(where, split, "masks"), for_faint(replace(brief, form="masks"), look.faint), tuple(notes)


def idx_files(data: Path, where: str, wanted: str | None) -> tuple[ImageData, Brief, tuple[str, ...]]:
    """The settings for IDX files in the folder ``data``, or of which it is one, what a network is to do, and notes."""
    from designer.runtime.idx import idx_pairs, label_names, read_idx_pair

    _refuse_column(data, wanted)
    pairs = idx_pairs(data)
    if "train" not in pairs:
        raise DataError(f"{data}: there are no IDX files of training pictures and labels in it")
    pixels, labels = read_idx_pair(*pairs["train"])
    classes = label_names(labels)
    if len(classes) < 2:
        raise DataError(f"{pairs['train'][1]}: all labels are {classes[0]}, so there is nothing to tell apart")
    size = fitting_size({(pixels.shape[3], pixels.shape[2]): len(pixels)})
    split = split_for(len(pixels), "test" in pairs)
    validated = "validation" in pairs or split.validation > 0
    brief = picture_brief(size, False, kind_of(len(classes)), len(classes), len(pixels), validated)
    parts = ", ".join(f"{part} {read_count(pair[1])}" for part, pair in pairs.items())
    notes = [f"pictures of {len(classes)} classes in IDX files: {parts}"]
    return ImageData(where, split, "idx"), brief, tuple(notes)


def read_count(labels: Path) -> int:
    """How many labels an IDX file holds."""
    from designer.runtime.idx import read_idx

    return len(read_idx(labels, 1))


def _refuse_column(data: Path, wanted: str | None) -> None:
    if wanted:
        raise DataError(f"{data} holds pictures and no table: there is no column “{wanted}”")
