"""From a messy file in the hand to a trained network, by mouse and keyboard: dropped, understood, mended, trained."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from designer.gui.window import MainWindow
from designer.project.file import load_project
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.window import FileDialogs, checked, click, keys, open_window, until

pytestmark = pytest.mark.slow
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LEFT, COPY = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction


def messy(folder: Path) -> Path:
    """A table as a German spreadsheet writes it: two title rows, semicolons, decimal commas, gaps, numbered rows."""
    chance = random.Random(0)
    lines = ["Messreihe Herbst;;;;", "Angaben in mm;;;;", "Nr;Länge;Breite;Sorte;Gewicht"]
    for row in range(1, 241):
        length, width = chance.uniform(10, 60), chance.uniform(5, 20)
        kind = chance.choice(["alt", "neu"])
        weight = 2 * length + 5 * width + (20 if kind == "neu" else 0)
        said = "" if row % 12 == 0 else f"{length:.2f}".replace(".", ",")
        lines.append(f"{row};{said};{width:.2f};{kind};{weight:.2f}".replace(".", ","))
    path = folder / "Messung.csv"
    path.write_bytes(("\n".join(lines) + "\n").encode("cp1252"))
    return path


def hold(window: MainWindow, path: Path, at: QPoint) -> QMimeData:
    """Drag a file over the window, as far as ``at``."""
    load = QMimeData()
    load.setUrls([QUrl.fromLocalFile(str(path))])
    QApplication.sendEvent(window, QDragEnterEvent(at, COPY, load, LEFT, NONE))
    QApplication.sendEvent(window.dropping.overlay, QDragMoveEvent(at, COPY, load, LEFT, NONE))
    return load


def let_go(window: MainWindow, load: QMimeData, at: QPoint) -> None:
    """Drop what is held."""
    QApplication.sendEvent(window.dropping.overlay, QDropEvent(QPointF(at), COPY, load, LEFT, NONE))


def choose_role(window: MainWindow, name: str, word: str) -> None:
    """Click the role on a column's card, then a word of the menu that opens."""
    assert window.workbench is not None
    rows = window.workbench.data.rows
    place = rows.rows_model.names.index(name)
    rows.scrollTo(rows.rows_model.index(0, place))
    box = rows.cards.box_of(place)
    spots = [x for x in range(box.left(), box.right(), 3) if rows.cards.part_at(QPoint(x, 34))[1] == "role"]
    QTest.mouseClick(rows.cards.viewport(), LEFT, pos=QPoint(spots[len(spots) // 2], 34))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(action for action in menu.actions() if action.text() == word)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_a_messy_table_from_drop_to_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = messy(tmp_path)
    dialogs = FileDialogs(monkeypatch)
    with open_window() as window:
        middle = window.rect().center()
        load = hold(window, path, middle)
        overlay = window.dropping.overlay
        assert overlay.isVisible() and overlay.offers[0].title == "New project from Messung.csv"
        let_go(window, load, middle)
        assert not overlay.isVisible()
        until(lambda: window.editing, what="the dropped file was not opened")
        checked(window)
        bench = window.workbench
        assert bench is not None
        page, session = bench.data, window.session
        until(lambda: page.rows.rows_model.rowCount() == 240, what="the rows are not shown")
        until(lambda: not page.tasks.busy())

        # the data is the first thing seen, read rightly, and nothing was asked
        assert window.stack.currentWidget() is page
        data = session.project.data
        assert data is not None and (data.format.skip_rows, data.format.delimiter, data.format.decimal) == (2, ";", ",")
        kinds = {column.name: column.kind for column in data.columns}
        assert kinds["Länge"] == kinds["Gewicht"] == "number" and kinds["Sorte"] == "category"
        card = page.rows.rows_model.card(page.rows.rows_model.names.index("Länge"))
        assert card is not None and card.seen is not None and card.seen.missing == 20

        # another target, by its card: the network follows in the same step, and comes back with it
        before = session.project
        choose_role(window, "Sorte", "Target")
        until(lambda: bench.checker.current and bench.checker.analysis.ok, what="the network does not follow")
        output = next(node for node in session.project.graph.nodes.values() if node.type == "output")
        assert output.fields["loss"] == "bce" and len(session.history.steps) == 2
        keys(window, Qt.Key.Key_Z, CONTROL)
        assert session.project == before
        choose_role(window, "Gewicht", "Target")
        until(lambda: bench.checker.current and bench.checker.analysis.ok, what="the network does not fit")

        # a step of the recipe is switched off and on by the keyboard
        click(page.table.sides, page.table.sides.tabRect(2).center())
        recipe = page.table.recipe
        recipe.choose("Länge", "missing")
        recipe.list.setFocus()
        QTest.keyClick(recipe.list, Qt.Key.Key_Space)
        until(lambda: bench.checker.current)
        assert "missing" in next(column for column in session.project.data.columns if column.name == "Länge").off
        QTest.keyClick(recipe.list, Qt.Key.Key_Space)
        until(lambda: bench.checker.current and bench.checker.analysis.ok)

        # trained: saved beside the data first
        dialogs.answers.append(str(tmp_path / "Messung.loom"))
        keys(window, Qt.Key.Key_S, CONTROL)
        until(lambda: session.path is not None, what="the project was not saved")
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.folder is not None, 90, "no training began")
        until(lambda: window.run.state == "idle", 180, "the training did not end")
        assert not window.run.broken, window.run.message
        assert (window.run.folder / "metrics.json").exists()
        assert window.stack.currentWidget() is bench.canvas
        keys(window, Qt.Key.Key_2, CONTROL)
        assert window.stack.currentWidget() is page
    saved = load_project(tmp_path / "Messung.loom")
    assert saved.data is not None and saved.data.path == "Messung.csv"


def test_a_second_file_offers_two_halves_and_the_one_under_the_pointer_is_done(tmp_path: Path) -> None:
    path = messy(tmp_path)
    with open_window() as window:
        let_go(window, hold(window, path, window.rect().center()), window.rect().center())
        until(lambda: window.editing, what="the dropped file was not opened")
        checked(window)
        other = tmp_path / "Andere.csv"
        other.write_bytes(path.read_bytes())
        network = window.session.project.graph
        right = QPoint(window.width() - 80, 300)
        load = hold(window, other, right)
        assert [offer.what for offer in window.dropping.overlay.offers] == ["new", "use"]
        assert window.dropping.overlay.hot == 1
        let_go(window, load, right)
        until(lambda: window.session.project.data is not None and "Andere" in window.session.project.data.path)
        assert window.session.project.graph == network
        keys(window, Qt.Key.Key_Z, CONTROL)
        assert window.session.project.data is not None and "Messung" in window.session.project.data.path
