"""Restricted Boltzmann machines, which learn by contrastive divergence, alone or one upon another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from designer.runtime.batches import Part


class RBM(nn.Module):
    """Visible units of (N, visible) and hidden ones that each look at all of them, all of them 0 or 1.

    Its energy is −vᵀb − hᵀc − hᵀWv with W (hidden, visible). Weights start normal with a deviation of 0.01 and biases
    at 0 (Hinton 2012, "A practical guide to training restricted Boltzmann machines").
    """

    def __init__(self, visible: int, hidden: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(hidden, visible))
        self.visible_bias = nn.Parameter(torch.zeros(visible))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))
        nn.init.normal_(self.weight, std=0.01)

    def forward(self, visible: Tensor) -> Tensor:
        """How likely each hidden unit is on: (N, hidden)."""
        return torch.sigmoid(visible @ self.weight.T + self.hidden_bias)

    def visible_probabilities(self, hidden: Tensor) -> Tensor:
        """How likely each visible unit is on where the hidden ones are as they are: (N, visible)."""
        return torch.sigmoid(hidden @ self.weight + self.visible_bias)


def machines_in(model: nn.Module) -> list[Any]:
    """The restricted Boltzmann machines of a model, in the order in which they run."""
    # known by what they can do: the file of a model holds a class RBM of its own
    return [module for module in model.modules() if hasattr(module, "visible_probabilities")]


def reconstructed(model: nn.Module, batch: Part) -> Tensor:
    """What the machines give back of a batch: up through all of them and down again, as probabilities."""
    machines = machines_in(model)
    values = batch.inputs[0].flatten(1)
    for machine in machines:
        values = machine(values)
    for machine in reversed(machines):
        values = machine.visible_probabilities(values)
    return values.reshape(batch.inputs[0].shape)


def divergence_step(
    model: nn.Module,
    batch: Part,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
    steps: int = 1,
) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
    """One step of CD-k (Hinton 2002) for all machines of the model, each with what the one below makes of the data.

    Answers the loss of what the model gave back before the step, and that output.
    """
    optimizer.zero_grad(set_to_none=True)
    with torch.no_grad():
        output = answer(model, batch)
        value = loss(output, *batch.answers)
        visible = batch.inputs[0].flatten(1)
        for machine in machines_in(model):
            visible = contrast(machine, visible, steps)
    optimizer.step()
    return value, output


def contrast(machine: Any, visible: Tensor, steps: int) -> Tensor:
    """Put ⟨v h⟩ after ``steps`` of Gibbs sampling less that of the data (N, visible) beside the machine's parameters.

    Hidden units are drawn, visible ones are probabilities. Answers the hidden probabilities of the data.
    """
    hidden: Tensor = machine(visible)
    likely = hidden
    dreamt = visible
    for _ in range(steps):
        drawn = (torch.rand(likely.shape).to(likely.device) < likely).to(likely.dtype)
        dreamt = machine.visible_probabilities(drawn)
        likely = machine(dreamt)
    count = len(visible)
    for parameter, gradient in (
        (machine.weight, (likely.T @ dreamt - hidden.T @ visible) / count),
        (machine.visible_bias, (dreamt - visible).mean(0)),
        (machine.hidden_bias, (likely - hidden).mean(0)),
    ):
        if parameter.requires_grad:
            parameter.grad = gradient
    return hidden
