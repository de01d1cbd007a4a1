"""Edits of the data settings: roles, types, fills and scales of columns, and how rows are split, kept in agreement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from designer.layers.inputs import target_names
from designer.layers.places import PLACES, place_word
from designer.layers.preparations import DAY_ORDERS, STEPS, USUAL_PARTS, Step, choices, is_encoded
from designer.project.edits import set_data, set_field
from designer.project.errors import EditError
from designer.project.model import Column, Data, Node, Project, Split, SplitBy, TableData

Words = Mapping[str, tuple[str, str]]

ROLES: Words = {
    "feature": ("Feature", "The network learns from it."),
    "target": ("Target", "What the network shall predict. The column that was the target becomes a feature."),
    "weight": ("Weight", "How much a row counts in training: twice the weight counts like two rows."),
    "group": ("Group", "Rows of one group, such as a person or a place, all go to the same part."),
    "time": ("Time", "The order of the rows: the first are trained with, the last are for testing."),
    "ahead": ("Known ahead", "A feature that is known for the time to come too, such as a holiday."),
    "split": ("Split", "Its words train, validation and test say which rows are for what."),
    "ignored": ("Ignored", "Left out."),
}
KINDS: Words = {
    "number": ("Number", "Amounts, measures, counts."),
    "category": ("Category", "A few different words; each becomes an input of its own (one-hot)."),
    "boolean": ("Yes or no", "True and false, yes and no, 1 and 0."),
    "date": ("Date", "Dates and times; the network gets parts of them, such as month or weekday."),
    "text": ("Text", "Free text, read word by word; a target is written character by character."),
    "image": ("Picture", "Paths of pictures."),
}
# no role of its own: the column becomes a target beside those that there are
ANOTHER = "another target"
ANOTHER_WORDS = ("Target as well", "The network predicts this number beside the others that are its targets.")
WITH_ANOTHER: Words = {
    role: words
    for each in ROLES
    for role, words in (((each, ROLES[each]), (ANOTHER, ANOTHER_WORDS)) if each == "target" else ((each, ROLES[each]),))
}
TITLES = {"role": "Role", "kind": "Type", "missing": "Fill", "scale": "Scaling"}
FIELD_TITLES = {**TITLES, "clip": "Outliers", "encode": "Words as", "day_first": "Dates", "place": "Place"}
ORDERS: Mapping[str, str] = {"auto": "Found out", "yes": "Day first", "no": "Month first"}
_STEPS: Mapping[str, Step] = {step: step for step in STEPS}
FED = ("feature", "ahead")
# of these roles there is one column at most
SINGLE = ("weight", "group", "time", "split")
CHOSEN = ("kind", "clip", "missing", "encode", "scale")


def options(column: Column, field: str) -> Words:
    """What ``field`` of ``column`` may be, with words for people; nothing where it makes no difference."""
    if field == "role":
        return WITH_ANOTHER if column.kind == "number" and column.role != "target" else ROLES
    if field == "kind":
        return KINDS
    if field == "day_first":
        read = column.kind == "date" and column.role != "ignored"
        return {key: (word, DAY_ORDERS[key]) for key, word in ORDERS.items()} if read else {}
    if field == "place":
        return _places(column.name) if _is_number_target(column) else {}
    step = _STEPS.get(field)
    if step is None or (column.role not in FED and not (step == "scale" and _is_number_target(column))):
        return {}
    if step == "scale" and column.kind == "category" and not is_encoded(column, "ordinal"):
        return {}
    found = choices(step, column.kind, target=column.role == "target")
    return {key: (each.title, each.summary) for key, each in found.items()} if len(found) > 1 else {}


def _places(name: str) -> Words:
    """What a column may say of a place; first what its name tells by itself, where that hangs on no other column."""
    told, word, explained = place_word(name), *PLACES["auto"]
    if told == place_word(name, counted=True):
        word += f": {PLACES[told][0].lower() if told == 'none' else PLACES[told][0]}"
    return {**PLACES, "auto": (word, explained)}


def word_of(column: Column, field: str, value: object) -> str:
    """What a value of a field is called, for people; empty for what is typed."""
    known = options(column, field).get(value) if isinstance(value, str) else None
    return known[0] if known else ""


def label_of(columns: Sequence[Column], names: Collection[str], field: str, value: object) -> str:
    """What setting ``field`` of the columns ``names`` is called in the history."""
    word = next((word for each in columns if each.name in names and (word := word_of(each, field, value))), "")
    what = f"“{next(iter(names))}”" if len(names) == 1 else f"{len(names)} columns"
    title = FIELD_TITLES.get(field, field.capitalize())
    return f"{title} of {what}: {word}" if word else f"{title} of {what}"


def words_for(column: Column, field: str) -> str:
    """What a column's field is now, for people; a dash where it makes no difference."""
    known = options(column, field)
    if not known:
        return "–"
    value = getattr(column, field)
    # what does not suit the kind counts as the first that does, as in training
    return known[value if value in known else next(iter(known))][0]


def has_columns(data: Data | None) -> bool:
    """Whether the data has columns of which each has a role: a table, also one that names pictures."""
    return isinstance(data, TableData) or (data is not None and data.layout == "table")


def target_name(project: Project) -> str:
    """The column that the network predicts: the one that the output names, else the one marked as target."""
    if not has_columns(project.data):
        return ""
    assert project.data is not None
    named = [name for node in outputs_of(project) for name in target_names(node.fields.get("target", ""))]
    marked = [column.name for column in project.data.columns if column.role == "target"]
    return next((name for name in (*named, *marked) if name), "")


