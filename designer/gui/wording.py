"""Wording: texts typed by people shown just as they were typed, and numbers rounded for reading."""

from __future__ import annotations

import html

LONGEST_TOOLTIP = 600


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
