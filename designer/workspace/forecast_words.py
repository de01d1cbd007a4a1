"""What a forecast says, in words."""

from __future__ import annotations

FORMATS = {"channels_last": "channels last"}
USUAL = "float32"


def seconds_words(seconds: float) -> str:
    """A time that is only about right: ``1.4 ms``, ``0.3 s``, ``12 s``, ``3 min``, ``2 h 10 min``."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.2g} ms"
    if seconds < 9.5:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def until_words(epochs: int, stops_after: int, may_stop: bool) -> str:
    """What the seconds of all a training are for, where it may stop early: ``, if all 100 epochs are trained``."""
    if stops_after:
        return f", as it stops early after {stops_after:,} of {epochs:,} epochs"
    return f", if all {epochs:,} epochs are trained" if may_stop else ""


def ways_words(threads: int, memory_format: str, precision: str) -> str:
    """What was chosen for a run: ``2 threads, channels last, bfloat16``."""
    words = ["1 thread" if threads == 1 else f"{threads} threads"]
    words += [FORMATS[memory_format]] if memory_format in FORMATS else []
    return ", ".join([*words, *([precision] if precision != USUAL else [])])
