"""The losses that PyTorch has no module for, against their formulas and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics as oracle
from torch import nn

from designer.runtime.losses import hinge, kl_divergence, mean_squared_log_error, squared_hinge


def test_mean_squared_log_error_equals_the_oracle() -> None:
    output, target = torch.rand(50, 1) * 9, torch.rand(50, 1) * 9
    expected = oracle.mean_squared_log_error(target, output)
    assert mean_squared_log_error(output, target).item() == pytest.approx(expected, rel=1e-5)


def test_mean_squared_log_error_leads_outputs_below_zero_back_up() -> None:
    output = torch.tensor([[-50.0], [-1.0], [0.0]], requires_grad=True)
    mean_squared_log_error(output, torch.full((3, 1), 100.0)).backward()
    assert output.grad is not None
    assert output.grad.isfinite().all()
    assert (output.grad < 0).all()


def test_hinge_of_one_output_equals_the_oracle() -> None:
    output, target = torch.randn(40, 1), torch.randint(0, 2, (40, 1)).float()
    signs = (2 * target - 1).flatten().numpy()
    assert hinge(output, target).item() == pytest.approx(oracle.hinge_loss(signs, output.flatten().numpy()), rel=1e-5)
    margins = np.maximum(0, 1 - signs * output.flatten().numpy())
    assert squared_hinge(output, target).item() == pytest.approx((margins**2).mean(), rel=1e-5)


def test_hinge_of_many_outputs_sums_the_margins_to_the_other_classes() -> None:
    output, target = torch.tensor([[0.1, 0.2, 0.9], [2.0, 0.0, 0.5]]), torch.tensor([1, 0])
    # Row 1: max(0, 1 − .2 + .1) + max(0, 1 − .2 + .9); row 2: nothing but max(0, 1 − 2 + .5) = 0.
    assert hinge(output, target).item() == pytest.approx((0.9 + 1.7) / 3 / 2)
    assert squared_hinge(output, target).item() == pytest.approx((0.9**2 + 1.7**2) / 3 / 2)


def test_kl_divergence_to_class_codes_is_cross_entropy_and_to_itself_zero() -> None:
    output, target = torch.randn(20, 4), torch.randint(0, 4, (20,))
    assert kl_divergence(output, target).item() == pytest.approx(nn.CrossEntropyLoss()(output, target).item(), rel=1e-5)
    assert kl_divergence(output, output.softmax(dim=1)).item() == pytest.approx(0, abs=1e-6)
