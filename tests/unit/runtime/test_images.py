"""Pictures of every make are read as people see them, and spoiled ones are named and left out."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from designer.runtime.errors import DataError
from designer.runtime.images import folders_in, list_images, part_folders, read_image, resized_pixels
from designer.runtime.pictures import read_pictures

# of 255
MOST_APART = 2

RAMP = np.tile(np.arange(0, 256, 8, dtype=np.uint8), (32, 1))


def coloured() -> Image.Image:
    return Image.fromarray(np.stack([RAMP, RAMP.T, 255 - RAMP], axis=2))


@pytest.fixture
def save(tmp_path):
    def save(picture: Image.Image, name: str, **options) -> Path:
        picture.save(tmp_path / name, **options)
        return tmp_path / name

    return save


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.ppm", "a.PNG", "with blanks, ünï 日本.png"])
def test_lossless_formats_are_exact(save, name):
    pixels = read_image(save(coloured(), name), 32, 32, True)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, np.asarray(coloured()).transpose(2, 0, 1))
    assert read_image(save(coloured(), name), 32, 32, False).shape == (1, 32, 32)


@pytest.mark.parametrize(("name", "options"), [("a.jpg", {"quality": 95}), ("a.webp", {"quality": 95}), ("a.gif", {})])
def test_lossy_formats_are_near(save, name, options):
    pixels = read_image(save(coloured(), name, **options), 32, 32, False).astype(int)
    assert np.abs(pixels - np.asarray(coloured().convert("L"))).mean() < 8


def test_16_bit_grey_is_scaled_and_not_cut(save):
    deep = Image.fromarray(RAMP.astype(np.uint16) * 257)
    for name in ("a.png", "a.tif"):
        path = save(deep, name)
        np.testing.assert_array_equal(read_image(path, 32, 32, False)[0], RAMP)
        np.testing.assert_array_equal(read_image(path, 32, 32, True)[2], RAMP)


def test_cameras_are_turned_upright(save):
    picture = Image.new("L", (40, 20), 0)
    picture.paste(255, (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = read_image(save(picture, "a.jpg", exif=exif, quality=100), 40, 20, False)[0]
    assert pixels[:8].mean() > 250
    assert pixels[12:].mean() < 5


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_spoiled_exif_is_passed_over(save):
    path = save(coloured(), "a.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0garbage")
    assert read_image(path, 32, 32, True).shape == (3, 32, 32)


def test_what_is_transparent_becomes_white(save):
    picture = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    picture.paste((10, 20, 30, 255), (0, 0, 16, 32))
    pixels = read_image(save(picture, "a.png"), 32, 32, True)
    assert pixels[:, 0, 0].tolist() == [10, 20, 30]
    assert pixels[:, 0, 31].tolist() == [255, 255, 255]
    palette = Image.new("P", (32, 32), 1)
    palette.putpalette([0, 0, 0, 200, 0, 0])
    palette.paste(0, (0, 0, 16, 32))
    pixels = read_image(save(palette, "b.png", transparency=0), 32, 32, True)
    assert (pixels[:, 0, 0].tolist(), pixels[:, 0, 31].tolist()) == ([255, 255, 255], [200, 0, 0])
    grey = Image.merge("LA", (Image.new("L", (32, 32), 77), Image.new("L", (32, 32), 255)))
    assert (read_image(save(grey, "c.png"), 32, 32, False) == 77).all()


def test_a_picture_with_nothing_visible_is_taken_as_opaque(save):
    picture = coloured().convert("RGBA")
    picture.putalpha(0)
    np.testing.assert_array_equal(
        read_image(save(picture, "a.png"), 32, 32, True), np.asarray(coloured()).transpose(2, 0, 1)
    )


def test_cmyk(save):
    pixels = read_image(save(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "a.jpg", quality=100), 32, 32, True)
    assert pixels[0].mean() > 245
    assert pixels[1:].mean() < 10


def test_animations_give_their_first_frame(save):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    pixels = read_image(save(frames[0], "a.gif", save_all=True, append_images=frames[1:]), 32, 32, True)
    assert pixels[:, 5, 5].tolist() == [255, 0, 0]


def test_sizes_are_height_then_width(save):
    assert read_image(save(coloured(), "a.png"), 8, 20, True).shape == (3, 8, 20)
    sliver = save(Image.new("RGB", (1, 5000), "red"), "b.png")
    assert (read_image(sliver, 8, 8, True)[0] == 255).all()


def test_a_float_picture_is_refused(save):
    path = save(Image.fromarray(RAMP.astype(np.float32)), "a.tif")
    with pytest.raises(DataError, match="32 bits a channel has no known range"):
        read_image(path, 8, 8, False)


def spoiled() -> dict[str, bytes]:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(stream, "PNG")
    whole = stream.getvalue()
    return {
        "empty.png": b"",
        "half.png": whole[: len(whole) // 2],
        "page.jpg": b"<html><body>404 Not Found</body></html>",
        "damaged.png": whole[:300] + bytes(200) + whole[500:],
        "header.tif": b"II*\0\xff\xff\xff\x7f" + bytes(8),
        "negative.ppm": b"P6\n-5 5\n255\n" + bytes(75),
        "cursor.cur": b"\0\0\2\0\0\0",
        "text.png": b"notes, no picture",
    }


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("name", spoiled())
def test_spoiled_files_are_named(tmp_path, name):
    (tmp_path / name).write_bytes(spoiled()[name])
    with pytest.raises(DataError) as refused:
        read_image(tmp_path / name, 8, 8, True)
    assert name in str(refused.value)


def png(width: int, height: int, depth: int = 8, kind: int = 2, data: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def bombs() -> dict[str, bytes]:
    tif = b"II*\0\x08\0\0\0\x04\0"
    for tag, value in ((256, 60_000), (257, 60_000), (258, 8), (262, 1)):
        tif += struct.pack("<HHII", tag, 4, 1, value)
    bmp = (
        b"BM"
        + struct.pack("<IHHI", 100, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, 30_000, 30_000, 1, 24, 0, 0, 0, 0, 0, 0)
    )
    webp = b"VP8X" + struct.pack("<IB3x", 10, 0) + (16_383).to_bytes(3, "little") * 2
    return {
        "square.png": png(30_000, 30_000),
        "wide.png": png(2**31 - 1, 2**31 - 1),
        "one_bit.png": png(100_000, 100_000, 1, 0),
        "zeros.png": png(20_000, 20_000, 8, 0, bytes(10_000_000)),
        "deep.png": png(9_000, 9_000, 16, 6),
        "a.gif": b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;",
        "a.tif": tif + bytes(4),
        "a.bmp": bmp + bytes(64),
        "a.ppm": b"P6\n50000 50000\n255\n" + bytes(100),
        "grey.ppm": b"P5\n99999999 99999999\n255\n" + bytes(100),
        "a.webp": b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp,
        "a.jpg": b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x11\0\x02\x11\0\x03\x11\0\xff\xd9",
    }


@pytest.mark.alone
def test_twelve_bombs_are_refused_at_once(tmp_path):
    for name, data in bombs().items():
        (tmp_path / name).write_bytes(data)
    assert len(bombs()) == 12
    process = psutil.Process()
    before = process.memory_info().rss
    for name in bombs():
        began = time.perf_counter()
        found = read_pictures([tmp_path / name], np.arange(1), 32, 32, True)
        assert time.perf_counter() - began < 1
        assert (found.usable.tolist(), len(found.refused)) == ([False], 1), name
    assert process.memory_info().rss - before < 100e6


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_thousand_pictures_of_which_fifty_are_spoiled(tmp_path):
    chance = np.random.default_rng(0)
    for place in range(950):
        folder = tmp_path / ("cats", "dogs")[place % 2]
        folder.mkdir(exist_ok=True)
        Image.fromarray(np.full((6, 6), place % 251, dtype=np.uint8)).save(folder / f"{place:03}.png")
    bad = list(spoiled().items())
    for place in range(50):
        name, data = bad[place % len(bad)]
        (tmp_path / "dogs" / f"{chance.integers(950):03}_{place:02}_{name}").write_bytes(data)
    os.symlink(tmp_path, tmp_path / "cats" / "loop")
    paths, labels, classes = list_images(tmp_path)
    found = read_pictures(paths, np.arange(len(paths)), 6, 6, False)
    kept, refused = np.flatnonzero(found.usable), found.refused
    assert classes == ["cats", "dogs"]
    assert (len(paths), len(kept), len(refused)) == (1000, 950, 50)
    assert all(any(path.endswith(name) for name, _ in bad) and why for path, why in refused)
    for place, image in zip(kept, found.pixels[kept], strict=True):
        assert image[0, 0, 0] == int(paths[place].stem) % 251
        assert classes[labels[place]] == paths[place].parent.name


def test_lists_folders_as_classes(tmp_path):
    for place in ("b", "a/deep", ".hidden", "__MACOSX"):
        (tmp_path / place).mkdir(parents=True)
        coloured().save(tmp_path / place / "1.png")
    (tmp_path / "a" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "a" / "._1.png").write_bytes(b"x")
    (tmp_path / "a" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "stray.txt").write_text("x")
    os.symlink(tmp_path, tmp_path / "a" / "loop")
    paths, labels, classes = list_images(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == ["a/deep/1.png", "b/1.png"]
    assert labels.tolist() == [0, 1]
    assert classes == ["a", "b"]


def test_part_folders(tmp_path):
    assert part_folders(tmp_path) == {}
    for name in ("Train", "test", "val", "other"):
        (tmp_path / name).mkdir()
    assert {part: path.name for part, path in part_folders(tmp_path).items()} == {
        "train": "Train",
        "test": "test",
        "validation": "val",
    }
    (tmp_path / "validation").mkdir()
    with pytest.raises(DataError, match="two folders for validation"):
        part_folders(tmp_path)


def test_a_class_only_in_the_test_folder_is_refused(tmp_path):
    (tmp_path / "cats").mkdir()
    with pytest.raises(DataError, match="no class “cats” among the training pictures"):
        list_images(tmp_path, ["dogs", "birds"])


def test_missing_folders_are_named(tmp_path):
    with pytest.raises(DataError, match="nowhere cannot be read"):
        list_images(tmp_path / "nowhere")
    with pytest.raises(DataError, match="one for each class"):
        list_images(tmp_path)


def test_links_that_lead_back_are_no_classes(tmp_path):
    for name in ("ant", "bee"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
    (tmp_path / "cats").mkdir()
    (tmp_path / "pictures" / "back").symlink_to(tmp_path / "pictures")
    (tmp_path / "pictures" / "above").symlink_to(tmp_path)
    (tmp_path / "pictures" / "cat").symlink_to(tmp_path / "cats")
    assert sorted(entry.name for entry in folders_in(tmp_path / "pictures")) == ["ant", "bee", "cat"]


@settings(deadline=None, max_examples=60)
@given(
    high=st.integers(1, 200),
    wide=st.integers(1, 200),
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    mode=st.sampled_from(["RGB", "L"]),
)
def test_stretching_is_what_pillow_makes_of_it(high: int, wide: int, height: int, width: int, mode: str) -> None:
    pixels = np.random.default_rng(high * wide).integers(0, 256, (high, wide, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels).convert(mode)
    found = resized_pixels(picture, height, width)
    wanted = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))
    wanted = wanted.transpose(2, 0, 1) if mode == "RGB" else wanted[None]
    assert found.dtype == np.uint8
    assert np.abs(found.astype(int) - wanted).max() <= MOST_APART
