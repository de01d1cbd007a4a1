"""Each epoch tells the learning rate that its steps were made with, where a schedule moves it with the epochs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from designer.layers.catalog import SCHEDULES
from designer.project.model import Schedule
from designer.runtime.events import Epoch
from designer.training import run as runs
from designer.training.run import train
from tests.helpers.training import class_project, with_training


@pytest.mark.parametrize("key", sorted(key for key, kind in SCHEDULES.items() if kind.each == "epoch"))
def test_an_epoch_tells_the_rate_of_its_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    built: list[Any] = []
    assembled = runs.assembled_by_all
    monkeypatch.setattr(runs, "assembled_by_all", lambda *given: built.append(assembled(*given)) or built[-1])
    project = with_training(
        class_project(tmp_path), epochs=5, batch_size=16, schedules=(Schedule(key),), device="cpu", threads=1
    )
    (tmp_path / "run").mkdir()
    made: list[float] = []
    found = []
    for event in train(project, tmp_path, tmp_path / "run"):
        if not made and not found and built and not built[0].optimizer._optimizer_step_pre_hooks:
            built[0].optimizer.register_step_pre_hook(lambda chosen, *_: made.append(chosen.param_groups[0]["lr"]))
        if isinstance(event, Epoch):
            found.append((event.rate, made[-1]))
    assert len(found) == 5
    for told, used in found:
        assert told == pytest.approx(used, rel=1e-12)
