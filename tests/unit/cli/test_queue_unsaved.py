"""``layerloom queue``: a run that cannot be written down is told of once, and holds up no other for long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from designer.cli import several
from designer.cli.several import Entry, Hearing, _give_up_waiting
from designer.workspace import verbs


class FakePool:
    """Notes which runs are asked something."""

    def __init__(self) -> None:
        self.asked: list[Path] = []

    def order(self, run: Path, order: Any) -> None:
        self.asked.append(run)


def test_what_cannot_be_saved_is_told_once_and_given_up_in_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, other = Entry(tmp_path / "a.loom", tmp_path / "1"), Entry(tmp_path / "b.loom", tmp_path / "2")
    hearing, pool, now = Hearing([entry, other]), FakePool(), 100.0
    monkeypatch.setattr(several.time, "monotonic", lambda: now)
    event = {"event": "unsaved", "epoch": 3, "message": "no space left on the disk", "waiting": True}
    for _ in range(5):
        hearing.heard(entry.folder, event)
    assert capsys.readouterr().err.count("no space left") == 1
    _give_up_waiting([entry, other], pool)  # type: ignore[arg-type]
    assert pool.asked == []
    now += verbs.ROOM_SECONDS + 1
    _give_up_waiting([entry, other], pool)  # type: ignore[arg-type]
    assert pool.asked == [entry.folder]
    hearing.heard(entry.folder, {"event": "saved", "epoch": 4})
    now += verbs.ROOM_SECONDS + 1
    _give_up_waiting([entry, other], pool)  # type: ignore[arg-type]
    assert pool.asked == [entry.folder]
    assert "Saved again, up to epoch 4." in capsys.readouterr().err
