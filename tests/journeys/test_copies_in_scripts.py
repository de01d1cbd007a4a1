"""Scripts that leave copies of pictures out, run without Layerloom, arrive at the app's weights bit for bit."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.model import Column, ImageData, Project, Split, Training
from tests.helpers.exported import assert_formatted, assert_same_weights, by_name, train_and_export_each
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes, write_idx, write_masks, write_paths, write_pixels

CLASS = Column("kind", "category", "target")


def network(last: int) -> Project:
    layers = ("flatten", ("linear", {"out_features": last}), ("output", {"loss": "cross_entropy"}))
    return chain(("image_input", {"height": 8, "width": 8, "mode": "grey"}), *layers)


def trained_with(project: Project, data: ImageData) -> Project:
    training = Training(epochs=2, batch_size=8, seed=3, device="cpu")
    return replace(project, data=replace(data, drop_duplicates=True), training=training)


def copied(folder: Path, count: int = 4) -> None:
    """Give some files of a folder the bytes of the first."""
    first, *others = sorted(path for path in folder.rglob("*.png"))
    for path in others[:: max(1, len(others) // count)]:
        shutil.copy(first, path)


def classes(folder: Path) -> Project:
    copied(write_classes(folder / "pets", 9))
    return trained_with(network(3), ImageData("pets", Split(seed=2)))


def one_fold_of_classes(folder: Path) -> Project:
    copied(write_classes(folder / "pets", 9))
    return trained_with(network(3), ImageData("pets", Split(folds=3, fold=2)))


def masks(folder: Path) -> Project:
    copied(write_masks(folder / "cells", 24) / "images")
    layers = ("conv2d", {"out_channels": 1, "kernel_size": 1}), ("output", {"loss": "bce"})
    sized = ("image_input", {"height": 8, "width": 8, "mode": "grey"})
    return trained_with(chain(sized, *layers), ImageData("cells", Split(seed=1), "masks"))


def paths(folder: Path) -> Project:
    with write_paths(folder / "list", 24).open("a", newline="") as file:
        csv.writer(file).writerows([["photos/3.png", "left", 1, 1], ["photos/9.png", "right", 1, 1]])
    columns = (Column("file", "image"), CLASS, Column("x", role="ignored"), Column("y", role="ignored"))
    return trained_with(network(2), ImageData("list/list.csv", Split(seed=2), "table", columns=columns))


def pixels(folder: Path) -> Project:
    table = write_pixels(folder / "digits.csv", 40)
    lines = table.read_text().splitlines()
    table.write_text("\n".join([*lines, *lines[3:9], lines[3]]) + "\n")
    columns = (Column("label", "category", "target"),)
    return trained_with(network(3), ImageData("digits.csv", Split(seed=4), "pixels", columns=columns))


def idx(folder: Path) -> Project:
    write_idx(folder / "idx", "train", 40)
    write_idx(folder / "idx", "t10k", 50)
    return trained_with(network(3), ImageData("idx", Split("folders"), "idx"))


CASES: list[Callable[[Path], Project]] = [classes, one_fold_of_classes, masks, paths, pixels, idx]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """Run, script and printed lines of each case; all scripts ran in one process of their own."""
    return train_and_export_each(by_name(CASES), tmp_path_factory)


@pytest.mark.parametrize("case", [case.__name__ for case in CASES])
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path, str]], case: str) -> None:
    run, script, _ = trained[case]
    [weights] = script.parent.glob("weights*.pt")
    assert_same_weights(run, weights)
    assert "without_copies(" in script.read_text(encoding="utf-8")


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path, str]]) -> None:
    assert_formatted([script for _, script, _ in trained.values()])
