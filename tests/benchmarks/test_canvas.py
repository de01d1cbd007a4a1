"""The canvas beside a bare scene, and beside NodeGraphQt where that is installed, doing the same work in one run.

The bounds are ratios: of the figures wished for to those of the bare scene, measured on one machine, at 1,000 nodes.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.alone]
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
NODES = 1_000


def measured(canvas: str, nodes: int, home: Path) -> dict[str, float]:
    """The figures of one canvas, in a process of its own."""
    environment = {**os.environ, "LAYERLOOM_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.benchmarks.canvases.work", canvas, str(nodes)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(figures, dict)
    return figures


def best(canvases: list[tuple[str, int]], home: Path) -> list[dict[str, float]]:
    """The least of each figure of several rounds, the canvases taking turns, so that other work meets all alike."""
    rounds = [[measured(canvas, nodes, home) for canvas, nodes in canvases] for _ in range(ROUNDS)]
    return [
        {name: min(found[place][name] for found in rounds) for name in rounds[0][place]}
        for place in range(len(canvases))
    ]


def test_beside_a_bare_scene_and_at_twice_the_size(tmp_path: Path) -> None:
    bare, ours, twice = best([("bare", NODES), ("layerloom", NODES), ("layerloom", 2 * NODES)], tmp_path)
    said = f"bare {bare}\nours {ours}\ntwice {twice}"
    # better than the bare scene where all is seen, near it at 100 % and to the hand, with room for a busy machine
    assert ours["pan_all"] <= 30 / 36 * bare["pan_all"], said
    assert twice["pan_all"] <= 45 / 36 * bare["pan_all"], said
    assert ours["pan_near"] <= 2 * 20 / 19 * bare["pan_near"], said
    assert ours["drag_near"] <= 2 * 5 / 2.5 * bare["drag_near"], said
    assert ours["memory"] <= 150, said
    # with undo, link rules, checked fields and a file that outlives a crash
    assert ours["build"] <= BUILD * bare["build"], said
    assert ours["load"] <= LOAD * bare["load"], said
    assert ours["fit"] <= FIT * bare["fit"], said
    # costs grow with the size, not with its square
    for name in ("build", "load", "fit", "save"):
        assert twice[name] <= 3 * ours[name] + 50, f"{name}\n{said}"


# three times, twice and as long as the bare scene on a quiet machine
BUILD, LOAD, FIT = 6.0, 4.5, 3.0


@pytest.mark.skipif(importlib.util.find_spec("NodeGraphQt") is None, reason="pip install NodeGraphQt to compare")
def test_beside_nodegraphqt(tmp_path: Path) -> None:
    peer, ours = best([("nodegraphqt", NODES), ("layerloom", NODES)], tmp_path)
    said = f"NodeGraphQt {peer}\nours {ours}"
    # eleven times, a hundred times and twenty times quicker, with room for a busy machine
    for name in ("build", "fit", "load"):
        assert 8 * ours[name] <= peer[name], f"{name}\n{said}"
