"""Hazard 2: kill -9 at random moments of an editing session loses nothing that was on the screen for a second.

8 kills on each push; LAYERLOOM_KILLS sets another number, 200 before a release.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from designer.project.atomic import TEMPORARY
from designer.project.edits import duplicate
from designer.project.file import load_project, save_project
from designer.project.model import Project
from designer.workspace.autosave import Autosave
from designer.workspace.places import recovery_folder
from designer.workspace.recovery import decline, list_recoverable, load_work, previous_save
from designer.workspace.session import Session
from tests.helpers.editing import digest
from tests.helpers.projects import sample

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("LAYERLOOM_KILLS", "8"))
LATEST = 1.0

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX"),
    pytest.mark.timeout(60 + 5 * KILLS),
]


def large() -> Project:
    project = sample()
    for _ in range(2):
        project, _ = duplicate(project, list(project.graph.nodes))
    return project


def killed(path: Path, log: Path, seed: int, seconds: float) -> float:
    """Let somebody edit for ``seconds`` and kill them; when that was."""
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.helpers.editing", str(path), str(log), str(seed)]
    child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not log.exists() or not log.stat().st_size:
        assert child.poll() is None, child.communicate()[1]
        time.sleep(0.002)
    time.sleep(seconds)
    assert child.poll() is None, child.communicate()[1]
    moment = time.monotonic()
    child.kill()
    child.communicate()
    return moment


def states(log: Path) -> list[tuple[float, str]]:
    found = []
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        found.append((entry["time"], entry["state"]))
    return found


def may_be(seen: list[tuple[float, str]], moment: float) -> list[str]:
    """The states that a kill at ``moment`` may go back to: what was shown during the last second."""
    shown_until = [after for after, _ in seen[1:]] + [moment]
    return [state for (_, state), until in zip(seen, shown_until, strict=True) if until > moment - LATEST]


def test_nothing_older_than_a_second_is_missing(tmp_path: Path) -> None:
    path, log = tmp_path / "work" / "p.loom", tmp_path / "log"
    path.parent.mkdir()
    save_project(large(), path)
    chance = random.Random(1)
    refound, older = 0, 0
    for kill in range(KILLS):
        moment = killed(path, log, kill + 1, chance.uniform(0, 2.0))
        seen = states(log)
        saved = load_project(path)
        works = list_recoverable()
        assert len(works) <= 1, f"kill {kill}"
        found = load_work(works[0]) if works else saved
        allowed = may_be(seen, moment)
        if digest(found) not in allowed:
            # killed within an edit that was not written down yet: it is newer than all that was
            assert digest(found) not in [state for _, state in seen], f"kill {kill}: went back too far"
        refound += bool(works)
        older += len(allowed) < len(seen)
        Session.open(path).close()
        assert sorted(set(os.listdir(path.parent)) - {"p.loom.bak"}) == ["p.loom"], f"kill {kill}"
        if (previous := previous_save(path)) is not None:
            load_project(previous)
        left = os.listdir(recovery_folder()) if recovery_folder().exists() else []
        assert not [name for name in left if TEMPORARY.fullmatch(name) or name.endswith(".damaged")]
    assert refound >= KILLS // 4, "the kills hit unsaved work"
    assert older >= KILLS // 4, "the kills hit sessions older than a second"


def test_declined_work_outlives_further_kills(tmp_path: Path) -> None:
    path, log = tmp_path / "p.loom", tmp_path / "log"
    save_project(large(), path)
    session = Session(large())
    autosave = Autosave(session)
    autosave.close(keep=True)
    (work,) = list_recoverable()
    decline(work)
    (declined,) = list_recoverable()
    content = declined.file.read_bytes()
    for seed in range(2):
        killed(path, log, seed + 1, 0.6)
    assert declined.file.read_bytes() == content
    assert declined in list_recoverable()
