"""A sweep divided among processes: each training is the run it would be alone, and none is lost with another."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil
import pytest

from designer.project.file import load_project
from designer.training.checkpoint import read_weights
from designer.workspace import sweep_jobs
from designer.workspace.runs import has_begun, is_finished
from designer.workspace.sweep_jobs import swept_side_by_side, usual_jobs
from designer.workspace.sweeps import Trained, load_varied, prepared
from designer.workspace.verbs import prepare_run, train
from tests.helpers.sources import ROOT
from tests.helpers.trainers import trainers
from tests.helpers.training import equal

VARIED = ["training.learning_rate=0.03,0.003", "training.batch_size=16,32"]


@pytest.fixture
def iris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    shutil.copytree(ROOT / "sample_projects" / "iris", tmp_path / "iris")
    return tmp_path / "iris" / "iris.loom"


def trainings(path: Path, settings: tuple[str, ...]) -> list[Trained]:
    _, found = load_varied(path, settings, VARIED)
    return prepared(path, settings, found)


def assert_as_alone(path: Path, training: Trained, settings: tuple[str, ...]) -> None:
    alone = prepare_run(path, (*settings, *training.variation.settings, "training.threads=1"))
    for _ in train(alone):
        pass
    assert equal(read_weights(alone.folder), read_weights(training.job.folder))


def test_each_is_the_run_that_it_would_be_by_itself(iris: Path) -> None:
    # another test may have left some that are still coming to their end
    others = set(trainers())
    settings = ("training.epochs=4", "training.patience=0")
    found = trainings(iris, settings)
    told = [(each.variation.label, each.epochs, each.over) for each in swept_side_by_side(found, 2)]
    for each in found:
        assert is_finished(each.job.folder)
        assert not each.error
        assert each.metrics is not None
        mine = [(epochs, over) for label, epochs, over in told if label == each.variation.label]
        assert mine == [(1, False), (2, False), (3, False), (4, False), (4, True)]
        assert_as_alone(iris, each, settings)
    assert set(trainers()) <= others


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_a_process_that_dies_takes_one_run_along_which_goes_on_later(iris: Path) -> None:
    others = set(trainers())
    settings = ("training.epochs=1000", "training.patience=0")
    found, dead = trainings(iris, settings), False
    for _ in swept_side_by_side(found, 2):
        # of either process the run has begun by then, and has not ended
        if not dead and all(20 <= each.epochs < 900 for each in found[:2]):
            dead = True
            (set(trainers()) - others).pop().kill()
    (lost,) = [each for each in found if each.error]
    assert "SIGKILL" in lost.error
    assert "resumed" in lost.error
    assert sum(is_finished(each.job.folder) for each in found) == 3
    for _ in train(prepare_run(iris, (), True, lost.job.folder)):
        pass
    assert_as_alone(iris, lost, settings)


def test_one_that_is_left_can_be_gone_on_with(iris: Path) -> None:
    others = set(trainers())
    settings = ("training.epochs=5000", "training.patience=0")
    found = trainings(iris, settings)
    stream = swept_side_by_side(found, 2)
    while not all(each.epochs for each in found[:2]):
        next(stream)
    stream.close()
    assert set(trainers()) <= others
    assert [has_begun(each.job.folder) for each in found] == [True, True, False, False]
    assert not any(is_finished(each.job.folder) for each in found)


def test_there_are_as_many_processes_as_cores_trainings_and_memory_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAYERLOOM_INLINE", raising=False)
    monkeypatch.setattr(sweep_jobs, "cores", lambda: 6)
    room = psutil.virtual_memory()._replace(available=100 << 30)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: room)
    assert [usual_jobs(count) for count in (1, 4, 6, 100)] == [1, 4, 6, 6]
    room = room._replace(available=3 << 30)
    assert usual_jobs(8) == 3
    monkeypatch.setenv("LAYERLOOM_INLINE", "1")
    assert usual_jobs(8) == 1


def test_a_training_in_turns_keeps_its_number_of_threads(iris: Path) -> None:
    import torch

    from designer.workspace.sweeps import swept

    before = torch.get_num_threads()
    _, found = load_varied(iris, (), ["training.threads=1,2"])
    both = prepared(iris, ("training.epochs=3",), found)
    threads = []
    for each in swept(both):
        if not each.over:
            threads.append((each.variation.values["training.threads"], str(torch.get_num_threads())))
    torch.set_num_threads(before)
    assert len(threads) == 6
    assert all(wanted == found for wanted, found in threads)
    assert load_project(both[1].job.folder / "project.loom").training.threads == 2
