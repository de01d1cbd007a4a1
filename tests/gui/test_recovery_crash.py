"""After a crash of the whole app the next start offers the work as it was and names the log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from designer.workspace.recovery import list_recoverable
from tests.helpers.small import small_project

CRASHING = """
import os, signal, sys, time
from PySide6.QtCore import QTimer
from designer.gui import app
from designer.project.edits import rename
from designer.workspace.places import recovery_folder
settle = app.settle
def settled(window, log, path):
    settle(window, log, path)
    def edit():
        if not window.editing:
            return QTimer.singleShot(30, edit)
        window.session.do("Rename", rename(window.session.project, "n2", "lost"))
        crash()
    def crash():
        if any(recovery_folder().glob("*.recovery")):
            os.kill(os.getpid(), signal.SIGSEGV)
        QTimer.singleShot(30, crash)
    edit()
app.settle = settled
sys.exit(app.main(sys.argv[1:]))
"""
OFFERED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from designer.gui import app
settle = app.settle
def settled(window, log, path):
    settle(window, log, path)
    def look():
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return QTimer.singleShot(30, look)
        print("\\n".join(label.text() for label in dialog.findChildren(QLabel)))
        dialog.recovered_button.click()
        print("name:", window.session.project.graph.nodes["n2"].name)
        window.documents.ask_to_leave = lambda: window.run.abandon
        QTimer.singleShot(0, window.close)
    look()
app.settle = settled
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_after_a_crash_the_next_start_offers_the_work_and_names_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard 27."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    path = small_project(tmp_path / "work")

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        root = Path(__file__).resolve().parents[2]
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=root)

    crashed = run(CRASHING, str(path))
    assert crashed.returncode < 0, crashed.stderr
    found = run(OFFERED)
    assert found.returncode == 0, found.stderr
    assert "“line” has unsaved work" in found.stdout
    assert "Layerloom ended unexpectedly the last time. Details: " in found.stdout
    log = Path(found.stdout.split("Details: ")[1].splitlines()[0])
    assert "Segmentation fault" in log.read_text()
    assert "name: lost" in found.stdout
    assert list_recoverable() == (), "the person has left knowingly"
