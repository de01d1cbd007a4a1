"""Reads folders of pictures, a folder for each class, into arrays of one size."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from designer.runtime.errors import DataError

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
SYSTEM_FILES = ("Thumbs.db", "desktop.ini")
LARGEST_PICTURE = 64_000_000
# most files of pictures are read at once: each read lets another thread in, and waits until it is done
READ_AT_ONCE = 1 << 18
WHITEST = 65535
TURNING_TAG = 0x0112
SPOILED = (
    OSError, ValueError, SyntaxError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError,
    EOFError, MemoryError, struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
PART_ORDER = ("train", "validation", "test")
PART_FOLDERS = {
    "train": "train", "training": "train",
    "validation": "validation", "valid": "validation", "val": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


def part_folders(folder: str | Path) -> dict[str, Path]:
    """The folders of the parts train, validation and test beneath ``folder``; empty where it has no train folder."""
    parts: dict[str, Path] = {}
    for entry in sorted(folders_in(Path(folder))):
        part = PART_FOLDERS.get(entry.name.lower())
        if part in parts:
            raise DataError(f"{folder} has two folders for {part}: {parts[part].name} and {entry.name}")
        if part:
            parts[part] = entry
    return parts if "train" in parts else {}


def chosen_folders(folder: str | Path, by_folders: bool) -> dict[str, Path]:
    """The folders of train, validation and test in this order; where the parts are not ``by_folders`` all is train."""
    found = part_folders(folder) if by_folders else {"train": Path(folder)}
    if not found:
        raise DataError(f"{folder} has no folder “train”; split the pictures by share instead")
    return {part: found[part] for part in PART_ORDER if part in found}


def list_images(folder: str | Path, classes: Sequence[str] = ()) -> tuple[list[Path], np.ndarray, list[str]]:
    """All files beneath the class folders of ``folder``: paths, class codes (int64) and class names, in order of name.

    Hidden files are passed over. With ``classes``, those learned from the training pictures, a folder of another
    name is a DataError.
    """
    base = Path(folder)
    found = sorted(entry.name for entry in folders_in(base))
    if not found:
        raise DataError(f"{folder} holds no folders; expected one for each class with the pictures inside")
    strange = [name for name in found if classes and name not in classes]
    if strange:
        raise DataError(f"{base / strange[0]}: there is no class “{strange[0]}” among the training pictures")
    names = list(classes) or found
    paths: list[Path] = []
    labels: list[int] = []
    for code, name in enumerate(names):
        files = files_beneath(base / name)
        paths += files
        labels += [code] * len(files)
    return paths, np.array(labels, dtype=np.int64), names


def folders_in(folder: Path) -> list[Path]:
    """The folders in ``folder`` that are not hidden, links that lead back to it or above it left out."""
    try:
        whole = folder.resolve()
        found = [entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith((".", "__"))]
        return [entry for entry in found if not (entry.is_symlink() and whole.is_relative_to(entry.resolve()))]
    except OSError as error:
        raise DataError(f"the folder {folder} cannot be read: {error.strerror or error}") from error


def files_beneath(folder: Path) -> list[Path]:
    """The files beneath ``folder`` in order of name, hidden ones left out, links to folders not followed."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        found += [Path(place, name) for name in files if not name.startswith(".") and name not in SYSTEM_FILES]
    return sorted(found)


def read_image(
    path: str | Path, height: int, width: int, colour: bool, resize: str = "stretch", white: int = WHITEST
) -> np.ndarray:
    """One picture as uint8 of shape (3, height, width), or (1, height, width) where not ``colour``.

    It is turned as its camera says; what is transparent becomes white; of an animation the first frame is taken.
    Its size is read from the header and refused where it is beyond 64 million pixels. Spoiled files are a DataError.
    """
    return decode_image(path, height, width, colour, resize, white)[0]


def decode_image(
    path: str | Path, height: int, width: int, colour: bool, resize: str = "stretch", white: int = WHITEST
) -> tuple[np.ndarray, int]:
    """As ``read_image``, with the largest value of a picture of 16 bits, of which ``white`` is white; else 0."""
    mode = "RGB" if colour else "L"
    with opened_picture(path) as picture:
        if picture.mode != "CMYK":
            # inks that are averaged while decoding make other colours
            picture.draft(None, (max(height, width), max(height, width)))
        upright = turned(picture)
        peak = largest_value(upright)
        plain = with_8_bits(upright, white)
        plain = plain if plain.mode == mode else plain.convert(mode)
        return resized_pixels(plain, height, width, resize), peak


