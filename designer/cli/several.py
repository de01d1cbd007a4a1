"""``layerloom queue``: trains several projects one after the other or side by side."""

from __future__ import annotations

import argparse
import math
import shlex
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer.cli.commands import say_json
from designer.cli.progress import LINE_SECONDS, number
from designer.cli.text import columns
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.folding import folds_of
from designer.training.events import by_output
from designer.workspace import verbs
from designer.workspace.pool import Pool
from designer.workspace.run_words import saved_words, unsaved_words
from designer.workspace.runs import discard_unbegun, has_begun, is_finished, is_run


@dataclass
class Entry:
    """A run of the queue: what was named, its folder, how it ended, and since when it waits to be written down."""

    named: Path
    folder: Path
    metrics: Mapping[str, Any] | None = None
    error: str = ""
    said: float = field(default=float("-inf"))
    unsaved: str = ""
    waits_since: float = math.inf


def queue(chosen: argparse.Namespace) -> int:
    """Train all that is named; answers the exit status: 1 where one of them failed, when all others are done."""
    settings = (*chosen.set, *([f"training.epochs={chosen.epochs}"] if chosen.epochs is not None else []))
    entries: list[Entry] = []
    try:
        for named in chosen.projects:
            entries.append(_entry(named, settings))
    except BaseException:
        for entry in entries:
            discard_unbegun(entry.folder)
        raise
    hearing = Hearing(entries)
    pool = Pool(hearing.heard, at_once=chosen.jobs)
    for entry in entries:
        pool.train(entry.folder)
    try:
        while not pool.wait(0.2):
            _give_up_waiting(entries, pool)
    except KeyboardInterrupt:
        pool.close()
        return _interrupted(entries, chosen)
    _say(entries, chosen)
    return 1 if any(entry.error for entry in entries) else 0


def _entry(named: Path, settings: Sequence[str]) -> Entry:
    """A new run of a project, or a run that is there and goes on."""
    if is_run(named):
        if settings:
            raise LayerloomError(f"{named} is a run that goes on as it began; --set and --epochs are for new runs")
        if is_finished(named):
            raise LayerloomError(f"the run {named.name} is finished; name its project to start a new one")
        return Entry(named, named.resolve())
    if named.is_file() and folds_of(load_project(named)):
        raise LayerloomError(f"{named} asks for folds: train it by itself with layerloom train")
    return Entry(named, verbs.prepare_run(named, tuple(settings)).folder)


def _give_up_waiting(entries: Sequence[Entry], pool: Pool) -> None:
    """Stop what is over and waits for room to be written down for too long: the next one may need less."""
    for entry in entries:
        if time.monotonic() - entry.waits_since > verbs.ROOM_SECONDS:
            entry.waits_since = time.monotonic()
            pool.order(entry.folder, lambda trainer: trainer.stop())


class Hearing:
    """Says on standard error what happens in the runs, and keeps how they end; told in any thread."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.folder: entry for entry in entries}
        self._lock = threading.Lock()

    def heard(self, run: Path, event: Mapping[str, Any]) -> None:
        """Take one event of a run."""
        entry = self._entries[run]
        match event["event"]:
            case "started":
                self._say(entry, f"training, {event['epochs']} epochs on {event['device']}")
            case "epoch":
                if event["epoch"] in (1, event["epochs"]) or time.monotonic() - entry.said >= LINE_SECONDS:
                    entry.said = time.monotonic()
                    self._say(entry, f"epoch {event['epoch']}/{event['epochs']}  {_figures(event)}")
            case "unsaved":
                self._unsaved(entry, event)
            case "saved":
                entry.unsaved, entry.waits_since = "", math.inf
                self._say(entry, saved_words(event))
            case "warned":
                self._say(entry, str(event["message"]))
            case "finished":
                entry.metrics = event["metrics"]
                self._say(entry, "finished")
            case "failed":
                entry.error = str(event["message"])
                self._say(entry, f"failed: {entry.error}")

    def _unsaved(self, entry: Entry, event: Mapping[str, Any]) -> None:
        """Say it once, though it comes again and again; what waits for room in the end does so for a while."""
        words = unsaved_words(event)
        if words != entry.unsaved:
            entry.unsaved = words
            self._say(entry, words)
        if event["waiting"]:
            entry.waits_since = min(entry.waits_since, time.monotonic())

    def _say(self, entry: Entry, words: str) -> None:
        with self._lock:
            print(f"{entry.named.stem} {entry.folder.name}: {words}", file=sys.stderr, flush=True)


def _figures(event: Mapping[str, Any]) -> str:
    validation = event.get("validation", {})
    name = "validation loss" if "loss" in validation else "loss"
    value = validation.get("loss", event.get("train", {}).get("loss"))
    return f"{name} {number(value)}"


def _say(entries: Sequence[Entry], chosen: argparse.Namespace) -> None:
    if chosen.json:
        say_json({"runs": [_record(entry) for entry in entries]})
        return
    names = list(dict.fromkeys(name for entry in entries for name in (entry.metrics or {}).get("test") or {}))
    rows = []
    for entry in entries:
        figures = (entry.metrics or {}).get("test") or {}
        state = "failed" if entry.error else "finished"
        epochs = str((entry.metrics or {}).get("epochs", ""))
        cells = [number(figures[name]) if name in figures else "" for name in names]
        rows.append([str(entry.folder), state, epochs, *cells])
    heads = ["run", "state", "epochs", *(f"test {name}" for name in names)]
    print("\n".join(columns(heads, rows, right=range(2, len(heads)))))


def _record(entry: Entry) -> dict[str, Any]:
    record: dict[str, Any] = {"project": str(entry.named), "run": str(entry.folder)}
    if entry.metrics is not None:
        return record | by_output({name: value for name, value in entry.metrics.items() if name != "run"})
    return record | {"error": entry.error or ("interrupted" if has_begun(entry.folder) else "not begun")}


def _interrupted(entries: Sequence[Entry], chosen: argparse.Namespace) -> int:
    """Say how what is left is gone on with; answers the exit status."""
    left = [entry for entry in entries if entry.metrics is None and not entry.error]
    words = [str(entry.folder if has_begun(entry.folder) else entry.named) for entry in left]
    for entry in left:
        discard_unbegun(entry.folder)
    print(f"layerloom: interrupted; go on with: {shlex.join(['layerloom', 'queue', *words])}", file=sys.stderr)
    if chosen.json:
        say_json({"error": "interrupted", "runs": [_record(entry) for entry in entries]})
    return 130
