"""The arguments of the commands that look ahead: what a training will take, and whether a network can learn."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

MOST_STEPS = 100_000


def add_ahead(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands ``forecast`` and ``overfit``."""
    forecast = command("forecast", "say how long training will take, and how much memory, after a second or two of it")
    overfit = command("overfit", "let a copy of the network learn one batch by heart: can it learn at all?")
    overfit.add_argument("--steps", metavar="N", type=_steps, default=300, help="steps at most (default: 300)")
    for each in (forecast, overfit):
        each.add_argument("project", metavar="PROJECT", type=Path)
        each.add_argument(
            "--set",
            metavar="PATH=VALUE",
            action="append",
            default=[],
            help="another setting than the project's: training.batch_size=64",
        )
        each.add_argument("--events", action="store_true", help=argparse.SUPPRESS)
        each.add_argument("--trust", action="store_true", help="let code that the project holds itself run")
        each.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def _steps(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= MOST_STEPS:
        raise argparse.ArgumentTypeError(f"“{word}” is no whole number from 1 to {MOST_STEPS:,}")
    return int(word)
