"""Layers that are frozen stay bit for bit, those with a rate of their own learn at it, and runs go on exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from designer.layers.catalog import OPTIMIZERS
from designer.project.edits import set_fields
from designer.project.model import FieldValue, Project
from designer.runtime.events import Epoch
from designer.training.assemble import assemble
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.errors import RunError
from designer.training.run import train
from tests.helpers.graphs import named
from tests.helpers.training import class_project, history, trained, with_training


def set_named(project: Project, name: str, **values: FieldValue) -> Project:
    return set_fields(project, named(project, name), values)


def project_of(folder: Path, optimizer: str = "adam", **training: object) -> Project:
    """The first Linear and the batch normalisation frozen with values of their own, the last Linear slow."""
    project = class_project(folder)
    project = set_named(project, "linear1", weight_init="orthogonal", bias_init="constant", frozen=True)
    project = set_named(project, "norm1", weight_init="normal", weight_spread=0.4, frozen=True)
    project = set_named(project, "linear2", weight_init="xavier_uniform", learning_rate_factor=0.5)
    return with_training(project, optimizer=optimizer, epochs=4, **training)


@pytest.mark.parametrize("key", sorted(OPTIMIZERS))
def test_frozen_layers_stay_bit_for_bit_whatever_pulls_at_them(tmp_path: Path, key: str) -> None:
    kind = OPTIMIZERS[key]
    alone = key == "lbfgs"
    project = project_of(tmp_path, key, l1=0.0 if alone else 0.01, weight_decay=0.1 if kind.decay else 0.0)
    if alone:
        project = set_named(project, "linear2", learning_rate_factor=1.0)
    project = with_training(project, learning_rate=kind.learning_rate, batch_size=0, keep_best=False)
    setup = assemble(project, tmp_path)
    before = {name: tensor.clone() for name, tensor in setup.model.state_dict().items()}
    assert torch.allclose(before["linear1.bias"], torch.tensor(0.1))
    assert torch.equal(before["norm1.running_mean"], torch.zeros(12))
    trained(project, tmp_path, tmp_path / "run")
    after = read_weights(tmp_path / "run")
    for name in before:
        still = name.startswith(("linear1.", "norm1."))
        assert torch.equal(before[name], after[name]) == still, name


def test_each_rate_is_a_group_of_the_optimizer(tmp_path: Path) -> None:
    setup = assemble(set_named(project_of(tmp_path), "linear1", frozen=False), tmp_path)
    assert setup.texts[1].startswith('torch.optim.Adam(parameter_groups(model, {"linear2": 0.5}, lr=0.02), lr=0.02')
    found = [(group["lr"], len(group["params"])) for group in setup.optimizer.param_groups]
    assert found == [(0.02, 2), (0.01, 2)]


@pytest.mark.parametrize("key", ["sgd", "adam", "rmsprop"])
def test_a_run_with_groups_goes_on_as_if_it_had_never_stopped(tmp_path: Path, key: str, every_epoch: None) -> None:
    project = set_named(project_of(tmp_path, key, l1=0.002, weight_decay=0.01), "linear1", frozen=False)
    project = set_named(project, "linear1", learning_rate_factor=2.0)
    trained(project, tmp_path, tmp_path / "whole")
    broken = tmp_path / "broken"
    broken.mkdir()
    events = train(project, tmp_path, broken)
    for event in events:
        if isinstance(event, Epoch) and event.epoch == 2:
            break
    events.close()
    checkpoint = read_checkpoint(broken)
    assert checkpoint is not None and [group["lr"] for group in checkpoint.optimizer["param_groups"]] == [0.04, 0.01]
    trained(project, tmp_path, broken, resume=True)
    assert history(broken) == history(tmp_path / "whole")
    one, other = read_weights(broken), read_weights(tmp_path / "whole")
    assert all(torch.equal(one[name], other[name]) for name in other)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("linear1", {"frozen": False}),
        ("linear1", {"weight_init": "default"}),
        ("linear2", {"learning_rate_factor": 0.25}),
    ],
)
def test_a_run_does_not_go_on_once_its_layers_learn_otherwise(
    tmp_path: Path, name: str, values: dict[str, FieldValue], every_epoch: None
) -> None:
    project = project_of(tmp_path)
    trained(project, tmp_path, tmp_path / "run")
    with pytest.raises(RunError, match="cannot go on"):
        trained(set_named(project, name, **values), tmp_path, tmp_path / "run", resume=True)


def test_one_rate_for_all_is_said_of_lbfgs(tmp_path: Path) -> None:
    project = project_of(tmp_path, "lbfgs", learning_rate=1.0, batch_size=0)
    with pytest.raises(RunError, match="LBFGS takes one step for all parameters, so that “linear2” cannot"):
        assemble(project, tmp_path)


def test_everything_frozen_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    project = set_named(project_of(tmp_path), "linear2", frozen=True)
    with pytest.raises(RunError, match="Nothing is left to train"):
        assemble(project, tmp_path)
