"""Inputs of unlike kinds from one table: pictures, numbers, codes and texts, from the data to a script that agrees."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.exporting.export import export
from designer.project.file import load_project
from designer.project.model import Augmentation, ImageData, Project, Split, TableData, Training
from designer.training.run import train
from tests.helpers.exported import assert_formatted, assert_same_weights, run_each, run_scripts
from tests.helpers.mixed import NOTES, house_columns, houses, merged, write_houses
from tests.journeys.test_command_line import layerloom, layerloom_json

COLOUR = {"height": 10, "width": 12, "mode": "colour", "normalise": "data"}


def with_training(project: Project, data: ImageData, **settings: object) -> Project:
    training = Training(epochs=2, batch_size=8, seed=3, device="cpu", **settings)  # type: ignore[arg-type]
    return replace(project, data=data, training=training)


def every_kind(folder: Path) -> Project:
    """Numbers, dates, codes, a text and a photo, which is drawn last; rows count unlike; one photo is not there."""
    write_houses(folder, changed={(3, "area"): "", (5, "photo"): "photos/gone.png", (7, "garden"): ""})
    columns = house_columns("price", "rooms", "area", "garden", "sold", "note", count="weight")
    columns = tuple(replace(each, encode="codes") if each.name == "garden" else each for each in columns)
    inputs = {"text_input": {"vocabulary": 40}, "table_input": {}, "codes_input": {}, "image_input": COLOUR}
    project = merged(inputs, {"price": (1, "mse")})
    return with_training(project, houses(columns, augment=(Augmentation("flip"), Augmentation("colour"))))


def classes_mixed(folder: Path) -> Project:
    """Classes that count alike in all, samples mixed with one another, split by a column; gaps drop their rows."""
    write_houses(folder, changed={(4, "area"): "", (6, "kind"): "", (9, "photo"): ""})
    columns = house_columns("kind", "rooms", "area", "garden", part="split")
    columns = tuple(replace(each, off=("missing",)) if each.name == "area" else each for each in columns)
    project = merged({"image_input": COLOUR, "table_input": {}}, {"kind": (3, "cross_entropy")})
    augment = (Augmentation("rotate"), Augmentation("mixup", {"strength": 0.8}))
    data = houses(columns, Split("column", column="part"), augment=augment)
    return with_training(project, data, class_weights="balanced")


def two_answers(folder: Path) -> Project:
    """A class and a number, owners not torn apart, two table inputs that name their columns."""
    write_houses(folder)
    columns = house_columns("price kind", "rooms", "area", "garden", owner="group")
    project = merged(
        {"image_input": {**COLOUR, "normalise": "imagenet"}, "table_input": {"columns": ("garden", "rooms")}},
        {"price": (1, "huber"), "kind": (3, "cross_entropy")},
    )
    return with_training(project, houses(columns, Split("group", seed=1), augment=(Augmentation("flip"),)))


def one_fold(folder: Path) -> Project:
    write_houses(folder)
    project = merged({"table_input": {}, "image_input": {"height": 8, "width": 8}}, {"price": (1, "mse")})
    return with_training(project, houses(house_columns("price", "rooms", "sold"), Split(folds=3, fold=2)))


CASES: list[Callable[[Path], Project]] = [every_kind, classes_mixed, two_answers, one_fold]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Run and script of each case; all scripts ran in one process of their own."""
    found = {}
    for case in CASES:
        folder = tmp_path_factory.mktemp(case.__name__) / "data"
        run, script = folder / "p.runs" / "2026-11-21-001", folder / "elsewhere" / "train.py"
        project = case(folder)
        run.mkdir(parents=True)
        for _ in train(project, folder, run):
            pass
        script.parent.mkdir()
        export(run, "script", script)
        found[case.__name__] = (run, script)
    run_each([script for _, script in found.values()], tmp_path_factory.mktemp("empty"))
    return found


@pytest.mark.parametrize("case", [case.__name__ for case in CASES])
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path]], case: str) -> None:
    run, script = trained[case]
    [weights] = script.parent.glob("weights*.pt")
    assert_same_weights(run, weights)
    assert json.loads((run / "metrics.json").read_text())["test"]


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path]]) -> None:
    assert_formatted([script for _, script in trained.values()])


