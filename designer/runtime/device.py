"""The device that a network is trained on."""

from __future__ import annotations

import torch

from designer.runtime.failure import TrainingError


def pick_device(name: str) -> torch.device:
    """The device called ``name``; ``auto`` is a GPU where one works. TrainingError where this computer has none."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if available[kind] and not why_unusable(kind))
    if not available.get(name, False):
        raise TrainingError(f"This computer has no device “{name}” that PyTorch can use; choose auto or cpu.")
    if reason := why_unusable(name):
        raise TrainingError(
            f"The device “{name}” is there, but does not work with this PyTorch; choose auto or cpu. It says: {reason}"
        )
    return torch.device(name)


def why_unusable(name: str) -> str:
    """What a GPU says against computing, such as that this PyTorch was not built for one of its age; mostly nothing.

    One that merely has no memory left is told so later, with what would fit.
    """
    try:
        if name != "cpu":
            torch.ones(1, device=name).add_(1).item()
    except RuntimeError as error:
        said = str(error).splitlines()[0]
        return "" if "out of memory" in said else said
    return ""
