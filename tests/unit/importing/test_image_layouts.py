"""``layerloom new`` knows each layout of pictures, and draws a network that suits it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.compiler.analyse import analyse
from designer.importing.image_layouts import image_layout
from designer.importing.new import NewProject, draft_project
from designer.layers.catalog import values_of
from designer.project.model import ImageData, Project, TableData
from designer.runtime.errors import DataError
from designer.training.prepare import facts_of
from tests.helpers.pictures import write_classes, write_idx, write_masks, write_paths, write_pixels


def drafted(data: Path, target: str | None = None) -> NewProject:
    """The draft for ``data``, which must be sound as it stands."""
    found = draft_project(data, target, data.parent / "p.loom")
    problems = analyse(found.project, facts_of(found.project, data.parent)).problems
    assert [problem.sentence for problem in problems if problem.severity == "error"] == []
    return found


def pictures_of(project: Project) -> ImageData:
    assert isinstance(project.data, ImageData)
    return project.data


def output(project: Project) -> dict[str, object]:
    return dict(values_of(next(node for node in project.graph.nodes.values() if node.type == "output")))


def test_masks(tmp_path: Path) -> None:
    write_masks(tmp_path / "cells", 24, side=30)
    found = drafted(tmp_path / "cells")
    assert pictures_of(found.project).layout == "masks"
    assert output(found.project)["loss"] == "bce"
    assert found.project.training.metrics == ("accuracy", "iou")
    assert "24 pictures with a mask each, in colour; the masks hold the values 0, 255" in found.notes
    assert "the pictures are brought to 32×32 pixels" in found.notes
    write_masks(tmp_path / "more" / "train", 24, values=(0, 5, 9))
    write_masks(tmp_path / "more" / "test", 4, values=(0, 5, 9))
    more = drafted(tmp_path / "more")
    assert output(more.project)["loss"] == "cross_entropy"
    assert pictures_of(more.project).split.by == "folders"


def test_masks_in_folders_of_other_names(tmp_path: Path) -> None:
    write_masks(tmp_path / "cells")
    (tmp_path / "cells" / "images").rename(tmp_path / "cells" / "Imgs")
    (tmp_path / "cells" / "masks").rename(tmp_path / "cells" / "Labels")
    assert image_layout(tmp_path / "cells") == "masks"
    write_classes(tmp_path / "classes")
    assert image_layout(tmp_path / "classes") is None


def test_paths_with_labels(tmp_path: Path) -> None:
    found = drafted(write_paths(tmp_path))
    data = pictures_of(found.project)
    assert (data.layout, output(found.project)["loss"]) == ("table", "bce")
    assert {column.name: (column.kind, column.role) for column in data.columns} == {
        "file": ("image", "feature"),
        "kind": ("category", "target"),
        "x": ("number", "ignored"),
        "y": ("number", "ignored"),
    }
    assert "“file” names 24 pictures, grey" in found.notes


def test_paths_with_numbers(tmp_path: Path) -> None:
    path = write_paths(tmp_path)
    assert output(drafted(path, "x").project)["loss"] == "mse"
    with path.open(newline="") as file:
        rows = [[cell for place, cell in enumerate(row) if place != 1] for row in csv.reader(file)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    found = drafted(path)
    targets = [column.name for column in pictures_of(found.project).columns if column.role == "target"]
    assert targets == ["x", "y"]
    assert "“x”, “y” are taken as the targets" in found.notes


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    path = write_paths(tmp_path)
    (tmp_path / "photos" / "5.png").unlink()
    assert "left out: photos/5.png: there is no such file" in drafted(path).notes
    for picture in (tmp_path / "photos").iterdir():
        picture.unlink()
    with pytest.raises(DataError, match=r"list.csv: none of its 24 pictures can be read; .*there is no such file"):
        draft_project(path, None, tmp_path / "p.loom")
    with pytest.raises(DataError, match="names the pictures, so it cannot be what is predicted"):
        draft_project(write_paths(tmp_path / "again"), "file", tmp_path / "p.loom")


@pytest.mark.parametrize("header", [True, False])
def test_pixels_in_columns(tmp_path: Path, header: bool) -> None:
    side = 8 if header else 14
    found = drafted(write_pixels(tmp_path / "digits.csv", side=side, header=header))
    data = pictures_of(found.project)
    assert data.layout == "pixels"
    assert [(column.name, column.role) for column in data.columns] == [("label" if header else "column_1", "target")]
    assert any(f"60 pictures of {side}×{side} pixels in columns, grey" in note for note in found.notes)


def test_colours_in_columns(tmp_path: Path) -> None:
    with (tmp_path / "skin.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"pixel{place:04}" for place in range(192)), "label"])
        for number in range(40):
            values = np.random.default_rng(number).integers(0, 256, (8, 8, 3))
            values[..., number % 2] = 255
            writer.writerow([*values.ravel(), number % 2])
    found = drafted(tmp_path / "skin.csv")
    assert any("8×8 pixels in columns, in colour" in note for note in found.notes)
    assert output(found.project)["loss"] == "bce"


def test_tables_are_no_pictures(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(30, 64)).round(3)
    with (tmp_path / "sonar.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"band_{place}" for place in range(64)), "kind"])
        writer.writerows([*row, "ab"[number % 2]] for number, row in enumerate(rows))
    assert image_layout(tmp_path / "sonar.csv") is None
    assert isinstance(draft_project(tmp_path / "sonar.csv", None, tmp_path / "p.loom").project.data, TableData)


def test_idx(tmp_path: Path) -> None:
    write_idx(tmp_path / "mnist", "train", 40, packed=True)
    write_idx(tmp_path / "mnist", "t10k", 10)
    for data in (tmp_path / "mnist", tmp_path / "mnist" / "train-images-idx3-ubyte.gz"):
        found = draft_project(data, None, tmp_path / "p.loom")
        assert pictures_of(found.project).layout == "idx"
        assert pictures_of(found.project).split.by == "folders"
        assert "pictures of 3 classes in IDX files: test 10, train 40" in found.notes
    drafted(tmp_path / "mnist")
    with pytest.raises(DataError, match="there is no column “price”"):
        draft_project(tmp_path / "mnist", "price", tmp_path / "p.loom")


def test_small_pictures_are_not_halved_away(tmp_path: Path) -> None:
    write_classes(tmp_path / "pictures", side=8)
    found = drafted(tmp_path / "pictures")
    types = [node.type for node in found.project.graph.nodes.values()]
    assert types.count("conv2d") == 2
    Image.new("L", (8, 8)).save(tmp_path / "pictures" / "class 0" / "more.png")
