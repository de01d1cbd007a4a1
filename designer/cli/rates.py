"""``layerloom schedule`` and ``layerloom find-lr``: the learning rates to come, and the search for a good one."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from designer.cli.text import columns
from designer.cli.to_front import Say, tell_front
from designer.cli.trusting import off_output
from designer.project.file import load_project
from designer.project.model import Project
from designer.project.terminal import as_typed
from designer.workspace import verbs
from designer.workspace.rates import counts_steps, planned
from designer.workspace.schedule_text import schedules_text
from designer.workspace.settings import set_settings

if TYPE_CHECKING:
    from designer.training.rate_finder import Found, Heard
    from designer.training.schedules import Planned

MOST_LINES = 40


def schedule(chosen: argparse.Namespace) -> int:
    """``layerloom schedule``: the learning rate of each epoch."""
    from designer.cli.commands import say_json

    project, base = _project(chosen)
    facts = verbs.read_facts(project, base) if counts_steps(project) else None
    plan = planned(project, facts)
    written = schedules_text(project.training.schedules)
    if chosen.json:
        known = {"schedules": written, "epochs": plan.epochs, "rates": list(plan.rates), "judged": plan.judged}
        known |= {"points": list(plan.points)} if plan.counted < plan.epochs else {}
        say_json(known | {"steps": plan.steps if counts_steps(project) else None})
        return 0
    print(f"schedules: {written}")
    rows = [(epoch, f"{plan.at(epoch):.4g}") for epoch in _told(plan)]
    print("\n".join(columns(["epoch", "learning rate"], rows, right={0})))
    if plan.judged:
        print(f"From epoch {plan.judged} on it falls when the loss stands still; here no epoch is taken to.")
    return 0


def _told(plan: Planned) -> list[int]:
    """The epochs that are told of: those at which the rate changes, or where these are many some of all."""
    changes = [
        epoch for epoch in range(1, plan.counted + 1) if epoch == 1 or plan.rates[epoch - 1] != plan.rates[epoch - 2]
    ]
    if len(changes) > MOST_LINES or plan.counted < plan.epochs:
        changes = [1 + (plan.epochs - 1) * place // (MOST_LINES - 1) for place in range(MOST_LINES)]
    return sorted({*changes, plan.epochs})


def find_lr(chosen: argparse.Namespace) -> int:
    """``layerloom find-lr``: a range test, which touches no run."""
    from designer.cli.commands import say_json
    from designer.cli.progress import Progress

    if chosen.events:
        return tell_front(lambda say: _tell_all(chosen, say))
    progress = Progress(sys.stderr)
    try:
        with off_output(chosen):
            found = _search(chosen, lambda share, rate, loss: progress.step(1, 1, share))
    finally:
        progress.finish()
    if chosen.json:
        say_json(found.record())
        return 0
    every = max(1, len(found.rates) // MOST_LINES)
    rows = [
        (f"{rate:.2e}", f"{loss:.4g}") for rate, loss in zip(found.rates[::every], found.smoothed[::every], strict=True)
    ]
    print("\n".join(columns(["learning rate", "loss (smoothed)"], rows)))
    print(found.note)
    if found.suggestion:
        words = ["layerloom", "train", str(chosen.project), "--set", f"training.learning_rate={found.suggestion:g}"]
        print(f"Suggestion: {as_typed(words)}")
    return 0


def _tell_all(chosen: argparse.Namespace, say: Say) -> None:
    """Say how far the search is, and what it found."""

    def heard(share: float, rate: float, loss: float) -> None:
        say({"share": share, "rate": rate, "loss": loss if math.isfinite(loss) else None})

    say(_search(chosen, heard).record())


def _search(chosen: argparse.Namespace, heard: Heard) -> Found:
    from designer.training.rate_finder import find_rate

    project, base = _project(chosen)
    return find_rate(project, base, heard=heard)


def _project(chosen: argparse.Namespace) -> tuple[Project, Path]:
    """The project with the settings that were given beside its own, and where its data paths start."""
    return set_settings(load_project(chosen.project), chosen.set), chosen.project.resolve().parent
