"""Warnings of what columns hold: nothing new, gaps, dates, texts, too many words."""

from __future__ import annotations

from collections.abc import Iterator

from designer.importing.answers import DataWarning, as_category, fill_and_note, ignore, use_as, use_dates
from designer.importing.columns import MOST_CATEGORIES
from designer.importing.profiles import ColumnProfile, TableProfile
from designer.importing.warning_words import counted, listed, percent, quoted
from designer.importing.warnings_pairs import USED, roles_of, used_columns
from designer.project.model import DatePart, TableData

MOSTLY_MISSING = 0.4
NEARLY_UNIQUE = 0.9
FEWEST_ROWS = 10
FEWEST_KNOWN = 20
SENTENCE = 20
ROWS_A_WORD = 2
PARTS: dict[str, tuple[DatePart, ...]] = {
    "every second": ("hour", "minute", "weekday"),
    "every minute": ("hour", "minute", "weekday"),
    "hourly": ("hour", "weekday", "month"),
    "daily": ("month", "weekday", "elapsed"),
    "weekly": ("month", "elapsed"),
    "monthly": ("month", "elapsed"),
    "quarterly": ("month", "elapsed"),
    "yearly": ("year",),
}
USUAL_PARTS: tuple[DatePart, ...] = ("year", "month", "weekday")


def find_constant(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Columns that are the same in every row."""
    constant = [column for column in used_columns(profile, data) if column.unique < 2 and profile.rows > 1]
    full = [column.name for column in constant if column.count]
    empty = [column.name for column in constant if not column.count]
    for names, what in ((full, "the same in every row"), (empty, "empty in every row")):
        if names:
            said = f"{listed(names)} {'is' if len(names) == 1 else 'are'} {what}: there is nothing to learn from"
            said += " it." if len(names) == 1 else " them."
            yield DataWarning("warning", "constant", tuple(names), said, (ignore(names),))


def find_gaps(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Columns of which many cells are missing, used or left out."""
    roles = roles_of(data)
    noted = {column.name for column in data.columns if column.indicator}
    for column in profile.columns:
        share = column.missing / max(profile.rows, 1)
        role = roles.get(column.name)
        if share < MOSTLY_MISSING or not column.count or column.name == profile.target:
            continue
        if column.kind not in ("number", "category", "boolean") or column.trouble or column.name in noted:
            continue
        said = f"{percent(share)} of {quoted(column.name)} is missing ({column.missing:,} of {profile.rows:,} cells)"
        fill = fill_and_note([column.name], [column.kind])
        if role in USED:
            more = "what is filled in there is a guess. Leave the column out, or let the network know where it is."
            yield DataWarning("warning", "missing", (column.name,), f"{said}: {more}", (ignore([column.name]), fill))
        elif role == "ignored" and column.count >= FEWEST_KNOWN and 1 < column.unique <= MOST_CATEGORIES * 20:
            more = "it is left out. That it is missing may say something too."
            yield DataWarning("hint", "missing", (column.name,), f"{said}: {more}", (fill,))


def find_dates(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Dates that nothing is made of."""
    declared = {column.name: column for column in data.columns}
    for column in profile.columns:
        held = declared.get(column.name)
        if held is None or held.kind != "date" or column.times is None or column.name == profile.target:
            continue
        if (held.role in USED and held.parts) or held.role not in (*USED, "ignored") or column.unique < 2:
            continue
        parts = PARTS.get(column.times.step, USUAL_PARTS)
        words = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
        words = words.replace("elapsed", "days elapsed")
        yield DataWarning(
            "hint",
            "date",
            (column.name,),
            f"{quoted(column.name)} holds dates from {column.times.earliest} to {column.times.latest}. A network cannot"
            f" take a date as it is, but its {words}.",
            (use_dates([column.name], parts, f"Turn into {words}"),),
        )


def find_texts(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Texts and words of which there are too many for one-hot inputs."""
    declared = {column.name: column for column in data.columns}
    for column in profile.columns:
        held = declared.get(column.name)
        if held is None or held.kind not in ("category", "text") or column.name == profile.target:
            continue
        if held.role not in (*USED, "ignored") or column.count < FEWEST_ROWS or column.numbers is not None:
            continue
        used = held.role in USED
        if column.unique >= NEARLY_UNIQUE * column.count and column.unique > 2:
            if used and held.kind == "text" and _are_sentences(column):
                continue
            yield _nearly_unique(column, used)
        elif column.unique > MOST_CATEGORIES and not (used and held.kind == "category" and held.encode == "codes"):
            if not (used and held.kind == "text" and _are_sentences(column)):
                yield _many_words(column, used)


def _are_sentences(column: ColumnProfile) -> bool:
    return column.texts is not None and column.texts.mean >= SENTENCE


def _nearly_unique(column: ColumnProfile, used: bool) -> DataWarning:
    said = f"{quoted(column.name)} holds {column.unique:,} different texts in {column.count:,} rows"
    if _are_sentences(column):
        more = "as text it can be read word by word."
        read = use_as("Read as text", [column.name], kind="text")
        return DataWarning("hint", "unique_text", (column.name,), f"{said}: {more}", (read,))
    if used:
        more = "a network could only learn them by heart."
        return DataWarning("warning", "unique_text", (column.name,), f"{said}: {more}", (ignore([column.name]),))
    return DataWarning("hint", "unique_text", (column.name,), f"{said}: it is left out.", settled=True)


def _many_words(column: ColumnProfile, used: bool) -> DataWarning:
    said = f"{quoted(column.name)} has {counted(column.unique, 'different word')}"
    more = "one-hot, each would be an input of its own" if used else "it is left out"
    words = "As codes through an Embedding, a few numbers for each word are learned."
    codes = use_as(
        "Feed through an Embedding",
        [column.name],
        kind="category",
        encode="codes",
        missing="most_frequent",
        scale="none",
    )
    answers = (codes, ignore([column.name])) if used else (codes,)
    return DataWarning("warning" if used else "hint", "many_words", (column.name,), f"{said}: {more}. {words}", answers)


def find_trouble(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Columns whose cells are not what the column is said to hold."""
    kinds = {column.name: column.kind for column in data.columns}
    for column in used_columns(profile, data):
        if not column.trouble or column.spoiled_count or kinds[column.name] != column.kind:
            continue
        few = 2 <= column.unique <= MOST_CATEGORIES
        yield DataWarning(
            "important",
            "wrong_kind",
            (column.name,),
            f"{quoted(column.name)} is to hold {column.kind}s, but {column.trouble}; the first is"
            f" {quoted(column.examples[0]) if column.examples else 'empty'}.",
            (*((as_category([column.name]),) if few else ()), ignore([column.name])),
        )


FINDERS = (find_constant, find_gaps, find_dates, find_texts, find_trouble)
