"""The list of runs: found again, ticked to compare curves, renamed and deleted with mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QMessageBox, QWidget

from designer.gui.numbers import figure
from designer.gui.panels.line_forms import colour_of
from designer.gui.theme import DARK
from designer.workspace.runs import list_runs
from tests.helpers.run_bench import Bench, curves, run_bench
from tests.helpers.window import click, during_dialog, keys, until


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


def test_old_runs_are_found_with_what_sets_them_apart(bench: Bench) -> None:
    assert [run.name[-3:] for run in bench.rows.runs] == ["003", "002", "001"]
    lines = [bench.rows.line(run) for run in bench.rows.runs]
    assert "SGD" in lines[0]
    assert "forked at 4" in lines[1] and "learning rate 0.001" in lines[1]
    assert "of 8" in lines[2] and "learning rate 0.05" in lines[2]
    assert [bench.rows.state(run) for run in bench.rows.runs] == ["finished"] * 3


def test_ticked_runs_stand_together_on_both_plots_with_a_legend(bench: Bench) -> None:
    bench.click_row("001", box=True)
    assert curves(bench) == ["001"]
    bench.click_row("002", box=True)
    bench.click_row("003", box=True)
    assert sorted(curves(bench)) == ["001", "002", "003"]
    guests = {guest.name[-3:]: guest for guest in bench.panel.plots.loss_plot.guests.shown}
    # what the fork has in common with its run is drawn once, and the place is marked
    assert guests["002"].epochs == tuple(range(4, 9))
    assert guests["002"].fork is not None and guests["002"].fork[0] == 4
    assert guests["001"].epochs == tuple(range(1, 9))
    assert len({guest.form for guest in guests.values()}) == 3
    assert bench.panel.plots.metric_plot.measured in bench.list.metrics()
    plot = bench.panel.plots.loss_plot
    until(lambda: plot.plane.isVisible() and plot.plane.frame.across.high >= 8)
    wanted = {colour_of(guest.form, plot.theme).lower() for guest in guests.values()}
    until(lambda: wanted <= colours_of(plot.plane), what="a curve is not drawn in its colour")
    assert plot.legend.isVisible()
    assert plot.legend.accessibleName().startswith("003 ")
    plot.point_at(6.2)
    assert f"002 {figure(guests['002'].value_at(6))}" in plot.legend.accessibleName()
    bench.click_row("001", box=True)
    assert sorted(curves(bench)) == ["002", "003"]
    # without its run the fork is drawn from the start
    fork = next(guest for guest in bench.panel.plots.loss_plot.guests.shown if guest.name.endswith("002"))
    assert fork.epochs == tuple(range(1, 9))
    bench.panel.set_theme(DARK)


def colours_of(widget: QWidget) -> set[str]:
    """All colours that a widget is drawn with."""
    seen = widget.grab().toImage()
    return {seen.pixelColor(x, y).name() for x in range(seen.width()) for y in range(seen.height())}


def test_a_run_keeps_its_colour_while_others_are_ticked_and_unticked_and_has_it_again(bench: Bench) -> None:
    def forms() -> dict[str, int]:
        return {guest.name[-3:]: guest.form for guest in bench.panel.plots.loss_plot.guests.shown}

    for name in ("001", "002"):
        bench.click_row(name, box=True)
    first = forms()
    bench.click_row("001", box=True)
    assert forms() == {"002": first["002"]}
    bench.click_row("001", box=True)
    bench.click_row("003", box=True)
    bench.click_row("002", box=True)
    third = forms()["003"]
    assert forms() == {"001": first["001"], "003": third}
    bench.click_row("002", box=True)
    bench.list.show_runs(*bench.list._given)
    assert forms() == {**first, "003": third} and len(set(forms().values())) == 3
    # in whatever order they come back
    for name in ("001", "002", "003"):
        bench.click_row(name, box=True)
    for name in ("003", "001", "002"):
        bench.click_row(name, box=True)
    assert forms() == {**first, "003": third}


def test_space_ticks_and_the_arrows_walk(bench: Bench) -> None:
    bench.click_row("003")
    keys(bench.list.list, Qt.Key.Key_Down)
    keys(bench.list.list, Qt.Key.Key_Space)
    assert curves(bench) == ["002"]
    keys(bench.list.list, Qt.Key.Key_Space)
    assert curves(bench) == []
    keys(bench.list.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keys(bench.list.list, Qt.Key.Key_Space)
    assert len(curves(bench)) == 3


def test_a_run_is_renamed_in_place(bench: Bench) -> None:
    bench.click_row("002")
    keys(bench.list.list, Qt.Key.Key_F2)
    line = bench.list.list.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, "small rate")
    QTest.keyClick(line, Qt.Key.Key_Return)
    until(lambda: any(run.name == "small rate" for run in bench.rows.runs), what="it was not renamed")
    assert list_runs(bench.path)[1].name.endswith("002")


def test_runs_are_deleted_after_a_question(bench: Bench) -> None:
    bench.click_row("003")

    def answer(dialog: QDialog, words: str) -> None:
        assert isinstance(dialog, QMessageBox)
        click(next(button for button in dialog.buttons() if button.text() == words))

    during_dialog(lambda dialog: answer(dialog, "Cancel"))
    keys(bench.list.list, Qt.Key.Key_Delete)
    assert len(list_runs(bench.path)) == 3
    during_dialog(lambda dialog: answer(dialog, "Delete"))
    keys(bench.list.list, Qt.Key.Key_Delete)
    until(lambda: bench.rows.rowCount() == 2)
    assert [run.name[-3:] for run in list_runs(bench.path)] == ["001", "002"]
    assert len(list((bench.path.parent / "line.runs").iterdir())) == 2


def test_the_menu_offers_what_can_be_done(bench: Bench) -> None:
    bench.click_row("001")
    menu = bench.list.menu()
    able = {action.text().replace("&", ""): action.isEnabled() for action in menu.actions() if action.text()}
    assert able["Fork…"] and able["Rename"] and able["Delete…"] and able["Show results"]
    assert not able["Go on with it"]
    assert "Wait before the one above" not in able
    menu.deleteLater()
    chosen: list[QMenu] = []

    def look() -> None:
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, QMenu)
        chosen.append(popup)
        popup.close()

    QTimer.singleShot(100, look)
    QTest.mouseClick(bench.list.list.viewport(), Qt.MouseButton.RightButton)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(20, 20), bench.list.mapToGlobal(QPoint(20, 20)))
    QApplication.sendEvent(bench.list.list, event)
    assert chosen


def test_results_of_a_run_are_shown_by_a_double_click(bench: Bench) -> None:
    index = bench.rows.index(bench.row("001"))
    at = bench.list.list.visualRect(index).center()
    bench.click_row("001")
    QTest.mouseDClick(bench.list.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    bench_results = bench.window.build().results
    until(lambda: bench_results.run is not None and bench_results.run.name.endswith("001"))
    assert bench.window.build().docks["results"].isVisible()
