"""Restricted Boltzmann machines: the gradient of CD-k, what they learn, and stacks of them."""

from __future__ import annotations

import torch
from torch import nn

from designer.runtime.batches import Part
from designer.runtime.boltzmann import RBM, divergence_step, reconstructed
from designer.runtime.disturbing import drawn_bits


def _patterns(rows: int = 64) -> torch.Tensor:
    kinds = torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]])
    return kinds[torch.arange(rows) % 2]


def _part(values: torch.Tensor) -> Part:
    return Part((values,), values)


def test_the_gradient_of_cd_1_is_that_of_the_formula() -> None:
    torch.manual_seed(0)
    machine = RBM(6, 4)
    nn.init.normal_(machine.weight)
    values = (torch.rand(10, 6) > 0.5).float()
    weight, visible_bias, hidden_bias = (each.detach().clone() for each in machine.parameters())
    torch.manual_seed(7)
    divergence_step(machine, _part(values), nn.MSELoss(), torch.optim.SGD(machine.parameters(), lr=1.0), reconstructed)
    torch.manual_seed(7)
    chance = torch.rand(10, 4)
    wanted = [torch.zeros_like(weight), torch.zeros_like(visible_bias), torch.zeros_like(hidden_bias)]
    for row, drawn in zip(values, chance, strict=True):
        hidden = 1 / (1 + torch.exp(-(weight @ row + hidden_bias)))
        on = (drawn < hidden).float()
        dreamt = 1 / (1 + torch.exp(-(weight.T @ on + visible_bias)))
        after = 1 / (1 + torch.exp(-(weight @ dreamt + hidden_bias)))
        wanted[0] += torch.outer(hidden, row) - torch.outer(after, dreamt)
        wanted[1] += row - dreamt
        wanted[2] += hidden - after
    for parameter, before, change in zip(
        machine.parameters(), (weight, visible_bias, hidden_bias), wanted, strict=True
    ):
        torch.testing.assert_close(parameter.detach() - before, change / 10, rtol=1e-4, atol=1e-5)


def test_it_learns_two_patterns() -> None:
    torch.manual_seed(0)
    machine, values = RBM(6, 4), _patterns()
    optimizer = torch.optim.SGD(machine.parameters(), lr=0.5)
    losses = [divergence_step(machine, _part(values), nn.MSELoss(), optimizer, reconstructed)[0] for _ in range(400)]
    assert losses[0] > 0.2
    assert losses[-1] < 0.01


def test_more_steps_of_sampling_and_a_stack_learn_too() -> None:
    torch.manual_seed(1)
    stack, values = nn.Sequential(RBM(6, 5), RBM(5, 3)), _patterns()
    optimizer = torch.optim.SGD(stack.parameters(), lr=0.5)
    for _ in range(600):
        value, output = divergence_step(stack, _part(values), nn.MSELoss(), optimizer, reconstructed, steps=3)
    assert isinstance(output, torch.Tensor)
    assert output.shape == values.shape
    assert value < 0.02


def test_what_is_frozen_stays() -> None:
    machine = RBM(6, 4)
    machine.visible_bias.requires_grad_(False)
    before = machine.visible_bias.clone()
    optimizer = torch.optim.SGD(machine.parameters(), lr=1.0, weight_decay=0.1)
    divergence_step(machine, _part(_patterns()), nn.MSELoss(), optimizer, reconstructed)
    assert torch.equal(machine.visible_bias, before)
    assert machine.hidden_bias.abs().sum() > 0


def test_pictures_are_given_back_in_their_shape() -> None:
    pictures = _patterns().reshape(-1, 1, 2, 3)
    assert reconstructed(RBM(6, 4), _part(pictures)).shape == pictures.shape


def test_bits_are_drawn_as_often_as_their_chance() -> None:
    torch.manual_seed(0)
    values = torch.full((4000, 3), 0.5) * torch.tensor([0.0, 1.0, 2.0])
    drawn = drawn_bits(_part(values))
    assert set(drawn.inputs[0].unique().tolist()) == {0.0, 1.0}
    assert torch.equal(drawn.inputs[0], drawn.target)
    torch.testing.assert_close(drawn.target.mean(0), torch.tensor([0.0, 0.5, 1.0]), atol=0.03, rtol=0.0)
    assert drawn_bits(_part(values), draw=False).inputs[0] is values
