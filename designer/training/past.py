"""The past of a run that goes on: the epochs that its history holds, and what is said where it was spoiled."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from designer.project.atomic import io_error
from designer.project.errors import ProjectError
from designer.training.abilities import judging
from designer.training.assemble import Setup
from designer.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from designer.training.events import Changed
from designer.training.history import best_since, read_entries
from designer.training.ladder import give_second_name
from designer.training.mode import answer_of
from designer.training.run_files import HISTORY

if TYPE_CHECKING:
    from designer.runtime.events import Epoch

Stretches: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Past:
    """The ``epochs`` that are known, stretches of those that are ``lost``, and a ``warning`` where it has to be said.

    What was said once is written down in the checkpoint, and is not said again.
    """

    epochs: list[Epoch]
    lost: Stretches = ()
    warning: str = ""


def past_of(folder: Path, checkpoint: Checkpoint, epochs: list[Epoch]) -> Past:
    """The past of the run in ``folder`` up to its checkpoint, of which its history tells ``epochs``.

    A spoiled history is kept under another name.
    """
    known = {event.epoch for event in epochs}
    lost = stretches(epoch for epoch in range(1, checkpoint.epoch + 1) if epoch not in known)
    before = {epoch for first, last in checkpoint.lost for epoch in range(first, last + 1)}
    new = [epoch for first, last in lost for epoch in range(first, last + 1) if epoch not in before]
    if not new and not _unread_within(folder, known):
        return Past(epochs, lost)
    return Past(epochs, lost, _warning(stretches(new), kept_aside(folder)))


def stretches(numbers: Iterable[int]) -> Stretches:
    """Ascending numbers as first and last of each stretch without a gap."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return tuple(found)


def _unread_within(folder: Path, known: Collection[int]) -> bool:
    """Whether a line cannot be read behind which others count; what a crash cut off lies behind all of them."""
    entries = read_entries(folder)
    last = max((place for place, line in enumerate(entries) if line and line.get("epoch") in known), default=0)
    return None in entries[:last]


def _warning(lost: Stretches, aside: str) -> str:
    places = [f"{first}" if first == last else f"{first} to {last}" for first, last in lost]
    single = len(lost) == 1 and lost[0][0] == lost[0][1]
    words = " and ".join(filter(None, [", ".join(places[:-1]), *places[-1:]]))
    what = f"epoch{'' if single else 's'} {words} {'is' if single else 'are'} missing from it"
    if not lost:
        what = "a line of it cannot be read, which may have told of other settings"
    kept = f"; the spoiled file is kept as {aside}" if aside else ""
    return f"The history of this run was spoiled: {what}. The run goes on all the same, with its best weights{kept}."


def kept_aside(folder: Path) -> str:
    """Give the history of a run a second name that nothing has yet, which is the answer; an empty one has none."""
    history = folder / HISTORY
    try:
        content = history.read_bytes() if history.exists() else b""
        for number in count(1):
            aside = history.with_suffix(f".spoiled{'' if number == 1 else f'-{number}'}.jsonl")
            if not content or (aside.exists() and aside.read_bytes() == content):
                return aside.name if content else ""
            if not aside.exists():
                give_second_name(history, aside)
                return aside.name
    except OSError as error:
        raise io_error(history, "keep", error) from error
    raise AssertionError("numbers do not end")


def note_lost(folder: Path, past: Past) -> None:
    """Write down in the checkpoint of a run which epochs are lost, where that was said; a full disk says it again."""
    if not past.warning:
        return
    with suppress(ProjectError):
        checkpoint = read_checkpoint(folder)
        if checkpoint is not None:
            write_checkpoint(folder, replace(checkpoint, lost=past.lost))


def known_best(setup: Setup, past: Past, checkpoint: Checkpoint, changes: Sequence[Changed]) -> tuple[int, float, int]:
    """The best epoch of which the weights are known, 0 for none, its cost, and up to which epoch there is no better.

    They are the weights of a ``checkpoint`` that keeps the best ones.
    """
    from designer.runtime.early import cost_of

    since, kept = best_since(changes), checkpoint.best_epoch
    by = judging(setup.project.training)
    costs = {event.epoch: cost_of(event, **by) for event in past.epochs if event.epoch > since}
    if kept not in costs and kept > since:
        return kept, _cost_of_best(setup, checkpoint), checkpoint.epoch - 1
    best = _least(costs)
    if best == kept:
        return best, costs[best], checkpoint.epoch
    # a fork that is judged by another figure than its run has of all its past the weights of two epochs alone
    best = _least({epoch: costs[epoch] for epoch in (kept, checkpoint.epoch) if epoch in costs})
    return best, costs.get(best, math.inf), checkpoint.epoch - 1


def _least(costs: Mapping[int, float]) -> int:
    """The first epoch with the lowest cost; 0 where none has one."""
    found = min(costs, key=lambda epoch: costs[epoch], default=0)
    return found if costs.get(found, math.inf) < math.inf else 0


def _cost_of_best(setup: Setup, checkpoint: Checkpoint) -> float:
    """What tells how good the best weights of the checkpoint are, measured anew: the epoch that told it is lost."""
    from designer.runtime.early import cost_of
    from designer.runtime.events import Epoch
    from designer.runtime.fit import evaluate

    project = setup.project
    before = {name: tensor.clone() for name, tensor in setup.judged.state_dict().items()}
    setup.judged.load_state_dict(checkpoint.best)
    figures = evaluate(setup.judged, setup.parts["validation"], setup.measure, answer=answer_of(project))
    setup.judged.load_state_dict(before)
    return cost_of(Epoch(checkpoint.best_epoch, 0, {}, figures, 0.0), **judging(project.training))
