"""Runs of the app have the captured step where there is one, with the plain step's bits, and else the step they had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from designer.project.model import CustomLayer
from designer.runtime import captured
from designer.runtime.accumulating import accumulated_step
from designer.runtime.captured import CapturedGraph, CapturedStep, Found
from designer.runtime.fit import closure_step, gradient_step
from designer.runtime.mixed_precision import mixed_step
from designer.training import run as run_module
from designer.training.abilities import training_step
from designer.training.assemble import assemble
from designer.training.checkpoint import read_weights
from designer.training.run import fast_step
from tests.helpers.capturing import at_once  # noqa: F401
from tests.helpers.generative import plane_gan
from tests.helpers.training import class_project, equal, history, interrupted, trained, with_training

STEADY = {"epochs": 5, "threads": 1, "device": "cpu"}


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each step had that was replayed."""
    rows: list[int] = []
    step = CapturedGraph.step

    def counted(self: CapturedGraph, tensors: Sequence[Tensor]) -> Found:
        rows.append(len(tensors[0]))
        return step(self, tensors)

    monkeypatch.setattr(CapturedGraph, "step", counted)
    return rows


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"optimizer": "sgd", "optimizer_fields": {"momentum": 0.9}, "l1": 0.001},
        {"optimizer": "muon", "weight_decay": 0.01},
        {"optimizer": "adamw", "clip_norm": 0.1, "average": "ema", "class_weights": "balanced"},
    ],
    ids=["adam", "sgd", "muon", "adamw"],
)
def test_a_run_and_its_resumption_replay_a_graph_with_the_weights_of_plain_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replayed: list[int], settings: dict[str, Any]
) -> None:
    """Each epoch ends with a batch of another shape, which has a graph of its own; it is left within an epoch."""
    project = with_training(class_project(tmp_path), **{**STEADY, "epochs": 8}, **settings)
    trained(project, tmp_path, tmp_path / "whole")
    assert len(replayed) > 10 and len(set(replayed)) == 2
    (tmp_path / "broken").mkdir()
    interrupted(project, tmp_path, tmp_path / "broken", after=13)
    before = len(replayed)
    trained(project, tmp_path, tmp_path / "broken", resume=True)
    assert len(replayed) > before
    seen = len(replayed)
    monkeypatch.setattr(run_module, "fast_step", training_step)
    trained(project, tmp_path, tmp_path / "plain")
    assert len(replayed) == seen, "plain steps replay nothing"
    for other in ("whole", "broken"):
        assert equal(read_weights(tmp_path / "plain"), read_weights(tmp_path / other))
        assert history(tmp_path / "plain") == history(tmp_path / other)


def test_what_cannot_be_captured_keeps_its_own_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = with_training(class_project(tmp_path), **STEADY)

    def step(**settings: Any) -> Any:
        return fast_step(assemble(with_training(project, **settings), tmp_path))

    assert isinstance(step(), CapturedStep)
    assert step(optimizer="lbfgs", learning_rate=1.0) is closure_step
    assert step(accumulate=2).func is accumulated_step
    lowered = step(precision="bfloat16")
    assert lowered.func is mixed_step and lowered.keywords["step"] is gradient_step
    setup = assemble(project, tmp_path)
    own = replace(setup, project=replace(setup.project, layers={"own": CustomLayer("Own", "")}))
    assert fast_step(own) is gradient_step
    monkeypatch.setattr("designer.runtime.distributed.process_count", lambda: 2)
    assert fast_step(setup) is gradient_step


@pytest.mark.parametrize("kind", ["lbfgs", "gan", "too many operations"])
def test_such_runs_end_in_order_without_a_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replayed: list[int], kind: str
) -> None:
    project = with_training(class_project(tmp_path), **STEADY)
    if kind == "lbfgs":
        project = with_training(project, optimizer="lbfgs", learning_rate=1.0)
    elif kind == "gan":
        project = with_training(plane_gan(tmp_path), **STEADY)
    else:
        monkeypatch.setattr(captured, "MOST_OPERATIONS", 3)
    assert trained(project, tmp_path, tmp_path / "run")["epochs"] == 5
    assert replayed == []
