"""``layerloom fork``: goes on from a checkpoint with other settings; ``layerloom runs``: the runs of a project."""

from __future__ import annotations

import argparse
import math
from typing import Any

from designer.cli.commands import say_json
from designer.cli.parser_several import AS_MADE
from designer.cli.progress import duration, number
from designer.cli.text import columns, metrics_lines
from designer.cli.training import run_job, say_interrupted
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.terminal import as_typed
from designer.training.events import by_output
from designer.training.forked import read_forked
from designer.training.run_files import COPY_NAME
from designer.workspace.forks import fork_places, forked_training, prepare_fork
from designer.workspace.run_list import STATE_WORDS, RunInfo, differences, read_runs
from designer.workspace.run_order import Best, best_runs, figure_words, in_order
from designer.workspace.verbs import find_run


def fork(chosen: argparse.Namespace) -> int:
    """Fork a run and train the fork to its end; answers the exit status."""
    run = find_run(chosen.run)
    given = [f"training.epochs={chosen.epochs}"] if chosen.epochs is not None else []
    training = forked_training(load_project(run / COPY_NAME), (*chosen.set, *given))
    metrics, job = run_job(chosen, lambda: prepare_fork(run, chosen.epoch, training, chosen.to))
    if metrics is None:
        return say_interrupted(chosen, job.folder / COPY_NAME, job.folder)
    begun = read_forked(job.folder)
    epoch = begun.epoch if begun is not None else 0
    if chosen.json:
        say_json(by_output(metrics) | {"forked": {"run": str(run.resolve()), "epoch": epoch}})
        return 0
    print("\n".join(metrics_lines(metrics)))
    print(
        f"{metrics['epochs']} epochs in {duration(metrics['seconds'])}, the first {epoch} of them those of {run.name}."
        f" Run: {job.folder}"
    )
    return 0


def runs(chosen: argparse.Namespace) -> int:
    """List the runs of a project; answers the exit status."""
    if not chosen.project.is_file():
        raise LayerloomError(f"{chosen.project}: there is no such project")
    found = read_runs(chosen.project)
    apart, best = differences(found), best_runs(found)
    if chosen.sort != AS_MADE:
        found = in_order(found, chosen.sort)
    if chosen.json:
        say_json({"runs": [_record(info, apart[info.folder], best.get(info.folder)) for info in found]})
        return 0
    if not found:
        print(f"{chosen.project} has no runs yet. Train it: layerloom train {as_typed([str(chosen.project)])}")
        return 0
    rows = [
        [
            info.name,
            STATE_WORDS[info.state],
            str(info.epochs),
            f"{figure_words(info.part, info.judged)} {number(info.best)} ({info.best_epoch})"
            if math.isfinite(info.best)
            else "",
            "best" if info.folder in best else "",
            f"{info.parent} @ {info.forked_at}" if info.parent else "",
            ", ".join(str(place.epoch) for place in fork_places(info.folder)),
            apart[info.folder],
        ]
        for info in found
    ]
    heads = ["run", "state", "epochs", "figure (epoch)", "", "forked from", "can be forked after", "what sets it apart"]
    print("\n".join(columns(heads, rows, right=(2,))))
    names = {info.folder: info.name for info in found}
    for each in best.values():
        print(f"Best: {names[each.folder]}. {each.words}")
    return 0


def _record(info: RunInfo, apart: str, best: Best | None) -> dict[str, Any]:
    return {
        "run": str(info.folder),
        "name": info.name,
        "state": info.state,
        "epochs": info.epochs,
        "best": {"part": info.part, "figure": info.judged, "value": info.best, "epoch": info.best_epoch},
        "failure": info.failure or None,
        "best_of": best.count if best is not None else None,
        "forked": {"run": info.parent, "epoch": info.forked_at} if info.parent else None,
        "fork_places": [{"epoch": place.epoch, "best": place.best} for place in fork_places(info.folder)],
        "apart": apart,
    }
