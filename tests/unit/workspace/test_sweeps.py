"""Sweeps: several trainings together, each of which is a run as any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from designer.project.errors import EditError
from designer.project.file import load_project
from designer.training.checkpoint import read_weights
from designer.workspace.runs import is_finished
from designer.workspace.sweeps import load_varied, prepared, ranked, swept, variations
from designer.workspace.verbs import prepare_run, train
from tests.helpers.sources import ROOT


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "sample_projects" / "iris", tmp_path / "iris")
    return tmp_path / "iris" / "iris.loom"


def test_every_combination_is_a_variation(iris: Path) -> None:
    found = variations(load_project(iris), ["training.learning_rate=0.1, 0.01", "training.seed=0,1,1"])
    assert [each.label for each in found] == [
        "learning_rate 0.1, seed 0",
        "learning_rate 0.1, seed 1",
        "learning_rate 0.01, seed 0",
        "learning_rate 0.01, seed 1",
    ]
    assert found[0].settings == ("training.learning_rate=0.1", "training.seed=0")
    (one,) = variations(load_project(iris), ["training.schedules=linear:2,cosine|"])
    assert one.values == {"training.schedules": "linear:2,cosine"}


@pytest.mark.parametrize(
    ("varied", "words"),
    [
        ("training.seed", "PATH=VALUE,VALUE"),
        ("training.seed=", "PATH=VALUE,VALUE"),
        ("training.speed=1,2", "speed"),
        ("training.learning_rate=0.1,fast", "expected a number, found “fast”"),
        ("training.seed=" + ",".join(map(str, range(300))), "300 trainings; a sweep holds at most 256"),
    ],
)
def test_what_cannot_vary_is_said(iris: Path, varied: str, words: str) -> None:
    with pytest.raises(EditError, match=words.replace(".", r"\.")):
        variations(load_project(iris), [varied])


def test_each_is_the_run_that_it_would_be_by_itself(iris: Path) -> None:
    settings = ("training.epochs=4", "training.patience=0")
    project, found = load_varied(iris, settings, ["training.learning_rate=0.03,0.003", "training.batch_size=16,32"])
    trainings = prepared(iris, settings, found)
    order = [(each.variation.label, each.epochs) for each in swept(trainings)]
    # an epoch of each in turn
    assert [epoch for _, epoch in order[:8]] == [1] * 4 + [2] * 4
    for each in trainings:
        assert is_finished(each.job.folder)
        job = prepare_run(iris, (*settings, *each.variation.settings))
        for _ in train(job):
            pass
        alone, together = read_weights(job.folder), read_weights(each.job.folder)
        assert all(torch.equal(alone[name], together[name]) for name in alone)
    best = ranked(project, trainings)
    losses = [each.metrics["validation"]["loss"] for each in best if each.metrics]
    assert losses == sorted(losses) and len(losses) == 4


def test_one_that_fails_stops_no_other(iris: Path) -> None:
    settings = ("training.epochs=3", "training.optimizer=sgd")
    project, found = load_varied(iris, settings, ["training.learning_rate=1000000,0.01"])
    trainings = prepared(iris, settings, found)
    for _ in swept(trainings):
        pass
    broken, sound = trainings
    assert "loss became" in broken.error or "weights became" in broken.error
    assert sound.metrics is not None and not sound.error
    assert ranked(project, trainings) == [sound, broken]


def test_a_sweep_that_is_left_can_be_gone_on_with(iris: Path) -> None:
    settings = ("training.epochs=5", "training.patience=0")
    _, found = load_varied(iris, settings, ["training.seed=3,4"])
    trainings = prepared(iris, settings, found)
    stream = swept(trainings)
    for _ in range(5):
        next(stream)
    stream.close()
    for each in trainings:
        assert not is_finished(each.job.folder)
        for _ in train(prepare_run(iris, (), True, each.job.folder)):
            pass
        job = prepare_run(iris, (*settings, *each.variation.settings))
        for _ in train(job):
            pass
        alone, resumed = read_weights(job.folder), read_weights(each.job.folder)
        assert all(torch.equal(alone[name], resumed[name]) for name in alone)
