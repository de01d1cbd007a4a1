"""Hazard 1: kill -9 at random moments of a loop of saves loses nothing that was saved and leaves no temporary files.

20 kills on each push; LAYERLOOM_KILLS sets another number, 100 before a release.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from designer.project.atomic import TEMPORARY, remove_stale_temporaries
from designer.project.file import load_project

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("LAYERLOOM_KILLS", "20"))

SAVING = """
import sys
from dataclasses import replace
from designer.project.edits import duplicate
from designer.project.file import save_project
from tests.helpers.projects import sample

path, number = sys.argv[1], int(sys.argv[2])
project = sample()
for _ in range(5):
    project, _ = duplicate(project, list(project.graph.nodes))
while True:
    number += 1
    save_project(replace(project, extra={"number": number}), path)
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_nothing_saved_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "iris.loom"
    chance = random.Random(1)
    saved = 0
    for kill in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", SAVING, str(path), str(saved)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        saved = int(child.stdout.readline())
        time.sleep(chance.uniform(0, 0.05))
        child.kill()
        saved = int((child.stdout.read().split() or [saved])[-1])
        child.stdout.close()
        child.wait()
        project = load_project(path)
        number = project.extra["number"]
        assert number in (saved, saved + 1), f"kill {kill}: {number} of {saved}"
        assert len(project.graph.nodes) == 160
        saved = saved if number == saved else saved + 1
        remove_stale_temporaries(tmp_path)
        assert not [name for name in os.listdir(tmp_path) if TEMPORARY.fullmatch(name)]
    assert os.listdir(tmp_path) == ["iris.loom"]
