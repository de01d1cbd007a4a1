"""Measures are given in the target's own units."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from designer.runtime.measures import Measure, target_units
from designer.runtime.metrics import mean_absolute_error, mean_squared_error


def test_figures_are_those_of_the_own_units() -> None:
    own_output, own_target = torch.tensor([[110.0], [150.0]]), torch.tensor([[100.0], [170.0]])
    measure = Measure(nn.L1Loss(), {"mse": mean_squared_error, "mae": mean_absolute_error}, offset=120.0, scale=20.0)
    figures = measure((own_output - 120) / 20, (own_target - 120) / 20)
    assert figures == pytest.approx({"loss": 15.0, "mse": 250.0, "mae": 15.0}, rel=1e-5)


def test_units_come_from_what_was_learned() -> None:
    assert target_units({"target": {"kind": "number", "mean": 3.0, "std": 2.0}}) == (3.0, 2.0)
    assert target_units({"target": {"kind": "number", "minimum": 3.0, "range": 2.0}}) == (3.0, 2.0)
    assert target_units({"target": {"kind": "number"}}) == (0.0, 1.0)
    assert target_units({"target": {"kind": "classes", "classes": ["a", "b"]}}) == (0.0, 1.0)
