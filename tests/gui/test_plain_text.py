"""Names are shown just as they were typed, also where they look like HTML: hazard 22, in every widget of the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from designer.gui import app
from designer.gui.dialogs import tell
from designer.gui.new_dialog import NewProjectDialog
from designer.gui.theme import LIGHT
from designer.gui.window import MainWindow
from designer.project import edits
from designer.project.file import save_project
from designer.project.model import Column, Split, TableData
from tests.helpers.graphs import chain
from tests.helpers.window import checked, click, open_window, until

MARK = "<b>bold</b><img src=x>"
LONG = "<i>" + "w" * 9_997
RIGHT_TO_LEFT = "שם <u>"


def hostile_project(folder: Path) -> Path:
    """A project whose every name looks like HTML."""
    head = f'"{MARK}","{RIGHT_TO_LEFT}",y\n'
    rows = "".join(f"{n},{MARK if n % 2 else RIGHT_TO_LEFT},{MARK if n % 3 else 'c'}\n" for n in range(40))
    (folder / "data.csv").write_text(head + rows, encoding="utf-8")
    project = chain("table_input", ("linear", {"out_features": 7}), "relu", ("output", {"loss": "cross_entropy"}))
    project = edits.rename(edits.rename(project, "n2", MARK), "n3", LONG)
    columns = (Column(MARK), Column(RIGHT_TO_LEFT, "category"), Column("y", "category", "target"))
    project = replace(project, data=TableData("data.csv", columns=columns, split=Split(stratify=False)))
    path = folder / "hostile.loom"
    save_project(project, path)
    return path


def offenders(root: QWidget) -> list[str]:
    """Widgets that show or would show a name as HTML."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        where = f"{type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
            if "<" in widget.text():
                found.append(f"{where}: {widget.text()[:40]}")
        tip = widget.toolTip()
        if any(tag in tip for tag in ("<b>bold", "<img", "<i>w", "<u>")):
            found.append(f"{where}: tool tip {tip[:60]}")
        if isinstance(widget, QMessageBox) and widget.textFormat() != Qt.TextFormat.PlainText:
            found.append(f"{where}: message")
        if isinstance(widget, QAbstractButton) and len(widget.text()) > 200:
            found.append(f"{where}: a button of {len(widget.text())} letters")
    return found


def tips_of_the_canvas(window: MainWindow) -> list[str]:
    """Tool tips that the canvas would show as HTML: those that Qt is really given."""
    given: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QToolTip, "showText", lambda *arguments: given.append(arguments[1]))
        canvas = window.workbench.canvas
        for node in canvas.canvas.nodes.values():
            at = canvas.mapFromScene(node.rect().center())
            event = QHelpEvent(QEvent.Type.ToolTip, at, canvas.viewport().mapToGlobal(at))
            QApplication.sendEvent(canvas.viewport(), event)
    assert any("bold" in tip for tip in given)
    return [tip for tip in given if any(tag in tip for tag in ("<b>bold", "<img", "<i>w"))]


def test_the_dialog_for_new_data_shows_names_letter_by_letter(qtbot: QtBot, tmp_path: Path) -> None:
    hostile_project(tmp_path)
    table = (tmp_path / "data.csv").rename(tmp_path / "<b>data<b>.csv")
    table.write_text(table.read_text(encoding="utf-8").replace("y\n", f"y,{LONG}\n").replace(",c\n", ",c,7\n"))
    rows = [line + ",7" if line.count(",") == 2 else line for line in table.read_text(encoding="utf-8").splitlines()]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    dialog = NewProjectDialog(table, LIGHT)
    qtbot.addWidget(dialog)
    dialog.show()
    until(lambda: dialog.pages.currentWidget() is dialog.found, 30, "the table was not read")
    until(lambda: dialog.drafting.draft is not None, 30, "no project was thought of")
    assert [dialog.found.target.itemData(place) for place in range(dialog.found.target.count())][-1] == LONG
    assert offenders(dialog) == []
    click(dialog.next_button)
    until(lambda: dialog.pages.currentWidget() is dialog.network, 30, "no networks are shown")
    assert offenders(dialog) == []
    dialog.reject()


def test_names_are_shown_letter_by_letter(tmp_path: Path) -> None:
    app.import_heavy()
    with open_window(hostile_project(tmp_path)) as window:
        checked(window)
        bench = window.workbench
        assert bench is not None
        assert bench.checker.analysis.problems
        shown = []
        for panel in ("data", "training", "results", "code", "problems"):
            window.show_panel(panel)
            for node in ("n2", "n3", "n1"):
                bench.canvas.select([node])
                checked(window)
                assert offenders(window) == []
                shown += [label.text() for label in window.findChildren(QLabel)]
        assert any(MARK in text for text in shown)
        assert tips_of_the_canvas(window) == []


def test_a_message_has_room_for_its_sentence(qtbot: QtBot) -> None:
    """Broken after every third word a sentence is hard to read."""
    parent = QWidget()
    qtbot.addWidget(parent)
    seen: list[int] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.findChild(QLabel, "qt_msgbox_informativelabel").width())
        box.close()

    QTimer.singleShot(100, look)
    tell(parent, "No", "A script needs data to train with. Open a CSV file or a folder of images first.")
    assert seen and seen[0] >= 320
