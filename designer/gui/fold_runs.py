"""A cross-validation in the window: one run after the other, each tested with another fold, then what they say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from designer.gui.numbers import with_spread
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.layers.catalog import METRICS
from designer.project.folding import folds_of, for_fold
from designer.project.model import Project
from designer.workspace.folds import Folds, together, write_folds


class FoldRuns(QObject):
    """Starts the runs of a project's folds in turn. ``said`` tells which fold is on, and in the end what all say."""

    said = Signal(str)

    def __init__(self, model: RunModel, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._tasks = model, tasks
        self._project: Project | None = None
        self._begun: Project | None = None
        self._places = (Path(), Path())
        self._count = 0
        self._runs: list[Path] = []
        self._figures: list[Mapping[str, Any]] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._next)
        model.finished.connect(self._ended)
        model.failed.connect(self._give_up)

    @property
    def on(self) -> bool:
        """Whether a cross-validation goes on."""
        return self._project is not None

    def start(self, project: Project, base: Path, path: Path) -> bool:
        """Begin, where the project asks for folds; answers whether it does."""
        # one that was left half-way has nothing to do with what is trained from now on
        self._project, self._count = None, folds_of(project)
        if not self._count:
            return False
        self._project, self._places = project, (base, path)
        self._runs, self._figures = [], []
        self._next()
        return True

    def _next(self) -> None:
        if self._project is None or self._model.running:
            return
        fold = len(self._figures) + 1
        base, path = self._places
        self._begun = for_fold(self._project, fold)
        self._model.start(self._begun, base, path)
        self.said.emit(f"Fold {fold} of {self._count}")

    def _ended(self, folder: str) -> None:
        if self._project is None or self._model.project is not self._begun:
            self._project = None
            return
        self._runs.append(Path(folder))
        self._figures.append({part: dict(figures) for part, figures in self._model.latest.items()})
        folds, figures = Folds(self._count, tuple(self._runs)), list(self._figures)
        self._tasks.run("", lambda: write_folds(folds, figures), lambda _: None)
        if self._model.stopped or len(self._figures) == self._count:
            self._project = None
            self.said.emit(summary(figures, self._count))
        else:
            self._soon.start()

    def _give_up(self, sentence: str) -> None:
        self._project = None


def summary(figures: list[Mapping[str, Any]], count: int) -> str:
    """What the folds say together, in a line: the average of each figure of the test parts, and its spread."""
    sums = together(figures)
    mean, spread = sums["mean"].get("test", {}), sums["spread"].get("test", {})
    words = [f"{metric_title(name)} {with_spread(value, spread[name])}" for name, value in mean.items()]
    done = f"{count} folds" if len(figures) == count else f"{len(figures)} of {count} folds"
    return f"{done}, tested: {', '.join(words)}" if words else f"{done} trained"


def metric_title(name: str) -> str:
    """What people call a figure: ``Accuracy``; of one of several outputs with its name before it."""
    output, _, key = name.rpartition(".")
    known = METRICS.get(key)
    title = known.title if known is not None else key.replace("_", " ").capitalize()
    return f"{output}: {title}" if output else title
