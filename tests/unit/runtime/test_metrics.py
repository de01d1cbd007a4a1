"""Metrics give what scikit-learn gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from designer.runtime import metrics

AVERAGED = {
    "precision": oracle.precision_score,
    "recall": oracle.recall_score,
    "f1_score": oracle.f1_score,
}


def numbers(seed: int, rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    target = torch.randn(rows, 1, generator=generator) * 3 + 1
    return target + torch.randn(rows, 1, generator=generator), target


@pytest.mark.parametrize("rows", [2, 7, 500])
def test_number_metrics_equal_the_oracle(rows: int) -> None:
    output, target = numbers(rows, rows)
    expected = {
        metrics.mean_squared_error: oracle.mean_squared_error(target, output),
        metrics.root_mean_squared_error: oracle.root_mean_squared_error(target, output),
        metrics.mean_absolute_error: oracle.mean_absolute_error(target, output),
        metrics.r2_score: oracle.r2_score(target, output),
    }
    for metric, value in expected.items():
        assert metric(output, target).item() == pytest.approx(value, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("right", [True, False])
def test_r2_of_a_constant_target_is_that_of_the_oracle(right: bool) -> None:
    target = torch.full((4, 1), 2.0)
    output = target if right else target + torch.tensor([[0.0], [1.0], [0.0], [0.0]])
    assert metrics.r2_score(output, target).item() == oracle.r2_score(target, output)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40))
def test_class_metrics_equal_the_oracle(classes: int, pairs: list[tuple[int, int]]) -> None:
    actual = np.array([pair[0] % classes for pair in pairs])
    predicted = np.array([pair[1] % classes for pair in pairs])
    output, target = torch.eye(classes)[predicted] * 3 - 1, torch.from_numpy(actual)
    average = "binary" if classes == 2 else "macro"
    for name, score in AVERAGED.items():
        expected = score(actual, predicted, average=average, zero_division=0)
        assert getattr(metrics, name)(output, target).item() == pytest.approx(expected, abs=1e-6), name
    assert metrics.accuracy(output, target).item() == pytest.approx(oracle.accuracy_score(actual, predicted))
    counts = oracle.confusion_matrix(actual, predicted, labels=list(range(classes)))
    assert metrics.confusion_matrix(output, target).tolist() == counts.tolist()


def test_one_output_decides_between_two_classes_at_zero() -> None:
    output = torch.tensor([[-0.1], [0.1], [5.0], [0.0]])
    target = torch.tensor([[0.0], [1.0], [0.0], [0.0]])
    predicted, actual = [0, 1, 1, 0], [0, 1, 0, 0]
    assert metrics.predicted_classes(output).tolist() == predicted
    assert metrics.accuracy(output, target).item() == 0.75
    assert metrics.confusion_matrix(output, target).tolist() == oracle.confusion_matrix(actual, predicted).tolist()
    for name, score in AVERAGED.items():
        assert getattr(metrics, name)(output, target).item() == pytest.approx(score(actual, predicted))


def test_percentage_error_equals_the_oracle() -> None:
    output, target = numbers(3, 80)
    expected = oracle.mean_absolute_percentage_error(target, output)
    assert metrics.mean_absolute_percentage_error(output, target).item() == pytest.approx(expected, rel=1e-5)


def test_top_5_equals_the_oracle() -> None:
    output, target = torch.randn(200, 12), torch.randint(0, 12, (200,))
    expected = oracle.top_k_accuracy_score(target, output, k=5, labels=np.arange(12))
    assert metrics.top_5_accuracy(output, target).item() == pytest.approx(expected)
    assert metrics.top_5_accuracy(output[:, :4], target % 4).item() == 1.0
    shaped, codes = output.view(8, 25, 12).movedim(-1, 1), target.view(8, 25)
    assert metrics.top_5_accuracy(shaped, codes).item() == pytest.approx(expected)


def test_perplexity_is_e_to_the_log_loss() -> None:
    output, target = torch.randn(90, 7), torch.randint(0, 7, (90,))
    expected = np.exp(oracle.log_loss(target, output.double().softmax(dim=1), labels=np.arange(7)))
    assert metrics.perplexity(output, target).item() == pytest.approx(expected, rel=1e-5)
    assert metrics.perplexity(torch.zeros(4, 7), torch.arange(4)).item() == pytest.approx(7)


def test_dice_of_masks_is_the_f1_score_of_their_pixels() -> None:
    output, target = torch.randn(4, 1, 5, 6), torch.randint(0, 2, (4, 1, 5, 6)).float()
    called, true = (output > 0).numpy(), target.bool().numpy()
    expected = 2 * (called & true).sum() / (called.sum() + true.sum())
    assert metrics.f1_score(output, target).item() == pytest.approx(expected)


def test_neighbour_accuracy_equals_the_oracle() -> None:
    from sklearn.neighbors import NearestNeighbors

    embeddings, codes = torch.randn(150, 3), torch.randint(0, 3, (150,))
    nearest = NearestNeighbors(n_neighbors=1).fit(embeddings.numpy()).kneighbors(return_distance=False)[:, 0]
    expected = (codes.numpy()[nearest] == codes.numpy()).mean()
    assert metrics.neighbour_accuracy(embeddings, codes).item() == pytest.approx(expected, abs=0.001)
    assert metrics.neighbour_accuracy(embeddings[:1], codes[:1]).item() == 0.0
