"""Samples are listed and copied out, and nobody's work is written over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.model import ImageData, Project
from designer.workspace import samples as module
from designer.workspace.samples import copy_sample, samples
from designer.workspace.verbs import check
from tests.helpers.small import small_project


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of samples: a table and images."""
    samples = tmp_path / "samples"
    small_project(samples / "line", "line")
    card = {"title": "A line", "task": "regression", "data": "60 rows", "summary": "…", "figure": "test MSE 0"}
    (samples / "line" / "sample.json").write_text(json.dumps(card))
    for name in ("cat/1.png", "dog/2.png"):
        picture = samples / "pets" / "images" / name
        picture.parent.mkdir(parents=True)
        picture.write_bytes(name.encode())
    save_project(Project(data=ImageData("images")), samples / "pets" / "pets.loom")
    (samples / "pets" / "sample.json").write_text("{}")
    (samples / "notes").mkdir()
    monkeypatch.setattr(module, "samples_folder", lambda: samples)
    return samples


def test_samples_are_listed_by_name(folder: Path) -> None:
    assert [(each.name, each.task) for each in samples()] == [("line", "regression"), ("pets", "")]


def test_a_table_is_copied_with_its_project_and_again(folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        path = copy_sample("line", tmp_path / "mine" / "deep")
        assert path == tmp_path / "mine" / "deep" / "line.loom"
    assert load_project(path) == load_project(folder / "line" / "line.loom")
    assert sorted(file.name for file in path.parent.iterdir()) == ["line.csv", "line.loom"]


def test_images_are_copied_as_a_whole(folder: Path, tmp_path: Path) -> None:
    copy_sample("pets", tmp_path / "mine")
    copy_sample("pets", tmp_path / "mine")
    files = sorted(path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*.*"))
    assert files == ["images/cat/1.png", "images/dog/2.png", "pets.loom"]


@pytest.mark.parametrize(
    ("name", "touched"), [("line", "line.loom"), ("line", "line.csv"), ("pets", "images/cat/3.png")]
)
def test_what_somebody_changed_stays_and_is_named(folder: Path, tmp_path: Path, name: str, touched: str) -> None:
    (tmp_path / "mine" / touched).parent.mkdir(parents=True)
    (tmp_path / "mine" / touched).write_text("mine")
    with pytest.raises(ProjectError, match=touched.partition("/")[0]):
        copy_sample(name, tmp_path / "mine")
    assert (tmp_path / "mine" / touched).read_text() == "mine"
    assert len([path for path in (tmp_path / "mine").rglob("*") if path.is_file()]) == 1


def test_an_unknown_sample_is_told_the_known_ones(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="line, pets"):
        copy_sample("cats", tmp_path)


def test_data_outside_of_the_sample_is_not_copied(folder: Path, tmp_path: Path) -> None:
    save_project(Project(data=ImageData("../line")), folder / "pets" / "pets.loom")
    with pytest.raises(ProjectError, match="outside"):
        copy_sample("pets", tmp_path / "mine")


def test_every_sample_that_ships_can_be_copied_and_has_no_problem(tmp_path: Path) -> None:
    known = samples()
    assert known
    for each in known:
        assert all((each.title, each.task, each.data, each.summary, each.figure)), each.name
        path = copy_sample(each.name, tmp_path / each.name)
        analysis, facts = check(path)
        assert facts is not None, each.name
        assert [problem.sentence for problem in analysis.problems] == [], each.name
