"""Inference: the real module is made and called on PyTorch's meta device, which knows shapes and holds no numbers."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any
from warnings import catch_warnings

from designer.compiler.included import included, names_in
from designer.compiler.load import load_text
from designer.compiler.trust import UntrustedCode
from designer.layers.declaration import Shape

BATCH = 2
MIXED = "samples would be mixed with one another"
# Of a layer whose length axis passes through, lengths above LONG are worked out from these two.
LONG, PROBED = 8, (3, 4)
_TEMPLATE = """{included}


def build():
    return {constructor}


def call(layer{names}):
    return {call}
"""
# What a module may raise that is given sizes, or fields, that it cannot take.
MISFITS = (RuntimeError, ValueError, LookupError, TypeError, AssertionError, ArithmeticError, AttributeError, NameError)


@dataclass(frozen=True)
class Inferred:
    """One layer's answer: the shape of every output without the batch axis, or PyTorch's words in ``error``.

    ``whole`` says of every output whether it holds whole numbers, as codes are.
    """

    shapes: tuple[Shape, ...] = ()
    parameters: int = 0
    multiply_adds: int = 0
    error: str = ""
    whole: tuple[bool, ...] = ()

    @property
    def shape(self) -> Shape | None:
        """The first output's shape; None where there is an error."""
        return self.shapes[0] if self.shapes else None

    @property
    def memory(self) -> int:
        """Bytes of the float32 outputs of one sample."""
        return sum(4 * prod(shape) for shape in self.shapes)


@lru_cache(maxsize=20_000)
def infer(
    constructor: str,
    call: str,
    shapes: tuple[Shape, ...],
    codes: tuple[bool, ...] = (),
    own: str = "",
    length: int | None = None,
) -> Inferred:
    """What a layer does to inputs of these shapes (without batch axis); ``codes`` says which hold whole numbers.

    ``constructor`` may be empty; ``call`` names the module ``layer`` and the inputs ``x1``, ``x2``, … ``own`` defines
    the class of a module that comes with a project. ``length`` is the axis, the batch axis counted, that passes
    through: what happens to a long one is worked out from two short ones.
    """
    if length is not None and shapes and len(shapes[0]) >= length and shapes[0][length - 1] > LONG:
        size = shapes[0][length - 1]
        short = [infer(constructor, call, _with_length(shapes, length, size, n), codes, own) for n in PROBED]
        answer = _lengthened(short[0], short[1], size)
        if answer is not None:
            return answer
    answer = _probed(constructor, call, shapes, codes, own)
    # sizes that are broadcast to each other may fit by chance because one of them is that of the batch
    if shapes and not constructor and not answer.error:
        again = _probed(constructor, call, shapes, codes, own, BATCH + 1)
        return answer if again.shapes == answer.shapes else Inferred(error=MIXED)
    return answer


def _probed(
    constructor: str,
    call: str,
    shapes: tuple[Shape, ...],
    codes: tuple[bool, ...],
    own: str,
    batch: int = BATCH,
) -> Inferred:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    inputs = [f"x{number + 1}" for number in range(len(shapes))]
    used = (names_in(constructor) | names_in(call) | {"torch", "nn"}) - {"layer", *inputs}
    try:
        needed = included(frozenset(used), (own,) if own else ())
        names = "".join(f", {name}" for name in inputs)
        text = _TEMPLATE.format(included=needed.source, constructor=constructor or "None", call=call, names=names)
        probe = load_text(text, "probe")
        with torch.device("meta"), torch.no_grad(), catch_warnings(action="ignore"):
            layer = probe.build()
            kinds = [torch.int64 if whole else torch.float32 for whole in codes] + [torch.float32] * len(shapes)
            given = [torch.empty(batch, *shape, dtype=kind) for shape, kind in zip(shapes, kinds, strict=False)]
            # only layers with parameters multiply matrices, and counting takes as long as all the rest
            counter = (
                FlopCounterMode(display=False) if layer is not None and any(True for _ in layer.parameters()) else None
            )
            with counter or nullcontext():
                outputs = probe.call(layer, *given)
    except MISFITS as error:
        return Inferred(error=str(error).strip() or type(error).__name__)
    except UntrustedCode:
        raise
    except (Exception, SystemExit) as error:  # a project's own code may raise anything
        if not own:
            raise
        return Inferred(error=f"{type(error).__name__}: {error}")
    parameters = sum(p.numel() for p in layer.parameters() if p.requires_grad) if layer is not None else 0
    # The counter counts a multiply-add as two operations.
    operations = counter.get_total_flops() if counter is not None else 0
    return _answer(outputs, parameters, operations // (2 * batch), batch)


def _answer(outputs: Any, parameters: int, multiply_adds: int, batch: int) -> Inferred:
    import torch

    found = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    if not found or not all(isinstance(output, torch.Tensor) for output in found):
        kinds = ", ".join(type(output).__name__ for output in found) or "nothing"
        return Inferred(error=f"it must give a tensor for each output, and gives {kinds}")
    if any(output.shape == (batch,) for output in found):
        return Inferred(error="a sample must keep at least one axis")
    if any(output.dim() < 2 or output.shape[0] != batch for output in found):
        return Inferred(error="the batch axis, the first one, must stay as it is")
    if any(0 in output.shape for output in found):
        return Inferred(error="nothing would be left of it")
    shapes = tuple(tuple(output.shape[1:]) for output in found)
    whole = tuple(not output.dtype.is_floating_point for output in found)
    return Inferred(shapes, parameters, multiply_adds, "", whole)


def _with_length(shapes: tuple[Shape, ...], axis: int, old: int, new: int) -> tuple[Shape, ...]:
    """The shapes with the length ``new`` wherever the axis has the length ``old``."""
    place = axis - 1
    return tuple(
        (*shape[:place], new, *shape[axis:]) if len(shape) > place and shape[place] == old else shape
        for shape in shapes
    )


def _lengthened(one: Inferred, other: Inferred, size: int) -> Inferred | None:
    """The answer for the length ``size``, from those for the two lengths PROBED; None where it cannot be told."""
    first, second = PROBED
    if one.error or other.error or len(one.shapes) != len(other.shapes):
        return None
    shapes = []
    for a, b in zip(one.shapes, other.shapes, strict=True):
        if len(a) != len(b) or any(n != m and (n, m) != (first, second) for n, m in zip(a, b, strict=True)):
            return None
        shapes.append(tuple(n if n == m else size for n, m in zip(a, b, strict=True)))
    step = other.multiply_adds - one.multiply_adds
    operations = one.multiply_adds + (size - first) * step // (second - first)
    return Inferred(tuple(shapes), one.parameters, operations, "", one.whole)
