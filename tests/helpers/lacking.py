"""A system that lacks something in the middle of a training: room on its disk, or memory."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest
import torch

from designer.training.checkpoint import CHECKPOINT


def fill_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on there is no room for a checkpoint, as the system says it."""
    replaced = os.replace

    def replace(source: Any, target: Any) -> None:
        if os.path.basename(target) == CHECKPOINT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        replaced(source, target)

    monkeypatch.setattr(os, "replace", replace)


def take_memory(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """From now on no linear layer has room for more than so many rows of a training, as PyTorch says it."""
    forward = torch.nn.Linear.forward

    def limited(self: torch.nn.Linear, seen: torch.Tensor) -> torch.Tensor:
        if self.training and seen.device.type == "cpu" and len(seen) > rows:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory")
        return forward(self, seen)

    monkeypatch.setattr(torch.nn.Linear, "forward", limited)
