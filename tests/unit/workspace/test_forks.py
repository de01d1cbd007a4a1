"""Forks: the parent's past, other settings from there on, and the very same weights where nothing was changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from designer.project.errors import LayerloomError, ProjectError
from designer.project.file import load_project, save_project
from designer.project.model import Training
from designer.training.checkpoint import read_weights
from designer.training.forked import read_forked
from designer.training.ladder import MOST_RUNGS, rungs
from designer.workspace import verbs
from designer.workspace.forks import fork_places, forked_training, prepare_fork
from designer.workspace.orders import extended
from designer.workspace.runs import list_runs
from tests.helpers.training import class_project, with_training
from tests.helpers.training import history as all_lines


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A run of 8 epochs with dropout and batch normalization, by Adam."""
    return run_of(tmp_path)


def run_of(folder: Path, **training: Any) -> Path:
    """Train to the end; the run's folder."""
    save_project(with_training(class_project(folder), threads=1, device="cpu", **training), folder / "animals.loom")
    job = verbs.prepare_run(folder / "animals.loom")
    for _ in verbs.train(job):
        pass
    return job.folder


def forked(run: Path, epoch: int | None, *settings: str) -> Path:
    """Fork and train to the end; the fork's folder."""
    training = forked_training(load_project(run / "project.loom"), settings)
    job = prepare_fork(run, epoch, training)
    for _ in verbs.train(job):
        pass
    return job.folder


def history(run: Path) -> list[dict[str, Any]]:
    """The lines of a run's epochs."""
    return [line for line in all_lines(run) if line["event"] == "epoch"]


def same(one: Path, other: Path) -> bool:
    """Whether two runs ended with the same weights, bit for bit."""
    first, second = read_weights(one), read_weights(other)
    return all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_keeps_a_ladder_of_checkpoints(parent: Path) -> None:
    assert list(rungs(parent)) == [1, 2, 4, 8]
    assert [place.epoch for place in fork_places(parent) if not place.best] == [1, 2, 4, 8]


def test_the_ladder_stays_small(tmp_path: Path) -> None:
    run = run_of(tmp_path, epochs=600)
    kept = list(rungs(run))
    assert len(kept) <= MOST_RUNGS
    assert kept[-1] == 512
    assert kept[0] <= 8


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop", "lbfgs"])
@pytest.mark.parametrize("epoch", [2, 4])
def test_a_fork_with_the_same_settings_ends_in_the_same_weights(tmp_path: Path, optimizer: str, epoch: int) -> None:
    run = run_of(tmp_path, optimizer=optimizer)
    fork = forked(run, epoch)
    assert same(run, fork)
    assert history(fork) == history(run)
    assert json.loads((fork / "results.json").read_text()) == json.loads((run / "results.json").read_text())


def test_a_fork_begins_with_the_past_and_goes_on_with_other_settings(parent: Path) -> None:
    fork = forked(parent, 4, "training.learning_rate=0.0001", "training.epochs=12")
    mine, before = history(fork), history(parent)
    assert [line["epoch"] for line in mine] == list(range(1, 13))
    assert [line["train"] for line in mine[:4]] == [line["train"] for line in before[:4]]
    assert mine[4]["train"] != before[4]["train"]
    lines = map(json.loads, (fork / "history.jsonl").read_text().splitlines())
    changed = [line for line in lines if line["event"] == "changed"]
    assert changed == [{"event": "changed", "epoch": 4, "step": 0, "settings": {"learning_rate": 0.0001, "epochs": 12}}]
    found = read_forked(fork)
    assert found is not None
    assert (found.run, found.epoch, found.training.learning_rate) == (parent.name, 4, 0.02)
    assert load_project(fork / "project.loom").training.learning_rate == 0.0001
    assert list(rungs(fork)) == [8]
    assert not same(parent, fork)
    assert list_runs(parent.parent.with_suffix(".loom")) == [parent, fork]


