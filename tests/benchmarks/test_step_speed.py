"""The captured step against the loops that people write or use otherwise, side by side on one thread."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep, Task, captured
from designer.runtime.early import keep_best, stop_if_not_finite
from designer.runtime.events import Epoch, Step
from designer.runtime.fit import fit, gradient_step, output_of
from designer.runtime.measures import Measure
from designer.runtime.memory_format import use_channels_last
from designer.runtime.metrics import accuracy
from designer.runtime.parts import bytes_to_numbers
from designer.runtime.quick_steps import quick_step
from tests.helpers.apart import apart
from tests.helpers.rounds import rounds

Record: TypeAlias = Callable[[str, object], None]
Events: TypeAlias = Iterator[Step | Epoch]

FEATURES, ROUNDS, EPOCHS, SWEEP_EPOCHS = 26, 4, 5, 3
# so many times as much as is asked for needs no further rounds
CLEARLY = 1.1
GENERATOR = torch.Generator().manual_seed(0)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def table(rows: int) -> tuple[Tensor, Tensor]:
    inputs = torch.randn(rows, FEATURES, generator=GENERATOR)
    return inputs, inputs[:, :1] * 2 + inputs[:, 1:2].sin()


def mlp() -> nn.Module:
    """The network of all figures: 26-64-64-1."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(FEATURES, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))


class Wide(nn.Module):
    """A skip past two layers with normalization and dropout: less static than a chain."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second, self.head = nn.Linear(FEATURES, 64), nn.Linear(64, 64), nn.Linear(64 + FEATURES, 1)
        self.norm, self.dropout = nn.LayerNorm(64), nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        hidden = torch.relu(self.first(x))
        hidden = self.dropout(torch.tanh(self.norm(self.second(hidden)) + hidden))
        return self.head(torch.cat([hidden, x], 1))


def tutorial_epoch(make: Callable[[], nn.Module], inputs: Tensor, targets: Tensor, batch_size: int) -> float:
    """Seconds of an epoch of the loop of PyTorch's own tutorials."""
    return looped(make(), nn.MSELoss(), TensorDataset(inputs, targets), batch_size)


def looped(model: nn.Module, loss_function: nn.Module, samples: Dataset[Any], batch_size: int) -> float:
    """Seconds of an epoch as the tutorials write it."""
    optimizer = torch.optim.Adam(model.parameters())
    began, running = time.perf_counter(), 0.0
    for some, wanted in DataLoader(samples, batch_size=batch_size, shuffle=True):
        optimizer.zero_grad()
        loss = loss_function(model(some), wanted)
        loss.backward()
        optimizer.step()
        running += loss.item()
    return time.perf_counter() - began


def product_epoch(make: Callable[[], nn.Module], inputs: Tensor, targets: Tensor, batch_size: int) -> float:
    """Seconds of the quickest epoch of the stream as the app has it, the graph being captured on the way."""
    model, step = make(), CapturedStep()
    events = streamed(model, Part((inputs,), targets), batch_size, step)
    found = [event.seconds for event in keep_best(stop_if_not_finite(events, model), model) if isinstance(event, Epoch)]
    assert any(step.graphs.values())
    return min(found)


def streamed(model: nn.Module, part: Part, batch_size: int, step: CapturedStep, rate: float = 0.001) -> Events:
    """The events of a training with Adam on the squared error, through this captured step."""
    loss, optimizer = nn.MSELoss(), torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    few = {"epochs": EPOCHS, "batch_size": batch_size, "seed": 0}
    return fit(model, part, None, loss, optimizer, **few, measure=Measure(loss), step=step)


def times(slow: Callable[[], float], quick: Callable[[], float], least: float) -> float:
    """How many times as quick, both at their best of a few rounds in turns: of two where that is clearly enough."""
    slow(), quick()
    taken: list[tuple[float, float]] = []

    def found() -> float:
        return min(first for first, _ in taken) / min(second for _, second in taken)

    for _ in rounds(ROUNDS, lambda: found() >= CLEARLY * least, least=2):
        taken.append((slow(), quick()))
    return found()


def noted(found: float, what: str, record: Record) -> float:
    """How many times as quick it was, printed and recorded."""
    print(f"{what}: {found:.2f} times")
    record("times", found)
    return found


