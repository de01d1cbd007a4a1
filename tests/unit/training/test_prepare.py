"""Data: from a file or folder to tensors, with everything that was done said aloud."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from designer.project.model import Column, ImageData, Project, Split, TableData
from designer.training.errors import RunError
from designer.training.prepare import data_hash, facts_of, read_data
from tests.helpers.graphs import chain
from tests.helpers.training import class_project, number_project, write_csv


def with_columns(project: Project, **changes: dict[str, object]) -> Project:
    assert isinstance(project.data, TableData)
    columns = tuple(replace(column, **changes.get(column.name, {})) for column in project.data.columns)  # type: ignore[arg-type]
    return replace(project, data=replace(project.data, columns=columns))


def with_split(project: Project, **changes: object) -> Project:
    assert project.data is not None
    return replace(project, data=replace(project.data, split=replace(project.data.split, **changes)))  # type: ignore[arg-type]


def test_a_number_is_standardised_by_the_training_part_alone(tmp_path: Path) -> None:
    data = read_data(number_project(tmp_path), tmp_path)
    assert data.train.inputs[0].shape == data.train.targets.shape == (8, 1)
    assert data.train.inputs[0].mean().item() == pytest.approx(0, abs=1e-6)
    assert data.train.targets.std(correction=0).item() == pytest.approx(1, abs=1e-6)
    target = data.preparation["target"]
    assert (data.test.targets * target["scale"] + target["offset"]).flatten().tolist() == pytest.approx([121.0, 99.0])
    assert len(data.validation) == 0
    assert data.facts.target_kind == "number"
    assert data.facts.target_minimum == 79.9
    assert data.facts.rows == {"train": 8, "validation": 0, "test": 2}


def test_classes_are_split_in_equal_shares_and_gaps_are_filled_aloud(tmp_path: Path) -> None:
    data = read_data(class_project(tmp_path), tmp_path)
    assert data.facts.features == ("x", "y", "colour=blue", "colour=red")
    assert data.facts.classes == ("ant", "bee", "cat")
    assert data.train.targets.dtype == torch.int64
    for part in data.parts.values():
        counts = Counter(part.targets.tolist())
        assert max(counts.values()) - min(counts.values()) <= 2
    assert sum(data.facts.rows.values()) == 90
    assert any("colour filled with the most frequent value" in note for note in data.facts.notes)


def test_the_same_seed_gives_the_same_parts_and_another_one_others(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    one, same, other = (
        read_data(changed, tmp_path).test.inputs[0] for changed in (project, project, with_split(project, seed=5))
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_two_classes_make_a_binary_target(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ("x", "y"), [(n, "yes" if n > 20 else "no") for n in range(40)])
    columns = (Column("x"), Column("y", "boolean", "target"))
    data = read_data(Project(data=TableData("a.csv", columns=columns)), tmp_path)
    assert data.facts.target_kind == "binary"
    assert len(data.facts.classes) == 2
    assert data.train.targets.shape == (len(data.train), 1)
    assert data.train.targets.dtype == torch.float32


def test_rows_without_a_target_or_with_gaps_are_left_out_aloud(tmp_path: Path) -> None:
    rows = [(n, n % 7, n * 2) for n in range(50)]
    write_csv(tmp_path / "a.csv", ("a", "b", "t"), [*rows, ("", 1, 2), (1, "", 2), (1, 2, "")])
    columns = (Column("a", missing="drop"), Column("b"), Column("t", role="target"))
    data = read_data(Project(data=TableData("a.csv", columns=columns)), tmp_path)
    assert sum(data.facts.rows.values()) == 51
    assert any("1 row was left out, which have no t" in note for note in data.facts.notes)
    assert any("missing cell in a column where such rows are dropped" in note for note in data.facts.notes)
    assert any(note.startswith("1 missing cell of b filled with the mean") for note in data.facts.notes)


def test_the_output_may_name_another_target(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    project = chain("table_input", ("output", {"target": "x"}), project=replace(project, graph=Project().graph))
    facts = facts_of(project, tmp_path)
    assert facts.target == "x"
    assert facts.target_kind == "number"
    assert not any(name.startswith(("x", "animal")) for name in facts.features)


def test_what_was_learned_is_applied_again_without_learning(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    learned = read_data(project, tmp_path)
    again = read_data(with_split(project, seed=8), tmp_path, learned.preparation)
    assert again.preparation == learned.preparation
    assert abs(again.train.inputs[0][:, 0].mean().item()) > 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"animal": {"role": "ignored"}}, "No column is the target"),
        ({name: {"role": "ignored"} for name in ("x", "y", "colour")}, "No column is a feature"),
        ({"colour": {"kind": "date"}}, r"line 2, column “colour”: “blue” is no date"),
        ({"animal": {"kind": "date"}}, "holds dates"),
        ({"colour": {"kind": "number"}}, r"animals\.csv, line \d+, column “colour”"),
    ],
)
def test_columns_that_cannot_be_used_are_refused_in_words(
    tmp_path: Path, change: dict[str, dict[str, object]], message: str
) -> None:
    with pytest.raises(RunError, match=message):
        read_data(with_columns(class_project(tmp_path), **change), tmp_path)


def test_missing_data_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no data yet"):
        read_data(Project(), tmp_path)
    project = class_project(tmp_path)
    (tmp_path / "animals.csv").unlink()
    with pytest.raises(RunError, match=r"animals\.csv"):
        read_data(project, tmp_path)
    assert data_hash(project, tmp_path) == ""


def paint(path: Path, value: int, size: tuple[int, int] = (9, 7)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(size, value, dtype=np.uint8)).save(path)


def pictures(folder: Path, parts: tuple[str, ...] = ("",), classes: int = 3) -> None:
    for part in parts:
        for code in range(classes):
            for number in range(10):
                paint(folder / part / f"class{code}" / f"{number}.png", 40 * code + number)


def image_project(by: str = "share", **fields: object) -> Project:
    data = ImageData("pictures", split=Split(by=by))  # type: ignore[arg-type]
    return chain(("image_input", {"height": 5, "width": 6, **fields}), "flatten", "output", project=Project(data=data))  # type: ignore[dict-item]


@pytest.mark.parametrize(("mode", "channels"), [("grey", 1), ("colour", 3)])
def test_pictures_become_numbers_from_0_to_1_in_the_size_of_the_input(tmp_path: Path, mode: str, channels: int) -> None:
    pictures(tmp_path / "pictures")
    data = read_data(image_project(mode=mode), tmp_path)
    assert data.train.inputs[0].shape[1:] == (channels, 5, 6)
    brightness = torch.cat([part.ready().inputs[0][:, 0, 0, 0] for part in data.parts.values()])
    expected = [(40 * code + number) / 255 for code in range(3) for number in range(10)]
    assert sorted(brightness.tolist()) == pytest.approx(sorted(expected))
    for part in data.parts.values():
        codes = (part.ready().inputs[0][:, 0, 0, 0] * 255).round().long() // 40
        assert torch.equal(codes, part.targets)
    assert data.facts.rows == {"train": 22, "validation": 4, "test": 4}
    assert data.facts.classes == ("class0", "class1", "class2")


def test_part_folders_say_which_picture_is_for_what(tmp_path: Path) -> None:
    pictures(tmp_path / "pictures", ("train", "test"))
    facts = facts_of(image_project("folders"), tmp_path)
    assert facts.rows["test"] == 30
    assert facts.rows["train"] + facts.rows["validation"] == 30
    assert facts.rows["validation"] > 0
    pictures(tmp_path / "pictures", ("valid",))
    assert facts_of(image_project("folders"), tmp_path).rows == {"train": 30, "validation": 30, "test": 30}


def test_two_folders_make_a_binary_target(tmp_path: Path) -> None:
    pictures(tmp_path / "pictures", classes=2)
    data = read_data(image_project(), tmp_path)
    assert data.facts.target_kind == "binary"
    assert data.train.targets.shape[1:] == (1,)


def test_a_spoiled_picture_is_left_out_and_named(tmp_path: Path) -> None:
    pictures(tmp_path / "pictures")
    (tmp_path / "pictures" / "class1" / "3.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    data = read_data(image_project(), tmp_path)
    assert sum(data.facts.rows.values()) == 29
    assert any("class1/3.png" in note for note in data.facts.notes)


def test_what_pillow_remarks_beside_its_errors_stays_off_standard_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from designer.runtime import images

    def remarking(picture: Image.Image) -> Image.Image:
        logging.getLogger("PIL.TiffImagePlugin").error("More samples per pixel than can be decoded")
        return picture

    monkeypatch.setattr(images, "turned", remarking)
    logging.getLogger("PIL").setLevel(logging.NOTSET)
    pictures(tmp_path / "pictures")
    read_data(image_project(), tmp_path)
    assert capfd.readouterr().err == ""


def test_folders_that_hold_no_pictures_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "pictures" / "class0").mkdir(parents=True)
    with pytest.raises(RunError, match="pictures"):
        read_data(image_project(), tmp_path)
    with pytest.raises(RunError, match="no folder “train”"):
        read_data(image_project("folders"), tmp_path)


def test_the_hash_follows_names_and_contents(tmp_path: Path) -> None:
    pictures(tmp_path / "pictures")
    project = image_project()
    before = data_hash(project, tmp_path)
    assert data_hash(project, tmp_path) == before
    paint(tmp_path / "pictures" / "class0" / "0.png", 7)
    changed = data_hash(project, tmp_path)
    (tmp_path / "pictures" / "class0" / "0.png").rename(tmp_path / "pictures" / "class0" / "x.png")
    assert len({before, changed, data_hash(project, tmp_path)}) == 3
