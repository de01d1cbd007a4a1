"""Inference: the real module is made and called on PyTorch's meta device, which knows shapes and holds no numbers."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from designer.compiler.load import load_text
from designer.layers.declaration import Shape

BATCH = 2
_TEMPLATE = """import torch
from torch import nn


def build():
    return {constructor}


def call(layer{names}):
    return {call}
"""


@dataclass(frozen=True)
class Inferred:
    """One layer's answer: the output shape without the batch axis, or PyTorch's words in ``error``."""

    shape: Shape | None = None
    parameters: int = 0
    multiply_adds: int = 0
    error: str = ""

    @property
    def memory(self) -> int:
        """Bytes of the float32 output of one sample."""
        return 0 if self.shape is None else 4 * prod(self.shape)


@lru_cache(maxsize=20_000)
def infer(constructor: str, call: str, shapes: tuple[Shape, ...]) -> Inferred:
    """What a layer does to inputs of these shapes (without batch axis).

    ``constructor`` may be empty; ``call`` names the module ``layer`` and the inputs ``x1``, ``x2``, …
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    names = "".join(f", x{number + 1}" for number in range(len(shapes)))
    probe = load_text(_TEMPLATE.format(constructor=constructor or "None", call=call, names=names), "probe")
    try:
        with torch.device("meta"), torch.no_grad():
            layer = probe.build()
            inputs = [torch.empty(BATCH, *shape) for shape in shapes]
            # only layers with parameters multiply matrices, and counting takes as long as all the rest
            counter = (
                FlopCounterMode(display=False) if layer is not None and any(True for _ in layer.parameters()) else None
            )
            with counter or nullcontext():
                output = probe.call(layer, *inputs)
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError, ZeroDivisionError, OverflowError) as error:
        return Inferred(error=str(error).strip() or type(error).__name__)
    if output.dim() < 2 or output.shape[0] != BATCH:
        return Inferred(error="the batch axis, the first one, must stay as it is")
    parameters = sum(p.numel() for p in layer.parameters() if p.requires_grad) if layer is not None else 0
    # The counter counts a multiply-add as two operations.
    operations = counter.get_total_flops() if counter is not None else 0
    return Inferred(tuple(output.shape[1:]), parameters, operations // (2 * BATCH))
