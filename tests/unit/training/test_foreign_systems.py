"""What the trainer and what it needs do so that they work on Windows and macOS too, as far as it shows elsewhere."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from designer.project import atomic
from designer.runtime import room
from designer.runtime.images import decode_image
from designer.training import trial
from designer.training.picture_cache import decode_cached
from tests.helpers.pictures import write_classes

ROOT = Path(__file__).parents[3]
LISTENING = """
import json, os, sys, threading
from designer.training import trainer

orders = trainer.Orders(trainer.protected_input(), lambda line: None, alone=False)
orders.start()
same = os.path.sameopenfile(0, os.open(os.devnull, os.O_RDONLY))
print(json.dumps({"empty": same, "read": sys.stdin.read()}), flush=True)
job = orders.next_job()
print(json.dumps({"run": job.run.name}), flush=True)
os._exit(0)
"""
READ = partial(decode_image, height=16, width=16, colour=False, resize="stretch", white=65535)


def test_while_orders_are_waited_for_standard_input_is_nobody_s() -> None:
    """On Windows NumPy would wait for it as it is loaded."""
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENING], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    with process:
        # it is told of nothing before it has looked
        assert json.loads(process.stdout.readline()) == {"empty": True, "read": ""}
        process.stdin.write(json.dumps({"do": "train", "project": "a/project.loom", "run": "päth"}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"run": "päth"}


def test_where_no_limit_can_be_set_layers_are_tried_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is on macOS."""
    resource = pytest.importorskip("resource")
    asked = []

    def refuse(which: int, limits: tuple[int, int]) -> None:
        asked.append(which)
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    trial._limit_memory()
    assert asked == [resource.RLIMIT_AS]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="nobody tells here what is mapped")
def test_remembered_pictures_are_not_mapped_as_their_file_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows would refuse that, and all pictures would be decoded anew each time."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    paths = sorted(write_classes(tmp_path / "pictures").rglob("*.png"))
    decode_cached(paths[1:], (1, 16, 16), READ)
    [file] = (tmp_path / "home" / "pictures").glob("*.pictures")
    real, mapped = os.replace, []

    def replace(old: Any, new: Any) -> None:
        mapped.append(file.name in Path("/proc/self/maps").read_text(encoding="utf-8"))
        real(old, new)

    monkeypatch.setattr(atomic.os, "replace", replace)
    pixels, peaks, _ = decode_cached(paths, (1, 16, 16), READ)
    assert mapped == [False]
    assert len(pixels) == len(paths) and (peaks == 0).all()


class Windows:
    """Stands for the part of Windows that tells of memory."""

    def __init__(self, size: int = 64) -> None:
        self.kernel32 = self
        self._size = size

    def GlobalMemoryStatusEx(self, status: Any) -> bool:
        figures = status._obj
        if figures[0] != self._size or ctypes.sizeof(figures) != self._size:
            return False
        # memory, the file that it is swapped to, and addresses: each whole, and what is left
        figures[0] |= 40 << 32
        figures[1:8] = [16 << 30, 6 << 30, 20 << 30, 5 << 30, 1 << 47, 1 << 46, 0]
        return True


def test_the_memory_that_is_left_is_known_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "Path", lambda *_: tmp_path / "there is no list of it")
    file = tmp_path / "large.csv"
    file.write_bytes(b"x")
    assert room.free_memory() == sys.maxsize
    # where it is not known, no figure is told
    assert str(room.no_room(file)).endswith("0.0 GB on disk; read fewer columns or rows")
    monkeypatch.setattr(ctypes, "windll", Windows(), raising=False)
    assert room.free_memory() == 5 << 30
    assert "and 5.4 GB of memory are free" in str(room.no_room(file))
    monkeypatch.setattr(ctypes, "windll", Windows(size=1), raising=False)
    assert room.free_memory() == sys.maxsize
