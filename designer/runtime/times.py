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

    They are read as ``parse_dates`` does. ``day_first`` remembers by the names of columns whether the day comes first,
    so that other files of the same data are read in the same way. A DataError for a date that contradicts it.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        times = pd.to_datetime(cells, utc=True)
        return times.dt.tz_localize(None)
    words = to_words(cells)
    known_order = None if day_first is None else day_first.get(str(cells.name))
    times, contrary, days = parse_dates(pd.Series(words.cat.categories, dtype="str"), known_order)
    if day_first is not None and days is not None:
        day_first.setdefault(str(cells.name), days)
    if contrary.any():
        place = "day" if days else "month"
        what = f"no date with the {place} first, as this column is read; are its days and months written in two orders?"
        refuse_cells(cells, pd.Series(np.append(contrary, False)[words.cat.codes], index=cells.index), file, what)
    known = pd.DatetimeIndex(times).tz_localize(None)
    found = pd.Series(known.take(words.cat.codes.to_numpy()), index=cells.index, name=cells.name)
    found = found.mask(words.isna())
    refuse_cells(cells, found.isna() & words.notna(), file, "no date that can be read")
    return found


def parse_dates(written: pd.Series, days: bool | None = None) -> tuple[pd.Series, np.ndarray, bool | None]:
    """Times in UTC of different dates as they are written, which of them contradict the order of day and month, and
    whether the day comes first, None where no date is written in numbers that leave it open.

    ISO 8601 first; else ``days`` says whether the day comes first, or ``day_comes_first`` finds it. Missing is what is
    no date, and what contradicts that order.
    """
    times = pd.to_datetime(written, format="ISO8601", errors="coerce", utc=True).dt.as_unit("us")
    contrary = np.zeros(len(written), dtype=bool)
    others = times.isna()
    if not others.any():
        return times, contrary, None
    numbers = written.str.extract(NUMBERED)
    order = day_comes_first(numbers) if days is None else days
    month = pd.to_numeric(numbers[2 if order else 0]).to_numpy(dtype=float, na_value=0)
    contrary = month > 12
    others &= ~contrary
    times[others] = pd.to_datetime(
        written[others], format="mixed", dayfirst=order, errors="coerce", utc=True
    ).dt.as_unit("us")
    return times, contrary, order if numbers[0].notna().any() else None


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
