"""Pictures are counted and described however they lie: in folders, with masks, in tables, as pixels, in IDX files."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.importing.examine import examine_file
from designer.importing.profiles import ImagesProfile, TableProfile
from designer.runtime.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def picture(path: Path, size: tuple[int, int] = (16, 12), mode: str = "L", seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], 3)
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, shape, dtype=np.uint8)).save(path)


def profile(path: Path) -> ImagesProfile:
    found = examine_file(path, None).profile
    assert isinstance(found, ImagesProfile)
    return found


def test_a_folder_for_each_class_in_parts(folder):
    for part, count in (("train", 14), ("test", 3)):
        for code, name in enumerate(("cat", "dog")):
            for place in range(count):
                picture(folder / part / name / f"{place}.png", mode="RGB", seed=100 * count + 2 * place + code)
    (folder / "train" / "cat" / "0.png").write_bytes(b"spoiled")
    found = profile(folder)
    assert found.counts == {"train": {"cat": 14, "dog": 14}, "test": {"cat": 3, "dog": 3}}
    assert (found.total, found.colour, found.sizes) == (34, True, ((16, 12, 33),))
    assert [path for path, _ in found.unreadable] == ["train/cat/0.png"]
    assert [each.code for each in examine_file(folder, None).warnings] == ["unreadable", "rare_class"]


def test_masks(folder):
    for place in range(22):
        picture(folder / "images" / f"{place}.png", (16, 16), seed=place)
        bright = np.random.default_rng(place).random((16, 16)) > 0.5
        (folder / "masks").mkdir(exist_ok=True)
        Image.fromarray(bright.astype(np.uint8) * 255).save(folder / "masks" / f"{place}.png")
    found = profile(folder)
    assert found.counts == {"all": {"pictures": 22}}
    assert examine_file(folder, None).warnings == ()


def test_a_table_of_paths_and_one_of_pixels(folder):
    rows = []
    for place in range(40):
        picture(folder / "files" / f"{place}.png", seed=place)
        rows.append(f"files/{place}.png,{'ab'[place % 2]}")
    (folder / "list.csv").write_text("file,label\n" + "\n".join(rows) + "\n")
    found = profile(folder / "list.csv")
    assert found.counts == {"all": {"a": 20, "b": 20}}
    assert found.sizes == ((16, 12, 40),)
    pixels = np.random.default_rng(0).integers(0, 255, (40, 64))
    lines = [f"{place % 10}," + ",".join(map(str, row)) for place, row in enumerate(pixels.tolist())]
    names = ",".join(f"pixel{place}" for place in range(64))
    (folder / "digits.csv").write_text(f"label,{names}\n" + "\n".join(lines) + "\n")
    found = profile(folder / "digits.csv")
    assert found.sizes == ((8, 8, 40),)
    assert found.counts == {"all": {str(digit): 4 for digit in range(10)}}


def test_idx_files(folder):
    for part, count in (("train", 30), ("t10k", 10)):
        pixels = np.random.default_rng(0).integers(0, 255, (count, 12, 12), dtype=np.uint8)
        labels = np.arange(count, dtype=np.uint8) % 3
        header = struct.pack(">BBBBIII", 0, 0, 8, 3, count, 12, 12)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(header + pixels.tobytes())
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">BBBBI", 0, 0, 8, 1, count) + labels.tobytes())
    found = profile(folder)
    assert found.counts["train"] == {"0": 10, "1": 10, "2": 10}
    assert found.parts == ("train", "test")
    assert found.sizes == ((12, 12, 40),)


def test_folders_of_texts_and_of_sequences(folder):
    chance = np.random.default_rng(0)
    for name in ("good", "bad"):
        for place in range(12):
            (folder / "texts" / name).mkdir(parents=True, exist_ok=True)
            (folder / "texts" / name / f"{place}.txt").write_text(f"a {name} text of its own with number {place}")
            (folder / "series" / name).mkdir(parents=True, exist_ok=True)
            steps = [f"{step},{value:.3f}" for step, value in enumerate(chance.normal(size=25))]
            (folder / "series" / name / f"{place}.csv").write_text("t,x\n" + "\n".join(steps) + "\n")
    texts = examine_file(folder / "texts", None).profile
    assert isinstance(texts, TableProfile)
    assert (texts.rows, texts.classes) == (24, (("bad", 12), ("good", 12)))
    text = texts.column("text")
    assert text is not None and text.texts is not None
    assert dict(text.texts.frequent)["text"] == 24
    series = examine_file(folder / "series", None)
    assert isinstance(series.profile, TableProfile)
    assert (series.profile.rows, series.profile.target) == (600, "class")
    assert series.warnings == ()


def test_what_holds_nothing_is_refused(folder):
    with pytest.raises(DataError):
        examine_file(folder, None)
