"""Whatever makes a training run away is told at the very step, and nothing that is no number is ever kept."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from designer.project.model import Project, Training
from designer.training.checkpoint import read_tensors
from designer.training.errors import RunError
from tests.helpers.graphs import chain
from tests.helpers.training import number_project, trained, with_training, write_csv


def with_layers(folder: Path, *layers: Any) -> Project:
    """The one neuron with further layers behind it."""
    project = number_project(folder)
    usual = Training(epochs=50, batch_size=0, optimizer="sgd", learning_rate=0.08)
    bare = Project(data=project.data, training=usual)
    return chain("table_input", ("linear", {"out_features": 1}), *layers, "output", project=bare)


def too_fast(folder: Path) -> Project:
    return with_training(number_project(folder), learning_rate=1e6, epochs=500)


def a_cell_too_large(folder: Path) -> Project:
    project = number_project(folder)
    rows = [(number, 100 + number, "test" if number > 7 else "train") for number in range(10)]
    write_csv(folder / "hotels.csv", ("distance", "price", "split"), [*rows, ("1e25", 120, "train")])
    assert project.data is not None
    columns = tuple(
        replace(column, scale="none") if column.name == "distance" else column for column in project.data.columns
    )
    return replace(project, data=replace(project.data, columns=columns))  # type: ignore[arg-type]


def a_division_by_zero(folder: Path) -> Project:
    return with_layers(folder, ("multiply_number", {"number": 0.0}), ("power", {"exponent": -1.0}))


def the_root_of_a_negative(folder: Path) -> Project:
    return with_layers(folder, ("power", {"exponent": 0.5}))


def an_overflow(folder: Path) -> Project:
    large = ("multiply_number", {"number": 1e12})
    return with_layers(folder, large, large, large, large)


@pytest.mark.parametrize("cause", [too_fast, a_cell_too_large, a_division_by_zero, the_root_of_a_negative, an_overflow])
def test_a_planted_cause_ends_the_training_at_its_step(tmp_path: Path, cause: Any) -> None:
    project = cause(tmp_path)
    run = tmp_path / "run"
    run.mkdir()
    with pytest.raises(RunError) as told:
        trained(project, tmp_path, run)
    said = str(told.value)
    assert re.search(r"in epoch \d+, (step 1 of 1, the loss|the weights) became", said), said
    assert "learning rate" in said
    assert not (run / "metrics.json").exists()
    for path in run.rglob("*.safetensors"):
        for name, tensor in read_tensors(path)[0].items():
            assert not tensor.is_floating_point() or bool(tensor.isfinite().all()), f"{path.name}: {name}"
