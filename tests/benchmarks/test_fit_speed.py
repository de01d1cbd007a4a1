"""Training is no slower than the loop of a PyTorch tutorial, measured side by side on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from designer.runtime.batches import Part
from designer.runtime.early import keep_best, stop_early, stop_if_not_finite
from designer.runtime.fit import fit
from designer.runtime.measures import Measure
from designer.runtime.metrics import mean_absolute_error, mean_squared_error, r2_score
from tests.helpers.rounds import rounds

ROWS, FEATURES, EPOCHS, ROUNDS = 4096, 20, 3, 5


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(FEATURES, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))


def tutorial(train: Part, validation: Part, batch_size: int) -> None:
    """The loop of PyTorch's own quickstart: a DataLoader, a running loss, a test pass an epoch."""
    model, loss_function = network(), nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loader = DataLoader(TensorDataset(train.inputs[0], train.targets), batch_size=batch_size, shuffle=True)
    check = DataLoader(TensorDataset(validation.inputs[0], validation.targets), batch_size=batch_size)
    for _ in range(EPOCHS):
        model.train()
        running = 0.0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = loss_function(model(inputs), targets)
            loss.backward()
            optimizer.step()
            running += loss.item()
        model.eval()
        with torch.no_grad():
            sum(loss_function(model(inputs), targets).item() for inputs, targets in check)


def product(train: Part, validation: Part, batch_size: int) -> None:
    """The stream with all that the app puts around it."""
    model, loss = network(), nn.MSELoss()
    measure = Measure(loss, {"mse": mean_squared_error, "mae": mean_absolute_error, "r2": r2_score}, 3.0, 2.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    events = fit(
        model, train, validation, loss, optimizer, epochs=EPOCHS, batch_size=batch_size, seed=0, measure=measure
    )
    for _ in keep_best(stop_early(stop_if_not_finite(events, model), 10), model):
        pass


def seconds(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


@pytest.mark.alone
@pytest.mark.parametrize("batch_size", [32, 256, 1024])
def test_fit_is_no_slower_than_the_tutorial_loop(batch_size: int) -> None:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(ROWS + 512, FEATURES, generator=generator)
    targets = inputs[:, :1] * 2 + 1
    train, validation = Part((inputs[:ROWS],), targets[:ROWS]), Part((inputs[ROWS:],), targets[ROWS:])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        product(train, validation, batch_size)
        tutorial(train, validation, batch_size)
        ratios: list[float] = []
        for _ in rounds(ROUNDS, lambda: median(ratios) > 1.0, least=3):
            usual = seconds(lambda: tutorial(train, validation, batch_size))
            ratios.append(usual / seconds(lambda: product(train, validation, batch_size)))
    finally:
        torch.set_num_threads(threads)
    print(f"batch {batch_size}: {median(ratios):.2f} times the tutorial loop's speed")
    assert median(ratios) > 1.0
