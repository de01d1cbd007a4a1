"""Reads dates and times as they are written in tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from designer.runtime.tables import refuse_cells, to_words

# 3/4/2021, 03.04.21 and the like
NUMBERED = r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{2,4})(?!\d)"


def to_dates(
    cells: pd.Series,
    file: str,
    decimal: str = ".",
    thousands: str = "",
    day_first: dict[str, bool] | None = None,
) -> pd.Series:
    """Times as datetime64 in UTC without a zone, missing where nothing is said.

    ISO 8601 first; else days and months come in the order that ``day_comes_first`` finds. ``day_first`` remembers that
    by the names of columns, so that other files of the same data are read in the same way. A DataError for a date that
    contradicts it.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        times = pd.to_datetime(cells, utc=True)
        return times.dt.tz_localize(None)
    words = to_words(cells)
    written = pd.Series(words.cat.categories, dtype="str")
    times = pd.to_datetime(written, format="ISO8601", errors="coerce", utc=True)
    if times.isna().any():
        numbers = written.str.extract(NUMBERED)
        days = day_comes_first(numbers)
        if day_first is not None and numbers[0].notna().any():
            days = day_first.setdefault(str(cells.name), days)
        month = pd.to_numeric(numbers[2 if days else 0]).to_numpy(dtype=float, na_value=0)
        contrary = np.append(month > 12, False)[words.cat.codes]
        place = "day" if days else "month"
        what = f"no date with the {place} first, as this column is read; are its days and months written in two orders?"
        refuse_cells(cells, pd.Series(contrary, index=cells.index), file, what)
        times = pd.to_datetime(written, format="mixed", dayfirst=days, errors="coerce", utc=True)
    known = pd.DatetimeIndex(times).tz_localize(None).as_unit("us")
    found = pd.Series(known.take(words.cat.codes.to_numpy()), index=cells.index, name=cells.name)
    found = found.mask(words.isna())
    refuse_cells(cells, found.isna() & words.notna(), file, "no date that can be read")
    return found


def day_comes_first(numbers: pd.DataFrame) -> bool:
    """Whether dates begin with the day; ``numbers`` are the parts of ``NUMBERED``, a row for each different date.

    A number above 12 is no month. Where there is none, the day comes first in dates with dots, and where the first
    number stays the same over several years, as in a monthly series; else the month does.
    """
    first, second = (pd.to_numeric(numbers[place]) for place in (0, 2))
    if (first > 12).any() or (second > 12).any():
        return bool((first > 12).any())
    monthly = first.nunique() == 1 and second.nunique() > 1 and numbers[3].nunique() > 1
    return bool((numbers[1] == ".").any() or monthly)
