"""``layerloom sweep``: one project with each of several settings, trained together, and which of them does best."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from designer.cli.commands import say_json
from designer.cli.interruption import Interruption
from designer.cli.progress import Progress, number
from designer.cli.text import columns
from designer.cli.training import run_settings
from designer.cli.trusting import off_output
from designer.project.errors import LayerloomError
from designer.project.model import Project, Training
from designer.project.terminal import as_typed
from designer.training.events import by_output
from designer.workspace.pool import MOST_AT_ONCE
from designer.workspace.queue import queue_run
from designer.workspace.run_order import figure_words
from designer.workspace.runs import discard_unbegun, has_begun
from designer.workspace.sweep_jobs import swept_side_by_side, usual_jobs
from designer.workspace.sweeps import Trained, load_varied, prepared, ranked, swept

SHOWN = 4


def sweep(chosen: argparse.Namespace) -> int:
    """Train all variations; answers the exit status."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    settings = run_settings(chosen)
    project, found = load_varied(chosen.project, settings, chosen.vary)
    jobs = min(chosen.jobs, len(found)) if chosen.jobs else usual_jobs(len(found))
    trainings: list[Trained] = []
    with off_output(chosen), Interruption() as interruption:
        interruption.be_patient()
        progress = Progress(sys.stderr)
        try:
            trainings = prepared(chosen.project, settings, found)
            progress.say(f"{len(found)} trainings {f'in {jobs} processes' if jobs > 1 else 'together'}")
            if jobs > 1:
                # the trainings are left in order by their own processes
                interruption.be_prompt()
            stream = swept_side_by_side(trainings, jobs) if jobs > 1 else swept(trainings)
            _follow(stream, trainings, project.training, progress, interruption)
        except KeyboardInterrupt:
            interruption.be_deaf()
            progress.finish()
            return _interrupted(chosen, trainings, jobs)
        finally:
            interruption.be_patient()
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


def _follow(
    stream: Generator[Trained, None, None],
    trainings: Sequence[Trained],
    training: Training,
    progress: Progress,
    interruption: Interruption,
) -> None:
    """Show how far all are on average, and a line for each that comes to its end."""
    epochs, monitor = training.epochs, training.monitor
    with closing(stream):
        for each in stream:
            over = sum(other.over for other in trainings)
            done = sum(epochs if other.over else other.epochs for other in trainings) / len(trainings)
            if each.over:
                progress.say(f"{over} of {len(trainings)}: {each.variation.label}: {_end(each, monitor)}")
            elif each.news:
                progress.say(f"{each.variation.label}: {each.news}")
            progress.step(min(int(done) + 1, epochs), epochs, done % 1 if done < epochs else 1.0)
            interruption.heed()


def _end(training: Trained, monitor: str) -> str:
    """How a training ended, in a few words: with the figure that it is judged by, of the weights that it keeps."""
    if training.error:
        return training.error
    part = _part(training)
    value = ((training.metrics or {}).get(part) or {}).get(monitor)
    figure = f", {figure_words(part, monitor)} {number(value)}" if value is not None else ""
    return f"{training.epochs} {'epoch' if training.epochs == 1 else 'epochs'}{figure}"


def _part(training: Trained) -> str:
    """The part that judges a training."""
    return "validation" if (training.metrics or {}).get("validation") else "train"


def _as_json(training: Trained) -> dict[str, Any]:
    head: dict[str, Any] = {"run": str(training.job.folder), "settings": dict(training.variation.values)}
    return {**head, "error": training.error} if training.metrics is None else {**by_output(training.metrics), **head}


def _lines(project: Project, best: Sequence[Trained]) -> list[str]:
    """A table of the validation part's figures, the best first; the test part's figure is told of the best alone."""
    part = _part(best[0])
    names = list((best[0].metrics or {}).get(part) or {})[:SHOWN]
    rows = []
    for each in best:
        figures = (each.metrics or {}).get(part) or {}
        told = [number(figures[name]) if figures.get(name) is not None else "" for name in names]
        rows.append([each.variation.label, *told, str(each.epochs), each.job.folder.name])
    heads = ["", *(figure_words(part, name) for name in names), "epochs", "run"]
    lines = columns(heads, rows, right=range(1, len(names) + 2))
    lines += [f"{each.variation.label}: {each.error}" for each in best if each.error]
    test = (best[0].metrics or {}).get("test") or {}
    if test:
        figures = " ".join(f"{name} {number(value)}" for name, value in test.items() if value is not None)
        lines.append(f"Test part, of the best alone: {figures}")
    by = figure_words(part, project.training.monitor)
    return [*lines, f"Best by {by}: {best[0].variation.label}. Run: {best[0].job.folder}"]


def _interrupted(chosen: argparse.Namespace, trainings: Sequence[Trained], jobs: int) -> int:
    """Say how what is left is gone on with; those that were not begun wait in the project's queue."""
    unfinished = [each for each in trainings if not each.over]
    # one that was about to begin has been cleared away
    gone = [each.variation for each in unfinished if not each.job.folder.is_dir()]
    left = [each.job.folder for each in unfinished if each.job.folder.is_dir()]
    left += [each.job.folder for each in prepared(chosen.project, run_settings(chosen), gone)]
    for folder in left:
        if not has_begun(folder):
            queue_run(folder, chosen.project)
    words = ["layerloom", "queue", *(["--trust"] if chosen.trust else [])]
    words += ["--jobs", str(min(jobs, MOST_AT_ONCE))] if jobs > 1 else []
    print(f"layerloom: interrupted; go on with: {as_typed([*words, *map(str, left)])}", file=sys.stderr)
    if chosen.json:
        say_json({"error": "interrupted", "runs": [str(folder) for folder in left]})
    return 130
