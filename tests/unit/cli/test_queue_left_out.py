"""``layerloom queue`` with something among what is named that cannot be trained: all others are trained."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from designer.__main__ import main
from designer.cli import several
from designer.training.run_files import HISTORY
from designer.workspace.runs import list_runs
from designer.workspace.verbs import prepare_run
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


class QuickPool:
    """Trains in no time; notes which runs."""

    def __init__(self, heard: Callable[[Path, Mapping[str, Any]], None], at_once: int = 1) -> None:
        self._heard = heard

    def train(self, run: Path) -> None:
        part = {"loss": 0.5}
        self._heard(run, {"event": "started", "epochs": 3, "device": "cpu"})
        self._heard(run, {"event": "epoch", "epoch": 3, "epochs": 3, "train": part, "validation": {}})
        metrics = {"run": str(run), "epochs": 3, "seconds": 0.1, "train": part, "validation": {}, "test": part}
        self._heard(run, {"event": "finished", "metrics": metrics})

    def wait(self, seconds: float | None = None) -> bool:
        return True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(several, "Pool", QuickPool)


def project(folder: Path) -> Path:
    folder.mkdir()
    return small_project(folder)


def test_a_project_that_is_missing_is_said_first_and_last_and_the_others_are_trained(
    tmp_path: Path, capsys: Output
) -> None:
    one, gone, other = project(tmp_path / "a"), tmp_path / "gone.loom", project(tmp_path / "b")
    assert main(["queue", str(one), str(gone), str(other)]) == 1
    told = capsys.readouterr()
    said = told.err.splitlines()
    first = next(place for place, line in enumerate(said) if f"{gone} is left out" in line)
    assert first < next(place for place, line in enumerate(said) if "training, 3 epochs" in line)
    assert said[-1].startswith("layerloom: not trained:") and str(gone) in said[-1]
    assert sum(line.endswith(": finished") for line in said) == 2
    assert [len(list_runs(path)) for path in (one, other)] == [1, 1]
    assert [line.split()[1] for line in told.out.splitlines()[1:3]] == ["finished", "finished"]
    assert told.out.splitlines()[3].split() == [str(gone), "not", "trained"]
    # which loss an epoch is told with is said
    assert sum("training loss 0.5" in line for line in said) == 2


def test_json_has_what_was_left_out_too(tmp_path: Path, capsys: Output) -> None:
    spoiled, one = tmp_path / "spoiled.loom", project(tmp_path / "a")
    spoiled.write_text("{")
    assert main(["queue", str(spoiled), str(one), "--json"]) == 1
    trained, left = json.loads(capsys.readouterr().out)["runs"]
    assert trained["project"] == str(one) and trained["test"] == {"loss": 0.5}
    assert left["project"] == str(spoiled) and left["run"] is None and str(spoiled) in left["error"]


def test_where_nothing_can_be_trained_each_reason_is_told_and_nothing_made(tmp_path: Path, capsys: Output) -> None:
    assert main(["queue", str(tmp_path / "a.loom"), str(tmp_path / "b.loom")]) == 1
    told = capsys.readouterr()
    assert "a.loom" in told.err and "b.loom" in told.err and "left out" not in told.err and told.out == ""
    one = project(tmp_path / "c")
    assert main(["queue", str(one), "--set", "training.nothing=3"]) == 1
    assert "nothing" in capsys.readouterr().err and list_runs(one) == []


def test_a_run_that_is_named_twice_is_trained_once_and_told_once(tmp_path: Path, capsys: Output) -> None:
    path = project(tmp_path / "a")
    run = prepare_run(path).folder
    (run / HISTORY).touch()
    assert main(["queue", str(run), str(run.parent / ".." / "line.runs" / run.name), "--json"]) == 0
    [told] = json.loads(capsys.readouterr().out)["runs"]
    assert told["run"] == str(run) and told["epochs"] == 3
    # a project that is named twice asks for two runs
    assert main(["queue", str(path), str(path)]) == 0
    assert len(list_runs(path)) == 3


def test_all_that_can_be_trained_is_status_zero_without_a_word_of_leaving_out(tmp_path: Path, capsys: Output) -> None:
    assert main(["queue", str(project(tmp_path / "a"))]) == 0
    assert "left out" not in capsys.readouterr().err
