"""Two futures of one run: trained, forked with another rate, seen on one plot, and the fork gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from designer.gui.fork_dialog import ForkDialog
from designer.gui.window import MainWindow
from designer.training.forked import read_forked
from designer.workspace import verbs
from designer.workspace.runs import is_finished, list_runs
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.small import small_project
from tests.helpers.window import checked, click, during_dialog, keys, open_window, until

pytestmark = pytest.mark.slow


def choose(window: MainWindow, run: Path) -> None:
    """Click a run in the list."""
    listed = window.build().training.run_list
    until(lambda: listed.rows.row_of(run).isValid(), what=f"{run.name} is not listed")
    index = listed.rows.row_of(run)
    listed.list.scrollTo(index)
    box = listed.list.visualRect(index)
    at = QPoint(box.left() + 90, box.top() + 14)
    QTest.mouseClick(listed.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def fork(window: MainWindow, run: Path, epochs: int) -> None:
    """Fork a run after its fourth epoch with a tenth of the rate, for so many epochs."""
    wrong: list[str] = []

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, ForkDialog)
        try:
            dialog.place.setCurrentIndex(dialog.place.findData(4))
            rate = dialog.form.editors["learning_rate"].line
            rate.selectAll()
            QTest.keyClicks(rate, "0.005")
            rate.editingFinished.emit()
            spin = dialog.form.editors["epochs"].box
            spin.setValue(epochs)
            spin.editingFinished.emit()
            assert "learning rate 0.005 instead of 0.05" in dialog.changes.text(), dialog.changes.text()
            click(dialog.go)
        except AssertionError as error:
            wrong.append(str(error))
            dialog.reject()

    choose(window, run)
    during_dialog(fill, lambda dialog: isinstance(dialog, ForkDialog))
    keys(window.build().training.run_list.list, Qt.Key.Key_F)
    until(lambda: window.run.state == "running" or bool(wrong), 90, "the fork did not begin")
    assert not wrong


def test_two_futures_of_one_run(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=8)
    list(verbs.train(verbs.prepare_run(path)))
    (run,) = list_runs(path)
    with open_window(path) as window:
        checked(window)
        window.show_panel("training")
        panel = window.build().training
        click(panel.switch, panel.switch.tabRect(1).center())
        fork(window, run, 1_000_000)
        child = list_runs(path)[-1]
        assert child != run
        assert (read_forked(child).run, read_forked(child).epoch) == (run.name, 4)  # type: ignore[union-attr]
        # both futures: the fork as the run in hand, its parent beside it, the place marked
        until(lambda: window.run.curves.count > 20)
        guests = panel.plots.loss_plot.guests
        until(lambda: [guest.name for guest in guests.shown if guest.form >= 0] == [run.name])
        until(lambda: any(guest.fork is not None for guest in guests.shown))
        assert panel.plots.loss_plot.legend.isVisible()
        window.run.abandon()
        until(lambda: window.run.state == "idle")
    assert not is_finished(child)
    with open_window(path) as window:
        checked(window)
        window.show_panel("training")
        panel = window.build().training
        panel.show_page("runs")
        choose(window, child)
        until(lambda: panel.run_list.able("resume"), 30, "the fork cannot be gone on with")
        keys(panel.run_list.list, Qt.Key.Key_G)
        until(lambda: window.run.state == "running", 90, "the fork was not gone on with")
        before = window.run.curves.count
        assert before >= 4
        until(lambda: window.run.progress.epoch > before)
        window.run.stop()
        until(lambda: window.run.state == "idle", 60)
        assert not window.run.broken, window.run.message
    assert is_finished(child)
    assert verbs.evaluate(child)["test"]
