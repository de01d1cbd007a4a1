"""A cross-validation in the window: one run after the other, each tested with another fold, then what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from designer.gui.numbers import with_spread
from designer.gui.panels.figures import title_of_figure
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.project.folding import folds_of, for_fold
from designer.project.model import Project
from designer.workspace import queue
from designer.workspace.folds import (
    Folds,
    FoldTurns,
    begun_run,
    next_fold,
    together,
    trained_figures,
)


class FoldRuns(QObject):
    """Trains the folds of a project in turn, from the first one or from where they were left half-way.

    ``said`` tells which fold is on, and in the end what all say; ``over`` that none follows, for whatever reason.
    """

    said = Signal(str)
    over = Signal()

    def __init__(self, model: RunModel, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._tasks = model, tasks
        self._folds: Folds | None = None
        self._path = Path()
        self._fold = 0
        self._figures: dict[int, Mapping[str, Any]] = {}
        # what the model was given to train of it, until that has ended
        self._begun: Project | None = None
        # nobody else trains these folds meanwhile
        self._turns = FoldTurns()
        # folds that are just being read, to be gone on with
        self._going_on: FoldTurns | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        model.finished.connect(self._ended)
        model.failed.connect(lambda _: self.leave())
        model.state_changed.connect(self._soon.start)

    @property
    def on(self) -> bool:
        """Whether a cross-validation goes on, be it between two folds; one whose fold was left does not."""
        return self._folds is not None and (self._begun is None or self._model.running)

    def start(self, project: Project, base: Path, path: Path) -> bool:
        """Begin, where the project asks for folds; answers whether it does."""
        # those that were left half-way have nothing to do with what is trained from now on
        self.leave()
        count = folds_of(project)
        if count:
            self._begin(Folds(count, (), project, base), path, {})
        return bool(count)

    def go_on(self, folds: Folds, path: Path, refused: Callable[[str], object]) -> None:
        """Go on with folds that were left half-way; ``refused`` is told why that cannot be."""
        if self._going_on is not None:
            # asked for twice in a row: the second would find the folds claimed by the first
            return
        self.leave()
        turns = self._going_on = FoldTurns()

        def read() -> dict[int, dict[str, Any]]:
            turns.take(folds.path)
            return trained_figures(folds)

        def begin(figures: dict[int, dict[str, Any]]) -> None:
            if self._going_on is not turns:
                return
            self._going_on = None
            if self._model.running:
                turns.close()
                return
            self._turns = turns
            self._begin(folds, path, figures)

        def refuse(sentence: str) -> None:
            turns.close()
            if self._going_on is turns:
                self._going_on = None
                refused(sentence)

        # without a label nobody cancels it, after which the folds would stay claimed
        self._tasks.run("", read, begin, refuse)

    def leave(self, forget: bool = True) -> None:
        """Train no other fold; those that are left can be gone on with another time.

        A cross-validation of which nothing began yet is forgotten, unless its first run goes on without the window.
        """
        was_on, left = self._folds is not None, (self._turns, self._going_on)
        self._folds, self._begun, self._turns, self._going_on = None, None, FoldTurns(), None
        for turns in left:
            if turns is not None:
                turns.close(forget)
        if was_on:
            self.over.emit()

    def _begin(self, folds: Folds, path: Path, figures: Mapping[int, Mapping[str, Any]]) -> None:
        self._folds, self._path, self._figures = folds, path, dict(figures)
        self._next(folds)

    def _next(self, folds: Folds) -> None:
        """Train the first fold that is not trained yet, or say what all of them say."""
        fold = next_fold(folds, self._figures)
        if fold is None:
            self._keep(folds, whole=True, over=True)
            return
        self._fold = fold
        if fold > len(folds.runs):
            self._train_new(folds)
            return

        def read() -> tuple[Path | None, Project]:
            left = begun_run(folds, fold)
            return left, Project() if left is None else queue.begin(left)

        def begin(answer: tuple[Path | None, Project]) -> None:
            if self._folds is not folds:
                return
            left, project = answer
            if left is None:
                self._train_new(folds)
            else:
                self._train(project, left, left)

        self._tasks.run("", read, begin, self._give_up)

    def _train_new(self, folds: Folds) -> None:
        assert folds.project is not None
        fold, figures, turns = self._fold, self._told(), self._turns
        self._train(
            for_fold(folds.project, fold), folds.base, None, lambda folder: turns.note(folds, fold, folder, figures)
        )

    def _train(
        self, project: Project, base: Path, resume: Path | None, note: Callable[[Path], object] | None = None
    ) -> None:
        if self._model.running:
            # another run came between two folds
            self.leave()
            return
        self._begun = project
        self._model.start(project, base, self._path, resume, note)
        if self._folds is not None:
            self.said.emit(f"Fold {self._fold} of {self._folds.count}")

    def _ended(self, folder: str) -> None:
        folds = self._folds
        if folds is None or self._begun is None or self._model.project is not self._begun:
            self.leave()
            return
        self._begun = None
        self._figures[self._fold] = {part: dict(figures) for part, figures in self._model.latest.items()}
        self._folds = folds = folds.with_run(self._fold, Path(folder))
        whole = not self._model.stopped and next_fold(folds, self._figures) is None
        self._keep(folds, whole, over=whole or self._model.stopped)

    def _keep(self, folds: Folds, whole: bool, over: bool) -> None:
        """Write down what the folds say so far, then train the next one or tell."""
        figures, turns = self._told(), self._turns

        def kept(_: object) -> None:
            if self._folds is not folds:
                return
            if over:
                self.leave()
                self.said.emit(summary(figures, folds.count))
            else:
                self._next(folds)

        self._tasks.run("", lambda: turns.keep(folds, figures, whole), kept, kept)

    def _told(self) -> list[Mapping[str, Any]]:
        """The figures of the folds that are trained, in their order."""
        return [self._figures[fold] for fold in sorted(self._figures)]

    def _look(self) -> None:
        """A fold that is no longer trained without having ended was left, as when another project is opened."""
        if self._begun is not None and not self._model.running:
            self.leave()

    def _give_up(self, sentence: str) -> None:
        self.leave()
        self._model.told.emit(sentence)


def summary(figures: list[Mapping[str, Any]], count: int) -> str:
    """What the folds say together, in a line: the average of each figure of the test parts, and its spread."""
    sums = together(figures)
    mean, spread = sums["mean"].get("test", {}), sums["spread"].get("test", {})
    words = [f"{title_of_figure(name)} {with_spread(value, spread[name])}" for name, value in mean.items()]
    done = f"{count} folds" if len(figures) == count else f"{len(figures)} of {count} folds"
    return f"{done}, tested: {', '.join(words)}" if words else f"{done} trained"
