"""Every sample project arrives at the figure that it promises.

On each push the larger ones are trained only until they are well on their way there; LAYERLOOM_SAMPLES=whole, as it is
before a release, trains these too as they stand.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from designer.project.file import load_project
from designer.runtime.events import Epoch
from designer.training.events import Finished
from designer.training.prepare import facts_of
from designer.training.run import train
from designer.workspace.places import samples_folder
from designer.workspace.samples import copy_sample, samples

LONGEST_SECONDS = 240
WHOLE = os.environ.get("LAYERLOOM_SAMPLES") == "whole"


@dataclass(frozen=True)
class Figure:
    """What a metric of one part must be after training: between two bounds, both allowed."""

    sample: str
    part: str
    metric: str
    least: float
    most: float


@dataclass(frozen=True)
class Waypoint:
    """What a metric of the validation part, or else the training part, reaches or falls to within so many epochs."""

    sample: str
    metric: str
    value: float
    within: int
    falling: bool = False


EXACT = [
    Figure("hotels_one_neuron", "train", "mse", 16.32, 16.42),
    Figure("hotels_one_neuron", "test", "mse", 144.0, 145.0),
    Figure("hotels_linear", "train", "mse", 923.78, 923.90),
    Figure("hotels_linear", "test", "mse", 1090.4, 1091.4),
    Figure("hotels_relu", "train", "mse", 0.0, 100.4),
]
SMALL = [
    Figure("iris", "test", "accuracy", 0.93, 1.0),
    Figure("titanic", "test", "accuracy", 0.79, 1.0),
    Figure("titanic_embeddings", "test", "accuracy", 0.80, 1.0),
    Figure("penguins", "test", "accuracy", 0.97, 1.0),
    Figure("airline_lstm", "test", "rmse", 0.0, 30.0),
]
LARGE = [
    Figure("california_housing", "test", "mse", 0.0, 0.27),
    Figure("fashion_mnist", "test", "accuracy", 0.80, 1.0),
    Figure("coloured_shapes", "test", "accuracy", 0.95, 1.0),
    Figure("diamonds", "test", "mae", 0.0, 300.0),
    Figure("diamonds", "test", "rmse", 0.0, 600.0),
    Figure("wide_and_deep", "test", "mse", 0.0, 0.255),
    Figure("digits_cnn", "test", "accuracy", 0.97, 1.0),
    Figure("residual_cnn", "test", "accuracy", 0.83, 1.0),
    Figure("vision_transformer", "test", "accuracy", 0.95, 1.0),
    Figure("class_and_box", "test", "class.accuracy", 0.95, 1.0),
    Figure("class_and_box", "test", "box.box_iou", 0.75, 1.0),
    Figure("shape_masks", "test", "iou", 0.90, 1.0),
    Figure("three_recurrent", "test", "rnn_forecast.rmse", 0.0, 33.3),
    Figure("three_recurrent", "test", "gru_forecast.rmse", 0.0, 22.0),
    Figure("three_recurrent", "test", "lstm_forecast.rmse", 0.0, 22.0),
    Figure("temperatures_tcn", "test", "rmse", 0.0, 2.30),
    Figure("sentiment_gru", "test", "accuracy", 0.78, 1.0),
    Figure("sentiment_transformer", "test", "accuracy", 0.78, 1.0),
    Figure("denoising_autoencoder", "test", "mse", 0.0, 0.03),
    Figure("gan_moons", "test", "loss", -0.05, 0.05),
]
# No untrained network is near these. Each is there in half of the epochs that it is given or less.
WAYPOINTS = [
    Waypoint("fashion_mnist", "accuracy", 0.80, 8),
    Waypoint("coloured_shapes", "accuracy", 0.90, 10),
    Waypoint("digits_cnn", "accuracy", 0.97, 6),
    Waypoint("residual_cnn", "accuracy", 0.75, 10),
    Waypoint("vision_transformer", "accuracy", 0.75, 20),
    Waypoint("class_and_box", "class.accuracy", 0.80, 20),
    Waypoint("class_and_box", "box.box_iou", 0.68, 20),
    Waypoint("shape_masks", "iou", 0.75, 10),
    Waypoint("three_recurrent", "rnn_forecast.rmse", 17.0, 30, falling=True),
    Waypoint("three_recurrent", "gru_forecast.rmse", 17.0, 30, falling=True),
    Waypoint("three_recurrent", "lstm_forecast.rmse", 17.0, 30, falling=True),
    Waypoint("sentiment_gru", "accuracy", 0.72, 12),
    Waypoint("sentiment_transformer", "accuracy", 0.72, 10),
    Waypoint("denoising_autoencoder", "mse", 0.045, 25, falling=True),
]
# what these make is judged in test_generative_samples
OTHERS = {"gan_digits", "rbm_digits", "rbm_stack", "character_model"}
NAMES = {figure.sample for figure in EXACT + SMALL + LARGE} | OTHERS
BEGUN = set() if WHOLE else {waypoint.sample for waypoint in WAYPOINTS}


def trained(name: str, folder: Path) -> dict[str, dict[str, float]]:
    """The metrics of a sample that was copied out and trained as it stands."""
    path = copy_sample(name, folder)
    run = folder / "run"
    run.mkdir()
    last = None
    for event in train(load_project(path), folder, run):
        last = event
    assert isinstance(last, Finished)
    assert last.metrics["seconds"] < LONGEST_SECONDS
    return last.metrics


def check(figures: list[Figure], name: str, folder: Path) -> None:
    metrics = trained(name, folder)
    for figure in figures:
        if figure.sample == name:
            # of 200 pictures 166 are .83, which float32 holds as a little less
            found = round(metrics[figure.part][figure.metric], 6)
            assert figure.least <= found <= figure.most, f"{figure}: {found}"


def missed(name: str, folder: Path) -> list[Waypoint]:
    """The waypoints of a sample that its training does not reach in the epochs given; it is stopped where all are."""
    path = copy_sample(name, folder)
    run = folder / "run"
    run.mkdir()
    waypoints = [waypoint for waypoint in WAYPOINTS if waypoint.sample == name]
    most = max(waypoint.within for waypoint in waypoints)
    epochs: list[Epoch] = []

    def left() -> list[Waypoint]:
        return [waypoint for waypoint in waypoints if not any(reached(waypoint, epoch) for epoch in epochs)]

    last = None
    for last in train(load_project(path), folder, run, stopping=lambda: not left() or len(epochs) >= most):
        if isinstance(last, Epoch):
            epochs.append(last)
    assert isinstance(last, Finished)
    assert last.stopped
    return left()


def reached(waypoint: Waypoint, epoch: Epoch) -> bool:
    found = (epoch.validation or epoch.train)[waypoint.metric]
    on_the_way = found <= waypoint.value if waypoint.falling else found >= waypoint.value
    return on_the_way and epoch.epoch <= waypoint.within


@pytest.mark.parametrize("name", sorted({figure.sample for figure in EXACT + SMALL}))
def test_small_samples_arrive_at_their_figures(name: str, tmp_path: Path):
    check(EXACT + SMALL, name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({figure.sample for figure in LARGE} - BEGUN))
def test_large_samples_arrive_at_their_figures(name: str, tmp_path: Path):
    check(LARGE, name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BEGUN))
def test_others_are_soon_on_their_way_there(name: str, tmp_path: Path):
    left = missed(name, tmp_path)
    assert not left, (tmp_path / "run" / "history.jsonl").read_text(encoding="utf-8")


def test_every_sample_is_held_to_a_figure():
    assert {sample.name for sample in samples()} == NAMES
    assert {waypoint.sample for waypoint in WAYPOINTS} <= {figure.sample for figure in LARGE}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_sample_says_what_it_is(name: str):
    card = json.loads((samples_folder() / name / "sample.json").read_text(encoding="utf-8"))
    for optional, kind in (("lender", str), ("also", list)):
        assert isinstance(card.pop(optional, kind()), kind)
    assert set(card) == {"place", "group", "title", "task", "data", "summary", "figure"}
    assert isinstance(card.pop("place"), int)
    assert all(isinstance(words, str) and words for words in card.values())


def test_titanic_leaves_out_what_repeats_the_answer():
    path = samples_folder() / "titanic" / "titanic.loom"
    facts = facts_of(load_project(path), path.parent)
    assert facts.target == "survived"
    assert {feature.partition("=")[0] for feature in facts.features} == {
        "pclass",
        "sex",
        "age",
        "sibsp",
        "parch",
        "fare",
        "embarked",
    }


def test_the_terms_of_all_data_are_told():
    terms = (samples_folder() / "DATA_LICENSES.md").read_text(encoding="utf-8")
    assert all(name in terms for name in NAMES)
