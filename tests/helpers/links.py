"""Acting on links as a person does, and what is expected of each gesture: one step, and none after Escape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import new_node
from designer.project.bends import set_bends
from designer.project.model import Graph, Node, Project
from tests.helpers.canvas import LEFT, chain, drag, painted, shown

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
FIRST = ("n1", "out", "n2", "x")


def steps(view: CanvasView) -> int:
    """How many edits were made."""
    return len(view.session.history.steps) - 1


def ends(view: CanvasView) -> set[tuple[str, str, str, str]]:
    """The links of the project, by their ends."""
    return {link.ends for link in view.session.project.graph.links}


def node(type_key: str, key: str, x: float, y: float) -> Node:
    """A node with that id."""
    return replace(new_node(Graph(), type_key, x, y), id=key, name=key)


def along(view: CanvasView, share: float, key: tuple[str, str, str, str] = FIRST) -> QPoint:
    """A point of a link in the view, at a share of its length."""
    trace = view.canvas.links[key].trace
    return view.mapFromScene(trace.at(trace.length * share))


def bends(view: CanvasView, key: tuple[str, str, str, str] = FIRST) -> tuple[tuple[float, float], ...]:
    """The bends of a link of the project."""
    return next(link.bends for link in view.session.project.graph.links if link.ends == key)


def two_apart(gap: float = 420.0) -> Project:
    """Two linked layers with room between them."""
    return chain("linear", "relu", gap=gap)


def bent_view(qtbot: QtBot, points: tuple[tuple[float, float], ...] = ((300.0, 160.0),)) -> CanvasView:
    """Two linked layers, the link bent."""
    project = two_apart()
    return shown(qtbot, set_bends(project, project.graph.links[0], points))


def untouched(view: CanvasView, before: bytes, act: Callable[[], None]) -> None:
    """``act`` leaves what the canvas shows as it was."""
    project = view.session.project
    act()
    QTest.mouseMove(view.viewport(), QPoint(5, 5))
    assert view.session.project is project and steps(view) == 0
    assert all(item.opacity() == 1.0 for item in view.canvas.links.values())
    assert not view.canvas.draft.isVisible() and not view.canvas.label.isVisible()
    assert painted(view) == before


def held(
    view: CanvasView,
    start: QPoint,
    end: QPoint,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> Callable[[], None]:
    """Drag without letting go, press Escape, and only then let go."""

    def act() -> None:
        drag(view, start, end, modifiers=modifiers, release=False)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        QTest.mouseRelease(view.viewport(), LEFT, pos=end)

    return act