def test_the_optimizer_remembers_what_it_knew_where_it_is_the_same(parent: Path) -> None:
    kept, fresh = forked(parent, 4, "training.seed=5"), forked(parent, 4, "training.seed=5", "training.optimizer=adamw")
    first, second = history(kept)[4]["train"]["loss"], history(fresh)[4]["train"]["loss"]
    assert first != second


@pytest.mark.parametrize(
    "settings",
    [
        ("training.batch_size=8",),
        ("training.seed=9",),
        ("training.optimizer=sgd", "training.optimizer_fields.momentum=0.9"),
        ("training.optimizer_fields.amsgrad=true",),
        ("training.weight_decay=0.1", "training.l1=0.001"),
        ("training.class_weights=balanced",),
        ("training.keep_best=false",),
    ],
)
def test_every_setting_of_training_may_change(parent: Path, settings: tuple[str, ...]) -> None:
    fork = forked(parent, 4, *settings)
    assert [line["epoch"] for line in history(fork)] == list(range(1, 9))
    figures = verbs.evaluate(fork)
    assert figures["test"]


@pytest.mark.parametrize("optimizer", ["rmsprop", "sgd", "lbfgs"])
def test_what_an_optimizer_cannot_go_on_with_starts_anew(tmp_path: Path, optimizer: str) -> None:
    run = run_of(tmp_path, optimizer=optimizer, epochs=4)
    change = {"rmsprop": "momentum=0.5", "sgd": "momentum=0.5", "lbfgs": "history_size=3"}[optimizer]
    fork = forked(run, 2, f"training.optimizer_fields.{change}")
    assert len(history(fork)) == 4


def test_a_fork_can_be_interrupted_and_resumed(parent: Path, tmp_path: Path) -> None:
    training = forked_training(load_project(parent / "project.loom"), ["training.learning_rate=0.005"])
    whole = prepare_fork(parent, 4, training)
    for _ in verbs.train(whole):
        pass
    broken = prepare_fork(parent, 4, training)
    stream = verbs.train(broken)
    for event in stream:
        if getattr(event, "epoch", 0) == 6:
            stream.close()
    resumed = verbs.prepare_run(tmp_path / "animals.loom", resume=True, run=broken.folder)
    for _ in verbs.train(resumed):
        pass
    assert same(whole.folder, broken.folder)
    assert history(whole.folder) == history(broken.folder)


def test_a_fork_of_a_fork(parent: Path) -> None:
    first = forked(parent, 4, "training.epochs=16", "training.learning_rate=0.01")
    second = forked(first, 8, "training.learning_rate=0.001")
    assert [line["train"] for line in history(second)[:8]] == [line["train"] for line in history(first)[:8]]
    assert read_forked(second).run == first.name  # type: ignore[union-attr]


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "waiting"])
@pytest.mark.parametrize("optimizer", ["rmsprop", "adamw"])
def test_a_fork_of_the_start_of_a_fork_begins_as_that_one(tmp_path: Path, begun: bool, optimizer: str) -> None:
    """What the optimizer of the first run remembered is of no use to another one, however often that is forked."""
    parent, changed = run_of(tmp_path, epochs=4), f"training.optimizer={optimizer}"
    first = forked(parent, 2, changed)
    between = first if begun else prepare_fork(parent, 2, load_project(first / "project.loom").training).folder
    second = forked(between, 2)
    assert same(first, second) and history(first) == history(second)
    back = forked(second, 2, "training.optimizer=adam")
    assert same(back, parent) and read_forked(back).run == second.name  # type: ignore[union-attr]


def test_the_best_weights_can_be_gone_on_from(tmp_path: Path) -> None:
    run = run_of(tmp_path, epochs=40, learning_rate=0.5)
    best = next(place for place in fork_places(run) if place.best)
    fork = forked(run, best.epoch, "training.learning_rate=0.0001")
    assert history(fork)[best.epoch - 1]["validation"] == history(run)[best.epoch - 1]["validation"]
    assert len(history(fork)) == 40


