"""Thousands of random gestures: each is one step or none, and the document always equals its model.

On a push some hundreds run; ``LAYERLOOM_GESTURES=5000`` runs as many as are wanted.
"""

from __future__ import annotations

import os
import random
from graphlib import TopologicalSorter

import pytest
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.view import CanvasView
from designer.gui.theme import LIGHT
from designer.project.file import from_text, to_text
from designer.project.history import MOST_STEPS
from designer.project.model import Project
from designer.workspace.session import Session
from tests.helpers.gestures import act, break_off_dialogs

COUNT = int(os.environ.get("LAYERLOOM_GESTURES", "400"))


class Model:
    """What the history should hold, kept apart from it as text: a list of projects and where one stands in it."""

    def __init__(self, project: Project) -> None:
        self.texts = [to_text(project)]
        self.index = 0

    def follow(self, session: Session, label: str) -> None:
        """Check that one gesture was one step at most, and take note of it."""
        history = session.history
        text = to_text(session.project)
        redone = len(history.steps) == len(self.texts) and text in self.texts[self.index + 1 : self.index + 2]
        if self.index == MOST_STEPS == history.index and text != self.texts[-1]:
            # the oldest step made room for the newest
            self.texts = [*self.texts[1:], text]
        elif history.index == self.index + 1 and not redone:
            self.texts = [*self.texts[: self.index + 1], text]
        elif history.index == self.index and text != self.texts[self.index]:
            assert history.steps[history.index].merge, f"{label} changed the project without a step"
            self.texts = [*self.texts[: self.index], text]
        elif label != "undo_or_redo":
            assert abs(history.index - self.index) <= 1, f"{label} made {history.index - self.index} steps"
        self.index = history.index
        assert len(self.texts) == len(history.steps), label
        assert text == self.texts[self.index], f"after {label} the project is not what it was at this step"


def shows(view: CanvasView) -> None:
    """The items on the canvas are those of the graph that is looked at."""
    graph = view.session.project.graph
    assert set(view.canvas.nodes) == set(graph.nodes)
    assert set(view.canvas.links) == {link.ends for link in graph.links}
    for key, item in view.canvas.nodes.items():
        assert item.node == graph.nodes[key]
        assert (item.x(), item.y()) == (item.node.x, item.node.y)


def sound(project: Project) -> None:
    """What every project holds to: it can be saved and opened, one link an input, no circles, no name twice."""
    assert from_text(to_text(project)) == project
    for graph in (project.graph, *(block.graph for block in project.blocks.values())):
        ends = [(link.target, link.target_port) for link in graph.links]
        assert len(ends) == len(set(ends))
        names = [node.name for node in graph.nodes.values()]
        assert len(names) == len(set(names))
        feeders = {key: {link.source for link in graph.links if link.target == key} for key in graph.nodes}
        TopologicalSorter(feeders).prepare()


@pytest.mark.parametrize("seed", range(2))
def test_random_gestures_leave_the_document_equal_to_its_model(qtbot, seed):
    session = Session()
    view = CanvasView(session, LIGHT)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    break_off_dialogs(view)
    chance, model = random.Random(seed), Model(session.project)
    for number in range(COUNT):
        label = act(view, chance)
        model.follow(session, f"{label} (gesture {number})" if label != "undo_or_redo" else label)
        shows(view)
        if number % 10 == 0:
            sound(session.project)
    assert len(session.history.steps) > COUNT / 20
    while session.history.can_undo:
        session.undo()
    QApplication.processEvents()
    assert to_text(session.project) == model.texts[0]
    shows(view)
    while session.history.can_redo:
        session.redo()
    assert to_text(session.project) == model.texts[-1]
    shows(view)
