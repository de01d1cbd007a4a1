"""``layerloom schedule`` and ``layerloom find-lr``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.project.file import load_project
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


def test_schedule_tells_the_rate_of_each_epoch(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=6)
    chosen = "training.schedules=linear:2, step(step_size=2, gamma=0.5)"
    assert main(["schedule", str(path), "--set", chosen, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rate = load_project(path).training.learning_rate
    assert found["rates"] == pytest.approx([0.1 * rate, 0.55 * rate, rate, rate, 0.5 * rate, 0.5 * rate])
    assert (found["schedules"], found["epochs"], found["judged"], found["steps"]) == (
        "linear:2, step(step_size=2, gamma=0.5)", 6, 0, None,
    )  # fmt: skip
    assert main(["schedule", str(path), "--set", chosen]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "schedules: linear:2, step(step_size=2, gamma=0.5)"
    assert [line.split()[0] for line in lines[2:]] == ["1", "2", "3", "5", "6"]


def test_schedule_counts_the_steps_where_they_matter(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, batch_size=10)
    assert main(["schedule", str(path), "--set", "training.schedules=one_cycle", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"] == 5


def test_schedule_tells_the_rates_of_very_many_epochs_to_the_last(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=100_000)
    assert main(["schedule", str(path), "--set", "training.schedules=one_cycle"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert (rows[0][0], rows[-1][0]) == ("1", "100000") and len(rows) <= 41
    rates = [float(rate) for _, rate in rows]
    assert rates[0] < max(rates) > 100 * rates[-1]
    assert main(["schedule", str(path), "--set", "training.schedules=one_cycle", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["points"][-1][0] == 100_000


def test_schedule_says_where_losses_decide(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=300)
    assert main(["schedule", str(path), "--set", "training.schedules=exponential:250,plateau"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 50
    assert lines[-1].startswith("From epoch 251 on it falls when the loss stands still")


def test_impossible_schedules_are_said_in_a_line(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    assert main(["schedule", str(path), "--set", "training.schedules=cosine,step"]) == 1
    assert "each have 0 epochs" in capsys.readouterr().err
    assert main(["train", str(path), "--set", "training.schedules=cosine,step"]) == 1
    assert "each have 0 epochs" in capsys.readouterr().err


def test_find_lr_suggests_a_rate_and_touches_nothing(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    before = sorted(each.name for each in tmp_path.iterdir())
    assert main(["find-lr", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert 1e-4 < found["suggestion"] < 10
    assert len(found["rates"]) == len(found["losses"]) == len(found["smoothed"])
    assert sorted(each.name for each in tmp_path.iterdir()) == before
    assert main(["find-lr", str(path)]) == 0
    said = capsys.readouterr().out
    assert found["note"] in said
    assert f"--set training.learning_rate={found['suggestion']:g}" in said


def test_find_lr_for_a_front_is_a_line_an_event(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    assert main(["find-lr", str(path), "--events"]) == 0
    *shares, found = map(json.loads, capsys.readouterr().out.splitlines())
    assert [each["share"] for each in shares] == sorted(each["share"] for each in shares)
    assert found["suggestion"] > 0
    assert main(["find-lr", str(tmp_path / "none.loom"), "--events"]) == 1
    assert "none.loom" in json.loads(capsys.readouterr().out)["error"]
