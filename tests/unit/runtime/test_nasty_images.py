"""Every file of the collection of nasty pictures is read as its manifest says, or refused with its name."""

from __future__ import annotations

import csv
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from designer.runtime.errors import DataError
from designer.runtime.images import files_beneath, read_image
from designer.runtime.pictures import read_pictures

FOLDER = Path(__file__).parents[2] / "data" / "nasty_images"


def manifest() -> list[dict[str, str]]:
    with (FOLDER / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def readable(row: dict[str, str]) -> bool:
    """Whether the manifest says that Pillow reads it."""
    return "load=ok" in row["pillow_result"]


def as_pillow(path: Path, colour: bool) -> np.ndarray:
    """The same picture by Pillow alone, of shape (channels, 24, 16)."""
    with Image.open(path) as picture:
        plain = ImageOps.exif_transpose(picture).convert("RGB" if colour else "L")
        small = np.asarray(plain.resize((16, 24), Image.Resampling.BOX))
    return small.reshape(24, 16, -1).transpose(2, 0, 1)


def fields(pixels: np.ndarray) -> np.ndarray:
    """The mean of each field of 8 × 8 pixels."""
    return pixels.reshape(len(pixels), 3, 8, 2, 8).mean(axis=(2, 4))


@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["file"])
def test_read_or_refused(row: dict[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for colour in (True, False):
            if readable(row):
                pixels = read_image(FOLDER / row["file"], 24, 16, colour)
                assert pixels.shape == (3 if colour else 1, 24, 16)
                assert pixels.dtype == np.uint8
                # of each of six fields, as means of an area and a triangle differ at single pixels
                np.testing.assert_allclose(fields(pixels), fields(as_pillow(FOLDER / row["file"], colour)), atol=8)
            else:
                with pytest.raises(DataError) as refused:
                    read_image(FOLDER / row["file"], 24, 16, colour)
                assert row["file"] in str(refused.value)


def test_a_rotated_photo_stands_upright() -> None:
    from designer.runtime.masks import upright_size

    assert upright_size(FOLDER / "g_exif6_160x90.jpg") == (90, 160)


def test_a_folder_of_them(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "pictures")
    (tmp_path / "pictures" / "MANIFEST.csv").unlink()
    paths = files_beneath(tmp_path / "pictures")
    assert {path.name for path in paths}.isdisjoint({".DS_Store", "._hidden.jpg"})
    pictures = read_pictures(paths, np.arange(len(paths)), 24, 24, True)
    bad = {row["file"] for row in manifest() if not readable(row)} - {".DS_Store", "._hidden.jpg"}
    assert {Path(path).name for path, _ in pictures.refused} == bad
    assert int(pictures.usable.sum()) == len(paths) - len(bad)
