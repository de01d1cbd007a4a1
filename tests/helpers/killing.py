"""Trainings that are killed: at a call of the system while they write, or together with the front that began them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from designer.project.model import Project
from designer.workspace.places import own_environment
from designer.workspace.runs import new_run_folder

FRONT = """
import sys
from pathlib import Path
from designer.project.file import load_project
from designer.training import record
from designer.workspace.jobs import TrainerProcess
path, run = Path(sys.argv[1]), Path(sys.argv[2])
resume = (run / "history.jsonl").exists()
trainer = TrainerProcess()
trainer.start()
source = run / "project.loom" if resume else path
trainer.train(load_project(source), source.parent, run, resume)
for event in trainer.events():
    if event["event"] == "started":
        print(trainer.pid, flush=True)
    if event["event"] == "failed":
        print(event["message"], file=sys.stderr, flush=True)
    if event["event"] in ("finished", "failed"):
        break
trainer.close()
"""


def front(project: Path, run: Path) -> subprocess.Popen[str]:
    """A window without a face: a process that has a trainer begin the run, or go on with it, and listens."""
    return subprocess.Popen(
        [sys.executable, "-c", FRONT, str(project), str(run)],
        env=own_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_of_a_killed_front(project: Path) -> tuple[psutil.Process, Path]:
    """A run of the project that goes on although the front that began it was killed: its trainer, and its folder."""
    run = new_run_folder(project)
    with front(project, run) as killed:
        assert killed.stdout is not None
        trainer = psutil.Process(int(killed.stdout.readline()))
        killed.kill()
    return trainer, run


def train_until_call(project: Project, base: Path, run: Path, name: str, number: int) -> None:
    """What a process does that dies in the middle of a write: right before the call ``number`` of ``os.NAME``.

    Calls are counted from the first epoch on; a checkpoint is written after each.
    """
    import torch

    from designer.runtime.events import Epoch
    from designer.training import record
    from designer.training.run import train

    torch.set_num_threads(1)
    record.SHORTEST_INTERVAL = record.LONGEST_INTERVAL = 0.0
    run.mkdir(exist_ok=True)
    count = 0
    call: Callable[..., Any] = getattr(os, name)

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        count += counting
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)

    counting = False
    setattr(os, name, counted)
    for event in train(project, base, run, resume=(run / "history.jsonl").exists()):
        counting = counting or isinstance(event, Epoch)
