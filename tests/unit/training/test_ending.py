"""How a training ends: runaway figures end in a sentence, a loss that grew enormously and the kept epoch are told."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from designer.exporting.script import script_text
from designer.project.model import Project, Training
from designer.training.assemble import assemble
from designer.training.ending import ENORMOUS, plainest_loss, risen
from designer.training.errors import RunError
from designer.training.run import train
from tests.helpers.training import HOTELS, class_project, history, number_project, trained, with_training, write_csv


def in_large_units(folder: Path, rate: float, epochs: int = 30) -> Project:
    """Prices so large that the square of an error, which training sees small, soon is more than float32 holds."""
    project = with_training(number_project(folder), learning_rate=rate, epochs=epochs)
    rows = [(distance, price * 1e17, part) for distance, price, part in HOTELS]
    write_csv(folder / "hotels.csv", ("distance", "price", "split"), rows)
    return project


def test_a_loss_that_overflows_in_the_target_s_units_alone_ends_the_run_in_a_sentence(tmp_path: Path) -> None:
    project, run = in_large_units(tmp_path, rate=3.0), tmp_path / "run"
    with pytest.raises(RunError, match=r"in epoch (\d+), the loss became infinite\. Most often the learning rate is"):
        trained(project, tmp_path, run)
    told = history(run)
    assert told and all(math.isfinite(line["train"]["loss"]) for line in told)
    assert not (run / "metrics.json").exists()
    assert trained(in_large_units(tmp_path, rate=0.08), tmp_path, tmp_path / "sound")["epochs"] == 30


def test_the_exported_script_ends_in_the_same_sentence(tmp_path: Path) -> None:
    project = in_large_units(tmp_path, rate=3.0)
    with pytest.raises(RunError) as told:
        trained(project, tmp_path, tmp_path / "run")
    (tmp_path / "train.py").write_text(script_text(project, tmp_path), encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    found = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240
    )
    assert found.returncode != 0 and str(told.value) in found.stderr
    assert ", the loss became infinite" in str(told.value) and ", step " not in str(told.value)


def test_an_old_run_with_losses_that_were_no_numbers_goes_on(tmp_path: Path) -> None:
    project, run = in_large_units(tmp_path, rate=0.08, epochs=5), tmp_path / "run"
    run.mkdir()
    events = train(project, tmp_path, run)
    for event in events:
        if getattr(event, "epoch", 0) == 3 and not hasattr(event, "step"):
            break
    events.close()
    lines = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    lines[0]["train"]["loss"] = None
    (run / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert trained(project, tmp_path, run, resume=True)["epochs"] == 5


@pytest.mark.parametrize(
    ("first", "last", "guess", "expected"),
    [
        (4.0, 0.1, 5.0, None),
        (1e30, 1e25, 1.6e7, (1.6e7, "guess")),
        (0.5, 600.0, 3.0, (0.5, "first")),
        (0.5, 499.0, 3.0, None),
        (1e-9, 1e-5, 1.0, None),
        (-2.0, 1e9, math.nan, None),
        (2.0, 1e9, math.nan, (2.0, "first")),
        (2.0, 1e9, math.inf, None),
        (2.0, math.inf, 1.0, None),
    ],
)
def test_a_loss_has_risen_where_it_is_a_thousand_times_what_it_was(
    first: float, last: float, guess: float, expected: tuple[float, str] | None
) -> None:
    found = risen(first, last, guess)
    assert found == (expected and {"from": expected[0], "to": last, "of": expected[1]})


def test_the_plainest_guess_is_that_of_the_mean_and_of_all_classes_alike(tmp_path: Path) -> None:
    numbers = assemble(number_project(tmp_path), tmp_path)
    with (tmp_path / "hotels.csv").open() as file:
        prices = [float(row["price"]) for row in csv.DictReader(file) if row["split"] == "train"]
    mean = math.fsum(prices) / len(prices)
    expected = math.fsum((price - mean) ** 2 for price in prices) / len(prices)
    assert plainest_loss(numbers) == pytest.approx(expected, rel=1e-4)
    assert plainest_loss(assemble(class_project(tmp_path), tmp_path)) == pytest.approx(math.log(3), rel=1e-4)


def test_a_run_that_blew_up_and_the_epoch_that_is_kept_are_written_down(tmp_path: Path) -> None:
    run = tmp_path / "run"
    metrics = trained(with_training(number_project(tmp_path), learning_rate=3.0, epochs=12), tmp_path, run)
    told = json.loads((run / "metrics.json").read_text())["ending"]
    rose = told.pop("loss_rose")
    assert told == {} and rose["to"] == history(run)[-1]["train"]["loss"] > ENORMOUS * rose["from"]
    assert "ending" not in metrics
    kept = tmp_path / "kept"
    best = Training(epochs=30, batch_size=16, learning_rate=0.2, seed=3)
    trained(replace(class_project(tmp_path), training=best), tmp_path, kept)
    losses = [line["validation"]["loss"] for line in history(kept)]
    told = json.loads((kept / "metrics.json").read_text())["ending"]
    assert told == {"kept_epoch": 1 + losses.index(min(losses))} and told["kept_epoch"] < 30
