"""Whether early stopping would end a run that goes on before it makes a step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designer.project.model import Project
from designer.training.abilities import judging
from designer.training.changes import changes_between
from designer.training.events import Changed
from designer.training.history import changes_before, patient_since
from designer.training.record import read_history


def stops_at_once(run: Path, epoch: int, step: int, settings: Mapping[str, Any], project: Project) -> bool:
    """Whether what goes on from ``step`` of the epoch after ``epoch`` of ``run``, as ``project`` says, is over there.

    Up to there these ``settings`` held.
    """
    from designer.runtime.early import stop_early

    training = project.training
    if not training.patience:
        return False
    changes = changes_before(run, epoch, step, settings)
    if own := changes_between(settings, project):
        changes.append(Changed(epoch + bool(step), step, own))
    past = read_history(run, epoch)
    since = patient_since(past, changes, training)
    seen = [event for event in past if event.epoch > since]
    # what stops right after the last of them passes on none that comes behind it
    passed = len(list(stop_early([*seen, *seen[-1:]], training.patience, **judging(training))))
    return bool(seen) and passed <= len(seen)
