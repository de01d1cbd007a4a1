"""``layerloom train`` for a project that asks for folds: a run for each, then the average and the spread."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designer.cli.commands import say_json
from designer.cli.progress import number
from designer.cli.text import columns
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.folding import folds_of
from designer.training.events import by_output
from designer.training.run_files import METRICS_NAME
from designer.workspace import verbs
from designer.workspace.folds import Folds, latest_folds, read_folds, together, write_folds
from designer.workspace.runs import is_finished, runs_folder
from designer.workspace.settings import set_settings

RunOnce = Callable[
    [argparse.Namespace, tuple[str, ...], bool, "Path | None"], "tuple[Mapping[str, Any] | None, verbs.Job]"
]


@dataclass(frozen=True)
class Asked:
    """The folds to train, those that a resumed cross-validation has begun already, and the settings for the others."""

    folds: Folds
    settings: tuple[str, ...]


def folds_to_train(chosen: argparse.Namespace, settings: tuple[str, ...]) -> Asked | None:
    """What is to be trained where a project asks for folds; None where it is one training as usual."""
    if chosen.resume:
        record = latest_folds(runs_folder(chosen.project)) if chosen.run is None and chosen.project else None
        folds = read_folds(record)[0] if record is not None else None
        begun = folds is not None and folds.runs and folds.runs[-1] == _newest(chosen.project)
        return Asked(folds, settings) if folds is not None and begun and not _whole(folds) else None
    count = folds_of(set_settings(load_project(chosen.project), settings))
    return Asked(Folds(count), settings) if count else None


def _newest(project: Path) -> Path | None:
    from designer.workspace.runs import list_runs

    runs = list_runs(project)
    return runs[-1] if runs else None


def _whole(folds: Folds) -> bool:
    return len(folds.runs) == folds.count and all(is_finished(run) for run in folds.runs)


def train_folds(chosen: argparse.Namespace, asked: Asked, run_once: RunOnce) -> verbs.Job | None:
    """Train one fold after the other; answers the training that was interrupted, None where none was."""
    runs, figures = list(asked.folds.runs), []
    for fold in range(1, asked.folds.count + 1):
        begun = runs[fold - 1] if fold <= len(runs) else None
        if begun is not None and is_finished(begun):
            figures.append(_figures(begun))
            continue
        print(f"Fold {fold} of {asked.folds.count}", file=sys.stderr)
        if begun is not None:
            metrics, job = run_once(chosen, (), True, begun)
        else:
            named = chosen.run / f"fold-{fold}" if chosen.run is not None else None
            settings = (*asked.settings, f"data.split.fold={fold}")
            metrics, job = run_once(chosen, settings, False, named)
        if begun is None and job.folder.is_dir():
            runs.append(job.folder)
            write_folds(Folds(asked.folds.count, tuple(runs)), figures)
        if metrics is None:
            return job
        figures.append(dict(metrics))
        if not chosen.json:
            print(f"Fold {fold} of {asked.folds.count}: {_line(metrics)}")
    record = write_folds(Folds(asked.folds.count, tuple(runs)), figures)
    _say(chosen, figures, record)
    return None


def _figures(run: Path) -> dict[str, Any]:
    try:
        figures: dict[str, Any] = json.loads((run / METRICS_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LayerloomError(f"{run}: its figures cannot be read ({error})") from error
    return figures


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
