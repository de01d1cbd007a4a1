"""Thousands of random gestures: each is one step or none, and the document always equals its model.

On a push some hundreds run; ``LAYERLOOM_GESTURES=5000`` runs as many as are wanted, ``LAYERLOOM_SEED`` other ones.
"""

from __future__ import annotations

import os
import random

import pytest
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.view import CanvasView
from designer.gui.theme import LIGHT
from designer.project.file import to_text
from designer.project.model import Project
from designer.workspace.library import save_to_library
from designer.workspace.session import Session
from tests.helpers.gestures import IN_HISTORY, act
from tests.helpers.hand import Hand
from tests.helpers.invariants import Model, analysable, shows, sound

COUNT = int(os.environ.get("LAYERLOOM_GESTURES", "250"))
FIRST = int(os.environ.get("LAYERLOOM_SEED", "0"))
pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 2))
def test_random_gestures_leave_the_document_equal_to_its_model(qtbot, seed, tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    _keep_a_block()
    session = Session()
    view = CanvasView(session, LIGHT)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    hand, model = Hand(view, random.Random(seed)), Model(session.project)
    for number in range(COUNT):
        label = act(hand)
        model.follow(session, f"{label} (gesture {number})", label in IN_HISTORY)
        shows(view)
        if number % 10 == 0:
            sound(session.project)
            analysable(session.project)
    assert model.made > COUNT / 10
    while session.history.can_undo:
        session.undo()
        shows(view)
    QApplication.processEvents()
    assert to_text(session.project) == model.texts[0]
    while session.history.can_redo:
        session.redo()
        shows(view)
    assert to_text(session.project) == model.texts[-1]


def _keep_a_block() -> None:
    from designer.layers.block_edits import with_ready_block
    from designer.layers.ready_blocks import READY_BLOCKS

    project, key = with_ready_block(Project(), next(iter(READY_BLOCKS)))
    save_to_library(project, key, "Kept")
