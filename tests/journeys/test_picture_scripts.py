"""Scripts for pictures of every layout, run without Layerloom, arrive at the app's weights bit for bit."""

from __future__ import annotations

import csv
import gzip
import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.layers.augmentations import AUGMENTATIONS
from designer.project.model import Augmentation, Column, FieldValue, ImageData, Project, Split, Training
from tests.helpers.exported import (
    assert_formatted,
    assert_same_weights,
    by_name,
    train_and_export_each,
)
from tests.helpers.graphs import chain
from tests.helpers.mixed import merged

ALL = tuple(Augmentation(key) for key in AUGMENTATIONS)


def cnn(last: int, loss: str, **fields: FieldValue) -> Project:
    return chain(
        ("image_input", {"height": 12, "width": 10, **fields}),
        ("conv2d", {"out_channels": 5}),
        "relu",
        "max_pool2d",
        "flatten",
        ("linear", {"out_features": last}),
        ("output", {"loss": loss}),
    )


def same_size(last: int, loss: str, **fields: FieldValue) -> Project:
    return chain(
        ("image_input", {"height": 12, "width": 10, **fields}),
        ("conv2d", {"out_channels": 5, "padding": 1}),
        "relu",
        ("conv2d", {"out_channels": last, "kernel_size": 1}),
        ("output", {"loss": loss}),
    )


def drawn(code: int, number: int) -> np.ndarray:
    chance = np.random.default_rng(100 * code + number)
    pixels = chance.integers(0, 120, (15, 13, 3), dtype=np.uint8)
    pixels[3 * code : 3 * code + 5, 2:9, code % 3] = 250
    return pixels


def with_training(project: Project, data: ImageData, **settings: object) -> Project:
    training = Training(epochs=2, batch_size=8, seed=3, device="cpu", **settings)  # type: ignore[arg-type]
    return replace(project, data=data, training=training)


def deep_grey_augmented(folder: Path) -> Project:
    """16-bit grey pictures of a 12-bit camera, some spoiled, fitted and normalised, every augmentation in use."""
    for code in range(3):
        place = folder / "pictures" / f"class {code}"
        place.mkdir(parents=True)
        for number in range(10):
            Image.fromarray(drawn(code, number)[..., code].astype(np.uint16) * 16).save(place / f"{number}.png")
    (place / "broken.png").write_bytes(b"no picture")
    data = ImageData("pictures", Split(seed=6), augment=ALL)
    return with_training(cnn(3, "cross_entropy", resize="fit", normalise="data"), data)


def colour_by_imagenet(folder: Path) -> Project:
    """Two classes in train and test folders, cropped, by ImageNet's norms, mixed up by binary cross-entropy."""
    for part in ("train", "test"):
        for code in range(2):
            place = folder / "pictures" / part / f"class {code}"
            place.mkdir(parents=True)
            for number in range(10):
                Image.fromarray(drawn(code, number)).save(place / f"{number}.jpg")
    augment = (Augmentation("mixup", {"strength": 1.0}), Augmentation("colour", {"hue": 30.0}))
    data = ImageData("pictures", Split("folders"), augment=augment)
    fields: dict[str, FieldValue] = {"mode": "colour", "resize": "crop", "normalise": "imagenet"}
    return with_training(cnn(1, "bce", **fields), data)


def masks_of_classes(folder: Path) -> Project:
    """Three grey values in the masks, moved along with their pictures; one picture has no mask."""
    for name in ("images", "masks"):
        (folder / "cells" / name).mkdir(parents=True)
    for number in range(18):
        pixels = drawn(number % 3, number)
        mask = np.where(pixels.max(axis=2) == 250, 100 + 50 * (number % 2), 0).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "cells" / "images" / f"{number}.png")
        Image.fromarray(mask).save(folder / "cells" / "masks" / f"{number}.png")
    Image.fromarray(pixels).save(folder / "cells" / "images" / "alone.png")
    augment = tuple(Augmentation(key) for key in ("flip", "rotate", "crop", "noise"))
    data = ImageData("cells", Split(seed=1), "masks", augment=augment)
    return with_training(same_size(3, "cross_entropy", mode="colour"), data, metrics=("accuracy", "iou"))


