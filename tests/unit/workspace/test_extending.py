"""What is said before a run gets more epochs agrees with what its training then does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.layers.catalog import SCHEDULES
from designer.project.file import load_project
from designer.project.model import Schedule
from designer.training.events import RATE
from designer.training.history import read_lines
from designer.workspace.extending import Standing, extension_words, is_spread, standing_of, total_words
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


def words(rate: float) -> str:
    return f"{rate:.3g}"


def said(folder: Path, *schedules: Schedule, epochs: int = 100, done: int = 100, more: int = 50) -> str:
    project = load_project(small_project(folder, epochs=epochs, schedules=schedules, learning_rate=0.1))
    return extension_words(Standing(project, done, done), more, words, None)


def test_the_total_is_told() -> None:
    assert total_words(10_357, 3_000) == "10,357 + 3,000 = 13,357 epochs in all"


def test_a_schedule_that_has_all_epochs_is_spread_and_where_the_rate_leaps_is_told(tmp_path: Path) -> None:
    assert said(tmp_path, Schedule("cosine")) == (
        "CosineAnnealingLR is spread over 150 epochs, no longer over 100."
        " The learning rate was 2.47e-05 in epoch 100 and is 0.025 in epoch 101."
        " For another course, fork the run and choose its schedules there."
    )
    # it was ended before it had all its epochs, and gets fewer than it was to have
    assert said(tmp_path, Schedule("polynomial"), epochs=500).startswith(
        "PolynomialLR is spread over 150 epochs, no longer over 500. The learning rate was 0.0802 in epoch 100 and is"
    )


def test_what_goes_on_by_its_rule_and_what_is_over_does_not_leap(tmp_path: Path) -> None:
    assert said(tmp_path, Schedule("step")) == "StepLR goes on as planned."
    assert said(tmp_path, Schedule("cosine", 0, {"T_max": 40})) == "CosineAnnealingLR goes on as planned."
    assert (
        said(tmp_path, Schedule("plateau")) == "ReduceLROnPlateau goes on: the rate falls when the loss stands still."
    )
    assert said(tmp_path, Schedule("linear", 5), Schedule("cosine", 95)) == (
        "The schedules were over with epoch 100: the learning rate stays where they left it."
    )
    assert said(tmp_path, Schedule("cosine", 120)) == "The schedules go on to epoch 120 as they would have."
    assert said(tmp_path) == ""


def test_what_comes_behind_the_spread_one_comes_later(tmp_path: Path) -> None:
    told = said(tmp_path, Schedule("linear", 5), Schedule("cosine"), Schedule("constant", 10))
    assert told.startswith(
        "CosineAnnealingLR is spread over 135 epochs, no longer over 85."
        " ConstantLR begins after epoch 140 instead of 90. The learning rate was"
    )


@pytest.mark.parametrize("key", sorted(SCHEDULES))
def test_only_what_hangs_on_its_epochs_is_spread(tmp_path: Path, key: str) -> None:
    spread = key in {"linear", "constant", "cosine", "one_cycle", "polynomial"}
    assert is_spread(SCHEDULES[key], Schedule(key)) == spread
    assert ("is spread over 150" in said(tmp_path, Schedule(key))) == spread


def test_an_extended_run_trains_on_at_the_rate_that_was_said(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=6, schedules=(Schedule("one_cycle"),))
    assert main(["train", str(path)]) == 0
    (run,) = list_runs(path)
    standing = standing_of(run)
    assert (standing.epochs, standing.done) == (6, 6)
    capsys.readouterr()
    assert main(["order", str(run), "extend", "6", "--json"]) == 0
    told = capsys.readouterr().err.splitlines()[0]
    assert told.startswith("6 + 6 = 12 epochs in all. OneCycleLR is spread over 12 epochs, no longer over 6.")
    rates = [line[RATE] for line in read_lines(run) if line.get("event") == "epoch"]
    assert f"The learning rate was {rates[5]:.2g} in epoch 6" in told
    assert rates[6] > 1000 * rates[5]
    leap = float(told.partition(" and is ")[2].partition(" in epoch 7")[0])
    # the first step of the epoch, of which the end was told
    assert rates[6] < leap < 2 * rates[6]


def test_a_run_that_trains_is_told_of_before_it_is_asked(tmp_path: Path) -> None:
    project = load_project(small_project(tmp_path, epochs=100, schedules=(Schedule("linear"),), learning_rate=0.1))
    standing = Standing(project, 100, 40, ((40.0, 0.0451),))
    told = extension_words(standing, 100, words, None)
    assert (
        "is spread over 200 epochs, no longer over 100. The learning rate was 0.0451 in epoch 40 and is 0.028" in told
    )
    assert standing.longer(100).training == replace(project.training, epochs=200)
