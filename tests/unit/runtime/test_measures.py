"""Measures are given in the target's own units."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from designer.runtime.measures import Measure, own_units, target_units
from designer.runtime.metrics import mean_absolute_error, mean_squared_error
from designer.runtime.weighting import Weighted


def test_figures_are_those_of_the_own_units() -> None:
    own_output, own_target = torch.tensor([[110.0], [150.0]]), torch.tensor([[100.0], [170.0]])
    measure = Measure(nn.L1Loss(), {"mse": mean_squared_error, "mae": mean_absolute_error}, offset=120.0, scale=20.0)
    figures = measure((own_output - 120) / 20, (own_target - 120) / 20)
    assert figures == pytest.approx({"loss": 15.0, "mse": 250.0, "mae": 15.0}, rel=1e-5)


def test_units_come_from_what_was_learned() -> None:
    assert target_units({"target": {"kind": "number", "offset": 3.0, "scale": 2.0}}) == (3.0, 2.0)
    assert target_units({"target": {"kind": "number"}}) == (0.0, 1.0)
    assert target_units({"target": {"kind": "classes", "classes": ["a", "b"]}}) == (0.0, 1.0)


def test_several_targets_have_units_of_their_own_at_every_step_ahead() -> None:
    values = torch.tensor([[1.0, 1.0, 2.0, 2.0]])
    assert own_units(values, [10.0, 100.0], [2.0, 3.0]).tolist() == [[12.0, 103.0, 14.0, 106.0]]
    assert own_units(values, 0.0, 1.0) is values
    assert own_units(values, [0.0, 0.0], [1.0, 1.0]) is values


def test_weights_count_in_the_loss_alone() -> None:
    measure = Measure(Weighted(nn.MSELoss(reduction="none")), {"mse": mean_squared_error})
    output, target = torch.tensor([[1.0], [3.0]]), torch.zeros(2, 1)
    assert measure(output, target, torch.tensor([3.0, 1.0])) == pytest.approx({"loss": 3.0, "mse": 5.0})
    assert measure(output, target) == pytest.approx({"loss": 5.0, "mse": 5.0})
