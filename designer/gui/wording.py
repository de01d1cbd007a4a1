"""Wording: texts typed by people shown just as they were typed, and numbers rounded for reading."""

from __future__ import annotations

import html
from datetime import datetime, timedelta

LONGEST_TOOLTIP = 600
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def plain_tooltip(text: str) -> str:
    """``text`` as a tool tip that shows it letter by letter, also where it looks like HTML; long text is cut."""
    if not text:
        return ""
    cut = text if len(text) <= LONGEST_TOOLTIP else text[: LONGEST_TOOLTIP - 1] + "…"
    return f'<p style="white-space: pre-wrap">{html.escape(cut)}</p>'


def count_text(count: int) -> str:
    """A count with three digits that matter: ``320``, ``9.25 k``, ``102 k``, ``1.2 M``."""
    size, unit = float(count), ""
    for following in ("k", "M", "G", "T"):
        if size < 999.5:
            break
        size, unit = size / 1000, following
    return f"{size:.3g} {unit}" if unit else str(count)


def moment_words(seconds: float, now: float | None = None) -> str:
    """A time (seconds since 1970) as people say it: ``today, 14:05``, ``yesterday, 14:05``, ``3 March 2026, 14:05``."""
    moment = datetime.fromtimestamp(seconds)
    today = (datetime.now() if now is None else datetime.fromtimestamp(now)).date()
    if moment.date() == today:
        day = "today"
    elif moment.date() == today - timedelta(days=1):
        day = "yesterday"
    else:
        day = f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {moment:%H:%M}"
