"""Whether a run is being trained is seen at once, by any number of processes that look."""

from __future__ import annotations

import os
from pathlib import Path

import filelock
import pytest

from designer.training.alive import LOCK, is_alive, is_claimed, living

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks of Unix")


def refuse(*_: object, **__: object) -> None:
    """Stands for asking to have a lock alone, which others may hold for a while."""
    raise AssertionError("it was waited for the lock")


def test_a_training_is_seen_while_it_lasts_without_waiting(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_alive(run)
    with living(run):
        with monkeypatch.context() as patched:
            patched.setattr(filelock.FileLock, "acquire", refuse)
            assert is_alive(run)
        (run / LOCK).chmod(0o444)
        assert is_alive(run)
    assert not is_alive(run)


def test_a_lock_that_nobody_holds_is_not_claimed_however_many_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    lock = tmp_path / LOCK
    assert not is_claimed(lock)
    lock.touch()
    with lock.open("rb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert not is_claimed(lock)
    assert not is_claimed(lock)
    assert lock.exists()


def test_who_looks_keeps_nobody_from_training(run: Path) -> None:
    import fcntl

    (run / LOCK).touch()
    assert not is_alive(run)
    with (run / LOCK).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert is_alive(run)
    with living(run):
        assert is_alive(run)
