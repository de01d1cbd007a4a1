"""Boxes and key points that move with their pictures while these are changed by chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import torch
from PIL import Image
from torch import Tensor

from designer.runtime.batches import Part
from designer.runtime.errors import DataError
from designer.runtime.images import FORMATS, SPOILED, TURNING_TAG
from designer.runtime.values import by_name


@dataclass(frozen=True)
class Places:
    """Which columns of a target (N, K) say where something is: of each box four behind its form, of each point two.

    Forms are ``edges``: left, top, right, bottom; ``sizes``: left, top, width, height; ``centres``: across and down to
    the middle, width, height. ``scale`` and ``offset``, one for each column, lead from prepared targets to places from
    -1, the left or upper edge of a picture, to 1.
    """

    boxes: Sequence[tuple[str, Sequence[int]]]
    points: Sequence[Sequence[int]]
    scale: Sequence[float]
    offset: Sequence[float]

    def corners(self, target: Tensor) -> Tensor:
        """The corners of all boxes, then all points: (N, 4 · boxes + points, 2), across and down."""
        places = target * target.new_tensor(self.scale) + target.new_tensor(self.offset)
        found = [corners_of(edges_of(places[:, list(columns)], form)) for form, columns in self.boxes]
        return torch.cat([*found, *(places[:, None, list(columns)] for columns in self.points)], dim=1)

    def targets(self, target: Tensor, corners: Tensor) -> Tensor:
        """``target`` with boxes around these corners, as far as they lie in the picture, and with these points."""
        places, kept, count = target.clone(), target.clone(), len(self.boxes)
        low, high = (edge(corners[:, : 4 * count].unflatten(1, (count, 4)), dim=2) for edge in (torch.amin, torch.amax))
        edges = torch.cat([low, high], dim=2).clamp(-1, 1)
        for place, (form, columns) in enumerate(self.boxes):
            places[:, list(columns)] = with_form(edges[:, place], form)
        for place, columns in enumerate(self.points, start=4 * count):
            places[:, list(columns)] = corners[:, place]
        moved = [column for _, columns in self.boxes for column in columns]
        moved += [column for columns in self.points for column in columns]
        own = (places - target.new_tensor(self.offset)) / target.new_tensor(self.scale)
        kept[:, moved] = own[:, moved]
        return kept


@dataclass(eq=False, slots=True)
class Placed(Part):
    """A batch while its pictures are moved, with places in them: (N, P, 2), across and down, from -1 to 1."""

    places: Final[Tensor] = field(default_factory=lambda: torch.zeros(0, 0, 2))

    def with_places(self, matrices: Tensor) -> Part:
        """The places moved by affine matrices (N, 6), each of which leads from new places to old ones."""
        a, b, across, c, d, down = matrices[:, None].unbind(-1)
        x, y = self.places[..., 0] - across, self.places[..., 1] - down
        moved = torch.stack([d * x - b * y, a * y - c * x], dim=-1) / (a * d - b * c)[..., None]
        return replace(self, places=moved)


def move_places(batch: Part, change: Callable[[Part], Part], places: Mapping[str, Places]) -> Part:
    """``change``, which moves pictures, done to a batch with the places that its targets say.

    ``places`` are those of each output by its name, of a single one by the empty name.
    """
    targets = by_name(batch.targets)
    corners = [each.corners(targets[name]) for name, each in places.items()]
    moved = change(Placed(batch.inputs, batch.targets, batch.weights, places=torch.cat(corners, dim=1)))
    assert isinstance(moved, Placed)
    pieces = moved.places.split([each.shape[1] for each in corners], dim=1)
    for (name, each), piece in zip(places.items(), pieces, strict=True):
        targets = {**targets, name: each.targets(targets[name], piece)}
    return replace(batch, inputs=moved.inputs, targets=targets.get("", targets))


def edges_of(box: Tensor, form: str) -> Tensor:
    """Left, top, right and bottom of boxes (N, 4) in another form."""
    if form == "edges":
        return box
    begin = box[:, :2] - box[:, 2:] / 2 if form == "centres" else box[:, :2]
    return torch.cat([begin, begin + box[:, 2:]], dim=1)


def with_form(edges: Tensor, form: str) -> Tensor:
    """Boxes in this form of left, top, right and bottom (N, 4)."""
    if form == "edges":
        return edges
    begin, end = edges.chunk(2, dim=1)
    return torch.cat([(begin + end) / 2 if form == "centres" else begin, end - begin], dim=1)


def corners_of(edges: Tensor) -> Tensor:
    """The four corners (N, 4, 2) of left, top, right and bottom (N, 4)."""
    return torch.stack([edges[:, [0, 1]], edges[:, [2, 1]], edges[:, [0, 3]], edges[:, [2, 3]]], dim=1)


def find_places(
    target: Mapping[str, Any],
    boxes: Sequence[tuple[str, Sequence[str]]],
    points: Sequence[Sequence[str]],
    area: Sequence[float],
) -> Places:
    """The places that a target says of which ``target`` was learned, by the names of its columns.

    ``area`` is what is seen of each picture: left, top, right and bottom in the target's own units.
    """
    names = list(target.get("names", [target["name"]]))
    offsets, scales = (
        [value] if isinstance(value, float) else list(value) for value in (target["offset"], target["scale"])
    )
    left, top, right, bottom = area
    begins, lengths = (left, top), ((right - left) / 2, (bottom - top) / 2)
    scale, offset = [1.0] * len(names), [0.0] * len(names)
    for form, columns in [*boxes, *(("point", point) for point in points)]:
        for number, name in enumerate(columns):
            column, axis, size = names.index(name), number % 2, number > 1 and form != "edges"
            scale[column] = scales[column] / lengths[axis]
            offset[column] = (
                offsets[column] / lengths[axis] if size else (offsets[column] - begins[axis]) / lengths[axis] - 1
            )
    return Places(
        [(form, [names.index(name) for name in columns]) for form, columns in boxes],
        [[names.index(name) for name in point] for point in points],
        scale,
        offset,
    )


def area_seen(
    numbers: pd.DataFrame, size: Callable[[], tuple[int, int]], height: int, width: int, resize: str = "stretch"
) -> list[float]:
    """What is seen of each picture: left, top, right and bottom in the units of ``numbers``, which say places in it.

    These are shares of its width and height where none is above 1, else pixels. ``size`` finds width and height of all
    pictures; it is asked where that matters.
    """
    shares = bool((numbers.abs() <= 1).all(axis=None))
    if shares and resize == "stretch":
        return [0.0, 0.0, 1.0, 1.0]
    found = size()
    area = seen_area(found, height, width, resize)
    return [each / found[place % 2] for place, each in enumerate(area)] if shares else area


def seen_area(size: tuple[int, int], height: int, width: int, resize: str = "stretch") -> list[float]:
    """Left, top, right and bottom in its own pixels of what is seen of a picture of ``size`` (width, height)."""
    across, down = size
    if resize == "stretch":
        return [0.0, 0.0, float(across), float(down)]
    # the whole of it is seen with something beside it, or a part in its middle
    choose = max if resize == "fit" else min
    factor = choose(across / width, down / height)
    beside, above = (across - width * factor) / 2, (down - height * factor) / 2
    return [beside, above, across - beside, down - above]


def common_size(paths: Sequence[Path]) -> tuple[int, int]:
    """Width and height of all these pictures, turned upright; a DataError where they differ."""
    sizes: dict[tuple[int, int], Path] = {}
    for path in paths:
        try:
            with Image.open(path, formats=FORMATS) as picture:
                turned_over = picture.getexif().get(TURNING_TAG, 1) in (5, 6, 7, 8)
                sizes.setdefault(picture.size[::-1] if turned_over else picture.size, path)
        except SPOILED as error:
            raise DataError(f"{path}: the picture is spoiled: {error}") from error
    if len(sizes) > 1:
        named = " and ".join(f"{path.name} {width}×{height}" for (width, height), path in list(sizes.items())[:2])
        raise DataError(
            f"pictures are of different sizes, such as {named}, so that places in pixels do not say where in the "
            "stretched or cut picture something is: write boxes and key points as shares of the width and height, and "
            "stretch the pictures, or switch off the augmentations that move them"
        )
    return next(iter(sizes))
