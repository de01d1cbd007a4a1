"""The canvas beside a bare scene, and beside NodeGraphQt where that is installed, doing the same work in one run.

The bounds are ratios: of the figures wished for to those of the bare scene, measured on one machine, at 1,000 nodes.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.rounds import rounds

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


Figures = dict[str, float]


def best(canvases: list[tuple[str, int]], home: Path, slow: Callable[..., list[str]]) -> list[Figures]:
    """The least of each figure of some rounds, the canvases taking turns, so that other work meets all alike."""
    found: list[list[Figures]] = []

    def least() -> list[Figures]:
        return [{name: min(figures[name] for figures in each) for name in each[0]} for each in zip(*found, strict=True)]

    for _ in rounds(ROUNDS, lambda: not slow(*least())):
        found.append([measured(canvas, nodes, home) for canvas, nodes in canvases])
    return least()


def too_slow(bare: Figures, ours: Figures, twice: Figures) -> list[str]:
    """What takes longer than it may."""
    bounds = {
        # better than the bare scene where all is seen, near it at 100 % and to the hand, with room for a busy machine
        "pan_all": ours["pan_all"] <= 30 / 36 * bare["pan_all"],
        "pan_all of twice": twice["pan_all"] <= 45 / 36 * bare["pan_all"],
        "pan_near": ours["pan_near"] <= 2 * 20 / 19 * bare["pan_near"],
        "drag_near": ours["drag_near"] <= 2 * 5 / 2.5 * bare["drag_near"],
        "memory": ours["memory"] <= 150,
        # with undo, link rules, checked fields and a file that outlives a crash
        "build": ours["build"] <= BUILD * bare["build"],
        "load": ours["load"] <= LOAD * bare["load"],
        "fit": ours["fit"] <= FIT * bare["fit"],
    }
    # costs grow with the size, not with its square
    for name in ("build", "load", "fit", "save"):
        bounds[f"{name} of twice"] = twice[name] <= 3 * ours[name] + 50
    return [name for name, met in bounds.items() if not met]


def test_beside_a_bare_scene_and_at_twice_the_size(tmp_path: Path) -> None:
    canvases = [("bare", NODES), ("layerloom", NODES), ("layerloom", 2 * NODES)]
    bare, ours, twice = best(canvases, tmp_path, too_slow)
    assert not too_slow(bare, ours, twice), f"bare {bare}\nours {ours}\ntwice {twice}"


# three times, twice and as long as the bare scene on a quiet machine
BUILD, LOAD, FIT = 6.0, 4.5, 3.0


@pytest.mark.skipif(importlib.util.find_spec("NodeGraphQt") is None, reason="pip install NodeGraphQt to compare")
def test_beside_nodegraphqt(tmp_path: Path) -> None:
    def slow(peer: Figures, ours: Figures) -> list[str]:
        # eleven times, a hundred times and twenty times quicker, with room for a busy machine
        return [name for name in ("build", "fit", "load") if 8 * ours[name] > peer[name]]

    peer, ours = best([("nodegraphqt", NODES), ("layerloom", NODES)], tmp_path, slow)
    assert not slow(peer, ours), f"NodeGraphQt {peer}\nours {ours}"