def masks_of_two(folder: Path) -> Project:
    """Black and white masks by one output, in colour normalised by the data."""
    masks_of_classes(folder)
    for mask in (folder / "cells" / "masks").iterdir():
        Image.fromarray((np.asarray(Image.open(mask)) > 0).astype(np.uint8) * 255).save(mask)
    data = ImageData("cells", Split(seed=1), "masks", augment=(Augmentation("flip_vertical"), Augmentation("rotate")))
    return with_training(same_size(1, "bce", normalise="data"), data, metrics=("iou",), keep_best=False)


def write_table(folder: Path, rows: int = 24) -> None:
    (folder / "photos").mkdir(parents=True)
    with (folder / "list.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "kind", "left", "top", "part", "count"])
        for row in range(rows):
            Image.fromarray(drawn(row % 3, row)).save(folder / "photos" / f"{row}.png")
            part = ("train", "train", "val", "test")[row % 4]
            writer.writerow([f"photos/{row}.png", "abc"[row % 3], row % 3 * 3 + 0.5, row % 5, part, 1 + row % 2])
        writer.writerow(["photos/missing.png", "a", 1, 1, "train", 1])


def table(target: str, *more: Column) -> tuple[Column, ...]:
    kinds = {"file": "image", "kind": "category", "left": "number", "top": "number", "part": "category"}
    columns = [
        Column(name, kind, "target" if name in target.split() else "feature" if kind == "image" else "ignored")  # type: ignore[arg-type]
        for name, kind in kinds.items()
    ]
    return (*columns, *more)


def paths_with_labels(folder: Path) -> Project:
    write_table(folder)
    augment = (Augmentation("flip"), Augmentation("mixup"), Augmentation("blur", off=True))
    data = ImageData("list.csv", Split("column", column="part"), "table", columns=table("kind"), augment=augment)
    return with_training(cnn(3, "cross_entropy", mode="colour"), data)


def paths_with_numbers(folder: Path) -> Project:
    """Two numbers to predict, samples that count unlike."""
    write_table(folder)
    columns = table("left top", Column("count", "number", "weight"))
    data = ImageData("list.csv", Split(seed=2), "table", columns=columns, augment=(Augmentation("colour"),))
    return with_training(cnn(2, "mse", mode="colour"), data)


MOVING = tuple(Augmentation(key) for key, kind in AUGMENTATIONS.items() if kind.geometric)


def places_in_pixels(folder: Path) -> Project:
    """A key point in pixels of pictures that are cut to their middle, moved in every way, then lit otherwise."""
    write_table(folder)
    augment = (*MOVING, Augmentation("colour"), Augmentation("mixup"))
    data = ImageData("list.csv", Split(seed=2), "table", columns=table("left top"), augment=augment)
    return with_training(cnn(2, "mse", mode="colour", resize="crop", normalise="data"), data)


def boxes_and_a_class(folder: Path) -> Project:
    """Boxes as shares of pictures, learned by one output, a class by another."""
    (folder / "photos").mkdir(parents=True)
    with (folder / "list.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "kind", "x", "y", "width", "height"])
        for row in range(24):
            Image.fromarray(drawn(row % 3, row)).save(folder / "photos" / f"{row}.png")
            writer.writerow([f"photos/{row}.png", "abc"[row % 3], 2 / 13, row % 3 / 5, 7 / 13, (row % 4 + 1) / 15])
    box = ("x", "y", "width", "height")
    columns = (
        Column("file", "image"),
        Column("kind", "category", "target"),
        *[Column(each, role="target") for each in box],
    )
    outputs = {"kind": (3, "cross_entropy"), box: (4, "huber")}
    project = merged({"image_input": {"height": 12, "width": 10}}, outputs)  # type: ignore[arg-type]
    return with_training(project, ImageData("list.csv", Split(seed=5), "table", columns=columns, augment=MOVING))


def paths_with_one_number(folder: Path) -> Project:
    write_table(folder)
    data = ImageData("list.csv", Split(seed=2), "table", columns=table("left"), augment=(Augmentation("shift"),))
    return with_training(cnn(1, "mse", mode="colour"), data)


def pixels_in_columns(folder: Path) -> Project:
    with (folder / "digits.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["label", *(f"pixel{place}" for place in range(64))])
        for row in range(40):
            values = np.clip(drawn(row % 3, row)[:8, :8, row % 3].astype(int) // 15, 0, 16)
            writer.writerow([row % 3, *values.ravel()])
    columns = (Column("label", "category", "target"),)
    data = ImageData("digits.csv", Split(seed=4), "pixels", columns=columns, augment=(Augmentation("rotate"),))
    return with_training(cnn(3, "cross_entropy"), data)


def write_idx(folder: Path, part: str, count: int, packed: bool) -> None:
    folder.mkdir(exist_ok=True)
    pictures = np.stack([drawn(row % 3, row)[:12, :10, row % 3] for row in range(count)])
    labels = (np.arange(count) % 3 + 4).astype(np.uint8)
    for name, values, axes in ((f"{part}-images-idx3-ubyte", pictures, 3), (f"{part}-labels-idx1-ubyte", labels, 1)):
        content = bytes([0, 0, 8, axes]) + struct.pack(f">{axes}I", *values.shape) + values.tobytes()
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)


def idx_files(folder: Path) -> Project:
    write_idx(folder / "mnist", "train", 40, packed=False)
    write_idx(folder / "mnist", "t10k", 15, packed=True)
    data = ImageData("mnist", Split("folders"), "idx", augment=(Augmentation("shift"), Augmentation("cut_out")))
    return with_training(cnn(3, "cross_entropy", normalise="data"), data)


def one_fold_of_classes(folder: Path) -> Project:
    project = colour_by_imagenet(folder)
    data = ImageData("pictures/train", Split(folds=3, fold=2))
    return replace(project, data=data)


def one_fold_of_masks(folder: Path) -> Project:
    project = masks_of_two(folder)
    return replace(project, data=ImageData("cells", Split(folds=3, fold=1), "masks"))


def one_fold_of_rows(folder: Path) -> Project:
    project = paths_with_one_number(folder)
    return replace(project, data=replace(project.data, split=Split(folds=3, fold=3)))  # type: ignore[arg-type]


CASES: list[Callable[[Path], Project]] = [
    deep_grey_augmented,
    colour_by_imagenet,
    masks_of_classes,
    masks_of_two,
    paths_with_labels,
    paths_with_numbers,
    paths_with_one_number,
    places_in_pixels,
    boxes_and_a_class,
    pixels_in_columns,
    idx_files,
    one_fold_of_classes,
    one_fold_of_masks,
    one_fold_of_rows,
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """Run, script and printed lines of each case; all scripts ran in one process of their own."""
    return train_and_export_each(by_name(CASES), tmp_path_factory)


@pytest.mark.parametrize("case", [case.__name__ for case in CASES])
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path, str]], case: str) -> None:
    run, script, printed = trained[case]
    [weights] = script.parent.glob("weights*.pt")
    assert_same_weights(run, weights)
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["test"]
    figures = " ".join(f"{name} {value:.4g}" for name, value in metrics["test"].items())
    assert f"test  {figures}\n" in printed or (case.startswith("one_fold") and figures in printed)


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path, str]]) -> None:
    assert_formatted([script for _, script, _ in trained.values()])


