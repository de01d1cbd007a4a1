"""The inspector inside a block: the block's own page, and fields that each use sets for itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from designer.gui.panels.expose_button import NewField
from designer.gui.panels.inspector import BLOCK, NODE, Inspector
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import catalog_of
from designer.project import edits
from designer.project.block_edits import make_block
from designer.project.model import Project
from designer.workspace.scope import Scope
from designer.workspace.session import Session
from tests.helpers.graphs import chain

LEFT = Qt.MouseButton.LeftButton


def two_uses() -> Project:
    project = chain("table_input", "linear", "linear", "output")
    project, use = make_block(project, ["n2", "n3"], "Block", catalog_of(project).ports_of)
    return edits.duplicate(project, [use])[0]


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    scope = Scope(Session(two_uses()))
    panel = Inspector(scope, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    qtbot.waitExposed(panel)
    use = next(key for key, node in scope.project.graph.nodes.items() if node.type == "block:block")
    scope.enter(use)
    panel.select(())
    return panel


def shown_menu(inspector: Inspector, field: str) -> QMenu:
    """What the button beside a field offers."""
    button = inspector.node_page.form.beside_widgets[field]
    menu = button.menu()
    menu.aboutToShow.emit()
    return menu


def whole(inspector: Inspector) -> Project:
    return inspector.session.whole


def steps(inspector: Inspector) -> int:
    return inspector.session.history.index


def test_with_nothing_selected_the_block_is_shown(inspector: Inspector) -> None:
    page = inspector.block_page
    assert inspector._stack.currentIndex() == BLOCK
    assert page.name.text() == "Block" and "used 2 times: all change" in page.uses.text()
    assert "2 layers" in page.figures.text() and page.hint.isVisible()


def test_name_and_summary_are_edited_in_one_step_each(inspector: Inspector) -> None:
    page = inspector.block_page
    page.name.selectAll()
    QTest.keyClicks(page.name, "Hidden")
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    assert whole(inspector).blocks["block"].name == "Hidden" and steps(inspector) == 1
    page.summary.setFocus()
    QTest.keyClicks(page.summary, "Two layers.")
    page.name.setFocus()
    assert whole(inspector).blocks["block"].summary == "Two layers." and steps(inspector) == 2
    assert inspector.session.path


def test_a_field_is_set_from_outside_under_a_name(inspector: Inspector) -> None:
    inspector.select(["n2"])
    assert inspector._stack.currentIndex() == NODE
    menu = shown_menu(inspector, "out_features")
    (new,) = [action for action in menu.actions() if isinstance(action, NewField)]
    assert new.line.text() == "out_features"
    new.line.selectAll()
    QTest.keyClicks(new.line, "width")
    QTest.keyClick(new.line, Qt.Key.Key_Return)
    (exposed,) = whole(inspector).blocks["block"].fields
    assert (exposed.name, exposed.targets) == ("width", (("n2", "out_features"),)) and steps(inspector) == 1
    form = inspector.node_page.form
    assert "out_features" not in form.editors and "bias" in form.editors
    menu = shown_menu(inspector, "out_features")
    (inside,) = menu.actions()
    inside.trigger()
    assert not whole(inspector).blocks["block"].fields and "out_features" in inspector.node_page.form.editors


def test_a_field_joins_one_of_the_same_kind(inspector: Inspector) -> None:
    inspector.select(["n2"])
    shown_menu(inspector, "out_features").actions()[0].button.click()
    inspector.select(["n3"])
    words = [action.text() for action in shown_menu(inspector, "bias").actions()]
    together = "Together with “out_features”"
    assert together not in words
    (join,) = [action for action in shown_menu(inspector, "out_features").actions() if action.text() == together]
    join.trigger()
    (exposed,) = whole(inspector).blocks["block"].fields
    assert exposed.targets == (("n2", "out_features"), ("n3", "out_features"))


def test_each_use_then_has_the_field(inspector: Inspector) -> None:
    inspector.select(["n2"])
    shown_menu(inspector, "out_features").actions()[0].button.click()
    use = inspector.session.path[0]
    inspector.session.leave()
    inspector.select([use])
    assert {"out_features", "repeat", "shared"} <= inspector.node_page.form.editors.keys()
    assert inspector.node_page.form.beside("out_features") is None


def exposed_page(inspector: Inspector) -> Inspector:
    inspector.select(["n2"])
    shown_menu(inspector, "out_features").actions()[0].button.click()
    use = inspector.session.path[0]
    inspector.session.do_whole("Set", lambda project: edits.set_field(project, use, "out_features", 7))
    inspector.select(())
    return inspector


def test_a_field_is_renamed_and_uses_keep_their_value(inspector: Inspector) -> None:
    page = exposed_page(inspector).block_page
    assert not page.hint.isVisible()
    line = page.names["out_features"]
    line.selectAll()
    QTest.keyClicks(line, "Hidden width")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert whole(inspector).blocks["block"].fields[0].name == "hidden_width"
    assert whole(inspector).graph.nodes[inspector.session.path[0]].fields["hidden_width"] == 7


def test_a_name_that_is_none_is_refused_and_put_back(inspector: Inspector) -> None:
    said: list[str] = []
    inspector.refused.connect(said.append)
    page = exposed_page(inspector).block_page
    before, line = steps(inspector), page.names["out_features"]
    line.selectAll()
    QTest.keyClicks(line, "9")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "begins with a letter" in said[0] and steps(inspector) == before
    assert page.names["out_features"].text() == "out_features"


def test_a_field_is_removed(inspector: Inspector) -> None:
    page = exposed_page(inspector).block_page
    QTest.mouseClick(page.removers["out_features"], LEFT)
    assert not whole(inspector).blocks["block"].fields and page.hint.isVisible()
    assert "out_features" not in whole(inspector).graph.nodes[inspector.session.path[0]].fields


@pytest.mark.parametrize("act", [lambda panel: panel.set_theme(DARK), lambda panel: panel.session.leave()])
def test_theme_and_going_outside_are_followed(inspector: Inspector, act: Callable[[Inspector], object]) -> None:
    exposed_page(inspector)
    act(inspector)
    inspector.grab()
    assert (inspector._stack.currentIndex() == BLOCK) == bool(inspector.session.path)
