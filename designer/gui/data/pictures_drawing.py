"""Draws pictures of a set small, with masks, boxes and points over them. Always off the GUI thread."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

if TYPE_CHECKING:
    import numpy as np

    from designer.gui.data.pictures_listing import PictureSet

MASK_STRENGTH = 0.5
# a mask with more values has smooth edges: what is brighter than the middle is in it
MOST_VALUES = 64
MOST_MARKS = 64


@dataclass(frozen=True)
class Drawn:
    """A picture made small, its own ``size`` (width, height), and why there is none."""

    image: QImage | None = None
    size: tuple[int, int] = (0, 0)
    trouble: str = ""


def draw(pictures: PictureSet, place: int, side: int, colours: tuple[str, ...]) -> Drawn:
    """The picture at ``place`` within ``side`` by ``side`` pixels; ``colours`` are for classes of masks and marks."""
    from designer.runtime.errors import DataError

    try:
        if pictures.pixels is not None:
            drawn = _of_array(pictures.pixels[place], side)
        else:
            drawn = _of_file(pictures.files[place], side)
        if len(pictures.masks):
            drawn = _with_mask(drawn, pictures.masks[place], colours)
    except DataError as error:
        named = str(pictures.files[place]) if len(pictures.files) else ""
        return Drawn(trouble=str(error).removeprefix(f"{named}: "))
    if pictures.numbers is not None and drawn.image is not None:
        _mark(drawn, pictures.numbered, pictures.numbers[place].tolist(), colours)
    return drawn


def image_of(array: np.ndarray) -> QImage:
    """A picture uint8 (channels, height, width) as an image that owns its pixels."""
    import numpy as np

    shown = np.ascontiguousarray(np.broadcast_to(array, (3, *array.shape[1:])).transpose(1, 2, 0))
    height, width = shown.shape[:2]
    return QImage(shown.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def overlay(image: QImage, classes: np.ndarray, colours: tuple[str, ...]) -> QImage:
    """The image with the classes of a mask (height, width) over it, half transparent; class 0 stays clear."""
    import numpy as np

    height, width = classes.shape
    layer = np.zeros((height, width, 4), dtype=np.uint8)
    for code in np.unique(classes[classes > 0]).tolist():
        colour = QColor(colours[(code - 1) % len(colours)])
        layer[classes == code] = (colour.red(), colour.green(), colour.blue(), round(255 * MASK_STRENGTH))
    over = QImage(layer.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    shown = image.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(shown)
    painter.drawImage(QRectF(0, 0, shown.width(), shown.height()), over)
    painter.end()
    return shown


def _of_array(array: np.ndarray, side: int) -> Drawn:
    height, width = array.shape[1:]
    return Drawn(_fitted(image_of(array), side), (width, height))


def _of_file(path: Path, side: int) -> Drawn:
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
            plain = with_8_bits(upright, white_level(peak) if peak else WHITEST).convert("RGB")
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
    return Drawn(_fitted(image, side), size)


def _fitted(image: QImage, side: int) -> QImage:
    """Small pictures enlarged by a whole factor, their pixels sharp; large ones made smaller."""
    longest = max(image.width(), image.height())
    if longest > side:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        return image.scaled(side, side, keep, smooth)
    grown = max(1, side // max(1, longest))
    return image.scaled(image.width() * grown, image.height() * grown) if grown > 1 else image


def _with_mask(drawn: Drawn, path: Path, colours: tuple[str, ...]) -> Drawn:
    import numpy as np

    from designer.runtime.masks import decode_mask

    if drawn.image is None:
        return drawn
    values = decode_mask(path, drawn.image.height(), drawn.image.width())[0][0]
    found = np.unique(values)
    codes = (values > 127).astype(np.uint8) if len(found) > MOST_VALUES else values
    return replace(drawn, image=overlay(drawn.image, codes, colours))


def marks_of(names: tuple[str, ...], values: list[float]) -> tuple[list[tuple[float, float]], list[QRectF]]:
    """The key points and the box that columns of numbers give by their names, in pixels of the picture.

    ``x``, ``y`` or ``nose_x``, ``nose_y`` are points; with ``w`` and ``h``, or ``x1 y1 x2 y2``, or
    ``xmin ymin xmax ymax`` they are a box.
    """
    found = {name.strip().lower(): value for name, value in zip(names, values, strict=True) if value == value}
    for keys in (("xmin", "ymin", "xmax", "ymax"), ("x_min", "y_min", "x_max", "y_max"), ("x1", "y1", "x2", "y2"),
                 ("left", "top", "right", "bottom")):  # fmt: skip
        if all(key in found for key in keys):
            left, top, right, bottom = (found[key] for key in keys)
            return [], [QRectF(left, top, right - left, bottom - top)]
    for keys in (("x", "y", "w", "h"), ("x", "y", "width", "height"), ("left", "top", "width", "height")):
        if all(key in found for key in keys):
            return [], [QRectF(*(found[key] for key in keys))]
    points = []
    for name, value in found.items():
        other = re.sub(r"(?<![a-z])x(?![a-z])", "y", name)
        if other != name and other in found:
            points.append((value, found[other]))
    return points[:MOST_MARKS], []


def _mark(drawn: Drawn, names: tuple[str, ...], values: list[float], colours: tuple[str, ...]) -> None:
    """Draw key points or a box over the picture, where the numbers are such."""
    points, boxes = marks_of(names, values)
    image = drawn.image
    if image is None or not (points or boxes) or not drawn.size[0]:
        return
    shares = all(-0.5 <= value <= 1.5 for value in values if value == value)
    across = image.width() if shares else image.width() / drawn.size[0]
    down = image.height() if shares else image.height() / drawn.size[1]
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours[0]), 2))
    for box in boxes:
        painter.drawRect(QRectF(box.x() * across, box.y() * down, box.width() * across, box.height() * down))
    painter.setPen(QPen(QColor("#FFFFFF"), 1))
    painter.setBrush(QColor(colours[0]))
    for x, y in points:
        painter.drawEllipse(QPointF(x * across, y * down), 3, 3)
    painter.end()
