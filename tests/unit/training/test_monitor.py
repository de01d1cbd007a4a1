"""The figure that epochs are judged by: one rule for early stopping, the best weights and the record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from designer.compiler.analyse import analyse
from designer.compiler.figures import figures_of
from designer.layers.catalog import METRICS, higher_is_better
from designer.project.file import save_project
from designer.project.model import Project
from designer.runtime.early import cost_of, keep_best, stop_early
from designer.runtime.events import Epoch
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.events import Finished
from designer.training.prepare import facts_of
from designer.training.run import train
from designer.workspace.forks import prepare_fork
from designer.workspace.run_list import read_info
from designer.workspace.verbs import prepare_run
from tests.helpers.graphs import add, chain, link
from tests.helpers.training import class_project, history, trained, with_training


def epoch(number: int, **validation: float) -> Epoch:
    return Epoch(number, 9, {}, validation, 0.0)


def test_each_figure_knows_which_way_is_better() -> None:
    assert [higher_is_better(name) for name in ("loss", "accuracy", "mae", "price.r2", "price.loss", "odd")] == [
        False, True, False, True, False, False,
    ]  # fmt: skip
    assert {key for key in METRICS if higher_is_better(key)} == {k for k, m in METRICS.items() if m.better == "higher"}


def test_a_figure_that_is_no_number_is_never_the_best() -> None:
    assert cost_of(epoch(1, loss=2.0)) == 2.0
    assert cost_of(epoch(1, accuracy=0.5), "accuracy", True) == -0.5
    assert cost_of(epoch(1, accuracy=float("nan")), "accuracy", True) == float("inf")
    assert cost_of(epoch(1)) == float("inf")


def test_stopping_and_keeping_follow_the_figure_and_its_direction() -> None:
    values = [0.2, 0.6, 0.5, 0.6, 0.4, 0.9]
    epochs = [epoch(n + 1, loss=n / 10, accuracy=value) for n, value in enumerate(values)]
    assert [each.epoch for each in stop_early(epochs, 3, "accuracy", True)][-1] == 5
    assert [each.epoch for each in stop_early(epochs, 3)][-1] == 4
    model = nn.Linear(1, 1)

    def learning() -> Any:
        for each in epochs[:5]:
            nn.init.constant_(model.weight, float(each.epoch))
            yield each

    for monitor, higher, wanted in (("accuracy", True, 2.0), ("loss", False, 1.0), ("accuracy", False, 1.0)):
        for _ in keep_best(learning(), model, None, monitor, higher):
            pass
        assert model.weight.item() == wanted


def judged(folder: Path, monitor: str, **settings: Any) -> Project:
    usual = {"epochs": 12, "learning_rate": 0.05, "threads": 1, "monitor": monitor}
    return with_training(class_project(folder), **{**usual, **settings})


@pytest.mark.parametrize("monitor", ["accuracy", "f1", "loss"])
def test_the_best_epoch_of_a_run_is_the_first_best_by_the_figure(
    tmp_path: Path, monitor: str, every_epoch: None
) -> None:
    metrics = trained(judged(tmp_path, monitor), tmp_path, tmp_path / "run")
    values = [line["validation"][monitor] for line in history(tmp_path / "run")]
    best = min(values) if monitor == "loss" else max(values)
    assert metrics["validation"][monitor] == pytest.approx(best)
    checkpoint = read_checkpoint(tmp_path / "run")
    assert checkpoint is not None and checkpoint.best_epoch == values.index(best) + 1
    found = read_weights(tmp_path / "run")
    assert all(torch.equal(found[name], tensor) for name, tensor in checkpoint.best.items())


def test_a_run_that_goes_on_keeps_to_its_figure(tmp_path: Path, every_epoch: None) -> None:
    project = judged(tmp_path, "accuracy", patience=4)
    trained(project, tmp_path, tmp_path / "whole")
    broken = tmp_path / "broken"
    broken.mkdir()
    events = train(project, tmp_path, broken)
    for event in events:
        if isinstance(event, Epoch) and event.epoch == 3:
            break
    events.close()
    trained(project, tmp_path, broken, resume=True)
    assert history(broken) == history(tmp_path / "whole")
    one, other = read_weights(broken), read_weights(tmp_path / "whole")
    assert all(torch.equal(one[name], other[name]) for name in other)


@pytest.mark.parametrize(("before", "after"), [("loss", "accuracy"), ("accuracy", "loss")])
def test_a_fork_that_is_judged_by_another_figure_keeps_weights_that_it_has(
    tmp_path: Path, every_epoch: None, before: str, after: str
) -> None:
    """Of the run's epochs those are lost that its own figure had no use for, however good the other one was there."""
    path = tmp_path / "animals.loom"
    save_project(judged(tmp_path, before, epochs=6, learning_rate=0.1), path)
    run = prepare_run(path)
    *_, _ = train(run.project, run.folder, run.folder)
    settings = replace(run.project.training, monitor=after, epochs=7, learning_rate=1e-7)
    fork = prepare_fork(run.folder, 4, settings)
    *_, end = train(fork.project, fork.folder, fork.folder, resume=True)
    assert isinstance(end, Finished)
    figures = {line["epoch"]: line["validation"] for line in history(fork.folder)}
    own = {epoch: figures[epoch][before] for epoch in range(1, 5)}
    kept = min(own, key=lambda epoch: own[epoch] if before == "loss" else -own[epoch])
    values = {epoch: figures[epoch][after] for epoch in (kept, 4, 5, 6, 7)}
    best = min(values, key=lambda epoch: values[epoch] if after == "loss" else -values[epoch])
    overall = min(figures, key=lambda epoch: figures[epoch][after] * (1 if after == "loss" else -1))
    assert after == "loss" or overall != best, "else this shows nothing"
    assert end.ending["kept_epoch"] == best
    assert end.metrics["validation"] == pytest.approx(figures[best])
    info = read_info(fork.folder)
    assert (info.judged, info.best_epoch, info.best) == (after, best, values[best])


