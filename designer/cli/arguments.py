"""Arguments that several commands take."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def add_trust(parser: argparse.ArgumentParser) -> None:
    """``--trust``."""
    parser.add_argument("--trust", action="store_true", help="let code that the project holds itself run")


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def add_events(parser: argparse.ArgumentParser) -> None:
    """``--events``, by which a front asks to be told a JSON object a line; people have no use for it."""
    parser.add_argument("--events", action="store_true", help=argparse.SUPPRESS)


def add_settings(parser: argparse.ArgumentParser, help: str) -> None:
    """``--set``, which may be given many times."""
    parser.add_argument("--set", metavar="PATH=VALUE", action="append", default=[], help=help)


def whole(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number from ``least`` to ``most``."""

    def read(word: str) -> int:
        if not word.isascii() or not word.isdigit() or not least <= int(word) <= most:
            raise argparse.ArgumentTypeError(f"“{word}” is no whole number from {least} to {most:,}")
        return int(word)

    return read
