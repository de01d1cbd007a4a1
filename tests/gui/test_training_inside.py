"""A training in a thread of the window: seen as any other, with its memory, and a fault of it costs the run alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from designer.gui import app
from designer.training import steered
from designer.workspace.preferences import change_preferences
from tests.helpers.small import small_project
from tests.helpers.window import checked, click, keys, open_window, until


@pytest.fixture(autouse=True)
def inside() -> Iterator[None]:
    """Let trainings be done in a thread, as a preference has it."""
    app.import_heavy()
    change_preferences(train_inside=True)
    yield
    change_preferences(train_inside=False)


def test_what_it_holds_of_the_memory_is_shown_while_it_trains(tmp_path: Path) -> None:
    with open_window(small_project(tmp_path, epochs=1_000_000)) as window:
        checked(window)
        controls = window.build().training.controls
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.progress.memory > 0, 60, window.run.message)
        until(lambda: "\u00a0MB" in controls.status.text() or "\u00a0GB" in controls.status.text())
        click(controls.stop)
        until(lambda: window.run.state == "idle", 60)


def test_a_fault_in_it_leaves_the_window_alive_and_the_next_one_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_window(small_project(tmp_path, epochs=3)) as window:
        checked(window)
        controls = window.build().training.controls
        with monkeypatch.context() as patched:
            patched.setattr(steered, "train", lambda *arguments: 1 / 0)
            click(controls.start)
            until(lambda: window.run.broken, 60, "the fault was not told")
        assert "ZeroDivisionError" in controls.status.text() and window.isVisible()
        until(controls.start.isEnabled)
        click(controls.start)
        until(lambda: window.run.message.startswith("Finished"), 60, window.run.message)
