"""How well small networks of fully connected layers predict rows held out: fitted to all folds at once, in NumPy.

That is done before PyTorch would even be imported. They learn as the project's network will: in batches drawn anew
each epoch, by Adam, from weights drawn as PyTorch draws them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from designer.project.facts import TargetKind
from designer.project.model import Training

FOLDS = 5
# how often the folds are drawn: of one drawing alone the better of two networks is often the luckier one
DRAWINGS = 4
PATIENCE = 20
SEED = 0
# of Adam, as PyTorch has them
FIRST_SHARE, SECOND_SHARE, TINY = 0.1, 0.001, 1e-8

Weights = list[np.ndarray]


@dataclass
class Adam:
    """Weights and biases of each layer in turn, (networks, inputs, width) and (networks, 1, width), and their moments.

    ``weights`` are changed in place, for all networks at once.
    """

    weights: Weights
    first: Weights
    second: Weights
    steps: int = 0

    def step(self, slopes: Weights, rate: float, decay: float) -> None:
        """One step down the ``slopes``, those of the weight decay with them (Kingma and Ba, 2015)."""
        self.steps += 1
        pace = np.float32(rate / (1 - (1 - FIRST_SHARE) ** self.steps))
        root = np.float32((1 - (1 - SECOND_SHARE) ** self.steps) ** 0.5)
        for weight, slope, first, second in zip(self.weights, slopes, self.first, self.second, strict=True):
            slope = slope + np.float32(decay) * weight
            first += np.float32(FIRST_SHARE) * (slope - first)
            second += np.float32(SECOND_SHARE) * (slope * slope - second)
            weight -= pace * first / (np.sqrt(second) / root + np.float32(TINY))


def least_loss(
    features: np.ndarray,
    answers: np.ndarray,
    kind: TargetKind,
    hidden: Sequence[int],
    training: Training,
    enough: float = -np.inf,
) -> float:
    """The mean loss of rows held out after the best epoch, of a network with hidden layers of these widths.

    ``features`` (rows, columns) and ``answers`` (rows, outputs) are float32, a class as a one in its own column. Each
    row is held out as often as the folds are drawn. Ends early once the loss is below ``enough``.
    """
    best, waited = np.inf, 0
    # weights that grew beyond all bounds are no news: their loss is no number, and no other follows
    with np.errstate(over="ignore", invalid="ignore"):
        for loss in held_out_losses(features, answers, kind, hidden, training):
            best, waited = (loss, 0) if loss < best else (best, waited + 1)
            if waited >= PATIENCE or best < enough:
                break
    return float(best)


def held_out_losses(
    features: np.ndarray, answers: np.ndarray, kind: TargetKind, hidden: Sequence[int], training: Training
) -> Iterator[float]:
    """The mean loss of rows held out after each epoch."""
    chance = np.random.Generator(np.random.PCG64(SEED))
    held, learned = drawn_folds(answers, kind, chance)
    adam = begun((features.shape[1], *hidden, answers.shape[1]), len(held), chance)
    held_features, held_answers = features[held], answers[held]
    for _ in range(training.epochs):
        learned = chance.permuted(learned, axis=1)
        for begin in range(0, learned.shape[1], training.batch_size):
            rows = learned[:, begin : begin + training.batch_size]
            values = passed(features[rows], adam.weights)
            slope = loss_of(values[-1], answers[rows], kind)[1] / np.float32(rows.shape[1])
            adam.step(slopes_of(values, adam.weights, slope), training.learning_rate, training.weight_decay)
        yield float(loss_of(passed(held_features, adam.weights)[-1], held_answers, kind)[0].mean())


def drawn_folds(answers: np.ndarray, kind: TargetKind, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The rows held out of each network and those that it learns, every fold with the classes in the same shares.

    All folds are as large as the smallest, so that networks can be fitted side by side.
    """
    count = len(answers)
    classes = np.zeros(count) if kind == "number" else answers @ np.arange(1, answers.shape[1] + 1)
    held, learned = [], []
    for _ in range(DRAWINGS):
        order = chance.permutation(count)
        order = order[np.argsort(classes[order], kind="stable")]
        for fold in range(FOLDS):
            mine = np.arange(count) % FOLDS == fold
            held.append(order[mine][: count // FOLDS])
            learned.append(order[~mine][: count - -(-count // FOLDS)])
    return np.stack(held), np.stack(learned)


def begun(widths: Sequence[int], networks: int, chance: np.random.Generator) -> Adam:
    """Weights and biases drawn as those of PyTorch's Linear are, and moments of nothing."""
    weights = [
        chance.uniform(-(before**-0.5), before**-0.5, (networks, rows, width)).astype(np.float32)
        for before, width in pairwise(widths)
        for rows in (before, 1)
    ]
    return Adam(weights, [np.zeros_like(each) for each in weights], [np.zeros_like(each) for each in weights])


def passed(features: np.ndarray, weights: Weights) -> list[np.ndarray]:
    """The features, what each layer makes of them, with a ReLU behind all but the last."""
    values = [features]
    for place in range(0, len(weights), 2):
        value = values[-1] @ weights[place] + weights[place + 1]
        values.append(np.maximum(value, 0) if place + 2 < len(weights) else value)
    return values


def slopes_of(values: Sequence[np.ndarray], weights: Weights, slope: np.ndarray) -> Weights:
    """The slope of the loss in every weight, where ``slope`` is that in what the last layer gives."""
    slopes: Weights = []
    for place in reversed(range(0, len(weights), 2)):
        before = values[place // 2]
        slopes += [slope.sum(axis=1, keepdims=True), before.swapaxes(1, 2) @ slope]
        if place:
            slope = (slope @ weights[place].swapaxes(1, 2)) * (before > 0)
    return slopes[::-1]


def loss_of(given: np.ndarray, wanted: np.ndarray, kind: TargetKind) -> tuple[np.ndarray, np.ndarray]:
    """The loss of each row (networks, rows) and its slope in what was given: squares, or cross-entropy of classes."""
    if kind == "number":
        off = given - wanted
        return (off * off).mean(axis=2), off * np.float32(2 / wanted.shape[2])
    if kind == "binary":
        losses = np.logaddexp(np.float32(0), given) - wanted * given
        return losses.sum(axis=2), np.float32(0.5) + np.float32(0.5) * np.tanh(np.float32(0.5) * given) - wanted
    given = given - given.max(axis=2, keepdims=True)
    grown = np.exp(given)
    whole = grown.sum(axis=2, keepdims=True)
    return np.log(whole[..., 0]) - (wanted * given).sum(axis=2), grown / whole - wanted
