"""Balanced weights of classes are those of scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from designer.runtime.batches import Part
from designer.runtime.class_weights import balanced_weights


def test_weights_equal_the_oracle() -> None:
    codes = torch.tensor([0] * 7 + [1] * 2 + [2] * 30)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=codes.numpy())
    assert balanced_weights(Part((torch.zeros(39, 2),), codes), 3) == pytest.approx(expected.tolist())


def test_a_class_without_samples_counts_as_if_it_had_one() -> None:
    assert balanced_weights(Part((torch.zeros(4, 1),), torch.tensor([0, 0, 1, 1])), 3) == pytest.approx(
        [2 / 3, 2 / 3, 4 / 3]
    )


def test_of_two_classes_by_one_output_and_of_one_output_among_several() -> None:
    answers = torch.tensor([[0.0], [0.0], [0.0], [1.0]])
    part = Part((torch.zeros(4, 1),), {"price": torch.randn(4, 1), "sold": answers})
    assert balanced_weights(part, 2, "sold") == pytest.approx([4 / 6, 2.0])


def test_of_masks_each_pixel_counts_as_they_are_once_finished() -> None:
    stored = torch.tensor([[[[0, 255], [0, 0]]], [[[0, 0], [0, 255]]]], dtype=torch.uint8)
    part = Part(
        (torch.zeros(2, 1),), stored, finish=lambda batch: replace(batch, targets=(batch.targets == 255).float())
    )
    assert balanced_weights(part, 2) == pytest.approx([8 / 12, 2.0])
