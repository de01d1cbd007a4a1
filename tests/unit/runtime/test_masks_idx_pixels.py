"""Masks, IDX files and pixels in columns are read as they are meant, or refused by name."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from designer.runtime.errors import DataError
from designer.runtime.idx import idx_codes, idx_pairs, read_idx, read_idx_parts
from designer.runtime.masks import decode_mask, list_pair_parts, list_pairs, read_masks
from designer.runtime.picture_tables import picture_paths
from designer.runtime.pixels import learn_pixel_range, pixel_names, pixel_pictures, pixel_shape, resize_all
from tests.helpers.pictures import idx_bytes, write_idx, write_masks, write_pixels


def every(paths: list[Path]) -> np.ndarray:
    return np.arange(len(paths))


def test_pairs_go_by_name(tmp_path: Path) -> None:
    write_masks(tmp_path, 4)
    Image.new("L", (4, 4)).save(tmp_path / "images" / "alone.jpg")
    pictures, masks, alone = list_pairs(tmp_path)
    assert [path.stem for path in pictures] == ["000", "001", "002", "003"]
    assert [path.stem for path in masks] == [f"{path.stem}_mask" for path in pictures]
    assert [(Path(path).name, "no mask" in why) for path, why in alone] == [("alone.jpg", True)]
    Image.new("L", (4, 4)).save(tmp_path / "masks" / "000.png")
    with pytest.raises(DataError, match="would be the mask of the same picture"):
        list_pairs(tmp_path)


def test_pairs_in_part_folders(tmp_path: Path) -> None:
    write_masks(tmp_path / "train", 6)
    write_masks(tmp_path / "test", 3)
    pictures, _, _, places = list_pair_parts(tmp_path, True, 0.5, 0.5, 0)
    assert [len(rows) for rows in places] == [3, 3, 3]
    assert all("test" in pictures[row].parts for row in places[2])


def test_grey_values_become_codes_in_their_order(tmp_path: Path) -> None:
    write_masks(tmp_path, 6, values=(7, 90, 200))
    pictures, files, _ = list_pairs(tmp_path)
    masks = read_masks(pictures, files, every(files), 16, 16)
    assert (masks.values, masks.smooth) == ([7, 90, 200], False)
    assert [masks.codes[value] for value in (7, 90, 200, 8)] == [0, 1, 2, 255]
    assert set(np.unique(masks.pixels)) == {7, 90, 200}


@pytest.mark.parametrize("mode", ["P", "1", "RGB", "RGBA", "LA", "I;16"])
def test_masks_of_every_mode(tmp_path: Path, mode: str) -> None:
    codes = np.tile(np.array([0, 1, 1, 0], dtype=np.uint8), (4, 1))
    if mode == "P":
        picture = Image.fromarray(codes)
        picture.putpalette([0, 0, 0, 128, 0, 0])
    elif mode == "I;16":
        picture = Image.fromarray(codes.astype(np.uint16))
    elif mode == "RGB":
        picture = Image.fromarray(np.stack([codes * 128, codes * 0, codes * 64], axis=2))
    else:
        picture = Image.fromarray(codes * 255).convert(mode)
    picture.save(tmp_path / "a.png")
    found, _ = decode_mask(tmp_path / "a.png", 4, 4)
    assert found.shape == (1, 4, 4)
    values = np.unique(found)
    assert len(values) == 2
    np.testing.assert_array_equal(found[0] == values[1], codes == 1)


def test_masks_are_resized_without_new_values(tmp_path: Path) -> None:
    Image.fromarray(np.kron([[0, 200], [100, 50]], np.ones((50, 50))).astype(np.uint8)).save(tmp_path / "a.png")
    for resize in ("stretch", "crop", "fit"):
        assert set(np.unique(decode_mask(tmp_path / "a.png", 16, 24, resize)[0])) <= {0, 50, 100, 200}


def test_smooth_black_and_white_counts_as_two(tmp_path: Path) -> None:
    write_masks(tmp_path, 4, side=64)
    for path in (tmp_path / "masks").iterdir():
        Image.open(path).save(path.with_suffix(".jpg"), quality=60)
        path.unlink()
    pictures, files, _ = list_pairs(tmp_path)
    masks = read_masks(pictures, files, every(files), 64, 64)
    assert (masks.values, masks.smooth) == ([0, 255], True)
    assert (masks.codes[100], masks.codes[140]) == (0, 1)


def test_photos_are_no_masks(tmp_path: Path) -> None:
    write_masks(tmp_path, 2)
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for path in (tmp_path / "masks").iterdir():
        Image.fromarray(ramp).save(path)
    pictures, files, _ = list_pairs(tmp_path)
    with pytest.raises(DataError, match="256 values; expected one for each class"):
        read_masks(pictures, files, every(files), 16, 16)


def test_masks_that_do_not_fit_are_named(tmp_path: Path) -> None:
    write_masks(tmp_path, 6)
    Image.new("L", (16, 32)).save(tmp_path / "masks" / "000_mask.png")
    (tmp_path / "masks" / "001_mask.png").write_bytes(b"spoiled")
    pictures, files, _ = list_pairs(tmp_path)
    strange = np.asarray(Image.open(files[5])).copy()
    strange[0, 0] = 9
    Image.fromarray(strange).save(files[5])
    masks = read_masks(pictures, files, np.arange(5), 16, 16)
    assert masks.usable.tolist() == [False, False, True, True, True, False]
    assert [Path(path).stem for path, _ in masks.refused] == ["000", "001", "005"]
    assert "16×32" in masks.refused[0][1]
    assert "the value 9, which no training mask holds" in masks.refused[2][1]


def test_masks_of_one_value_are_refused(tmp_path: Path) -> None:
    write_masks(tmp_path, 2, values=(5, 5))
    pictures, files, _ = list_pairs(tmp_path)
    with pytest.raises(DataError, match="the value 5 alone"):
        read_masks(pictures, files, every(files), 16, 16)


@pytest.mark.parametrize("packed", [False, True])
def test_idx_pairs(tmp_path: Path, packed: bool) -> None:
    write_idx(tmp_path, "train", 30, packed)
    write_idx(tmp_path, "t10k", 9, packed)
    assert set(idx_pairs(tmp_path)) == {"train", "test"}
    pixels, labels, places = read_idx_parts(tmp_path, True, 0.2, 0.5, 0, True)
    assert (pixels.shape, pixels.dtype) == ((39, 1, 12, 12), np.uint8)
    assert [len(rows) for rows in places] == [24, 6, 9]
    assert places[2].tolist() == list(range(30, 39))
    assert idx_codes(labels, ["0", "1", "2"]).tolist() == labels.tolist()
    pixels, _, places = read_idx_parts(tmp_path / sorted(tmp_path.iterdir())[0].name, False, 0.2, 0.5, 0, True)
    assert len(pixels) == 30
    assert sum(len(rows) for rows in places) == 30


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no IDX file of 3 axes"),
        (idx_bytes(np.zeros((2, 3), dtype=np.uint8)), "no IDX file of 3 axes"),
        (idx_bytes(np.zeros((2, 3, 3), dtype=np.uint8))[:-1], "34 bytes are expected, 33 are there"),
        (b"\0\0\x0d\3" + bytes(12), "0x0d; only bytes"),
        (b"\0\0\x08\3" + b"\xff" * 12, "are too many"),
    ],
)
def test_spoiled_idx_files_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_idx(path, 3)
    path.with_suffix(".gz").write_bytes(gzip.compress(content)[:-6])
    with pytest.raises(DataError):
        read_idx(path.with_suffix(".gz"), 3)


def test_idx_files_that_do_not_belong_together(tmp_path: Path) -> None:
    write_idx(tmp_path, "train", 6)
    with pytest.raises(DataError, match="no class “2” among the training pictures"):
        idx_codes(np.array([0, 2], dtype=np.uint8), ["0", "1"])
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.zeros(5, dtype=np.uint8)))
    with pytest.raises(DataError, match="5 labels for the 6 pictures"):
        read_idx_parts(tmp_path, False, 0.2, 0.2, 0, True)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="the file with its labels"):
        idx_pairs(tmp_path)


def test_pixels_in_columns(tmp_path: Path) -> None:
    path = write_pixels(tmp_path / "digits.csv", 6, white=16)
    names = pixel_names(path, ["label"])
    assert names == [f"pixel{place}" for place in range(64)]
    frame = pd.read_csv(path)
    limits = learn_pixel_range(frame, names)
    assert limits == [0.0, 16.0]
    pictures = pixel_pictures(frame, names, limits)
    assert (pictures.shape, pictures.dtype, pictures.max()) == ((6, 1, 8, 8), np.uint8, 255)
    expected = (frame[names].to_numpy() * (255 / 16)).round().reshape(6, 1, 8, 8)
    np.testing.assert_array_equal(pictures, expected)
    assert resize_all(pictures, 12, 10, True).shape == (6, 3, 12, 10)
    frame.loc[3, "pixel9"] = np.nan
    with pytest.raises(DataError, match="line 3: the picture lacks a pixel"):
        pixel_pictures(frame, names, limits)


@pytest.mark.parametrize(
    ("values", "limits"),
    [([0, 1], [0, 1]), ([0, 0.5], [0, 1]), ([3, 14], [0, 15]), ([0, 200], [0, 255]), ([0, 3000], [0, 4095])],
)
def test_the_range_of_pixels(values: list[float], limits: list[float]) -> None:
    assert learn_pixel_range(pd.DataFrame({"a": values}), ["a"]) == limits


def test_normalised_pixels_run_from_the_least_to_the_largest() -> None:
    frame = pd.DataFrame([[-1.5, 0, 0.5, 2.5]], columns=list("abcd"))
    assert learn_pixel_range(frame, list("abcd")) == [-1.5, 2.5]
    assert pixel_pictures(frame, list("abcd"), [-1.5, 2.5]).ravel().tolist() == [0, 96, 128, 255]


def test_square_pictures() -> None:
    assert (pixel_shape(784), pixel_shape(2352)) == ((1, 28, 28), (3, 28, 28))
    with pytest.raises(DataError, match="783 columns of pixels make no square"):
        pixel_shape(783)


def test_paths_start_from_the_table(tmp_path: Path) -> None:
    found = picture_paths(["a/b.png", "c\\d.png", "/e.png"], tmp_path / "x" / "list.csv")
    assert found == [tmp_path / "x" / "a" / "b.png", tmp_path / "x" / "c" / "d.png", Path("/e.png")]
    with pytest.raises(DataError, match="is an address"):
        picture_paths(["ftp://host/a.png"], tmp_path / "list.csv")
