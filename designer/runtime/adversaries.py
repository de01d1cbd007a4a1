"""Generative adversarial networks: the steps of both networks, and how near samples are to the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from designer.runtime.batches import Part

COMPARED = 1_000


def adversarial_step(
    model: Any,
    batch: Part,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
    critic_steps: int = 1,
    smoothing: float = 0.0,
) -> tuple[Tensor, dict[str, Tensor]]:
    """``critic_steps`` steps of the discriminator, then one of the generator (Goodfellow et al. 2014).

    The optimizer holds the parameters of both: those without a gradient stay as they are. The generator follows
    −log D(G(z)). Answers the energy distance of the new samples to the batch, and both with their losses.
    """
    real = batch.inputs[0]
    for _ in range(critic_steps):
        optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            fake = model.generator(model.noise(len(real)).to(real.device))
        told_real, told_fake = model.discriminator(real), model.discriminator(fake)
        judged = loss(told_real, torch.full_like(told_real, 1 - smoothing))
        judged = (judged + loss(told_fake, torch.zeros_like(told_fake))) / 2
        judged.backward()
        optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    sample = model.generator(model.noise(len(real)).to(real.device))
    told = model.discriminator(sample)
    fooled = loss(told, torch.ones_like(told))
    fooled.backward()
    for parameter in model.discriminator.parameters():
        parameter.grad = None
    optimizer.step()
    sample = sample.detach()
    losses = {"generator_loss": fooled.detach(), "discriminator_loss": judged.detach()}
    each = {name: value.expand(len(real)) for name, value in losses.items()}
    return energy_distance(sample, real), {"sample": sample, **each}


def generated(model: Any, batch: Part) -> dict[str, Tensor]:
    """As many samples as ``batch`` has, and for each pair the losses of both; the same noise whenever it is asked."""
    real = batch.inputs[0]
    fake = model.generator(repeated_noise(model, len(real)).to(real.device))
    told_real, told_fake = model.discriminator(real), model.discriminator(fake)
    ones, zeros = torch.ones_like(told_real), torch.zeros_like(told_real)
    judged = F.binary_cross_entropy_with_logits(told_real, ones, reduction="none")
    judged = (judged + F.binary_cross_entropy_with_logits(told_fake, zeros, reduction="none")) / 2
    fooled = F.binary_cross_entropy_with_logits(told_fake, ones, reduction="none")
    return {"sample": fake, "generator_loss": fooled.flatten(), "discriminator_loss": judged.flatten()}


def repeated_noise(model: Any, count: int, seed: int = 0) -> Tensor:
    """Noise for ``count`` samples that is the same each time, whatever else was drawn before."""
    noise: Tensor = model.noise(count, torch.Generator().manual_seed(seed + count))
    return noise


def energy_distance(sample: Tensor, real: Tensor) -> Tensor:
    """2 E|X − Y| − E|X − X'| − E|Y − Y'| of two sets of samples, each flattened (Székely and Rizzo 2013).

    It is 0 where both come from the same distribution. Pairs are of different samples, so that it may fall below 0.
    """
    x, y = sample.flatten(1), real.flatten(1)
    return 2 * torch.cdist(x, y).mean() - mean_distance(x) - mean_distance(y)


def mean_distance(rows: Tensor) -> Tensor:
    """The mean distance of two different rows of (N, F)."""
    distances = torch.cdist(rows, rows)
    return (distances.sum() - distances.diagonal().sum()) / max(1, len(rows) * (len(rows) - 1))


class GeneratedMeasure:
    """Measures samples against the data: ``loss`` is their energy distance, of at most 1,000 of each."""

    def __call__(self, output: dict[str, Tensor], target: Tensor, *weights: Tensor) -> dict[str, float]:
        """The figures of ``output``, as ``generated`` and ``adversarial_step`` give it, and of the samples' data."""
        newest = output["sample"][-COMPARED:]
        spread = torch.linspace(0, len(target) - 1, min(len(target), COMPARED)).round().long().to(target.device)
        figures = {"loss": energy_distance(newest, target[spread]).item()}
        return figures | {name: output[name].mean().item() for name in ("generator_loss", "discriminator_loss")}
