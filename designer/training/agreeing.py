"""What the processes that train one model agree on, before the first step and after each; a single one with itself."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from designer.layers.catalog import OPTIMIZERS, mode_of, step_name
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.training.assemble import Setup, assemble
from designer.training.checkpoint import Checkpoint
from designer.training.data_once import Reading
from designer.training.errors import RunError, in_words
from designer.training.events import Changed
from designer.training.prepare import data_hash, read_data
from designer.training.surroundings import fingerprint

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step

    Event = TypeVar("Event", bound=Step | Epoch)

OTHER_DATA = (
    "reads other data than the first one, or has another version of Layerloom. Give all processes the same project, "
    "data and version."
)
# words of gloo and NCCL for another process that does not answer any more
LOST = re.compile(r"gloo|nccl|connection (closed|reset|refused)|broken pipe|peer|heartbeat|timed out", re.IGNORECASE)
# what the first process says to the others: do what comes next, wait for another word, leave what you are at
NEXT, WAIT, LEAVE = 1, 0, -1


class OtherProcessEndedError(RunError):
    """Another process of the training has ended, so that this one cannot go on either."""


def why_alone(project: Project) -> str:
    """Why a single process has to train the project, in a sentence; empty where several can."""
    mode = mode_of(project)
    if mode.alone:
        return f"{mode.title}: {mode.alone}"
    optimizer = OPTIMIZERS[project.training.optimizer]
    if step_name(project) != mode.step:
        return f"{optimizer.title}: rounding decides its steps, so that several processes would not follow one."
    return ""


@contextmanager
def others_heard() -> Iterator[None]:
    """A block in which the loss of another process is an OtherProcessEndedError."""
    from designer.runtime.distributed import process_count

    try:
        yield
    except RuntimeError as error:
        if process_count() == 1 or not LOST.search(str(error)):
            raise
        raise OtherProcessEndedError(
            "Another process of this training has ended, and it cannot go on without. Start all of them again with"
            " --resume; torchrun --max-restarts=3 does so by itself."
        ) from None


def say(word: int) -> None:
    """Tell the others, as the first process, what comes now."""
    import torch

    torch.distributed.broadcast(torch.tensor([word]), src=0)


def heard() -> int:
    """What the first process says: ``NEXT`` or ``LEAVE``, for which it is waited."""
    import torch

    word = torch.tensor([WAIT])
    while word.item() == WAIT:
        torch.distributed.broadcast(word, src=0)
    return int(word.item())


def called(project: Project) -> None:
    """Call the other processes to a training of ``project``."""
    from designer.runtime.distributed import from_first_process, process_count

    if process_count() > 1:
        say(NEXT)
        from_first_process(project)


def led(events: Iterable[Event]) -> Generator[Event, None, None]:
    """The events of the first process, where all go on together once the next one is asked for; closing it ends all."""
    from designer.runtime.distributed import process_count

    alone = process_count() == 1
    try:
        for event in events:
            yield event
            if not alone:
                say(NEXT)
    except GeneratorExit:
        # with one that is lost there is nothing left to agree on
        with suppress(RuntimeError):
            if not alone:
                say(LEAVE)
        raise


def assembled_by_all(project: Project, base: Path, run: Path | None = None, read: Reading = read_data) -> Setup:
    """As ``assemble``, by every process; where one of them fails, or finds other data, all raise its RunError."""
    from designer.runtime.distributed import process_count

    if process_count() == 1:
        return assemble(project, base, run, read)
    why = why_alone(project)
    setup, words, mark = None, f"{why} Train it with a single process, without torchrun." if why else "", ""
    try:
        if not why:
            with in_words():
                setup = assemble(project, base, run, read)
                mark = fingerprint(setup, data_hash(project, base))
    except LayerloomError as error:
        words = str(error)
    found = _from_all((words, mark), process_count())
    for place, (trouble, other) in enumerate(found):
        if trouble:
            raise RunError(trouble if trouble == found[0][0] else f"Process {place} of {len(found)}: {trouble}")
        if other != found[0][1]:
            raise RunError(f"Process {place} of {len(found)} {OTHER_DATA}")
    assert setup is not None
    return setup


def _from_all(own: Any, count: int) -> list[Any]:
    """What each of ``count`` processes has, in their order."""
    import torch

    found: list[Any] = [None] * count
    torch.distributed.all_gather_object(found, own)
    return found


def told_by_first(
    checkpoint: Checkpoint | None, past: list[Epoch], changes: Sequence[Changed]
) -> tuple[Checkpoint | None, list[Epoch], Sequence[Changed]]:
    """The place to go on from that the first process has read."""
    from designer.runtime.distributed import from_first_process

    found: tuple[Checkpoint | None, list[Epoch], Sequence[Changed]] = from_first_process((checkpoint, past, changes))
    return found
