"""Updates: what an optimizer does with gradients, without the detour by which it finds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor

Update: TypeAlias = Callable[[list[Tensor]], None]
Group: TypeAlias = dict[str, Any]
States: TypeAlias = list[dict[str, Any]]
Maker: TypeAlias = Callable[[Group, list[Tensor], States], Callable[[list[Tensor]], None]]


def update_of(optimizer: torch.optim.Optimizer, parameters: Sequence[Tensor]) -> Update:
    """One step of ``optimizer`` with gradients in the order of ``parameters``.

    Fused optimizers are called at once, with the settings of their groups at that moment; the others, and those with
    hooks, find the gradients beside the parameters. The optimizer has made a step before.
    """
    direct, moving = _direct(optimizer, parameters), _moving(optimizer)

    def update(gradients: list[Tensor]) -> None:
        hooked = optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks
        # a schedule may switch a momentum on or off, with which other tensors are needed
        if direct is None or hooked or _moving(optimizer) != moving:
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.grad = gradient
            optimizer.step()
            return
        direct(gradients)
        # what a scheduler looks for before it goes on
        optimizer._opt_called = True  # type: ignore[attr-defined]

    return update


def _moving(optimizer: torch.optim.Optimizer) -> list[bool]:
    """Whether each group has a momentum."""
    return [bool(group.get("momentum")) for group in optimizer.param_groups]


def _direct(optimizer: torch.optim.Optimizer, parameters: Sequence[Tensor]) -> Update | None:
    maker = MAKERS.get(type(optimizer))
    place = {id(parameter): index for index, parameter in enumerate(parameters)}
    if maker is None or any(not group.get("fused") for group in optimizer.param_groups):
        return None
    steps: list[tuple[list[int], Callable[[list[Tensor]], None]]] = []
    for group in optimizer.param_groups:
        own = [parameter for parameter in group["params"] if id(parameter) in place]
        states = [optimizer.state[parameter] for parameter in own]
        if not own:
            continue
        if isinstance(group["lr"], Tensor) or not _is_ready(group, states):
            return None
        # parameters ask for gradients, the same numbers without that do not
        numbers = [parameter.detach() for parameter in own]
        steps.append(([place[id(parameter)] for parameter in own], maker(group, numbers, states)))
    if len(steps) == 1 and steps[0][0] == list(range(len(parameters))):
        return steps[0][1]

    def update(gradients: list[Tensor]) -> None:
        for indices, step in steps:
            step([gradients[index] for index in indices])

    return update


def _is_ready(group: Group, states: States) -> bool:
    if group.get("maximize") or group.get("differentiable") or group.get("capturable"):
        return False
    return "momentum" in group or all(states)


def _counted_together(states: States) -> tuple[Tensor, list[Tensor]]:
    """One tensor of the steps that were made for each parameter, and the places in it, which become the states' own."""
    together = torch.stack([each["step"] for each in states])
    places = list(together.unbind())
    for each, place in zip(states, places, strict=True):
        each["step"] = place
    return together, places


def _adam(group: Group, parameters: list[Tensor], states: States) -> Callable[[list[Tensor]], None]:
    """As ``torch.optim.Adam`` and ``AdamW`` with ``fused``."""
    averages, squares = [each["exp_avg"] for each in states], [each["exp_avg_sq"] for each in states]
    largest = [each["max_exp_avg_sq"] for each in states] if group["amsgrad"] else []
    count, counts = _counted_together(states)
    run = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_

    def step(gradients: list[Tensor]) -> None:
        beta1, beta2 = group["betas"]
        count.add_(1)
        run(
            parameters,
            gradients,
            averages,
            squares,
            largest,
            counts,
            amsgrad=group["amsgrad"],
            lr=group["lr"],
            beta1=beta1,
            beta2=beta2,
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=False,
        )

    return step


def _sgd(group: Group, parameters: list[Tensor], states: States) -> Callable[[list[Tensor]], None]:
    """As ``torch.optim.SGD`` with ``fused``, after its first step."""
    momenta = [each["momentum_buffer"] for each in states] if group["momentum"] else []

    def step(gradients: list[Tensor]) -> None:
        torch._fused_sgd_(
            parameters,
            gradients,
            momenta,
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            lr=group["lr"],
            dampening=group["dampening"],
            nesterov=group["nesterov"],
            maximize=False,
            is_first_step=False,
        )

    return step


def _adagrad(group: Group, parameters: list[Tensor], states: States) -> Callable[[list[Tensor]], None]:
    """As ``torch.optim.Adagrad`` with ``fused``."""
    sums = [each["sum"] for each in states]
    count, counts = _counted_together(states)

    def step(gradients: list[Tensor]) -> None:
        count.add_(1)
        torch._fused_adagrad_(
            parameters,
            gradients,
            sums,
            counts,
            lr=group["lr"],
            lr_decay=group["lr_decay"],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=False,
        )

    return step


MAKERS: Mapping[type[torch.optim.Optimizer], Maker] = {
    torch.optim.Adam: _adam,
    torch.optim.AdamW: _adam,
    torch.optim.SGD: _sgd,
    torch.optim.Adagrad: _adagrad,
}
