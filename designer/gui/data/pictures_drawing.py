"""Draws pictures of a set and their masks, and finds what lies where in them. Always off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from designer.gui.mask_paint import mask_image
from designer.gui.outline_paint import Said
from designer.training.outlines import Outlines, outlines_of, places_in, seen_of

if TYPE_CHECKING:
    import numpy as np

    from designer.gui.data.mask_classes import MaskClasses
    from designer.gui.data.pictures_listing import PictureSet


@dataclass(frozen=True)
class Drawn:
    """A picture made small, its own ``size`` (width, height), and why there is none.

    ``mask`` are its classes in colours, ``guess`` those that a network predicts. ``outlines`` is what its targets point
    at, ``predicted`` what a network says of them.
    """

    image: QImage | None = None
    size: tuple[int, int] = (0, 0)
    trouble: str = ""
    outlines: Outlines = field(default_factory=Outlines)
    predicted: Outlines = field(default_factory=Outlines)
    mask: QImage | None = None
    guess: QImage | None = None


def layers_of(drawn: Drawn) -> tuple[tuple[Outlines, Said], ...]:
    """What is painted over a picture, the predicted over the true."""
    layers = ((drawn.outlines, Said.TRUE), (drawn.predicted, Said.PREDICTED))
    return tuple((outlines, said) for outlines, said in layers if outlines)


def guessed(drawn: Drawn) -> Drawn:
    """The picture with the mask that a network predicts in the place of the true one."""
    return replace(drawn, mask=drawn.guess, guess=None)


def draw(pictures: PictureSet, place: int, side: int, grow: bool = True) -> Drawn:
    """The picture at ``place`` within ``side`` by ``side`` pixels, which a smaller one fills if it may ``grow``."""
    from designer.runtime.errors import DataError

    try:
        if pictures.pixels is not None:
            drawn = _of_array(pictures.pixels[place], side, grow)
        else:
            drawn = _of_file(pictures.files[place], side, grow, pictures.white)
        if len(pictures.masks):
            drawn = _with_mask(drawn, pictures.masks[place], pictures.mask_classes)
        if pictures.guesses is not None:
            drawn = _with_guess(drawn, pictures.guesses[place], pictures)
    except DataError as error:
        named = str(pictures.files[place]) if len(pictures.files) else ""
        return Drawn(trouble=str(error).removeprefix(f"{named}: "))
    if drawn.image is None or not pictures.placed.names:
        return drawn
    true, predicted = (_outlined(pictures, each, place, drawn.size) for each in (pictures.numbers, pictures.predicted))
    return replace(drawn, outlines=true, predicted=predicted)


def _outlined(pictures: PictureSet, numbers: np.ndarray | None, place: int, size: tuple[int, int]) -> Outlines:
    """What these numbers say of where something is in the picture at ``place``, which is of this size."""
    import torch

    if numbers is None:
        return Outlines()
    places = places_in(pictures.numbered, pictures.placed, seen_of(size, pictures.shares))
    return outlines_of(places, torch.from_numpy(numbers[place : place + 1]))[0]


def image_of(array: np.ndarray) -> QImage:
    """A picture uint8 (channels, height, width) as an image that owns its pixels."""
    import numpy as np

    shown = np.ascontiguousarray(np.broadcast_to(array, (3, *array.shape[1:])).transpose(1, 2, 0))
    height, width = shown.shape[:2]
    return QImage(shown.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _of_array(array: np.ndarray, side: int, grow: bool) -> Drawn:
    height, width = array.shape[1:]
    return Drawn(_fitted(image_of(array), side, grow), (width, height))


def _of_file(path: Path, side: int, grow: bool, white: int) -> Drawn:
    import warnings

    from PIL import Image, UnidentifiedImageError

    from designer.runtime.errors import DataError
    from designer.runtime.images import (
        FORMATS,
        LARGEST_PICTURE,
        SPOILED,
        WHITEST,
        largest_value,
        turned,
        white_level,
        with_8_bits,
    )  # fmt: skip

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > LARGEST_PICTURE:
                    raise DataError(f"{picture.width}×{picture.height} pixels are too many")
                size = picture.size
                picture.draft(None, (side, side))
                upright = turned(picture)
            peak = largest_value(upright)
            plain = with_8_bits(upright, white or (white_level(peak) if peak else WHITEST)).convert("RGB")
            if (upright.width > upright.height) != (size[0] > size[1]):
                size = size[1], size[0]
            plain.thumbnail((side, side))
    except FileNotFoundError as error:
        raise DataError("there is no such file") from error
    except UnidentifiedImageError as error:
        raise DataError(f"no picture of a known format ({', '.join(FORMATS)})") from error
    except DataError:
        raise
    except SPOILED as error:
        raise DataError(f"the picture is spoiled: {error}") from error
    image = QImage(plain.tobytes(), plain.width, plain.height, 3 * plain.width, QImage.Format.Format_RGB888).copy()
    return Drawn(_fitted(image, side, grow), size)


def _fitted(image: QImage, side: int, grow: bool) -> QImage:
    """Small pictures enlarged by a whole factor, their pixels sharp; large ones made smaller."""
    longest = max(image.width(), image.height())
    if longest > side:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        return image.scaled(side, side, keep, smooth)
    grown = max(1, side // max(1, longest)) if grow else 1
    return image.scaled(image.width() * grown, image.height() * grown) if grown > 1 else image


def _with_mask(drawn: Drawn, path: Path, classes: MaskClasses | None) -> Drawn:
    from designer.runtime.masks import decode_mask

    if drawn.image is None or classes is None:
        return drawn
    values = decode_mask(path, drawn.image.height(), drawn.image.width())[0][0]
    return replace(drawn, mask=mask_image(classes.codes[values], classes.clear))


def _with_guess(drawn: Drawn, codes: np.ndarray, pictures: PictureSet) -> Drawn:
    """With the mask that a network predicts, in the proportions of the picture."""
    import numpy as np

    from designer.training.mask_files import in_size

    if drawn.image is None or pictures.mask_classes is None:
        return drawn
    found = in_size(codes, (drawn.image.width(), drawn.image.height()), pictures.resize)
    return replace(drawn, guess=mask_image(np.asarray(found), pictures.mask_classes.clear))
