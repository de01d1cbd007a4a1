"""The start of a run, off the window's thread: its folder is made or its past read, and the trainer asked to begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from designer.gui.job import Train
from designer.gui.run_curves import PARTS, Curves
from designer.project.model import Project
from designer.training.run_files import COPY_NAME
from designer.workspace.told_epochs import Judged

if TYPE_CHECKING:
    from designer.workspace.following import Tail

    Followed: TypeAlias = tuple[Project, Tail, "Known"]

Noted: TypeAlias = Callable[[Path], object]


@dataclass(frozen=True)
class Known:
    """What was trained of a run so far: its curves, and the figures of its last epoch."""

    curves: Curves
    latest: dict[str, dict[str, float | None]]


def new_curves(project: Project) -> Curves:
    """Those of a run of the project of which nothing is known yet."""
    return Curves(planned=project.training.epochs, judged=Judged(project.training.monitor))


def known_of(project: Project, lines: Iterable[Mapping[str, Any]]) -> Known:
    """What the lines of a run's history tell; takes a moment where they are many."""
    kinds: dict[str, list[Mapping[str, Any]]] = {"epoch": [], "changed": []}
    for line in lines:
        kinds.get(str(line.get("event", "epoch")), []).append(line)
    epochs, curves = kinds["epoch"], new_curves(project)
    curves.add(*epochs)
    curves.mark(kinds["changed"])
    return Known(curves, {part: dict(epochs[-1].get(part, {})) for part in PARTS} if epochs else {})


def read_followed(folder: Path) -> Followed:
    """The project of a run that another process trains, what is known of its past, and what reads what follows."""
    from designer.project.file import load_project
    from designer.workspace.following import Tail

    project, tail = load_project(folder / COPY_NAME), Tail(folder)
    return project, tail, known_of(project, tail.events())


@dataclass(frozen=True)
class Start:
    """How a run is begun beside ``project_path``, or that in the folder ``resume`` gone on with, by ``train``.

    ``noted`` is told the folder of a new run before anything is in it.
    """

    train: Train
    project: Project
    base: Path
    project_path: Path
    resume: Path | None
    noted: Noted | None

    def begin(self) -> tuple[Path, Known]:
        """Answers the run's folder and what is known of its past; RunError where the trainer was let go meanwhile."""
        from designer.training.errors import RunError
        from designer.training.history import read_lines
        from designer.workspace.runs import discard_unbegun, new_run_folder

        folder = self.resume if self.resume is not None else new_run_folder(self.project_path)
        try:
            if self.resume is None and self.noted is not None:
                self.noted(folder)
            known = known_of(self.project, read_lines(folder) if self.resume is not None else [])
            if not self.train(self.project, self.base, folder, self.resume is not None):
                raise RunError("The training process ended before the run began. Train again.")
        except BaseException:
            if self.resume is None:
                discard_unbegun(folder)
            raise
        return folder, known
