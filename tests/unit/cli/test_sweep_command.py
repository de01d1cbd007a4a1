"""``layerloom sweep``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from designer.__main__ import main
from tests.helpers.sources import ROOT


@pytest.fixture
def iris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "sample_projects" / "iris", tmp_path / "iris")
    monkeypatch.chdir(tmp_path / "iris")
    return Path("iris.loom")


def test_the_best_comes_first_and_the_test_part_is_told_of_it_alone(
    iris: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", str(iris), "--vary", "training.learning_rate=0.0001,0.01", "--epochs", "6"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0].split()[:2] == ["validation", "loss"]
    assert lines[1].startswith("learning_rate 0.01 ") and lines[2].startswith("learning_rate 0.0001 ")
    assert sum("Test part" in line for line in lines) == 1
    assert lines[-1].startswith("Best by validation loss: learning_rate 0.01. Run: ")


def test_json_holds_all_runs(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--vary", "training.seed=1,2", "--vary", "training.optimizer=adam,sgd", "--epochs", "2", "--json"]
    assert main(["sweep", str(iris), *words]) == 0
    runs = json.loads(capsys.readouterr().out)["runs"]
    assert len(runs) == 4
    assert {(run["settings"]["training.seed"], run["settings"]["training.optimizer"]) for run in runs} == {
        ("1", "adam"), ("1", "sgd"), ("2", "adam"), ("2", "sgd"),
    }  # fmt: skip
    assert all({"train", "validation", "test", "epochs", "seconds"} <= run.keys() for run in runs)
    assert all(Path(run["run"], "weights.safetensors").is_file() for run in runs)


def test_wrong_values_are_said_before_anything_is_made(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", str(iris), "--vary", "training.batch_size=8,many"]) == 1
    assert "expected a whole number, found “many”" in capsys.readouterr().err
    assert not Path("iris.runs").exists()


def test_where_all_fail_the_reason_is_told(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--vary", "training.learning_rate=100000,1000000", "--set", "training.optimizer=sgd", "--epochs", "3"]
    assert main(["sweep", str(iris), *words]) == 1
    assert "None of the trainings came to its end. The first:" in capsys.readouterr().err
