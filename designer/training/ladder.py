"""The ladder of a run: checkpoints of earlier epochs, at growing distances, from which other runs may be forked."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.training.checkpoint import CHECKPOINT

LADDER = "checkpoints"
RUNG = re.compile(r"epoch-(\d{6,})")
MOST_RUNGS = 8
MOST_BYTES = 1 << 29
# a checkpoint of no more bytes is written for the ladder also where none was due otherwise
SMALL = 1 << 22


class Ladder:
    """Keeps the checkpoints after epoch 1, 2, 4, 8 and so on, or those next to them where none was written there.

    The last eight remain, of which the earliest go where all together hold more than 512 MiB. A rung is another name
    for the checkpoint that was just written, so that it costs nothing where the disk knows such names; where none was
    due, a small one is written as a rung alone, for which the disk is not waited for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = 1
        self._small = False

    def due(self, epoch: int) -> bool:
        """Whether a checkpoint after ``epoch`` is to be written for the ladder's sake: a small one alone is."""
        return self._small and self.wanted(epoch)

    def wanted(self, epoch: int) -> bool:
        """Whether the checkpoint after ``epoch`` would be a rung."""
        return epoch >= self._next

    def keep(self, epoch: int, checkpoint: bytes | None = None) -> None:
        """Make a rung of the checkpoint after ``epoch`` where one is due; a full disk has none.

        It is the run's checkpoint, or the one whose bytes are given.
        """
        if not self.wanted(epoch):
            return
        rung = self._made(epoch, checkpoint)
        self._next = 1 << epoch.bit_length()
        self._small = _size(rung) <= SMALL
        self._thin_out()

    def add(self, epoch: int) -> None:
        """Make a rung of the run's checkpoint, which is of ``epoch``, where none is due: another takes its place."""
        self._made(epoch, None)
        self._thin_out()

    def _made(self, epoch: int, checkpoint: bytes | None) -> Path:
        rung = rung_folder(self._folder, epoch)
        with suppress(OSError, ProjectError):
            # the folder of the run is never made anew: it may have been moved
            rung.parent.mkdir(exist_ok=True)
            rung.mkdir(exist_ok=True)
            if checkpoint is None:
                give_second_name(self._folder / CHECKPOINT, rung / CHECKPOINT)
            else:
                atomic_write(rung / CHECKPOINT, checkpoint, lasting=False)
        return rung

    def go_on_after(self, epoch: int) -> None:
        """Forget the rungs after ``epoch``: the run goes on from there."""
        self._next = 1 << epoch.bit_length() if epoch else 1
        self._small = bool(epoch) and _size(self._folder) <= SMALL
        for later, rung in rungs(self._folder).items():
            if later > epoch:
                _remove(rung)

    def _thin_out(self) -> None:
        found = list(rungs(self._folder).values())
        sizes = [_size(rung) for rung in found]
        while found and (len(found) > MOST_RUNGS or sum(sizes) > MOST_BYTES):
            _remove(found.pop(0))
            sizes.pop(0)


def rung_folder(run: Path, epoch: int) -> Path:
    """Where the checkpoint after ``epoch`` lies among a run's rungs."""
    return run / LADDER / f"epoch-{epoch:06d}"


def rungs(run: Path) -> dict[int, Path]:
    """The epochs after which a run kept a checkpoint, in order, each with the folder that holds it."""
    try:
        folders = list((run / LADDER).iterdir())
    except OSError:
        return {}
    found = {int(match[1]): folder for folder in folders if (match := RUNG.fullmatch(folder.name))}
    return {epoch: found[epoch] for epoch in sorted(found) if (found[epoch] / CHECKPOINT).is_file()}


def give_second_name(file: Path, other: Path) -> None:
    """Let ``other`` hold what ``file`` holds, without room of its own where the disk knows second names.

    ``file`` may be replaced afterwards, but not written into. OSError or ProjectError where it cannot be done.
    """
    other.unlink(missing_ok=True)
    try:
        os.link(file, other)
    except OSError:
        atomic_write(other, file.read_bytes())


def _size(folder: Path) -> int:
    """The bytes of the checkpoint in a folder, 0 where there is none."""
    with suppress(OSError):
        return (folder / CHECKPOINT).stat().st_size
    return 0


def _remove(rung: Path) -> None:
    shutil.rmtree(rung, ignore_errors=True)
