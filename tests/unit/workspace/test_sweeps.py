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
from designer.workspace.sweeps import Variation, load_varied, prepared, ranked, swept, variations
from designer.workspace.verbs import prepare_run, train
from tests.helpers.lacking import fill_disk
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


def test_one_that_cannot_be_saved_says_so_and_holds_up_no_other(iris: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one finds no room when it is over; the other trains on meanwhile, and both come to their end."""
    settings = ("training.patience=0",)
    _, found = load_varied(iris, settings, ["training.epochs=3,8"])
    trainings = prepared(iris, settings, found)
    short, long = trainings
    told: list[tuple[int, str]] = []
    with monkeypatch.context() as patched:
        fill_disk(patched)
        for each in swept(trainings):
            if each.news:
                told.append((short.epochs, each.news) if each is short else (0, ""))
            if long.epochs == 6:
                patched.undo()
    words = [words for _, words in told if words]
    assert "no space left on the disk" in words[0] and words[0].startswith("Not saved")
    assert sum(each.startswith("The training is over") for each in words) == 1, "it is told again and again"
    assert words[-1].startswith("Saved again, up to epoch 3")
    assert all(each.metrics is not None and not each.error for each in trainings)


def test_what_a_sweep_hears_of_saving_is_told_once(iris: Path) -> None:
    [training] = prepared(iris, (), [Variation({"training.seed": "1"})])
    trouble = {"epoch": 2, "message": "there is no space left (x).", "waiting": False}
    assert training.hear("unsaved", trouble) and training.news == "Not saved since epoch 2: there is no space left (x)."
    assert not training.hear("unsaved", trouble) and not training.news
    assert training.hear("unsaved", {**trouble, "waiting": True}) and training.news.startswith("The training is over")
    assert training.hear("saved", {"epoch": 3}) and training.news == "Saved again, up to epoch 3."
    assert training.hear("unsaved", trouble), "the next time is another one"
    assert training.hear("warned", {"message": "Look."}) and training.news == "Look."
    assert not training.hear("epoch", {}) and not training.news
