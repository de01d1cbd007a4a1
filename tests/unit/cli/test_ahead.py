"""``layerloom forecast`` and ``layerloom overfit``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.training import footprint, forecast
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


def test_forecast_says_time_memory_and_what_was_chosen(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=3)
    before = sorted(tmp_path.iterdir())
    assert main(["forecast", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {
        "epoch_seconds", "epochs", "seconds", "memory", "free", "device", "threads", "memory_format", "batch_size",
        "rows", "precision", "stops_after", "may_stop",
    }  # fmt: skip
    assert (found["stops_after"], found["may_stop"]) == (0, False)
    assert (found["epochs"], found["device"], found["threads"], found["memory_format"]) == (3, "cpu", 1, "contiguous")
    assert 0 < found["epoch_seconds"] < found["seconds"]
    assert 50e6 < found["memory"] < found["free"]
    assert main(["forecast", str(path), "--set", "training.epochs=4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(" for 4 epochs")
    assert " of memory; " in lines[1]
    assert lines[2] == "on cpu, 1 thread"
    assert main(["forecast", str(path), "--set", "training.precision=bfloat16"]) == 0
    assert capsys.readouterr().out.splitlines()[2] == "on cpu, 1 thread, bfloat16"
    assert sorted(tmp_path.iterdir()) == before


def test_a_long_training_is_foretold_from_its_first_steps(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "SECONDS", 0.0)
    path = small_project(tmp_path, rows=4000, batch_size=1, epochs=10)
    assert main(["forecast", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["seconds"] == pytest.approx(10 * found["epoch_seconds"], rel=0.9)
    assert found["epoch_seconds"] > 2800 * 1e-5


def test_a_forecast_says_what_it_counts_where_training_may_stop_early(tmp_path: Path, capsys: Output) -> None:
    # so short a training is over while it is tried
    path = small_project(tmp_path, epochs=400, patience=2, learning_rate=0.5)
    assert main(["forecast", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["may_stop"] and 2 < found["stops_after"] < 400
    assert main(["train", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == found["stops_after"]
    assert main(["forecast", str(path)]) == 0
    line = capsys.readouterr().out.splitlines()[0]
    assert line.endswith(f" in all, as it stops early after {found['stops_after']} of 400 epochs")
    assert main(["forecast", str(path), "--set", "training.epochs=100000", "--set", "training.patience=90000"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(" in all, if all 100,000 epochs are trained")


def test_too_little_memory_is_said_in_a_line(tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small_project(tmp_path)
    monkeypatch.setattr(footprint, "room_on", lambda device: 100)
    assert main(["forecast", str(path)]) == 1
    assert "of memory with 32 samples at once, and 0 MB are free" in capsys.readouterr().err
    assert main(["train", str(path), "--json"]) == 1
    assert not list(tmp_path.glob("*.runs/*"))


def test_overfit_answers_with_a_sentence(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert main(["overfit", str(path)]) == 0
    assert capsys.readouterr().out.startswith("The network can learn: the loss of one batch of 32 samples went from")
    assert main(["overfit", str(path), "--steps", "5", "--set", "training.learning_rate=1e-6", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not found["learned"]
    assert found["steps"] == len(found["losses"]) == 5
    assert sorted(tmp_path.iterdir()) == before


def test_a_front_is_told_line_by_line(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    assert main(["overfit", str(path), "--events"]) == 0
    *losses, verdict = map(json.loads, capsys.readouterr().out.splitlines())
    assert sum(len(event["losses"]) for event in losses) > 1
    assert verdict["verdict"]["learned"]
    assert main(["forecast", str(path), "--events"]) == 0
    assert json.loads(capsys.readouterr().out)["forecast"]["epochs"] == 5
    assert main(["forecast", str(path), "--events", "--set", "training.batch_size=-1"]) == 1
    assert "batch_size" in json.loads(capsys.readouterr().out)["error"]


def test_wrong_numbers_of_steps(tmp_path: Path) -> None:
    assert main(["overfit", "x.loom", "--steps", "0"]) == 2
