"""The learning-rate finder: what it makes of losses, that it spoils nothing, and that it can be given up."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from designer.layers.catalog import OPTIMIZERS
from designer.project.file import load_project
from designer.training.assemble import assemble
from designer.training.errors import RunError
from designer.training.rate_finder import HIGHEST, LOWEST, STEPS, diverged, find_rate, found_in, range_test, smoothed
from tests.helpers.generative import plane_gan
from tests.helpers.training import class_project, number_project, trained, with_training

SAMPLES = Path(__file__).resolve().parents[3] / "sample_projects"


def rates(count: int) -> list[float]:
    return [LOWEST * (HIGHEST / LOWEST) ** (place / (count - 1)) for place in range(count)]


def test_the_steepest_descent_is_suggested() -> None:
    tested = [(rate, 2 - 1.5 / (1 + math.exp(-2 * (math.log10(rate) + 2)))) for rate in rates(120)]
    found = found_in(tested)
    assert 0.01 <= found.suggestion <= 0.05
    assert found.lowest == pytest.approx(10, rel=0.1)
    assert found.note == f"The loss falls most steeply at {found.steepest:g} and is lowest at {found.lowest:g}."
    assert len(found.smoothed) == len(found.rates) == 120


def test_noise_of_the_first_batches_is_not_taken_for_learning() -> None:
    chance = torch.Generator().manual_seed(0)
    noise = torch.randn(120, generator=chance).tolist()
    tested = [
        (rate, 2 + 0.05 * each - 1.5 / (1 + math.exp(-2 * (math.log10(rate) + 2))))
        for rate, each in zip(rates(120), noise, strict=True)
    ]
    assert 0.003 <= found_in(tested).suggestion <= 0.1


def loss_of_small_batches(seed: int, fall: float) -> list[tuple[float, float]]:
    """Losses as those of 16 diamonds at a time: they vary nearly as much as they fall, and rise from a rate of 0.1."""
    chance = torch.Generator().manual_seed(seed)
    noise = (1 + 0.6 * torch.randn(120, generator=chance)).tolist()
    return [
        (rate, each * (1 - fall / (1 + math.exp(-4 * (math.log10(rate) + 2.7))) + max(0.0, rate - 0.1)))
        for rate, each in zip(rates(120), noise, strict=True)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_bump_of_noise_is_no_descent(seed: int) -> None:
    found = found_in(loss_of_small_batches(seed, fall=0.8))
    assert 1e-3 <= found.suggestion <= 0.03, found.note
    assert found.suggestion <= found.lowest / 9
    assert f"most steeply at {found.steepest:g}" in found.note


def test_where_the_fall_is_no_more_than_noise_no_rate_is_advised() -> None:
    for seed in range(12):
        found = found_in(loss_of_small_batches(seed, fall=0.0))
        assert (found.suggestion, found.steepest, found.lowest) == (0.0, 0.0, 0.0)
        assert "no clear descent" in found.note
        assert "batch" in found.note


@pytest.mark.parametrize("seed", range(3))
def test_diamonds_in_small_batches(seed: int) -> None:
    path = SAMPLES / "diamonds" / "diamonds.loom"
    project = with_training(load_project(path), batch_size=16, seed=seed)
    assert 5e-4 <= find_rate(project, path.parent).suggestion <= 0.02


def test_a_rate_at_the_very_edge_is_not_advised() -> None:
    tested = [(rate, 1.0 - min(rate, 0.1) * 9 + (5.0 if rate > 0.1 else 0.0)) for rate in rates(120)]
    found = found_in(tested)
    assert found.steepest == pytest.approx(0.1, rel=0.3)
    assert found.suggestion == pytest.approx(found.lowest / 10, rel=0.05)
    assert f"Advised is {found.suggestion:g}" in found.note


def test_where_the_loss_does_not_fall_nothing_is_suggested() -> None:
    found = found_in([(rate, 1.0 + rate) for rate in rates(60)])
    assert (found.suggestion, found.lowest) == (0.0, 0.0)
    assert "falls at no rate" in found.note
    assert "too few steps" in found_in([(1e-7, math.nan)]).note


def test_smoothing_is_free_of_its_start() -> None:
    assert smoothed([3.0, 3.0, 3.0]) == pytest.approx([3.0, 3.0, 3.0])


def test_a_loss_that_runs_away_ends_the_test() -> None:
    calm = [(rate, 1.0) for rate in rates(30)]
    assert not diverged(calm)
    assert diverged([*calm, *[(1.0, 40.0)] * 5])
    assert diverged([*calm, (1.0, math.nan)])
    assert not diverged([(rate, -1.0 - rate) for rate in rates(30)])


def test_a_network_finds_a_rate_that_it_learns_with(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    shares: list[float] = []
    found = find_rate(project, tmp_path, heard=lambda share, rate, loss: shares.append(share))
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert 1e-3 <= found.suggestion <= 1.0
    assert found.suggestion < found.lowest
    assert shares == sorted(shares)
    assert len(found.rates) <= STEPS
    assert find_rate(project, tmp_path) == found
    good = trained(with_training(project, learning_rate=found.suggestion), tmp_path, tmp_path / "good")
    poor = trained(with_training(project, learning_rate=found.suggestion / 1000), tmp_path, tmp_path / "poor")
    assert good["train"]["loss"] < poor["train"]["loss"]


@pytest.mark.parametrize("optimizer", ["sgd", "lbfgs", "muon", "adadelta"])
def test_other_optimizers_and_the_full_batch(tmp_path: Path, optimizer: str) -> None:
    project = with_training(class_project(tmp_path), optimizer=optimizer, batch_size=0)
    project = with_training(project, learning_rate=OPTIMIZERS[optimizer].learning_rate)
    assert find_rate(project, tmp_path, steps=40).rates


def test_factors_of_layers_and_schedules_do_not_disturb_it(tmp_path: Path) -> None:
    from tests.unit.training.test_schedules import Schedule, with_factor

    project = with_factor(with_training(class_project(tmp_path), schedules=(Schedule("one_cycle"),)), 0.1)
    setup = assemble(with_training(project, schedules=()), tmp_path)
    seen: list[list[float]] = []
    groups = setup.optimizer.param_groups
    setup.optimizer.register_step_pre_hook(lambda *_: seen.append(sorted(group["lr"] for group in groups)))
    range_test(setup, 20, lambda share, rate, loss: None, lambda: False)
    assert [pair[1] for pair in seen] == pytest.approx(rates(20)[: len(seen)])
    assert all(low == pytest.approx(high / 10) for low, high in seen)
    assert find_rate(project, tmp_path, steps=20).rates == tuple(rates(20))


def test_it_can_be_given_up(tmp_path: Path) -> None:
    found = find_rate(number_project(tmp_path), tmp_path, cancelled=lambda: True)
    assert len(found.rates) == 1
    assert found.suggestion == 0.0


def test_two_networks_that_compete_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="compete"):
        find_rate(plane_gan(tmp_path), tmp_path)
