"""``layerloom sweep``: one project with each of several settings, trained together, and which of them does best."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from designer.cli.commands import say_json
from designer.cli.interruption import Interruption
from designer.cli.progress import Progress, number
from designer.cli.text import columns
from designer.cli.training import run_settings
from designer.cli.trusting import off_output
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.training.events import by_output
from designer.workspace.runs import discard_unbegun
from designer.workspace.sweeps import Trained, load_varied, prepared, ranked, swept

SHOWN = 4


def sweep(chosen: argparse.Namespace) -> int:
    """Train all variations; answers the exit status."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    settings = run_settings(chosen)
    project, found = load_varied(chosen.project, settings, chosen.vary)
    trainings: list[Trained] = []
    with off_output(chosen), Interruption() as interruption:
        interruption.be_patient()
        progress = Progress(sys.stderr)
        try:
            trainings = prepared(chosen.project, settings, found)
            progress.say(f"{len(found)} trainings together")
            _follow(trainings, project.training.epochs, progress, interruption)
        except KeyboardInterrupt:
            progress.finish()
            return _interrupted(chosen, trainings)
        finally:
            progress.finish()
            for each in trainings:
                discard_unbegun(each.job.folder)
    best = ranked(project, trainings)
    if all(each.error for each in trainings):
        raise LayerloomError(f"None of the trainings came to its end. The first: {best[0].error}")
    if chosen.json:
        say_json({"runs": [_as_json(each) for each in best]})
    else:
        print("\n".join(_lines(project, best)))
    return 0


def _follow(trainings: Sequence[Trained], epochs: int, progress: Progress, interruption: Interruption) -> None:
    with closing(swept(trainings)) as stream:
        for each in stream:
            if each.metrics is not None or each.error:
                continue
            done = sum(1 for training in trainings if training.epochs >= each.epochs)
            if each is trainings[-1] and each.latest is not None:
                progress.epoch(each.epochs, epochs, {}, each.latest)
            else:
                progress.step(max(each.epochs, 1), epochs, done / len(trainings))
            interruption.heed()


def _as_json(training: Trained) -> dict[str, Any]:
    head: dict[str, Any] = {"run": str(training.job.folder), "settings": dict(training.variation.values)}
    return {**head, "error": training.error} if training.metrics is None else {**by_output(training.metrics), **head}


def _lines(project: Project, best: Sequence[Trained]) -> list[str]:
    """A table of the validation part's figures, the best first; the test part's figure is told of the best alone."""
    part = "validation" if (best[0].metrics or {}).get("validation") else "train"
    names = list((best[0].metrics or {}).get(part) or {})[:SHOWN]
    rows = []
    for each in best:
        figures = (each.metrics or {}).get(part) or {}
        told = [number(figures[name]) if figures.get(name) is not None else "" for name in names]
        rows.append([each.variation.label, *told, str(each.epochs), each.job.folder.name])
    heads = ["", *(f"{part} {name}" for name in names), "epochs", "run"]
    lines = columns(heads, rows, right=range(1, len(names) + 2))
    lines += [f"{each.variation.label}: {each.error}" for each in best if each.error]
    test = (best[0].metrics or {}).get("test") or {}
    if test:
        figures = " ".join(f"{name} {number(value)}" for name, value in test.items() if value is not None)
        lines.append(f"Test part, of the best alone: {figures}")
    return [*lines, f"Best by {part} {project.training.monitor}: {best[0].variation.label}. Run: {best[0].job.folder}"]


def _interrupted(chosen: argparse.Namespace, trainings: Sequence[Trained]) -> int:
    begun = [each for each in trainings if each.job.folder.is_dir() and each.metrics is None]
    for each in begun:
        words = ["layerloom", "train", str(chosen.project), "--resume", "--run", str(each.job.folder)]
        print(f"layerloom: interrupted; go on with: {shlex.join(words)}", file=sys.stderr)
    if chosen.json:
        say_json({"error": "interrupted", "runs": [str(each.job.folder) for each in begun]})
    return 130
