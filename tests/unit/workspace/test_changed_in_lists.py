"""Lists say of a run that was changed on the way, or forked, with what it was trained when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from designer.project.file import save_project
from designer.project.model import Project, Training
from designer.training.events import RATE
from designer.training.forked import FORKED
from designer.training.run_files import COPY_NAME, HISTORY
from designer.workspace.run_list import RunInfo, differences, other_settings, read_info


def made(folder: Path, training: Training, rates: Mapping[int, float], lines: tuple[Mapping[str, Any], ...]) -> Path:
    """A run whose epochs had these learning rates, with other lines of its history."""
    folder.mkdir()
    save_project(replace(Project(), training=training), folder / COPY_NAME)
    epochs = [
        {"event": "epoch", "epoch": epoch, "epochs": 9, "train": {"loss": 1.0}, "validation": {}, RATE: rate}
        for epoch, rate in rates.items()
    ]
    told = sorted([*epochs, *lines], key=lambda line: (line["epoch"], line["event"] == "changed"))
    (folder / HISTORY).write_text("".join(json.dumps(line) + "\n" for line in told), encoding="utf-8")
    return folder


def changed(epoch: int, **settings: Any) -> dict[str, Any]:
    return {"event": "changed", "epoch": epoch, "step": 0, "settings": settings}


@pytest.fixture
def plain(tmp_path: Path) -> RunInfo:
    return read_info(made(tmp_path / "plain", Training(learning_rate=0.01), {1: 0.01, 2: 0.01}, ()))


def test_a_rate_that_was_changed_is_told_with_the_one_before_and_others_with_their_epoch(
    tmp_path: Path, plain: RunInfo
) -> None:
    training = Training(learning_rate=0.001, weight_decay=0.5)
    lines = changed(2, learning_rate=0.001), changed(3, weight_decay=0.5), changed(3, epochs=9)
    run = read_info(made(tmp_path / "run", training, {1: 0.01, 2: 0.01, 3: 0.001, 4: 0.001}, lines))
    told = differences([plain, run])
    assert told[run.folder] == "learning rate 0.01, later 0.001, weight decay (L2) 0.5 since epoch 3"
    assert told[plain.folder].startswith("learning rate 0.01, weight decay")
    # what is read on later is not forgotten, nor are changes that come then
    with (run.folder / HISTORY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(changed(4, patience=3)) + "\n")
    save_project(replace(Project(), training=replace(training, patience=3)), run.folder / COPY_NAME)
    words = differences([plain, read_info(run.folder, run)])[run.folder]
    assert "0.01, later 0.001" in words and "3 since epoch 4" in words


def test_a_fork_says_of_its_own_settings_alone(tmp_path: Path, plain: RunInfo) -> None:
    rates = {1: 0.01, 2: 0.001, 3: 0.05, 4: 0.05}
    lines = changed(1, learning_rate=0.001), changed(2, learning_rate=0.05)
    folder = made(tmp_path / "fork", Training(learning_rate=0.05), rates, lines)
    (folder / FORKED).write_text(json.dumps({"run": "plain", "epoch": 2}), encoding="utf-8")
    assert differences([plain, read_info(folder)])[folder] == "learning rate 0.05"


def test_with_what_other_settings_a_run_was_trained() -> None:
    project = replace(Project(), training=Training(epochs=3000, batch_size=32))
    run = replace(project, training=replace(project.training, epochs=63_000, batch_size=16, device="cpu"))
    assert other_settings(project, project) == ""
    assert other_settings(run, project) == "epochs 63,000, batch size 16"
