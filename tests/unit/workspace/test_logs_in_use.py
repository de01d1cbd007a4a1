"""Logs that another trainer still writes into, which Windows does not let go, keep no training from its beginning."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from designer.workspace import jobs
from designer.workspace.jobs import FallingBackTrainer, TrainerProcess, words_for_death
from designer.workspace.places import logs_folder


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Logs of before, none of which can be removed; those that it was tried with."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    logs_folder().mkdir(parents=True)
    for number in range(jobs.KEPT_LOGS + 3):
        (logs_folder() / f"trainer-20200101-0000{number:02d}-1-1.log").write_bytes(b"words")
    tried: list[Path] = []

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".log":
            tried.append(self)
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(Path, "unlink", refuse)
    return tried


def test_a_process_is_started_and_its_end_is_told_all_the_same(kept: list[Path]) -> None:
    trainer = FallingBackTrainer()
    try:
        trainer.start()
        assert isinstance(trainer._trainer, TrainerProcess)
        assert len(kept) == 3
        events = trainer.events()
        assert next(events)["event"] == "ready"
        if sys.platform == "linux":
            # nobody but who waits for orders has the pipe that they come by
            assert os.readlink(f"/proc/{trainer._trainer.pid}/fd/0") == os.devnull
    finally:
        trainer.close()
    # the end comes though its own log stays
    assert list(events) == []
    assert len(kept) == 4


@pytest.mark.parametrize("status", [0xC0000005, 0xC000001D, 0xC00000FD, 0xC0000374, 0xC0000409])
def test_crashes_on_windows_have_words(status: int) -> None:
    assert f"crashed inside a native library (status {status:#x})" in words_for_death(status, kept=False)
