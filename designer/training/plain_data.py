"""Plain data: values with tensors among them, as what JSON can hold and the tensors apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor

TENSOR, ROW, PAIRS = "tensor", "row", "pairs"


def apart(value: Any, tensors: dict[str, Tensor], prefix: str) -> Any:
    """``value``, of numbers, texts, lists, tuples, dicts and tensors, for JSON; its tensors go to ``tensors``."""
    import torch

    if isinstance(value, torch.Tensor):
        name = f"{prefix}.{len(tensors)}"
        tensors[name] = value
        return {TENSOR: name}
    if isinstance(value, Mapping):
        return {PAIRS: [[key, apart(each, tensors, prefix)] for key, each in value.items()]}
    if isinstance(value, tuple):
        return {ROW: [apart(each, tensors, prefix) for each in value]}
    return [apart(each, tensors, prefix) for each in value] if isinstance(value, list) else value


def together(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """The value that ``apart`` took apart. KeyError or ValueError where it is something else."""
    if isinstance(value, list):
        return [together(each, tensors) for each in value]
    if not isinstance(value, dict):
        return value
    if TENSOR in value:
        return tensors[value[TENSOR]]
    if ROW in value:
        return tuple(together(each, tensors) for each in value[ROW])
    return {key: together(each, tensors) for key, each in value[PAIRS]}


def on_device(value: Any, device: torch.device) -> Any:
    """The value with the tensors among it on ``device``: those that were read from a file lie in memory."""
    import torch

    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, Mapping):
        return {key: on_device(each, device) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(on_device(each, device) for each in value)
    return value
