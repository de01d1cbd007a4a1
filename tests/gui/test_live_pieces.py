"""A training that is looked at costs the window small pieces, each in a turn of the event loop of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from designer.compiler.analyse import analyse
from designer.gui.job import PORTION, SHARE_OF_PILE, Job
from designer.gui.labels import SteadyLabel
from designer.gui.panels.curve_plane import CurvePlane
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.figures import FigureTable
from designer.gui.panels.run_order_bar import RunOrderBar
from designer.gui.panels.training import TrainingPanel
from designer.gui.panels.training_controls import TrainingControls
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.gui.theme import LIGHT
from designer.gui.turns import OneByOne
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import rest, until

PIECES: tuple[tuple[type, str], ...] = (
    (RunModel, "_happened"),
    (RunModel, "_tell_progress"),
    (CurvePlot, "_draw"),
    (CurvePlot, "_read"),
    (CurvePlane, "_paint_on"),
    (CurvePlane, "_paint_part"),
    (TrainingControls, "show_progress"),
    (FigureTable, "show_figures"),
    (FigureTable, "_show_next"),
    (CurvePlane, "paintEvent"),
)


class Bench:
    """A training panel on a fake trainer whose run is on."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.trainer, self.tasks, self.epoch = FakeTrainer(), Tasks(), 0
        self.job = Job(lambda: self.trainer)
        self.run = RunModel(self.job, self.tasks)
        self.session = Session.open(small_project(folder))
        self.panel = TrainingPanel(self.session, self.run, LIGHT)
        qtbot.addWidget(self.panel)
        self.panel.resize(1280, 320)
        self.panel.show()
        qtbot.waitExposed(self.panel)
        self.panel.set_analysis(analyse(self.session.project))
        self.run.start(self.session.project, self.session.base, self.session.path)
        until(lambda: "train" in self.trainer.asked and not self.tasks.busy())
        self.trainer.say("started", epochs=9000, done=0, rows={}, device="cpu", facts={})
        until(lambda: self.run.state == "running")

    def say_epochs(self, count: int) -> None:
        """So many epochs end."""
        for _ in range(count):
            self.epoch += 1
            figures = {"loss": 1.0 + 1 / self.epoch, "accuracy": 1 - 1 / self.epoch}
            self.trainer.say("epoch", epoch=self.epoch, epochs=9000, train=figures, validation=figures, seconds=0.0)

    def train(self, epochs: int) -> None:
        """So many epochs end, and are heard of and drawn."""
        self.say_epochs(epochs)
        plots = self.panel.plots.loss_plot, self.panel.plots.metric_plot
        spin_until(
            lambda: all(
                line.reach == self.epoch and not line.waiting
                for plot in plots
                for name, line in plot.plane.lines.items()
                if name != "steps"
            )
        )


@pytest.fixture
def bench(qtbot, tmp_path: Path) -> Iterator[Bench]:
    """A panel with its run on."""
    made = Bench(qtbot, tmp_path)
    yield made
    made.job.close()
    made.tasks.close()
    made.session.close()


@contextmanager
def each_turn(do: Callable[[], object]) -> Iterator[None]:
    """Have this done in each turn of the event loop, also where it has more to do and does not wait."""
    dispatcher = QAbstractEventDispatcher.instance(QCoreApplication.instance().thread())
    dispatcher.awake.connect(do)
    try:
        yield
    finally:
        dispatcher.awake.disconnect(do)


class Noted:
    """Notes which ``pieces`` are done, without those that are part of another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pieces: tuple[tuple[type, str], ...]) -> None:
        self.turns: list[list[str]] = [[]]
        self._depth = 0
        for owner, name in pieces:
            monkeypatch.setattr(owner, name, self._noting(f"{owner.__name__}.{name}", getattr(owner, name)))

    @property
    def seen(self) -> set[str]:
        """The pieces that were done."""
        return {piece for turn in self.turns for piece in turn}

    def another(self) -> None:
        """Another turn begins."""
        self.turns.append([])

    def _noting(self, label: str, work: Callable[..., object]) -> Callable[..., object]:
        def noted(*given: object, **named: object) -> object:
            if not self._depth:
                self.turns[-1].append(label)
            self._depth += 1
            try:
                return work(*given, **named)
            finally:
                self._depth -= 1

        return noted


def spin(seconds: float) -> None:
    """Let the event loop of the app itself go on for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def spin_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Let the event loop of the app go on until that holds."""
    loop, timer = QEventLoop(), QTimer(interval=5)
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    timer.start()
    QTimer.singleShot(round(1000 * seconds), loop, loop.quit)
    loop.exec()
    timer.stop()
    assert condition()


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Notes the pieces of a panel that is made later."""
    return Noted(monkeypatch, PIECES)


