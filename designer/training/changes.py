"""What of a training can be changed while it runs, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from designer.layers.catalog import training_fields
from designer.layers.fields import Field
from designer.project.edits import set_training
from designer.project.errors import EditError
from designer.project.model import Project

CHANGEABLE = ("learning_rate", "weight_decay", "epochs", "patience", "keep_best")
FIXED = {
    "batch_size": "the steps of an epoch hang on it",
    "optimizer": "what one optimizer remembers of past steps is of no use to another",
    "optimizer_fields": "what the optimizer remembers of past steps was made with them",
    "seed": "all chance of the run, such as the order of the samples, hangs on it",
    "mode": "the network learns something else then",
    "mode_fields": "the network learns something else then",
    "device": "the run lives there",
    "threads": "sums come out differently then, and the run could not be repeated",
    "metrics": "the curves would begin in the middle",
    "monitor": "the best epochs so far were chosen by the other figure",
    "average": "the average would begin in the middle",
    "schedules": "the course of the learning rate is already on its way; change the learning rate itself",
}


def changeable_fields() -> dict[str, Field]:
    """The settings that can be changed while a run trains, as they are declared."""
    declared = training_fields()
    return {name: declared[name] for name in CHANGEABLE}


def with_changes(project: Project, settings: Mapping[str, Any]) -> Project:
    """The project of a run with some settings of its training changed; EditError says why one cannot be."""
    for name in settings:
        refuse_fixed(name)
    fields = changeable_fields()
    for name, value in settings.items():
        trouble = fields[name].refuse(value)
        if trouble:
            raise EditError(f"training.{name}: {trouble}")
    return set_training(project, replace(project.training, **settings))


def refuse_fixed(name: str) -> None:
    """EditError where the setting ``name`` of a training cannot be changed while it runs."""
    if name not in CHANGEABLE:
        why = FIXED.get(name.partition(".")[0], "a run goes on with what it began with")
        raise EditError(
            f"training.{name} cannot be changed while a run trains: {why}. What can be changed:"
            f" {', '.join(CHANGEABLE)}. Fork the run, or start a new one, for anything else."
        )


def changes_between(old: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """The changeable settings of the project that differ from ``old``, a mapping as ``changeable_settings`` gives."""
    return {name: value for name, value in changeable_settings(project).items() if name in old and old[name] != value}


def changeable_settings(project: Project) -> dict[str, Any]:
    """The values of the settings that can be changed while a run trains."""
    return {name: getattr(project.training, name) for name in CHANGEABLE}
