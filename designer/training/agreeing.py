"""What the processes that train one model agree on before the first step; a single process agrees with itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from designer.layers.catalog import LOSSES, mode_of
from designer.layers.modes import SUPERVISED
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.training.assemble import Setup, assemble
from designer.training.checkpoint import Checkpoint
from designer.training.chosen import losses_of
from designer.training.data_once import Reading
from designer.training.errors import RunError, in_words
from designer.training.events import Changed
from designer.training.prepare import data_hash, read_data
from designer.training.record import fingerprint

if TYPE_CHECKING:
    from designer.runtime.events import Epoch

OTHER_DATA = (
    "reads other data than the first one, or has another version of Layerloom. Give all processes the same project, "
    "data and version."
)


def why_alone(project: Project) -> str:
    """Why a single process has to train the project, in a sentence; empty where several can."""
    mode = mode_of(project)
    if mode.step != SUPERVISED.step:
        return f"{mode.title}: its steps cannot be shared among processes."
    if project.training.accumulate > 1:
        return f"Batches in {project.training.accumulate} pieces (accumulate) cannot be shared among processes."
    for fields in losses_of(project).values():
        loss = LOSSES[str(fields["loss"])]
        if not loss.each:
            return f"{loss.title} compares the samples of a batch, which processes cannot share."
    return ""


def assembled_by_all(project: Project, base: Path, run: Path | None = None, read: Reading = read_data) -> Setup:
    """As ``assemble``, by every process; where one of them fails, or finds other data, all raise its RunError."""
    from designer.runtime.distributed import of_all_processes, process_count

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
    found = of_all_processes([(words, mark)])
    for place, (trouble, other) in enumerate(found):
        if trouble:
            raise RunError(trouble if trouble == found[0][0] else f"Process {place} of {len(found)}: {trouble}")
        if other != found[0][1]:
            raise RunError(f"Process {place} of {len(found)} {OTHER_DATA}")
    assert setup is not None
    return setup


def told_by_first(
    checkpoint: Checkpoint | None, past: list[Epoch], changes: Sequence[Changed]
) -> tuple[Checkpoint | None, list[Epoch], Sequence[Changed]]:
    """The place to go on from that the first process has read."""
    from designer.runtime.distributed import from_first_process

    found: tuple[Checkpoint | None, list[Epoch], Sequence[Changed]] = from_first_process((checkpoint, past, changes))
    return found
