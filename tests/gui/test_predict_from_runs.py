"""Predicting is offered where runs are: in their list by mouse and key, in the results, and in the menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.predict.dialog import PredictDialog
from designer.gui.theme import DARK, LIGHT
from designer.gui.window import MainWindow
from designer.layers.catalog import predicts
from designer.project.model import Project, Training
from designer.workspace.runs import list_runs
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.run_bench import Bench, run_bench
from tests.helpers.small import small_project
from tests.helpers.window import click, keys, open_window, until

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


def dialogs_of(window: MainWindow) -> list[PredictDialog]:
    return [dialog for dialog in window.findChildren(PredictDialog) if dialog.isVisible()]


def test_the_key_predicts_with_the_run_that_is_chosen(bench: Bench) -> None:
    bench.click_row("002")
    keys(bench.list.list, Qt.Key.Key_P)
    [dialog] = dialogs_of(bench.window)
    assert dialog.run.name.endswith("002") and dialog.windowTitle() == f"Predict with {dialog.run.name}"
    until(lambda: dialog.empty.title.text() == "A table")
    # the same run has one dialog, another run has its own
    keys(bench.list.list, Qt.Key.Key_P)
    assert dialogs_of(bench.window) == [dialog]
    bench.click_row("001")
    keys(bench.list.list, Qt.Key.Key_P)
    assert len(dialogs_of(bench.window)) == 2
    bench.click_row("002", button=Qt.MouseButton.LeftButton)
    QTest.mouseClick(
        bench.list.list.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ControlModifier,
        bench.list.list.visualRect(bench.rows.index(bench.row("001"))).center(),
    )
    assert len(bench.list.chosen()) == 2 and not bench.list.able("predict")
    for each in dialogs_of(bench.window):
        each.close()


def test_the_menu_of_a_run_offers_it(bench: Bench) -> None:
    bench.click_row("003")
    menu = bench.list.menu()
    [action] = [action for action in menu.actions() if action.text().replace("&", "") == "Predict…"]
    assert action.isEnabled() and action.shortcut().toString() == "P"
    action.trigger()
    menu.deleteLater()
    [dialog] = dialogs_of(bench.window)
    assert dialog.run.name.endswith("003")
    keys(dialog, Qt.Key.Key_Escape)
    assert not dialogs_of(bench.window)


def test_results_and_menu_lead_to_it(bench: Bench) -> None:
    window = bench.window
    assert window.workbench is not None
    results = window.workbench.results
    window.show_panel("results")
    results.refresh(list_runs(bench.path)[0])
    until(lambda: results.run is not None and results.run.name.endswith("001") and not window.tasks.busy())
    assert results.predict.isVisible() and results.predict.toolTip()
    click(results.predict)
    [dialog] = dialogs_of(window)
    assert dialog.run.name.endswith("001")
    dialog.close()
    # by its key the newest run, where none is chosen
    bench.list.list.clearSelection()
    keys(window, Qt.Key.Key_F12, CONTROL_SHIFT)
    [dialog] = dialogs_of(window)
    assert dialog.run.name.endswith("003")
    # another theme is drawn under at once
    assert dialog.theme in (LIGHT, DARK)
    other = "light" if dialog.theme is DARK else "dark"
    window.choose_theme(other)
    until(lambda: dialog.theme is window.theme and dialog.result.table.rows_model.theme is window.theme)
    dialog.close()
    window.choose_theme("system")


def test_without_a_run_the_key_says_what_is_missing(tmp_path: Path) -> None:
    with open_window(small_project(tmp_path), FakeTrainer) as window:
        until(lambda: window.actions_by_name["predict"].isEnabled())
        keys(window, Qt.Key.Key_F12, CONTROL_SHIFT)
        assert not dialogs_of(window) and "train first" in window.status.text.text()


def test_what_makes_samples_or_writes_predicts_nothing() -> None:
    assert predicts(Project())
    assert [mode for mode in ("gan", "next_token", "autoencoder", "rbm")
            if not predicts(Project(training=Training(mode=mode)))] == ["gan", "next_token"]  # fmt: skip
