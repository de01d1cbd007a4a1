"""Strange and spoiled pictures, written here, show the pixels that they were made of or are refused by their names."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.runtime.errors import DataError
from designer.runtime.images import read_image
from designer.runtime.pictures import read_pictures
from tests.helpers.nasty_pictures import READ, REFUSED, deep_with_holes, inks, saved


@pytest.fixture(autouse=True)
def quiet() -> None:
    warnings.simplefilter("ignore")


def in_grey(pixels: np.ndarray) -> np.ndarray:
    """What the eye sees of colours without their colour (ITU-R 601-2)."""
    return pixels if pixels.ndim == 2 else pixels @ np.array([0.299, 0.587, 0.114])


def in_colour(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, -1)


@pytest.mark.parametrize("name", READ)
def test_it_shows_what_it_was_made_of(tmp_path: Path, name: str) -> None:
    strange = READ[name]()
    path = tmp_path / "strange.bin"
    path.write_bytes(strange.written)
    height, width = strange.shown.shape[:2]
    colour = read_image(path, height, width, True, white=strange.white)
    assert colour.dtype == np.uint8
    np.testing.assert_allclose(colour.transpose(1, 2, 0), in_colour(strange.shown).astype(int), atol=strange.near)
    grey = read_image(path, height, width, False, white=strange.white)
    np.testing.assert_allclose(grey[0], in_grey(strange.shown), atol=strange.near + 1)


@pytest.mark.parametrize("name", READ)
def test_it_is_one_of_a_folder(tmp_path: Path, name: str) -> None:
    strange = READ[name]()
    path = tmp_path / "strange.bin"
    path.write_bytes(strange.written)
    height, width = strange.shown.shape[:2]
    pictures = read_pictures([path], np.array([0]), height, width, True)
    assert pictures.refused == []
    # what is white in 16 bits is found out from the pictures to learn from
    assert pictures.white == (strange.white if strange.white < 65535 else 0)
    found = pictures.pixels[0].transpose(1, 2, 0)
    np.testing.assert_allclose(found, in_colour(strange.shown).astype(int), atol=strange.near)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "strange.bin"
    path.write_bytes(REFUSED[name]())
    for colour in (True, False):
        with pytest.raises(
            DataError, match=r"strange\.bin: (no picture of a known format|the picture is spoiled|.*32)"
        ):
            read_image(path, 8, 8, colour)
    good = tmp_path / "good.png"
    good.write_bytes(saved(np.full((8, 8), 9, dtype=np.uint8), "PNG"))
    pictures = read_pictures([path, good], np.array([0, 1]), 8, 8, False)
    assert [Path(each).name for each, _ in pictures.refused] == ["strange.bin"]
    assert pictures.usable.tolist() == [False, True]
    assert (pictures.pixels[1] == 9).all()


def test_what_is_not_to_be_seen_says_nothing_of_how_bright_white_is(tmp_path: Path) -> None:
    path = tmp_path / "holes.png"
    path.write_bytes(deep_with_holes(65535).written)
    assert read_pictures([path], np.array([0]), 20, 28, False).white == 1023
    path.write_bytes(saved(np.full((4, 4), 700, dtype=np.uint16), "PNG", transparency=700))
    # with nothing to be seen the transparency was left empty, and all is taken as opaque
    assert (read_image(path, 4, 4, False, white=1023) == 174).all()


def test_inks_become_colours_before_they_are_averaged(tmp_path: Path) -> None:
    picture, shown = inks()
    large = picture.resize((picture.width // 4, picture.height // 4), Image.Resampling.NEAREST)
    tiles = np.tile(np.asarray(large), (60, 60, 1))
    path = tmp_path / "inks.jpg"
    path.write_bytes(saved(Image.fromarray(tiles, "CMYK"), "JPEG", quality=100, subsampling=0))
    mean = shown.reshape(-1, 3).mean(axis=0)
    found = read_image(path, 5, 5, True).reshape(3, -1).mean(axis=1)
    np.testing.assert_allclose(found, mean, atol=3)
