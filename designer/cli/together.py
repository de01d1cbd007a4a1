"""``layerloom train`` started by torchrun: several processes train one model, of which the first one speaks."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from designer.project.errors import LayerloomError
from designer.runtime.failure import TrainingError
from designer.training.run_files import ENVIRONMENT
from designer.workspace.runs import discard_unbegun, has_begun, is_finished, list_runs

LAUNCH = "TORCHELASTIC_RUN_ID"
RESTARTS = "TORCHELASTIC_RESTART_COUNT"
NO_NAME = "none"


def started_together() -> bool:
    """Whether torchrun has started this process, perhaps as one of several."""
    return "WORLD_SIZE" in os.environ and "RANK" in os.environ


def train_together(chosen: argparse.Namespace, train: Callable[[argparse.Namespace], int]) -> int:
    """Train with the other processes; answers the exit status. The first one does all that ``train`` does.

    Started again by torchrun, because a process was lost, it goes on with the run that it had begun.
    """
    from designer.runtime.distributed import is_first_process, join_processes, leave_processes

    if chosen.project is None:
        raise LayerloomError("name the project to train: each process reads the data that it says")
    try:
        join_processes()
    except RuntimeError as error:
        why = " ".join(str(error).split())[:300]
        raise LayerloomError(f"the {os.environ['WORLD_SIZE']} processes cannot meet: {why}") from error
    try:
        return _lead(chosen, train) if is_first_process() else _follow(chosen.project)
    finally:
        leave_processes()


def _lead(chosen: argparse.Namespace, train: Callable[[argparse.Namespace], int]) -> int:
    """Do all that ``train`` does, and tell the others what they do; answers the exit status."""
    from designer.training.agreeing import OtherProcessEndedError
    from designer.training.processes import dismiss

    chosen.resume = chosen.resume or _begun(chosen.project, chosen.run)
    try:
        status = train(chosen)
        if status == 0:
            dismiss()
    except OtherProcessEndedError as error:
        if not _starts_again():
            raise
        print(f"layerloom: {error}", file=sys.stderr)
        return 1
    return status


def _starts_again() -> bool:
    """Whether torchrun starts all processes again where one has ended."""
    return int(os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0")) > int(os.environ.get(RESTARTS, "0"))


def _follow(project: Path) -> int:
    """Train as the first process says, and leave the talking to it; answers the exit status."""
    from designer.training.agreeing import OtherProcessEndedError
    from designer.training.processes import follow

    # the first one heeds Ctrl-C, and leaves the run in order
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        follow(project)
    except OtherProcessEndedError:
        return 1
    except LayerloomError as error:
        # what has no cause of its own here, or is a matter of the training itself, the first process says
        if isinstance(error.__cause__, RuntimeError | MemoryError) and not isinstance(error.__cause__, TrainingError):
            print(f"layerloom: a process beside the first one: {error}", file=sys.stderr)
        return 1
    return 0


def _begun(project: Path, run: Path | None) -> bool:
    """Whether processes that torchrun started before have begun a run: ``run``, or else the newest of the project.

    Processes that are started again have the same name of their launch. Where none was given, a count says that they
    are; on machines other than that of a lost process it stays at 0.
    """
    launch, again = os.environ.get(LAUNCH, NO_NAME), os.environ.get(RESTARTS, "0") != "0"
    if launch == NO_NAME and not again:
        return False
    if run is not None and again and not has_begun(run):
        discard_unbegun(run)
    newest = run if run is not None else next(reversed(list_runs(project)), None)
    return newest is not None and has_begun(newest) and not is_finished(newest) and _launch_of(newest) == launch


def _launch_of(run: Path) -> str:
    try:
        return str(json.loads((run / ENVIRONMENT).read_bytes())["launch"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
