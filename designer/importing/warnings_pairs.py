"""Warnings of columns that give the target away, that number the rows, or that say what another column says."""

from __future__ import annotations

from collections.abc import Iterator

from designer.importing.answers import DataWarning, ignore
from designer.importing.columns import ID_NAME
from designer.importing.profiles import Answering, ColumnProfile, TableProfile
from designer.importing.warning_words import percent, quoted
from designer.project.model import TableData

TELLING = 0.98
FEWEST_ROWS = 10
USED = ("feature", "ahead")


def roles_of(data: TableData) -> dict[str, str]:
    """The role of each column as it is now."""
    return {column.name: column.role for column in data.columns}


def used_columns(profile: TableProfile, data: TableData) -> Iterator[ColumnProfile]:
    """The profiles of the columns that the network learns from."""
    roles = roles_of(data)
    for column in profile.columns:
        if roles.get(column.name) in USED and column.name != profile.target:
            yield column


def find_leaks(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Columns that are the target in other words, or that tell it nearly alone."""
    roles = roles_of(data)
    for column in profile.columns:
        told = column.answering
        if told is None or column.name == profile.target or roles.get(column.name) not in (*USED, "ignored"):
            continue
        settled = roles[column.name] == "ignored"
        if told.exact:
            yield _exact(profile, column, settled)
        elif _tells(told) and not settled:
            yield _nearly(profile, column, told)


def _tells(told: Answering) -> bool:
    """Whether a column nearly repeats the target: for classes, well beyond what the most frequent one explains."""
    return told.share >= TELLING and told.share - told.base >= 0.9 * (1 - told.base)


def _exact(profile: TableProfile, column: ColumnProfile, settled: bool) -> DataWarning:
    said = f"{quoted(column.name)} says the same as the target {quoted(profile.target)} in other words"
    if settled:
        return DataWarning("important", "leak", (column.name,), f"{said}; it is left out.", settled=True)
    sentence = f"{said}: a network would only copy it, and have nothing where the target is not known yet."
    return DataWarning("important", "leak", (column.name,), sentence, (ignore([column.name]),))


def _nearly(profile: TableProfile, column: ColumnProfile, told: Answering) -> DataWarning:
    what = "the class of" if profile.classes else "the variance in"
    sentence = (
        f"{quoted(column.name)} alone tells {percent(told.share)} of {what} the rows held out: it nearly repeats the"
        f" target {quoted(profile.target)}. If it is known only once the target is known, leave it out."
    )
    return DataWarning("important", "near_leak", (column.name,), sentence, (ignore([column.name]),))


def find_ids(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Columns that name each row."""
    for column in used_columns(profile, data):
        if column.count < FEWEST_ROWS or column.unique < column.count or column.times is not None:
            continue
        whole = column.numbers is None or column.numbers.whole
        named = ID_NAME.search(column.name) is not None and whole
        if column.counts_rows or named:
            how = "numbers the rows" if column.counts_rows else f"is different in each of the {column.count:,} rows"
            yield DataWarning(
                "important",
                "id",
                (column.name,),
                f"{quoted(column.name)} {how}, as an id does: a network could only learn the rows by heart from it.",
                (ignore([column.name], "Mark as id and leave it out"),),
            )


def find_repeats(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Columns that repeat one another."""
    roles = roles_of(data)
    for pair in profile.pairs:
        if not {roles.get(pair.kept), roles.get(pair.other)} <= set(USED):
            continue
        kept, other = quoted(pair.kept), quoted(pair.other)
        if pair.how == "same":
            said = f"{kept} and {other} say the same in other words: one of them is enough."
        elif pair.how == "follows":
            said = f"{other} follows from {kept} in every row: what it says is in {kept} too."
        else:
            said = f"{kept} and {other} are nearly the same (correlation {pair.strength:.4f}): one of them is enough."
        answers = (ignore([pair.other], f"Leave {other} out"), ignore([pair.kept], f"Leave {kept} out"))
        yield DataWarning("warning", "repeat", (pair.kept, pair.other), said, answers)


FINDERS = (find_leaks, find_ids, find_repeats)
