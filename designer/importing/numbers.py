"""Tells how a table writes its numbers: the decimal sign and the sign between thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from designer.runtime.tables import MISSING_NUMBER, parse_numbers

WAYS = ((".", ""), (".", ","), (",", ""), (",", "."), (".", " "), (",", " "), (".", "'"))
TRIED = 1000
DOUBT = ": please check"


def find_number_format(
    cells: pd.DataFrame, delimiter: str, late: Mapping[str, list[str]] | None = None
) -> tuple[str, str, list[str]]:
    """Decimal sign, sign between thousands, and notes, by which way reads most columns as numbers.

    ``cells``, a sample, were read with a decimal point: columns of plain numbers are numeric already, all others
    strings. ``late`` are words from further down in columns of numbers.
    """
    words = {name: sample for name in cells.columns if (sample := _like_numbers(cells[name])) is not None}
    for name, strays in (late or {}).items():
        sample = _like_numbers(pd.Series(strays, dtype="str"))
        if sample is not None and name not in words:
            words[name] = sample
    if not words:
        return ".", "", []
    points = sum(
        pd.api.types.is_float_dtype(cells[name]) and bool((cells[name] % 1 != 0).any()) for name in cells.columns
    )
    ways = [way for way in WAYS if delimiter not in way or delimiter == ","]
    counts = {way: points * (way[0] == ".") + _count(words, way) for way in ways}
    best = max(counts.values())
    equal = [way for way in ways if counts[way] == best]
    decimal, thousands = equal[0]
    if len(equal) > 1 and equal[0] == (".", ",") and delimiter != ",":
        decimal, thousands = ",", ""
    return decimal, thousands, _notes(words, decimal, thousands, ambiguous={(".", ","), (",", "")} <= set(equal))


def doubts(notes: Iterable[str]) -> tuple[str, ...]:
    """Those of some notes which say that numbers can be read in two ways."""
    return tuple(note for note in notes if note.endswith(DOUBT))


def is_code(cell: str) -> bool:
    """Whether a cell is written as codes are and numbers are not: digits that begin with a needless zero."""
    return len(cell) > 1 and cell[0] == "0" and cell.isdecimal()


def doubtful_points(names: list[str], rows: list[list[str]]) -> list[str]:
    """Notes on columns whose points may stand between thousands: each with a point has three digits behind it."""
    notes = []
    for place, name in enumerate(names):
        pointed = [row[place] for row in rows if "." in row[place]]
        if len(pointed) > 1 and all(re.fullmatch(r"[-+]?[1-9]\d{0,2}\.\d{3}", cell) for cell in pointed):
            notes.append(f"“{name}”: “{pointed[0]}” is read with a decimal point{DOUBT}")
    return notes


def _notes(words: Mapping[str, pd.Series], decimal: str, thousands: str, ambiguous: bool) -> list[str]:
    notes = []
    if decimal == "," or thousands:
        said = ["decimal commas"] if decimal == "," else []
        said += [f"“{thousands}” between thousands"] if thousands else []
        notes.append(f"numbers are written with {' and '.join(said)}")
    if ambiguous:
        for sample in words.values():
            values = parse_numbers(sample, decimal, thousands)
            marked = sample[sample.str.contains(",") & values.notna()]
            if len(marked):
                notes.append(f"“{marked.iloc[0]}” is read as {values[marked.index[0]]:g}{DOUBT}")
                break
    return notes


def _like_numbers(cells: pd.Series) -> pd.Series | None:
    """Some different words of a column that was not read as numbers, if nearly all of them hold no letters."""
    if pd.api.types.is_numeric_dtype(cells):
        return None
    words = pd.Series(cells.dropna().astype("str").str.strip().unique()[:TRIED], dtype="str")
    words = words[~words.isin(MISSING_NUMBER)]
    digits = words.str.contains(r"\d") & ~words.str.contains(r"[^\W\d_]{2}|/|:|\d-")
    return words[digits] if len(words) and digits.mean() >= 0.9 else None


def _count(words: Mapping[str, pd.Series], way: tuple[str, str]) -> int:
    return sum(bool(parse_numbers(sample, *way).notna().all()) for sample in words.values())
