"""What a function does with tensors, noted operation by operation while it runs once: a graph, gradients and all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import getitem
from typing import Any, NamedTuple
from weakref import ref

import torch
from torch import Tensor, nn
from torch.fx import Graph, Node
from torch.utils._python_dispatch import TorchDispatchMode

from designer.runtime.updates import aten

# what takes some of the numbers of a tensor, by their places or by a mask
CHOOSING = (aten.index, aten.index_put, aten.index_put_, aten._index_put_impl_, aten._unsafe_index)
# other kinds of tensors do more, or other things, than the operations say that they are given to
PLAIN = (Tensor, nn.Parameter)


class Layout(NamedTuple):
    """How the numbers of a tensor lie."""

    shape: torch.Size
    stride: tuple[int, ...]
    dtype: torch.dtype


class UnnotedError(RuntimeError):
    """What a function does hangs on numbers, or reaches further than its inputs: no graph does the same."""


def noted(
    work: Callable[..., Sequence[Tensor]], inputs: Sequence[Tensor], unwritten: Iterable[int] = ()
) -> tuple[Graph, dict[str, Tensor]]:
    """The operations that ``work`` calls with ``inputs``, and by name the tensors that it has from elsewhere.

    It runs for once, and changes what it changes. How what a node gives lies stands in its ``meta`` as "layout".
    UnnotedError where no graph could do the same, before it writes to one of the ``unwritten`` inputs, which are
    places among all, or elsewhere.
    """
    notes = Notes(inputs, unwritten)
    with notes:
        found = work(*inputs)
    notes.graph.output(tuple([notes.node_of(each) for each in found]))
    return notes.graph, notes.others


class Notes(TorchDispatchMode):
    """Notes each operation, which runs as ever, with where what it takes comes from.

    Operations come here after gradients are seen to: those that find the gradients come like all others. Each is what
    PyTorch itself would call then, and what it is made of below that stays hidden.
    """

    def __init__(self, inputs: Sequence[Tensor], unwritten: Iterable[int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.graph = Graph()
        self.others: dict[str, Tensor] = {}
        # by the number of an object, which another one may have once it is gone
        self._nodes: dict[int, tuple[ref[Tensor], Node]] = {}
        # where numbers lie that nothing may write over
        self._unwritten = {inputs[place].untyped_storage().data_ptr() for place in unwritten}
        # what is made of nothing but numbers that stand in a program
        self._fixed: set[Node] = set()
        for place, each in enumerate(inputs):
            self._keep(each, self.graph.placeholder(f"input_{place}"))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is aten.lift_fresh.default:
            # a tensor made of numbers, each time anew: what writes to it shall not write to the one that is kept
            func = aten.lift_fresh_copy.default
        own = tuple([self._noted(each) for each in args])
        named = {name: self._noted(each) for name, each in kwargs.items()}
        known = known_of(func)
        if known.asks_numbers and self._are_fixed(own, args):
            return func(*args, **kwargs)
        if known.asks_numbers or known.gives_as_many or (known.chooses and any(map(_is_mask, own[1]))):
            raise UnnotedError(f"what comes after {func} hangs on numbers")
        for place, name in known.written:
            self._guard(args[place] if place < len(args) else kwargs.get(name))
        found = func(*args, **kwargs)
        if func is aten.detach.default:
            # that gradients pass it by or not is seen to by then
            self._keep(found, own[0])
            return found
        node = self.graph.create_node("call_function", func, own, named, known.name)
        self._keep(found, node)
        if func is aten.lift_fresh_copy.default or (self._fixed and not known.draws and self._is_fixed(node)):
            self._fixed.add(node)
        return found

    def node_of(self, tensor: Tensor) -> Node:
        """Where a tensor comes from."""
        known = self._nodes.get(id(tensor))
        if known is not None and known[0]() is tensor:
            return known[1]
        name = f"other_{len(self.others)}"
        node = self.graph.create_node("get_attr", name)
        self._keep(tensor, node)
        self.others[name] = tensor
        self._unwritten.add(tensor.untyped_storage().data_ptr())
        return node

    def _noted(self, value: Any) -> Any:
        """An argument of an operation, with nodes for tensors."""
        if isinstance(value, Tensor):
            return self.node_of(value)
        if isinstance(value, list | tuple):
            return [self._noted(each) for each in value]
        if isinstance(value, torch.Generator):
            raise UnnotedError("the numbers of a random generator of its own would be drawn again")
        return value

    def _keep(self, found: Any, node: Node) -> None:
        """From then on it is known that ``found`` comes of ``node``."""
        if isinstance(found, Tensor):
            if type(found) not in PLAIN or found.layout is not torch.strided:
                raise UnnotedError(f"a {type(found).__name__}, {found.layout}, is more than a plain tensor")
            self._nodes[id(found)] = ref(found), node
            node.meta["layout"] = Layout(found.shape, found.stride(), found.dtype)
        elif isinstance(found, list | tuple):
            for place, each in enumerate(found):
                self._keep(each, self.graph.create_node("call_function", getitem, (node, place), {}))

    def _guard(self, value: Any) -> None:
        """Refuse to write where others would find it: a graph is tried several times on the same batch."""
        for each in value if isinstance(value, list | tuple) else [value]:
            if isinstance(each, Tensor) and each.numel() and each.untyped_storage().data_ptr() in self._unwritten:
                raise UnnotedError("a tensor is written that is neither a buffer nor made on the way")

    def _are_fixed(self, nodes: Sequence[Any], tensors: Sequence[Any]) -> bool:
        """Whether tensors hold the same numbers in each run: those that they were made of, as nothing wrote to them."""
        return all(node in self._fixed and not each._version for node, each in zip(nodes, tensors, strict=True))

    def _is_fixed(self, node: Node) -> bool:
        inputs = node.all_input_nodes
        return bool(inputs) and all(each in self._fixed for each in inputs)


class Known(NamedTuple):
    """What an operation says of itself: a name, the arguments that it writes, whether it draws random numbers."""

    name: str
    written: tuple[tuple[int, str], ...]
    draws: bool
    # it makes numbers for Python of those in a tensor
    asks_numbers: bool
    # the shape of what it gives hangs on numbers, for all that it is given or for masks among it
    gives_as_many: bool
    chooses: bool


@cache
def known_of(operation: Any) -> Known:
    """What ``operation`` says of itself."""
    arguments, tags, chooses = operation._schema.arguments, operation.tags, operation.overloadpacket in CHOOSING
    written = [each.alias_info is not None and each.alias_info.is_write for each in arguments]
    return Known(
        operation.overloadpacket.__name__,
        tuple([(place, each.name) for place, each in enumerate(arguments) if written[place]]),
        torch.Tag.nondeterministic_seeded in tags,
        torch.Tag.data_dependent_output in tags or operation is aten.is_nonzero.default,
        torch.Tag.dynamic_output_shape in tags and not chooses,
        chooses,
    )


def _is_mask(place: Any) -> bool:
    """Whether as many numbers are chosen by this as it has ones in it."""
    return isinstance(place, Node) and place.meta["layout"].dtype in (torch.bool, torch.uint8)
