"""A processor that passes for a GPU: tensors know where they would lie, and what a GPU would refuse is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

PROCESSOR = torch.device("cpu")
# what takes tensors of both sides: copies, and places on the processor of numbers on a GPU
BETWEEN = ("aten::copy_",)
PLACED = ("aten::index", "aten::index_put", "aten::index_put_", "aten::_index_put_impl_", "aten::_unsafe_index")


@contextmanager
def pretended(kind: str) -> Iterator[torch.device]:
    """A block in which this computer has a GPU of a kind, ``cuda`` or ``mps``, which knows no float64 as ``mps``.

    What is asked of ``torch.cuda`` itself is for the caller to answer.
    """
    device = torch.device(kind, 0)
    there = There()
    with Operations(there, device), Calls(there, device):
        yield device


class There:
    """The memory that would be a GPU's, by the storages that lie in it."""

    def __init__(self) -> None:
        self._known: dict[int, StorageWeakRef] = {}

    def __contains__(self, tensor: Tensor) -> bool:
        place = tensor.untyped_storage()._cdata
        known = self._known.get(place)
        if known is not None and known.expired():
            del self._known[place]
        return place in self._known

    def add(self, tensor: Tensor) -> None:
        """The tensor lies there from now on."""
        storage = tensor.untyped_storage()
        self._known[storage._cdata] = StorageWeakRef(storage)


class Operations(TorchDispatchMode):
    """What operations give lies where their tensors do; those that mix both sides are refused."""

    def __init__(self, there: There, device: torch.device) -> None:
        super().__init__()
        self.there, self.device = there, device

    def looked_at(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """One operation."""
        name, tensors = func._schema.name, [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
        inside = [each for each in tensors if each in self.there]
        outside = [each for each in tensors if each.dim() and each not in self.there]
        into = bool(inside) and (name not in BETWEEN or args[0] in self.there)
        if inside and outside and name not in BETWEEN and not (name in PLACED and args[0] in self.there):
            raise RuntimeError(f"Expected all tensors to be on the same device, but {name} got cpu and {self.device}")
        found = func(*args, **(kwargs or {}))
        for each in tree_leaves(found):
            if into and isinstance(each, Tensor):
                refuse_double(each, self.device)
                self.there.add(each)
        return found


# set afterwards, as what the class itself says would have PyTorch load its compiler for seconds
Operations.__torch_dispatch__ = Operations.looked_at  # type: ignore[method-assign]


class Calls(TorchFunctionMode):
    """What is told of a device, and what brings tensors to one."""

    def __init__(self, there: There, device: torch.device) -> None:
        super().__init__()
        self.there, self.device = there, device

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, kwargs = getattr(func, "__name__", ""), dict(kwargs or {})
        own = args[0] if args and isinstance(args[0], Tensor) else None
        if own is not None:
            told = self.told(func, own)
            if told is not None:
                return told
            if name == "numpy" and own in self.there:
                raise TypeError(f"can't convert {self.device} device type tensor to numpy")
            if name == "cpu":
                return self.brought(own, PROCESSOR)
            if name == "to":
                return self.moved(func, own, list(args[1:]), kwargs)
        wanted = kwargs.get("device")
        inside = wanted is not None and torch.device(wanted).type == self.device.type
        if inside:
            kwargs["device"] = PROCESSOR
        found = func(*args, **kwargs)
        if isinstance(found, Tensor) and (inside or (name.startswith("new_") and own in self.there)):
            refuse_double(found, self.device)
            self.there.add(found)
        return found

    def told(self, func: Any, own: Tensor) -> Any:
        """What a tensor says of its place; None where it was asked something else."""
        inside = own in self.there
        answers: list[tuple[Callable[..., Any], Any]] = [
            (Tensor.device.__get__, self.device if inside else PROCESSOR),  # type: ignore[attr-defined]
            (Tensor.is_cpu.__get__, not inside),  # type: ignore[attr-defined]
            (Tensor.is_cuda.__get__, inside and self.device.type == "cuda"),  # type: ignore[attr-defined]
        ]
        return next((answer for asked, answer in answers if func == asked), None)

    def moved(self, func: Any, own: Tensor, rest: list[Any], kwargs: dict[str, Any]) -> Tensor:
        """As ``Tensor.to``."""
        places = [each for each in [*rest, kwargs.get("device")] if isinstance(each, torch.device | str)]
        target = torch.device(places[0]) if places else own.device
        kinds = [each for each in [*rest, kwargs.get("dtype")] if isinstance(each, torch.dtype)]
        for other in [each for each in rest if isinstance(each, Tensor)]:
            target, kinds = other.device, [other.dtype]
        found = func(own, kinds[0]) if kinds else own
        found = found.clone() if kwargs.get("copy") else found
        return self.brought(found, target)

    def brought(self, own: Tensor, target: torch.device) -> Tensor:
        """The numbers of a tensor where ``target`` is."""
        inside = target.type == self.device.type
        if inside == (own in self.there):
            return own
        found = torch.empty_strided(own.shape, own.stride(), dtype=own.dtype)
        if inside:
            refuse_double(found, self.device)
            self.there.add(found)
        with torch.no_grad():
            found.copy_(own)
        return found.requires_grad_(own.requires_grad)


def refuse_double(tensor: Tensor, device: torch.device) -> None:
    """Apple's GPUs have no numbers of 64 bits with a point."""
    if device.type == "mps" and tensor.dtype is torch.float64:
        raise TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64.")