def against_the_tutorial(make: Callable[[], nn.Module], batch_size: int, least: float, record: Record) -> float:
    """How many times as quick an epoch of this network is as one of the tutorial loop, of which ``least`` is asked."""
    inputs, targets = table(max(8192, 16 * batch_size))
    found = times(
        lambda: tutorial_epoch(make, inputs, targets, batch_size),
        lambda: product_epoch(make, inputs, targets, batch_size),
        least,
    )
    return noted(found, f"{make.__name__}, batch {batch_size}, against the tutorial loop", record)


@pytest.mark.alone
@pytest.mark.parametrize(("make", "batch_size", "least"), [(mlp, 32, 6.2), (mlp, 256, 6.2), (mlp, 1024, 6.5)])
def test_a_static_network(
    make: Callable[[], nn.Module], batch_size: int, least: float, record_property: Record
) -> None:
    """On a quiet machine 7 to 9 times the tutorial loop."""
    assert against_the_tutorial(make, batch_size, least, record_property) >= least


@pytest.mark.alone
@pytest.mark.parametrize(("batch_size", "least"), [(32, 2.0), (256, 3.5), (1024, 3.5)])
def test_a_network_with_more_in_it(batch_size: int, least: float, record_property: Record) -> None:
    assert against_the_tutorial(Wide, batch_size, least, record_property) >= least


@pytest.mark.alone
@pytest.mark.parametrize("batch_size", [32, 256, 1024])
def test_against_scikit_learn(batch_size: int, record_property: Record) -> None:
    from sklearn.neural_network import MLPRegressor

    inputs, targets = table(max(8192, 16 * batch_size))
    features, wanted = inputs.numpy(), targets[:, 0].numpy()

    def regressor() -> float:
        model = MLPRegressor(
            hidden_layer_sizes=(64, 64), batch_size=batch_size, max_iter=2, random_state=0, n_iter_no_change=10
        )
        began = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(features, wanted)
        return (time.perf_counter() - began) / 2

    least = 2.5
    found = times(regressor, lambda: product_epoch(mlp, inputs, targets, batch_size), least)
    assert noted(found, f"batch {batch_size}, against scikit-learn", record_property) >= least


class Pictures(Dataset[tuple[Tensor, int]]):
    """Grey pictures of 28 × 28 as the data sets of tutorials have them: each goes through Pillow by itself.

    What is done to each is what torchvision's MNIST, ToTensor and Normalize do, of which the tutorials are made.
    """

    def __init__(self, pixels: np.ndarray, labels: np.ndarray) -> None:
        self.pixels, self.labels = torch.from_numpy(pixels), torch.from_numpy(labels)

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        picture = Image.fromarray(self.pixels[index].numpy())
        return normalized(to_tensor(picture), [0.1307], [0.3081]), int(self.labels[index])


def to_tensor(picture: Image.Image) -> Tensor:
    """A grey picture as numbers from 0 to 1: (1, height, width)."""
    pixels = torch.from_numpy(np.array(picture, np.uint8, copy=True)).view(picture.height, picture.width, 1)
    return pixels.permute(2, 0, 1).contiguous().to(torch.float32).div(255)


def normalized(numbers: Tensor, mean: list[float], std: list[float]) -> Tensor:
    """The numbers less the mean of their channel, over its deviation; they themselves stay as they are."""
    numbers = numbers.clone()
    means, deviations = torch.as_tensor(mean, dtype=numbers.dtype), torch.as_tensor(std, dtype=numbers.dtype)
    if (deviations == 0).any():
        raise ValueError("a deviation is 0")
    return numbers.sub_(means.view(-1, 1, 1)).div_(deviations.view(-1, 1, 1))


def cnn() -> nn.Module:
    torch.manual_seed(0)
    first = (nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(64 * 49, 128), nn.ReLU(), nn.Linear(128, 10))


def tutorial_pictures(pixels: np.ndarray, labels: np.ndarray) -> float:
    """Seconds of an epoch of the tutorial loop on pictures that Pillow opens one by one."""
    return looped(cnn(), nn.CrossEntropyLoss(), Pictures(pixels, labels), 128)


