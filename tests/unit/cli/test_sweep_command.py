"""``layerloom sweep``."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.workspace.places import own_command, own_environment
from designer.workspace.runs import has_begun, is_finished
from tests.helpers.sources import ROOT


@pytest.fixture
def iris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "sample_projects" / "iris", tmp_path / "iris")
    monkeypatch.chdir(tmp_path / "iris")
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
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


def test_side_by_side_all_are_told_in_the_same_way(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--vary", "training.learning_rate=0.0001,0.01,100000", "--set", "training.optimizer=sgd", "--epochs", "5"]
    assert main(["sweep", str(iris), *words, "--jobs", "3"]) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert [line.split()[1] for line in lines[1:4]] == ["0.01", "0.0001", "100000"]
    assert "3 trainings in 3 processes" in told.err
    assert "3 of 3: " in told.err
    assert "learning_rate 0.01: 5 epochs, validation loss " in told.err


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_one_that_is_interrupted_goes_on_with_the_command_that_is_told(iris: Path, jobs: str) -> None:
    words = ["--vary", "training.seed=1,2,3", "--epochs", "300", "--set", "training.patience=0", "--jobs", jobs]
    command = [*own_command(), "sweep", str(iris), *words]
    with subprocess.Popen(command, env=own_environment(), stderr=subprocess.PIPE, text=True) as sweep:
        assert sweep.stderr is not None
        runs = Path("iris.runs")
        wait_until(lambda: any(has_begun(run) for run in runs.glob("*")) if runs.is_dir() else False)
        sweep.send_signal(signal.SIGINT)
        said = sweep.stderr.read()
        assert sweep.wait(60) == 130, said
    last = said.splitlines()[-1]
    assert last.startswith("layerloom: interrupted; go on with: layerloom queue ")
    left = shlex.split(last.split("go on with: ")[1])[1:]
    assert len([word for word in left if "iris.runs" in word]) == 3
    assert not any(is_finished(run) for run in runs.iterdir())
    assert main(left) == 0
    assert [is_finished(run) for run in runs.iterdir()] == [True] * 3


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
