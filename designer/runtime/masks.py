"""Pictures with a mask each: pairs of files, and the classes that the values of masks stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from designer.runtime.errors import DataError
from designer.runtime.folders import split_by_folders
from designer.runtime.images import (
    FORMATS,
    SPOILED,
    TURNING_TAG,
    chosen_folders,
    files_beneath,
    folders_in,
    is_deep,
    opened_picture,
    resized,
    turned,
)
from designer.runtime.pictures import decode_all

PICTURE_FOLDERS = ("images", "image", "imgs", "img", "pictures", "photos", "jpegimages", "inputs", "x")
MASK_FOLDERS = (
    "masks", "mask", "labels", "label", "annotations", "segmentation", "segmentations", "segmentationclass",
    "groundtruth", "ground_truth", "gt", "targets", "y",
)  # fmt: skip
MASK_ENDINGS = ("_mask", "-mask", "_masks", "_label", "_labels", "_seg", "_segmentation", "_gt", "_lbl", "_l")
MOST_VALUES = 64


def mask_folders(folder: str | Path) -> tuple[Path, Path] | None:
    """The folders of pictures and of masks in ``folder``, by their names; None where there are no two such folders."""
    found = {entry.name.lower(): entry for entry in sorted(folders_in(Path(folder)))}
    pictures = next((found[name] for name in PICTURE_FOLDERS if name in found), None)
    masks = next((found[name] for name in MASK_FOLDERS if name in found), None)
    return (pictures, masks) if pictures is not None and masks is not None else None


def list_pairs(folder: str | Path) -> tuple[list[Path], list[Path], list[tuple[str, str]]]:
    """Pictures, the mask of each, by the name without its ending, and (path, why) of pictures that have no mask."""
    folders = mask_folders(folder)
    if folders is None:
        raise DataError(f"{folder} holds no folders images and masks (or imgs, labels and the like)")
    by_stem: dict[str, Path] = {}
    for mask in files_beneath(folders[1]):
        stem = mask_stem(mask.relative_to(folders[1]))
        if stem in by_stem:
            raise DataError(f"{mask}: {by_stem[stem].name} would be the mask of the same picture")
        by_stem[stem] = mask
    pictures = files_beneath(folders[0])
    stems = [picture.relative_to(folders[0]).with_suffix("").as_posix() for picture in pictures]
    why = f"no mask of this name lies in {folders[1].name}"
    alone = [(str(picture), why) for picture, stem in zip(pictures, stems, strict=True) if stem not in by_stem]
    pictures = [picture for picture, stem in zip(pictures, stems, strict=True) if stem in by_stem]
    masks = [by_stem[stem] for stem in stems if stem in by_stem]
    if not pictures:
        raise DataError(f"{folder}: no file in {folders[1].name} has the name of one in {folders[0].name}")
    return pictures, masks, alone


def mask_stem(path: Path) -> str:
    """The name of the picture that a mask belongs to: ``cat_mask.png`` is the mask of ``cat``."""
    stem = path.with_suffix("").as_posix()
    return next((stem.removesuffix(ending) for ending in MASK_ENDINGS if stem.lower().endswith(ending)), stem)


def list_pair_parts(
    folder: str | Path, by_folders: bool, validation: float, test: float, seed: int
) -> tuple[list[Path], list[Path], list[tuple[str, str]], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pictures, masks and pictures without a mask, and the indices of train, validation and test.

    With ``by_folders`` the folders beneath ``folder`` say which is which; a part without a folder takes its share of
    the training pictures. Else the shares are of all pictures.
    """
    pictures: list[Path] = []
    masks: list[Path] = []
    alone: list[tuple[str, str]] = []
    parts: list[str] = []
    for part, place in chosen_folders(folder, by_folders).items():
        found = list_pairs(place)
        pictures, masks, alone = pictures + found[0], masks + found[1], alone + found[2]
        parts += [part] * len(found[0])
    return pictures, masks, alone, split_by_folders(np.array(parts), validation, test, seed)


def decode_mask(path: str | Path, height: int, width: int, resize: str = "stretch") -> tuple[np.ndarray, int]:
    """A mask as uint8 of shape (1, height, width), and 0: grey values, places in a palette, or a code of its colours.

    Resized without values in between. More than 256 values, and colours so near to one another that a byte cannot
    tell them apart, are a DataError.
    """
    with opened_picture(path) as picture:
        values = Image.fromarray(mask_bytes(turned(picture)))
        return np.asarray(resized(values, height, width, resize, nearest=True))[None], 0


def mask_bytes(picture: Image.Image) -> np.ndarray:
    """A byte for each pixel of a mask (height, width)."""
    if picture.mode in ("L", "P"):
        return np.asarray(picture)
    if is_deep(picture) or picture.mode == "I":
        deep = np.asarray(picture).astype(np.int64)
        if deep.min() < 0 or deep.max() > 255:
            raise DataError(f"the mask holds the value {deep.max()}; at most 256 classes, 0 to 255, are known")
        return deep.astype(np.uint8)
    if picture.mode in ("1", "LA"):
        return np.asarray(picture.convert("L"))
    colours = np.asarray(picture.convert("RGB")).astype(np.int64)
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    if (red == green).all() and (green == blue).all():
        return red.astype(np.uint8)
    codes = (red & 0xE0) | (green & 0xE0) >> 3 | blue >> 6
    if len(np.unique(codes)) != len(np.unique(red << 16 | green << 8 | blue)):
        raise DataError("the colours of the mask are too many, or too alike, to stand for classes")
    return codes.astype(np.uint8)


