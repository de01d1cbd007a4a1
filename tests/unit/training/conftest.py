"""What the tests of training share."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.training import record


@pytest.fixture
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint is written after each epoch."""
    monkeypatch.setattr(record, "SHORTEST_INTERVAL", 0.0)
    monkeypatch.setattr(record, "LONGEST_INTERVAL", 0.0)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run beside its data."""
    folder = tmp_path / "animals.runs" / "2026-11-21-001"
    folder.mkdir(parents=True)
    return folder
