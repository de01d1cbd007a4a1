"""``layerloom order`` and ``layerloom train --attach``: what a run that trains elsewhere is asked, and says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designer.cli.commands import say_json
from designer.cli.progress import Progress, duration, number
from designer.cli.text import metrics_lines
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.json_object import object_in
from designer.project.terminal import as_typed
from designer.training.alive import is_alive, read_status
from designer.training.events import Changed, GoneOn, Held, Refused, Saved, SteeredEvent, Unsaved, Warned, by_output
from designer.training.run_files import COPY_NAME, METRICS_NAME
from designer.workspace import verbs
from designer.workspace.endings import early_words, ending_sentences
from designer.workspace.extending import extension_words, standing_of, total_words
from designer.workspace.following import Follower, Tail
from designer.workspace.orders import count_of, extended, order_run, run_meant, waiting_again
from designer.workspace.run_words import change_words, held_words, saved_words, unsaved_words
from designer.workspace.runs import is_finished

SAID = {
    "pause": "it waits before its next step",
    "resume": "it goes on",
    "stop": "it ends after this step, with what it learned kept",
    "step": "it makes one step and waits",
    "step-epoch": "it trains one epoch and waits",
}

# said once it has done so
STEPS = {"step": "it made one step and waits", "step-epoch": "it trained one epoch and waits"}


def order(chosen: argparse.Namespace) -> int:
    """Ask something of a run that is being trained; one that is over is extended right here. The exit status."""
    run = run_meant(chosen.run)
    if chosen.word == "extend" and len(chosen.values) == 1 and not is_alive(run):
        return _extend_here(chosen, run)
    before = read_status(run)
    if chosen.word == "extend" and len(chosen.values) == 1 and extended(run, count_of(chosen.values[0])):
        _say_extended(run, count_of(chosen.values[0]))
    sent = order_run(run, chosen.word, chosen.values)
    held = waiting_again(run, before) if chosen.word in STEPS else {}
    if chosen.json:
        say_json({"run": str(run), "order": chosen.word, **sent, **held})
    elif chosen.word == "extend":
        print(f"Asked {run.name}: {sent['epochs']:,} more epochs.")
    elif chosen.word == "set":
        told = ", ".join(f"{name}={value}" for name, value in sent["settings"].items())
        print(f"Asked {run.name}: {told}.")
    elif held:
        print(f"Asked {run.name}: {STEPS[chosen.word]} {held_words(held)}.")
    else:
        print(f"Asked {run.name}: {SAID[chosen.word]}.")
    return 0


def _say_extended(run: Path, more: int) -> None:
    """Say what more epochs make of the run, before it gets them."""
    standing = standing_of(run)
    said = [f"{total_words(standing.epochs, more)}.", extension_words(standing, more, lambda rate: f"{rate:.2g}", None)]
    print(" ".join(part for part in said if part), file=sys.stderr)


def _extend_here(chosen: argparse.Namespace, run: Path) -> int:
    """Train a run that is over for more epochs, in this process."""
    from designer.cli.training import refuse_unchanged, run_job, say_interrupted

    project = extended(run, count_of(chosen.values[0]))
    _say_extended(run, count_of(chosen.values[0]))
    metrics, job = run_job(chosen, lambda: verbs.Job(project, run.resolve(), True))
    if metrics is None:
        refuse_unchanged(run)
        return say_interrupted(chosen, run / COPY_NAME, run)
    return say_end(chosen, metrics, job.folder)


def attach(chosen: argparse.Namespace) -> int:
    """Follow a run that is being trained until it ends; Ctrl-C leaves it running. The exit status."""
    run = run_meant(chosen.attach)
    if not is_alive(run):
        then = "it has come to its end" if is_finished(run) else "go on with it by train --resume"
        raise LayerloomError(f"the run {run.name} is not being trained now; {then}")
    tail, progress = Tail(run), Progress(sys.stderr)
    # what was trained before is no news
    for _ in tail.events():
        pass
    follower = Follower(run, tail)
    try:
        metrics = _watch(follower, progress)
    except KeyboardInterrupt:
        progress.finish()
        again = as_typed(["layerloom", "train", "--attach", str(run)])
        print(f"layerloom: the training goes on; follow it again with: {again}", file=sys.stderr)
        if chosen.json:
            say_json({"error": "left running", "run": str(run)})
        return 130
    finally:
        progress.finish()
    return say_end(chosen, metrics, run)


def _watch(follower: Follower, progress: Progress) -> Mapping[str, Any]:
    """Show how far the run is until it ends; answers its metrics."""
    progress.say(f"Following {follower.run}")
    for event in follower.events():
        kind = event["event"]
        if kind == "epoch":
            progress.epoch(event["epoch"], event["epochs"], _known(event["train"]), _known(event["validation"]))
        elif kind == "step":
            progress.step(event["epoch"], event["epochs"], event["step"] / event["steps"])
        elif kind in ("paused", "resumed"):
            (progress.pause if kind == "paused" else progress.go_on)()
            progress.say(_paused(event) if kind == "paused" else "Going on")
        elif kind in ("unsaved", "saved"):
            progress.say(unsaved_words(event) if kind == "unsaved" else saved_words(event))
        elif kind == "changed":
            progress.begin_again()
            progress.say(changed_words(event["epoch"], event["step"], event["settings"]))
        elif kind == "finished":
            return dict(event["metrics"])
        elif kind == "failed":
            raise LayerloomError(event["message"])
    raise LayerloomError("the training ended before it was finished")


def _paused(place: Mapping[str, Any]) -> str:
    return f"Paused {held_words(place)}".rstrip()


def _known(figures: Mapping[str, float | None]) -> dict[str, float]:
    return {name: float("nan") if value is None else value for name, value in figures.items()}


def say_steered(event: SteeredEvent, progress: Progress, held: bool) -> bool:
    """Say what was asked of a training that runs here; whether it waits."""
    if isinstance(event, Held):
        if not held:
            progress.pause()
            progress.say(_paused(vars(event)))
        return True
    if isinstance(event, GoneOn):
        progress.go_on()
        progress.say("Going on")
    elif isinstance(event, Changed):
        progress.begin_again()
        progress.say(changed_words(event.epoch, event.step, event.settings))
    elif isinstance(event, Unsaved):
        progress.say(unsaved_words(vars(event)))
    elif isinstance(event, Saved):
        progress.say(saved_words(vars(event)))
    elif isinstance(event, Refused | Warned):
        progress.say(event.message)
    return False


def changed_words(epoch: int, step: int, settings: Mapping[str, Any]) -> str:
    """Which settings were changed, and when."""
    told = change_words(settings)
    where = f"In epoch {epoch}, after step {step}" if step else f"After epoch {epoch}"
    return f"{where}: {told}"


def summary_lines(metrics: Mapping[str, Any], run: Path) -> list[str]:
    """How a training ended, in lines."""
    return [*metrics_lines(metrics), f"{metrics['epochs']} epochs in {_ended(metrics, run)} Run: {run}"]


def _ended(metrics: Mapping[str, Any], run: Path) -> str:
    """After how long a training ended and why early, and what else is to be said of that."""
    training, written = load_project(run / COPY_NAME).training, object_in(run / METRICS_NAME)
    early = metrics["epochs"] < training.epochs and not written.get("stopped") and training.patience > 0
    why = f", stopped early {early_words(training)}" if early else ""
    said = ending_sentences(written.get("ending", {}), training, number)
    return " ".join([f"{duration(metrics['seconds'])}{why}.", *said])


def say_end(chosen: argparse.Namespace, metrics: Mapping[str, Any], run: Path) -> int:
    """Say how a training ended, as the command wants it; the exit status."""
    if chosen.json:
        say_json(by_output(metrics))
    else:
        print("\n".join(summary_lines(metrics, run)))
    return 0
