"""The losses that PyTorch has no module for, against their formulas and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics as oracle
from torch import nn

from designer.runtime.losses import (
    COMPARED_AT_ONCE,
    cosine_distance,
    dice,
    first_half,
    focal,
    gaussian_nll,
    hinge,
    kl_divergence,
    log_cosh,
    mean_squared_log_error,
    quantile_loss,
    squared_hinge,
    triplet,
)
from designer.runtime.measures import Measure, gaussian_units


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


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_quantile_loss_equals_the_oracle_and_is_smallest_at_the_quantile(quantile: float) -> None:
    output, target = torch.randn(60, 1), torch.randn(60, 1)
    expected = oracle.mean_pinball_loss(target, output, alpha=quantile)
    assert quantile_loss(output, target, quantile=quantile).item() == pytest.approx(expected, rel=1e-5)
    target = torch.arange(101.0)[:, None]
    losses = [quantile_loss(torch.full_like(target, float(y)), target, quantile=quantile).item() for y in range(101)]
    assert np.argmin(losses) == pytest.approx(100 * quantile, abs=1)


def test_log_cosh_equals_its_formula_and_never_overflows() -> None:
    output, target = torch.randn(50, 2) * 3, torch.randn(50, 2)
    expected = np.log(np.cosh((output - target).double().numpy())).mean()
    assert log_cosh(output, target).item() == pytest.approx(expected, rel=1e-5)
    assert log_cosh(torch.tensor([[1e6]]), torch.zeros(1, 1)).item() == pytest.approx(1e6 - np.log(2))


def test_cosine_distance_is_that_of_the_oracle() -> None:
    output, target = torch.randn(30, 5), torch.randn(30, 5)
    expected = [oracle.pairwise.cosine_distances(a[None], b[None])[0, 0] for a, b in zip(output, target, strict=True)]
    assert cosine_distance(output, target).item() == pytest.approx(np.mean(expected), rel=1e-4)
    assert cosine_distance(target * 3, target).item() == pytest.approx(0, abs=1e-6)
    assert cosine_distance(-target, target).item() == pytest.approx(2, abs=1e-6)


def test_gaussian_nll_is_the_density_without_its_constant() -> None:
    means, logarithms, target = torch.randn(40, 2), torch.randn(40, 2), torch.randn(40, 2)
    density = torch.distributions.Normal(means, logarithms.exp().sqrt()).log_prob(target)
    found = gaussian_nll(torch.cat([means, logarithms], dim=1), target).item()
    assert found == pytest.approx(-density.mean().item() - 0.5 * np.log(2 * np.pi), rel=1e-4)


def test_gaussian_outputs_come_to_the_targets_own_units() -> None:
    output, target, offset, scale = torch.randn(20, 4), torch.randn(20, 2), [3.0, -1.0], [2.0, 5.0]
    own = gaussian_units(output, offset, scale)
    assert torch.allclose(first_half(own), output[:, :2] * torch.tensor(scale) + torch.tensor(offset))
    # the density of a value in other units is divided by the scale
    moved = gaussian_nll(own, target * torch.tensor(scale) + torch.tensor(offset)).item()
    assert moved == pytest.approx(gaussian_nll(output, target).item() + np.log(scale).mean(), rel=1e-4)
    mae = {"mae": lambda predicted, truth: (predicted - truth).abs().mean()}
    figures = Measure(gaussian_nll, mae, offset, scale, first_half, gaussian_units)(output, target)
    expected = ((output[:, :2] - target).abs() * torch.tensor(scale)).mean().item()
    assert figures == pytest.approx({"loss": moved, "mae": expected}, rel=1e-4)


def test_focal_of_two_classes_equals_its_formula() -> None:
    output, target = torch.randn(40, 1), torch.randint(0, 2, (40, 1)).float()
    likely = torch.where(target == 1, output.sigmoid(), 1 - output.sigmoid())
    expected = -((1 - likely) ** 1.5) * likely.log()
    assert focal(output, target, gamma=1.5).item() == pytest.approx(expected.mean().item(), rel=1e-5)
    assert torch.allclose(focal(output, target, gamma=1.5, reduction="none"), expected, rtol=1e-4)
    plain = nn.BCEWithLogitsLoss()(output, target)
    assert focal(output, target, gamma=0.0).item() == pytest.approx(plain.item(), rel=1e-5)


def test_focal_of_classes_equals_its_formula_also_weighted_and_over_masks() -> None:
    output, target, weight = torch.randn(8, 3, 4, 5), torch.randint(0, 3, (8, 4, 5)), torch.tensor([0.5, 1.0, 4.0])
    likely = output.softmax(dim=1).gather(1, target[:, None])[:, 0]
    expected = -((1 - likely) ** 2) * likely.log()
    assert focal(output, target).item() == pytest.approx(expected.mean().item(), rel=1e-5)
    weights = weight[target]
    found = focal(output, target, weight=weight).item()
    assert found == pytest.approx(((expected * weights).sum() / weights.sum()).item(), rel=1e-5)
    plain = nn.CrossEntropyLoss(weight=weight)(output, target)
    assert focal(output, target, gamma=0.0, weight=weight).item() == pytest.approx(plain.item(), rel=1e-5)


def test_focal_has_a_slope_where_a_sample_is_certain() -> None:
    output = torch.tensor([[90.0], [-90.0]], requires_grad=True)
    focal(output, torch.tensor([[1.0], [0.0]]), gamma=0.5).backward()
    assert output.grad is not None and output.grad.isfinite().all()


def test_dice_of_one_channel_equals_its_formula() -> None:
    output, target = torch.randn(3, 1, 4, 5), torch.randint(0, 2, (3, 1, 4, 5)).float()
    losses = []
    for logits, truth in zip(output.double().numpy(), target.double().numpy(), strict=True):
        likely = 1 / (1 + np.exp(-logits))
        losses.append(1 - (2 * (likely * truth).sum() + 1) / (likely.sum() + truth.sum() + 1))
    assert dice(output, target, cross_entropy=0.0).item() == pytest.approx(np.mean(losses), rel=1e-5)
    entropy = nn.BCEWithLogitsLoss()(output, target).item()
    assert dice(output, target, cross_entropy=1.0).item() == pytest.approx(entropy, rel=1e-5)
    assert dice(output, target, cross_entropy=0.3).item() == pytest.approx(
        0.7 * np.mean(losses) + 0.3 * entropy, rel=1e-5
    )


def test_dice_of_classes_averages_over_them_and_is_nothing_where_all_is_right() -> None:
    output, target = torch.randn(3, 4, 5, 6), torch.randint(0, 4, (3, 5, 6))
    likely = output.softmax(dim=1)
    losses = []
    for picture in range(3):
        for code in range(4):
            truth = (target[picture] == code).float()
            mine = likely[picture, code]
            losses.append(1 - ((2 * (mine * truth).sum() + 1) / (mine.sum() + truth.sum() + 1)).item())
    assert dice(output, target, cross_entropy=0.0).item() == pytest.approx(np.mean(losses), rel=1e-5)
    perfect = 100.0 * nn.functional.one_hot(target, 4).movedim(-1, 1).float()
    assert dice(perfect, target).item() == pytest.approx(0, abs=1e-5)


def test_triplet_compares_the_farthest_of_a_class_with_the_nearest_of_another() -> None:
    embeddings, codes = torch.randn(12, 3), torch.tensor([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 0, 1])
    expected = []
    for anchor in range(12):
        distances = [float(np.linalg.norm(embeddings[anchor] - embeddings[other])) for other in range(12)]
        same = [distances[other] for other in range(12) if other != anchor and codes[other] == codes[anchor]]
        apart = [distances[other] for other in range(12) if codes[other] != codes[anchor]]
        if same:
            expected.append(max(0.0, 0.7 + max(same) - min(apart)))
    assert len(expected) == 11
    assert triplet(embeddings, codes, margin=0.7).item() == pytest.approx(np.mean(expected), rel=1e-5)


def test_triplet_without_partners_or_with_equal_embeddings_has_a_finite_slope() -> None:
    for embeddings, codes in ((torch.randn(3, 2), torch.arange(3)), (torch.ones(4, 2), torch.tensor([0, 0, 1, 1]))):
        embeddings.requires_grad_()
        loss = triplet(embeddings, codes)
        loss.backward()
        assert loss.item() == (0.0 if len(codes) == 3 else 1.0)
        assert embeddings.grad is not None and embeddings.grad.isfinite().all()


def test_triplets_of_many_samples_are_found_in_groups() -> None:
    embeddings, codes = torch.randn(COMPARED_AT_ONCE + 50, 2), torch.randint(0, 3, (COMPARED_AT_ONCE + 50,))
    first = triplet(embeddings[:COMPARED_AT_ONCE], codes[:COMPARED_AT_ONCE]).item()
    rest = triplet(embeddings[COMPARED_AT_ONCE:], codes[COMPARED_AT_ONCE:]).item()
    expected = (first * COMPARED_AT_ONCE + rest * 50) / (COMPARED_AT_ONCE + 50)
    assert triplet(embeddings, codes).item() == pytest.approx(expected, rel=1e-5)