def two_outputs(folder: Path) -> Project:
    project = class_project(folder)
    assert project.data is not None
    columns = [replace(each, role="target") if each.name == "y" else each for each in project.data.columns]
    data = replace(project.data, columns=tuple(columns))  # type: ignore[arg-type]
    made, first = add(Project(), "table_input")
    for target, loss, width in (("animal", "cross_entropy", 3), ("y", "huber", 1)):
        made, head = add(made, "linear", {"out_features": width})
        made, end = add(made, "output", {"target": (target,), "loss": loss})
        made = link(link(made, first, head), head, end)
    return replace(project, graph=made.graph, data=data)


def said(project: Project, base: Path) -> list[str]:
    return [each.sentence for each in analyse(project, facts_of(project, base)).problems if each.code == "no-figure"]


def test_figures_are_those_that_epochs_really_have(tmp_path: Path) -> None:
    made = {
        "classes": class_project(tmp_path),
        "chosen": with_training(class_project(tmp_path), metrics=("accuracy", "top_5")),
        "two": two_outputs(tmp_path),
    }
    narrow = chain("table_input", ("linear", {"out_features": 2}), ("linear", {"out_features": 4}), "output")
    made["auto"] = with_training(replace(made["classes"], graph=narrow.graph), mode="autoencoder")
    for name, project in made.items():
        project = with_training(project, epochs=1)
        figures = figures_of(project, facts_of(project, tmp_path))
        trained(project, tmp_path, tmp_path / name)
        assert list(figures) == list(history(tmp_path / name)[0]["validation"]), name
        assert all(words for words in figures.values())


def test_a_figure_that_does_not_exist_is_said_with_those_that_do(tmp_path: Path) -> None:
    project = judged(tmp_path, "r2")
    (sentence,) = said(project, tmp_path)
    assert "“r2”" in sentence and "loss, accuracy, precision, recall, f1" in sentence
    assert not said(judged(tmp_path, "accuracy"), tmp_path)
    assert not said(with_training(project, patience=0, keep_best=False), tmp_path)
    assert not [each for each in analyse(project).problems if each.code == "no-figure"]
    several = two_outputs(tmp_path)
    assert not said(with_training(several, monitor="output2.r2"), tmp_path)
    assert said(with_training(several, monitor="accuracy"), tmp_path)
    found = next(each for each in analyse(project, facts_of(project, tmp_path)).problems if each.code == "no-figure")
    assert found.fix is not None and found.fix.edit(project).training.monitor == "loss"
