"""Balanced sampling: the rule of PyTorch's weighted sampler, seeded each epoch, by the first target of classes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import WeightedRandomSampler

from designer.compiler.analyse import analyse
from designer.project.model import Project
from designer.runtime.batches import Part, shuffled_batches
from designer.runtime.sampling import drawn_balanced
from designer.training.assemble import assemble
from designer.training.prepare import facts_of
from tests.helpers.by_hand import assert_trained_as, hand_loop
from tests.helpers.training import class_project, history, number_project, trained, with_training, write_csv
from tests.unit.training.test_monitor import two_outputs


def rare(folder: Path, **training: Any) -> Project:
    """Three classes of which one is rare."""
    project = class_project(folder)
    chance = np.random.default_rng(0)
    rows = [
        (round(float(chance.normal(n % 3, 1)), 3), n % 5, "red", ("ant", "bee", "cat")[2 if n % 9 == 0 else n % 2])
        for n in range(180)
    ]
    write_csv(folder / "animals.csv", ("x", "y", "colour", "animal"), rows)
    usual = {"epochs": 3, "keep_best": False, "threads": 1, "sampling": "balanced"}
    return with_training(project, **{**usual, **training})


def order_of(project: Project, base: Path) -> Any:
    codes = assemble(project, base).parts["train"].target

    def order(rows: int) -> Tensor:
        weights = 1 / torch.bincount(codes).double()[codes]
        return torch.tensor(list(WeightedRandomSampler(weights.tolist(), rows)))

    return order


def test_an_epoch_is_what_the_weighted_sampler_draws(tmp_path: Path) -> None:
    for batch_size in (16, 0):
        project = rare(tmp_path, batch_size=batch_size)
        base = tmp_path / str(batch_size)
        base.mkdir()
        rare(base)
        assert_trained_as(project, base, hand_loop(project, base, order=order_of(project, base)))


def test_classes_come_equally_often_and_an_epoch_is_as_long_as_the_part() -> None:
    codes = torch.tensor([0] * 900 + [1] * 90 + [2] * 10)
    part = drawn_balanced(Part((torch.arange(1000.0)[:, None],), codes))
    torch.manual_seed(3)
    batches = list(shuffled_batches(part, 64))
    found = torch.cat([batch.target for batch in batches])
    assert len(found) == 1000
    assert all(abs(count - 333) < 60 for count in torch.bincount(found).tolist())
    again = torch.cat([batch.target for batch in shuffled_batches(part, 64)])
    assert not torch.equal(found, again)


def test_two_classes_and_several_outputs_are_balanced_too(tmp_path: Path) -> None:
    codes = torch.tensor([[0.0]] * 95 + [[1.0]] * 5)
    part = drawn_balanced(Part((torch.zeros(100, 1),), {"size": torch.zeros(100, 1), "sold": codes}), "sold")
    assert part.chances is not None
    assert part.chances[:95].sum().item() == torch.tensor(1.0).item()
    assert abs(part.chances[95:].sum().item() - 1) < 1e-9
    project = with_training(two_outputs(tmp_path), sampling="balanced", epochs=1)
    found = assemble(project, tmp_path).parts["train"]
    assert isinstance(found.targets, dict)
    animals = next(each for each in found.targets.values() if not each.is_floating_point())
    assert found.chances is not None and torch.equal(found.chances, 1 / torch.bincount(animals).double()[animals])


def test_a_run_goes_on_with_the_same_samples(tmp_path: Path, every_epoch: None) -> None:
    from designer.runtime.events import Epoch
    from designer.training.run import train

    project = rare(tmp_path)
    trained(project, tmp_path, tmp_path / "whole")
    (tmp_path / "broken").mkdir()
    events = train(project, tmp_path, tmp_path / "broken")
    for event in events:
        if isinstance(event, Epoch):
            break
    events.close()
    trained(project, tmp_path, tmp_path / "broken", resume=True)
    assert history(tmp_path / "broken") == history(tmp_path / "whole")


def codes(project: Project, base: Path) -> list[tuple[str, str, str]]:
    found = analyse(project, facts_of(project, base)).problems
    return [
        (each.severity, each.code, each.sentence) for each in found if "sampling" in getattr(each.place, "path", "")
    ]


def test_what_has_no_classes_is_said_before(tmp_path: Path) -> None:
    assert codes(rare(tmp_path), tmp_path) == []
    numbers = with_training(number_project(tmp_path), sampling="balanced")
    (found,) = codes(numbers, tmp_path)
    assert found[:2] == ("error", "no-classes") and "“price” holds numbers" in found[2]
    (twice,) = codes(rare(tmp_path, class_weights="balanced"), tmp_path)
    assert twice[:2] == ("warning", "balanced-twice")
    auto = with_training(replace(rare(tmp_path)), mode="autoencoder")
    (own,) = codes(auto, tmp_path)
    assert own[1] == "no-classes" and "Autoencoder" in own[2]
