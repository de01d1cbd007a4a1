"""The recipe: what is done to a table before it enters a network, step by step in words, and switching a step off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from designer.layers.preparations import USUAL_PARTS, choice_of, choices, fill_of, shown_fill
from designer.project.edits import set_data
from designer.project.errors import EditError, ProjectError
from designer.project.model import Column, Data, ImageData, Project, Samples, StepKey, TableData

# what is done to whole rows, not to a column
RowsKey: TypeAlias = Literal["order", "target", "duplicates", "windows"]
RecipeKey: TypeAlias = RowsKey | StepKey
# words of an order that are shown before “…”
SHOWN = 6
FILLED = "Gaps are filled with "


@dataclass(frozen=True)
class RecipeStep:
    """One step: the column it is done to, empty for the whole table, its key, and what it does in a sentence.

    ``on`` is whether it is done; a ``fixed`` one cannot be switched off.
    """

    column: str
    key: RecipeKey
    text: str
    on: bool = True
    fixed: bool = False


def recipe_of(data: Data | None) -> tuple[RecipeStep, ...]:
    """All steps of a table in the order in which they are done; of pictures that copies are left out."""
    if isinstance(data, ImageData):
        return (copies_step(data),)
    if data is None:
        return ()
    columns = (step for column in data.columns for step in steps_of(column, data.samples))
    return (*_ordering(data), *_table_steps(data), *columns, *_cutting(data))


def copies_step(data: ImageData) -> RecipeStep:
    """The step that keeps the first of pictures with the same bytes."""
    return RecipeStep("", "duplicates", "Pictures that repeat an earlier one are left out", on=data.drop_duplicates)


def _ordering(data: TableData) -> Iterator[RecipeStep]:
    """Windows and files are read in the order of time."""
    named = {column.role: column.name for column in data.columns}
    if data.samples not in ("windows", "files") or "time" not in named:
        return
    each = "Rows of each file" if data.samples == "files" else "Rows"
    apart = (
        f", those of each “{named['group']}” by themselves" if data.samples == "windows" and "group" in named else ""
    )
    yield RecipeStep("", "order", f"{each} are brought into the order of “{named['time']}”{apart}", fixed=True)


def _table_steps(data: TableData) -> Iterator[RecipeStep]:
    targets = [column.name for column in data.columns if column.role == "target"]
    named = " or ".join(f"“{name}”" for name in targets)
    if targets and data.samples == "windows":
        yield RecipeStep("", "target", f"Windows that are to predict a gap of {named} are left out", fixed=True)
    elif targets and data.samples == "rows":
        yield RecipeStep("", "target", f"Rows without {named} are left out", fixed=True)
    if data.samples == "rows":
        yield RecipeStep("", "duplicates", "Rows that repeat another row are left out", on=data.drop_duplicates)


def _cutting(data: TableData) -> Iterator[RecipeStep]:
    """Samples are cut out of a series, or off a file that is too long."""
    cut = data.windows
    if data.samples == "windows":
        ahead = "the next step" if cut.horizon == 1 else f"the next {cut.horizon} steps"
        every = f", every {cut.stride} steps" if cut.stride > 1 else ""
        yield RecipeStep("", "windows", f"Windows of {cut.length} steps are cut, to predict {ahead}{every}", fixed=True)
    elif data.samples == "files":
        yield RecipeStep("", "windows", f"Files are cut after {cut.length} steps, shorter ones padded", fixed=True)


def steps_of(column: Column, samples: Samples = "rows") -> tuple[RecipeStep, ...]:
    """The steps of a column in the order in which they are done; those of a target scale it."""
    if column.role == "target":
        steps = _scaling(column) if column.kind == "number" else iter(())
    elif column.role in ("feature", "ahead"):
        steps = _feature_steps(column, samples)
    else:
        steps = iter(())
    return tuple(steps)


def _feature_steps(column: Column, samples: Samples) -> Iterator[RecipeStep]:
    clip, missing, encode = (choice_of(column, step) for step in ("clip", "missing", "encode"))
    if clip is not None and clip.apply:
        yield _step(column, "clip", clip.said)
    if missing is not None:
        said, forward = _filled_in(column, missing.said), fills_forward(column, samples)
        if forward:
            said = f"Gaps take the last value before them, at the start {said.removeprefix(FILLED)}"
        yield _step(column, "missing", said, fixed=not missing.apply)
        if column.indicator and missing.apply:
            yield _step(column, "indicator", f"Gaps {'at the start ' * forward}are noted in a column of their own")
    if encode is not None:
        yield replace(_step(column, "encode", _filled_in(column, encode.said), fixed=True), on=True)
    yield from _scaling(column)


def fills_forward(column: Column, samples: Samples) -> bool:
    """Whether a gap of this column takes the last known value before it, as in a series, unless it is a constant."""
    chosen = choice_of(column, "missing")
    return samples in ("windows", "files") and chosen is not None and chosen.key != "constant" and bool(chosen.apply)


def _scaling(column: Column) -> Iterator[RecipeStep]:
    scale = choice_of(column, "scale")
    if scale is not None and scale.apply:
        yield _step(column, "scale", scale.said)


def _step(column: Column, key: StepKey, text: str, fixed: bool = False) -> RecipeStep:
    return RecipeStep(column.name, key, text, key not in column.off, fixed)


def _filled_in(column: Column, said: str) -> str:
    """A sentence with the column's own words in it."""
    if "{fill}" in said:
        return said.replace("{fill}", _shown_fill(column))
    if "{order}" in said:
        order = ", ".join(column.order[:SHOWN]) + (", …" if len(column.order) > SHOWN else "")
        return said.replace("{order}", f": {order}" if order else "")
    titles = [each.said for key, each in choices("part", "date").items() if key in (column.parts or USUAL_PARTS)]
    return said.replace("{parts}", " and ".join(part for part in (", ".join(titles[:-1]), titles[-1]) if part))


def _shown_fill(column: Column) -> str:
    try:
        fill = fill_of(column)
    except ProjectError:
        return f"“{column.fill}”"
    return shown_fill(fill)


def switch_step(project: Project, column: str, key: RecipeKey, on: bool) -> Project:
    """The project with one step of the recipe on or off; an EditError where there is no such step, or it must be."""
    data = project.data
    step = next((each for each in recipe_of(data) if (each.column, each.key) == (column, key)), None)
    if step is None or data is None:
        raise EditError(f"There is no such step for “{column}”." if column else "There is no such step.")
    if step.on == on:
        return project
    if step.fixed:
        raise EditError(f"This step cannot be switched off: {step.text[:1].lower()}{step.text[1:]}.")
    if key == "duplicates":
        return set_data(project, replace(data, drop_duplicates=on))
    assert isinstance(data, TableData)
    columns = tuple(_switched(each, key, on) if each.name == column else each for each in data.columns)
    return set_data(project, replace(data, columns=columns))


def _switched(column: Column, key: RecipeKey, on: bool) -> Column:
    others = tuple(each for each in column.off if each != key)
    return replace(column, off=others if on else (*others, key))  # type: ignore[arg-type]
