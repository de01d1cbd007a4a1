"""The learning rates that a training will go through, for window and command line alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from designer.compiler.schedule_checks import schedule_problems
from designer.layers.catalog import SCHEDULES
from designer.project.errors import ProjectError
from designer.project.facts import Facts
from designer.project.model import Project

if TYPE_CHECKING:
    from designer.training.schedules import Planned


def counts_steps(project: Project) -> bool:
    """Whether a schedule changes the rate after each step, so that it matters how many of them an epoch has."""
    chosen = (SCHEDULES.get(schedule.key) for schedule in project.training.schedules)
    return any(kind is not None and kind.each == "step" for kind in chosen)


def planned(project: Project, facts: Facts | None, losses: Sequence[float] = ()) -> Planned:
    """The rates that a training of the project will go through; of its data ``facts`` are known, if any.

    ``losses`` are those of epochs that are over, which decide of schedules that are judged. LayerloomError where its
    schedules are unsound.
    """
    from designer.runtime.batches import batch_slices
    from designer.training.schedules import USUAL_STEPS, planned_rates

    wrong = [problem.sentence for problem in schedule_problems(project) if problem.severity == "error"]
    if wrong:
        raise ProjectError(" ".join(wrong))
    rows = facts.rows.get("train", 0) if facts is not None else 0
    steps = len(batch_slices(rows, project.training.batch_size)) if rows else USUAL_STEPS
    return planned_rates(project.training, steps, losses)
