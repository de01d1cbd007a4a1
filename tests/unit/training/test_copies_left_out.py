"""Copies of pictures are left out where that is wished, the first of each kept, in every layout and said aloud."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.gui.data.pictures_listing import list_pictures
from designer.importing.examine import examine
from designer.importing.image_profile import repeated_of
from designer.layers.recipe import recipe_of, switch_step
from designer.project.file import load_project, save_project
from designer.project.model import Column, ImageData, Project, Split
from designer.runtime.copies import without_copies
from designer.runtime.errors import DataError
from designer.runtime.splits import split_rows
from designer.training.prepare import read_data
from designer.workspace.settings import set_setting
from designer.workspace.verbs import check
from tests.helpers.graphs import chain
from tests.helpers.pictures import drawn, idx_bytes, write_classes, write_idx, write_masks, write_paths, write_pixels

CLASS = Column("kind", "category", "target")


def network(last: int, loss: str = "cross_entropy") -> Project:
    layers = ("flatten", ("linear", {"out_features": last}), ("output", {"loss": loss}))
    return chain(("image_input", {"height": 8, "width": 8, "mode": "grey"}), *layers)


def in_class_folders(folder: Path) -> ImageData:
    """Folders for train and test; three pictures to test with are copies, one of them in another class."""
    for part, count in (("train", 8), ("test", 4)):
        write_classes(folder / "pets" / part, count)
    for code in range(3):
        for number in range(4):
            negative = Image.fromarray(255 - drawn(code, number))
            negative.save(folder / "pets" / "test" / f"class {code}" / f"{number}.png")
    train, test = folder / "pets" / "train", folder / "pets" / "test"
    shutil.copy(train / "class 0" / "1.png", test / "class 0" / "again.png")
    shutil.copy(train / "class 0" / "2.png", test / "class 1" / "again.png")
    shutil.copy(train / "class 2" / "3.png", test / "class 2" / "again.png")
    return ImageData("pets", Split("folders", validation=0.0))


def with_masks(folder: Path) -> ImageData:
    write_masks(folder / "cells", 24)
    images = folder / "cells" / "images"
    train, _, test = split_rows(24, 0.2, 0.4, 1)
    for number in test[:3]:
        shutil.copy(images / f"{train[0]:03}.png", images / f"{number:03}.png")
    return ImageData("cells", Split(validation=0.2, test=0.4, seed=1), "masks")


def in_a_table(folder: Path) -> ImageData:
    """Three rows name pictures that other rows name too, or copies of them."""
    table = write_paths(folder / "list", 24)
    with table.open("a", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["photos/4.png", "left", 1, 1])
        writer.writerow(["photos/4.png", "right", 1, 1])
    shutil.copy(folder / "list" / "photos" / "7.png", folder / "list" / "photos" / "8.png")
    columns = (Column("file", "image"), CLASS, Column("x", role="ignored"), Column("y", role="ignored"))
    return ImageData("list/list.csv", Split(validation=0.0, test=0.3), "table", columns=columns)


def in_columns(folder: Path) -> ImageData:
    table = write_pixels(folder / "digits.csv", 40)
    lines = table.read_text().splitlines()
    table.write_text("\n".join([*lines, lines[3], lines[3], lines[9]]) + "\n")
    return ImageData("digits.csv", Split(test=0.4), "pixels", columns=(Column("label", "category", "target"),))


def in_idx_files(folder: Path) -> ImageData:
    """A test part of 10 pictures, three of which are to train with too."""
    write_idx(folder / "idx", "train", 30)
    write_idx(folder / "idx", "t10k", 10)
    path = folder / "idx" / "t10k-images-idx3-ubyte"
    pixels = np.frombuffer(path.read_bytes(), np.uint8, offset=16).reshape(10, 12, 12).copy()
    pixels[3:] ^= 255
    path.write_bytes(idx_bytes(pixels))
    return ImageData("idx", Split("folders", validation=0.0), "idx")


LAYOUTS: dict[str, tuple[Callable[[Path], ImageData], Project]] = {
    "classes": (in_class_folders, network(3)),
    "masks": (
        with_masks,
        chain(
            ("image_input", {"height": 8, "width": 8, "mode": "grey"}),
            ("conv2d", {"out_channels": 1, "kernel_size": 1}),
            ("output", {"loss": "bce"}),
        ),
    ),
    "table": (in_a_table, network(2)),
    "pixels": (in_columns, network(3)),
    "idx": (in_idx_files, network(3)),
}


@pytest.fixture(params=LAYOUTS)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Project, Path]:
    """A project of a layout whose copies are still in, and its folder. There are three copies."""
    write, project = LAYOUTS[request.param]
    return replace(project, data=write(tmp_path)), tmp_path


def leaving_out(project: Project) -> Project:
    return switch_step(project, "", "duplicates", True)


def test_three_copies_are_left_out_and_counted(made: tuple[Project, Path]) -> None:
    project, base = made
    all_rows, fewer = read_data(project, base).facts.rows, read_data(leaving_out(project), base).facts
    assert sum(all_rows.values()) - sum(fewer.rows.values()) == 3
    assert any(
        note.startswith("3 pictures were left out, which are the same, byte for byte, as earlier ones")
        for note in fewer.notes
    )


def test_no_picture_is_met_in_two_parts_or_twice(made: tuple[Project, Path]) -> None:
    project, base = made
    parts = read_data(leaving_out(project), base)
    seen = np.concatenate([part.inputs[0].numpy() for part in (parts.train, parts.validation, parts.test)])
    assert len(np.unique(seen.reshape(len(seen), -1), axis=0)) == len(seen)


def test_the_window_lists_the_same_parts(made: tuple[Project, Path]) -> None:
    project, base = made
    project = leaving_out(project)
    assert isinstance(project.data, ImageData)
    pictures = list_pictures(project, project.data, base)
    rows = read_data(project, base).facts.rows
    assert pictures.part_counts() == {name: count for name, count in rows.items() if count}
    assert pictures.copies == int((pictures.parts < 0).sum()) == 3


def test_folds_are_without_copies_too(made: tuple[Project, Path]) -> None:
    project, base = made
    data = project.data
    assert isinstance(data, ImageData)
    if data.split.by == "folders":
        data = replace(data, path=data.path if data.layout == "idx" else "pets/test")
    rows = 0
    for fold in (1, 2, 3):
        split = Split(validation=0.0, folds=3, fold=fold)
        folded = replace(project, data=replace(data, split=split, drop_duplicates=True))
        rows += read_data(folded, base).facts.rows["test"]
    whole = replace(project, data=replace(data, split=Split(test=0.0, validation=0.0)))
    copies = {"classes": 0, "idx": 0}.get(data.layout, 3)
    assert rows == read_data(whole, base).facts.rows["train"] - copies


def test_the_answer_to_the_warning_ends_it(made: tuple[Project, Path]) -> None:
    project, base = made
    assert isinstance(project.data, ImageData)
    found = repeated_of(project.data, base, project)
    assert found is not None
    assert found.shared > 0
    [warning] = [each for each in examine(project, base).warnings if each.code == "repeated_pictures"]
    assert [answer.label for answer in warning.answers] == ["Leave repeated pictures out"]
    answered = warning.answers[0].edit(project)
    assert answered == leaving_out(project)
    assert not [each for each in examine(answered, base).warnings if each.code == "repeated_pictures"]
    # one step back, and all is as it was
    assert switch_step(answered, "", "duplicates", False) == project


def test_it_is_kept_in_the_file_and_set_in_words(made: tuple[Project, Path]) -> None:
    project, base = made
    project = leaving_out(project)
    save_project(project, base / "p.loom")
    assert load_project(base / "p.loom").data == project.data
    off = set_setting(project, "data.drop_duplicates=false")
    save_project(off, base / "off.loom")
    assert "drop_duplicates" not in (base / "off.loom").read_text()
    assert set_setting(off, "data.drop_duplicates=true") == project
    assert [step.on for step in recipe_of(project.data) if step.key == "duplicates"] == [True]


def test_checking_says_how_many_are_left_out(made: tuple[Project, Path]) -> None:
    project, base = made
    _, facts = check(leaving_out(project), base)
    assert facts is not None
    assert any("3 pictures were left out" in note for note in facts.notes)


def test_copies_with_another_target_are_counted(tmp_path: Path) -> None:
    for layout, said in (("classes", "1 of them has another target."), ("table", "another target")):
        write, project = LAYOUTS[layout]
        data = write(tmp_path)
        note = read_data(leaving_out(replace(project, data=data)), tmp_path).facts.notes[0]
        assert said in note


def test_where_nothing_is_left_to_train_with_it_is_refused() -> None:
    places = np.array([2, 3]), np.array([0]), np.array([1])
    with pytest.raises(DataError, match="each picture to train with is a copy"):
        without_copies(places, np.array([0, 1, 0, 1]))
    kept = without_copies(places, np.array([0, 0, 2, 2]))
    assert [rows.tolist() for rows in kept] == [[2], [0], []]


def test_a_part_of_copies_alone_is_told_to_be_empty(tmp_path: Path) -> None:
    write_classes(tmp_path / "pets" / "train", 6)
    shutil.copytree(tmp_path / "pets" / "train", tmp_path / "pets" / "test")
    data = ImageData("pets", Split("folders", validation=0.0), drop_duplicates=True)
    facts = read_data(replace(network(3), data=data), tmp_path).facts
    assert facts.rows == {"train": 18, "validation": 0, "test": 0}
    assert facts.notes[1] == "The test part has no pictures left: all of its own are copies."
