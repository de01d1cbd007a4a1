"""What ends a training that cannot go on."""

from __future__ import annotations


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why, and what to do, in words for people."""
