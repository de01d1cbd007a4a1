"""Epochs of training beside those of Lightning, Keras on PyTorch and skorch, on one thread.

Layerloom does without them. To have them here: ``pip install lightning keras skorch`` in the environment of the tests;
those that are missing are passed over.
"""

from __future__ import annotations

import importlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import median
from typing import Any, TypeAlias

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from tests.benchmarks.test_step_speed import (
    FEATURES,
    Pictures,
    Record,
    cnn,
    mlp,
    noted,
    pictures_epoch,
    product_epoch,
    table,
)
from tests.helpers.apart import apart

ROUNDS, EPOCHS = 3, 3
PICTURES = 1920
# what holds on a busy machine too
LEAST = {
    ("lightning", 32): 8.0, ("keras", 32): 8.0, ("skorch", 32): 5.0,
    ("lightning", 256): 8.0, ("keras", 256): 8.0, ("skorch", 256): 5.0,
    ("lightning", 1024): 5.0, ("keras", 1024): 3.0, ("skorch", 1024): 5.0,
}  # fmt: skip

Seconds: TypeAlias = Callable[[], float]
Make: TypeAlias = Callable[[], nn.Module]

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def of(framework: str) -> Any:
    """The framework; without it the test is passed over."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    pytest.importorskip(framework, reason=f"pip install {framework}")
    found = importlib.import_module(framework)
    for name in ("lightning", "lightning.pytorch"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return found


def with_lightning(make: Make, loss: Callable[..., Tensor], samples: Dataset[Any], batch_size: int) -> float:
    """Seconds of the quickest epoch of its Trainer, with everything off that can be."""
    lightning, seconds = of("lightning"), []

    class Learner(lightning.LightningModule):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = make()

        def training_step(self, batch: tuple[Tensor, Tensor], place: int) -> Tensor:
            return loss(self.model(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters())

    class Clock(lightning.Callback):  # type: ignore[name-defined, misc]
        def on_train_epoch_start(self, *_: object) -> None:
            self.began = time.perf_counter()

        def on_train_epoch_end(self, *_: object) -> None:
            seconds.append(time.perf_counter() - self.began)

    off = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)
    trainer = lightning.Trainer(max_epochs=EPOCHS, accelerator="cpu", callbacks=[Clock()], **off)
    trainer.fit(Learner(), DataLoader(samples, batch_size=batch_size, shuffle=True))
    return min(seconds)


def with_skorch(make: Make, criterion: type[nn.Module], samples: Dataset[Any], batch_size: int) -> float:
    """Seconds of the quickest epoch, without a validation part."""
    skorch, seconds = of("skorch"), []

    class Clock(skorch.callbacks.Callback):  # type: ignore[name-defined, misc]
        def on_epoch_begin(self, *_: object, **__: object) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, *_: object, **__: object) -> None:
            seconds.append(time.perf_counter() - self.began)

    few = {"batch_size": batch_size, "max_epochs": EPOCHS, "train_split": None, "verbose": 0, "callbacks": [Clock()]}
    adam = torch.optim.Adam
    skorch.NeuralNet(make, criterion, optimizer=adam, lr=0.001, iterator_train__shuffle=True, **few).fit(samples)
    return min(seconds)


def with_keras(layers: Callable[[Any], list[Any]], loss: str, x: np.ndarray, y: np.ndarray, batch_size: int) -> float:
    """Seconds of the quickest epoch of its ``fit`` on arrays."""
    keras, seconds = of("keras"), []

    class Clock(keras.callbacks.Callback):  # type: ignore[name-defined, misc]
        def on_epoch_begin(self, *_: object) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, *_: object) -> None:
            seconds.append(time.perf_counter() - self.began)

    model = keras.Sequential(layers(keras))
    model.compile(keras.optimizers.Adam(0.001, epsilon=1e-8), loss)
    model.fit(x, y, batch_size=batch_size, epochs=EPOCHS, verbose=0, callbacks=[Clock()])
    return min(seconds)


def compared(product: Seconds, other: Seconds, what: str, record: Record) -> float:
    """How many times as quick the product is: the medians of a few rounds in turns."""
    other(), product()
    rounds = [(other(), product()) for _ in range(ROUNDS)]
    found = median(first for first, _ in rounds) / median(second for _, second in rounds)
    return noted(found, what, record)


def mlp_in_keras(keras: Any) -> list[Any]:
    """The same network as ``mlp``."""
    hidden = [keras.layers.Dense(64, "relu"), keras.layers.Dense(64, "relu")]
    return [keras.layers.Input((FEATURES,)), *hidden, keras.layers.Dense(1)]


def cnn_in_keras(keras: Any) -> list[Any]:
    """The same network as ``cnn``, whose channels Keras keeps last."""
    some = [keras.layers.Conv2D(32, 3, padding="same", activation="relu"), keras.layers.MaxPooling2D()]
    more = [keras.layers.Conv2D(64, 3, padding="same", activation="relu"), keras.layers.MaxPooling2D()]
    head = [keras.layers.Flatten(), keras.layers.Dense(128, "relu"), keras.layers.Dense(10, "softmax")]
    return [keras.layers.Input((28, 28, 1)), *some, *more, *head]


@pytest.mark.parametrize("batch_size", [32, 256, 1024])
@pytest.mark.parametrize("framework", ["lightning", "keras", "skorch"])
def test_a_small_network(framework: str, batch_size: int, record_property: Record) -> None:
    of(framework)
    inputs, targets = table(max(8192, 16 * batch_size))
    samples = TensorDataset(inputs, targets)
    others: Mapping[str, Seconds] = {
        "lightning": partial(with_lightning, mlp, nn.functional.mse_loss, samples, batch_size),
        "keras": partial(with_keras, mlp_in_keras, "mse", inputs.numpy(), targets.numpy(), batch_size),
        "skorch": partial(with_skorch, mlp, nn.MSELoss, samples, batch_size),
    }
    product = partial(product_epoch, mlp, inputs, targets, batch_size)
    found = compared(product, others[framework], f"{framework}, batch {batch_size}", record_property)
    assert found >= LEAST[framework, batch_size]


@pytest.mark.parametrize("framework", ["lightning", "keras", "skorch"])
def test_pictures(framework: str, record_property: Record) -> None:
    """The loader of pictures is the tutorials' own; Keras takes the pictures as arrays of numbers, as its own do."""
    of(framework)
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (PICTURES, 28, 28), dtype=np.uint8)
    labels = chance.integers(0, 10, PICTURES)
    samples, numbers = Pictures(pixels, labels), ((pixels / 255 - 0.1307) / 0.3081).astype(np.float32)[..., None]
    others: Mapping[str, Seconds] = {
        "lightning": partial(with_lightning, cnn, nn.functional.cross_entropy, samples, 128),
        "keras": partial(with_keras, cnn_in_keras, "sparse_categorical_crossentropy", numbers, labels, 128),
        "skorch": partial(with_skorch, cnn, nn.CrossEntropyLoss, samples, 128),
    }
    # which has a process of its own, whose memory is managed as Python finds it
    with apart() as call:
        other, product = partial(call, others[framework]), partial(pictures_epoch, pixels, labels)
        assert compared(product, other, f"{framework}, pictures, batch 128", record_property) >= 1.3
