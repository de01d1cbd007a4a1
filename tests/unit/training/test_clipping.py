"""Clipped gradients: each training equals a loop written by hand, or the checker says why it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.project.model import Project
from designer.runtime.clipping import clip_norm, clip_value
from designer.training.assemble import assemble
from designer.training.checkpoint import read_weights
from tests.helpers.by_hand import assert_trained_as, hand_loop
from tests.helpers.training import class_project, trained, with_training


def bounded(folder: Path, **settings: Any) -> Project:
    return with_training(class_project(folder), epochs=3, keep_best=False, **settings)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "muon"])
@pytest.mark.parametrize("limits", [{"clip_norm": 0.05}, {"clip_value": 0.01}, {"clip_norm": 0.05, "clip_value": 0.01}])
def test_training_follows_clipped_gradients(tmp_path: Path, optimizer: str, limits: dict[str, float]) -> None:
    project = bounded(tmp_path, optimizer=optimizer, **limits)

    def before_step(weights: list[torch.Tensor]) -> None:
        if "clip_norm" in limits:
            torch.nn.utils.clip_grad_norm_(weights, limits["clip_norm"])
        if "clip_value" in limits:
            torch.nn.utils.clip_grad_value_(weights, limits["clip_value"])

    assert_trained_as(project, tmp_path, hand_loop(project, tmp_path, before_step=before_step))


def test_gradients_are_clipped_after_l1_was_added(tmp_path: Path) -> None:
    project = bounded(tmp_path, optimizer="sgd", l1=0.3, clip_norm=0.02)

    def before_step(weights: list[torch.Tensor]) -> None:
        for weight in weights:
            assert weight.grad is not None
            weight.grad += 0.3 * weight.detach().sign()
        torch.nn.utils.clip_grad_norm_(weights, 0.02)

    assert_trained_as(project, tmp_path, hand_loop(project, tmp_path, before_step=before_step))


def test_no_step_is_longer_than_the_norm_allows(tmp_path: Path) -> None:
    project = bounded(tmp_path, optimizer="sgd", learning_rate=1.0, clip_norm=1e-3, batch_size=0)
    project = with_training(project, epochs=1)
    before = {name: each.clone() for name, each in assemble(project, tmp_path).model.named_parameters()}
    trained(project, tmp_path, tmp_path / "run")
    after = read_weights(tmp_path / "run")
    moved = torch.cat([(after[name] - each).flatten() for name, each in before.items()])
    assert moved.norm().item() == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize("clip", [clip_norm, clip_value])
def test_parameters_without_gradients_are_left_out(clip: Any) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    clip(optimizer, 1e-4)
    still = model[0].weight.detach().clone()
    model[1](torch.ones(3, 2)).sum().backward()
    optimizer.step()
    assert torch.equal(model[0].weight, still)
    assert model[1].weight.grad is not None and model[1].weight.grad.abs().max() <= 1.01e-4


@pytest.mark.parametrize("name", ["clip_norm", "clip_value"])
def test_lbfgs_cannot_clip_and_says_so(tmp_path: Path, name: str) -> None:
    project = with_training(class_project(tmp_path), optimizer="lbfgs", learning_rate=1.0, **{name: 0.5})
    found = [problem for problem in analyse(project).problems if problem.code == "no-clipping"]
    assert [problem.severity for problem in found] == ["error"]
    assert "LBFGS" in found[0].sentence and "0.5" in found[0].sentence
    assert found[0].fix is not None
    mended = found[0].fix.edit(project)
    assert not [problem for problem in analyse(mended).problems if problem.code == "no-clipping"]
