"""The arguments of the commands that look ahead: what a training will take, and whether a network can learn."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from designer.cli.arguments import add_events, add_json, add_settings, add_trust, whole

MOST_STEPS = 100_000


def add_ahead(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands ``forecast`` and ``overfit``."""
    forecast = command("forecast", "say how long training will take, and how much memory, after a second or two of it")
    overfit = command("overfit", "let a copy of the network learn one batch by heart: can it learn at all?")
    overfit.add_argument(
        "--steps", metavar="N", type=whole(1, MOST_STEPS), default=300, help="steps at most (default: 300)"
    )
    for each in (forecast, overfit):
        each.add_argument("project", metavar="PROJECT", type=Path)
        add_settings(each, "another setting than the project's: training.batch_size=64")
        for add in (add_events, add_trust, add_json):
            add(each)
