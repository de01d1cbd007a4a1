"""Preparation learns from the rows to train with and does to other rows what scikit-learn would."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)

from designer.layers.preparations import settings_of
from designer.project.model import Column
from designer.training.columns import feature_names, input_array, needed, prepared_features
from tests.helpers.learning import learn_preparation

TARGET = Column("t", role="target")
# a busy machine is no failure
calm = settings(deadline=None)
SCALERS = {
    "standard": StandardScaler(),
    "minmax": MinMaxScaler(),
    "robust": RobustScaler(),
    "log": make_pipeline(FunctionTransformer(lambda x: np.sign(x) * np.log1p(np.abs(x))), StandardScaler()),
    "none": FunctionTransformer(),
}
STRATEGIES = ["mean", "median", "most_frequent", "constant"]


def words(cells: Any) -> pd.Categorical:
    return pd.Categorical(cells, categories=sorted({cell for cell in cells if isinstance(cell, str)}))


def prepared(frame: pd.DataFrame, *columns: Column, train: int | None = None) -> tuple[np.ndarray, dict[str, Any]]:
    """The columns as a network takes them, learned from the first ``train`` rows, by way of JSON."""
    settings = {column.name: settings_of(column) for column in columns}
    frame = frame.assign(t=1.0)
    learned = learn_preparation(frame.iloc[:train], settings, [TARGET], "number")
    again = json.loads(json.dumps(learned, allow_nan=False))
    assert again == learned
    matrix = prepared_features(frame, again)
    assert matrix.dtype == np.float32
    assert matrix.shape == (len(frame), len(feature_names(again)))
    return matrix, again["features"]


cells_of_numbers = arrays.arrays(
    np.float64,
    st.integers(6, 40),
    elements=st.one_of(st.floats(-1e6, 1e6, width=32).map(lambda x: round(x, 3)), st.just(np.nan)),
)
cells_of_words = st.lists(st.sampled_from(["red", "green", "blue", "10", "9", None]), min_size=6, max_size=40)


@calm
@given(cells_of_numbers, st.sampled_from(STRATEGIES), st.sampled_from(list(SCALERS)))
def test_numbers_as_scikit_learn(cells: np.ndarray, missing: str, scale: str) -> None:
    known = cells[:4][~np.isnan(cells[:4])]
    assume(len(known) and known.max() - known.min() > 1e-3)
    filled = SimpleImputer(strategy=missing, fill_value=2.5).fit(cells[:4, None])
    train, every = filled.transform(cells[:4, None]), filled.transform(cells[:, None])
    if scale == "robust":
        # where the quartiles are the same, scikit-learn does not scale at all
        assume(np.subtract(*np.percentile(train, [75, 25])) > 1e-3)
    column = Column("x", missing=missing, scale=scale, fill="2.5")  # type: ignore[arg-type]
    matrix, _ = prepared(pd.DataFrame({"x": cells}), column, train=4)
    expected = SCALERS[scale].fit(train).transform(every)
    np.testing.assert_allclose(matrix, expected, rtol=1e-5, atol=1e-5 * max(1.0, np.abs(expected).max()))


@calm
@given(cells_of_numbers, st.sampled_from(STRATEGIES))
def test_an_indicator_as_scikit_learn(cells: np.ndarray, missing: str) -> None:
    assume(np.isnan(cells).any() and not np.isnan(cells).all())
    matrix, _ = prepared(
        pd.DataFrame({"x": cells}),
        Column("x", missing=missing, fill="7", scale="none", indicator=True),  # type: ignore[arg-type]
    )
    imputer = SimpleImputer(strategy=missing, fill_value=7.0, add_indicator=True)
    np.testing.assert_allclose(matrix, imputer.fit_transform(cells[:, None]), rtol=1e-6)


@calm
@given(cells_of_words, st.sampled_from(["most_frequent", "constant"]), st.sampled_from(["onehot", "ordinal"]))
def test_words_as_scikit_learn(cells: list[str | None], missing: str, encode: str) -> None:
    raw = np.array(cells, dtype=object)[:, None]
    assume(any(cell is not None for cell in cells[:4]))
    imputer = SimpleImputer(missing_values=None, strategy=missing, fill_value="gone").fit(raw[:4])
    train, every = imputer.transform(raw[:4]), imputer.transform(raw)
    # words that are all numbers come by size here, by the alphabet there
    assume(not set(train[:, 0]) <= {"9", "10"})
    encoder = {
        "onehot": OneHotEncoder(handle_unknown="ignore", sparse_output=False),
        "ordinal": OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    }[encode]
    column = Column("c", "category", missing=missing, fill="gone", encode=encode, scale="none")  # type: ignore[arg-type]
    matrix, _ = prepared(pd.DataFrame({"c": words(cells)}), column, train=4)
    np.testing.assert_array_equal(matrix, encoder.fit(train).transform(every))


@calm
@given(cells_of_words)
def test_an_order_that_was_chosen_as_scikit_learn(cells: list[str | None]) -> None:
    order = ("green", "red", "blue", "9", "10")
    filled = [cell or "blue" for cell in cells]
    column = Column("c", "category", missing="constant", fill="blue", encode="ordinal", order=order, scale="minmax")
    matrix, learned = prepared(pd.DataFrame({"c": words(cells)}), column)
    expected = OrdinalEncoder(categories=[list(order)]).fit_transform(np.array(filled, dtype=object)[:, None])
    np.testing.assert_allclose(matrix, MinMaxScaler().fit_transform(expected), atol=1e-6)
    assert learned["c"]["order"] == list(order)


@calm
@given(st.lists(st.datetimes(min_value=pd.Timestamp("1900-01-01"), max_value=pd.Timestamp("2199-12-31")), min_size=1))
def test_parts_of_dates_as_pandas(moments: list[Any]) -> None:
    parts = ("month", "day", "weekday", "hour", "minute", "yearday", "year", "elapsed")
    dates = pd.Series(pd.to_datetime(moments))
    matrix, learned = prepared(pd.DataFrame({"d": dates}), Column("d", "date", parts=parts))
    of = dates.dt
    bounded = [
        (of.month - 1) / 11, (of.day - 1) / 30, of.day_of_week / 6, of.hour / 23, of.minute / 59,
        (of.day_of_year - 1) / 365,
    ]  # fmt: skip
    np.testing.assert_allclose(matrix[:, :6], np.column_stack(bounded), atol=1e-6)
    days = (dates.dt.floor("s") - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
    for place, values in ((6, of.year), (7, days)):
        expected = StandardScaler().fit_transform(values.to_numpy(np.float64)[:, None])[:, 0]
        np.testing.assert_allclose(matrix[:, place], expected, atol=1e-4)
    assert list(learned["d"]["scales"]) == ["year", "elapsed"]


def test_a_gap_among_dates_is_the_middle_date_the_commonest_or_a_chosen_one() -> None:
    dates = pd.to_datetime(["2020-03-01", None, "2021-03-05", "2021-03-05", "2019-01-01"])
    frame = pd.DataFrame({"d": dates})
    fills = {"median": "2020-03-01T00:00:00", "most_frequent": "2021-03-05T00:00:00"}
    fills["constant"] = "2024-12-31T00:00:00"
    for missing, fill in fills.items():
        column = Column("d", "date", missing=missing, fill="2024-12-31", indicator=True)  # type: ignore[arg-type]
        matrix, learned = prepared(frame, column)
        assert learned["d"]["fill"] == fill
        assert matrix[:, -1].tolist() == [0, 1, 0, 0, 0]
        month = (pd.Timestamp(fill).month - 1) / 11
        assert matrix[1, 1] == pytest.approx(month)


@pytest.mark.parametrize(("clip", "low", "high"), [("iqr", -100.0, 200.0), ("percentile", 1.0, 99.0)])
def test_outliers_are_clipped_before_anything_else_is_learned(clip: str, low: float, high: float) -> None:
    cells = np.arange(101.0)
    cells[[0, 100]] = -9e5, 9e5
    frame = pd.DataFrame({"x": np.append(cells, np.nan)})
    matrix, learned = prepared(frame, Column("x", clip=clip, scale="none"))  # type: ignore[arg-type]
    inside = np.clip(cells, learned["x"]["low"], learned["x"]["high"])
    quartiles = np.percentile(cells, [25, 75])
    if clip == "iqr":
        assert learned["x"]["low"] == quartiles[0] - 1.5 * (quartiles[1] - quartiles[0])
    else:
        assert [learned["x"]["low"], learned["x"]["high"]] == [low, high]
    np.testing.assert_allclose(matrix[:-1, 0], inside.astype(np.float32))
    assert matrix[-1, 0] == pytest.approx(inside.mean())


def test_a_column_of_which_most_is_one_number_is_neither_clipped_nor_scaled_to_nothing() -> None:
    cells = [0.0] * 990 + [5.0, 1000.0]
    matrix, _ = prepared(pd.DataFrame({"x": cells}), Column("x", clip="iqr", scale="robust"))
    assert len(set(matrix[:, 0])) == 3
    assert np.abs(matrix).max() < 50


@pytest.mark.parametrize("scale", list(SCALERS))
@pytest.mark.parametrize("clip", ["none", "iqr", "percentile"])
@pytest.mark.parametrize("values", [[7.0] * 4, [np.nan] * 4, [0.1] * 3, [1e15 + 0.3] * 4, [3.0], [1e30, -1e30, 0.0]])
def test_constant_and_empty_columns_never_divide_by_zero(values: list[float], clip: str, scale: str) -> None:
    column = Column("x", clip=clip, scale=scale, indicator=True)  # type: ignore[arg-type]
    matrix, _ = prepared(pd.DataFrame({"x": values}), column)
    assert np.isfinite(matrix).all()
    if scale != "none" and len(set(values)) == 1:
        assert not matrix[:, 0].any()


def test_nothing_to_learn_from_makes_no_words_and_no_date() -> None:
    frame = pd.DataFrame({"c": words([None, None]), "d": pd.to_datetime([None, None])})
    matrix, learned = prepared(frame, Column("c", "category"), Column("d", "date", indicator=True))
    assert learned["c"]["categories"] == []
    assert matrix.tolist() == [[0, 0, 0, pytest.approx(0.5), 1]] * 2  # a Thursday


def test_a_word_that_was_not_there_to_learn_from_is_all_zeros_the_lowest_rank_or_code_0() -> None:
    frame = pd.DataFrame({"c": words(["b", "a", "b", "new", None])})
    matrix, _ = prepared(frame, Column("c", "category"), train=3)
    assert matrix.tolist() == [[0, 1], [1, 0], [0, 1], [0, 0], [0, 1]]
    matrix, _ = prepared(frame, Column("c", "category", encode="ordinal", scale="none"), train=3)
    assert matrix[:, 0].tolist() == [1, 0, 1, -1, 1]
    settings = {"c": settings_of(Column("c", "category", encode="codes"))}
    learned = learn_preparation(frame.assign(t=1.0).iloc[:3], settings, [TARGET], "number")["features"]
    assert input_array("prepare_codes", frame, learned).tolist() == [[2], [1], [2], [0], [2]]


def test_codes_are_numbered_on_from_column_to_column() -> None:
    frame = pd.DataFrame({"c": words(["b", "a", None]), "e": words(["x", "new", "x"]), "t": 1.0})
    settings = {name: settings_of(Column(name, "category", encode="codes", missing="drop")) for name in ("c", "e")}
    learned = learn_preparation(frame.iloc[[0, 0]], settings, [TARGET], "number")["features"]
    codes = input_array("prepare_codes", frame, learned)
    assert codes.dtype == np.int64
    assert codes.tolist() == [[1, 3], [0, 2], [0, 3]]
    assert [each["codes"] for each in learned.values()] == [2, 2]


def test_a_gap_may_be_a_word_of_its_own() -> None:
    frame = pd.DataFrame({"c": words(["b", None, "a"])})
    matrix, learned = prepared(frame, Column("c", "category", missing="constant"))
    assert learned["c"]["categories"] == ["a", "b", "missing"]
    assert matrix[1].tolist() == [0, 0, 1]


def test_numbers_that_name_categories_come_by_size() -> None:
    _, learned = prepared(pd.DataFrame({"c": words(["10", "9", "100"])}), Column("c", "category"))
    assert learned["c"]["categories"] == ["9", "10", "100"]


def test_columns_keep_their_order_and_say_what_they_are() -> None:
    frame = pd.DataFrame(
        {"y": [1.0, 2.0], "c": words(["a", "b"]), "d": pd.to_datetime(["2020-01-01"] * 2), "x": [5.0, np.nan]}
    )
    columns = (
        Column("y", scale="none"),
        Column("c", "category"),
        Column("d", "date", parts=("hour", "year")),
        Column("x", scale="none", missing="constant", indicator=True),
    )
    matrix, learned = prepared(frame, *columns)
    names = ["y", "c=a", "c=b", "d hour", "d year", "x", "x missing"]
    assert feature_names({"features": learned}) == names
    assert matrix.tolist() == [[1, 1, 0, 0, 0, 5, 0], [2, 0, 1, 0, 0, 0, 1]]


def test_a_step_that_is_off_is_left_out_and_rows_with_gaps_that_nothing_fills() -> None:
    columns = [Column("x", missing="drop"), Column("y"), Column("z", off=("missing", "scale")), Column("c", "category")]
    settings = {column.name: settings_of(column) for column in columns}
    assert needed(settings, ["t"]) == ["t", "x", "z"]
    assert settings["z"] == {"kind": "number"}


def test_single_precision_is_prepared_in_double() -> None:
    cells = np.random.default_rng(0).normal(1e6, 1, 50).astype(np.float32)
    matrix, _ = prepared(pd.DataFrame({"x": cells}), Column("x"))
    double, _ = prepared(pd.DataFrame({"x": cells.astype(np.float64)}), Column("x"))
    np.testing.assert_array_equal(matrix, double)


def test_many_rows_are_prepared_as_few() -> None:
    chance = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"x": chance.normal(size=10_001), "c": pd.Categorical.from_codes(chance.integers(-1, 3, 10_001), list("abc"))}
    )
    columns = (Column("x", clip="iqr"), Column("c", "category", indicator=True))
    whole, learned = prepared(frame, *columns)
    one_by_one = np.vstack(
        [prepared_features(frame.iloc[[row]], {"features": learned}) for row in range(0, 10_001, 997)]
    )
    np.testing.assert_array_equal(whole[::997], one_by_one)


def test_words_may_come_as_plain_text() -> None:
    cells = ["b", "a", None, "b"]
    columns = (Column("c", "category", indicator=True), Column("o", "category", encode="ordinal"))
    as_words = pd.DataFrame({"c": words(cells), "o": words(cells)})
    for dtype in ("str", "object"):
        plain = pd.DataFrame({"c": pd.Series(cells, dtype=dtype), "o": pd.Series(cells, dtype=dtype)})
        np.testing.assert_array_equal(prepared(plain, *columns)[0], prepared(as_words, *columns)[0])
