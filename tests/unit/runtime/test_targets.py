"""Targets and weights come as a loss takes them, and lead back to their own units."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch.nn.functional import l1_loss, mse_loss

from designer.project.model import Column
from designer.runtime.errors import DataError
from designer.runtime.measures import target_units
from designer.training.columns import target_array, weight_array
from designer.training.points import measured_by, predictions
from tests.helpers.learning import learn_preparation


def learned(frame: pd.DataFrame, kind: str, *targets: Column) -> dict[str, object]:
    preparation = learn_preparation(frame, {}, targets, kind)
    assert json.loads(json.dumps(preparation)) == preparation
    return preparation


@pytest.fixture
def frame() -> pd.DataFrame:
    chance = np.random.default_rng(0)
    return pd.DataFrame({"a": chance.normal(100, 20, 300), "b": chance.normal(-3, 0.2, 300), "c": np.arange(300.0)})


def test_a_number_is_scaled_and_leads_back(frame: pd.DataFrame) -> None:
    preparation = learned(frame.iloc[:200], "number", Column("a", role="target"))
    target = target_array(frame, preparation["target"])
    assert target.dtype == np.float32
    assert target.shape == (300, 1)
    expected = StandardScaler().fit(frame[["a"]].iloc[:200]).transform(frame[["a"]])
    np.testing.assert_allclose(target, expected, atol=1e-5)
    offset, scale = target_units(preparation)
    np.testing.assert_allclose(target[:, 0] * scale + offset, frame["a"], rtol=1e-6)


@pytest.mark.parametrize("column", [Column("a", scale="none"), Column("a", off=("scale",))])
def test_a_number_may_stay_as_it_is(frame: pd.DataFrame, column: Column) -> None:
    preparation = learned(frame, "number", column)
    np.testing.assert_array_equal(target_array(frame, preparation["target"])[:, 0], frame["a"].to_numpy(np.float32))
    assert target_units(preparation) == (0.0, 1.0)


def test_several_numbers_each_have_their_own_scale(frame: pd.DataFrame) -> None:
    columns = (Column("a"), Column("b", scale="minmax"), Column("c", scale="none"))
    preparation = learned(frame, "number", *columns)
    target = target_array(frame, preparation["target"])
    assert target.shape == (300, 3)
    np.testing.assert_allclose(target[:, 0], StandardScaler().fit_transform(frame[["a"]])[:, 0], atol=1e-5)
    np.testing.assert_allclose(target[:, 1], MinMaxScaler().fit_transform(frame[["b"]])[:, 0], atol=1e-5)
    np.testing.assert_array_equal(target[:, 2], np.arange(300.0))
    offset, scale = target_units(preparation)
    np.testing.assert_allclose(target * np.array(scale) + np.array(offset), frame, rtol=1e-5)


def test_logarithms_lead_back_to_own_units_beside_other_scales(frame: pd.DataFrame) -> None:
    frame = frame.assign(a=np.exp((frame["a"] - 100) / 9), d=-1000 * np.exp(frame["b"]))
    columns = (Column("a", scale="log"), Column("b"), Column("d", scale="log"))
    target = learned(frame, "number", *columns)["target"]
    assert isinstance(target, dict)
    assert target["log"] == [True, False, True]
    prepared = target_array(frame, target)
    np.testing.assert_allclose(prepared[:, 0], StandardScaler().fit_transform(np.log1p(frame[["a"]]))[:, 0], atol=1e-5)
    measure = measured_by(mse_loss, {}, target, "mse")
    both = torch.from_numpy(np.concatenate([prepared, prepared], axis=1))
    np.testing.assert_allclose(measure.own_units(both), np.tile(frame[["a", "b", "d"]], 2), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(predictions(both, target, "mse"), measure.own_units(both))


def test_the_loss_of_logarithms_is_the_one_that_is_made_small(frame: pd.DataFrame) -> None:
    target = learned(frame, "number", Column("a", scale="log"))["target"]
    assert isinstance(target, dict)
    assert target["log"] is True
    measure = measured_by(l1_loss, {"mae": l1_loss}, target, "mae")
    prepared = torch.from_numpy(target_array(frame, target))
    figures = measure(prepared + 1, prepared)
    assert figures["loss"] == pytest.approx(1)
    wanted = (measure.own_units(prepared + 1) - torch.tensor(frame[["a"]].to_numpy())).abs().mean()
    assert figures["mae"] == pytest.approx(float(wanted), rel=1e-3)


def test_no_rows_make_no_targets(frame: pd.DataFrame) -> None:
    one, many = (learned(frame, "number", *map(Column, names)) for names in ("a", "ab"))
    assert target_array(frame.iloc[:0], one["target"]).shape == (0, 1)
    assert target_array(frame.iloc[:0], many["target"]).shape == (0, 2)


@pytest.mark.parametrize("as_category", [True, False])
def test_classes_are_codes_and_two_of_them_0_and_1(as_category: bool) -> None:
    words = pd.Series(["10", "9", "9", "100"], dtype="str")
    frame = pd.DataFrame({"t": words.astype("category") if as_category else words})
    preparation = learned(frame, "classes", Column("t", "category"))
    assert preparation["target"]["classes"] == ["9", "10", "100"]
    codes = target_array(frame, preparation["target"])
    assert codes.dtype == np.int64
    assert codes.tolist() == [1, 0, 0, 2]
    two = learned(frame.iloc[:3], "binary", Column("t", "category"))
    target = target_array(frame.iloc[:3], two["target"])
    assert target.dtype == np.float32
    assert target.tolist() == [[1.0], [0.0], [0.0]]


def test_yes_and_no_are_classes_too() -> None:
    frame = pd.DataFrame({"t": [1.0, 0.0, 1.0]})
    preparation = learned(frame, "binary", Column("t", "boolean"))
    assert preparation["target"]["classes"] == ["0", "1"]
    assert target_array(frame, preparation["target"])[:, 0].tolist() == [1.0, 0.0, 1.0]


def test_a_class_that_was_not_there_to_learn_names_the_line() -> None:
    frame = pd.DataFrame({"t": ["a", "b", "c"]}, index=[2, 3, 9])
    preparation = learned(frame.iloc[:2], "classes", Column("t", "category"))
    with pytest.raises(DataError, match="line 9, column “t”: no row of the training part is of class “c”"):
        target_array(frame, preparation["target"])


def test_weights_are_zero_or_more() -> None:
    assert weight_array(pd.Series([0.0, 2.5])).tolist() == [0.0, 2.5]
    for bad, found in ((-1.0, "this is -1"), (np.nan, "this is missing")):
        with pytest.raises(DataError, match=f"line 7, column “w”: a weight is a number of zero or more, {found}"):
            weight_array(pd.Series([1.0, bad], index=[5, 7], name="w"))
