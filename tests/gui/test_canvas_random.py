"""Random gestures: whatever is done, the canvas shows the project, undo goes back to the start and redo to the end."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from designer.gui.canvas.view import CanvasView
from designer.gui.theme import LIGHT
from designer.layers.catalog import LAYERS
from designer.project.model import Project
from designer.workspace.session import Session
from tests.helpers.canvas import click, drag, drop

NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Right, Qt.Key.Key_F, Qt.Key.Key_Escape, Qt.Key.Key_Home)
CONTROL_KEYS = (Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_D, Qt.Key.Key_C, Qt.Key.Key_X, Qt.Key.Key_A)


def act(view: CanvasView, chance: random.Random) -> None:
    spot = QPoint(chance.randrange(20, 780), chance.randrange(20, 580))
    other = QPoint(chance.randrange(20, 780), chance.randrange(20, 580))
    ports = [(item, place) for item in view.canvas.nodes.values() for place in (*item.inputs, *item.outputs)]
    kind = chance.random()
    if len(view.canvas.nodes) > 40:
        view.select_all()
        QTest.keyClick(view, Qt.Key.Key_Delete)
    elif kind < 0.25:
        drop(view, chance.choice(list(LAYERS)), spot)
    elif kind < 0.55 and len(ports) > 1:
        (item, place), (item2, place2) = chance.choice(ports), chance.choice(ports)
        drag(view, view.mapFromScene(item.pos() + place.at), view.mapFromScene(item2.pos() + place2.at))
    elif kind < 0.7 and view.canvas.nodes:
        item = chance.choice(list(view.canvas.nodes.values()))
        drag(view, view.mapFromScene(item.rect().center()), other, release=chance.random() < 0.9)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=other)
    elif kind < 0.73:
        drag(view, spot, other, modifiers=chance.choice((NONE, CTRL, SHIFT)))
    elif kind < 0.77 and view.canvas.links:
        link = chance.choice(list(view.canvas.links.values()))
        start = view.mapFromScene(link.trace.at(link.trace.length * chance.random()))
        drag(view, start, other, release=chance.random() < 0.9)
        QTest.keyClick(view, chance.choice((Qt.Key.Key_Escape, Qt.Key.Key_Delete)))
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=other)
    elif kind < 0.79:
        view.select_all()
        QTest.keyClick(view, Qt.Key.Key_J)
    elif kind < 0.8:
        click(view, spot)
    elif kind < 0.9:
        QTest.keyClick(view, chance.choice(CONTROL_KEYS), CTRL)
    elif kind < 0.92:
        view.tidy_up()
    else:
        QTest.keyClick(view, chance.choice(KEYS))


def shows(view: CanvasView, project: Project) -> None:
    assert set(view.canvas.nodes) == set(project.graph.nodes)
    assert set(view.canvas.links) == {link.ends for link in project.graph.links}
    for key, item in view.canvas.nodes.items():
        assert item.node == project.graph.nodes[key] and (item.x(), item.y()) == (item.node.x, item.node.y)
    for place in project.graph.links:
        item = view.canvas.links[place.ends]
        assert item.link == place and [(at.x(), at.y()) for at in item.bends] == list(place.bends)
        assert item.opacity() == 1.0
    for link in view.canvas.links.values():
        assert link.line.p1() == link.source.anchor(link.link.source_port, True)
        assert link.line.p2() == link.target.anchor(link.link.target_port, False)
        assert link.source.place(link.link.source_port, True) and link.target.place(link.link.target_port, False)


@pytest.mark.parametrize("seed", range(3))
def test_random_gestures(qtbot, seed):
    view = CanvasView(Session(), LIGHT)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    chance = random.Random(seed)
    for _ in range(250):
        act(view, chance)
        shows(view, view.session.project)
    steps = view.session.history.steps
    assert len(steps) > 30
    while view.session.history.can_undo:
        view.session.undo()
        shows(view, view.session.project)
    assert not view.canvas.nodes and not view.canvas.links
    while view.session.history.can_redo:
        view.session.redo()
    assert view.session.project is steps[-1].project
    shows(view, view.session.project)
