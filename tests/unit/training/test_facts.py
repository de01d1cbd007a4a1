"""The facts of a table are those of all its rows, though only a few are prepared for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from designer.importing.new import draft_project
from designer.training.prepare import facts_of, read_data
from designer.training.sources import tables


def test_facts_of_few_prepared_rows_are_those_of_all(tmp_path: Path, monkeypatch) -> None:
    chance = np.random.default_rng(0)
    rows = 500
    table = pd.DataFrame(
        {
            "x": chance.normal(size=rows),
            "word": np.array(["a", "b", "c"])[chance.integers(3, size=rows)],
            "kind": np.array(["yes", "no"])[chance.integers(2, size=rows)],
        }
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    project = draft_project(tmp_path / "t.csv", "kind", tmp_path / "p.loom").project
    monkeypatch.setattr(tables, "FEW", 7)
    whole = read_data(project, tmp_path)
    assert facts_of(project, tmp_path) == whole.facts
    assert whole.facts.rows["train"] == len(whole.train) > 7
