"""Blocks in the whole window: problems lead into them, the menu knows them, the library is kept in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QMenu, QPushButton

from designer.gui.library_dialog import NAME, LibraryDialog
from designer.gui.window import MainWindow
from designer.layers.catalog import catalog_of
from designer.project import edits
from designer.project.block_edits import make_block
from designer.project.blocks import edited_within
from designer.project.file import save_project
from designer.workspace.library import library_blocks, library_folder, save_to_library
from tests.helpers.graphs import chain
from tests.helpers.window import checked, click, during_dialog, open_window, until

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    project = chain("image_input", "flatten", ("linear", {"out_features": 12}), "relu", "output")
    project, _ = make_block(project, ["n3", "n4"], "Hidden", catalog_of(project).ports_of)
    save_project(project, tmp_path / "blocks.loom")
    with open_window(tmp_path / "blocks.loom") as window:
        yield window


def use_of(window: MainWindow) -> str:
    nodes = window.session.project.graph.nodes
    return next(key for key, node in nodes.items() if node.type.startswith("block:"))


def block_menu(window: MainWindow) -> QMenu:
    (menu,) = [action.menu() for action in window.menuBar().actions() if action.text() == "&Block"]
    assert isinstance(menu, QMenu)
    return menu


def test_clicking_a_problem_inside_a_block_leads_there(window: MainWindow) -> None:
    bench = window.workbench
    assert bench is not None
    broken = edited_within(
        window.session.project, "hidden", lambda seen: edits.set_field(seen, "n3", "out_features", -1)
    )
    window.session.do("Break", broken)
    checked(window)
    window.show_panel("problems")
    row = next(row for row in bench.problems.rows if getattr(row.problem.place, "path", ()) == (use_of(window),))
    click(row)
    assert bench.scope.path == (use_of(window),) and bench.canvas.selected() == ("n3",)
    assert bench.inspector.node_page.node_id == "n3"
    until(lambda: bench.canvas.canvas.nodes["n3"].problems != (), what="the problem is not shown on the layer")


def test_the_menu_shows_what_can_be_done_and_ticks_what_is_on(window: MainWindow) -> None:
    bench = window.workbench
    assert bench is not None
    by_name = window.actions_by_name
    menu = block_menu(window)
    menu.aboutToShow.emit()
    assert not by_name["unpack_block"].isEnabled() and not by_name["leave_block"].isEnabled()
    menu.aboutToHide.emit()
    bench.canvas.select([use_of(window)])
    menu.aboutToShow.emit()
    assert by_name["unpack_block"].isEnabled() and not by_name["share_block"].isChecked()
    by_name["share_block"].trigger()
    menu.aboutToHide.emit()
    menu.aboutToShow.emit()
    assert by_name["share_block"].isChecked()
    menu.aboutToHide.emit()


def test_shapes_are_shown_inside_and_outside(window: MainWindow) -> None:
    bench = window.workbench
    assert bench is not None
    bench.scope.enter(use_of(window))
    checked(window)
    assert bench.inspector.node_page.analysis.reports["n3"].shape == (12,)
    assert "in each use" in bench.inspector.block_page.figures.text()
    bench.scope.leave()
    assert use_of(window) in bench.inspector.node_page.analysis.reports


def test_the_window_s_undo_shows_where_the_change_was(window: MainWindow) -> None:
    bench = window.workbench
    assert bench is not None
    use = use_of(window)
    bench.scope.enter(use)
    bench.canvas.setFocus()
    bench.canvas.select(["n4"])
    QTest.keyClick(bench.canvas, KEY.Key_Delete)
    bench.scope.leave()
    window.actions_by_name["undo"].trigger()
    assert bench.scope.path == (use,) and "n4" in bench.canvas.canvas.nodes


def test_the_library_is_renamed_and_cleared_in_its_dialog(window: MainWindow) -> None:
    save_to_library(window.session.project, "hidden")
    (library_folder() / "bad.json").write_text("{}", encoding="utf-8")

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, LibraryDialog)
        seen.append((dialog.list.count(), dialog.trouble.text(), dialog.summary.text()))
        click(dialog.rename)
        line = dialog.list.findChild(QLineEdit)
        if line is not None:
            line.setText("Dense")
            QTest.keyClick(line, KEY.Key_Return)
        until(lambda: dialog.list.item(0).data(NAME) == "Dense", 5, "the list does not show the new name")
        seen.append(list(library_blocks()))
        during_dialog(lambda box: click(box.findChildren(QPushButton)[0]), lambda box: box is not dialog)
        click(dialog.remove)
        seen.append((list(library_blocks()), dialog.remove.isEnabled()))
        dialog.reject()

    seen: list[object] = []
    during_dialog(act)
    window.actions_by_name["library"].trigger()
    count, trouble, summary = seen[0]  # type: ignore[misc]
    assert count == 1 and "bad.json" in trouble and "2 layers" in summary
    assert seen[1:] == [["Dense"], ([], False)]


def test_a_kept_block_is_added_from_the_palette(window: MainWindow) -> None:
    save_to_library(window.session.project, "hidden")
    window.documents.new_empty()
    until(lambda: window.workbench is not None and not window.session.project.graph.nodes)
    bench = window.workbench
    assert bench is not None
    bench.canvas.add_at_centre("library:Hidden")
    (node,) = window.session.project.graph.nodes.values()
    assert node.type == "block:hidden" and window.session.history.index == 1
