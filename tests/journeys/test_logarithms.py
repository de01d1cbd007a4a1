"""A target that is learned as its logarithm, from a new project to a script: a number, a sure number, and a series."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer.__main__ import main
from tests.helpers.exported import assert_formatted, assert_same_weights, assert_tested_alike, run_scripts
from tests.helpers.training import write_csv

DATA = Path(__file__).parents[1] / "data"
# rows of the flats, and which of them has no price
COUNT, GAP = 240, 7


def flats(folder: Path) -> str:
    """Prices from a few thousand to millions, which grow by a factor with each room; one is missing."""
    chance = random.Random(0)
    rows: list[tuple[object, ...]] = []
    for number in range(COUNT):
        rooms, floor = chance.uniform(1, 6), chance.uniform(0, 9)
        price = 1000 * math.exp(rooms + floor / 10 + chance.gauss(0, 0.1))
        rows.append((round(rooms, 3), round(floor, 3), "" if number == GAP else round(price, 2)))
    write_csv(folder / "told.csv", ("rooms", "floor", "price"), rows)
    return "price"


def passengers(folder: Path) -> str:
    """A series that grows by a factor each year, and swings the more."""
    (folder / "told.csv").write_bytes((DATA / "airline_passengers.csv").read_bytes())
    return "Passengers"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What a command answers as JSON."""
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize(
    ("data", "settings", "epochs"),
    [
        (flats, [], 60),
        (flats, ["data.split.folds=2", "data.split.fold=2", "training.accumulate=2"], 60),
        (passengers, [], 60),
        (passengers, ["data.windows.horizon=3", "linear2.out_features=3", "linear3.out_features=3"], 60),
    ],
    ids=["number", "fold", "series", "steps ahead"],
)
def test_logarithms_are_learned_and_told_in_the_targets_own_units(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: Callable[[Path], str],
    settings: list[str],
    epochs: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    target = data(tmp_path)
    assert main(["new", "told.csv", "--target", target, "-o", "told.loom"]) == 0
    chosen = [f"data.columns.{target}.scale=log", "training.threads=1", *settings]
    words = [word for setting in chosen for word in ("--set", setting)]
    figures = told(capsys, "train", "told.loom", *words, "--epochs", str(epochs), "--device", "cpu", "--run", "run")
    # of logarithms the figures of a network that has learned little would be off by powers of ten
    assert figures["train"]["r2"] > 0.8
    assert figures["train"]["rmse"] == pytest.approx(math.sqrt(figures["train"]["mse"]), rel=1e-5)
    assert told(capsys, "evaluate", "run")["test"] == pytest.approx(figures["test"], rel=1e-4)
    assert_script_agrees(tmp_path)
    assert main(["predict", "run", "told.csv", "-o", "predicted.csv"]) == 0
    assert_in_own_units(tmp_path, target, figures)


def assert_script_agrees(folder: Path) -> None:
    assert main(["export", "run", "--to", "script", "-o", "told.py"]) == 0
    assert_formatted([folder / "told.py"])
    printed = run_scripts([["told.py", "--device", "cpu", "--out", "told.pt"]], folder)
    [weights] = folder.glob("told*.pt")
    assert_same_weights(folder / "run", weights)
    assert_tested_alike(folder / "run", printed)


def assert_in_own_units(folder: Path, target: str, figures: dict[str, Any]) -> None:
    """Predictions are of the size of the numbers in the file, and as near to them as the figures say."""
    cells = pd.read_csv(folder / "told.csv")[target]
    found = pd.read_csv(folder / "predicted.csv")
    names = [name for name in found if name.startswith(f"predicted_{target}")]
    ahead = "after_Month" in found
    start = len(cells) - len(found) + 1 if ahead else 0
    errors = []
    for step, name in enumerate(names):
        actual = cells.to_numpy()[start + step :] if ahead else cells.to_numpy()
        errors.append(found[name].to_numpy()[: len(actual)] - actual)
    squares = np.concatenate(errors) ** 2
    parts = [figures[part]["mse"] for part in ("train", "validation", "test")]
    assert min(parts) <= np.nanmean(squares) <= max(parts)
    assert (found[names].to_numpy() > 0).mean() > 0.98


def test_a_project_of_logarithms_says_what_a_loss_cannot_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    target = flats(tmp_path)
    assert main(["new", "told.csv", "--target", target, "-o", "told.loom"]) == 0
    capsys.readouterr()
    words = ["--set", f"data.columns.{target}.scale=log", "--set", "output1.loss=msle"]
    assert main(["train", "told.loom", *words, "--run", "run"]) == 1
    assert "learned as its standardised logarithm" in capsys.readouterr().err
