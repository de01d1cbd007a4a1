"""The arguments of the commands about learning rates."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from designer.cli.arguments import add_events, add_json, add_settings, add_trust


def add_rates(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands ``find-lr`` and ``schedule``."""
    find = command("find-lr", "search for a good learning rate: a short training on a copy whose rate grows each step")
    _add_project(find)
    for add in (add_events, add_trust, add_json):
        add(find)
    schedule = command("schedule", "show the learning rate of each epoch, as the project's schedules will have it")
    _add_project(schedule)
    add_json(schedule)


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", type=Path)
    add_settings(
        parser, "another setting than the project's: training.schedules=linear:5,cosine, training.batch_size=64"
    )
