"""Numbers rounded for people: figures, shares, durations, sizes."""

from __future__ import annotations

import math

from designer.gui.wording import count_text

MINUS = "−"
UNITS = ("k", "M", "G", "T")
# from here on numbers have a power of ten instead of a unit
LARGE = 1e15
# room for this is room for every figure that float32 can hold
LONGEST_FIGURE = f"{MINUS}0.00e{MINUS}00"


def figure(value: float | None, digits: int = 4) -> str:
    """A measured number with the digits that matter: ``0.847``, ``16.37``, ``124 k``, ``7.92e23``; ``–`` for none."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    size = abs(value)
    sign = MINUS if value < 0 and size > 0 else ""
    if size == 0:
        return "0"
    if size < 0.001 or size >= 0.9995 * LARGE:
        mantissa, _, exponent = f"{size:.2e}".partition("e")
        return f"{sign}{mantissa}e{MINUS if int(exponent) < 0 else ''}{abs(int(exponent))}"
    if size >= 99_999.5:
        return f"{sign}{_with_unit(size)}"
    decimals = min(digits, max(0, digits - 1 - math.floor(math.log10(size))))
    if size < 1:
        decimals = min(decimals, digits)
    return f"{sign}{_in_full(size, decimals)}"


def with_spread(mean: float, spread: float) -> str:
    """An average with the digits that its spread leaves certain: ``0.960 ± 0.015``."""
    if not (math.isfinite(mean) and math.isfinite(spread)) or spread <= 0:
        return f"{figure(mean)} ± {figure(spread)}"
    if max(abs(mean), spread) >= LARGE:
        return f"{figure(mean)} ± {figure(spread, 2)}"
    decimals = max(0, 1 - math.floor(math.log10(spread)))
    if decimals > 6:
        return f"{figure(mean)} ± {figure(spread, 2)}"
    return f"{MINUS if mean < 0 else ''}{_in_full(abs(mean), decimals)} ± {_in_full(spread, decimals)}"


def tick_text(value: float, digits: int = 6) -> str:
    """A round number along an axis, with so many digits that matter and no zeros: ``0.02``, ``15,000``, ``1.5 M``.

    ``digits`` are at least two. Numbers of six and more digits have a unit, so that they fit beside the axis.
    """
    size = abs(value)
    sign = MINUS if value < 0 else ""
    if size == 0:
        return "0"
    if size < 0.001 or size >= LARGE:
        mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
        return f"{sign}{float(mantissa):g}e{int(exponent)}".replace("-", MINUS)
    place = max(
        (place for place in range(1, 1 + len(UNITS)) if size >= 1e5 and size >= 999.5 * 1000 ** (place - 1)), default=0
    )
    size /= 1000.0**place
    words = _in_full(size, max(0, digits - 1 - math.floor(math.log10(size))))
    words = words.rstrip("0").rstrip(".") if "." in words else words
    return f"{sign}{words} {UNITS[place - 1]}" if place else f"{sign}{words}"


def datum(value: float, digits: int = 4) -> str:
    """A number from the data, no longer than it has to be: ``3``, ``0.42``, ``512.3``, ``18,823``, ``1.2e12``."""
    sign, size = MINUS if value < 0 else "", abs(value)
    if size < 1e9 and (size >= 10.0**digits - 0.5 or size % 1 == 0):
        return f"{sign if round(size) else ''}{_in_full(size, 0)}"
    words, _, exponent = f"{size:.{digits}g}".partition("e")
    return f"{sign}{words}e{int(exponent)}".replace("-", MINUS) if exponent else f"{sign}{words}"


def _in_full(size: float, decimals: int) -> str:
    """A number without a sign. A year is not parted, so it is only numbers of five digits and more that are."""
    return f"{size:,.{decimals}f}" if size >= 9999.5 else f"{size:.{decimals}f}"


def _with_unit(size: float) -> str:
    unit = ""
    for following in UNITS:
        if size < 999.5:
            break
        size, unit = size / 1000, following
    return f"{size:.3g} {unit}"


def exact(count: int) -> str:
    """A whole number in full, its thousands set apart as in every message: ``104,202``."""
    return f"{count:,}"


def plural(count: int, word: str, many: str = "") -> str:
    """``1 row``, ``2 rows``."""
    return f"{exact(count)} {word if count == 1 else many or word + 's'}"


def share(part: float) -> str:
    """A part of 1 as per cent: ``85 %``, ``0.4 %``, ``< 0.1 %``."""
    per_cent = part * 100
    if per_cent == 0 or per_cent >= 9.95:
        return f"{per_cent:.0f} %"
    return "< 0.1 %" if per_cent < 0.05 else f"{per_cent:.1f} %"


def duration(seconds: float) -> str:
    """How long something took: ``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def time_left(seconds: float) -> str:
    """How long something will take, no more exact than can be known: ``a few seconds left``, ``3 min left``."""
    if not math.isfinite(seconds) or seconds < 0:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 55:
        return f"{5 * math.ceil(seconds / 5)} s left"
    if seconds < 3570:
        return f"{max(1, round(seconds / 60))} min left"
    hours, minutes = divmod(round(seconds / 300) * 5, 60)
    return f"{hours} h {minutes} min left" if minutes else f"{hours} h left"


def size_of_file(count: int) -> str:
    """Bytes as people say them: ``812 B``, ``4.2 kB``."""
    return f"{count} B" if count < 1000 else f"{count_text(count)}B"
