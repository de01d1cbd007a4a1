"""``layerloom forecast`` and ``layerloom overfit``: what comes of a training, before it is begun."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from designer.cli.progress import Progress
from designer.cli.to_front import Say, tell_front
from designer.cli.trusting import off_output
from designer.training.memory_words import memory_words
from designer.workspace import verbs
from designer.workspace.forecast_words import seconds_words, until_words, ways_words

if TYPE_CHECKING:
    from designer.training.overfit import Loss, Verdict

LINE_SECONDS = 0.05


def forecast(chosen: argparse.Namespace) -> int:
    """``layerloom forecast``."""
    from designer.cli.commands import say_json

    if chosen.events:
        return tell_front(lambda say: say({"forecast": asdict(verbs.forecast(chosen.project, tuple(chosen.set)))}))
    with off_output(chosen):
        found = verbs.forecast(chosen.project, tuple(chosen.set))
    if chosen.json:
        say_json(asdict(found))
        return 0
    until = until_words(found.epochs, found.stops_after, found.may_stop)
    whole = f"{seconds_words(found.seconds)} for {found.epochs:,} epochs" if not until else ""
    print(f"{seconds_words(found.epoch_seconds)} an epoch, {whole or seconds_words(found.seconds) + ' in all' + until}")
    print(f"{memory_words(found.memory)} of memory; {memory_words(found.free)} are free")
    print(f"on {found.device}, {ways_words(found.threads, found.memory_format, found.precision)}")
    return 0


def overfit(chosen: argparse.Namespace) -> int:
    """``layerloom overfit``."""
    from designer.cli.commands import say_json
    from designer.training.overfit import Loss

    stream = verbs.overfit(chosen.project, tuple(chosen.set), chosen.steps)
    if chosen.events:
        return tell_front(lambda say: _tell_losses(stream, say))
    losses: list[float] = []
    progress = Progress(sys.stderr)
    with off_output(chosen):
        for event in stream:
            if isinstance(event, Loss):
                losses.append(event.loss)
                progress.step(1, 1, event.step / chosen.steps)
            else:
                verdict = event
    progress.finish()
    if chosen.json:
        say_json({**asdict(verdict), "losses": losses})
        return 0
    print(verdict.sentence)
    print("".join(f"- {reason}\n" for reason in verdict.reasons), end="")
    return 0


def _tell_losses(stream: Iterator[Loss | Verdict], say: Say) -> None:
    """The losses, a few lines a second, and then the verdict."""
    from designer.training.overfit import Loss

    waiting: list[float | None] = []
    last = time.monotonic()
    for event in stream:
        if isinstance(event, Loss):
            waiting.append(event.loss if math.isfinite(event.loss) else None)
            if time.monotonic() - last < LINE_SECONDS:
                continue
        if waiting:
            say({"losses": waiting})
            waiting, last = [], time.monotonic()
        if not isinstance(event, Loss):
            say({"verdict": {"learned": event.learned, "sentence": event.sentence, "reasons": list(event.reasons)}})
    if waiting:
        say({"losses": waiting})
