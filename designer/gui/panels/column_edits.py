"""Edits of the data settings: roles, types, fills and scales of columns, and how rows are split, kept in agreement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from designer.project.edits import set_data, set_field
from designer.project.model import Column, ColumnRole, Project, Split, TableData

Words = Mapping[str, tuple[str, str]]

ROLES: Words = {
    "feature": ("Feature", "The network learns from it."),
    "target": ("Target", "What the network shall predict. The column that was the target becomes a feature."),
    "split": ("Split", "Its words train, validation and test say which rows are for what."),
    "ignored": ("Ignored", "Left out."),
}
KINDS: Words = {
    "number": ("Number", "Amounts, measures, counts."),
    "category": ("Category", "A few different words; each becomes an input of its own (one-hot)."),
    "boolean": ("Yes or no", "True and false, yes and no, 1 and 0."),
    "date": ("Date", "Dates and times, which no network takes as they are."),
    "text": ("Text", "Free text. As a feature, each different text counts as a category."),
}
FILLS: Words = {
    "mean": ("Mean", "Empty cells get the mean of the training rows."),
    "median": ("Median", "Empty cells get the median of the training rows."),
    "most_frequent": ("Most frequent", "Empty cells get the value seen most often in the training rows."),
    "drop": ("Leave row out", "Rows with an empty cell in this column are left out."),
}
SCALES: Words = {
    "standard": ("Standardise", "Mean 0 and standard deviation 1 in the training rows."),
    "minmax": ("0 to 1", "The smallest training value becomes 0, the largest 1."),
    "none": ("As it is", "The numbers go in unchanged."),
}
TITLES = {"role": "Role", "kind": "Type", "missing": "Fill", "scale": "Scaling"}
ALL_WORDS: Mapping[str, Words] = {"role": ROLES, "kind": KINDS, "missing": FILLS, "scale": SCALES}
COUNTED = ("number", "boolean")


def options(column: Column, field: str) -> Words:
    """What ``field`` of ``column`` may be, with words for people; nothing where it makes no difference."""
    if field in ("role", "kind"):
        return ALL_WORDS[field]
    if field == "missing" and column.role == "feature" and column.kind != "date":
        return FILLS if column.kind in COUNTED else {key: FILLS[key] for key in ("most_frequent", "drop")}
    if field == "scale" and ((column.role == "feature" and column.kind in COUNTED) or _is_number_target(column)):
        return SCALES
    return {}


def words_for(column: Column, field: str) -> str:
    """What a column's field is now, for people; a dash where it makes no difference."""
    known = options(column, field)
    if not known:
        return "–"
    value = getattr(column, field)
    # training fills words with the most frequent one, whatever else a file asks for
    return known[value if value in known else "most_frequent"][0]


def target_name(project: Project) -> str:
    """The column that the network predicts: the one that the output names, else the one marked as target."""
    if not isinstance(project.data, TableData):
        return ""
    named = [str(node.fields.get("target", "")) for node in project.graph.nodes.values() if node.type == "output"]
    marked = [column.name for column in project.data.columns if column.role == "target"]
    return next((name for name in (*named, *marked) if name), "")


def set_columns(project: Project, names: Collection[str], field: str, value: str) -> Project:
    """The project with ``field`` of the columns ``names`` set, and all that has to follow from it."""
    data = project.data
    if not isinstance(data, TableData):
        return project
    if field == "role":
        return _set_role(project, data, list(names), value)  # type: ignore[arg-type]
    columns = tuple(_with(column, field, value) if column.name in names else column for column in data.columns)
    return project if columns == data.columns else set_data(project, replace(data, columns=columns))


def set_split(project: Project, split: Split) -> Project:
    """The project with its rows split so; the roles of columns follow."""
    data = project.data
    if data is None or split == data.split:
        return project
    if isinstance(data, TableData):
        wanted = split.column if split.by == "column" else ""
        columns = tuple(_as_split(column, wanted) for column in data.columns)
        data = replace(data, columns=columns)
    return set_data(project, replace(data, split=split))


def _set_role(project: Project, data: TableData, names: list[str], role: ColumnRole) -> Project:
    if role in ("target", "split"):
        names = names[:1]
    old = [column.name for column in data.columns if column.role == role]
    columns = []
    for column in data.columns:
        if column.name in names:
            column = replace(column, role=role)
        elif role in ("target", "split") and column.name in old:
            column = replace(column, role="feature" if role == "target" else "ignored")
        columns.append(column)
    split = data.split
    if role == "split" and names:
        split = replace(split, by="column", column=names[0])
    elif split.by == "column" and split.column in names:
        split = replace(split, by="share", column="")
    if tuple(columns) == data.columns and split == data.split:
        return _name_target(project, names) if role == "target" else project
    project = set_data(project, replace(data, columns=tuple(columns), split=split))
    return _name_target(project, names) if role == "target" else project


def _name_target(project: Project, names: list[str]) -> Project:
    """Let an output that names another column name this one."""
    for node in project.graph.nodes.values():
        if node.type == "output" and node.fields.get("target") and names:
            project = set_field(project, node.id, "target", names[0])
    return project


def _with(column: Column, field: str, value: str) -> Column:
    if field != "kind":
        return replace(column, **_one(field, value)) if value in options(column, field) else column
    if value == column.kind:
        return column
    changed = replace(column, **_one("kind", value))
    if value == "number":
        return replace(changed, missing="mean", scale="standard")
    if column.kind == "number":
        return replace(changed, missing="drop" if column.missing == "drop" else "most_frequent", scale="none")
    return changed


def _one(field: str, value: str) -> dict[str, Any]:
    return {field: value}


def _as_split(column: Column, wanted: str) -> Column:
    if column.name == wanted:
        return replace(column, role="split")
    return replace(column, role="ignored") if column.role == "split" else column


def _is_number_target(column: Column) -> bool:
    return column.role == "target" and column.kind == "number"
