"""Chance: the random states that a training within an epoch depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def chance_now(device: torch.device) -> dict[str, Tensor]:
    """The random states of the processor and of ``device``, as bytes by their names."""
    import torch

    found = {"cpu": torch.default_generator.get_state()}
    if device.type == "cuda":
        found["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        found["mps"] = torch.mps.get_rng_state()
    return found


def set_chance(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Bring chance to states that ``chance_now`` gave, as far as they are of this kind of device."""
    import torch

    torch.default_generator.set_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
    elif device.type == "mps" and "mps" in states:
        torch.mps.set_rng_state(states["mps"])
