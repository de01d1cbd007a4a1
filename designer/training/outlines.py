"""Boxes and key points as they are drawn on pictures, from the numbers that say where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.layers.places import PlacedColumns

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from designer.runtime.moving import Places


@dataclass(frozen=True)
class Outlines:
    """What is drawn on one picture, in shares of its width and height: 0 is its left or upper edge, 1 the other.

    ``boxes`` are left, top, right and bottom, ``points`` across and down. They may lie outside of the picture.
    """

    boxes: tuple[tuple[float, float, float, float], ...] = ()
    points: tuple[tuple[float, float], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.boxes or self.points)


def all_placed(placed: Iterable[PlacedColumns]) -> PlacedColumns:
    """The boxes and key points of several outputs together."""
    found = list(placed)
    return PlacedColumns(
        tuple(box for each in found for box in each.boxes), tuple(point for each in found for point in each.points)
    )


def in_shares(numbers: np.ndarray) -> bool:
    """Whether numbers (n, K) that say places are shares of width and height, as training takes them; else pixels."""
    import pandas as pd

    from designer.runtime.moving import area_seen

    known = pd.DataFrame(numbers).dropna()
    return not len(known) or area_seen(known, lambda: (2, 2), 1, 1) == [0.0, 0.0, 1.0, 1.0]


def seen_of(
    size: tuple[int, int], shares: bool, target: tuple[int, int] = (1, 1), resize: str = "stretch"
) -> list[float]:
    """What is seen of a picture of ``size`` (width, height): left, top, right and bottom, in shares of it or in pixels.

    All of it, unless it is brought to the size ``target`` (height, width) by another ``resize``.
    """
    from designer.runtime.moving import seen_area

    area = seen_area(size, *target, resize)
    return [each / size[place % 2] for place, each in enumerate(area)] if shares else area


def places_in(names: Sequence[str], placed: PlacedColumns, area: Sequence[float]) -> Places:
    """The places that columns called ``names`` say in their own units, of pictures of which ``area`` is seen."""
    from designer.runtime.moving import find_places

    plain = {"name": "", "names": list(names), "offset": [0.0] * len(names), "scale": [1.0] * len(names)}
    return find_places(plain, placed.boxes, placed.points, area)


def outlines_of(places: Places, numbers: Tensor) -> list[Outlines]:
    """What numbers (n, K) say of n pictures; boxes and points of which a number is missing are left out."""
    count = len(places.boxes)
    corners = (places.corners(numbers) + 1) / 2
    # the first and the last corner of a box are its left upper and its right lower one
    boxes = corners[:, : 4 * count].unflatten(1, (count, 4))[:, :, [0, 3]].flatten(2)
    pairs = zip(_known(boxes), _known(corners[:, 4 * count :]), strict=True)
    return [
        Outlines(
            tuple((left, top, right, bottom) for left, top, right, bottom in found),
            tuple((across, down) for across, down in points),
        )
        for found, points in pairs
    ]


def _known(rows: Tensor) -> list[list[list[float]]]:
    """The finite ones of the places of each picture: (n, count, 2 or 4)."""
    finite = rows.isfinite().all(dim=-1)
    return [row[known].tolist() for row, known in zip(rows, finite, strict=True)]
