"""The profile of data as tables of text for people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from designer.cli.text import columns, size
from designer.importing.answers import DataWarning
from designer.importing.profiles import ColumnProfile, Histogram, ImagesProfile, PartsProfile, Profile, TableProfile
from designer.layers.recipe import RecipeStep, counted_steps

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-=+*#@"
MOST_COLUMNS = 200
LONGEST_NAME = 28
LONGEST_RANGE = 36
DRAWN = 20
# names of columns with the same steps that are all told
MOST_TOGETHER = 6
OFF = "switched off"


def profile_lines(profile: Profile, encoding: str, drawn: bool) -> list[str]:
    """The profile, a line for each column or class; with small histograms where ``drawn``."""
    if isinstance(profile, ImagesProfile):
        return _images_lines(profile)
    return _table_lines(profile, encoding, drawn)


def _table_lines(profile: TableProfile, encoding: str, drawn: bool) -> list[str]:
    target = f"; the target is “{profile.target}”" if profile.target else ""
    lines = [f"{profile.rows:,} rows, {len(profile.columns):,} columns, {size(profile.bytes)}{target}"]
    head = ["column", "type", "role", "missing", "unique", "range or most frequent", "relation"]
    rows = [_row(column, encoding, drawn) for column in profile.columns[:MOST_COLUMNS]]
    lines += columns([*head, *(["histogram"] if drawn else [])], rows, right={3, 4})
    if len(profile.columns) > MOST_COLUMNS:
        lines.append(f"… and {len(profile.columns) - MOST_COLUMNS:,} more columns")
    return lines + _parts_lines(profile.parts)


def _parts_lines(parts: PartsProfile | None) -> list[str]:
    if parts is None:
        return []
    return [f"split by {parts.by}: {', '.join(f'{count:,} {part}' for part, count in parts.rows.items())}"]


def _row(column: ColumnProfile, encoding: str, drawn: bool) -> list[str]:
    cells = [
        _short(column.name, LONGEST_NAME),
        column.kind,
        column.role,
        f"{column.missing:,}" if column.missing else "–",
        f"{column.unique:,}",
        _short(range_words(column), LONGEST_RANGE),
        column.relation.title if column.relation is not None else "–",
    ]
    return [*cells, bars(column.histogram, encoding)] if drawn else cells


def range_words(column: ColumnProfile) -> str:
    """From the smallest to the largest number or date, the lengths of texts, or the most frequent words."""
    if column.times is not None and column.kind == "date":
        step = f" ({column.times.step})" if column.times.step else ""
        return f"{column.times.earliest} – {column.times.latest}{step}"
    if column.numbers is not None:
        return f"{_number(column.numbers.minimum)} – {_number(column.numbers.maximum)}"
    if column.texts is not None:
        return f"{column.texts.shortest:,} – {column.texts.longest:,} characters"
    counts = zip(column.histogram.words, column.histogram.counts, strict=False)
    return ", ".join(f"{word} {count:,}" for word, count in counts) or "–"


def bars(histogram: Histogram, encoding: str) -> str:
    """A histogram as a row of small bars, the tallest full; in signs that the terminal can show."""
    counts = histogram.counts[:DRAWN]
    if not counts or not max(counts):
        return ""
    signs = BLOCKS if _shows(BLOCKS, encoding) else PLAIN
    most = max(counts)
    return "".join(signs[-(-count * len(signs) // most) - 1] if count else " " for count in counts)


def _shows(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _images_lines(profile: ImagesProfile) -> list[str]:
    sizes = ", ".join(f"{width}×{height}: {count:,}" for width, height, count in profile.sizes[:5])
    more = f" and {len(profile.sizes) - 5} more sizes" if len(profile.sizes) > 5 else ""
    lines = [
        f"{profile.total:,} pictures{f' of {len(profile.classes)} classes' if len(profile.classes) > 1 else ''},"
        f" {'in colour' if profile.colour else 'grey'}; {sizes}{more}"
    ]
    parts = list(profile.counts)
    rows = [[name, *(f"{profile.counts[part].get(name, 0):,}" for part in parts)] for name in profile.classes]
    head = ["class", *("pictures" if part == "all" else part for part in parts)]
    lines += columns(head, rows[:MOST_COLUMNS], right=range(1, len(parts) + 1))
    lines += _parts_lines(profile.divided)
    return lines + [f"cannot be read: {path}: {why}" for path, why in profile.unreadable[:10]]


def warning_lines(warnings: Sequence[DataWarning]) -> list[str]:
    """The warnings, each with the answers that there are to it."""
    lines = []
    for warning in warnings:
        answers = "; ".join(answer.label for answer in warning.answers)
        lines.append(f"{warning.severity}: {warning.sentence}" + (f" Answers: {answers}." if answers else ""))
    return lines


def recipe_lines(steps: Sequence[RecipeStep]) -> list[str]:
    """What is done to the data, in order, under what it is done to; neighbours alike stand together."""
    if not steps:
        return []
    lines = [f"recipe: {counted_steps(steps)}"]
    owned = [(owner, list(found)) for owner, found in groupby(steps, key=lambda step: step.done_to)]
    for said, alike in groupby(owned, key=lambda pair: tuple(_step_line(step) for step in pair[1])):
        lines.append(f"  {_together([owner for owner, _ in alike])}")
        lines += [f"    {line}" for line in said]
    return lines


def _step_line(step: RecipeStep) -> str:
    return step.text if step.on else f"{step.text} ({OFF})"


def _together(names: Sequence[str]) -> str:
    """A few names in full, of many the first and the last."""
    short = [_short(name, LONGEST_NAME) for name in names]
    if len(short) <= MOST_TOGETHER:
        return ", ".join(short)
    return f"{short[0]} … {short[-1]}, {len(short):,} columns"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value % 1 == 0 and abs(value) >= 1000 else f"{value:.5g}"


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
