"""Small networks that new projects begin with against the loop of the tutorials, side by side on one thread."""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from designer.importing.new import draft_project
from designer.runtime.batches import Part
from designer.runtime.early import keep_best, stop_if_not_finite
from designer.runtime.events import Epoch
from designer.runtime.fit import fit
from designer.runtime.quick_steps import quick_step
from designer.training.assemble import Setup, assemble
from tests.benchmarks.test_step_speed import Record, noted, one_thread, times  # noqa: F401
from tests.helpers.training import write_csv

ROWS, EPOCHS = 8192, 4
# asked for of any small network that learns to predict, by the size of its batches
ASKED = {32: 2.0, 256: 3.5, 1024: 5.0}
TEMPLATES = {
    "wide_and_deep": ("table", ()),
    "embeddings": ("table", ("template.dropout=0.1",)),
    "autoregression": ("series", ()),
}


def drafted(folder: Path, kind: str, template: str, settings: tuple[str, ...]) -> Setup:
    """What a new project makes of a table with categories, or of a series."""
    chance = np.random.default_rng(0)
    path = folder / f"{kind}.csv"
    if kind == "series":
        months = [f"{1900 + place // 12}-{place % 12 + 1:02d}-01" for place in range(600)]
        write_csv(path, ("month", "sold"), list(zip(months, chance.normal(100, 9, 600).round(2), strict=True)))
    else:
        numbers = chance.normal(0, 1, (600, 6)).round(3)
        words = np.array(["red", "green", "blue", "grey"])[chance.integers(4, size=600)]
        rows = [(*row, word, round(row[0] * 2 + row[1], 3)) for row, word in zip(numbers.tolist(), words, strict=True)]
        write_csv(path, ("a", "b", "c", "d", "e", "f", "colour", "y"), rows)
    project = draft_project(path, None, folder / "p.loom", template, settings=settings).project
    return assemble(project, folder)


def long_enough(part: Part) -> Part:
    """The same samples again and again."""
    again = -(-ROWS // len(part))

    def many(values: Tensor) -> Tensor:
        return values.repeat(again, *[1] * (values.dim() - 1))

    assert isinstance(part.targets, Tensor)
    return replace(part, inputs=tuple(map(many, part.inputs)), targets=many(part.targets))


def tutorial_epoch(setup: Setup, part: Part, batch_size: int) -> float:
    """Seconds of an epoch as the tutorials write it."""
    model, running = copy.deepcopy(setup.model).train(), 0.0
    optimizer = torch.optim.Adam(model.parameters())
    loader = DataLoader(TensorDataset(*part.inputs, part.target), batch_size=batch_size, shuffle=True)
    began = time.perf_counter()
    for *some, wanted in loader:
        optimizer.zero_grad()
        loss = setup.loss(model(*some), wanted)
        loss.backward()
        optimizer.step()
        running += loss.item()
    return time.perf_counter() - began


def product_epoch(setup: Setup, part: Part, batch_size: int) -> float:
    """Seconds of the quickest epoch of the stream as the app has it."""
    model = copy.deepcopy(setup.model)
    optimizer, step = torch.optim.Adam(model.parameters(), fused=True), quick_step(torch.device("cpu"))
    few = {"epochs": EPOCHS, "batch_size": batch_size, "seed": 0}
    events = fit(model, part, None, setup.loss, optimizer, **few, measure=setup.measure, step=step)
    return min(
        event.seconds for event in keep_best(stop_if_not_finite(events, model), model) if isinstance(event, Epoch)
    )


@pytest.mark.alone
@pytest.mark.parametrize("batch_size", ASKED)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_projects_network(template: str, batch_size: int, tmp_path: Path, record_property: Record) -> None:
    kind, settings = TEMPLATES[template]
    setup = drafted(tmp_path, kind, template, settings)
    part = long_enough(setup.parts["train"])
    least = ASKED[batch_size]
    found = times(
        lambda: tutorial_epoch(setup, part, batch_size), lambda: product_epoch(setup, part, batch_size), least
    )
    assert noted(found, f"{template}, batch {batch_size}, against the tutorial loop", record_property) >= least
