"""The learning rate of each epoch in what is read of runs, and where a run waits that is followed from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.gui.past_run import past_run
from designer.training.alive import living, write_status
from designer.training.history import history_text, read_lines
from designer.training.record import read_history
from designer.training.run_files import HISTORY, METRICS_NAME
from designer.workspace.following import Follower
from designer.workspace.orders import waiting_again
from designer.workspace.run_list import read_info
from designer.workspace.run_words import held_words
from tests.helpers.training import class_project, trained, with_training

WAITS = {"epoch": 3, "step": 2, "steps": 2360, "loss": 0.41234, "so_far": 0.5}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that ended after three epochs."""
    project = with_training(class_project(tmp_path), epochs=3)
    trained(project, tmp_path, tmp_path / "run")
    return tmp_path / "run"


def test_rates_are_read_with_the_curves_and_are_no_figures(run: Path) -> None:
    info = read_info(run)
    assert info.curves["train"]["learning_rate"] == (info.project.training.learning_rate,) * 3
    assert "learning_rate" not in info.curves["validation"]
    (run / METRICS_NAME).unlink()
    past = past_run(read_info(run))
    assert [rate for _, rate in past.curves.parts["train"]["learning_rate"]] == [
        info.project.training.learning_rate
    ] * 3
    assert "loss" in past.latest["train"]
    assert "learning_rate" not in past.latest["train"]


def test_a_history_of_before_is_read_and_written_as_it_was(run: Path) -> None:
    lines = [{name: value for name, value in line.items() if name != "learning_rate"} for line in read_lines(run)]
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    (run / HISTORY).write_bytes(text)
    past = read_history(run)
    assert [event.rate for event in past] == [None] * 3
    assert history_text(past, []) == text
    assert "learning_rate" not in past_run(read_info(run)).curves.parts["train"]


def test_who_follows_a_run_that_waits_hears_where_and_of_its_loss(run: Path) -> None:
    (run / METRICS_NAME).unlink()
    with living(run):
        status = {"started": {"epochs": 9, "device": "cpu"}, **WAITS, "epoch": 4}
        write_status(run, {**status, "paused": False, "loss": None, "so_far": None})
        events = Follower(run).events()
        assert next(event for event in events if event["event"] == "step")["loss"] is None
        # it stood there before it was held
        write_status(run, {**status, "paused": True})
        paused = next(event for event in events if event["event"] == "paused")
        assert (paused["step"], paused["loss"], paused["so_far"]) == (2, 0.41234, 0.5)
        assert waiting_again(run, {})["loss"] == 0.41234


def test_where_a_run_waits_is_said_in_words() -> None:
    assert held_words(WAITS) == "at epoch 3, batch 2 of 2,360, loss 0.4123, 0.5 over the 2 batches so far"
    assert held_words({**WAITS, "step": 1}) == "at epoch 3, batch 1 of 2,360, loss 0.4123"
    assert held_words({**WAITS, "loss": None}) == "at epoch 3, batch 2 of 2,360"
    assert held_words({"epoch": 3, "step": 0, "steps": 0}) == "after epoch 3"
    assert held_words({}) == ""