def test_what_is_no_fork_is_refused_in_words(parent: Path) -> None:
    project = load_project(parent / "project.loom")
    node = next(node.name for node in project.graph.nodes.values() if node.type == "linear")
    for setting in ("data.split.test=0.3", f"{node}.out_features=4", "training.mode=autoencoder"):
        with pytest.raises(LayerloomError, match="only other settings of training"):
            forked_training(project, [setting])
    with pytest.raises(ProjectError, match=r"after epoch 1, 2, 4, .*8"):
        prepare_fork(parent, 3)
    with pytest.raises(ProjectError, match="needs more than 8 epochs"):
        prepare_fork(parent)
    with pytest.raises(ProjectError, match="is no run"):
        prepare_fork(parent.parent)
    assert list_runs(parent.parent.with_suffix(".loom")) == [parent]
    assert len(list(parent.parent.iterdir())) == 1


def test_a_fork_that_would_stop_at_once_is_refused(tmp_path: Path) -> None:
    run = run_of(tmp_path, epochs=100, patience=3, learning_rate=0.3)
    last = max(place.epoch for place in fork_places(run))
    assert last < 100
    with pytest.raises(ProjectError, match="would stop at once"):
        prepare_fork(run)
    fork = forked(run, None, f"training.patience={last}")
    assert len(history(fork)) > last


def test_a_fork_is_as_patient_as_its_run_that_was_given_more_epochs(tmp_path: Path) -> None:
    run = run_of(tmp_path, epochs=40, patience=2, learning_rate=0.5)
    ended = len(history(run))
    for _ in verbs.train(verbs.Job(extended(run, 6), run, True)):
        pass
    further = len(history(run))
    assert ended + 2 <= further < ended + 6, "its patience counted anew"
    fork = forked(run, ended)
    assert same(fork, run) and history(fork) == history(run)
    with pytest.raises(ProjectError, match="would stop at once"):
        prepare_fork(run)
    assert len(history(forked(run, None, f"training.epochs={further + 1}"))) == further + 1


def test_other_data_is_refused(parent: Path, tmp_path: Path) -> None:
    job = prepare_fork(parent, 4, Training(epochs=9, batch_size=8, seed=3))
    table = tmp_path / "animals.csv"
    table.write_text(table.read_text().replace(",red,", ",blue,", 1))
    with pytest.raises(LayerloomError, match=r"“animals.csv”, has changed since the run .* Put back the data"):
        for _ in verbs.train(job):
            pass


@pytest.mark.parametrize("more", [{"average": "ema"}, {"patience": 3}, {"clip_norm": 0.5, "accumulate": 2}])
def test_abilities_of_training_go_on_in_a_fork(tmp_path: Path, more: dict[str, Any]) -> None:
    run = run_of(tmp_path, **more)
    last = max(place.epoch for place in fork_places(run))
    assert last > 4
    fork = forked(run, 4)
    assert same(run, fork)
    assert history(fork) == history(run)


@pytest.mark.parametrize(
    "text", ["cosine", "linear:3, step(step_size=2, gamma=0.5)", "one_cycle", "plateau(patience=1)"]
)
def test_schedules_go_on_in_a_fork(tmp_path: Path, text: str) -> None:
    from designer.workspace.settings import set_settings

    project = with_training(class_project(tmp_path), threads=1, device="cpu")
    path = tmp_path / "animals.loom"
    save_project(set_settings(project, [f"training.schedules={text}"]), path)
    job = verbs.prepare_run(path)
    list(verbs.train(job))
    fork = forked(job.folder, 4)
    assert same(job.folder, fork)
    assert history(fork) == history(job.folder)
    other = forked(job.folder, 4, "training.learning_rate=0.001")
    assert history(other)[4]["train"] != history(fork)[4]["train"]
    without = forked(job.folder, 4, "training.schedules=none")
    assert len(history(without)) == 8
