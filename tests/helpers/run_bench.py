"""A window on a project with runs that are there already, for tests of the list of runs, of forks and of the queue."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from designer.gui.window import MainWindow
from designer.project.file import load_project
from designer.workspace import verbs
from designer.workspace.forks import forked_training, prepare_fork
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import click, open_window, until


class Bench:
    """A window on a project with three runs, the second forked from the first, and a trainer that does as told."""

    def __init__(self, window: MainWindow, trainer: FakeTrainer, path: Path) -> None:
        self.window, self.trainer, self.path = window, trainer, path
        assert window.workbench is not None
        self.panel = window.workbench.training
        self.list, self.rows = self.panel.run_list, self.panel.run_list.rows

    def row(self, name: str) -> int:
        """Where the run whose name ends so stands."""
        return next(row for row, run in enumerate(self.rows.runs) if run.name.endswith(name))

    def click_row(self, name: str, box: bool = False, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Click a row, or its box."""
        index = self.rows.index(self.row(name))
        self.list.list.scrollTo(index)
        at = self.list.list.visualRect(index)
        point = QPoint(at.left() + (16 if box else 90), at.top() + 14)
        QTest.mouseClick(self.list.list.viewport(), button, Qt.KeyboardModifier.NoModifier, point)

    def start(self) -> None:
        """Press Train, and let the run begin."""
        click(self.panel.controls.start)
        until(lambda: self.trainer.asked[-1:] in (["train"], ["resume"]))
        self.trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
        until(lambda: self.window.run.state == "running")

    def end(self, failed: bool = False) -> None:
        """Let the run end."""
        if failed:
            self.trainer.say("failed", message="The loss became infinite.")
        else:
            metrics = {"epochs": 5, "seconds": 0.1, "train": {"loss": 0.5}, "validation": {}, "test": {"loss": 0.7}}
            self.trainer.say("finished", run=str(self.trainer.run), metrics=metrics, stopped=False)


@cache
def trained_project() -> Path:
    """A project with a run, a fork of it and another run, made once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="layerloom-runs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = small_project(folder, epochs=8)
    job = verbs.prepare_run(path)
    list(verbs.train(job))
    slower = forked_training(load_project(path), ["training.learning_rate=0.001"])
    list(verbs.train(prepare_fork(job.folder, 4, slower)))
    list(verbs.train(verbs.prepare_run(path, ("training.optimizer=sgd",))))
    return path


@contextmanager
def run_bench(folder: Path) -> Iterator[Bench]:
    """A window on a copy of the trained project in ``folder``, its list of runs in front and no run on the plots."""
    project = trained_project()
    shutil.copytree(project.parent, folder, dirs_exist_ok=True)
    trainer, path = FakeTrainer(), folder / project.name
    with open_window(path, lambda: trainer) as window:
        window.show_panel("training")
        made = Bench(window, trainer, path)
        click_tab(made.panel.switch, 1)
        until(lambda: made.rows.rowCount() == 3, what="the runs were not found")
        # the newest run stands on the plots as it ended; these tests begin with none
        until(lambda: window.run.folder is not None)
        window.run.forget()
        until(lambda: made.rows.current is None)
        yield made


def click_tab(tabs: QWidget, place: int) -> None:
    """Click a tab."""
    click(tabs, tabs.tabRect(place).center())  # type: ignore[attr-defined]


def curves(bench: Bench) -> list[str]:
    """The names of the curves beside those of the run in hand."""
    return [guest.name[-3:] for guest in bench.panel.plots.loss_plot.guests.shown if guest.form >= 0]
