"""A new project of a table, trained as it is, reaches what logistic regression does, also on the very same folds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from designer.__main__ import main
from designer.project.file import load_project
from designer.project.model import Project, TableData
from designer.training.prepare import read_data
from designer.workspace.folds import latest_folds, read_folds
from designer.workspace.runs import runs_folder

DATA = Path(__file__).parents[1] / "data"
FOLDS = 5


def accuracy_of_regression(project: Project, folder: Path) -> float:
    """The mean accuracy of logistic regression on the folds of the project, each prepared as for its own network."""
    assert isinstance(project.data, TableData)
    scores = []
    for fold in range(1, FOLDS + 1):
        data = replace(project.data, split=replace(project.data.split, folds=FOLDS, fold=fold))
        prepared = read_data(replace(project, data=data), folder)
        known, tested = prepared.train, prepared.test
        regression = LogisticRegression(max_iter=1_000).fit(known.inputs[0].numpy(), known.targets.numpy().ravel())
        scores.append(regression.score(tested.inputs[0].numpy(), tested.targets.numpy().ravel()))
    return float(np.mean(scores))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "target", "published"),
    [
        ("admissions", "admit", 0.705),
        ("iris", "species", 0.960),
        ("penguins", "species", 0.991),
        ("titanic", "survived", 0.789),
        ("moons", "label", 0.872),
    ],
)
def test_five_folds_are_no_worse_than_logistic_regression(
    name: str, target: str, published: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{name}.csv").write_bytes((DATA / f"{name}.csv").read_bytes())
    assert main(["new", f"{name}.csv", "--target", target, "-o", "p.loom"]) == 0
    assert main(["train", "p.loom", "--folds", str(FOLDS)]) == 0
    record = latest_folds(runs_folder(tmp_path / "p.loom"))
    assert record is not None
    reached = read_folds(record)[1]["mean"]["test"]["accuracy"]
    assert round(reached, 3) >= published
    assert reached >= accuracy_of_regression(load_project(tmp_path / "p.loom"), tmp_path) - 1e-6
