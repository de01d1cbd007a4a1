"""The device that a network is trained on."""

from __future__ import annotations

import torch

from designer.runtime.failure import TrainingError


def pick_device(name: str) -> torch.device:
    """The device called ``name``; ``auto`` is a GPU where there is one. TrainingError where this computer has none."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if available[kind])
    if not available.get(name, False):
        raise TrainingError(f"This computer has no device “{name}” that PyTorch can use; choose auto or cpu.")
    return torch.device(name)
