"""Groups of parameters: each learns at the rate of its own module, and those that are frozen in none."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from designer.runtime.groups import parameter_groups


def stage() -> nn.Module:
    return nn.Sequential(OrderedDict(a=nn.Linear(2, 2), ab=nn.Linear(2, 2)))


def model() -> nn.Module:
    return nn.Sequential(
        OrderedDict(first=nn.Linear(2, 2), stages=nn.Sequential(stage(), stage()), last=nn.Linear(2, 1))
    )


def rates(model: nn.Module, factors: dict[str, float], lr: float) -> dict[str, float]:
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = parameter_groups(model, factors, lr)
    return {names[id(parameter)]: group["lr"] for group in groups for parameter in group["params"]}


def test_a_factor_holds_for_all_parameters_of_its_module_and_no_other() -> None:
    found = rates(model(), {"first": 0.1, "stages.*.a": 2.0}, 0.5)
    assert found == {
        "first.weight": 0.05, "first.bias": 0.05,
        "stages.0.a.weight": 1.0, "stages.0.a.bias": 1.0, "stages.0.ab.weight": 0.5, "stages.0.ab.bias": 0.5,
        "stages.1.a.weight": 1.0, "stages.1.a.bias": 1.0, "stages.1.ab.weight": 0.5, "stages.1.ab.bias": 0.5,
        "last.weight": 0.5, "last.bias": 0.5,
    }  # fmt: skip


def test_parameters_of_one_rate_are_one_group_and_frozen_ones_in_none() -> None:
    made = model()
    made.first.requires_grad_(False)
    groups = parameter_groups(made, {"last": 3.0, "stages.1": 3.0}, 0.1)
    assert [(group["lr"], len(group["params"])) for group in groups] == [(0.1, 4), (3.0 * 0.1, 6)]


def test_a_step_of_sgd_is_as_long_as_the_factor_says() -> None:
    made = nn.Sequential(OrderedDict(slow=nn.Linear(1, 1, bias=False), quick=nn.Linear(1, 1, bias=False)))
    before = [p.item() for p in made.parameters()]
    optimizer = torch.optim.SGD(parameter_groups(made, {"slow": 0.25}, lr=0.5), lr=0.5)
    for parameter in made.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    moved = [old - new.item() for old, new in zip(before, made.parameters(), strict=True)]
    assert torch.allclose(torch.tensor(moved), torch.tensor([0.125, 0.5]))
