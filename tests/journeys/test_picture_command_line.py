"""Pictures on the command line: 16-bit grey, masks, and points in a table, each from the files to a script."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.project.file import load_project
from designer.project.model import ImageData
from tests.helpers.exported import assert_same_weights, run_scripts
from tests.helpers.pictures import drawn, write_masks, write_paths
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
