"""The list of runs while it is read, and the row of the run in hand while that trains."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from designer.gui.listed_runs import LANE
from designer.gui.panels.run_list import RunList
from designer.gui.panels.training_controls import TrainingControls, words_for
from designer.gui.tasks import THREAD
from designer.gui.window import MainWindow
from designer.training.run_files import COPY_NAME
from designer.workspace import run_list
from designer.workspace.run_list import RunInfo
from designer.workspace.runs import runs_folder
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.run_bench import Bench, run_bench, trained_project
from tests.helpers.window import open_window, rest, until


class Reader:
    """Reads a run only once it may."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self._may: dict[str, threading.Event] = {}
        self._info: Callable[[Path, RunInfo | None], RunInfo] = run_list.read_info

    def let(self, *names: str) -> None:
        """These may be read."""
        for name in names:
            self._event(name).set()

    def __call__(self, folder: Path, old: RunInfo | None = None) -> RunInfo:
        name = folder.name[-3:]
        assert self._event(name).wait(30)
        if threading.current_thread().name == f"{THREAD}{LANE}":
            # not by the page of results, which has a look at one
            self.read.append(name)
        return self._info(folder, old)

    def _event(self, name: str) -> threading.Event:
        return self._may.setdefault(name, threading.Event())


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    made = Reader()
    monkeypatch.setattr(run_list, "read_info", made)
    yield made
    made.let("001", "002", "003")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    project = trained_project()
    shutil.copytree(project.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / project.name


def names(window: MainWindow) -> list[str]:
    return [run.name[-3:] for run in window.workbench.training.run_list.rows.runs]


def texts(window: MainWindow) -> list[str]:
    """All that the list of runs says beside its rows."""
    labels = window.workbench.training.run_list.findChildren(QLabel)
    return [label.text() for label in labels if label.isVisible()]


def test_runs_that_are_being_read_are_no_empty_list_and_come_one_by_one(path: Path, reader: Reader) -> None:
    with open_window(path, FakeTrainer) as window:
        window.show_panel("training")
        window.workbench.training.show_page("runs")
        until(lambda: "Reading the runs…" in texts(window), what="it looks as if there were none")
        assert "3 runs to read" in texts(window) and "Runs" not in texts(window)
        reader.let("003")
        until(lambda: names(window) == ["003"])
        until(lambda: "2 runs to read" in texts(window))
        assert "Reading the runs…" not in texts(window)
        # another look meanwhile begins with what is there
        window.runs.listed.refresh()
        reader.let("002")
        until(lambda: names(window) == ["003", "002"])
        assert not window.workbench.training.run_list.rows.best
        reader.let("001")
        until(lambda: names(window) == ["003", "002", "001"])
        until(lambda: "Nothing waits" in texts(window) and not window.runs.listed._patience.isActive())
        assert sorted(reader.read) == ["001", "002", "003"], "a run was read twice"
        # the newest stands on the plots as it ended
        until(lambda: window.run.folder is not None)


def test_curves_that_are_to_be_shown_are_not_forgotten_while_their_run_is_still_to_be_read(
    path: Path, reader: Reader
) -> None:
    with open_window(path, FakeTrainer) as window:
        window.show_panel("training")
        panel = window.workbench.training
        panel.show_page("runs")
        until(lambda: "3 runs to read" in texts(window))
        first = sorted(runs_folder(path).iterdir())[0]
        panel.run_list.rows.check([first], True)
        reader.let("003")
        until(lambda: names(window) == ["003"])
        assert first in panel.run_list.rows.forms
        reader.let("001", "002")
        until(lambda: names(window) == ["003", "002", "001"])
        until(lambda: "Nothing waits" in texts(window))
        assert [run.folder for run in panel.run_list.rows.checked()] == [first]


def test_what_is_read_of_a_project_that_is_left_is_not_shown_in_the_next(
    path: Path, reader: Reader, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "other.loom"
    other.parent.mkdir()
    shutil.copy(path, other)
    shutil.copy(path.with_name("line.csv"), other.with_name("line.csv"))
    with open_window(path, FakeTrainer) as window:
        window.show_panel("training")
        window.workbench.training.show_page("runs")
        until(lambda: "3 runs to read" in texts(window))
        window.open_path(other)
        until(lambda: window.session.path == other)
        reader.let("001", "002", "003")
        until(lambda: not window.tasks.busy("runs"))
        rest(0.3)
        assert names(window) == [] and "Runs" in texts(window) and "Nothing waits" in texts(window)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


def begin(bench: Bench) -> None:
    """Let a run begin, and be found among the others."""
    bench.start()
    assert bench.trainer.run is not None
    shutil.copy(bench.rows.runs[0].folder / COPY_NAME, bench.trainer.run)
    bench.window.runs.listed.refresh()
    until(lambda: bench.rows.rowCount() == 4)


def say_epoch(bench: Bench, epoch: int, validation: float) -> None:
    figures = {"loss": float(epoch)}
    told = {"epoch": epoch, "epochs": 5, "train": figures, "seconds": 0.1}
    bench.trainer.say("epoch", **told, validation={"loss": validation})


def row_of_hand(bench: Bench) -> str:
    """What the row of the run in hand says."""
    run = next((run for run in bench.rows.runs if run.folder == bench.rows.current), None)
    return f"{bench.rows.figure(run)} {bench.rows.line(run)}" if run is not None else ""


def test_the_row_of_the_run_in_hand_says_what_was_heard_of_it(bench: Bench) -> None:
    begin(bench)
    bench.window.runs.listed._again.stop()
    for epoch, loss in ((1, 0.5), (2, 0.25), (3, 0.75)):
        say_epoch(bench, epoch, loss)
    until(lambda: words_for(bench.window.run).startswith("Epoch 3 of 5"))
    until(lambda: "0.2500" in row_of_hand(bench), what="the row lags behind")
    assert "after epoch 2 of 3" in row_of_hand(bench)
    # what is read of it meanwhile is older
    bench.window.runs.listed.refresh()
    until(lambda: not bench.window.tasks.busy("runs"))
    rest()
    assert "after epoch 2 of 3" in row_of_hand(bench)
    bench.trainer.say("paused", epoch=3, step=0, steps=1, loss=None, so_far=None)
    until(lambda: bench.window.run.state == "paused")
    assert bench.rows.state(bench.rows.runs[bench.rows.row_of(bench.window.run.folder).row()]) != "running"
    others = [run for run in bench.rows.runs if run.folder != bench.rows.current]
    assert all(run.epochs == 8 for run in others)


def test_status_figures_and_row_tell_of_one_epoch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(bench)
    shown: list[tuple[str, str, str]] = []
    show_progress, show_standing = TrainingControls.show_progress, RunList.show_standing
    controls, epoch = bench.panel.controls, [0]

    def next_moment(runs: RunList, standing: object) -> None:
        # what came of the one before is all to be seen
        if ("train", "loss") in controls.figures.cells:
            own = next(run for run in bench.rows.runs if run.folder == bench.window.run.folder)
            figure = controls.figures.cells["train", "loss"].text()
            shown.append((controls.status.text().split()[1], figure, str(own.epochs)))
        show_standing(runs, standing)  # type: ignore[arg-type]

    def told(controls: TrainingControls, turns: object = None) -> None:
        show_progress(controls, turns)  # type: ignore[arg-type]
        if turns is not None and epoch[0] < 5:
            # another one ends before all of it is shown
            epoch[0] += 1
            loss = float(epoch[0])
            event = {"event": "epoch", "epoch": epoch[0], "epochs": 5, "train": {"loss": loss}, "seconds": 0.1}
            bench.window.job.happened.emit([event | {"validation": {}}])

    monkeypatch.setattr(RunList, "show_standing", next_moment)
    monkeypatch.setattr(TrainingControls, "show_progress", told)
    bench.window.run.progressed.emit()
    until(lambda: epoch[0] == 5 and len(shown) > 3)
    for status, figure, row in shown:
        assert float(figure) == int(status) == int(row), shown
