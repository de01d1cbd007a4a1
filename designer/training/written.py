"""What a network that learns to write has written at the end of each epoch, kept in its run."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.training.writing import Wish, Writer, made_writer, writes

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step
    from designer.training.assemble import Setup

WRITTEN = "written.json"
# so few that an epoch takes hardly longer
EACH_EPOCH = Wish(count=120)
MOST_KEPT = 1_000


@dataclass(frozen=True)
class Sample:
    """What was written at the end of an epoch."""

    epoch: int
    text: str


def with_samples(
    events: Iterator[Step | Epoch], setup: Setup, folder: Path, done: int
) -> Generator[Step | Epoch, None, None]:
    """The events; where the network learns to write, a short text is written into the run after each epoch.

    ``done`` epochs were told of before and are not written again.
    """
    from designer.runtime.events import Epoch

    if not writes(setup.project):
        yield from events
        return
    writer = made_writer(setup.project, setup.judged, setup.prepared.preparation)
    samples = [each for each in read_samples(folder) if each.epoch <= done]
    for event in events:
        if isinstance(event, Epoch) and event.epoch > done:
            samples = [*samples, _sample(writer, event.epoch)][-MOST_KEPT:]
            _keep(samples, folder)
        yield event


def _sample(writer: Writer, epoch: int) -> Sample:
    return Sample(epoch, writer.text(EACH_EPOCH))


def _keep(samples: list[Sample], folder: Path) -> None:
    found = [{"epoch": each.epoch, "text": each.text} for each in samples]
    try:
        atomic_write(folder / WRITTEN, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    except ProjectError:
        # a full disk is tried again after the next epoch: training is worth more
        return


def read_samples(folder: Path) -> list[Sample]:
    """What was written in a run so far, epoch by epoch; nothing where that cannot be read."""
    try:
        found = json.loads((folder / WRITTEN).read_text("utf-8"))
        return [Sample(int(each["epoch"]), str(each["text"])) for each in found]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
