"""From a table to predictions in the window: trained, asked for rows without the target, saved as by the CLI."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from designer.gui.predict.dialog import PredictDialog
from designer.gui.window import MainWindow
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.run_bench import click_tab
from tests.helpers.window import click, keys, until
from tests.journeys.test_command_line import layerloom
from tests.journeys.test_data_views import begun, trained
from tests.journeys.test_window import IRIS

pytestmark = pytest.mark.slow


def choose_in_menu(window: MainWindow, words: str) -> None:
    """Open the menu of the chosen run by its button, and take what is called so with the arrow keys."""
    assert window.workbench is not None
    panel = window.workbench.training
    chosen: list[str] = []

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        for _ in menu.actions():
            keys(menu, Qt.Key.Key_Down)
            active = menu.activeAction()
            if active is not None and active.text().replace("&", "") == words:
                break
        chosen.append(words)
        keys(menu, Qt.Key.Key_Return)

    QTimer.singleShot(100, choose)
    click(panel.tools.more)
    until(lambda: chosen == [words])


def test_predictions_of_the_window_are_those_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "iris.csv"
    table.write_bytes(IRIS.read_bytes())
    with table.open(newline="") as file:
        head, *rows = list(csv.reader(file))
    target = head.index("species")
    new = tmp_path / "new flowers.csv"
    with new.open("w", newline="") as file:
        csv.writer(file).writerows([cell for place, cell in enumerate(row) if place != target] for row in [head, *rows])
    with begun(table, monkeypatch) as (window, _):
        trained(window)
        bench = window.workbench
        assert bench is not None and window.run.folder is not None
        run = window.run.folder

        # the list of runs, its menu, and the path typed
        click_tab(bench.training.switch, 1)
        until(lambda: bench.training.run_list.rows.rowCount() == 1, what="the run is not listed")
        bench.training.run_list.take_keyboard()
        until(lambda: bench.training.run_list.able("predict"), what="the run cannot predict")
        choose_in_menu(window, "Predict…")
        until(lambda: window.findChild(PredictDialog) is not None, what="no dialog")
        dialog = window.findChild(PredictDialog)
        assert isinstance(dialog, PredictDialog) and dialog.run == run
        until(lambda: dialog.empty.title.text() == "A table")
        dialog.path.setFocus()
        dialog.path.setText(str(new))
        keys(dialog.path, Qt.Key.Key_Return)
        until(lambda: dialog.result.isVisible(), 60, "no predictions")
        model = dialog.result.table.rows_model
        assert model.rowCount() == len(rows) and model.names[0] == "predicted_species"
        assert set(head) - {"species"} <= set(model.names)

        # saved with Return, and the same by the command line
        wanted = tmp_path / "by window.csv"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: (str(wanted), ""))
        keys(dialog.result.table, Qt.Key.Key_Return)
        until(lambda: dialog.said.text().startswith("Saved"), 30, f"not saved: {dialog.said.text()}")
        layerloom(tmp_path, "predict", run, new, "-o", "by line.csv")
        assert wanted.read_bytes() == (tmp_path / "by line.csv").read_bytes()
        assert len(wanted.read_text().splitlines()) == len(rows) + 1
        keys(dialog, Qt.Key.Key_Escape)
        until(lambda: window.findChild(PredictDialog) is None, what="the dialog stayed")
