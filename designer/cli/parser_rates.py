"""The arguments of the commands about learning rates."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path


def add_rates(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands ``find-lr`` and ``schedule``."""
    find = command("find-lr", "search for a good learning rate: a short training on a copy whose rate grows each step")
    _add_project(find)
    find.add_argument("--events", action="store_true", help=argparse.SUPPRESS)
    find.add_argument("--trust", action="store_true", help="let code that the project holds itself run")
    find.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    schedule = command("schedule", "show the learning rate of each epoch, as the project's schedules will have it")
    _add_project(schedule)
    schedule.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", type=Path)
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        help="another setting than the project's: training.schedules=linear:5,cosine, training.batch_size=64",
    )
