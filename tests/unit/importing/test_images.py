"""A folder of pictures is looked through: what is in it, and what cannot be read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from designer.importing.images import ImageSummary, inspect_images
from designer.runtime.errors import DataError


@pytest.fixture
def folder(tmp_path):
    for part, count in (("train", 3), ("test", 2)):
        for name in ("a", "b"):
            (tmp_path / part / name).mkdir(parents=True)
            for place in range(count):
                Image.new("RGB", (20, 30), (90, 90, 90)).save(tmp_path / part / name / f"{place}.png")
    return tmp_path


def test_summary(folder):
    (folder / "train" / "a" / "x.jpg").write_bytes(b"<html>")
    summary = inspect_images(folder)
    assert summary.classes == ("a", "b")
    assert summary.counts == {"train": {"a": 4, "b": 3}, "test": {"a": 2, "b": 2}}
    assert summary.sizes == {(20, 30): 10}
    assert not summary.colour
    assert set(summary.parts) == {"train", "test"}
    assert summary.total == summary.looked_at == 11
    [(path, why)] = summary.unreadable
    assert path.endswith("x.jpg")
    assert "no picture of a known format" in why


def test_a_single_coloured_picture_is_enough(folder):
    pixels = np.zeros((30, 20, 3), dtype=np.uint8)
    pixels[..., 0] = 200
    Image.fromarray(pixels).save(folder / "test" / "b" / "0.png")
    assert inspect_images(folder).colour


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({(28, 28): 5}, (28, 28)),
        ({(20, 30): 5}, (30, 20)),
        ({(640, 480): 5}, (48, 64)),
        ({(640, 480): 5, (480, 640): 5}, (64, 64)),
        ({(10, 12): 5, (40, 40): 1}, (10, 10)),
        ({(1, 5000): 3}, (8, 8)),
        ({(4, 4): 3}, (8, 8)),
    ],
)
def test_fitting_size(sizes, expected):
    assert ImageSummary(("a", "b"), {}, sizes, False, (), (), 0).fitting_size() == expected


def test_many_pictures_are_sampled(folder, monkeypatch):
    monkeypatch.setattr("designer.importing.images.LOOKED_AT", 4)
    summary = inspect_images(folder)
    assert (summary.total, summary.looked_at) == (10, 4)


def test_no_folder(tmp_path):
    with pytest.raises(DataError, match="there is no folder"):
        inspect_images(tmp_path / "none")
