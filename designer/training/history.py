"""What a run's history holds beside its epochs: the settings that were changed on the way, and what follows of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from msgspec.json import Decoder

from designer.project.atomic import io_error
from designer.project.model import Training
from designer.project.patience import patiently
from designer.training.abilities import judging
from designer.training.events import Changed, changed_line, epoch_line
from designer.training.run_files import HISTORY

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step

    Event = TypeVar("Event", bound=Step | Epoch)
    Entry: TypeAlias = Epoch | Changed

ENDED = float("inf")
# many times quicker than the standard library's: there may be a line for each of 100,000 epochs
_usual = Decoder()


def read_lines(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's history in order; what was cut off by a crash, or spoiled, is left out."""
    return [entry for entry in read_entries(folder) if entry is not None]


def read_entries(folder: Path) -> list[dict[str, Any] | None]:
    """The lines of a run's history in order, None for each that cannot be read."""
    try:
        text = patiently((folder / HISTORY).read_bytes)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise io_error(folder / HISTORY, "read", error) from error
    return [_entry(line) for line in text.splitlines()]


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        try:
            entry = _usual.decode(line)
        except ValueError:
            # such as figures for which JSON has no words
            entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def last_epoch(folder: Path) -> int:
    """The last epoch that a run's history tells of; 0 before the first."""
    told = [line.get("epoch") for line in read_lines(folder) if line.get("event") == "epoch"]
    return max((epoch for epoch in told if isinstance(epoch, int)), default=0)


def read_changes(folder: Path, epoch: int | None = None, step: int = 0) -> list[Changed]:
    """The changes of settings of a run in order, up to ``step`` of the epoch after ``epoch``; all of them for None."""
    found = [change for line in read_lines(folder) if (change := change_from_line(line)) is not None]
    return [change for change in found if epoch is None or _place(change) <= (epoch + 1, step)]


def changes_before(folder: Path, epoch: int, step: int, settings: Mapping[str, Any]) -> list[Changed]:
    """The changes of settings up to ``step`` of the epoch after ``epoch``, where those ``settings`` held.

    What was asked for right there and was not trained with yet, as the process was killed, counts as never asked.
    """
    found = read_changes(folder, epoch, step)
    return [change for change in found if _place(change) < (epoch + 1, step) or _hold(change.settings, settings)]


def _hold(some: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    return all(name in settings and settings[name] == value for name, value in some.items())


def history_text(past: Sequence[Epoch], changes: Sequence[Changed]) -> bytes:
    """The lines of a history: epochs, and between them what was changed."""
    entries: list[Entry] = sorted([*past, *changes], key=_order)
    return b"".join(entry_line(entry) for entry in entries)


def entry_line(entry: Entry) -> bytes:
    """A line of a history."""
    line = changed_line(entry) if isinstance(entry, Changed) else epoch_line(entry)
    return json.dumps(line).encode() + b"\n"


def best_since(changes: Iterable[Changed]) -> int:
    """After which epoch the best weights began to be kept; 0 where that was so from the start."""
    return max((change.epoch for change in changes if change.settings.get("keep_best")), default=0)


def patient_since(past: Sequence[Epoch], changes: Iterable[Changed], training: Training) -> int:
    """After which epoch the patience of early stopping counts: a run that goes on is not stopped for what was before.

    That is 0 unless it would have been stopped before ``epochs`` or ``patience`` were changed.
    """
    from designer.runtime.early import stop_early

    since = 0
    for change in changes:
        seen = [event for event in past if since < event.epoch <= _whole(change)]
        # what stops right after the last of them passes on none that comes behind it
        if change.settings.keys() & {"epochs", "patience"} and seen:
            passed = len(list(stop_early([*seen, seen[-1]], training.patience, **judging(training))))
            since = _whole(change) if passed <= len(seen) else since
    return since


def watched_after(
    epoch: int, events: Iterator[Event], watch: Callable[[Iterator[Event]], Iterator[Event]]
) -> Iterator[Event]:
    """The events; those after epoch ``epoch``, which may itself be lost, as ``watch`` passes them on."""
    for event in events:
        if event.epoch > epoch:
            events = itertools.chain([event], events)
            break
        yield event
    yield from watch(events)


def _whole(change: Changed) -> int:
    """The last epoch that had ended when the change was made."""
    return change.epoch - 1 if change.step else change.epoch


def _place(change: Changed) -> tuple[int, int]:
    return _whole(change) + 1, change.step


def _order(entry: Entry) -> tuple[int, float]:
    if isinstance(entry, Changed):
        return _place(entry)
    return entry.epoch, ENDED


def change_from_line(line: object) -> Changed | None:
    """The change of settings that a line of a history tells of; None for all others."""
    if not isinstance(line, dict) or line.get("event") != "changed":
        return None
    try:
        return Changed(int(line["epoch"]), int(line["step"]), dict(line["settings"]))
    except (KeyError, TypeError, ValueError):
        return None
