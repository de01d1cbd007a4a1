"""What is spoiled never replaces what is sound: weights that are no numbers, a lost checkpoint, unmade changes."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from designer.project.model import Project
from designer.runtime.events import Step
from designer.training import run as runs
from designer.training.checkpoint import CHECKPOINT, WEIGHTS, read_checkpoint
from designer.training.errors import RunError
from designer.training.run import train
from designer.training.run_files import HISTORY, METRICS_NAME
from tests.helpers.training import class_project, trained, with_training

EPOCHS, WHEN = 6, (3, 2)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All that is assembled for trainings, in order."""
    found: list[Any] = []
    assembled = runs.assembled_by_all

    def noted(*arguments: Any) -> Any:
        found.append(assembled(*arguments))
        return found[-1]

    monkeypatch.setattr(runs, "assembled_by_all", noted)
    return found


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = class_project(tmp_path)
    return with_training(made, epochs=EPOCHS, batch_size=8, keep_best=False, patience=0, device="cpu", threads=1)


def is_sound(folder: Path) -> bool:
    checkpoint = read_checkpoint(folder)
    return checkpoint is not None and all(bool(each.isfinite().all()) for each in checkpoint.weights.values())


def until_spoiled(project: Project, folder: Path, built: list[Any], stops: bool) -> Generator[Any, None, None]:
    """The events of a training up to a step after which the weights are NaN, its loss not yet; it may stop there."""
    spoiled: list[bool] = []
    for event in train(project, folder.parent, folder, stopping=lambda: stops and bool(spoiled)):
        if isinstance(event, Step) and (event.epoch, event.step) == WHEN:
            with torch.no_grad():
                next(built[-1].model.parameters()).fill_(torch.nan)
            spoiled.append(True)
        yield event
        if spoiled and not stops:
            return


def test_a_stop_leaves_no_spoiled_run_behind(project: Project, tmp_path: Path, built: list[Any]) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with pytest.raises(RunError, match="the weights became infinite or NaN"):
        list(until_spoiled(project, folder, built, stops=True))
    assert is_sound(folder)
    assert not (folder / METRICS_NAME).exists()
    assert not (folder / WEIGHTS).exists() or is_sound(folder)
    assert len(trained(project, tmp_path, folder, resume=True)) > 0


def test_leaving_keeps_the_checkpoint_before(project: Project, tmp_path: Path, built: list[Any]) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    list(until_spoiled(project, folder, built, stops=False))
    assert is_sound(folder)
    one = tmp_path / "one"
    trained(project, tmp_path, one)
    trained(project, tmp_path, folder, resume=True)
    assert (folder / WEIGHTS).read_bytes() == (one / WEIGHTS).read_bytes()


@pytest.mark.parametrize("loss", ["missing", "spoiled"])
def test_a_lost_checkpoint_costs_nothing_else(project: Project, tmp_path: Path, loss: str) -> None:
    folder = tmp_path / "run"
    trained(project, tmp_path, folder)
    if loss == "missing":
        (folder / CHECKPOINT).unlink()
    else:
        (folder / CHECKPOINT).write_bytes(b"nothing")
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    longer = with_training(project, epochs=EPOCHS + 2)
    with pytest.raises(RunError, match=r"Fork the run from its checkpoint after epoch \d+") as refused:
        trained(longer, tmp_path, folder, resume=True)
    assert str(folder / CHECKPOINT) in str(refused.value)
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == before


def test_a_checkpoint_that_is_none_of_ours_is_said(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    trained(project, tmp_path, folder)
    save_file({"weight": torch.zeros(2)}, folder / CHECKPOINT)
    with pytest.raises(RunError, match=r"this is no checkpoint of Layerloom .* Fork the run from its checkpoint"):
        trained(with_training(project, epochs=EPOCHS + 2), tmp_path, folder, resume=True)


def test_a_run_that_was_killed_before_its_first_checkpoint_begins_anew(project: Project, tmp_path: Path) -> None:
    one, folder = tmp_path / "one", tmp_path / "run"
    trained(project, tmp_path, one)
    folder.mkdir()
    (folder / HISTORY).write_bytes((one / HISTORY).read_bytes().split(b"\n")[0] + b"\n")
    trained(project, tmp_path, folder, resume=True)
    assert (folder / WEIGHTS).read_bytes() == (one / WEIGHTS).read_bytes()


def test_a_change_that_was_never_trained_with_is_told_once_at_most(project: Project, tmp_path: Path) -> None:
    """It was asked for, and the process killed before the next checkpoint: what then counts is the project."""
    folder = tmp_path / "run"
    trained(project, tmp_path, folder)
    epoch = read_checkpoint(folder).epoch  # type: ignore[union-attr]
    line = {"event": "changed", "epoch": epoch, "step": 0, "settings": {"learning_rate": 0.5}}
    with (folder / HISTORY).open("a") as file:
        file.write(json.dumps(line) + "\n")
    trained(with_training(project, epochs=EPOCHS + 1), tmp_path, folder, resume=True)
    told = [json.loads(each) for each in (folder / HISTORY).read_text().splitlines()]
    changes = [each["settings"] for each in told if each["event"] == "changed"]
    assert changes == [{"epochs": EPOCHS + 1}]
