"""Passes over a captured step that leave its numbers as they are: less to call, less to allocate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from operator import getitem
from typing import Any

import torch
from torch import Tensor
from torch.fx import Graph, Node

from designer.runtime.graph_products import turned_where_quicker
from designer.runtime.updates import aten

# written over their first argument, and gradients over the one that they are given
OVER = {
    aten.relu.default: aten.relu_.default,
    aten.tanh.default: aten.tanh_.default,
    aten.sigmoid.default: aten.sigmoid_.default,
}
BACK_OVER = {
    aten.threshold_backward.default: aten.threshold_backward.grad_input,
    aten.tanh_backward.default: aten.tanh_backward.grad_input,
    aten.sigmoid_backward.default: aten.sigmoid_backward.grad_input,
    aten.gelu_backward.default: aten.gelu_backward.grad_input,
    aten.silu_backward.default: aten.silu_backward.grad_input,
}
# the same bits in either order
EITHER = {aten.add.Tensor: aten.add_.Tensor, aten.mul.Tensor: aten.mul_.Tensor}
# what PyTorch says is new though it shows what it was given
UNSAFE = (aten._unsafe_view.default, aten.unsafe_split.Tensor, aten.unsafe_split_with_sizes.default)
VIEWS = (aten.t.default, aten.view.default, aten.unsqueeze.default, aten.permute.default, aten.transpose.int)


def made_lean(graph: Graph, others: dict[str, Tensor], held: Sequence[Tensor]) -> list[Tensor]:
    """What else a step, whose first inputs are ``held``, is then to be given after these, the same each time.

    ``others`` holds what it has from elsewhere, by name.
    """
    inputs = [node for node in graph.nodes if node.op == "placeholder"]
    _without_turning_twice(graph)
    _pool_before_relu(graph)
    _drawn_sooner(graph, others)
    _summed_to_shape(graph)
    _squares_over_squares(graph, others)
    more = _hoisted(graph, others, dict(zip(inputs, held, strict=False)))
    graph.eliminate_dead_code()
    _turned_at_once(graph)
    turned_where_quicker(graph)
    _in_place(graph)
    return more


def _is(node: Any, *targets: Callable[..., Any]) -> bool:
    return isinstance(node, Node) and node.op == "call_function" and node.target in targets


def _replace(node: Node, by: Node) -> None:
    node.replace_all_uses_with(by)
    node.graph.erase_node(node)


def _without_turning_twice(graph: Graph) -> None:
    for node in list(graph.nodes):
        if _is(node, aten.t.default) and _is(node.args[0], aten.t.default):
            _replace(node, node.args[0].args[0])


def _hoisted(graph: Graph, others: dict[str, Tensor], known: dict[Node, Tensor]) -> list[Tensor]:
    """Tensors of a loss, views of what is held and the gradient of the loss itself become inputs after those held."""
    more: list[Tensor] = []
    last = list(known)[-1]
    for node in list(graph.nodes):
        if node.op == "get_attr":
            value = others[node.target]
        elif _is(node, *VIEWS) and node.args[0] in known:
            value = node.target(known[node.args[0]], *node.args[1:], **node.kwargs)
        elif _is(node, aten.ones_like.default) and node.meta["layout"].shape == ():
            value = torch.ones((), dtype=node.meta["layout"].dtype)
        else:
            continue
        with graph.inserting_after(last):
            last = graph.placeholder(f"held_{len(more)}")
        known[last] = value
        more.append(value)
        _replace(node, last)
    return more


def _is_fresh(node: Any) -> bool:
    """Whether the node has memory of its own, which nothing else shows: neither an input nor a view of anything."""
    if not isinstance(node, Node) or node.op != "call_function":
        return False
    if "over" in node.meta:
        return True
    if node.target is getitem:
        return _is_fresh(node.args[0])
    if node.target in UNSAFE:
        shown: Any = node.args[0]
        return _is_fresh(shown) and len(shown.users) == 1
    schema = getattr(node.target, "_schema", None)
    return schema is not None and all(each.alias_info is None for each in schema.returns)


def _in_place(graph: Graph) -> None:
    """Activations, sums, products and gradients are written over what nobody else reads, and say so by ``over``."""
    for node in list(graph.nodes):
        if _is(node, *EITHER):
            _over_either(node)
        if not _is(node, *OVER, *BACK_OVER):
            continue
        source = node.args[0]
        if not _is_fresh(source) or len(source.users) != 1:
            continue
        node.meta["over"] = source
        if node.target in OVER:
            node.target = OVER[node.target]
            continue
        with graph.inserting_before(node):
            written = graph.call_function(BACK_OVER[node.target], node.args, {**node.kwargs, "grad_input": source})
        written.meta = node.meta
        _replace(node, written)


def _over_either(node: Any) -> None:
    """Of two that are laid out as what comes of them, the one that nobody else reads is written over."""
    first, second = node.args
    if node.kwargs or not _laid_out(first) == _laid_out(second) == _laid_out(node):
        return
    for source, other in ((first, second), (second, first)):
        if first is not second and _is_fresh(source) and len(source.users) == 1:
            node.target, node.args, node.meta["over"] = EITHER[node.target], (source, other), source
            return


def _laid_out(node: Any) -> tuple[Any, ...] | None:
    """The shape, strides and type of what a node gives, if that is one tensor."""
    found: Any = node.meta.get("layout") if isinstance(node, Node) else None
    return (found.shape, found.stride, found.dtype) if hasattr(found, "dtype") else None


def _summed_to_shape(graph: Graph) -> None:
    """The sum over the first dimension, as the gradient of a bias is, has its shape at once, not by a view of it."""
    for view in list(graph.nodes):
        if not _is(view, aten.view.default) or not _is(view.args[0], aten.sum.dim_IntList):
            continue
        summed: Any = view.args[0]
        wanted = summed.args[0].meta["layout"].shape[1:]
        if summed.args[1:] == ([0], True) and len(summed.users) == 1 and view.meta["layout"].shape == wanted:
            summed.args = (summed.args[0], [0])
            summed.meta["layout"] = view.meta["layout"]
            _replace(view, summed)


def _squares_over_squares(graph: Graph, others: dict[str, Tensor]) -> None:
    """The mean squared error by the steps that PyTorch makes of it, whose gradient then lies where the squares did."""
    for place, node in enumerate([each for each in graph.nodes if _is(each, aten.mse_loss.default)]):
        output, target, *reduction = node.args
        shapes = {(each.meta["layout"].shape, each.meta["layout"].stride) for each in (output, target)}
        if reduction not in ([], [1]) or len(shapes) > 1 or not output.meta["layout"].shape.numel():
            continue
        count = float(output.meta["layout"].shape.numel())
        others[f"count_{place}"] = torch.tensor(count, dtype=node.meta["layout"].dtype)
        back = [each for each in output.users if _is(each, aten.mse_loss_backward.default)]
        with graph.inserting_before(node):
            squares = graph.call_function(aten.mse_loss.default, (output, target, 0))
            squares.meta["layout"] = output.meta["layout"]._replace(dtype=node.meta["layout"].dtype)
            divisor = graph.create_node("get_attr", f"count_{place}")
            summed = graph.call_function(aten.sum.default, (squares,))
            mean = graph.call_function(aten.div_.Tensor, (summed, divisor))
        _replace(node, mean)
        if len(back) == 1 and back[0].args[1:] == (output, target, 1):
            with graph.inserting_before(back[0]):
                over = aten.mse_loss_backward.grad_input
                written = graph.call_function(over, back[0].args, {"grad_input": squares})
            written.meta = {**back[0].meta, "over": squares}
            _replace(back[0], written)


def _turned_at_once(graph: Graph) -> None:
    """Matrices are turned by what ``t`` would call."""
    for node in graph.nodes:
        if _is(node, aten.t.default) and len(node.meta["layout"].shape) == 2:
            node.target, node.args = aten.transpose.int, (node.args[0], 0, 1)


def _drawn_sooner(graph: Graph, others: dict[str, Tensor]) -> None:
    """What dropout keeps, and what that counts for, by the same random numbers, which come sooner as whole ones.

    ``bernoulli_`` draws 64 bits for each number as well, takes the last 53 of them for a fraction from 0 to 1, and asks
    whether it is less than the chance.
    """
    for place, drawn in enumerate(list(graph.nodes)):
        if not _is(drawn, aten.bernoulli_.float) or not _is(drawn.args[0], aten.empty_like.default):
            continue
        [scaled, *others_too] = drawn.users
        like, lies = drawn.args[0].args[0], drawn.meta["layout"]
        if others_too or not _is(scaled, aten.div_.Scalar) or len(drawn.args[0].users) > 1:
            continue
        # its own half is left out of the graph
        [chance] = drawn.args[1:] or (0.5,)
        counts = torch.ones(()).div_(scaled.args[1])
        if lies.dtype != torch.float32 or not counts.isfinite():
            continue
        # the bits of a fraction times 1 are that fraction, and times 0 they are 0; truth values, or long numbers at
        # once, would become fractions several times as slowly
        short = torch.empty_strided(lies.shape, lies.stride, dtype=torch.int32)
        known = [torch.tensor(2**53 - 1), torch.tensor(ceil(chance * 2**53)), short, counts.view(torch.int32)]
        names = [f"drawn_{place}_{number}" for number in range(5)]
        others.update(zip(names, [*known, short.view(torch.float32)], strict=True))
        with graph.inserting_before(scaled):
            last, below, numbers, bits, factors = [graph.create_node("get_attr", name) for name in names]
            room = graph.call_function(aten.empty_like.default, (like,), {"dtype": torch.int64})
            found = [room, graph.call_function(aten.random_.default, (room,))]
            found.append(graph.call_function(aten.bitwise_and_.Tensor, (found[-1], last)))
            found.append(graph.call_function(aten.lt_.Tensor, (found[-1], below)))
            copied = graph.call_function(aten.copy_.default, (numbers, found[-1]))
            graph.call_function(aten.mul_.Tensor, (copied, bits))
        for each in found:
            each.meta["layout"] = lies._replace(dtype=torch.int64)
        _replace(scaled, factors)
        graph.erase_node(drawn)


def _pool_before_relu(graph: Graph) -> None:
    """A ReLU that only a maximum pooling reads is computed after it: the same numbers, of fewer.

    Where all of a window is below zero both give 0 and pass no gradient; else the largest is the same.
    """
    for pooled in list(graph.nodes):
        if not _is(pooled, aten.max_pool2d_with_indices.default) or not _is(pooled.args[0], aten.relu.default):
            continue
        relu: Node = pooled.args[0]
        back = [user for user in relu.users if _is(user, aten.max_pool2d_with_indices_backward.default)]
        gates = [user for user in relu.users if _is(user, aten.threshold_backward.default) and user.args[1] is relu]
        values = [user for user in pooled.users if _is(user, getitem) and user.args[1] == 0]
        if len(values) != 1 or len(back) > 1 or set(relu.users) != {pooled, *back, *gates}:
            continue
        # which of a window's equal numbers is the largest nobody else asks, and nobody changes them in between
        if {user for each in pooled.users if each is not values[0] for user in each.users} - {*back}:
            continue
        if isinstance(relu.args[0], Node) and len(relu.args[0].users) > 1:
            continue
        if back and (len(gates) != 1 or gates[0].args[0] is not back[0] or len(back[0].users) != 1):
            continue
        _swap(graph, relu, pooled, values[0], back, gates)


def _swap(graph: Graph, relu: Node, pooled: Node, value: Node, back: list[Node], gates: list[Node]) -> None:
    pooled.update_arg(0, relu.args[0])
    with graph.inserting_after(value):
        later = graph.call_function(aten.relu.default, (value,))
    value.replace_all_uses_with(later, delete_user_cb=lambda user: user is not later)
    for gradient, gate in zip(back, gates, strict=True):
        with graph.inserting_before(gradient):
            gated = graph.call_function(aten.threshold_backward.default, (gradient.args[0], later, gate.args[2]))
        gradient.update_arg(0, gated)
        gradient.update_arg(1, relu.args[0])
        _replace(gate, gradient)
    graph.erase_node(relu)
