"""``layerloom generate``: what a trained network makes itself, by the way in which it was trained."""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from designer.layers.catalog import MODES, mode_of
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.training.run_files import COPY_NAME
from designer.workspace import verbs


def generate(chosen: argparse.Namespace) -> int:
    """``layerloom generate``."""
    run = verbs.find_run(chosen.run)
    mode = mode_of(load_project(run / COPY_NAME))
    maker = MAKERS.get(mode.key)
    if maker is None:
        able = " or ".join(f"“{MODES[key].title}”" for key in MAKERS)
        raise LayerloomError(f"{run} was trained as “{mode.title}” and makes nothing itself; {able} would")
    return maker(chosen, run)


def _write(chosen: argparse.Namespace, run: Path) -> int:
    """The text that a network writes which was trained to predict the next token."""
    from designer.cli.commands import say_json

    text, unknown = verbs.written_text(
        run, chosen.prompt, chosen.length, chosen.temperature, chosen.likeliest, chosen.seed
    )
    if unknown:
        words = "1 token of the prompt is" if unknown == 1 else f"{unknown:,} tokens of the prompt are"
        print(f"note: {words} unknown to the network", file=sys.stderr)
    if chosen.json:
        say_json({"run": str(run), "prompt": chosen.prompt, "text": text, "seed": chosen.seed})
    else:
        print(text)
    return 0


def _sample(chosen: argparse.Namespace, run: Path) -> int:
    """New samples of a GAN, as a table or as pictures."""
    from designer.cli.commands import say_json

    def note(text: str) -> None:
        print(f"note: {text}", file=sys.stderr)

    if chosen.output is not None:
        count = verbs.generate(run, chosen.count, chosen.seed, chosen.output, note)
        if chosen.json:
            say_json({"run": str(run), "samples": count, "seed": chosen.seed, "output": str(chosen.output)})
        else:
            print(chosen.output)
        return 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "samples.csv"
        verbs.generate(run, chosen.count, chosen.seed, out, note)
        text = out.read_text(encoding="utf-8")
    if chosen.json:
        header, *rows = csv.reader(text.splitlines())
        say_json({"run": str(run), "seed": chosen.seed, "columns": header, "rows": rows})
    else:
        print(text, end="")
    return 0


MAKERS: Mapping[str, Callable[[argparse.Namespace, Path], int]] = {"next_token": _write, "gan": _sample}