def test_the_network_takes_pictures_first_and_names_what_it_takes(trained: dict[str, tuple[Path, Path]]) -> None:
    text = trained["every_kind"][1].read_text(encoding="utf-8")
    assert "def forward(self, image1, text1, features1, codes1):" in text
    assert 'CODES1_COLUMNS = ["garden"]' in text


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_houses_from_the_table_to_the_script(tmp_path: Path) -> None:
    """New, train with no editing, evaluate, predict, export: photos with columns beside them."""
    write_houses(tmp_path, 60, changed={(8, "area"): "", (11, "photo"): "photos/gone.png"})
    made = layerloom(tmp_path, "new", "houses.csv", "--target", "price", "-o", "p.loom")
    assert "names 60 pictures, in colour" in made and "“rooms”, “area”" in made
    checked = layerloom_json(tmp_path, "check", "p.loom")
    assert (checked["ok"], checked["problems"]) == (True, [])
    assert {"image_input", "table_input", "text_input", "concatenate"} <= {each["type"] for each in checked["layers"]}
    trained = layerloom_json(tmp_path, "train", "p.loom", "--device", "cpu", "--set", "training.epochs=60")
    assert trained["test"]["r2"] > 0.5
    [run] = [path for path in (tmp_path / "p.runs").iterdir() if path.is_dir()]
    assert layerloom_json(tmp_path, "evaluate", run)["test"] == trained["test"]
    assert layerloom_json(tmp_path, "evaluate", run, "--data", "houses.csv")["rows"] == {"test": 59}
    layerloom(tmp_path, "predict", run, "houses.csv", "-o", "answers.csv")
    rows = rows_of(tmp_path / "answers.csv")
    assert len(rows) == 60 and [row["file"] for row in rows if not row["predicted_price"]] == ["photos/gone.png"]
    layerloom(tmp_path, "export", run, "--to", "script", "-o", "train.py")
    run_scripts([[str(tmp_path / "train.py"), "--out", str(tmp_path / "w.pt"), "--device", "cpu"]], tmp_path)
    assert_same_weights(run, tmp_path / "w.pt")


def test_notes_with_numbers_from_the_table_to_the_script(tmp_path: Path) -> None:
    """A text and columns beside it: what is said and what is counted both tell the answer."""
    with (tmp_path / "notes.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["note", "stars", "shop", "liked"])
        for row in range(90):
            said, stars = row % 3, (row * 7) % 5
            writer.writerow([f"{NOTES[said]} number {row}", stars, "ab"[row % 2], "yes" if stars + said > 3 else "no"])
    layerloom(tmp_path, "new", "notes.csv", "--target", "liked", "-o", "p.loom")
    project = load_project(tmp_path / "p.loom")
    assert isinstance(project.data, TableData)
    assert {"text_input", "table_input"} <= {node.type for node in project.graph.nodes.values()}
    trained = layerloom_json(tmp_path, "train", "p.loom", "--device", "cpu", "--set", "training.epochs=40")
    assert trained["test"]["accuracy"] > 0.7
    [run] = [path for path in (tmp_path / "p.runs").iterdir() if path.is_dir()]
    assert layerloom_json(tmp_path, "evaluate", run)["test"] == trained["test"]
    layerloom(tmp_path, "predict", run, "notes.csv", "-o", "answers.csv")
    right = [row["predicted_liked"] for row in rows_of(tmp_path / "answers.csv")]
    asked = [row["liked"] for row in rows_of(tmp_path / "notes.csv")]
    assert sum(said == wanted for said, wanted in zip(right, asked, strict=True)) > 75
    layerloom(tmp_path, "export", run, "--to", "script", "-o", "train.py")
    run_scripts([[str(tmp_path / "train.py"), "--out", str(tmp_path / "w.pt"), "--device", "cpu"]], tmp_path)
    assert_same_weights(run, tmp_path / "w.pt")