def test_scripts_hold_only_what_their_project_uses(trained: dict[str, tuple[Path, Path, str]]) -> None:
    texts = {case: script.read_text(encoding="utf-8") for case, (_, script, _) in trained.items()}
    tables = {case for case in texts if case.startswith("p")} | {"one_fold_of_rows", "boxes_and_a_class"}
    assert {case for case, text in texts.items() if "import pandas" in text} == tables
    assert {case for case, text in texts.items() if "def mixup" in text} == {
        "deep_grey_augmented",
        "colour_by_imagenet",
        "paths_with_labels",
        "places_in_pixels",
    }
    assert {case for case, text in texts.items() if "class Places" in text} == {"places_in_pixels", "boxes_and_a_class"}
    assert {case for case, text in texts.items() if "def blur" in text} == {"deep_grey_augmented"}
    assert {case for case, text in texts.items() if "def read_masks" in text} == {
        "masks_of_classes",
        "masks_of_two",
        "one_fold_of_masks",
    }
    assert {case for case, text in texts.items() if "def read_idx" in text} == {"idx_files"}
    assert {case for case, text in texts.items() if "def between_norms" in text} == {
        "deep_grey_augmented",
        "colour_by_imagenet",
        "masks_of_two",
        "idx_files",
        "places_in_pixels",
    }
