"""``layerloom queue``: trains several projects one after the other or side by side."""

from __future__ import annotations

import argparse
import math
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
from designer.project.atomic import refusal
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.folding import folds_of
from designer.project.terminal import as_typed
from designer.runtime.errors import DataError
from designer.training.events import by_output
from designer.workspace import verbs
from designer.workspace.pool import Pool
from designer.workspace.run_order import figure_words
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


@dataclass(frozen=True)
class LeftOut:
    """What was named and cannot be trained, and why."""

    named: Path
    why: str


def queue(chosen: argparse.Namespace) -> int:
    """Train all that is named; answers the exit status: 1 where one of them failed, when all others are done.

    What cannot even begin is said before the others are trained, and again in the end; where nothing can, that is all.
    """
    settings = (*chosen.set, *([f"training.epochs={chosen.epochs}"] if chosen.epochs is not None else []))
    entries, left_out = _entries(chosen.projects, settings)
    for each in left_out:
        print(f"layerloom: {each.why}\n{each.named} is left out; the others are trained.", file=sys.stderr, flush=True)
    hearing = Hearing(entries)
    pool = Pool(hearing.heard, at_once=chosen.jobs)
    for entry in entries:
        pool.train(entry.folder)
    try:
        while not pool.wait(0.2):
            _give_up_waiting(entries, pool)
    except KeyboardInterrupt:
        pool.close()
        return _interrupted(entries, left_out, chosen)
    _say(entries, left_out, chosen)
    return 1 if left_out or any(entry.error for entry in entries) else 0


def _entries(projects: Sequence[Path], settings: Sequence[str]) -> tuple[list[Entry], list[LeftOut]]:
    """A run for each that can be trained, and what cannot; where none can, the first reason is raised."""
    entries: list[Entry] = []
    left_out: list[LeftOut] = []
    first: Exception | None = None
    try:
        for named in projects:
            try:
                entry = _entry(named, settings)
                # a run that is named once more is trained once all the same
                if all(entry.folder != other.folder for other in entries):
                    entries.append(entry)
            except (LayerloomError, DataError, OSError) as error:
                first = first or error
                left_out.append(LeftOut(named, refusal(error) if isinstance(error, OSError) else str(error)))
    except BaseException:
        for entry in entries:
            discard_unbegun(entry.folder)
        raise
    if first is not None and not entries:
        if len(left_out) > 1:
            raise LayerloomError("\n".join(each.why for each in left_out)) from first
        raise first
    return entries, left_out


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
    part = "validation" if "loss" in event.get("validation", {}) else "train"
    return f"{figure_words(part, 'loss')} {number(event.get(part, {}).get('loss'))}"


def _say(entries: Sequence[Entry], left_out: Sequence[LeftOut], chosen: argparse.Namespace) -> None:
    if chosen.json:
        say_json({"runs": _records(entries, left_out)})
        return
    names = list(dict.fromkeys(name for entry in entries for name in (entry.metrics or {}).get("test") or {}))
    rows = []
    for entry in entries:
        figures = (entry.metrics or {}).get("test") or {}
        state = "failed" if entry.error else "finished"
        epochs = str((entry.metrics or {}).get("epochs", ""))
        cells = [number(figures[name]) if name in figures else "" for name in names]
        rows.append([str(entry.folder), state, epochs, *cells])
    rows += [[str(each.named), "not trained", "", *([""] * len(names))] for each in left_out]
    heads = ["run", "state", "epochs", *(f"test {name}" for name in names)]
    print("\n".join(columns(heads, rows, right=range(2, len(heads)))), flush=True)
    for each in left_out:
        print(f"layerloom: not trained: {each.why}", file=sys.stderr)


def _records(entries: Sequence[Entry], left_out: Sequence[LeftOut]) -> list[dict[str, Any]]:
    """The runs, and behind them what none was made of."""
    refused = [{"project": str(each.named), "run": None, "error": each.why} for each in left_out]
    return [*(_record(entry) for entry in entries), *refused]


def _record(entry: Entry) -> dict[str, Any]:
    record: dict[str, Any] = {"project": str(entry.named), "run": str(entry.folder)}
    if entry.metrics is not None:
        return record | by_output({name: value for name, value in entry.metrics.items() if name != "run"})
    return record | {"error": entry.error or ("interrupted" if has_begun(entry.folder) else "not begun")}


def _interrupted(entries: Sequence[Entry], left_out: Sequence[LeftOut], chosen: argparse.Namespace) -> int:
    """Say how what is left is gone on with; answers the exit status."""
    left = [entry for entry in entries if entry.metrics is None and not entry.error]
    words = [str(entry.folder if has_begun(entry.folder) else entry.named) for entry in left]
    for entry in left:
        discard_unbegun(entry.folder)
    print(f"layerloom: interrupted; go on with: {as_typed(['layerloom', 'queue', *words])}", file=sys.stderr)
    if chosen.json:
        say_json({"error": "interrupted", "runs": _records(entries, left_out)})
    return 130
