"""Names are shown just as they were typed, also where they look like HTML: hazard 22, in every widget of the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMessageBox, QToolTip, QWidget

from designer.gui import app
from designer.gui.window import MainWindow
from designer.project import edits
from designer.project.file import save_project
from designer.project.model import Column, Split, TableData
from tests.helpers.graphs import chain
from tests.helpers.window import checked, open_window

MARK = "<b>bold</b><img src=x>"
LONG = "<i>" + "w" * 9_000
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
