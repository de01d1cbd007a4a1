"""Batches in pieces: the steps are those of whole batches, whatever counts how much, or the checker says why not."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from designer.compiler.analyse import analyse
from designer.project.model import Column, Project
from designer.runtime.accumulating import accumulated_step, piece_rows
from designer.runtime.batches import Part
from designer.runtime.fit import gradient_step, output_of
from designer.training.checkpoint import read_weights
from tests.helpers.graphs import add, chain, link
from tests.helpers.training import class_project, trained, with_training


def plain(folder: Path, loss: str = "cross_entropy", width: int = 3, **training: Any) -> Project:
    """Rows of three classes, and how much each counts; no batch normalization."""
    project = class_project(folder)
    with (folder / "animals.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    with (folder / "animals.csv").open("w", encoding="utf-8", newline="") as file:
        head, *rest = rows
        csv.writer(file).writerows([[*head, "count"], *([*row, n % 4] for n, row in enumerate(rest))])
    made = chain(
        "table_input", ("linear", {"out_features": 12}), "tanh", ("linear", {"out_features": width}),
        *(["log_softmax"] if loss == "nll" else []), ("output", {"loss": loss}),
    )  # fmt: skip
    project = replace(project, graph=made.graph)
    return with_training(project, epochs=3, batch_size=16, optimizer="sgd", keep_best=False, threads=1, **training)


def weighted(project: Project) -> Project:
    assert project.data is not None
    columns = (*project.data.columns, Column("count", role="weight"))
    return replace(project, data=replace(project.data, columns=columns))  # type: ignore[arg-type]


def two_outputs(folder: Path) -> Project:
    """A class whose rare ones count more, and a number."""
    project = plain(folder, class_weights="balanced")
    assert project.data is not None
    columns = [replace(each, role="target") if each.name == "y" else each for each in project.data.columns]
    data = replace(project.data, columns=tuple(columns))  # type: ignore[arg-type]
    made, first = add(Project(), "table_input")
    for target, loss, width in (("animal", "cross_entropy", 3), ("y", "huber", 1)):
        made, head = add(made, "linear", {"out_features": width})
        made, end = add(made, "output", {"target": (target,), "loss": loss, "loss_weight": 0.7})
        made = link(link(made, first, head), head, end)
    return replace(project, graph=made.graph, data=data)


def assert_same_steps(project: Project, base: Path, pieces: int = 3) -> None:
    for name, count in (("whole", 1), ("pieces", pieces)):
        trained(with_training(project, accumulate=count), base, base / name)
    whole, parts = read_weights(base / "whole"), read_weights(base / "pieces")
    for name, tensor in whole.items():
        torch.testing.assert_close(parts[name], tensor, rtol=0, atol=1e-6)
    assert any(tensor.abs().max() > 0.01 for tensor in whole.values())


@pytest.mark.parametrize("pieces", [2, 3, 16])
def test_pieces_make_the_step_of_the_whole_batch(tmp_path: Path, pieces: int) -> None:
    assert_same_steps(plain(tmp_path), tmp_path, pieces)


@pytest.mark.parametrize("loss", ["cross_entropy", "nll", "focal"])
def test_class_weights_count_in_pieces_as_in_the_whole(tmp_path: Path, loss: str) -> None:
    assert_same_steps(plain(tmp_path, loss, class_weights="balanced"), tmp_path)


@pytest.mark.parametrize("loss", ["cross_entropy", "focal", "hinge"])
@pytest.mark.parametrize("class_weights", ["none", "balanced"])
def test_sample_weights_count_in_pieces_as_in_the_whole(tmp_path: Path, loss: str, class_weights: str) -> None:
    weights = {"class_weights": class_weights} if loss != "hinge" else {}
    assert_same_steps(weighted(plain(tmp_path, loss, **weights)), tmp_path)


def test_each_of_several_losses_counts_in_its_own_way(tmp_path: Path) -> None:
    assert_same_steps(two_outputs(tmp_path), tmp_path)
    weights = tmp_path / "weighted"
    weights.mkdir()
    assert_same_steps(weighted(two_outputs(weights)), weights)


def test_the_full_batch_and_an_autoencoder_go_in_pieces_too(tmp_path: Path) -> None:
    assert_same_steps(with_training(plain(tmp_path), batch_size=0, epochs=8), tmp_path)
    other = tmp_path / "auto"
    other.mkdir()
    project = plain(other)
    narrow = chain("table_input", ("linear", {"out_features": 2}), ("linear", {"out_features": 4}), "output")
    project = with_training(replace(project, graph=narrow.graph), mode="autoencoder")
    assert_same_steps(project, other)


def test_no_more_rows_than_a_piece_go_through_at_a_time_and_none_is_left_alone() -> None:
    seen: list[int] = []
    model = nn.Linear(2, 1)
    model.register_forward_hook(lambda module, inputs, output: seen.append(len(output)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    part = Part((torch.randn(13, 2),), torch.randn(13, 1))
    value, output = accumulated_step(model, part, nn.MSELoss(), optimizer, output_of, rows=piece_rows(13, 3))
    assert seen == [5, 5, 3] and isinstance(output, torch.Tensor) and len(output) == 13
    assert not value.requires_grad and not output.requires_grad
    assert value.item() == pytest.approx(nn.MSELoss()(output, part.target).item())
    seen.clear()
    accumulated_step(model, part, nn.MSELoss(), optimizer, output_of, rows=4)
    assert seen == [4, 4, 5]


def test_shares_of_classes_as_targets_count_by_samples() -> None:
    torch.manual_seed(0)
    models = [nn.Linear(4, 3) for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    loss = nn.CrossEntropyLoss(weight=torch.tensor([0.5, 1.0, 3.0]))
    part = Part((torch.randn(10, 4),), torch.rand(10, 3).softmax(dim=1))
    for model, extra in ((models[0], {}), (models[1], {"rows": 3})):
        step: Any = accumulated_step if extra else gradient_step
        step(model, part, loss, torch.optim.SGD(model.parameters(), lr=1.0), output_of, **extra)
    torch.testing.assert_close(models[0].weight, models[1].weight, rtol=0, atol=1e-6)


def codes(project: Project) -> list[tuple[str, str]]:
    found = analyse(project).problems
    return [(each.severity, each.code) for each in found if each.place == place_of("accumulate")]


def place_of(name: str) -> Any:
    from designer.compiler.problems import SettingPlace

    return SettingPlace(f"training.{name}")


def test_what_cannot_go_in_pieces_is_said_before(tmp_path: Path) -> None:
    project = plain(tmp_path)
    assert codes(with_training(project, accumulate=4)) == []
    assert codes(with_training(project, accumulate=4, optimizer="lbfgs")) == [("error", "no-pieces")]
    assert codes(with_training(project, accumulate=4, mode="gan")) == [("error", "no-pieces")]
    triplet = plain(tmp_path, "triplet", 5)
    assert codes(with_training(triplet, accumulate=4)) == [("error", "no-pieces")]


def test_batch_normalization_needs_two_samples_a_piece(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), batch_size=8, epochs=2)
    assert codes(with_training(project, accumulate=4)) == [("warning", "pieces-norm")]
    assert codes(with_training(project, accumulate=8)) == [("error", "batch-norm")]
    fix = next(each.fix for each in analyse(with_training(project, accumulate=8)).problems if each.code == "batch-norm")
    assert fix is not None and fix.edit(with_training(project, accumulate=8)).training.accumulate == 4
    trained(with_training(project, accumulate=4), tmp_path, tmp_path / "run")
