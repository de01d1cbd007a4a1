"""A new project, trained as it is, reaches the published figure of its data; of small tables also on the same folds."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from designer.__main__ import main
from designer.project.file import load_project
from designer.project.model import Project, TableData
from designer.runtime.events import Epoch
from designer.training.events import Finished
from designer.training.prepare import read_data
from designer.training.run import train
from designer.workspace.folds import read_folds
from designer.workspace.places import samples_folder
from designer.workspace.runs import runs_folder
from tests.helpers.left_folds import latest_folds

DATA = Path(__file__).parents[1] / "data"
SAMPLES = samples_folder()
FOLDS = 5
WHOLE = os.environ.get("LAYERLOOM_SAMPLES") == "whole"
# the pictures are there in half of them or less
MOST_EPOCHS = 30
DIAMONDS_RMSE = 1117.0


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


def made_of(data: Path, target: str, folder: Path) -> Path:
    """The project that ``new`` makes of a copy of the data."""
    if data.is_dir():
        shutil.copytree(data, folder / data.name)
    else:
        shutil.copy(data, folder / data.name)
    chosen = ["--target", target] if target else []
    assert main(["new", str(folder / data.name), *chosen, "-o", str(folder / "p.loom")]) == 0
    return folder / "p.loom"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "target", "metric", "least", "most"),
    [
        (DATA / "spirals3.csv", "", "accuracy", 0.513, 1.0),
        (SAMPLES / "hotels_one_neuron" / "hotels_ch1_linear.csv", "", "mse", 0.0, 144.47),
        (SAMPLES / "hotels_linear" / "hotels.csv", "", "mse", 0.0, 1090.9),
        (SAMPLES / "california_housing" / "california_housing.csv.gz", "Value", "mse", 0.0, 0.529),
        (SAMPLES / "diamonds" / "diamonds.csv.gz", "price", "mae", 0.0, 737.0),
    ],
    ids=lambda each: each.name.partition(".")[0] if isinstance(each, Path) else None,
)
def test_other_tables_reach_what_a_linear_model_does(
    data: Path, target: str, metric: str, least: float, most: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made_of(data, target, tmp_path)
    capsys.readouterr()
    assert main(["train", str(path), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["test"]
    assert least <= figures[metric] <= most
    if target == "price":
        assert figures["rmse"] <= DIAMONDS_RMSE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "least"),
    [
        ("digits_cnn/digits.csv", 0.969),
        ("coloured_shapes/shapes_rgb_32", 0.85),
        ("fashion_mnist/fashion_mnist_small", 0.805),
    ],
)
def test_pictures_reach_their_figure(data: str, least: float, tmp_path: Path) -> None:
    """On each push until the validation part is there; with LAYERLOOM_SAMPLES=whole to the end, by the test part."""
    path = made_of(SAMPLES / data, "", tmp_path)
    (tmp_path / "run").mkdir()
    reached: list[float] = []
    for event in train(
        load_project(path),
        tmp_path,
        tmp_path / "run",
        stopping=lambda: not WHOLE and max(reached, default=0.0) >= least,
    ):
        if isinstance(event, Epoch):
            reached.append(float(event.validation["accuracy"]))
            assert WHOLE or len(reached) < MOST_EPOCHS, reached
    assert isinstance(event, Finished)
    assert not WHOLE or event.metrics["test"]["accuracy"] >= least
