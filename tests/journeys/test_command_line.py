"""The whole road on the command line, as a person walks it: from a table to a script that needs no Layerloom."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from designer.__main__ import main
from designer.project.file import load_project
from designer.workspace.places import own_command, own_environment
from tests.helpers.exported import assert_same_weights, run_scripts


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Iris as a CSV file, in a folder of its own."""
    from sklearn.datasets import load_iris

    iris = load_iris()
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    path = tmp_path_factory.mktemp("iris data") / "iris.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row, kind in zip(iris.data, iris.target, strict=True):
            writer.writerow([*row, iris.target_names[kind]])
    return path


def layerloom(folder: Path, *words: object, status: int = 0) -> str:
    """What ``layerloom WORDS`` prints, run in ``folder`` in a process of its own."""
    environment = {**own_environment(), "OMP_NUM_THREADS": "1", "LAYERLOOM_HOME": str(folder / "home")}
    command = [*own_command(), *map(str, words)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def layerloom_json(folder: Path, *words: object) -> dict[str, Any]:
    """The one JSON object that ``layerloom WORDS --json`` prints."""
    found = json.loads(layerloom(folder, *words, "--json"))
    assert isinstance(found, dict)
    return found


def test_from_a_table_to_a_script_without_layerloom(table: Path) -> None:
    folder = table.parent
    layerloom(folder, "new", "iris.csv", "--target", "species", "-o", "iris.loom")

    checked = layerloom_json(folder, "check", "iris.loom")
    assert (checked["ok"], checked["problems"]) == (True, [])
    assert checked["layers"][0]["output_shape"] == [4]
    assert checked["layers"][-1]["output_shape"] == [3]
    assert checked["parameters"] == sum(layer["parameters"] for layer in checked["layers"])

    trained = layerloom_json(folder, "train", "iris.loom")
    assert trained["test"]["accuracy"] >= 0.9
    run = Path(trained["run"])
    assert run.parent == folder / "iris.runs"
    for name in ("project.loom", "model.py", "weights.safetensors", "history.jsonl", "metrics.json"):
        assert (run / name).is_file()

    evaluated = layerloom_json(folder, "evaluate", run)
    for part in ("train", "validation", "test"):
        assert evaluated[part] == pytest.approx(trained[part])

    layerloom(folder, "predict", run, "iris.csv", "-o", "out.csv")
    with (folder / "out.csv").open() as predicted, table.open() as known:
        pairs = list(zip(csv.DictReader(predicted), csv.DictReader(known), strict=True))
    assert len(pairs) == 150
    assert sum(answer["predicted_species"] == row["species"] for answer, row in pairs) >= 140

    layerloom(folder, "export", run, "--to", "script", "-o", "train.py")
    said = run_scripts([["train.py"]], folder)
    assert "accuracy" in said
    assert_same_weights(run, folder / "weights.pt")


def test_settings_of_a_run_reach_the_script_too(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(table.parent)
    assert main(["new", "iris.csv", "--target", "species", "-o", "again.loom"]) == 0
    capsys.readouterr()
    settings = ["--set", "training.optimizer=sgd", "--set", "training.momentum=0.5", "--set", "linear1.out_features=7"]
    assert main(["train", "again.loom", "--epochs", "4", "--seed", "11", *settings, "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    project = load_project(Path(run) / "project.loom")
    assert project.training.optimizer_fields["momentum"] == 0.5
    assert main(["export", run, "--to", "script", "-o", "again.py"]) == 0
    run_scripts([["again.py", "--out", "again.pt"]], table.parent)
    assert_same_weights(Path(run), table.parent / "again.pt")
