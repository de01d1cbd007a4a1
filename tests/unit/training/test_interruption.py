"""KeyboardInterrupt at any line of the engine: the run goes on, and ends as if it never was."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import torch

import designer
from designer.project.model import Project
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.run import train
from tests.helpers.training import class_project, history, trained, with_training

MOMENTS = int(os.environ.get("LAYERLOOM_INTERRUPTIONS", "40"))
WATCHED = tuple(
    str(Path(designer.__file__).parent / name)
    for name in ("training/record", "training/run", "training/checkpoint", "runtime", "project/atomic")
)


class Lines:
    """Counts the lines of the engine that are run, and raises KeyboardInterrupt at one of them."""

    def __init__(self, fatal: int = -1) -> None:
        self.count = 0
        self._fatal = fatal

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Lines | None:
        if not frame.f_code.co_filename.startswith(WATCHED):
            return None
        if event == "line":
            self.count += 1
            if self.count == self._fatal:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


@contextlib.contextmanager
def traced(lines: Lines) -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(lines)
    try:
        yield
    finally:
        sys.settrace(before)
        # an interruption in the very line that would leave a no_grad block leaves PyTorch in it, as long as it runs
        torch.set_grad_enabled(True)


def train_traced(project: Project, base: Path, run: Path, lines: Lines) -> None:
    """Train to the end or to the interruption, counting only once the data is read."""
    run.mkdir(exist_ok=True)
    events = train(project, base, run, resume=(run / "history.jsonl").exists())
    next(events)
    with traced(lines):
        for _ in events:
            pass


# an interruption between the opening of a file and its ``with`` block leaves the closing to the end of the process
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("every_epoch")
def test_an_interruption_at_any_line_costs_nothing(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path, rows=30), epochs=3, batch_size=8, patience=3)
    whole = tmp_path / "whole"
    metrics = trained(project, tmp_path, whole)
    counted = Lines()
    train_traced(project, tmp_path, tmp_path / "counted", counted)
    assert counted.count > 500
    for moment in range(MOMENTS):
        run = tmp_path / f"interrupted{moment}"
        with pytest.raises(KeyboardInterrupt):
            train_traced(project, tmp_path, run, Lines(fatal=1 + moment * (counted.count - 1) // (MOMENTS - 1)))
        checkpoint = read_checkpoint(run)
        again = trained(project, tmp_path, run, resume=True)
        assert history(run) == history(whole)
        assert again["test"] == metrics["test"]
        expected, found = read_weights(whole), read_weights(run)
        assert all(torch.equal(found[name], tensor) for name, tensor in expected.items()), (moment, checkpoint)


def test_nothing_is_written_once_an_interruption_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from designer.runtime import early

    copied: list[int] = []

    def interrupted(model: torch.nn.Module, copy: dict[str, torch.Tensor]) -> None:
        copied.append(1)
        if len(copied) == 2:
            next(iter(copy.values())).fill_(7.0)
            raise KeyboardInterrupt
        copy.update({name: tensor.clone() for name, tensor in model.state_dict().items()})

    monkeypatch.setattr(early, "copy_weights", interrupted)
    run = tmp_path / "run"
    project = class_project(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        trained(project, tmp_path, run)
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None
    assert checkpoint.epoch == 1
    assert not any((tensor == 7.0).all() for tensor in read_weights(run).values())
