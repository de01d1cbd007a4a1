"""Boxes and key points move with their pictures: they still lie on what they lay on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import Tensor

from designer.layers.augmentations import AUGMENTATIONS
from designer.runtime import augmentation
from designer.runtime.batches import Part
from designer.runtime.errors import DataError
from designer.runtime.moving import Places, area_seen, common_size, find_places, move_places, seen_area

SIDE = 48
BOX = [[14.0, 10.0, 30.0, 22.0]]
FORMS = {
    "edges": (["left", "top", "right", "bottom"], [14.0, 10.0, 30.0, 22.0]),
    "sizes": (["x", "y", "w", "h"], [14.0, 10.0, 16.0, 12.0]),
    "centres": (["cx", "cy", "w", "h"], [22.0, 16.0, 16.0, 12.0]),
}
MOVES = pytest.mark.parametrize("key", [key for key, kind in AUGMENTATIONS.items() if kind.geometric])


def pictures(count: int) -> Tensor:
    """White pictures with a black border and a black rectangle where ``BOX`` says."""
    found = torch.zeros(count, 1, SIDE, SIDE)
    left, top, right, bottom = map(int, BOX[0])
    found[:, :, top:bottom, left:right] = 1
    return found


def learned(names: list[str], offset: float = 20.0, scale: float = 7.0) -> dict[str, object]:
    units = {"offset": [offset] * len(names), "scale": [scale] * len(names)}
    return {"name": ", ".join(names), "names": names, "kind": "number", **units}


def moved(key: str, form: str, count: int = 64, **values: float) -> tuple[Tensor, Tensor]:
    """Pictures after being moved, and their boxes in pixels, in this form."""
    names, numbers = FORMS[form]
    places = find_places(learned(names), [(form, names)], [], [0.0, 0.0, float(SIDE), float(SIDE)])
    targets = (torch.tensor([numbers]).repeat(count, 1) - 20) / 7
    kind = AUGMENTATIONS[key]
    torch.manual_seed(1)
    change = partial(getattr(augmentation, kind.function), **{**kind.defaults, **values})
    batch = move_places(Part((pictures(count),), targets), change, {"": places})
    assert type(batch) is Part
    return batch.inputs[0], batch.target * 7 + 20


def seen_box(picture: Tensor) -> list[float]:
    """Left, top, right and bottom of what is bright in a picture."""
    rows, columns = (picture[0] > 0.5).nonzero(as_tuple=True)
    if not len(rows):
        return []
    return [float(columns.min()), float(rows.min()), float(columns.max()) + 1, float(rows.max()) + 1]


@MOVES
@pytest.mark.parametrize("form", FORMS)
def test_boxes_lie_around_what_is_seen(key: str, form: str) -> None:
    images, boxes = moved(key, form)
    assert not torch.equal(images, pictures(len(images)))
    for picture, box in zip(images, boxes.tolist(), strict=True):
        if form == "edges":
            left, top, right, bottom = box
        else:
            left, top = (box[0] - box[2] / 2, box[1] - box[3] / 2) if form == "centres" else box[:2]
            right, bottom = left + box[2], top + box[3]
        assert 0 <= left <= right <= SIDE and 0 <= top <= bottom <= SIDE
        seen = seen_box(picture)
        # the corners of a turned rectangle are too fine to be seen
        assert np.allclose(seen, [left, top, right, bottom], atol=2.6 if key == "rotate" else 1.01)


def test_boxes_that_leave_the_picture_are_cut() -> None:
    _, boxes = moved("shift", "edges", 400, share=0.9)
    assert boxes.min() == pytest.approx(0, abs=1e-4) and boxes.max() == pytest.approx(SIDE, abs=1e-4)
    gone = (boxes[:, 0] == boxes[:, 2]) | (boxes[:, 1] == boxes[:, 3])
    assert 0 < gone.float().mean() < 1


@MOVES
def test_key_points_stay_on_what_they_point_at(key: str) -> None:
    """Two points are two small spots, of which the middle of the light is where the points are in the moved picture."""
    count, names = 32, ["eye_x", "eye_y"]
    images = torch.zeros(count, 1, SIDE, SIDE)
    across, down = torch.meshgrid(torch.arange(SIDE) + 0.5, torch.arange(SIDE) + 0.5, indexing="xy")
    images[:] = (-((across - 27.5) ** 2 + (down - 19.5) ** 2) / 8).exp()
    places = find_places(learned(names), [], [names], [0.0, 0.0, float(SIDE), float(SIDE)])
    kind = AUGMENTATIONS[key]
    torch.manual_seed(2)
    change = partial(getattr(augmentation, kind.function), **kind.defaults)
    targets = (torch.tensor([[27.5, 19.5]]).repeat(count, 1) - 20) / 7
    batch = move_places(Part((images,), targets), change, {"": places})
    light = batch.inputs[0][:, 0]
    total = light.sum(dim=(1, 2))
    seen = torch.stack([(light * across).sum(dim=(1, 2)) / total, (light * down).sum(dim=(1, 2)) / total], dim=1)
    torch.testing.assert_close(batch.target * 7 + 20, seen, atol=0.3, rtol=0)


def test_points_may_leave_and_other_numbers_and_outputs_stay() -> None:
    names = ["age", "x", "y"]
    places = find_places(learned(names), [], [["x", "y"]], [0.0, 0.0, 1.0, 1.0])
    targets = {"face": torch.tensor([[1.5, -2.8, -2.8]]), "kind": torch.tensor([2])}
    part = Part((torch.rand(1, 3, 8, 8),), targets, weights=torch.ones(1))
    batch = move_places(part, partial(augmentation.flip, chance=1.0), {"face": places})
    assert isinstance(batch.targets, dict)
    assert torch.equal(batch.targets["kind"], targets["kind"]) and batch.targets["face"][0, 0] == 1.5
    assert batch.targets["face"][0, 1] * 7 + 20 == pytest.approx(1 - (-2.8 * 7 + 20), abs=1e-5)
    assert batch.weights is part.weights and torch.equal(batch.inputs[0], part.inputs[0].flip(-1))


def test_what_is_seen_of_pictures_that_are_fitted_or_cut() -> None:
    assert seen_area((640, 480), 24, 24) == [0, 0, 640, 480]
    assert seen_area((640, 480), 24, 24, "fit") == [0, -80, 640, 560]
    assert seen_area((640, 480), 24, 24, "crop") == [80, 0, 560, 480]
    shares = pd.DataFrame({"x": [0.0, 1.0], "y": [0.5, 0.25]})

    def never() -> tuple[int, int]:
        raise AssertionError("the sizes of pictures do not matter here")

    assert area_seen(shares, never, 24, 24) == [0, 0, 1, 1]
    assert area_seen(shares, lambda: (640, 480), 24, 24, "crop") == [0.125, 0, 0.875, 1]
    assert area_seen(shares * 100, lambda: (640, 480), 24, 24) == [0, 0, 640, 480]


def test_pictures_in_pixels_have_one_size(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (20, 30)).save(tmp_path / "a.png")
    Image.new("RGB", (30, 20)).save(tmp_path / "turned.jpg", exif=exif)
    assert common_size([tmp_path / "a.png", tmp_path / "turned.jpg"]) == (20, 30)
    Image.new("RGB", (21, 30)).save(tmp_path / "b.png")
    with pytest.raises(DataError, match=r"a\.png 20×30 and b\.png 21×30"):
        common_size([tmp_path / "a.png", tmp_path / "b.png"])


def test_nothing_moved_is_nothing_changed() -> None:
    places = Places([("edges", [0, 1, 2, 3])], [], [1 / 24] * 4, [-1.0] * 4)
    part = Part((torch.rand(3, 1, 8, 8),), torch.tensor(BOX).repeat(3, 1))
    batch = move_places(part, partial(augmentation.flip, chance=0.0), {"": places})
    torch.testing.assert_close(batch.target, part.target)
