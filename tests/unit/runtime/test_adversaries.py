"""Generative adversarial networks: which parameters a step changes, and the distance that judges samples."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn

from designer.runtime.adversaries import (
    GeneratedMeasure,
    adversarial_step,
    energy_distance,
    generated,
    repeated_noise,
)
from designer.runtime.batches import Part


class Pair(nn.Module):
    """A generator and a discriminator for points of the plane."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
        self.discriminator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))

    def noise(self, count: int, generator: torch.Generator | None = None) -> torch.Tensor:
        return torch.randn(count, 3, generator=generator)

    def forward(self, noise: torch.Tensor) -> Any:
        return self.generator(noise)


def _part(rows: int = 16) -> Part:
    points = torch.randn(rows, 2, generator=torch.Generator().manual_seed(3))
    return Part((points,), points)


def _changed(before: nn.Module, after: nn.Module) -> bool:
    pairs = zip(before.parameters(), after.parameters(), strict=True)
    return any(not torch.equal(one, other) for one, other in pairs)


class Counted(torch.optim.SGD):
    """Notes after each step whether generator and discriminator were changed by it."""

    def __init__(self, pair: Pair) -> None:
        super().__init__(pair.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
        self.pair, self.seen = pair, copy.deepcopy(pair)
        self.changes: list[tuple[bool, bool]] = []

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        super().step(closure)
        now = self.pair
        generator = _changed(self.seen.generator, now.generator)
        self.changes.append((generator, _changed(self.seen.discriminator, now.discriminator)))
        self.seen = copy.deepcopy(now)


@pytest.mark.parametrize("critic_steps", [1, 3])
def test_each_step_changes_one_network_alone(critic_steps: int) -> None:
    torch.manual_seed(0)
    pair = Pair()
    optimizer = Counted(pair)
    for _ in range(2):
        adversarial_step(pair, _part(), nn.BCEWithLogitsLoss(), optimizer, generated, critic_steps, 0.1)
    assert optimizer.changes == [*[(False, True)] * critic_steps, (True, False)] * 2


def test_a_step_tells_samples_and_losses() -> None:
    torch.manual_seed(0)
    value, output = adversarial_step(
        Pair(), _part(), nn.BCEWithLogitsLoss(), torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1), generated
    )
    assert {name: tuple(each.shape) for name, each in output.items()} == {
        "sample": (16, 2), "generator_loss": (16,), "discriminator_loss": (16,)
    }  # fmt: skip
    assert value == energy_distance(output["sample"], _part().inputs[0])
    assert not any(each.requires_grad for each in output.values())


def test_the_discriminator_is_taught_by_the_loss_of_the_formula() -> None:
    torch.manual_seed(0)
    pair, part = Pair(), _part()
    pair.eval()
    with torch.no_grad():
        found = generated(pair, part)
        real, fake = pair.discriminator(part.inputs[0]).sigmoid(), pair.discriminator(found["sample"]).sigmoid()
    torch.testing.assert_close(found["discriminator_loss"], -(real.log() + (1 - fake).log()).flatten() / 2)
    torch.testing.assert_close(found["generator_loss"], -fake.log().flatten())


def test_the_same_is_generated_whatever_was_drawn_before() -> None:
    pair = Pair().eval()
    first = generated(pair, _part())["sample"]
    torch.rand(10)
    assert torch.equal(generated(pair, _part())["sample"], first)
    assert not torch.equal(repeated_noise(pair, 5), repeated_noise(pair, 5, seed=1))


def test_energy_distance_is_that_of_the_formula() -> None:
    x, y = torch.tensor([[0.0], [2.0]]), torch.tensor([[1.0], [5.0]])
    between = (1 + 5 + 1 + 3) / 4
    assert energy_distance(x, y).item() == pytest.approx(2 * between - 2 - 4)


def test_energy_distance_of_normals() -> None:
    """Of N(0, 1) and N(m, 1): 2 E|X − Y| − 2 E|X − X'|, where X − X' is N(0, 2) and X − Y is N(−m, 2)."""
    chance = torch.Generator().manual_seed(0)
    x, y = torch.randn(4000, 1, generator=chance), torch.randn(4000, 1, generator=chance) + 1.5
    normal = torch.distributions.Normal(0.0, 1.0)
    scale = torch.tensor(2.0).sqrt()
    ratio = 1.5 / scale
    between = scale * (2 / torch.pi) ** 0.5 * torch.exp(-(ratio**2) / 2) + 1.5 * (1 - 2 * normal.cdf(-ratio))
    within = 2 / torch.pi**0.5
    assert energy_distance(x, y).item() == pytest.approx(2 * (between.item() - within), abs=0.05)
    assert abs(energy_distance(x[:2000], x[2000:]).item()) < 0.02


def test_pictures_are_compared_as_rows() -> None:
    pictures = torch.rand(6, 1, 3, 3)
    assert energy_distance(pictures, pictures + 1) == energy_distance(pictures.flatten(1), pictures.flatten(1) + 1)


def test_figures_are_of_at_most_a_thousand_samples() -> None:
    rows = torch.randn(3000, 2)
    losses = {"generator_loss": rows[:, 0], "discriminator_loss": rows[:, 1]}
    figures = GeneratedMeasure()({"sample": torch.cat([rows + 100, rows[:1000]]), **losses}, rows)
    assert set(figures) == {"loss", "generator_loss", "discriminator_loss"}
    assert abs(figures["loss"]) < 0.1
