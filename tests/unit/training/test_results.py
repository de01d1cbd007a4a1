"""Runs that are over: evaluated again, and used to predict."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.project.model import ImageData, Project, Training
from designer.training.errors import RunError
from designer.training.predict import csv_text, predict_run
from designer.training.results import evaluate_run, read_run
from designer.training.run import train
from tests.helpers.graphs import chain
from tests.helpers.training import class_project, class_rows, number_project, trained, with_training, write_csv


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def with_loss(project: Project, loss: str) -> Project:
    output = next(node for node in project.graph.nodes.values() if node.type == "output")
    node = replace(output, fields={"target": "", "loss": loss})
    return replace(project, graph=replace(project.graph, nodes={**project.graph.nodes, output.id: node}))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = tmp_path / "animals.runs" / "1"
    trained(class_project(tmp_path), tmp_path, run)
    return run


def test_a_run_is_read_as_it_was_written(tmp_path: Path, run: Path) -> None:
    record = read_run(run)
    assert record.finished
    assert record.project == with_training(class_project(tmp_path), threads=1, memory_format="contiguous")
    assert record.base == tmp_path
    assert [line["epoch"] for line in record.history] == list(range(1, 9))
    assert record.outcome["confusion"]["classes"] == ["ant", "bee", "cat"]


def test_evaluating_again_gives_the_same_figures(run: Path) -> None:
    metrics = json.loads((run / "metrics.json").read_text())
    again = evaluate_run(run)
    for part in ("train", "validation", "test"):
        assert again[part] == pytest.approx(metrics[part], rel=1e-6)
    assert again["rows"] == {"train": 62, "validation": 14, "test": 14}


def test_evaluating_other_data_uses_all_its_rows(tmp_path: Path, run: Path) -> None:
    other = write_csv(tmp_path / "other.csv", ("animal", "colour", "y", "x"), [row[::-1] for row in class_rows(30, 5)])
    found = evaluate_run(run, other)
    assert found["rows"] == {"test": 30}
    assert found["test"]["accuracy"] > 0.6
    assert found["data"] == str(other)


def test_evaluation_never_runs_the_code_in_the_run_folder(run: Path) -> None:
    (run / "model.py").write_text("raise SystemExit('executed')")
    assert evaluate_run(run)["test"]["accuracy"] >= 0


def test_a_killed_run_is_evaluated_by_its_checkpoint(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    events = train(with_training(class_project(tmp_path), epochs=4), tmp_path, run)
    for event in events:
        if getattr(event, "epoch", 0) == 3:
            break
    events.close()
    (run / "weights.safetensors").unlink()
    assert not read_run(run).finished
    assert evaluate_run(run)["test"]["accuracy"] >= 0


def test_classes_are_predicted_with_probabilities(tmp_path: Path, run: Path) -> None:
    rows = [row[:3] for row in class_rows(12, 7)]
    data = write_csv(tmp_path / "new.csv", ("x", "y", "colour"), rows)
    assert predict_run(run, data, tmp_path / "out.csv") == 12
    found = read_csv(tmp_path / "out.csv")
    names = ["ant", "bee", "cat"]
    assert list(found[0]) == ["predicted_animal", *(f"probability_{name}" for name in names)]
    for row in found:
        likely = [float(row[f"probability_{name}"]) for name in names]
        assert sum(likely) == pytest.approx(1, abs=1e-5)
        assert row["predicted_animal"] == names[likely.index(max(likely))]


def test_a_hinge_gives_scores_for_it_knows_no_probabilities(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(with_loss(class_project(tmp_path), "hinge"), tmp_path, run)
    predict_run(run, tmp_path / "animals.csv", tmp_path / "out.csv")
    assert list(read_csv(tmp_path / "out.csv")[0])[1:] == ["score_ant", "score_bee", "score_cat"]


def test_numbers_are_predicted_in_their_own_units(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(with_training(number_project(tmp_path), epochs=300), tmp_path, run)
    data = write_csv(tmp_path / "new.csv", ("distance",), [(1.0,), (10.0,)])
    predict_run(run, data, tmp_path / "out.csv")
    near, far = (float(row["predicted_price"]) for row in read_csv(tmp_path / "out.csv"))
    assert 140 < near < 155
    assert 70 < far < 85


def test_rows_with_gaps_where_such_rows_are_dropped_stay_empty(tmp_path: Path) -> None:
    project = number_project(tmp_path)
    data = project.data
    columns = tuple(replace(column, missing="drop") for column in data.columns)  # type: ignore[union-attr]
    project = replace(project, data=replace(data, columns=columns))  # type: ignore[type-var,arg-type]
    run = tmp_path / "run"
    trained(project, tmp_path, run)
    new = write_csv(tmp_path / "new.csv", ("distance", "note"), [(1.0, "a"), ("", "b"), (3.0, "c")])
    assert predict_run(run, new, tmp_path / "out.csv") == 3
    cells = [row["predicted_price"] for row in read_csv(tmp_path / "out.csv")]
    assert cells[1] == ""
    assert float(cells[0]) > float(cells[2])


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_no_text_we_write_is_a_formula_and_numbers_stay(sign: str) -> None:
    text = csv_text([f"{sign}head"], [[f"{sign}cmd|' /C calc'!A0", -1.5], ["plain", 2]])
    cells = list(csv.reader(text.splitlines(keepends=True)))
    assert cells[0][0].startswith("'")
    assert f"'{sign}cmd" in text
    assert "-1.5" in text.replace("'", "") and ",-1.5" in text
    assert "plain,2" in text


def test_classes_with_evil_names_are_neutral(tmp_path: Path) -> None:
    rows = [(x, y, colour, {"ant": "=1+1", "bee": "@x", "cat": "-2"}[str(name)]) for x, y, colour, name in class_rows()]
    project = class_project(tmp_path)
    write_csv(tmp_path / "animals.csv", ("x", "y", "colour", "animal"), rows)
    run = tmp_path / "run"
    trained(project, tmp_path, run)
    predict_run(run, tmp_path / "animals.csv", tmp_path / "out.csv")
    assert {row["predicted_animal"] for row in read_csv(tmp_path / "out.csv")} <= {"'=1+1", "'@x", "'-2"}


def test_pictures_are_evaluated_and_predicted_by_their_files(tmp_path: Path) -> None:
    project = picture_project(tmp_path)
    run = tmp_path / "run"
    trained(project, tmp_path, run)
    assert sum(evaluate_run(run)["rows"].values()) == 40
    assert evaluate_run(run, tmp_path / "pictures")["rows"] == {"test": 40}
    (tmp_path / "pictures" / "dark" / "z.png").write_bytes(b"no picture")
    assert predict_run(run, tmp_path / "pictures", tmp_path / "out.csv") == 41
    found = read_csv(tmp_path / "out.csv")
    assert list(found[0]) == ["file", "predicted", "probability_bright", "probability_dark"]
    assert found[0]["file"] == "bright/0.png"
    assert [row["predicted"] for row in found if row["file"] == "dark/z.png"] == [""]
    right = [row["predicted"] == row["file"].split("/")[0] for row in found[:-1]]
    assert sum(right) == 40
    assert predict_run(run, tmp_path / "pictures" / "dark" / "0.png", tmp_path / "out.csv") == 1
    with pytest.raises(RunError, match="no file or folder"):
        predict_run(run, tmp_path / "nothing", tmp_path / "out.csv")


def picture_project(folder: Path) -> Project:
    for name, brightness in (("bright", 200), ("dark", 20)):
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(20):
            pixels = np.full((6, 6), brightness + number, dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "pictures" / name / f"{number}.png")
    return chain(
        ("image_input", {"height": 6, "width": 6}),
        "flatten",
        ("linear", {"out_features": 1}),
        ("output", {"loss": "bce"}),
        project=Project(data=ImageData("pictures"), training=Training(epochs=60, learning_rate=0.05)),
    )


def test_what_is_no_run_is_refused_in_words(tmp_path: Path, run: Path) -> None:
    with pytest.raises(RunError, match="is no run"):
        read_run(tmp_path)
    (run / "preprocessing.json").write_text("{")
    with pytest.raises(RunError, match="spoiled"):
        evaluate_run(run)
    (run / "preprocessing.json").write_text('{"target": {"kind": "classes"}}')
    with pytest.raises(RunError, match="spoiled"):
        evaluate_run(run)


def test_a_new_table_without_a_feature_is_refused_in_words(tmp_path: Path, run: Path) -> None:
    data = write_csv(tmp_path / "new.csv", ("x", "colour"), [(1, "red")])
    with pytest.raises(RunError, match="no column “y”"):
        predict_run(run, data, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