@contextmanager
def opened_picture(path: str | Path) -> Iterator[Image.Image]:
    """A picture that is not too large, not decoded yet; what goes wrong with it meanwhile is a DataError."""
    try:
        with open(path, "rb", READ_AT_ONCE) as file, Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > LARGEST_PICTURE:
                raise DataError(f"{picture.width}×{picture.height} pixels are too many")
            yield picture
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file") from error
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: no picture of a known format ({', '.join(FORMATS)})") from error
    except SPOILED as error:
        raise DataError(f"{path}: the picture is spoiled: {error}") from error


def resized_pixels(picture: Image.Image, height: int, width: int, resize: str = "stretch") -> np.ndarray:
    """A picture of mode RGB or L in another size, as bytes of shape (3, height, width) or (1, height, width).

    PyTorch stretches in a third of the time that Pillow takes, with no value more than 2 apart; what is one pixel wide
    or high it gets wrong on some processors.
    """
    if resize != "stretch" or picture.size == (width, height) or 1 in (height, width):
        pixels = np.asarray(resized(picture, height, width, resize))
        return pixels.transpose(2, 0, 1) if picture.mode == "RGB" else pixels[None]
    import torch

    values = torch.from_numpy(np.array(picture))
    planes = values.permute(2, 0, 1) if picture.mode == "RGB" else values[None]
    smooth = torch.nn.functional.interpolate(planes[None], (height, width), mode="bilinear", antialias=True)
    return np.asarray(smooth[0])


def resized(picture: Image.Image, height: int, width: int, resize: str, nearest: bool = False) -> Image.Image:
    """The picture in another size: ``stretch``ed, ``fit`` inside with black beside it, or ``crop``ped to the middle.

    With ``nearest`` no new values arise between those that are there, as in a mask.
    """
    size, how = (width, height), Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
    if picture.size == size:
        return picture
    if resize == "fit":
        return ImageOps.pad(picture, size, how, color=0)
    if resize == "crop":
        return ImageOps.fit(picture, size, how)
    return picture.resize(size, how)


def turned(picture: Image.Image) -> Image.Image:
    """The picture turned upright by what its camera noted, or as it is where that note is spoiled."""
    picture.load()
    try:
        return picture if picture.getexif().get(TURNING_TAG, 1) == 1 else ImageOps.exif_transpose(picture)
    except SPOILED:
        return picture


def is_deep(picture: Image.Image) -> bool:
    """Whether the picture is grey of 16 bits."""
    return picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format in ("PNG", "PPM"))


def largest_value(picture: Image.Image) -> int:
    """The largest value of a picture of 16 bits that is to be seen, at least 1; 0 for any other picture."""
    if not is_deep(picture):
        return 0
    values = np.asarray(picture)
    return max(1, int(values.max(initial=0, where=values != picture.info.get("transparency", -1))))


def white_level(peak: int) -> int:
    """The brightest value that a camera could give whose pictures hold ``peak``: of 8, 10, 12, 14 or 16 bits."""
    return next((white for white in (255, 1023, 4095, 16383) if peak <= white), WHITEST)


def with_8_bits(picture: Image.Image, white: int = WHITEST) -> Image.Image:
    """Any picture in a mode of 8 bits a channel: 16-bit grey scaled so that ``white`` is 255, alpha laid on white.

    A picture with nothing visible comes from software that left the transparency empty, and is taken as opaque.
    """
    if is_deep(picture):
        values = np.asarray(picture)
        scaled = (values.astype(np.int64) * 255 // white).clip(0, 255).astype(np.uint8)
        seen = values != picture.info.get("transparency", -1)
        return Image.fromarray(np.where(seen, scaled, np.uint8(255)) if seen.any() else scaled)
    if picture.mode in ("I", "F"):
        raise DataError("a picture of 32 bits a channel has no known range of brightness")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        invisible = layer.getchannel("A").getextrema()[1] == 0
        return layer if invisible else Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return picture
