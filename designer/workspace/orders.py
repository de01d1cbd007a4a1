"""What can be asked of a run while some process trains it, checked before it is sent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from designer.project.errors import EditError, ProjectError
from designer.project.file import load_project
from designer.project.model import Project
from designer.training.alive import is_alive, read_status
from designer.training.changes import CHANGEABLE, changeable_fields, refuse_fixed, with_changes
from designer.training.checkpoint import CHECKPOINT
from designer.training.history import last_epoch
from designer.training.run_files import COPY_NAME
from designer.training.steered import failure_of
from designer.training.steering import send_order
from designer.workspace.following import ended_run, interrupted_run, living_run
from designer.workspace.run_words import WAITS_FOR_ROOM
from designer.workspace.runs import is_finished, is_run
from designer.workspace.typed import parsed

# seconds for an answer, and between two looks whether it is there
LONGEST_WAIT, LOOK_SECONDS = 3.0, 0.05
# what can be asked, with what follows the word
ORDERS = {
    "pause": "",
    "resume": "",
    "stop": "",
    "step": "",
    "step-epoch": "",
    "extend": "N",
    "set": "training.NAME=VALUE …",
}
# also where it is over and waits for room on the disk
TAKEN_WAITING = ("resume", "stop", "extend")


def run_meant(path: Path) -> Path:
    """The run in a folder or, for a project, the one of its runs that is being trained. Raises ProjectError."""
    if is_run(path):
        return path
    if not path.is_file():
        raise ProjectError(f"{path}: there is no such run")
    living = living_run(path)
    if living is None:
        raise ProjectError(f"no training of {path} is running")
    return living


def order_run(run: Path, word: str, texts: Iterable[str] = ()) -> dict[str, Any]:
    """Ask ``word``, with what was typed behind it, of a run that is being trained; answers what was sent with it.

    EditError where a setting cannot be changed, ProjectError or RunError where the run takes no such order.
    """
    words = list(texts)
    if word not in ORDERS:
        raise ProjectError(f"there is no order “{word}”; there are {', '.join(ORDERS)}")
    if bool(words) != bool(ORDERS[word]) or (word == "extend" and len(words) != 1):
        raise ProjectError(f"the order is written as: {word} {ORDERS[word]}".rstrip())
    if word not in TAKEN_WAITING and is_alive(run) and (read_status(run).get("unsaved") or {}).get("waiting"):
        raise ProjectError(f"{run.name}: {WAITS_FOR_ROOM}")
    values: dict[str, Any] = {}
    if word == "extend":
        values = {"epochs": count_of(words[0])}
        extended(run, values["epochs"])
    if word == "set":
        values = {"settings": settings_typed(words)}
        with_changes(load_project(run / COPY_NAME), values["settings"])
    send_order(run, word, values)
    return values


def waiting_again(run: Path, before: Mapping[str, Any]) -> dict[str, Any]:
    """Where a run waits that was asked for a step when its status was ``before``: epoch, step, steps and losses.

    Nothing where that takes longer than a person waits for an answer.
    """
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end and is_alive(run):
        status = read_status(run)
        if status.get("paused") and _place(status) != _place(before):
            return {name: status.get(name) for name in ("epoch", "step", "steps", "loss", "so_far")}
        time.sleep(LOOK_SECONDS)
    return {}


def _place(status: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(status.get(name) for name in ("epoch", "step", "steps"))


def count_of(text: str) -> int:
    """How many more epochs were asked for; EditError where it is no number of them."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise EditError(f"extend: expected a number of epochs, found “{text}”")
    return int(text)


def settings_typed(texts: Iterable[str]) -> dict[str, Any]:
    """Settings of a training given as ``training.NAME=VALUE``; EditError for one that no run can change."""
    settings: dict[str, Any] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        head, dot, name = path.strip().partition(".")
        if not equals or head != "training" or not dot:
            raise EditError(
                f"“{text}”: of a run that trains, only settings of its training can be changed, written as"
                f" training.NAME=VALUE with one of {', '.join(CHANGEABLE)}"
            )
        refuse_fixed(name)
        settings[name] = parsed(path.strip(), changeable_fields(), name, value)
    return settings


def extendable_run(project_path: Path) -> tuple[Path | None, str]:
    """The project's last run, where nobody trains it and it can be extended; else None, and why it cannot."""
    run = ended_run(project_path) or interrupted_run(project_path)
    why = why_not_extended(run) if run is not None else ""
    return (None if why else run), why


def why_not_extended(run: Path) -> str:
    """Why a run cannot be extended, in sentences; empty where it can."""
    if is_alive(run) or is_finished(run) or (run / CHECKPOINT).exists():
        return ""
    ended, then = ("failed", "Mend what stood in its way, then train") if failure_of(run) else ("ended", "Train")
    return (
        f"The run {run.name} {ended} before its first epoch was over: nothing is kept that more epochs could go on"
        f" from. {then} anew."
    )


def extended(run: Path, more: int) -> Project:
    """The project of a run with ``more`` epochs to come: beside those planned, or done where it is over.

    A ProjectError says why a run cannot be extended.
    """
    if why := why_not_extended(run):
        raise ProjectError(why)
    return with_changes(load_project(run / COPY_NAME), {"epochs": epochs_to_come(run) + more})


def epochs_to_come(run: Path) -> int:
    """How many epochs a run is to have in all; of one that is over, how many it had."""
    planned = load_project(run / COPY_NAME).training.epochs
    if is_finished(run) and not is_alive(run):
        return last_epoch(run) or planned
    return planned
