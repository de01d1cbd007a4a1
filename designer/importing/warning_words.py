"""Words of warnings: lists of columns, counts and shares as people say them."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 4
MOST_LINES = 3


def quoted(name: str) -> str:
    """A name in quotation marks, short enough for a sentence."""
    return f"“{name if len(name) <= 40 else name[:39] + '…'}”"


def listed(names: Sequence[str]) -> str:
    """Names in a row: “a”, “b” and “c”, or the first of many and how many more."""
    shown = [quoted(name) for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def percent(share: float) -> str:
    """A share in percent, never rounded to all or nothing: ``12 %``, ``0.3 %``, ``over 99.9 %``."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    digits = 1 if 0 < share < 0.01 or 0.99 < share < 1 else 0
    return f"{100 * share:.{digits}f} %"


def counted(count: int, one: str, more: str = "") -> str:
    """A count with its word: ``1 row``, ``1,200 rows``."""
    return f"1 {one}" if count == 1 else f"{count:,} {more or one + 's'}"


def lines_of(lines: Sequence[int], count: int) -> str:
    """Where ``count`` cells stand in a file: ``in line 8``, ``in lines 8 and 12``, ``first in lines 8, 12 and 15``."""
    shown = [str(line) for line in lines[:MOST_LINES]]
    named = " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
    return f"{'first ' if count > len(shown) else ''}in line{'s' if len(shown) > 1 else ''} {named}"


def figure(value: float) -> str:
    """A number from the data, as short as it is clear: ``0.42``, ``2,076``, ``29,012``, ``1.2e+12``."""
    size = abs(value)
    whole = 999.5 <= size < 1e9 or (size >= 1e9 and value % 1 == 0 and size < 1e15)
    text = f"{value:,.0f}" if whole else f"{value:.4g}"
    return text.replace("-", "−")
