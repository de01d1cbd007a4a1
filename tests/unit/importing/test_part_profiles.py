"""The parts that a profile tells of are those that training makes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from designer.importing.profile import profile_frame
from designer.project.model import Column, Split
from designer.runtime.folders import split_by_folders
from designer.runtime.splits import split_groups


def test_groups_are_drawn_as_training_draws_them():
    groups = np.repeat([f"g{number}" for number in range(30)], np.arange(1, 31))
    frame = pd.DataFrame(
        {
            "who": pd.Categorical(groups),
            "x": np.arange(len(groups)) * 1.0,
            "y": np.random.default_rng(0).normal(size=len(groups)),
        }
    )
    columns = (Column("who", "category", "group"), Column("x"), Column("y", role="target"))
    for seed in range(5):
        found = profile_frame(frame, columns, "y", split=Split("group", 0.2, 0.2, seed)).parts
        assert found is not None
        assert tuple(found.rows.values()) == tuple(map(len, split_groups(groups, 0.2, 0.2, seed)))


def test_folders_divide_texts_as_training_divides_them():
    """A part without a folder takes its share of the training texts, the classes alike."""
    count = 60
    parts = pd.Series(["test"] * 12 + ["train"] * 48)
    kinds = [("bad", "good")[number % 2] for number in range(count)]
    frame = pd.DataFrame({"text": [f"word {number % 50}" for number in range(count)], "class": pd.Categorical(kinds)})
    columns = (Column("text", "text"), Column("class", "category", "target"))
    split = Split("folders", 0.25, seed=3)
    found = profile_frame(frame.assign(part=parts), columns, "class", split=split).parts
    assert found is not None
    places = split_by_folders(parts.to_numpy(), 0.25, split.test, 3, np.array(kinds))
    assert tuple(found.rows.values()) == tuple(map(len, places)) == (36, 12, 12)
    # texts 50 to 59 are those from 0 to 9 again
    assert found.shared == 10