def outputs_of(project: Project) -> list[Node]:
    """The outputs of the project's graph."""
    return [node for node in project.graph.nodes.values() if node.type == "output"]


def set_columns(project: Project, names: Collection[str], field: str, value: Any) -> Project:
    """The project with ``field`` of the columns ``names`` set, and all that has to follow from it."""
    data = project.data
    if data is None or not has_columns(data):
        return project
    if field == "role" and value == ANOTHER:
        return add_target(project, next(iter(names), ""))
    if field == "role":
        return _set_role(project, data, list(names), value)
    columns = tuple(_with(column, field, value) if column.name in names else column for column in data.columns)
    return project if columns == data.columns else set_data(project, replace(data, columns=columns))


def add_target(project: Project, name: str) -> Project:
    """The project with one more column of numbers to predict beside those that it predicts already."""
    data = project.data
    if data is None or not has_columns(data):
        return project
    now = {each.name for each in data.columns if each.role == "target"} or {target_name(project)}
    chosen = [each for each in data.columns if each.name in {*now, name}]
    odd = next((each for each in chosen if each.kind != "number"), None)
    if odd is not None:
        raise EditError(f"“{odd.name}” holds no numbers; of several targets each must be a number.")
    columns = tuple(replace(each, role="target") if each in chosen else each for each in data.columns)
    project = set_data(project, replace(data, columns=columns))
    outputs = outputs_of(project)
    for node in outputs if len(outputs) == 1 else ():
        if node.fields.get("target"):
            # an output that names one column predicts that one alone
            project = set_field(project, node.id, "target", "")
    return project


def role_column(data: Data, role: str) -> str:
    """The first column with a role, empty where none has it."""
    return next((column.name for column in data.columns if column.role == role), "")


def set_split(project: Project, split: Split) -> Project:
    """The project with its rows split so; the roles of columns follow.

    For a split by group or by time ``split.column`` names the column that shall have that role.
    """
    data = project.data
    if data is None:
        return project
    if has_columns(data):
        roles = {"column": "split", "group": "group", "time": "time"}
        columns = data.columns
        if split.by in roles and split.column:
            columns = _with_single(columns, split.column, roles[split.by])
        if split.by != "column":
            columns = tuple(replace(each, role="ignored") if each.role == "split" else each for each in columns)
            split = replace(split, column="")
        data = replace(data, columns=columns)
    data = replace(data, split=split)
    return project if data == project.data else set_data(project, data)


def _with_single(columns: tuple[Column, ...], name: str, role: Any) -> tuple[Column, ...]:
    """``role`` for the column called ``name`` alone; another that had it is ignored from now on."""
    return tuple(
        replace(each, role=role) if each.name == name else replace(each, role="ignored") if each.role == role else each
        for each in columns
    )


def _set_role(project: Project, data: Data, names: list[str], role: Any) -> Project:
    columns = data.columns
    if role == "target":
        names = names[:1]
        columns = tuple(replace(each, role="feature") if each.role == "target" else each for each in columns)
    if role in SINGLE and names:
        names = names[:1]
        columns = _with_single(columns, names[0], role)
    columns = tuple(_in_role(each, role) if each.name in names else each for each in columns)
    split = _split_for(data, columns, role, names)
    if columns == data.columns and split == data.split:
        return _name_target(project, names) if role == "target" else project
    project = set_data(project, replace(data, columns=columns, split=split))
    return _name_target(project, names) if role == "target" else project


def _in_role(column: Column, role: Any) -> Column:
    """A date becomes a feature by its parts, of which it needs some."""
    if role in FED and column.kind == "date" and not column.parts:
        return replace(column, role=role, parts=USUAL_PARTS)
    return replace(column, role=role)


def _split_for(data: Data, columns: tuple[Column, ...], role: Any, names: list[str]) -> Split:
    """The split that suits roles set a moment ago: a new group, time or split column divides the rows.

    Of a series, time and group first of all say what follows what: by which of them it is divided is another question,
    and without either it goes by the order of its rows, never by chance.
    """
    split, series = data.split, isinstance(data, TableData) and data.samples == "windows"
    if role == "split" and names:
        return replace(split, by="column", column=names[0])
    dividing: tuple[str, ...] = ("share", "column") if series else ("share", "group", "time", "column")
    if role in ("group", "time") and names and split.by in dividing:
        return replace(split, by=role, column="")
    roles = {column.role for column in columns}
    otherwise: SplitBy = "time" if series else "share"
    if split.by == "column" and split.column in names:
        return replace(split, by=otherwise, column="")
    return replace(split, by=otherwise) if split.by in ("group", "time") and split.by not in roles else split


def _name_target(project: Project, names: list[str]) -> Project:
    """Let the only output, if it names another column, name this one."""
    outputs = outputs_of(project)
    for node in outputs if len(outputs) == 1 else ():
        if node.fields.get("target") and names:
            project = set_field(project, node.id, "target", names[0])
    return project


def _with(column: Column, field: str, value: Any) -> Column:
    if field not in CHOSEN:
        return replace(column, **_one(field, value))
    if field != "kind":
        return replace(column, **_one(field, value)) if value in options(column, field) else column
    if value == column.kind:
        return column
    changed = replace(column, **_one("kind", value))
    if value == "number":
        return replace(changed, missing="mean", scale="standard")
    if value == "date":
        return _in_role(replace(changed, scale="none"), column.role)
    if column.kind == "number":
        return replace(changed, missing="drop" if column.missing == "drop" else "most_frequent", scale="none")
    return changed


def _one(field: str, value: Any) -> dict[str, Any]:
    return {field: value}


def _is_number_target(column: Column) -> bool:
    return column.role == "target" and column.kind == "number"
