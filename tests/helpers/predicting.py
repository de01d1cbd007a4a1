"""The dialog that predicts, opened on a run that was trained for a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from designer.gui.predict.dialog import PredictDialog
from designer.gui.theme import LIGHT
from designer.project.model import Project
from tests.helpers.training import class_rows, trained, with_training, write_csv
from tests.helpers.window import until

MARK = "<b>bold</b><img src=x>"


def opening(qtbot: QtBot, folder: Path) -> Iterator[Callable[..., PredictDialog]]:
    """What a fixture yields: it trains a project for a moment and opens the dialog on that run."""
    made: list[PredictDialog] = []

    def open_on(project: Project, name: str = "first", epochs: int = 2) -> PredictDialog:
        trained(with_training(project, epochs=epochs), folder, folder / "run")
        dialog = PredictDialog(folder / "run", name, LIGHT)
        qtbot.addWidget(dialog)
        dialog.show()
        until(lambda: not dialog.tasks.busy())
        made.append(dialog)
        return dialog

    yield open_on
    for dialog in made:
        dialog.close()


def animals(folder: Path, count: int = 30) -> Path:
    """New rows without the target, with a column of notes that nobody knows."""
    rows = [[f"{MARK} {number}", *row[:3]] for number, row in enumerate(class_rows(count, 7))]
    return write_csv(folder / "new.csv", ("note", "x", "y", "colour"), rows)


def answered(dialog: PredictDialog) -> None:
    """Wait for the predictions, or for why there are none."""
    until(lambda: not dialog.predicting, what="no end of predicting")
    until(lambda: dialog.pages.currentWidget() in (dialog.result, dialog.refused))


def typed(dialog: PredictDialog, path: Path) -> None:
    """Type a path and press Return."""
    dialog.path.setFocus()
    dialog.path.selectAll()
    QTest.keyClicks(dialog.path, str(path))
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)


def heads(dialog: PredictDialog) -> list[str]:
    """The headings of the table."""
    model = dialog.result.table.rows_model
    return [model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())]


def column(dialog: PredictDialog, title: str) -> list[str]:
    """The cells beneath a heading, from above."""
    model = dialog.result.table.rows_model
    place = heads(dialog).index(title)
    return [model.data(model.index(row, place)) for row in range(model.rowCount())]


def drop(dialog: PredictDialog, *paths: Path) -> bool:
    """Drop files on the dialog; whether it would take them."""
    load, at = QMimeData(), dialog.rect().center()
    load.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, load, left, none)
    enter.ignore()
    QApplication.sendEvent(dialog, enter)
    if enter.isAccepted():
        QApplication.sendEvent(dialog, QDropEvent(at.toPointF(), copy, load, left, none))
    return enter.isAccepted()
