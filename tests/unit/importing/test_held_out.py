"""Networks that are fitted to folds in NumPy learn as PyTorch's do, and no row is judged by what has learned it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from designer.importing.held_out import (
    DRAWINGS,
    FOLDS,
    PATIENCE,
    begun,
    drawn_folds,
    held_out_losses,
    least_loss,
    loss_of,
    passed,
    slopes_of,
)
from designer.project.facts import TargetKind
from designer.project.model import Training

TRAINING = Training(epochs=40, batch_size=32, learning_rate=0.005, weight_decay=0.001)
KINDS: tuple[TargetKind, ...] = ("number", "binary", "classes")


def chance() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(7))


def answers_of(kind: TargetKind, shape: tuple[int, ...]) -> np.ndarray:
    """Answers of each kind, (…, outputs) where ``shape`` is what comes before the outputs."""
    drawn = chance()
    if kind == "number":
        return drawn.normal(size=(*shape, 2)).astype(np.float32)
    if kind == "binary":
        return drawn.integers(0, 2, (*shape, 1)).astype(np.float32)
    return np.eye(3, dtype=np.float32)[drawn.integers(0, 3, shape)]


def loss_in_torch(given: torch.Tensor, wanted: torch.Tensor, kind: TargetKind) -> torch.Tensor:
    if kind == "number":
        return functional.mse_loss(given, wanted)
    if kind == "binary":
        return functional.binary_cross_entropy_with_logits(given, wanted)
    return functional.cross_entropy(given, wanted.argmax(dim=1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden", [(), (6,), (8, 4)])
def test_steps_are_those_of_pytorch(kind, hidden):
    networks, rows = 3, 20
    features = chance().normal(size=(networks, rows, 5)).astype(np.float32)
    answers = answers_of(kind, (networks, rows))
    adam = begun((5, *hidden, answers.shape[2]), networks, chance())
    theirs = [[torch.tensor(each[place], requires_grad=True) for each in adam.weights] for place in range(networks)]
    optimizers = [torch.optim.Adam(weights, lr=0.01, weight_decay=0.1) for weights in theirs]
    for _ in range(5):
        values = passed(features, adam.weights)
        losses, slope = loss_of(values[-1], answers, kind)
        adam.step(slopes_of(values, adam.weights, slope / np.float32(rows)), 0.01, 0.1)
        for place, (weights, optimizer) in enumerate(zip(theirs, optimizers, strict=True)):
            value = torch.from_numpy(features[place])
            for layer, (weight, bias) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
                value = (functional.relu(value) if layer else value) @ weight + bias
            loss = loss_in_torch(value, torch.from_numpy(answers[place]), kind)
            assert losses[place].mean() == pytest.approx(loss.item(), rel=1e-5)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    for place, weights in enumerate(theirs):
        for mine, other in zip(adam.weights, weights, strict=True):
            np.testing.assert_allclose(mine[place], other.detach(), rtol=1e-4, atol=1e-5)


def test_weights_begin_within_the_bounds_of_pytorch():
    adam = begun((16, 400, 1), 2, chance())
    for weight, (before, _) in zip(adam.weights[::2], pairwise((16, 400, 1)), strict=True):
        assert weight.dtype == np.float32
        assert before**-0.5 * 0.9 < np.abs(weight).max() <= before**-0.5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [50, 63])
def test_no_network_is_judged_by_rows_it_has_learned(kind, count):
    held, learned = drawn_folds(answers_of(kind, (count,)), kind, chance())
    assert held.shape == (FOLDS * DRAWINGS, count // FOLDS)
    for judged, known in zip(held, learned, strict=True):
        assert not set(judged) & set(known)
        assert len(set(known)) == len(known) == count - -(-count // FOLDS)
    if count % FOLDS == 0:
        assert (np.bincount(held.ravel()) == DRAWINGS).all()


@pytest.mark.parametrize("kind", ["binary", "classes"])
def test_classes_have_the_same_share_in_every_fold(kind):
    answers = answers_of(kind, (100,))
    held, _ = drawn_folds(answers, kind, chance())
    counts = answers[held].sum(axis=1)
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()


def test_the_loss_falls_and_is_the_same_each_time():
    features = chance().normal(size=(80, 2)).astype(np.float32)
    answers = features[:, :1] * 2
    losses = list(held_out_losses(features, answers, "number", (8,), TRAINING))
    assert len(losses) == TRAINING.epochs and losses[-1] < losses[0] / 4
    assert losses == list(held_out_losses(features, answers, "number", (8,), TRAINING))
    assert least_loss(features, answers, "number", (8,), TRAINING) == min(losses)


def test_it_ends_once_the_loss_is_low_enough_or_falls_no_more(monkeypatch):
    said = []

    def losses(*_):
        for epoch in range(200):
            said.append(epoch)
            yield max(1.0 - 0.1 * epoch, 0.5)

    monkeypatch.setattr("designer.importing.held_out.held_out_losses", losses)
    rows = np.zeros((1, 1), dtype=np.float32)
    assert least_loss(rows, rows, "number", (), TRAINING, enough=0.75) == pytest.approx(0.7)
    assert said == [0, 1, 2, 3]
    said.clear()
    assert least_loss(rows, rows, "number", (), TRAINING) == pytest.approx(0.5)
    assert len(said) == 6 + PATIENCE


def test_numbers_beyond_all_bounds_have_no_loss_and_warn_of_nothing():
    rows = np.full((60, 1), 1e30, dtype=np.float32)
    assert least_loss(rows, rows, "number", (4,), TRAINING) == np.inf
