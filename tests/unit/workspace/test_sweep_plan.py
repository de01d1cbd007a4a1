"""Planning a sweep: values to suggest, values that are typed, and runs that wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.layers.catalog import OPTIMIZERS
from designer.layers.fields import Bool, Float, Int
from designer.project.errors import EditError, ProjectError
from designer.project.file import load_project
from designer.project.model import Project, Training
from designer.workspace import queue
from designer.workspace.queue import waiting
from designer.workspace.run_list import read_info
from designer.workspace.runs import list_runs
from designer.workspace.sweep_plan import (
    add_sweep_to_queue,
    as_varied,
    suggested,
    typed_values,
    value_of,
    varied_fields,
)
from designer.workspace.sweeps import variations
from tests.helpers.small import small_project


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        (Float(0.001, above=True, help="Any."), 0.001, "0.01, 0.001, 0.0001"),
        (Float(0.0, help="Any."), 0.0, "0, 0.0001, 0.001"),
        (Float(0.9, maximum=1.0, help="Any."), 0.9, "0, 0.9, 0.99"),
        (Float(0.5, maximum=2.0, help="Any."), 0.5, "0.5, 0.05"),
        (Int(32, help="Any."), 32, "16, 32, 64"),
        (Int(0, minimum=0, help="Any."), 0, "0, 1, 2"),
        (Int(100, maximum=150, help="Any."), 100, "50, 100"),
        (Bool(True, help="Any."), True, "yes, no"),
    ],
)
def test_values_are_suggested_on_both_sides_as_far_as_they_are_sound(field, value, wanted) -> None:
    assert suggested(field, value) == wanted
    assert typed_values(field, wanted) == wanted.split(", ")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_suggestion_is_sound(optimizer: str) -> None:
    project = Project(training=Training(optimizer=optimizer))
    fields = varied_fields(project.training)
    assert list(fields)[:3] == ["learning_rate", "batch_size", "optimizer"]
    assert not {"mode", "device", "threads"} & set(fields)
    for name, field in fields.items():
        text = suggested(field, value_of(project.training, name, field))
        assert variations(project, as_varied({name: typed_values(field, text)})), name


def test_values_are_taken_once() -> None:
    assert typed_values(Float(0.1, help="Any."), " 0.1,0.10 , .2,,") == ["0.1", ".2"]


def test_all_runs_wait_with_their_settings_as_names(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    project = load_project(path)
    found = variations(project, as_varied({"learning_rate": ["0.1", "0.2"], "seed": ["1"]}))
    made = add_sweep_to_queue(project, tmp_path, path, found)
    assert waiting(path) == made
    assert [read_info(run).name for run in made] == ["rate 0.1, seed 1", "rate 0.2, seed 1"]
    assert [load_project(run / "project.loom").training.learning_rate for run in made] == [0.1, 0.2]


def test_all_of_them_wait_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small_project(tmp_path)
    project = load_project(path)
    found = variations(project, as_varied({"seed": ["1", "2", "3"]}))
    real, count = queue.add_to_queue, 0

    def fails_later(*arguments: object) -> Path:
        nonlocal count
        count += 1
        if count == 3:
            raise ProjectError("there is no space left on the disk")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "add_to_queue", fails_later)
    with pytest.raises(ProjectError, match="no space left"):
        add_sweep_to_queue(project, tmp_path, path, found)
    assert waiting(path) == []
    assert list_runs(path) == []
    with pytest.raises(EditError):
        add_sweep_to_queue(project, tmp_path, path, [])
