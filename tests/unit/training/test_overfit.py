"""One batch learned by heart: what can learn is told from what cannot, with the reason, and nothing is touched."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from designer.project import edits
from designer.project.errors import LayerloomError
from designer.project.model import Project, Training
from designer.training.overfit import Loss, Verdict, overfit
from tests.helpers.generative import plane_gan, rbm
from tests.helpers.graphs import named
from tests.helpers.tales import fitting, writing_project
from tests.helpers.training import class_project, number_project, with_training, write_csv


def verdict(project: Project, base: Path, steps: int = 300) -> Verdict:
    """The verdict, after losses that are counted from 1."""
    *losses, last = overfit(project, base, steps)
    assert isinstance(last, Verdict)
    assert [event.step for event in losses if isinstance(event, Loss)] == list(range(1, last.steps + 1))
    return last


def test_a_network_that_can_learn(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    before = sorted(tmp_path.iterdir())
    found = verdict(project, tmp_path)
    assert found.learned
    assert found.reasons == ()
    assert found.samples == 16
    assert found.sentence.startswith("The network can learn: the loss of one batch of 16 samples went from 1.13 to 0.0")
    assert found.last < 0.1 * found.first
    assert found.steps < 300
    assert sorted(tmp_path.iterdir()) == before


def test_dropout_does_not_keep_it_from_learning_by_heart(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    project = edits.set_fields(project, named(project, "dropout1"), {"p": 0.9})
    assert verdict(project, tmp_path).learned


def slow(project: Project) -> Project:
    return with_training(project, learning_rate=1e-7)


def wild(project: Project) -> Project:
    return with_training(project, learning_rate=1e6, optimizer="sgd")


def pulled(project: Project) -> Project:
    return with_training(project, l1=10.0)


def bound(project: Project) -> Project:
    return with_training(project, optimizer="sgd", clip_norm=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (slow, r"The learning rate is too small: with [\d.]+ instead of 1e-07"),
        (wild, r"The learning rate is too large: with 0\.01 instead of 1e\+06"),
        (pulled, "Without L1 the same batch is learned"),
        (bound, "Without clipping of the norm the same batch is learned"),
    ],
)
def test_settings_that_keep_it_from_learning(tmp_path: Path, change: Callable[[Project], Project], reason: str) -> None:
    found = verdict(change(class_project(tmp_path)), tmp_path)
    assert not found.learned
    assert found.sentence.startswith("The network does not learn")
    assert any(re.match(reason, each) for each in found.reasons), found.reasons


def test_samples_that_nothing_tells_apart(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    rows = [(1.0, 2.0, "red", ("ant", "bee", "cat")[number % 3]) for number in range(90)]
    write_csv(tmp_path / "animals.csv", ("x", "y", "colour", "animal"), rows)
    found = verdict(project, tmp_path)
    assert not found.learned
    assert any("have the same inputs as another one, but another target" in each for each in found.reasons)
    assert any("answers the same to every sample" in each for each in found.reasons)


def test_layers_that_no_gradient_reaches_are_named(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    for name in ("linear1", "linear2"):
        project = edits.set_fields(project, named(project, name), {"weight_init": "zeros", "bias_init": "zeros"})
    found = verdict(project, tmp_path, 60)
    assert not found.learned
    assert any(each.startswith("The gradient of linear1.weight") for each in found.reasons), found.reasons


def tales(folder: Path) -> Project:
    return fitting(writing_project(folder), folder)


@pytest.mark.parametrize("make", [rbm, tales])
def test_other_ways_of_training(tmp_path: Path, make: Callable[[Path], Project]) -> None:
    found = verdict(make(tmp_path), tmp_path, 60)
    assert found.sentence.startswith("The network ")
    assert found.steps > 1


def test_few_numbers_for_many_samples(tmp_path: Path) -> None:
    project = number_project(tmp_path, Training(batch_size=0, learning_rate=0.05, optimizer="sgd"))
    torch.manual_seed(0)
    rows = [(n, value, "train") for n, value in enumerate(torch.randn(40).tolist())]
    write_csv(tmp_path / "hotels.csv", ("distance", "price", "split"), [*rows, (1, 1, "test")])
    found = verdict(project, tmp_path)
    assert not found.learned
    assert any("2 numbers to learn, fewer than the 40 samples" in each for each in found.reasons)


def test_a_gan_has_no_loss_that_falls(tmp_path: Path) -> None:
    project = plane_gan(tmp_path)
    with pytest.raises(LayerloomError, match="two networks of a GAN"):
        verdict(replace(project, training=replace(project.training, epochs=1)), tmp_path)
