"""How well a column tells the target alone is said only where the rows held out can show it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from designer.importing.data_warnings import data_warnings
from designer.importing.examine import examine_file
from designer.importing.profile import profile_frame
from designer.project.model import Column, Project, TableData

DATA = Path(__file__).parents[2] / "data"
ROWS = 200
LEAKS = {"leak", "near_leak"}


def told(columns: dict[str, np.ndarray], classes: np.ndarray) -> set[tuple[str, ...]]:
    """The columns that are said to give the target ``y`` away."""
    frame = pd.DataFrame({**columns, "y": pd.Categorical(classes)})
    declared = (*map(Column, columns), Column("y", "category", "target"))
    project = Project(data=TableData("t.csv", columns=declared))
    found = data_warnings(profile_frame(frame, declared, "y"), project)
    return {each.columns for each in found if each.code in LEAKS}


@pytest.mark.parametrize("rare", [1, 2, 3, 5, 12])
def test_chance_gives_no_rare_class_away(rare: int):
    for seed in range(20):
        chance = np.random.default_rng(seed)
        classes = np.array(["usual"] * ROWS, dtype=object)
        classes[chance.permutation(ROWS)[:rare]] = "rare"
        assert not told({"a": chance.normal(size=ROWS), "b": chance.integers(9, size=ROWS) * 1.0}, classes), seed


def test_a_table_with_one_rare_row_has_no_leak():
    found = examine_file(DATA / "nasty_csv" / "g_rare_class.csv", "label")
    codes = {each.code for each in found.warnings}
    assert "rare_class" in codes and not codes & LEAKS


def test_a_rare_class_that_is_given_away_is_told():
    for seed in range(5):
        chance = np.random.default_rng(seed)
        rare = chance.permutation(ROWS) < 20
        score = np.where(rare, 9.0, chance.integers(5, size=ROWS))
        assert told({"score": score}, np.where(rare, "rare", "usual")) == {("score",)}, seed
