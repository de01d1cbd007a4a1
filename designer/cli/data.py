"""``layerloom data``: what a table, pictures or a project's data holds, what is done to it, and what is odd in it."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict

from designer.cli.commands import say_json
from designer.cli.text import size
from designer.layers.recipe import recipe_in
from designer.workspace import verbs

SHOWN_AFTER = 2.0
LARGE = 20_000_000
BETWEEN = 0.1


class ReadingProgress:
    """Says how far reading is, once it has taken two seconds: in one line on a terminal, elsewhere each 10 %."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._tenth = 0
        self._drawn = False

    def __call__(self, share: float) -> None:
        """``share``, from 0 to 1, is done."""
        now = time.monotonic()
        if now - self._begun < SHOWN_AFTER or now - self._last < BETWEEN:
            return
        self._last = now
        if sys.stderr.isatty():
            print(f"\rreading {share:4.0%}", end="", file=sys.stderr, flush=True)
            self._drawn = True
        elif int(share * 10) > self._tenth:
            self._tenth = int(share * 10)
            print(f"reading {share:.0%}", file=sys.stderr, flush=True)

    def finish(self) -> None:
        """Wipe the line off the terminal."""
        if self._drawn:
            print("\r" + " " * 14 + "\r", end="", file=sys.stderr, flush=True)


def data(chosen: argparse.Namespace) -> int:
    """``layerloom data``."""
    progress = ReadingProgress()
    if chosen.data.is_file() and chosen.data.stat().st_size > LARGE:
        print(f"reading {chosen.data.name}, {size(chosen.data.stat().st_size)}", file=sys.stderr, flush=True)
    try:
        found = verbs.profile(chosen.data, chosen.target, progress)
    finally:
        progress.finish()
    texts = verbs.texts(found.project, chosen.data.resolve().parent)
    steps = recipe_in(found.project)
    if chosen.json:
        from designer.importing.profiles import as_json

        warnings = [
            {
                "severity": each.severity,
                "code": each.code,
                "columns": list(each.columns),
                "sentence": each.sentence,
                "answers": [answer.label for answer in each.answers],
                "settled": each.settled,
            }
            for each in found.warnings
        ]
        tokens = {each.column: asdict(seen.report) for each, seen in texts}
        say_json(
            {
                "profile": as_json(found.profile),
                "recipe": [asdict(step) for step in steps],
                "warnings": warnings,
                "notes": list(found.notes),
                "tokens": tokens,
            }
        )
        return 0
    from designer.cli.data_text import profile_lines, recipe_lines, warning_lines
    from designer.cli.token_text import token_lines

    print("\n".join(profile_lines(found.profile, sys.stdout.encoding or "", sys.stdout.isatty())))
    print("".join(f"{line}\n" for line in recipe_lines(steps)), end="")
    for each, seen in texts:
        print("\n".join(token_lines(each, seen, sys.stdout.encoding or "")))
    print("".join(f"{note}\n" for note in found.notes), end="")
    print("".join(f"{line}\n" for line in warning_lines(found.warnings)), end="")
    return 0
