"""Every preparation keeps the contract of its declaration, and together they are all that a project can ask for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from designer.compiler.functions import closure
from designer.layers.preparations import PREPARATIONS, Preparation, choice_of, choices, settings_of
from designer.layers.recipe import steps_of
from designer.project.data_forms import data_from, data_to
from designer.project.model import Clip, Column, ColumnKind, DatePart, Encode, Missing, Scale, TableData
from designer.runtime.moments import DATE_PARTS
from designer.training.columns import feature_names, input_array, step_functions
from tests.helpers.learning import learn_preparation

KEYS = {"clip": Clip, "missing": Missing, "encode": Encode, "scale": Scale, "part": DatePart}
COLUMN_KINDS = ("number", "boolean", "category", "date")
USES = [(way, kind) for way in PREPARATIONS for kind in way.kinds if kind != "text"]
FRAME = pd.DataFrame(
    {
        "number": [1.0, -2.0, np.nan, 40.0],
        "boolean": [0.0, 1.0, np.nan, 1.0],
        "category": pd.Categorical(["a", None, "b", "a"]),
        "date": pd.to_datetime(["2020-01-31 00:00", "2021-06-30 12:34", None, "2020-02-29 23:59"]),
    }
)


def column_with(way: Preparation, kind: ColumnKind) -> Column:
    column = Column(kind, kind)
    if way.step == "part":
        return replace(column, parts=(way.key,))  # type: ignore[arg-type]
    if way.key == "parts":
        return column
    # a category is scaled by its rank
    encode = "ordinal" if way.step == "scale" else "onehot"
    return replace(replace(column, encode=encode), **{way.step: way.key})  # type: ignore[arg-type]


def test_each_choice_of_a_project_file_is_declared_and_no_other() -> None:
    for step, keys in KEYS.items():
        declared = {way.key for way in PREPARATIONS if way.step == step and way.kinds != ("text",)}
        assert declared - {"parts"} == set(get_args(keys)), step
    assert set(DATE_PARTS) == set(get_args(DatePart))


def test_of_each_kind_a_way_is_declared_once() -> None:
    uses = [(way.step, way.key, kind) for way, kind in ((way, kind) for way in PREPARATIONS for kind in way.kinds)]
    assert len(uses) == len(set(uses))
    for kind in COLUMN_KINDS:
        # the functions of a step are found by the way alone
        ways = [way.key for way, of in USES if of == kind and way.apply and way.step != "part"]
        assert len(ways) == len(set(ways)), kind


@pytest.mark.parametrize(("way", "kind"), USES, ids=[f"{way.step}-{way.key}-{kind}" for way, kind in USES])
def test_preparation(way: Preparation, kind: ColumnKind) -> None:
    assert way.title and way.said
    assert way.summary.endswith(".") and way.summary.count(". ") == 0
    assert bool(way.learn) == bool(way.apply)
    column = column_with(way, kind)
    assert data_from(data_to(TableData("a.csv", columns=(column,)))) == TableData("a.csv", columns=(column,))
    settings = {kind: settings_of(column)}
    frame = FRAME.assign(t=1.0).dropna(subset=[kind]) if way.key == "drop" else FRAME.assign(t=1.0)
    learned = learn_preparation(frame, settings, [Column("t", role="target")], "number")
    assert json.loads(json.dumps(learned, allow_nan=False)) == learned
    codes = way.key == "codes"
    array = input_array("prepare_codes" if codes else "prepare_features", frame, learned["features"])
    assert np.isfinite(array).all()
    assert codes or array.shape == (len(frame), len(feature_names(learned)))


@pytest.mark.parametrize(("way", "kind"), USES, ids=[f"{way.step}-{way.key}-{kind}" for way, kind in USES])
def test_a_script_finds_its_functions_and_a_recipe_says_it(way: Preparation, kind: ColumnKind) -> None:
    column = column_with(way, kind)
    said = [step.text for step in steps_of(column)]
    assert all(text[:1].isupper() and "{" not in text and not text.endswith(".") for text in said)
    if way.apply:
        part = way.step == "part"
        key = way.key if not part else "parts"
        assert key in step_functions({kind: settings_of(column)})["codes" if key == "codes" else kind]
        found = closure(f"import numpy as np\n\ndef read() -> None:\n    print({way.learn}, {way.apply})\n")
        assert {way.learn, way.apply} <= found.names
        assert any(way.said in text for text in said) if "{" not in way.said else said
    else:
        assert way.key in ("none", "drop")


def test_what_does_not_suit_a_kind_counts_as_the_first_that_does() -> None:
    words, date = Column("c", "category", missing="mean"), Column("d", "date", missing="mean")
    assert [choice_of(each, "missing").key for each in (words, date)] == ["most_frequent", "median"]  # type: ignore[union-attr]
    assert choice_of(Column("b", "boolean", scale="log"), "scale").key == "standard"  # type: ignore[union-attr]
    assert choice_of(words, "scale") is None
    assert choice_of(words, "clip") is None
    assert set(choices("scale", "number", target=True)) == {"standard", "minmax", "robust", "log", "none"}
