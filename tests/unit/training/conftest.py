"""What the tests of training share."""

from __future__ import annotations

import pytest

from designer.training import record


@pytest.fixture
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint is written after each epoch."""
    monkeypatch.setattr(record, "SHORTEST_INTERVAL", 0.0)
    monkeypatch.setattr(record, "LONGEST_INTERVAL", 0.0)
