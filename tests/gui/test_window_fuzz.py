"""Random gestures in the whole window: canvas, outline, history, inspector and palette stay in step with the project.

``LAYERLOOM_WINDOW_GESTURES`` says how many, ``LAYERLOOM_SEED`` which.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.helpers import gestures_window as panels
from tests.helpers.gestures import GESTURES, IN_HISTORY, act
from tests.helpers.hand import Hand
from tests.helpers.invariants import Model, in_step, shows, sound
from tests.helpers.window import checked, open_window

COUNT = int(os.environ.get("LAYERLOOM_WINDOW_GESTURES", "100"))
FIRST = int(os.environ.get("LAYERLOOM_SEED", "0"))
AROUND = (
    (panels.show_panel, 2),
    (panels.use_outline, 10),
    (panels.use_history, 5),
    (panels.set_field, 24),
    (panels.use_palette, 6),
    (panels.use_menu, 12),
    (panels.click_problem, 4),
    (panels.choose_theme, 1),
    (panels.wait_for_check, 8),
    (panels.resize, 1),
)
pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 1))
def test_random_gestures_in_the_window_leave_all_panels_in_step(qtbot, seed, tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    with open_window() as window:
        window.documents.new_empty()
        bench = window.workbench
        assert bench is not None
        for name in ("outline", "history"):
            bench.docks[name].show()
        hand, model = Hand(bench.canvas, random.Random(seed), bench), Model(window.session.project)
        # the canvas's own analyses would come between those of the window
        gestures = (*(one for one in GESTURES if one[0].__name__ not in ("analyse", "mend")), *AROUND)
        for number in range(COUNT):
            label = act(hand, gestures)
            travels = label in (*IN_HISTORY, "use_history")
            model.follow(window.session, f"{label} (gesture {number})", travels)
            shows(bench.canvas)
            in_step(bench)
            if number % 10 == 0:
                sound(window.session.project)
        checked(window)
        # nothing is asked about at the end
        window.session._saved = window.session.project