def unlike_masks(pictures: Sequence[Path], masks: Sequence[Path]) -> dict[int, str]:
    """Which masks have other proportions than their pictures, and how."""
    found: dict[int, str] = {}
    for index, pair in enumerate(zip(pictures, masks, strict=True)):
        sizes = [size for path in pair if (size := upright_size(path))]
        if len(sizes) == 2:
            (width, height), (other_width, other_height) = sizes
            if abs(width * other_height - height * other_width) > 0.02 * width * other_height:
                found[index] = f"its mask has {other_width}×{other_height} pixels, the picture {width}×{height}"
    return found


def upright_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture as people see it, by its header alone; None for a spoiled file."""
    try:
        with open(path, "rb") as file, Image.open(file, formats=FORMATS) as picture:
            turned_aside = picture.getexif().get(TURNING_TAG, 1) in (5, 6, 7, 8)
            return (picture.height, picture.width) if turned_aside else picture.size
    except SPOILED:
        return None


@dataclass(frozen=True, eq=False)
class Masks:
    """Masks of n pictures: ``pixels`` is uint8 of shape (n, 1, height, width); the rest is as with ``Pictures``.

    The place in ``values`` is the class code of each value; where masks are ``smooth``, dark and bright count as two.
    ``codes`` has the class code of each of the 256 values, 255 for those that are none.
    """

    pixels: np.ndarray
    usable: np.ndarray
    refused: list[tuple[str, str]]
    values: list[int]
    smooth: bool
    codes: list[int]


def read_masks(
    pictures: Sequence[Path],
    files: Sequence[Path],
    learned: np.ndarray,
    height: int,
    width: int,
    resize: str = "stretch",
    values: Sequence[int] = (),
    smooth: bool = False,
    decode: Callable[..., tuple[np.ndarray, np.ndarray, dict[int, str]]] | None = None,
) -> Masks:
    """The masks of pictures, brought to one size; ``values`` are learned from the masks ``learned`` unless given.

    Refused are spoiled masks, those with other proportions than their pictures, and those with a value that none of
    the training masks holds. ``decode`` stands for ``decode_all``, where what was decoded before is remembered.
    """
    how = partial(decode_mask, height=height, width=width, resize=resize)
    pixels, peaks, reasons = (decode or decode_all)(files, (1, height, width), how)
    reasons = {**reasons, **unlike_masks(pictures, files)}
    usable = peaks >= 0
    usable[list(reasons)] = False
    if not len(values):
        values, smooth = learn_mask_values(pixels, learned[usable[learned]])
    codes = mask_codes(values, smooth)
    strange = strange_masks(pixels, usable, codes)
    usable[list(strange)] = False
    reasons.update(strange)
    refused = [(str(pictures[index]), reasons[index]) for index in sorted(reasons)]
    return Masks(pixels, usable, refused, list(values), smooth, codes.tolist())


def count_values(masks: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """How often each of the 256 values is in the masks ``rows``: (256,)."""
    counts = np.zeros(256, dtype=np.int64)
    for row in rows:
        counts += np.bincount(masks[row].ravel(), minlength=256)
    return counts


def learn_mask_values(masks: np.ndarray, rows: np.ndarray) -> tuple[list[int], bool]:
    """The values in the masks ``rows``, in order: their places are the class codes; and whether these are smooth.

    Black and white with smooth edges, as JPEG leaves them, count as the two values 0 and 255 alone.
    """
    counts = count_values(masks, rows)
    values = [int(value) for value in np.flatnonzero(counts)]
    if len(values) == 1:
        raise DataError(f"all masks hold the value {values[0]} alone, so there is nothing to tell apart")
    if len(values) <= MOST_VALUES // 2:
        return values, False
    if counts[32:224].sum() <= 0.1 * counts.sum():
        return [0, 255], True
    if len(values) <= MOST_VALUES:
        return values, False
    raise DataError(f"the masks hold {len(values)} values; expected one for each class, at most {MOST_VALUES}")


def mask_codes(values: Sequence[int], smooth: bool) -> np.ndarray:
    """The class code of each of the 256 values, 255 for those that are none: uint8 (256,)."""
    if smooth:
        return (np.arange(256) >= 128).astype(np.uint8)
    codes = np.full(256, 255, dtype=np.uint8)
    codes[list(values)] = np.arange(len(values))
    return codes


def strange_masks(masks: np.ndarray, usable: np.ndarray, codes: np.ndarray) -> dict[int, str]:
    """Which masks hold a value that no training mask holds, and which."""
    found: dict[int, str] = {}
    known = codes != 255
    for row in np.flatnonzero(usable):
        values = np.flatnonzero(np.bincount(masks[row].ravel(), minlength=256))
        strange = values[~known[values]]
        if len(strange):
            found[int(row)] = f"its mask holds the value {strange[0]}, which no training mask holds"
    return found
