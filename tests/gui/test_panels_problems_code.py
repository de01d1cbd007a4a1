"""Problems with their fixes, and the code with its way to the layers and back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest

from designer.compiler.analyse import analyse
from designer.compiler.problems import NodePlace
from designer.gui.panels.code import SCRIPT, CodePanel
from designer.gui.panels.problems import ProblemsPanel
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.project import edits
from designer.workspace.session import Session
from tests.helpers.blocks import resnet18
from tests.helpers.graphs import chain
from tests.helpers.small import small_project


def broken() -> Session:
    """A Linear after an image, which wants a Flatten."""
    return Session(chain("image_input", ("linear", {"out_features": 10}), "output"))


@pytest.fixture
def tasks(qapp):
    made = Tasks()
    yield made
    made.close()


def shown(panel, qtbot, width: int = 900, height: int = 300):
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_a_fix_is_one_click_and_can_be_undone(qtbot) -> None:
    session = broken()
    panel = shown(ProblemsPanel(session, LIGHT), qtbot)
    panel.set_analysis(analyse(session.project))
    row = next(row for row in panel.rows if row.button is not None)
    before = session.project
    QTest.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert any(node.type == "flatten" for node in session.project.graph.nodes.values())
    panel.set_analysis(analyse(session.project))
    session.undo()
    assert session.project is before


def test_a_click_on_a_problem_shows_its_layer(qtbot) -> None:
    session = broken()
    panel = shown(ProblemsPanel(session, LIGHT), qtbot)
    panel.set_analysis(analyse(session.project))
    row = next(row for row in panel.rows if isinstance(row.problem.place, NodePlace))
    with qtbot.waitSignal(panel.place_chosen) as chosen:
        QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert chosen.args[0].node in session.project.graph.nodes
    with qtbot.waitSignal(panel.place_chosen):
        QTest.keyClick(row, Qt.Key.Key_Return)


def test_without_problems_the_panel_says_so_and_rows_stay_while_nothing_changes(qtbot) -> None:
    session = broken()
    panel = shown(ProblemsPanel(session, LIGHT), qtbot)
    panel.set_analysis(analyse(session.project))
    rows = list(panel.rows)
    panel.set_analysis(analyse(edits.move(session.project, {"n1": (5.0, 5.0)})))
    assert panel.rows == rows
    panel.set_theme(DARK)
    whole = chain("table_input", ("linear", {"out_features": 1}), "output")
    from dataclasses import replace

    panel.set_analysis(replace(analyse(whole), problems=()))
    assert panel._stack.currentIndex() == 0


def test_lines_lead_to_layers_and_layers_to_lines(qtbot, tasks) -> None:
    session = Session(chain("table_input", ("linear", {"out_features": 8}), "relu", "linear", "output"))
    panel = shown(CodePanel(session, tasks, LIGHT, lambda: None), qtbot)
    analysis = analyse(session.project)
    panel.set_analysis(analysis)
    view = panel.views[0]
    assert "class Network" in view.toPlainText()
    panel.select(("n2",))
    marked = {mark.cursor.blockNumber() + 1 for mark in view.extraSelections()}
    lines = view.toPlainText().split("\n")
    assert marked
    assert all("linear" in lines[line - 1] for line in marked)
    place = next(number for number, line in enumerate(lines) if "nn.ReLU()" in line)
    at = view.cursorRect(QTextCursor(view.document().findBlockByNumber(place))).center() + QPoint(30, 0)
    with qtbot.waitSignal(panel.node_chosen) as chosen:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == ["n3"]
    QTest.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == analysis.source.text


def test_lines_of_a_block_are_marked_where_one_looks_into_it(qtbot, tasks) -> None:
    project = resnet18(10, 32)
    panel = shown(CodePanel(Session(project), tasks, LIGHT, lambda: None), qtbot)
    analysis = analyse(project)
    panel.set_analysis(analysis)
    view = panel.views[0]

    def marked() -> list[str]:
        return [mark.cursor.block().text().strip() for mark in view.extraSelections()]

    panel.select(["n6"])
    assert marked()[0].startswith("self.residual1 = nn.Sequential(")
    panel.look_into("residual")
    assert marked() == []
    panel.select(["n4"])
    assert marked() == [
        "self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)",
        "x = self.conv2(x)",
    ]
    line = next(number for number, text in enumerate(analysis.source.text.split("\n")) if "self.linear1 =" in text)
    view.verticalScrollBar().setValue(line)
    at = view.cursorRect(QTextCursor(view.document().findBlockByNumber(line))).center() + QPoint(30, 0)
    with qtbot.waitSignal(panel.place_chosen) as chosen:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == ["", "n14"]


def test_the_whole_script_is_written_when_somebody_looks(qtbot, tasks, tmp_path) -> None:
    session = Session.open(small_project(tmp_path))
    asked = []
    panel = shown(CodePanel(session, tasks, LIGHT, lambda: asked.append(True)), qtbot)
    panel.set_analysis(analyse(session.project))
    QTest.mouseClick(panel.switches[SCRIPT], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "def main" in panel.views[SCRIPT].toPlainText(), timeout=20_000)
    QTest.mouseClick(panel.export_button, Qt.MouseButton.LeftButton)
    assert asked == [True]
    session.close()


def test_with_nothing_to_show_the_panel_says_what_it_is_for(qtbot, tasks) -> None:
    session = broken()
    panel = shown(CodePanel(session, tasks, DARK, lambda: None), qtbot)
    panel.set_analysis(analyse(session.project))
    assert panel._stack.currentIndex() == 2
    assert not panel.copy_button.isEnabled()


def test_colours_of_strings_over_several_lines(qtbot, tasks) -> None:
    panel = shown(CodePanel(Session(), tasks, LIGHT, lambda: None), qtbot)
    view = panel.views[0]
    view.show_text('"""One\ntwo"""\nx = 1  # said\ny = "if"\n')

    def colours(line: int) -> set[str]:
        block = view.document().findBlockByNumber(line)
        return {form.format.foreground().color().name().upper() for form in block.layout().formats()}

    qtbot.waitUntil(lambda: bool(colours(3)))
    assert colours(0) == colours(1) == {LIGHT.code_string}
    assert colours(2) == {LIGHT.code_number, LIGHT.code_comment}
    assert colours(3) == {LIGHT.code_string}