def test_no_two_pieces_are_done_in_one_turn(noted: Noted, bench: Bench) -> None:
    bench.train(30)
    spin(0.6)
    noted.turns, rounds = [[]], 0
    with each_turn(noted.another):
        # each of them has been seen at work, however slow the machine is
        while rounds < 4 or noted.seen != {f"{owner.__name__}.{name}" for owner, name in PIECES}:
            rounds += 1
            assert rounds < 100, noted.seen
            bench.say_epochs(40)
            spin(0.25)
    crowded = [turn for turn in noted.turns if len(turn) > 1]
    assert not crowded, crowded[:5]


def test_who_looks_from_near_and_follows_the_run_costs_no_larger_pieces(noted: Noted, bench: Bench) -> None:
    bench.train(60)
    plots = bench.panel.plots
    plots.sight.look_at(40, 30)
    spin(0.6)
    noted.turns, moved, rounds = [[]], set(), 0
    with each_turn(noted.another):
        # however slow the machine is
        while len(moved) < 5:
            rounds += 1
            assert rounds < 100, moved
            bench.say_epochs(10)
            spin(0.15)
            moved.add((plots.sight.low, plots.sight.high))
    assert {round(high - low, 6) for low, high in moved} == {30}
    crowded = [turn for turn in noted.turns if len(turn) > 1]
    assert not crowded, crowded[:5]


def test_a_stroke_of_both_lines_is_brought_onto_the_screen_in_one_go(bench: Bench) -> None:
    bench.train(60)
    spin(0.1)
    plane, seen = bench.panel.plots.loss_plot.plane, []

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                seen.append(event.rect().width())
            return False

    painted = Painted()
    plane.installEventFilter(painted)
    for _ in range(5):
        bench.train(2)
        spin(0.05)
    plane.removeEventFilter(painted)
    assert 1 <= len(seen) <= 5 and max(seen) < plane.width() // 4, seen


def test_another_picture_is_painted_beside_the_one_that_is_shown(bench: Bench) -> None:
    bench.train(60)
    plane = bench.panel.plots.loss_plot.plane
    spin(0.1)
    shown, painted = plane._picture.cacheKey(), plane.grab().toImage()
    plane.renew()
    parts = len(plane._left)
    assert parts >= 6 and plane._picture.cacheKey() == shown
    left = [parts]
    with each_turn(lambda: left.append(len(plane._left))):
        spin_until(lambda: not plane._left)
    # never two of them at once
    assert {one - other for one, other in pairwise(left)} == {0, 1}
    assert plane._picture.cacheKey() != shown and plane.grab().toImage() == painted
    # what is asked to be seen meanwhile is seen at once, and what comes to the lines is not lost
    plane.renew()
    bench.run.curves.add({"epoch": 61, "train": {"loss": 1.5}, "validation": {"loss": 1.5}})
    bench.panel.plots.loss_plot._draw()
    assert plane._left and plane.grab().toImage() != painted and not plane._left
    spin_until(lambda: not any(line.waiting for line in plane.lines.values()))


