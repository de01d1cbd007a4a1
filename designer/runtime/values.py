"""Outputs and targets: a tensor, or several by name, handled alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def on_each(values: Tensor | dict[str, Tensor], change: Callable[[Tensor], Tensor]) -> Tensor | dict[str, Tensor]:
    """``change`` of a tensor, or of each of several."""
    if isinstance(values, dict):
        return {name: change(each) for name, each in values.items()}
    return change(values)


def joined(pieces: Sequence[Tensor | dict[str, Tensor]]) -> Tensor | dict[str, Tensor]:
    """Tensors of some samples after the other as one, or several by name."""
    first = pieces[0]
    if isinstance(first, dict):
        return {name: torch.cat([piece[name] for piece in pieces]) for name in first}  # type: ignore[index]
    return torch.cat(pieces)  # type: ignore[arg-type]


def by_name(values: Tensor | dict[str, Tensor]) -> dict[str, Tensor]:
    """Several tensors by name; a single one by the empty name."""
    return values if isinstance(values, dict) else {"": values}
