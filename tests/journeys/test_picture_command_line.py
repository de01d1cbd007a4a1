"""Pictures on the command line: 16-bit grey, masks, tables, pixels in columns, IDX files, each as far as its script."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.project.file import load_project
from designer.project.model import ImageData
from tests.helpers.exported import assert_same_weights, run_scripts
from tests.helpers.pictures import drawn, write_idx, write_masks, write_paths, write_pixels
from tests.journeys.test_command_line import layerloom, layerloom_json


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def walk(folder: Path, data: str, *settings: str) -> Path:
    """New, train with these settings, export and run the script, whose weights must be the run's; the run."""
    layerloom(folder, "new", data, "-o", "p.loom")
    checked = layerloom_json(folder, "check", "p.loom")
    assert (checked["ok"], checked["problems"]) == (True, [])
    chosen = [word for setting in settings for word in ("--set", setting)]
    layerloom_json(folder, "train", "p.loom", "--device", "cpu", *chosen)
    [run] = [path for path in (folder / "p.runs").iterdir() if path.is_dir()]
    layerloom(folder, "export", run, "--to", "script", "-o", "train.py")
    run_scripts([[str(folder / "train.py"), "--out", str(folder / "w.pt"), "--device", "cpu"]], folder)
    assert_same_weights(run, folder / "w.pt")
    return run


def test_16_bit_grey_pictures(tmp_path: Path) -> None:
    """A 12-bit camera: told aloud, not black, and told apart."""
    for code in range(2):
        (tmp_path / "plates" / f"kind {code}").mkdir(parents=True)
        for number in range(30):
            values = drawn(code, number)[..., code].astype(np.uint16) * 16
            Image.fromarray(values).save(tmp_path / "plates" / f"kind {code}" / f"{number}.tif")
    run = walk(tmp_path, "plates", "training.epochs=6", "data.augment.rotate.degrees=10", "data.augment.noise=on")
    project = load_project(run / "project.loom")
    assert isinstance(project.data, ImageData)
    assert [(each.key, each.off) for each in project.data.augment] == [("rotate", False), ("noise", False)]
    layerloom(tmp_path, "predict", run, tmp_path / "plates", "-o", "answers.csv")
    rows = rows_of(tmp_path / "answers.csv")
    right = [row["file"].startswith(row["predicted"]) for row in rows]
    assert sum(right) / len(right) > 0.9


def test_masks(tmp_path: Path) -> None:
    write_masks(tmp_path / "cells", 40)
    run = walk(tmp_path, "cells", "training.epochs=8", "training.batch_size=8", "data.augment.flip=on")
    figures = layerloom_json(tmp_path, "evaluate", run)
    assert figures["test"]["iou"] > 0.7
    layerloom(tmp_path, "predict", run, tmp_path / "cells" / "images", "-o", "answers.csv")
    [first, *rest] = rows_of(tmp_path / "answers.csv")
    assert len(rest) == 39
    with Image.open(tmp_path / first["mask"]) as mask:
        assert mask.size == (16, 16)
        assert set(np.unique(np.asarray(mask))) == {0, 255}


@pytest.mark.parametrize("target", ["x", "kind"])
def test_a_table_of_paths(tmp_path: Path, target: str) -> None:
    write_paths(tmp_path, 60)
    layerloom(tmp_path, "new", "list.csv", "--target", target, "-o", "p.loom")
    layerloom_json(tmp_path, "train", "p.loom", "--epochs", "3")
    [run] = [path for path in (tmp_path / "p.runs").iterdir() if path.is_dir()]
    layerloom(tmp_path, "predict", run, "list.csv", "-o", "answers.csv")
    rows = rows_of(tmp_path / "answers.csv")
    assert len(rows) == 60
    assert all(row[f"predicted_{target}"] for row in rows)


def test_pixels_in_columns_and_idx_files(tmp_path: Path) -> None:
    for name in ("columns", "files"):
        (tmp_path / name).mkdir()
    write_pixels(tmp_path / "columns" / "digits.csv")
    write_idx(tmp_path / "files" / "mnist", "train", 60, packed=True)
    write_idx(tmp_path / "files" / "mnist", "t10k", 12)
    for folder, data, answer in (("columns", "digits.csv", "predicted_label"), ("files", "mnist", "predicted")):
        run = walk(tmp_path / folder, data, "training.epochs=3", "data.augment.shift=on")
        new = "mnist/t10k-images-idx3-ubyte" if data == "mnist" else data
        layerloom(tmp_path / folder, "predict", run, new, "-o", "answers.csv")
        rows = rows_of(tmp_path / folder / "answers.csv")
        assert len(rows) == (12 if data == "mnist" else 60)
        assert {row[answer] for row in rows} <= {"0", "1", "2"}
