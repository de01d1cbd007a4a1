"""The same bits each time, also where a GPU adds up in whatever order comes."""

from __future__ import annotations

import os

import torch


def be_deterministic(wanted: bool = True) -> None:
    """From now on use only operations that give the same bits each time; one without such a way is a RuntimeError."""
    # of the sums in matrix products: it is looked for once in a process, at the first, which may be long before one
    # that has to be repeatable
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # as torch.use_deterministic_algorithms, which loads a compiler for seconds
    torch.set_deterministic_debug_mode("error" if wanted else "default")
    torch.backends.cudnn.deterministic = wanted
    torch.backends.cudnn.benchmark = False
