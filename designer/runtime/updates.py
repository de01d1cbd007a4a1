"""Updates: what an optimizer does with gradients, without the detour by which it finds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

import torch
from torch import Tensor

aten = torch.ops.aten
Group: TypeAlias = dict[str, Any]
States: TypeAlias = list[dict[str, Any]]
# an operation, tensors by the names that it has for them, and its settings at a moment
Wanted: TypeAlias = tuple[Any, dict[str, list[Tensor]], Callable[[], dict[str, float]]]
Maker: TypeAlias = Callable[[Group, States], Wanted]


@dataclass(frozen=True, eq=False)
class FusedCall:
    """One call of a fused optimizer: the operation, what it takes beside ``places`` of all gradients, its settings.

    ``count`` holds the steps made for each parameter where the operation wants to be told.
    """

    operation: Any
    parameters: list[Tensor]
    places: list[int]
    tensors: dict[str, list[Tensor]]
    settings: Callable[[], dict[str, float]]
    count: Tensor | None

    def __call__(self, gradients: Sequence[Tensor]) -> None:
        """Move the parameters."""
        if self.count is not None:
            self.count.add_(1)
        own = [gradients[place] for place in self.places]
        self.operation(self.parameters, own, **self.tensors, **self.settings())


class Update:
    """One step of ``optimizer`` with gradients in the order of ``parameters``.

    Fused optimizers are called at once, with the settings of their groups at that moment; the others, and those with
    hooks, find the gradients beside the parameters. The optimizer has made a step before.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, parameters: Sequence[Tensor]) -> None:
        self.optimizer, self.parameters = optimizer, parameters
        self.calls = _fused_calls(optimizer, parameters)
        self._moving = _moving(optimizer)
        # all that the optimizer reads in a group: whether that is still the same is asked in each step
        self._said = itemgetter(*optimizer.defaults) if self.calls else None
        self._known: list[Any] | None = None
        self._settings: list[float] | None = None
        # a scheduler looks for this before it goes on
        optimizer._opt_called = True  # type: ignore[attr-defined]

    def settings(self) -> list[float] | None:
        """What ``calls`` are to be told in a row, as the groups say it now; None where they are not all there is to do.

        A schedule may switch a momentum on, which needs other tensors. It is found anew once a group says otherwise.
        """
        optimizer = self.optimizer
        if self._said is None or optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks:
            return None
        now = [*map(self._said, optimizer.param_groups)]
        if now != self._known:
            direct = _moving(optimizer) == self._moving
            told = [value for call in self.calls for value in call.settings().values()]
            self._known, self._settings = now, told if direct else None
        return self._settings

    def __call__(self, gradients: Sequence[Tensor]) -> None:
        """Move the parameters."""
        if self.settings() is not None:
            for call in self.calls:
                call(gradients)
            return
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = gradient
        self.optimizer.step()


def _moving(optimizer: torch.optim.Optimizer) -> list[bool]:
    """Whether each group has a momentum."""
    return [bool(group.get("momentum")) for group in optimizer.param_groups]


def _fused_calls(optimizer: torch.optim.Optimizer, parameters: Sequence[Tensor]) -> list[FusedCall]:
    """What a step of the optimizer calls; nothing where it is not fused, or does more than that."""
    maker = MAKERS.get(type(optimizer))
    place = {id(parameter): index for index, parameter in enumerate(parameters)}
    if maker is None or any(not group.get("fused") for group in optimizer.param_groups):
        return []
    found: list[tuple[Group, list[Tensor], States]] = []
    for group in optimizer.param_groups:
        own = [parameter for parameter in group["params"] if id(parameter) in place]
        states = [optimizer.state[parameter] for parameter in own]
        if own and (isinstance(group["lr"], Tensor) or not _is_ready(group, states)):
            return []
        if own:
            found.append((group, own, states))
    calls = []
    for group, own, states in found:
        count = _counted_together(states) if "step" in states[0] else None
        operation, tensors, settings = maker(group, states)
        # parameters ask for gradients, the same numbers without that do not
        numbers = [parameter.detach() for parameter in own]
        calls.append(FusedCall(operation, numbers, [place[id(each)] for each in own], tensors, settings, count))
    return calls


def _is_ready(group: Group, states: States) -> bool:
    if group.get("maximize") or group.get("differentiable") or group.get("capturable"):
        return False
    return "momentum" in group or all(states)


def _counted_together(states: States) -> Tensor:
    """One tensor of the steps that were made for each parameter, whose places become the states' own."""
    together = torch.stack([each["step"] for each in states])
    for each, place in zip(states, together.unbind(), strict=True):
        each["step"] = place
    return together


def _all_of(states: States, name: str) -> list[Tensor]:
    return [each[name] for each in states]


def _adam(group: Group, states: States) -> Wanted:
    """As ``torch.optim.Adam`` and ``AdamW`` with ``fused``."""

    def settings() -> dict[str, float]:
        beta1, beta2 = group["betas"]
        decay, eps, amsgrad = group["weight_decay"], group["eps"], group["amsgrad"]
        few = {"lr": group["lr"], "beta1": beta1, "beta2": beta2, "weight_decay": decay, "eps": eps}
        return {**few, "amsgrad": amsgrad, "maximize": False}

    largest = _all_of(states, "max_exp_avg_sq") if group["amsgrad"] else []
    averages, squares = _all_of(states, "exp_avg"), _all_of(states, "exp_avg_sq")
    few = {"exp_avgs": averages, "exp_avg_sqs": squares, "max_exp_avg_sqs": largest}
    operation = aten._fused_adamw_ if group["decoupled_weight_decay"] else aten._fused_adam_
    return operation, {**few, "state_steps": _all_of(states, "step")}, settings


def _sgd(group: Group, states: States) -> Wanted:
    """As ``torch.optim.SGD`` with ``fused``, after its first step."""

    def settings() -> dict[str, float]:
        names = ("weight_decay", "momentum", "lr", "dampening", "nesterov")
        return {**{name: group[name] for name in names}, "maximize": False, "is_first_step": False}

    momenta = _all_of(states, "momentum_buffer") if group["momentum"] else []
    return aten._fused_sgd_, {"momentum_buffer_list": momenta}, settings


def _adagrad(group: Group, states: States) -> Wanted:
    """As ``torch.optim.Adagrad`` with ``fused``."""

    def settings() -> dict[str, float]:
        return {**{name: group[name] for name in ("lr", "lr_decay", "weight_decay", "eps")}, "maximize": False}

    return (
        aten._fused_adagrad_,
        {"state_sums": _all_of(states, "sum"), "state_steps": _all_of(states, "step")},
        settings,
    )


MAKERS: Mapping[type[torch.optim.Optimizer], Maker] = {
    torch.optim.Adam: _adam,
    torch.optim.AdamW: _adam,
    torch.optim.SGD: _sgd,
    torch.optim.Adagrad: _adagrad,
}
