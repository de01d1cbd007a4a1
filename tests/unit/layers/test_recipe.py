"""The recipe says in order and in words what is done to a table, and each step can be switched off and on again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.layers.preparations import settings_of
from designer.layers.recipe import recipe_of, steps_of, switch_step
from designer.project.errors import EditError, ProjectError
from designer.project.model import Column, ImageData, Project, TableData, Windows

SIZE = Column("size", clip="iqr", missing="median", indicator=True)
TOWN = Column("town", "category", missing="constant", encode="ordinal", order=("small", "large"), scale="none")
BORN = Column("born", "date", parts=("year", "month", "weekday"), missing="drop")
PRICE = Column("price", role="target")
TABLE = TableData("a.csv", columns=(SIZE, TOWN, BORN, PRICE, Column("id", role="ignored")))
PROJECT = Project(data=TABLE)


def said(column: Column) -> list[str]:
    return [step.text for step in steps_of(column)]


def test_the_steps_of_a_column_in_order() -> None:
    assert said(SIZE) == [
        "Outliers beyond 1.5 interquartile ranges are clipped",
        "Gaps are filled with the median",
        "Gaps are noted in a column of their own",
        "Scaled to mean 0 and standard deviation 1",
    ]
    assert said(TOWN) == ["Gaps are filled with “missing”", "Words become ranks in order: small, large"]
    assert said(BORN) == ["Rows with a gap are left out", "Dates become year, month and weekday"]
    assert said(replace(BORN, parts=("year",)))[1] == "Dates become year"
    assert said(PRICE) == ["Scaled to mean 0 and standard deviation 1"]
    assert said(Column("t", "category", "target")) == []
    assert said(Column("w", role="weight")) == []


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Column("x", missing="constant"), "Gaps are filled with 0"),
        (Column("x", missing="constant", fill="2,5"), "Gaps are filled with 2.5"),
        (Column("x", missing="constant", fill="much"), "Gaps are filled with “much”"),
        (Column("x", "boolean", missing="constant", fill="yes"), "Gaps are filled with 1"),
        (Column("x", "date", missing="constant", fill="2024-12-31"), "Gaps are filled with 2024-12-31"),
    ],
)
def test_a_constant_is_said_as_it_is_understood(column: Column, text: str) -> None:
    assert said(column)[0] == text


@pytest.mark.parametrize(("kind", "what"), [("number", "number"), ("boolean", "number"), ("date", "date")])
def test_a_constant_that_is_none_of_the_kind_is_refused_where_data_is_prepared(kind: str, what: str) -> None:
    column = Column("x", kind, missing="constant", fill="much")  # type: ignore[arg-type]
    with pytest.raises(ProjectError, match=f"“x” are to be filled with “much”, which is no {what}"):
        settings_of(column)


def test_the_recipe_of_a_table_begins_with_its_rows() -> None:
    recipe = recipe_of(TABLE)
    assert [(step.column, step.key, step.on, step.fixed) for step in recipe[:2]] == [
        ("", "target", True, True),
        ("", "duplicates", False, False),
    ]
    assert recipe[0].text == "Rows without “price” are left out"
    assert [step.column for step in recipe[2:]] == ["size"] * 4 + ["town"] * 2 + ["born"] * 2 + ["price"]
    assert recipe_of(None) == ()
    copies = recipe_of(ImageData("pictures", drop_duplicates=True))[0]
    assert (copies.key, copies.on, copies.text) == (
        "duplicates",
        True,
        "Pictures that repeat an earlier one are left out",
    )


def test_a_series_and_files_are_brought_into_order_first_and_cut_last() -> None:
    columns = (Column("town", "category", "group"), Column("day", "date", "time"), SIZE, PRICE)
    series = TableData("a.csv", columns=columns, samples="windows", windows=Windows(6, 2, 3))
    recipe = recipe_of(series)
    assert [(step.column, step.key, step.fixed) for step in recipe] == [
        ("", "order", True),
        ("", "target", True),
        *(("size", key, False) for key in ("clip", "missing", "indicator", "scale")),
        ("price", "scale", False),
        ("", "windows", True),
    ]
    said = [step.text for step in recipe]
    assert said[0] == "Rows are brought into the order of “day”, those of each “town” by themselves"
    assert said[1] == "Windows that are to predict a gap of “price” are left out"
    assert said[3] == "Gaps take the last value before them, at the start the median"
    assert said[4] == "Gaps at the start are noted in a column of their own"
    assert said[-1] == "Windows of 6 steps are cut, to predict the next 2 steps, every 3 steps"
    constant = replace(series, columns=(replace(SIZE, missing="constant"), PRICE), windows=Windows(6))
    said = [step.text for step in recipe_of(constant)]
    assert "Gaps are filled with 0" in said and "Gaps are noted in a column of their own" in said
    assert said[-1] == "Windows of 6 steps are cut, to predict the next step"
    files = [step.text for step in recipe_of(replace(series, samples="files"))]
    assert files[0] == "Rows of each file are brought into the order of “day”"
    assert files[-1] == "Files are cut after 6 steps, shorter ones padded"
    # which is done to rows alone
    with pytest.raises(EditError, match="no such step"):
        switch_step(Project(data=series), "", "duplicates", on=True)


@pytest.mark.parametrize("key", ["clip", "missing", "indicator", "scale"])
def test_a_step_is_switched_off_and_on_again_without_losing_the_choice(key: str) -> None:
    off = switch_step(PROJECT, "size", key, on=False)  # type: ignore[arg-type]
    assert [step.key for step in recipe_of(off.data) if not step.on] == ["duplicates", key]
    column = off.data.columns[0]  # type: ignore[union-attr]
    assert key not in settings_of(column)
    assert [step.text for step in recipe_of(off.data)] == [step.text for step in recipe_of(TABLE)]
    assert switch_step(off, "size", key, on=True) == PROJECT  # type: ignore[arg-type]
    assert switch_step(off, "size", key, on=False) is off  # type: ignore[arg-type]


def test_without_a_filling_rows_with_a_gap_are_left_out_and_none_are_noted() -> None:
    off = switch_step(PROJECT, "size", "missing", on=False)
    assert settings_of(off.data.columns[0]) == {"kind": "number", "clip": "iqr", "scale": "standard"}  # type: ignore[union-attr]


def test_rows_that_repeat_others_are_kept_or_left_out() -> None:
    once = switch_step(PROJECT, "", "duplicates", on=True)
    assert once.data == replace(TABLE, drop_duplicates=True)
    assert switch_step(once, "", "duplicates", on=False) == PROJECT


@pytest.mark.parametrize(
    ("column", "key", "why"),
    [
        ("town", "encode", "cannot be switched off: words become ranks in order: small, large"),
        ("born", "missing", "cannot be switched off: rows with a gap are left out"),
        ("", "target", "cannot be switched off: rows without “price” are left out"),
        ("town", "clip", "no such step for “town”"),
        ("nowhere", "scale", "no such step for “nowhere”"),
    ],
)
def test_what_cannot_be_switched_says_why(column: str, key: str, why: str) -> None:
    with pytest.raises(EditError, match=why):
        switch_step(PROJECT, column, key, on=False)  # type: ignore[arg-type]
    with pytest.raises(EditError):
        switch_step(Project(), column, key, on=False)  # type: ignore[arg-type]


def test_words_that_are_encoded_in_no_way_become_columns_of_0_and_1() -> None:
    column = replace(TOWN, off=("encode",), encode="codes")
    assert settings_of(column)["encode"] == "onehot"
    assert settings_of(column)["kind"] == "category"
