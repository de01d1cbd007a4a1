"""The commands for several runs: fork, the list of runs, and the queue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.cli.main import main as cli_main
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project


def main(words: list[str]) -> int:
    """The command line without a window."""
    return cli_main(words, lambda arguments: 0)


def test_fork_runs_and_their_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small_project(tmp_path, epochs=8)
    assert main(["train", str(path), "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    assert main(["fork", run, "--epoch", "4", "--set", "training.learning_rate=0.2", "--epochs", "10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["epochs"] == 10
    assert told["forked"] == {"run": str(Path(run).resolve()), "epoch": 4}
    assert main(["evaluate", told["run"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main(["runs", str(path), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["runs"]
    assert [each["state"] for each in listed] == ["finished", "finished"]
    assert listed[1]["forked"] == {"run": Path(run).name, "epoch": 4}
    assert [place["epoch"] for place in listed[0]["fork_places"]] == [1, 2, 4, 8]
    assert main(["runs", str(path)]) == 0
    text = capsys.readouterr().out
    assert "learning rate 0.2" in text
    assert f"{Path(run).name} @ 4" in text


def test_the_best_run_is_told_and_runs_are_sorted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small_project(tmp_path)
    assert main(["sweep", str(path), "--vary", "training.learning_rate=0.0001,0.05,0.001", "--jobs", "1"]) == 0
    best = list_runs(path)[1].name
    assert (
        f"Best by validation loss: learning_rate 0.05. Run: {path.parent / 'line.runs' / best}"
        in (capsys.readouterr().out.splitlines()[-1])
    )
    assert main(["runs", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"Best: {best}. The best of 3 runs by validation loss. The test part has no say."
    assert [" best " in line for line in lines[1:4]] == [False, True, False]
    assert "learning rate 0.05" in lines[2]
    assert main(["runs", str(path), "--sort", "figure", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["runs"]
    assert [each["best_of"] for each in told] == [3, None, None]
    assert [each["apart"] for each in told] == [f"learning rate {rate}" for rate in ("0.05", "0.001", "0.0001")]
    assert told[0]["best"]["part"] == "validation"
    assert main(["runs", str(path), "--sort", "colour"]) == 2


def test_fork_says_what_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small_project(tmp_path)
    assert main(["fork", str(path)]) == 1
    assert "has not been trained yet" in capsys.readouterr().err
    assert main(["train", str(path)]) == 0
    assert main(["fork", str(path), "--epoch", "3", "--json"]) == 1
    assert "kept no checkpoint after epoch 3" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
    assert main(["fork", str(path), "--set", "data.split.test=0.3"]) == 1
    assert "only other settings" in capsys.readouterr().err
    assert main(["fork", str(path), "--epoch", "none"]) == 2
    assert len(list_runs(path)) == 1


@pytest.mark.slow
def test_a_queue_goes_on_behind_a_project_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = small_project(tmp_path / "a"), small_project(tmp_path / "b", "gone")
    (tmp_path / "b" / "gone.csv").unlink()
    assert main(["queue", str(bad), str(good), "--jobs", "2", "--epochs", "3", "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)["runs"]
    assert "gone.csv" in first["error"]
    assert second["epochs"] == 3
    assert "loss" in second["test"]
    assert list_runs(good) == [Path(second["run"])]
    assert main(["queue", second["run"]]) == 1
    assert "is finished" in capsys.readouterr().err
    assert main(["queue", str(good), "--jobs", "0"]) == 2
