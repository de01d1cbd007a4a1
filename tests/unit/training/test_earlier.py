"""What earlier versions learned is used as if it had been learned today."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from designer.runtime.measures import target_units
from designer.training.columns import feature_names, prepared_features, target_array
from designer.training.earlier import brought_up

EARLIER = {
    "features": {
        "x": {"kind": "number", "missing": "median", "fill": 2.0, "mean": 3.0, "std": 2.0},
        "y": {"kind": "number", "missing": "drop", "fill": 0.0, "minimum": 1.0, "range": 4.0},
        "z": {"kind": "boolean", "missing": "most_frequent", "fill": 1.0},
        "c": {"kind": "category", "missing": "mean", "fill": "b", "categories": ["a", "b"]},
        "s": {"kind": "text", "missing": "drop", "fill": "", "categories": ["hello"]},
    },
    "target": {"name": "t", "kind": "number", "minimum": 10.0, "range": 5.0},
}
FRAME = pd.DataFrame(
    {
        "x": [5.0, np.nan],
        "y": [3.0, 5.0],
        "z": [0.0, np.nan],
        "c": pd.Categorical(["a", None], categories=["a"]),
        "s": pd.Categorical(["hello", "other"]),
        "t": [15.0, 10.0],
    }
)


def test_columns_are_prepared_as_they_were() -> None:
    preparation = brought_up(EARLIER)
    assert feature_names(preparation) == ["x", "y", "z", "c=a", "c=b", "s=hello"]
    assert prepared_features(FRAME, preparation).tolist() == [[1, 0.5, 0, 1, 0, 1], [-0.5, 1, 1, 0, 1, 0]]


def test_the_target_leads_back_to_its_units() -> None:
    preparation = brought_up(EARLIER)
    assert target_units(preparation) == (10.0, 5.0)
    assert target_array(FRAME, preparation["target"]).tolist() == [[1.0], [0.0]]
    plain = brought_up({"target": {"name": "t", "kind": "number"}})
    assert target_units(plain) == (0.0, 1.0)


@pytest.mark.parametrize(
    "preparation",
    [
        {},
        {"image": {"height": 5}, "target": {"name": "", "kind": "classes", "classes": ["a", "b"]}},
        {"features": {"x": {"kind": "number", "steps": ["standard"], "offset": 0.0, "scale": 1.0}}, "target": {}},
    ],
)
def test_what_is_of_today_stays(preparation: dict[str, object]) -> None:
    assert brought_up(preparation) == preparation
    assert brought_up(brought_up(EARLIER)) == brought_up(EARLIER)
