"""The arguments of the commands that deal with several runs: a queue, forks, and the list of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from designer.cli.arguments import add_json, add_settings, add_trust, whole
from designer.workspace.pool import MOST_AT_ONCE, MOST_IN_SWEEP
from designer.workspace.preferences import RUN_ORDERS

AS_MADE = "made"
MOST_EPOCHS = 1_000_000_000


def add_several(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands to the parser that ``command`` makes others for, by their names and helps."""
    queue = command("queue", "train several projects in a row or side by side; one that fails stops no other")
    queue.add_argument(
        "projects", metavar="PROJECT", type=Path, nargs="+", help="a project for a new run, or a run's folder to go on"
    )
    queue.add_argument(
        "--jobs",
        metavar="N",
        type=whole(1, MOST_AT_ONCE),
        default=1,
        help=f"how many at once, each in its own process (1 to {MOST_AT_ONCE})",
    )
    queue.add_argument("--epochs", metavar="N", help="instead of the projects' own")
    add_settings(queue, "change a setting for all new runs, as with train")
    fork = command("fork", "go on after an epoch of a run with other settings, in a run of its own")
    fork.add_argument("run", metavar="RUN", type=Path, help="a run's folder, or a project for its latest run")
    fork.add_argument(
        "--epoch",
        metavar="N",
        type=whole(1, MOST_EPOCHS),
        help="the epoch to go on after (default: the last); see runs",
    )
    fork.add_argument("--epochs", metavar="N", help="how many epochs in all, those before the fork included")
    add_settings(fork, "change a setting of training: training.learning_rate=0.001, training.batch_size=64")
    fork.add_argument("--to", metavar="DIR", type=Path, help="the folder for the fork (default: beside the run)")
    sweep = command("sweep", "train a project with each of several settings together, and say which does best")
    sweep.add_argument("project", metavar="PROJECT", type=Path)
    sweep.add_argument(
        "--vary",
        metavar="PATH=VALUE,VALUE",
        action="append",
        required=True,
        help="a setting and its values: training.learning_rate=0.1,0.01,0.001; given again, every combination is"
        " trained; values with commas are divided by |",
    )
    sweep.add_argument("--epochs", metavar="N", help="instead of the project's own")
    sweep.add_argument("--seed", metavar="S", help="instead of the project's own")
    sweep.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda or mps")
    sweep.add_argument(
        "--jobs",
        metavar="N",
        type=whole(1, MOST_IN_SWEEP),
        default=0,
        help=f"how many at once, each in its own process (1 to {MOST_IN_SWEEP}; default: as many as there are cores)",
    )
    sweep.set_defaults(folds=None)
    add_settings(sweep, "change a setting for all of them, as with train")
    for parser in (queue, fork, sweep):
        add_trust(parser)
        add_json(parser)
    _add_runs(command)


def _add_runs(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    runs = command(
        "runs", "list the runs of a project, which is best, what sets them apart and where each can be forked"
    )
    runs.add_argument("project", metavar="PROJECT", type=Path)
    runs.add_argument(
        "--sort",
        choices=(AS_MADE, *RUN_ORDERS),
        default=AS_MADE,
        help="made: the oldest first; date: the newest first; figure: the best first",
    )
    add_json(runs)
