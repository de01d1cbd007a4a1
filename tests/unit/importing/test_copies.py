"""Pictures that lie in two parts are found by their bytes, in every layout, and told before anything is trained."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from designer.gui.data.pictures_listing import list_pictures
from designer.gui.data.pictures_looks import compared, looked_through
from designer.importing.copies import met_again
from designer.importing.examine import examine, examine_file
from designer.importing.image_profile import repeated_of
from designer.importing.profiles import ImagesProfile
from designer.project.model import Column, ImageData, ImageLayout, Project, Split
from designer.runtime.copies import PROBE, copies_of_files, copies_of_pixels
from designer.runtime.splits import split_fold
from designer.training.copies import same_files
from designer.training.prepare import read_data
from designer.training.wanted import Unwanted, while_wanted
from designer.workspace.verbs import new
from tests.helpers.mixed import house_columns, houses, merged, write_houses
from tests.helpers.pictures import write_classes, write_idx, write_masks, write_paths


def test_files_are_the_same_where_all_of_their_bytes_are(tmp_path: Path) -> None:
    long = bytes(range(256)) * 100
    assert len(long) > 4 * PROBE
    contents = [b"one", b"two", long, b"one", long[:-1] + b"!", long, b"", b""]
    paths = [tmp_path / str(number) for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    assert copies_of_files(paths).tolist() == [0, 1, 2, 0, 4, 2, 6, 6]
    # what is gone is told elsewhere
    paths[5].unlink()
    assert copies_of_files(paths).tolist() == [0, 1, 2, 0, 4, 5, 6, 6]


def test_only_files_of_the_same_size_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / str(number) for number in range(9)]
    for number, path in enumerate(paths):
        path.write_bytes(b"x" * number)
    paths[8].write_bytes(b"y" * 7)
    opened: list[str] = []
    usual = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *how: opened.append(path.name) or usual(path, *how))
    assert copies_of_files(paths).tolist() == list(range(9))
    assert sorted(opened) == ["7", "8"]


def test_files_that_nobody_waits_for_are_not_compared(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(4)]
    for path in paths:
        path.write_bytes(b"alike")
    for calls in (0, 3, 5, 9):
        left = iter(range(calls))
        with while_wanted(lambda left=left: next(left, None) is not None), pytest.raises(Unwanted):  # type: ignore[misc]
            same_files(paths)
    assert same_files(paths).tolist() == copies_of_files(paths).tolist() == [0, 0, 0, 0]


def test_what_is_met_again_is_counted_among_the_test_pictures() -> None:
    firsts = copies_of_pixels(np.array([[1], [2], [1], [2], [3], [3], [1]], dtype=np.uint8))
    assert firsts.tolist() == [0, 1, 0, 1, 4, 4, 0]
    parts = np.array([0, 1, 2, 2, 2, 2, -1])
    found = met_again(firsts, parts, str)
    assert found is not None
    # two that are alike within the test part are met in no other
    assert (found.tests, found.shared, found.example) == (4, 2, ("2", "0"))
    assert met_again(firsts, np.zeros(7), str) is None


def copied(folder: Path) -> Path:
    """Pictures of classes in folders for train and test, of which 3 to test with are copies under another name."""
    for part in ("train", "test"):
        write_classes(folder / part, 24 if part == "train" else 4)
    for number in range(4):
        for code in range(3):
            # what was written for both parts is alike: all but three get pixels of their own
            path = folder / "test" / f"class {code}" / f"{number}.png"
            if number:
                shutil.copy(folder / "train" / f"class {code}" / f"{number + 9}.png", path)
                path.write_bytes(path.read_bytes() + bytes([number]))
            else:
                path.rename(path.with_name("again.png"))
    return folder


def test_pictures_in_two_folders_are_warned_of(tmp_path: Path) -> None:
    found = examine_file(copied(tmp_path / "pets"), None)
    warning = next(each for each in found.warnings if each.code == "repeated_pictures")
    assert warning.severity == "important"
    assert warning.sentence.startswith("3 of 12 test pictures (25 %) are the same, byte for byte, as one to train")
    assert "test/class 0/again.png is train/class 0/0.png once more" in warning.sentence


def test_a_new_project_of_such_pictures_says_so(tmp_path: Path) -> None:
    made = new(copied(tmp_path / "pets"), None, "", tmp_path / "pets.loom")
    assert any("3 of 12 test pictures (25 %) are the same" in note for note in made.notes)


def test_pictures_are_compared_as_they_are_divided(tmp_path: Path) -> None:
    folder = write_masks(tmp_path / "cells", 30)
    data = ImageData("cells", Split(validation=0.2, test=0.2), "masks")
    found = repeated_of(data, tmp_path)
    assert found is not None
    assert (found.tests, found.shared) == (6, 0)
    pictures = sorted((folder / "images").iterdir())
    for path in pictures[1:]:
        path.write_bytes(pictures[0].read_bytes())
    found = repeated_of(data, tmp_path)
    assert found is not None
    assert found.shared == 6


@pytest.mark.parametrize("layout", ["classes", "masks", "idx"])
def test_with_folds_it_is_the_parts_of_the_fold_that_are_compared(tmp_path: Path, layout: ImageLayout) -> None:
    if layout == "idx":
        write_idx(tmp_path / "idx", "train")
    else:
        (write_classes if layout == "classes" else write_masks)(tmp_path / layout, 10 if layout == "classes" else 30)
    data = ImageData(layout, Split(folds=5, fold=2), layout)
    found = repeated_of(data, tmp_path)
    assert found is not None
    assert found.tests == 6 != repeated_of(replace(data, split=Split()), tmp_path).tests  # type: ignore[union-attr]
    pictures = list_pictures(Project(data=data), data, tmp_path)
    assert pictures.part_counts()["test"] == 6
    if layout == "classes":
        prepared = split_fold(30, 5, 2, data.split.validation, data.split.seed, pictures.codes)
        assert [np.flatnonzero(pictures.parts == part).tolist() for part in range(3)] == [
            rows.tolist() for rows in prepared
        ]


def test_rows_that_training_leaves_out_are_in_no_part(tmp_path: Path) -> None:
    write_houses(tmp_path, changed={(row, "area"): "" for row in (3, 8, 20)})
    columns = tuple(
        replace(each, missing="drop") if each.name == "area" else each
        for each in house_columns("price", "area", "rooms")
    )
    fields = {"height": 8, "width": 8, "mode": "colour"}
    project = merged({"image_input": fields, "table_input": {}}, {"price": (1, "mse")})
    data = houses(columns)
    project = replace(project, data=data)
    rows = read_data(project, tmp_path).facts.rows
    assert sum(rows.values()) == 37
    pictures = list_pictures(project, data, tmp_path)
    assert pictures.part_counts() == rows
    assert np.flatnonzero(pictures.parts < 0).tolist() == [3, 8, 20]
    first, then = (np.flatnonzero(pictures.parts == part)[:3] for part in (0, 2))
    for before, after in zip(first, then, strict=True):
        shutil.copy(pictures.files[before], pictures.files[after])
    told = repeated_of(data, tmp_path, project)
    assert told is not None
    assert (told.tests, told.shared) == (rows["test"], 3)
    looked = looked_through(data, tmp_path, pictures)
    assert looked.profile.repeated is not None
    assert (looked.profile.repeated.tests, looked.profile.repeated.shared) == (rows["test"], 3)


def test_other_parts_of_the_same_pictures_are_compared_without_reading_them(tmp_path: Path) -> None:
    folder = write_classes(tmp_path / "pets", 10)
    shutil.copy(folder / "class 0" / "0.png", folder / "class 0" / "1.png")
    data = ImageData("pets", Split())
    pictures = list_pictures(Project(data=data), data, tmp_path)
    looked = looked_through(data, tmp_path, pictures)
    shutil.rmtree(folder)
    parts = np.array([2, 0] + [1] * 28)
    repeated = compared(looked, replace(pictures, parts=parts), data).profile.repeated
    assert repeated is not None
    assert (repeated.tests, repeated.shared) == (1, 1)


def test_pictures_of_a_table_and_of_idx_files_are_compared(tmp_path: Path) -> None:
    folder = write_paths(tmp_path / "list", 24).parent
    columns = (Column("file", "image"), Column("kind", "category", "target"), Column("x"), Column("y"))
    data = ImageData("list/list.csv", Split(test=0.25), "table", columns=columns)
    found = repeated_of(data, tmp_path)
    assert found is not None
    assert (found.tests, found.shared) == (6, 0)
    pictures = sorted((folder / "photos").iterdir())
    for path in pictures[1:]:
        path.write_bytes(pictures[0].read_bytes())
    profile = examine(Project(data=data), tmp_path).profile
    assert isinstance(profile, ImagesProfile)
    assert profile.repeated is not None
    assert profile.repeated.shared == 6
    (tmp_path / "idx").mkdir()
    for part in ("train", "test"):
        write_idx(tmp_path / "idx", part)
    given = repeated_of(ImageData("idx", Split("folders"), "idx"), tmp_path)
    assert given is not None
    assert (given.tests, given.shared) == (30, 30)
    # what training refuses is not told twice
    assert repeated_of(ImageData("list", Split("folders"), "classes"), tmp_path) is None