def pictures_epoch(pixels: np.ndarray, labels: np.ndarray) -> float:
    """Seconds of the quickest epoch as the app has it, the memory format being what the trial finds."""
    model, loss, step = cnn(), nn.CrossEntropyLoss(), quick_step(torch.device("cpu"))
    use_channels_last(model)
    finish = partial(bytes_to_numbers, mean=[0.1307], std=[0.3081])
    part = Part((torch.from_numpy(pixels[:, None]),), torch.from_numpy(labels), finish=finish)
    optimizer, measure = torch.optim.Adam(model.parameters(), fused=True), Measure(loss, {"accuracy": accuracy})
    events = fit(model, part, None, loss, optimizer, epochs=3, batch_size=128, seed=0, measure=measure, step=step)
    return min(event.seconds for event in events if isinstance(event, Epoch))


@pytest.mark.alone
@pytest.mark.slow
def test_pictures_against_the_tutorial_loop(record_property: Record) -> None:
    """On a quiet machine 2.4 to 2.8 times; the epoch of 60,000 pictures is one of 1,024 so many times over.

    The loop of the tutorials has a process of its own, whose memory is managed as Python finds it.
    """
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (1024, 28, 28), dtype=np.uint8)
    labels = chance.integers(0, 10, len(pixels))
    least = 1.6
    with apart() as call:
        tutorial = partial(call, partial(tutorial_pictures, pixels, labels))
        found = times(tutorial, lambda: pictures_epoch(pixels, labels), least)
    assert noted(found, "pictures, batch 128, against the tutorial loop", record_property) >= least


def sweep_epoch(inputs: Tensor, targets: Tensor, batch_size: int) -> float:
    """Seconds of the quickest epoch of eight trainings at other learning rates, which take turns."""
    part, found = Part((inputs,), targets), []
    streams = [streamed(mlp(), part, batch_size, CapturedStep(), 0.0001 * 2**place) for place in range(8)]
    for _ in range(SWEEP_EPOCHS):
        began = time.perf_counter()
        for stream in streams:
            next(event for event in stream if isinstance(event, Epoch))
        found.append(time.perf_counter() - began)
    return min(found)


@pytest.mark.alone
@pytest.mark.parametrize("batch_size", [32, 256])
def test_a_sweep_of_eight_against_one_tutorial_run(batch_size: int, record_property: Record) -> None:
    """On a quiet machine about the time of one."""
    (inputs, targets), least = table(8192), 0.8
    found = times(
        lambda: tutorial_epoch(mlp, inputs, targets, batch_size),
        lambda: sweep_epoch(inputs, targets, batch_size),
        least,
    )
    assert noted(found, f"eight trainings, batch {batch_size}, against one tutorial run", record_property) >= least


def deep() -> nn.Module:
    """80 layers."""
    torch.manual_seed(0)
    inner = [layer for _ in range(39) for layer in (nn.Linear(32, 32), nn.ReLU())]
    return nn.Sequential(nn.Linear(FEATURES, 32), nn.ReLU(), *inner, nn.Linear(32, 1))


class Recurrent(nn.Module):
    """A GRU over as many steps as there are features, whose operations in a step are above a thousand."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer, self.head = nn.GRU(1, 16, batch_first=True), nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.layer(x.unsqueeze(2))[0][:, -1])


def seconds_each(work: Callable[[], object], count: int) -> float:
    """The seconds of the processor for each of ``count`` times, at best of a few rounds."""
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(count):
            work()
        found.append((time.process_time() - began) / count)
    return min(found)


@pytest.mark.alone
@pytest.mark.parametrize("make", [mlp, deep, Recurrent])
def test_making_a_graph_takes_as_long_as_a_few_plain_steps(
    make: Callable[[], nn.Module], record_property: Record
) -> None:
    """On a quiet machine 13 to 30 of them; PyTorch's own tracer takes 110 to 500."""
    inputs, targets = table(32)
    model, loss, batch = make(), nn.MSELoss(), Part((inputs,), targets)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    plain = seconds_each(lambda: gradient_step(model, batch, loss, optimizer, output_of), 10)
    made = seconds_each(lambda: captured(Task(model, loss, optimizer, output_of), batch), 1)
    assert noted(made / plain, f"{make.__name__}, a graph against a plain step", record_property) <= 60
