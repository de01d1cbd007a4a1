"""Pictures in folders are divided as their folders say; a part that has none takes its share of those to train with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from designer.runtime.errors import DataError
from designer.runtime.folders import list_image_parts
from designer.runtime.splits import split_rows


def fill(folder: Path, *names: str, count: int = 10) -> None:
    """Empty files: none of them is read."""
    for name in names:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            (folder / name / f"{number}.png").touch()


@pytest.mark.parametrize("stratify", [True, False])
def test_without_parts_the_shares_are_of_all_pictures(tmp_path: Path, stratify: bool) -> None:
    fill(tmp_path, "ant", "bee")
    paths, labels, classes, parts = list_image_parts(tmp_path, False, 0.2, 0.2, 3, stratify)
    assert len(paths) == 20 and labels.tolist() == [0] * 10 + [1] * 10 and classes == ["ant", "bee"]
    wanted = split_rows(20, 0.2, 0.2, 3, labels if stratify else None)
    assert all(np.array_equal(part, each) for part, each in zip(parts, wanted, strict=True))


def test_folders_are_the_parts_and_what_lacks_one_takes_its_share(tmp_path: Path) -> None:
    fill(tmp_path, "test/ant", "test/bee", count=2)
    fill(tmp_path, "train/ant", "train/bee")
    paths, labels, classes, (train, validation, test) = list_image_parts(tmp_path, True, 0.2, 0.5, 3, True)
    # those to train with come first, whatever their folder is called
    assert [path.parts[-3] for path in paths] == ["train"] * 20 + ["test"] * 4
    assert classes == ["ant", "bee"] and labels[test].tolist() == [0, 0, 1, 1]
    assert test.tolist() == [20, 21, 22, 23]
    wanted = split_rows(20, 0.2, 0.0, 3, labels[:20])
    assert np.array_equal(train, wanted[0]) and np.array_equal(validation, wanted[1]) and len(validation) == 4


def test_a_part_whose_folder_holds_nothing_takes_its_share_as_well(tmp_path: Path) -> None:
    fill(tmp_path, "train/ant", "train/bee")
    fill(tmp_path, "validation/ant", count=0)
    parts = list_image_parts(tmp_path, True, 0.2, 0.0, 3, False)[3]
    assert [len(each) for each in parts] == [16, 4, 0]


def test_parts_without_a_folder_to_train_with_are_refused(tmp_path: Path) -> None:
    fill(tmp_path, "test/ant")
    with pytest.raises(DataError, match="no folder “train”"):
        list_image_parts(tmp_path, True, 0.2, 0.2, 3, False)
