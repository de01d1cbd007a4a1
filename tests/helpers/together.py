"""Several processes that train one model, started by torchrun on this computer."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from torch import Tensor

ROOT = Path(__file__).parents[2]
# less than that of pytest, which could not say what went wrong
PATIENCE = 240.0


def torchrun(processes: int, *words: object, restarts: int = 0) -> list[str]:
    """The command that starts so many processes, each with these words."""
    base = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    return [*base, f"--max-restarts={restarts}", *map(str, words)]


def designer(*words: object) -> tuple[object, ...]:
    """The words after which processes run a command of the product; torchrun looks at no later ones."""
    return ("-m", "--", "designer", *words)


def done(command: Sequence[str], status: int = 0, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, which is this one."""
    found = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=PATIENCE)
    assert found.returncode == status, found.stderr
    return found


def started_together(calls: Sequence[Sequence[object]], folder: Path, count: int = 2) -> subprocess.Popen[str]:
    """So many processes that make the calls, one after the other: see ``tests.helpers.several``."""
    (folder / "calls.json").write_text(json.dumps([[str(word) for word in words] for words in calls]))
    files = (str(folder / "calls.json"), str(folder / "answers.json"))
    command = [sys.executable, "-m", "tests.helpers.several", str(count), *files]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def answers_of(started: subprocess.Popen[str], folder: Path) -> list[dict[str, Any]]:
    """What the first process said to each call: ``status``, ``stdout``, ``stderr``; the others say nothing."""
    _, errors = started.communicate(timeout=PATIENCE)
    assert started.returncode == 0, errors
    assert errors == ""
    found: list[dict[str, Any]] = json.loads((folder / "answers.json").read_text())
    return found


def process_at(place: int) -> psutil.Process:
    """The process that torchrun has given this place; a fork of the warm process says so by its name."""
    for child in psutil.Process().children(recursive=True):
        # others may end meanwhile
        with suppress(psutil.NoSuchProcess):
            if child.name() == f"rank {place}" or child.environ().get("RANK") == str(place):
                return child
    raise AssertionError(f"no process {place}")


def wait_for(path: Path, launched: subprocess.Popen[str], lines: int = 0) -> None:
    """Wait until the training has written a file, with so many lines."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists() or (lines and len(path.read_text().splitlines()) < lines):
        assert launched.poll() is None, launched.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def assert_same_curve(
    one: Path, other: Path, within: float = 1e-5, parts: Sequence[str] = ("train", "validation")
) -> None:
    """The figures of two runs are the same in each epoch, to this share of them or of 1."""
    first, second = _figures(one, parts), _figures(other, parts)
    assert len(first) == len(second) > 0
    for before, after in zip(first, second, strict=True):
        assert after == pytest.approx(before, rel=within, abs=within)


def _figures(run: Path, parts: Sequence[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    return [{f"{part} {name}": value for part in parts for name, value in line[part].items()} for line in lines]


def assert_near(one: dict[str, Tensor], other: dict[str, Tensor], within: float = 1e-5) -> None:
    """Two state dicts hold the same numbers, to this share of them or of 1."""
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert other[name].double().numpy() == pytest.approx(tensor.double().numpy(), rel=within, abs=within), name
