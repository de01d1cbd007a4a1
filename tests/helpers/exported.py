"""Exports scripts and runs them in a process of its own where Layerloom cannot be imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
import torch
from ruff import find_ruff_bin
from safetensors.torch import load_file

from designer.exporting.export import export
from designer.project.model import Project
from designer.training.run import train

# makes a project whose data it writes into the folder
Case: TypeAlias = Callable[[Path], Project]

# Refuses every import of the product and of Qt, and says at the end that none slipped through.
GUARD = """
import json, runpy, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("designer", "PySide6", "safetensors", "msgspec"):
            raise ImportError(f"{name} is not installed here")

sys.meta_path.insert(0, Refuse())
for script, *arguments in json.load(sys.stdin):
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")
assert not [name for name in sys.modules if name.split(".")[0] in ("designer", "PySide6")]
"""


def train_and_export(project: Project, folder: Path) -> tuple[Path, Path]:
    """Trains in this process as the app does; the run, and the script exported from it beside the data's folder."""
    run = folder / "p.runs" / "2026-11-21-001"
    run.mkdir(parents=True)
    project = replace(project, training=replace(project.training, device="cpu"))
    for _ in train(project, folder, run):
        pass
    script = folder / "elsewhere" / "train.py"
    script.parent.mkdir()
    export(run, "script", script)
    return run, script


def by_name(cases: Sequence[Case]) -> dict[str, Case]:
    """The cases by the names of their functions."""
    return {case.__name__: case for case in cases}


def train_and_export_each(
    cases: Mapping[str, Case], factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Path, str]]:
    """Run, script and printed lines of each case; all scripts ran in one process of their own."""
    found = {}
    for name, case in cases.items():
        folder = factory.mktemp(name.replace(" ", "_"))
        found[name] = train_and_export(case(folder), folder)
    printed = run_each([script for _, script in found.values()], factory.mktemp("empty"))
    return {name: (*found[name], text) for name, text in zip(found, printed, strict=True)}


def run_each(scripts: Sequence[Path], folder: Path) -> list[str]:
    """Runs the scripts in one process, each with its ``weights.pt`` beside it; what each printed from its rows on."""
    calls = [[str(script), "--out", str(script.with_name("weights.pt"))] for script in scripts]
    return run_scripts(calls, folder).split(" samples to train, ")[1:]


def run_scripts(calls: Sequence[Sequence[str]], folder: Path) -> str:
    """Runs each script with its arguments in one fresh process in ``folder``; what they printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment.update(OMP_NUM_THREADS="1", PYTHONWARNINGS="error")
    command = [sys.executable, "-I", "-c", GUARD]
    done = subprocess.run(
        command,
        input=json.dumps([list(call) for call in calls]),
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_same_weights(run: Path, weights: Path) -> None:
    """The state dict of a script equals the weights of a run bit for bit."""
    mine = load_file(run / "weights.safetensors")
    theirs = torch.load(weights, weights_only=True)
    assert list(theirs) and set(mine) == set(theirs)
    for name, tensor in mine.items():
        assert tensor.dtype == theirs[name].dtype
        assert torch.equal(tensor, theirs[name]), name


def assert_tested_alike(run: Path, printed: str) -> None:
    """A script printed the figures of the test part that the run has."""
    test = json.loads((run / "metrics.json").read_text())["test"]
    figures = " ".join(f"{name} {value:.4g}" for name, value in test.items())
    assert f"test  {figures}\n" in printed


def assert_formatted(paths: Sequence[Path]) -> None:
    """The files are as ruff would write them, and ruff finds nothing wrong in them."""
    names = [str(path) for path in paths]
    for command in (
        ["format", "--diff", "--isolated", "--line-length", "120"],
        ["check", "--isolated", "--line-length", "120"],
    ):
        done = subprocess.run([find_ruff_bin(), *command, *names], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
