"""Forking a run in the window: other settings and schedules from an epoch on, and what cannot be said in place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from designer.gui.fork_dialog import ForkDialog
from designer.workspace import run_list as listed
from designer.workspace.run_list import RunInfo
from designer.workspace.runs import list_runs
from tests.helpers.run_bench import Bench, curves, run_bench
from tests.helpers.window import click, during_dialog, keys, until


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


def in_fork_dialog(act: Callable[[ForkDialog], None]) -> list[str]:
    """Have ``act`` done to the dialog that asks how to fork; answers a list that holds what went wrong in the end."""
    wrong: list[str] = []

    def whole(dialog: QDialog) -> None:
        assert isinstance(dialog, ForkDialog)
        try:
            act(dialog)
        except AssertionError as error:
            wrong.append(f"{error} ")
            dialog.reject()
        else:
            wrong.append("")

    during_dialog(whole, lambda dialog: isinstance(dialog, ForkDialog))
    return wrong


def test_a_run_is_forked_with_another_rate(bench: Bench) -> None:
    bench.click_row("001")

    def fork(dialog: ForkDialog) -> None:
        assert dialog.epoch == 8
        assert dialog.project.training.epochs == 16
        dialog.place.setFocus()
        keys(dialog.place, Qt.Key.Key_Up)
        assert dialog.epoch == 4
        assert dialog.project.training.epochs == 8
        rate = dialog.form.editors["learning_rate"].line
        rate.setFocus()
        rate.selectAll()
        QTest.keyClicks(rate, "0.2")
        # sets the value, then does what the dialog offers first
        QTest.keyClick(rate, Qt.Key.Key_Return)
        assert "learning rate 0.2 instead of 0.05" in dialog.changes.text()

    wrong = in_fork_dialog(fork)
    keys(bench.list.list, Qt.Key.Key_F)
    until(lambda: bool(wrong), what="the dialog did not open")
    assert wrong == [""]
    until(lambda: bench.trainer.asked[-1:] == ["resume"], what="the fork did not begin")
    assert bench.trainer.project is not None and bench.trainer.project.training.learning_rate == 0.2
    assert bench.trainer.run is not None and bench.trainer.run.name.endswith("004")
    # its past is on the plot already, and the curve of the run that it was forked from beside it
    until(lambda: bench.window.run.curves.count == 4)
    assert curves(bench) == ["001"]
    until(lambda: bench.rows.rowCount() == 4)
    until(
        lambda: any(guest.form < 0 for guest in bench.panel.plots.loss_plot.guests.shown), what="the fork is not marked"
    )
    own = next(guest for guest in bench.panel.plots.loss_plot.guests.shown if guest.form < 0)
    assert own.fork is not None and own.fork[0] == 4


def test_the_run_in_hand_stands_beside_its_fork_before_the_runs_are_read_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = bench.rows.runs[bench.row("001")]
    bench.window.run.show_past(parent)
    until(lambda: bench.rows.current == parent.folder and not bench.window.tasks.busy())
    assert curves(bench) == []
    read = threading.Event()

    def late(path: Path, *others: object) -> list[RunInfo]:
        assert read.wait(20)
        return soon(path, *others)

    soon = listed.read_runs
    monkeypatch.setattr(listed, "read_runs", late)
    bench.click_row("001")
    wrong = in_fork_dialog(lambda dialog: click(dialog.go))
    keys(bench.list.list, Qt.Key.Key_F)
    until(lambda: wrong == [""] and bench.trainer.asked[-1:] == ["resume"], what="the fork did not begin")
    assert curves(bench) == ["001"] and bench.list.busy
    # what is to be shown beside it as soon as it is listed is not forgotten before
    bench.rows.check([bench.path / "later"], True)
    bench.list.show_current(None)
    assert bench.path / "later" in bench.rows.forms
    read.set()
    until(lambda: bench.rows.rowCount() == 4)
    assert curves(bench) == ["001"]


def test_a_fork_gets_schedules_from_cards_which_are_drawn_before_it_starts(bench: Bench) -> None:
    bench.click_row("001")
    said: list[str] = []

    def fork(dialog: ForkDialog) -> None:
        section = dialog.schedules
        click(section.head)
        until(section.body.isVisible)
        for key in ("exponential", "linear"):
            next(each for each in section.menu.actions() if each.data() == key).trigger()
        assert [card.key for card in section.cards] == ["linear", "exponential"]
        gamma = section.cards[1].form.editors["gamma"].line
        until(gamma.isVisible)
        gamma.setFocus()
        gamma.selectAll()
        QTest.keyClicks(gamma, "0.5")
        QTest.keyClick(gamma, Qt.Key.Key_Tab)
        rates = section.rates
        until(lambda: rates.plan is not None and rates.plan.epochs == 16, what="the rates were not drawn")
        until(lambda: rates.plot.mark == 9.0)
        assert rates.plot.isVisible() and rates.readout.text().startswith("Begins with epoch 9 at ")
        said.append(dialog.changes.text())
        # two that want all that is left: said at the schedule, and nothing can begin
        spin = section.cards[0].form.editors["epochs"].box
        spin.setFocus()
        spin.selectAll()
        QTest.keyClicks(spin, "0")
        QTest.keyClick(spin, Qt.Key.Key_Tab)
        assert "Only one can have these" in section.cards[0].fault.text() and not dialog.go.isEnabled()
        click(section.cards[0].buttons["close"])
        assert dialog.go.isEnabled() and [card.key for card in section.cards] == ["exponential"]
        click(dialog.go)

    wrong = in_fork_dialog(fork)
    keys(bench.list.list, Qt.Key.Key_F)
    until(lambda: bool(wrong), what="the dialog did not open")
    assert wrong == [""] and "schedules linear:" in said[0]
    until(lambda: bench.trainer.asked[-1:] == ["resume"], what="the fork did not begin")
    assert bench.trainer.project is not None
    (schedule,) = bench.trainer.project.training.schedules
    assert (schedule.key, schedule.epochs, schedule.fields["gamma"]) == ("exponential", 0, 0.5)
    # the project in the window has none
    assert not bench.window.session.project.training.schedules


def test_a_dialog_opens_in_the_size_that_it_was_left_with(bench: Bench) -> None:
    sizes: list[QSize] = []

    def fork(dialog: ForkDialog) -> None:
        sizes.append(dialog.size())
        dialog.resize(620, 560)
        keys(dialog, Qt.Key.Key_Escape)

    for _ in range(2):
        bench.click_row("001")
        wrong = in_fork_dialog(fork)
        keys(bench.list.list, Qt.Key.Key_F)
        until(lambda wrong=wrong: bool(wrong), what="the dialog did not open")
        assert wrong == [""]
    assert sizes[0] != sizes[1] == QSize(620, 560)


def test_a_fork_that_cannot_be_is_told_in_the_dialog(bench: Bench) -> None:
    bench.click_row("001")
    said: list[str] = []

    def fork(dialog: ForkDialog) -> None:
        spin = dialog.form.editors["patience"].box
        spin.setValue(1)
        spin.editingFinished.emit()
        epochs = dialog.form.editors["epochs"].box
        epochs.setValue(3)
        epochs.editingFinished.emit()
        click(dialog.go)
        until(lambda: dialog.fault.isVisible())
        said.append(dialog.fault.text())
        keys(dialog, Qt.Key.Key_Escape)

    wrong = in_fork_dialog(fork)
    keys(bench.list.list, Qt.Key.Key_F)
    until(lambda: bool(wrong), what="the dialog did not open")
    assert wrong == [""]
    until(lambda: bool(said))
    assert "epochs" in said[0]
    assert len(list_runs(bench.path)) == 3
