"""A text table that is read in another format: what its columns hold then, and which of their settings stay."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from designer.project.model import Column, Split, TableData, TableFormat
from designer.runtime.errors import DataError


@dataclass(frozen=True)
class Reread:
    """What a table holds when it is read in ``format``.

    ``before`` are the columns as they are guessed of the format until now, none where it cannot be read so; ``columns``
    those of the other. ``drafted`` is what a new project would make of them; None where it could learn nothing.
    """

    format: TableFormat
    before: tuple[Column, ...]
    columns: tuple[Column, ...]
    drafted: TableData | None


def refuse_signs(form: TableFormat) -> None:
    """Raise a DataError where a format contradicts itself."""
    if len(form.delimiter) != 1 or form.delimiter in '"\r\n':
        raise DataError(f"“{form.delimiter}” cannot separate cells: choose one other character")
    if form.thousands == form.decimal:
        raise DataError(f"“{form.decimal}” cannot stand before decimals and between thousands as well")
    try:
        codecs.lookup(form.encoding)
    except LookupError as error:
        raise DataError(f"there is no text encoding called “{form.encoding}”") from error


def reread_table(path: Path, data: TableData, form: TableFormat) -> Reread:
    """Read the table at ``path``, set up as ``data``, in the format ``form``; DataError where it cannot be read so."""
    from designer.importing.from_table import table_as_sniffed
    from designer.importing.sniff import sniff_table

    refuse_signs(form)
    try:
        sniffed = sniff_table(path, form=form)
    except UnicodeError as error:
        raise DataError(f"{path.name} is not text in {form.encoding}; choose another encoding") from error
    names = {column.name for column in sniffed.columns}
    target = next((name for name in _targets(data) if name in names), None)
    try:
        before = sniff_table(path, form=data.format).columns
    except DataError:
        before = ()
    try:
        drafted = table_as_sniffed(path, data.path, target, sniffed)[0]
    except DataError:
        # rows that no network can learn from are shown all the same: the next change may mend them
        drafted = None
    return Reread(sniffed.format, before, sniffed.columns, drafted)


def read_as(data: TableData, found: Reread) -> TableData:
    """The settings of a table that is read anew.

    Columns that seem to hold what they held before stay as they were set, the others become what they are guessed to
    be, though what they are for stays. Where no target of ``data`` is left, all is as in a new project.
    """
    drafted = found.drafted
    left = {column.name for column in found.columns}
    if drafted is not None and not left & set(_targets(data)):
        return drafted
    drafted = drafted if drafted is not None and drafted.samples == data.samples else None
    was, before = _by_name(data.columns), _by_name(found.before)
    guessed = _by_name(found.columns) | _by_name(drafted.columns if drafted is not None else ())
    columns = tuple(
        was[column.name]
        if column.name in was and _says(before.get(column.name)) == _says(column)
        else _for_same(guessed[column.name], was.get(column.name))
        for column in found.columns
    )
    return replace(data, format=found.format, columns=columns, split=_split(data, columns))


def _targets(data: TableData) -> list[str]:
    return [column.name for column in data.columns if column.role == "target"]


def _by_name(columns: Sequence[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}


def _says(column: Column | None) -> tuple[str, str] | None:
    """What is guessed of a column."""
    return (column.kind, column.role) if column is not None else None


def _for_same(now: Column, was: Column | None) -> Column:
    """The column, for what it was for if that was more than to learn from."""
    return replace(now, role=was.role) if was is not None and was.role not in ("feature", "ignored") else now


def _split(data: TableData, columns: Sequence[Column]) -> Split:
    """The split, by chance where rows are divided by a column that is not there any more."""
    split = data.split
    there = {column.name for column in columns} | {column.role for column in columns}
    needed = {"column": split.column, "group": "group", "time": "time"}.get(split.by)
    if data.samples != "rows" or needed is None or needed in there:
        return split
    return replace(split, by="share", column="")
