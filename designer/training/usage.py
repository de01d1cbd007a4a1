"""How much memory a training uses at the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def memory_in_use(device: torch.device | str) -> int:
    """Bytes that this process holds, on a GPU those that PyTorch holds there."""
    import psutil
    import torch

    if torch.device(device).type == "cuda":
        return int(torch.cuda.memory_reserved(device))
    return int(psutil.Process().memory_info().rss)
