"""Forks: runs that begin with a checkpoint of another one and go on with other settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import OPTIMIZERS
from designer.project.atomic import atomic_write, io_error
from designer.project.forms import training_from, training_to
from designer.project.model import FieldValue, Training
from designer.training.checkpoint import Checkpoint
from designer.training.data_places import changed_words
from designer.training.errors import RunError

if TYPE_CHECKING:
    from designer.training.assemble import Setup

FORKED = "forked.json"
START = "start"
# stands for the fingerprint in the checkpoint that a fork begins with
UNBEGUN = "a fork that has not begun"


@dataclass(frozen=True)
class Forked:
    """Where a run was forked: from which ``run``, after which ``epoch``, and the settings that held until then.

    ``weights`` is ``best`` where it begins with the best weights of that run, of which no optimizer's state is known.
    ``data`` is the hash of the data that was learned from.
    """

    run: str
    epoch: int
    training: Training
    weights: str = "checkpoint"
    data: str = ""


def write_forked(folder: Path, forked: Forked) -> None:
    """Write down where the run in ``folder`` was forked."""
    content = {
        "run": forked.run,
        "epoch": forked.epoch,
        "weights": forked.weights,
        "data_sha256": forked.data,
        "training": training_to(forked.training),
    }
    atomic_write(folder / FORKED, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_forked(folder: Path) -> Forked | None:
    """Where the run in ``folder`` was forked, None where it was not; RunError where that is spoiled."""
    path = folder / FORKED
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Forked(
            str(raw["run"]),
            int(raw["epoch"]),
            training_from(raw["training"]),
            str(raw["weights"]),
            str(raw["data_sha256"]),
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise io_error(path, "read", error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} is spoiled: it does not say where the run was forked ({error}).") from error


def keep_start(folder: Path) -> None:
    """Keep the checkpoint that the fork in ``folder`` begins with, also when others have taken its place."""
    from designer.training.checkpoint import CHECKPOINT
    from designer.training.ladder import give_second_name

    try:
        (folder / START).mkdir(exist_ok=True)
        give_second_name(folder / CHECKPOINT, folder / START / CHECKPOINT)
    except OSError as error:
        raise io_error(folder / START, "write", error) from error


def start_of(folder: Path) -> Checkpoint | None:
    """The checkpoint that a fork began with; None where it is gone."""
    from designer.training.checkpoint import read_checkpoint

    return read_checkpoint(folder / START)


def as_forked(
    checkpoint: Checkpoint, folder: Path, setup: Setup, base: Path, fingerprint: str, data: str
) -> Checkpoint:
    """The checkpoint that a run goes on from; the first one of a fork is brought to the fork's own settings.

    RunError where the data, whose place starts from ``base``, is no longer that which the run was forked from.
    """
    forked = read_forked(folder) if checkpoint.fingerprint == UNBEGUN else None
    if forked is None:
        return checkpoint
    if forked.data and forked.data != data:
        words = changed_words(setup.project, base, "the run that it was forked from was started")
        raise RunError(f"The run in {folder} cannot begin: {words}")
    optimizer = forked_state(checkpoint.optimizer, forked, setup)
    return replace(checkpoint, fingerprint=fingerprint, optimizer=optimizer)


def forked_state(state: Mapping[str, Any], forked: Forked, setup: Setup) -> dict[str, Any]:
    """The state that a fork's optimizer begins with: what it remembers, with the settings of the fork.

    What a schedule makes of them is up to the schedule, which goes on from where it was.
    """
    own = setup.optimizer.state_dict()
    if forked.weights == "best" or not remembers(forked.training, setup.project.training):
        return own
    return {"state": state["state"], "param_groups": own["param_groups"]}


def remembers(before: Training, after: Training) -> bool:
    """Whether what an optimizer remembers under the settings ``before`` is of use to that of ``after``.

    It is where the optimizer is the same, and so is all that decides what it remembers: its switches and whole
    numbers, and whether its other numbers are 0, such as the momentum.
    """
    if before.optimizer != after.optimizer:
        return False
    fields = OPTIMIZERS[after.optimizer].fields
    one, other = before.optimizer_fields, after.optimizer_fields
    # one that is not said has its default
    values = [(one.get(name, kind.initial), other.get(name, kind.initial)) for name, kind in fields.items()]
    return all(_form(was) == _form(value) for was, value in values)


def _form(value: FieldValue | None) -> object:
    return value == 0 if isinstance(value, float) else value
