"""Answers to warnings: edits of the data settings with the words of a button, each tried before it is offered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from designer.compiler.problems import Fix
from designer.project.edits import set_data, set_training
from designer.project.errors import EditError
from designer.project.model import Column, ColumnRole, DatePart, Project, Split, TableData

Severity: TypeAlias = Literal["important", "warning", "hint"]

SEVERITIES: tuple[Severity, ...] = ("important", "warning", "hint")


@dataclass(frozen=True)
class DataWarning:
    """What a person should know of the data before training with it.

    An ``important`` one spoils what is learned or measured, a ``warning`` may, a ``hint`` says what could be better.
    ``code`` names the kind, ``columns`` what it is about. Each of ``answers`` mends it by one click, the first is the
    usual one; without any, the sentence says what to do. ``settled`` ones need nothing any more.
    """

    severity: Severity
    code: str
    columns: tuple[str, ...]
    sentence: str
    answers: tuple[Fix, ...] = ()
    settled: bool = False


Find: TypeAlias = Callable[[Project], Iterable[DataWarning]]


def tried(warnings: Iterable[DataWarning], project: Project, find: Find) -> tuple[DataWarning, ...]:
    """The warnings, each only with those answers that, given to a copy of the project, end it or leave a lesser one."""
    return tuple(
        replace(warning, answers=tuple(answer for answer in warning.answers if _helps(warning, answer, project, find)))
        for warning in warnings
    )


def _helps(warning: DataWarning, answer: Fix, project: Project, find: Find) -> bool:
    try:
        changed = answer.edit(project)
    except EditError:
        return False
    if changed == project:
        return False
    grave = SEVERITIES.index(warning.severity)
    return not any(
        (other.code, other.columns) == (warning.code, warning.columns)
        and not other.settled
        and SEVERITIES.index(other.severity) <= grave
        for other in find(changed)
    )


def change(label: str, names: Collection[str], **values: object) -> Fix:
    """Sets members of the columns ``names``."""
    chosen = frozenset(names)

    def edit(project: Project) -> Project:
        return _with_columns(project, lambda column: _changed(column, values) if column.name in chosen else column)

    return Fix(label, edit)


def ignore(names: Collection[str], label: str = "Leave it out") -> Fix:
    """Leaves columns out."""
    return change(label, names, role="ignored")


def as_category(names: Collection[str]) -> Fix:
    """Reads columns of numbers as categories."""
    return change("Treat as category", names, kind="category", missing="most_frequent", scale="none")


def use_as(label: str, names: Collection[str], **values: object) -> Fix:
    """Makes columns features of another kind."""
    return change(label, names, role="feature", **values)


def use_dates(names: Collection[str], parts: tuple[DatePart, ...], label: str) -> Fix:
    """Makes columns of dates features by their parts."""
    return change(label, names, role="feature", kind="date", missing="most_frequent", parts=parts)


def fill_and_note(names: Collection[str], kinds: Collection[str]) -> Fix:
    """Uses columns with many gaps: filled, and with a column of their own that says where the gaps were."""
    missing = "median" if set(kinds) == {"number"} else "most_frequent"
    return change("Fill and note the gaps", names, role="feature", missing=missing, indicator=True)


def split_by(label: str, by: Literal["time", "group"], name: str) -> Fix:
    """Splits rows by a column, which gets the role for that; another column of that role is left out."""

    def edit(project: Project) -> Project:
        role: ColumnRole = by

        def given(column: Column) -> Column:
            if column.name == name:
                return replace(column, role=role)
            return replace(column, role="ignored") if column.role in (role, "split") else column

        changed = _with_columns(project, given)
        data = _table(changed)
        return set_data(changed, replace(data, split=replace(data.split, by=by, column="")))

    return Fix(label, edit)


def with_split(label: str, **values: object) -> Fix:
    """Sets members of the split."""

    def edit(project: Project) -> Project:
        if project.data is None:
            raise EditError("There is no data to split.")
        split: Split = replace(project.data.split, **values)  # type: ignore[arg-type]
        return set_data(project, replace(project.data, split=split))

    return Fix(label, edit)


def without_repeats(what: str = "rows") -> Fix:
    """Leaves repeated rows out, which people call ``what``."""

    def edit(project: Project) -> Project:
        if project.data is None:
            raise EditError("There is no data to leave anything out of.")
        return set_data(project, replace(project.data, drop_duplicates=True))

    return Fix(f"Leave repeated {what} out", edit)


def with_metric(key: str, title: str) -> Fix:
    """Measures by one metric more."""

    def edit(project: Project) -> Project:
        metrics = project.training.metrics or ("accuracy",)
        if key in metrics:
            return project
        return set_training(project, replace(project.training, metrics=(*metrics, key)))

    return Fix(f"Measure {title} too", edit)


def _table(project: Project) -> TableData:
    if not isinstance(project.data, TableData):
        raise EditError("Only a table has columns.")
    return project.data


def _with_columns(project: Project, given: Callable[[Column], Column]) -> Project:
    data = _table(project)
    columns = tuple(given(column) for column in data.columns)
    return project if columns == data.columns else set_data(project, replace(data, columns=columns))


def _changed(column: Column, values: dict[str, Any]) -> Column:
    off = tuple(step for step in column.off if not (step == "missing" and "missing" in values) and step not in values)
    return replace(column, **{**values, "off": off})
