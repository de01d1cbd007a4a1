"""``layerloom train`` for a project that asks for folds: a run for each, then the average and the spread."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from designer.cli.commands import say_json
from designer.cli.progress import number
from designer.cli.text import columns
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.folding import folds_of, for_fold
from designer.project.json_object import object_in
from designer.training.events import by_output
from designer.training.run_files import COPY_NAME, METRICS_NAME
from designer.training.steering import refuse_alive
from designer.workspace import verbs
from designer.workspace.folds import (
    RECORD,
    Folds,
    FoldTurns,
    begun_run,
    left_folds,
    left_with,
    next_fold,
    together,
    trained_figures,
)
from designer.workspace.runs import discard_unbegun, given_run_folder, has_begun, new_run_folder, next_run_folder
from designer.workspace.settings import set_settings
from designer.workspace.trained_copy import save_trained_copy

RunJob = Callable[[argparse.Namespace, Callable[[], verbs.Job]], "tuple[Mapping[str, Any] | None, verbs.Job]"]
# what the runs are called in a folder that the user named
NAMED = "fold-"


def folds_to_train(chosen: argparse.Namespace, settings: tuple[str, ...]) -> Folds | None:
    """The folds that a project asks for, or those that were left half-way; None where it is one training as usual."""
    if not chosen.resume:
        project = set_settings(load_project(chosen.project), settings)
        count = folds_of(project)
        return Folds(count, (), project, chosen.project.resolve().parent) if count else None
    if chosen.run is not None:
        folds = left_with(chosen.run.resolve())
    else:
        folds = left_folds(chosen.project) if chosen.project else None
    if folds is not None and folds.project is not None and set_settings(folds.project, settings) != folds.project:
        raise LayerloomError(
            f"the folds of {folds.path.name.removesuffix(RECORD)} go on with the settings that they began with, so that"
            " they compare. Give no other settings with --resume, or leave it out to begin anew"
        )
    return folds


def train_folds(chosen: argparse.Namespace, folds: Folds, run_job: RunJob) -> verbs.Job | None:
    """Train one fold after the other; answers the training that was interrupted or stopped, None where none was."""
    with closing(_Turns(chosen, folds)) as turns:
        while (fold := next_fold(turns.folds, turns.figures)) is not None:
            print(f"Fold {fold} of {folds.count}", file=sys.stderr)
            metrics, job = run_job(chosen, partial(turns.prepare, fold))
            # one that was stopped has still to be gone on with, as in the window
            if metrics is None or object_in(job.folder / METRICS_NAME).get("stopped", False):
                # a fold that never began goes on with those before it
                last = next((run for run in reversed(turns.folds.runs) if has_begun(run)), job.folder)
                return verbs.Job(job.project, last, job.resume)
            turns.figures[fold] = dict(metrics)
            if not chosen.json:
                print(f"Fold {fold} of {folds.count}: {_line(metrics)}")
        _say(chosen, turns.told(), turns.keep())
    return None


class _Turns:
    """The folds while they are trained in turn: nobody else trains them meanwhile."""

    def __init__(self, chosen: argparse.Namespace, folds: Folds) -> None:
        self._chosen, self._turns = chosen, FoldTurns()
        self.folds = folds
        if folds.runs:
            self._turns.take(folds.path)
        self.figures = trained_figures(folds)

    def told(self) -> list[dict[str, Any]]:
        """The figures of all folds that are trained, in their order."""
        return [self.figures[fold] for fold in sorted(self.figures)]

    def prepare(self, fold: int) -> verbs.Job:
        """The run of a fold: the one that was left, else a new one, noted before anything of it begins."""
        left, project = begun_run(self.folds, fold), self.folds.project
        if left is not None:
            refuse_alive(left)
            return verbs.Job(load_project(left / COPY_NAME), left.resolve(), True)
        assert project is not None
        folder = self._folder(fold)
        try:
            self.folds = self._turns.note(self.folds, fold, folder, self.told())
            copy = save_trained_copy(for_fold(project, fold), self.folds.base, folder)
            return verbs.Job(load_project(copy), copy.parent, False)
        except BaseException:
            discard_unbegun(folder)
            raise

    def _folder(self, fold: int) -> Path:
        """A new folder for the run of a fold, beside the others where the user named theirs."""
        if not self.folds.runs and self._chosen.run is None:
            return new_run_folder(self._chosen.project)
        if self.folds.runs and not self.folds.path.name.startswith(NAMED):
            # the record may be one of another project
            return next_run_folder(self.folds.path.parent)
        folder: Path = (self.folds.path.parent if self.folds.runs else self._chosen.run) / f"{NAMED}{fold}"
        if folder.is_dir():
            discard_unbegun(folder)
        return given_run_folder(folder)

    def keep(self) -> Path:
        """Write down what all of them say; answers the file."""
        return self._turns.keep(self.folds, self.told(), whole=True)

    def close(self) -> None:
        """Let others train the folds."""
        self._turns.close()


def _line(metrics: Mapping[str, Any]) -> str:
    return " ".join(f"{name} {number(value)}" for name, value in (metrics.get("test") or {}).items())


def _say(chosen: argparse.Namespace, figures: list[dict[str, Any]], record: Path) -> None:
    sums = together(figures)
    if chosen.json:
        seconds = sum(float(each.get("seconds", 0.0)) for each in figures)
        say_json(
            {
                "folds": [by_output(each) for each in figures],
                **by_output(sums),
                "seconds": seconds,
                "record": str(record),
            }
        )
        return
    mean, spread = sums["mean"], sums["spread"]
    names = list(dict.fromkeys(name for part in mean.values() for name in part))
    rows = [
        [
            name,
            *(
                f"{number(part[name])} ± {number(spread[key][name])}" if name in part else ""
                for key, part in mean.items()
            ),
        ]
        for name in names
    ]
    print("\n".join(columns(["", *mean], rows, right=range(1, len(mean) + 1))))
    print(f"Average and spread (standard deviation) over {len(figures)} folds. Record: {record}")
