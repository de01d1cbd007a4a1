"""Several processes that meet without torchrun train one model too, and say it where they cannot meet."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.runtime import distributed
from designer.workspace.runs import is_finished, list_runs
from tests.helpers.small import small_project

ROOT = Path(__file__).parents[3]
MOST_SECONDS = 120


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_processes_started_one_by_one_train_together(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    # what PyTorch itself takes where it has no libuv, as on Windows
    shared = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "USE_LIBUV": "0"}
    shared["MASTER_PORT"] = str(free_port())
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "designer", "train", str(path), "--epochs", "2", "--json"],
            env={**os.environ, **shared, "RANK": str(place), "LOCAL_RANK": str(place)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for place in range(2)
    ]
    try:
        first, second = (process.communicate(timeout=MOST_SECONDS) for process in processes)
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], first[1] + second[1]
    assert second[0] == ""
    assert json.loads(first[0])["epochs"] == 2
    [run] = list_runs(path)
    assert is_finished(run)
    assert json.loads((run / "environment.json").read_bytes())["processes"] == 2


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of the first of two processes on this computer, which cannot meet."""
    for name, value in {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "RANK": "0", "LOCAL_RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GLOO_SOCKET_IFNAME", raising=False)

    def refuse(*_: object) -> None:
        raise RuntimeError("makeDeviceForHostname(): unsupported\ngloo device")

    monkeypatch.setattr(distributed.distributed, "rendezvous", refuse)


@pytest.mark.usefixtures("two")
def test_that_they_cannot_meet_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(small_project(tmp_path))]) == 1
    said = "layerloom: the 2 processes cannot meet: makeDeviceForHostname(): unsupported gloo device\n"
    assert capsys.readouterr().err == said


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("platform", "here", "expected"), [("darwin", "2", "lo0"), ("darwin", "1", None), ("linux", "2", None)]
)
def test_on_one_mac_they_meet_without_its_name(
    monkeypatch: pytest.MonkeyPatch, platform: str, here: str, expected: str | None
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", here)
    # so that it is forgotten afterwards
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "")
    monkeypatch.delenv("GLOO_SOCKET_IFNAME")
    with pytest.raises(RuntimeError):
        distributed.join_processes()
    assert os.environ.get("GLOO_SOCKET_IFNAME") == expected
