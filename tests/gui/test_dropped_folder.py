"""A folder of pictures in the hand: what a drop would do is said, and a drop makes a project of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from designer.project.model import ImageData
from tests.helpers.pictures import write_classes
from tests.helpers.window import checked, open_window, until

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
COPY = Qt.DropAction.CopyAction


def test_a_folder_of_pictures_is_dropped_on_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    folder = write_classes(tmp_path / "squares")
    load = QMimeData()
    load.setUrls([QUrl.fromLocalFile(str(folder))])
    with open_window() as window:
        middle, overlay = window.rect().center(), window.dropping.overlay
        QApplication.sendEvent(window, QDragEnterEvent(middle, COPY, load, LEFT, NONE))
        moved = QDragMoveEvent(middle, COPY, load, LEFT, NONE)
        QApplication.sendEvent(overlay, moved)
        assert overlay.isVisible() and moved.isAccepted()
        [offer] = overlay.offers
        assert offer.title == "New project from squares" and offer.sentence.startswith("What is in the folder")
        QApplication.sendEvent(overlay, QDropEvent(middle.toPointF(), COPY, load, LEFT, NONE))
        assert not overlay.isVisible()
        until(lambda: window.editing, what="the dropped folder was not opened")
        checked(window)
        bench = window.workbench
        assert bench is not None and bench.checker.analysis.ok
        assert window.stack.currentWidget() is bench.data
        until(lambda: bench.data.pictures.isVisible() and not bench.data.tasks.busy(), what="no picture is shown")
        data = window.session.project.data
        assert isinstance(data, ImageData) and Path(data.path).name == "squares"
        assert bench.checker.facts is not None and sum(bench.checker.facts.rows.values()) == 24
