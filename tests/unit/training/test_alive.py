"""Whether a run is being trained is seen at once, by any number of processes that look."""

from __future__ import annotations

import os
from pathlib import Path

import filelock
import pytest

from designer.training.alive import LOCK, is_alive, is_claimed, living

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks of Unix")


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a lock to himself, which others may hold for a while, fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it was waited for the lock")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)


def test_a_training_is_seen_while_it_lasts_without_waiting(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_alive(run)
    with living(run):
        with monkeypatch.context() as patched:
            patched.setattr(filelock.FileLock, "acquire", lambda *_, **__: pytest.fail("it was waited for the lock"))
            assert is_alive(run)
        (run / LOCK).chmod(0o444)
        assert is_alive(run)
    assert not is_alive(run)


@pytest.mark.usefixtures("no_waiting")
def test_a_lock_that_nobody_holds_is_not_claimed_however_many_look(tmp_path: Path) -> None:
    import fcntl

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
