"""What measures time is marked, so that ``./go test`` lets nothing run beside it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.helpers.sources import ROOT

CLOCKS = {"perf_counter", "process_time", "thread_time"}
MARK = "pytest.mark.alone"


def test_what_looks_at_a_precise_clock_runs_alone():
    unmarked = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if not any(clock in text for clock in CLOCKS):
            continue
        tree = ast.parse(text)
        whole = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign)]
        if any(line.startswith("pytestmark") and MARK in line for line in whole):
            continue
        unmarked += [
            f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            if any(isinstance(part, ast.Attribute) and part.attr in CLOCKS for part in ast.walk(node))
            if MARK not in map(ast.unparse, node.decorator_list)
        ]
    assert not unmarked, "these measure time, so @pytest.mark.alone belongs above them:\n" + "\n".join(unmarked)


@pytest.mark.alone
def test_what_measures_time_waits_for_the_disk():
    told = subprocess.run([sys.executable, "-c", "import os; print(os.fsync.__name__)"], capture_output=True, text=True)
    assert (os.fsync.__name__, told.stdout) == ("fsync", "fsync\n")
