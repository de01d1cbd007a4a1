"""How much memory a training uses at the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.training.give_back import give_all_back

if TYPE_CHECKING:
    import torch


def memory_in_use(device: torch.device | str) -> int:
    """Bytes that this process holds, on a GPU those that PyTorch holds there; an Apple GPU shares all memory."""
    import psutil
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        return int(torch.cuda.memory_reserved(device))
    shared = torch.mps.driver_allocated_memory() if kind == "mps" else 0
    return int(psutil.Process().memory_info().rss + shared)


def start_afresh(device: torch.device) -> None:
    """Let nothing count that was trained on a GPU in this process before: neither what is kept there, nor its peak."""
    import torch

    if device.type == "cuda":
        give_all_back()
        torch.cuda.reset_peak_memory_stats(device)
