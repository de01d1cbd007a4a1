"""Reads dates and times as they are written in tables."""

from __future__ import annotations

import pandas as pd

from designer.runtime.tables import refuse_cells, to_words


def to_dates(cells: pd.Series, file: str, decimal: str = ".", thousands: str = "") -> pd.Series:
    """Times as datetime64 in UTC without a zone, missing where nothing is said.

    ISO 8601 first; else the month comes first, or the day where some first number is above 12.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        times = pd.to_datetime(cells, utc=True)
        return times.dt.tz_localize(None)
    words = to_words(cells)
    written = pd.Series(words.cat.categories, dtype="str")
    times = pd.to_datetime(written, format="ISO8601", errors="coerce", utc=True)
    if times.isna().any():
        first = pd.to_numeric(written.str.extract(r"^(\d{1,2})[-/. ]")[0], errors="coerce")
        day_first = bool((first > 12).any())
        times = pd.to_datetime(written, format="mixed", dayfirst=day_first, errors="coerce", utc=True)
    known = pd.DatetimeIndex(times).tz_localize(None).as_unit("us")
    found = pd.Series(known.take(words.cat.codes.to_numpy()), index=cells.index, name=cells.name)
    found = found.mask(words.isna())
    refuse_cells(cells, found.isna() & words.notna(), file, "no date that can be read")
    return found