def test_what_piled_up_is_handed_over_in_portions_and_in_order(bench: Bench) -> None:
    heard: list[list[int]] = []
    bench.job.happened.connect(lambda events: heard.append([event["epoch"] for event in events]))
    bench.job._taking._timer.start(60_000)
    for epoch in range(1, 301):
        bench.trainer.say("epoch", epoch=epoch, epochs=9000, train={"loss": 1.0}, validation={}, seconds=0.0)
    listener = bench.job._listener
    until(lambda: len(listener._events) == 300)
    bench.job._taking.ask_now()
    assert heard == []
    until(lambda: sum(map(len, heard)) == 300)
    assert [epoch for portion in heard for epoch in portion] == list(range(1, 301))
    assert len(heard) > 8 and max(map(len, heard)) <= max(PORTION, 300 // SHARE_OF_PILE)
    # what was let go is not heard of any more
    bench.job._taking._timer.start(60_000)
    for epoch in range(301, 401):
        bench.trainer.say("epoch", epoch=epoch, epochs=9000, train={"loss": 1.0}, validation={}, seconds=0.0)
    until(lambda: len(listener._events) == 100)
    bench.job._taking.ask_now()
    bench.run.abandon()
    rest(0.05)
    assert sum(map(len, heard)) == 300


def test_figures_are_shown_one_after_the_other_and_the_last_ones_stay(qtbot) -> None:
    table, holder = FigureTable(), QWidget()
    qtbot.addWidget(table)
    qtbot.addWidget(holder)
    turns = OneByOne(holder)

    def figures(value: float) -> dict[str, dict[str, float | None]]:
        return {part: {"loss": value, "accuracy": value} for part in ("train", "validation")}

    def shown() -> list[str]:
        return [cell.text() for cell in table.cells.values()]

    table.show_figures(figures(0.25))
    assert shown() == ["0.2500"] * 4
    table.show_figures(figures(0.5), turns)
    assert shown() == ["0.2500"] * 4
    until(lambda: shown().count("0.5000") == 1)
    table.show_figures(figures(0.75), turns)
    until(lambda: shown() == ["0.7500"] * 4)
    table.show_figures(figures(0.125), turns)
    table.show_figures(figures(1.0))
    rest(0.05)
    assert shown() == ["1.000"] * 4
    # another table meanwhile
    table.show_figures(figures(0.125), turns)
    table.show_figures({"test": {"loss": 0.5}})
    rest(0.05)
    assert shown() == ["0.5000"]


def test_figures_that_wait_for_their_turn_are_the_latest_ones_when_it_comes(bench: Bench) -> None:
    bench.train(3)
    controls, figures = bench.panel.controls, {"loss": 0.25, "accuracy": 0.5}
    metrics = {"epochs": 3, "seconds": 0.1, "train": figures, "validation": figures, "test": figures}
    controls.show_progress(bench.run.turns)
    bench.job.happened.emit([{"event": "finished", "run": "a run", "metrics": metrics, "stopped": False}])
    assert controls.figures.cells["test", "loss"].text() == "0.2500"
    rest(0.1)
    assert controls.figures.cells["test", "loss"].text() == "0.2500", "older figures are shown over the final ones"
    # what was asked for while another project was shown
    controls.show_progress(bench.run.turns)
    bench.run.forget()
    rest(0.1)
    assert not controls.figures.cells


def test_a_figure_is_a_document_only_once_somebody_chooses_in_it(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    label = SteadyLabel()
    label.setParent(page)
    label.setText("0.1234")
    page.show()
    page.activateWindow()
    QTest.qWaitForWindowActive(page)
    assert not label.findChildren(QTextDocument)
    plain = QLabel("0.1234", page, alignment=label.alignment(), textFormat=Qt.TextFormat.PlainText)
    plain.setFixedSize(label.size())
    plain.show()
    assert label.grab().toImage() == plain.grab().toImage()
    QTest.mouseDClick(label, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, label.rect().center())
    assert label.selectedText() and label.hasFocus()
    assert label.findChildren(QTextDocument)
    label.setText("0.9876")
    rest()
    assert not label.findChildren(QTextDocument)


def test_runs_in_the_same_order_change_nothing_over_their_list(qtbot) -> None:
    bar, changed = RunOrderBar(), []

    class Changed(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            changed.append(event.type())
            return False

    qtbot.addWidget(bar)
    bar.show_order("date", False, "accuracy", True)
    bar.show()
    qtbot.waitExposed(bar)
    seen = Changed()
    for button in bar.buttons.values():
        button.installEventFilter(seen)
    bar.show_order("date", False, "accuracy", True)
    assert changed == []
    bar.show_order("name", True, "accuracy", True)
    assert QEvent.Type.ToolTipChange in changed and bar.buttons["name"].property("chosen")
