"""Averaged weights: they equal averages made by hand, are what is judged and kept, and runs go on exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

from designer.compiler.analyse import analyse
from designer.project.model import Project
from designer.runtime.averaging import renew_statistics
from designer.runtime.events import Epoch, Step
from designer.runtime.fit import evaluate, output_of
from designer.training.assemble import assemble
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.prepare import facts_of
from designer.training.run import train
from tests.helpers.by_hand import Hand, hand_loop
from tests.helpers.graphs import chain
from tests.helpers.training import class_project, history, trained, with_training

EMA: dict[str, Any] = {"average": "ema", "average_fields": {"decay": 0.9}}
SWA: dict[str, Any] = {"average": "swa", "average_fields": {"start": 3}}


def averaged(folder: Path, norm: bool = True, **settings: Any) -> Project:
    project = class_project(folder)
    if not norm:
        made = chain("table_input", ("linear", {"out_features": 9}), "relu", ("linear", {"out_features": 3}),
                     ("output", {"loss": "cross_entropy"}))  # fmt: skip
        project = replace(project, graph=made.graph)
    return with_training(project, **{"epochs": 6, "threads": 1, **settings})


def by_hand(project: Project, base: Path) -> tuple[dict[str, torch.Tensor], list[dict[str, float]]]:
    """The averages after the last epoch, and their validation figures after each."""
    training, made = project.training, dict[str, Any]()

    def mine(hand: Hand) -> AveragedModel:
        if "average" not in made:
            ema = training.average == "ema"
            made["average"] = AveragedModel(hand.model, multi_avg_fn=get_ema_multi_avg_fn(0.9) if ema else None)
        found: AveragedModel = made["average"]
        return found

    def after_step(hand: Hand, epoch: int) -> None:
        if training.average == "ema":
            mine(hand).update_parameters(hand.model)

    def after_epoch(hand: Hand, epoch: int) -> dict[str, float]:
        start, part = 3, hand.setup.parts["train"]
        average = mine(hand)
        if training.average == "swa":
            if epoch <= start:
                average.n_averaged.zero_()
            average.update_parameters(hand.model)
        if training.average == "ema" or epoch > start:
            places = list(range(0, len(part), training.batch_size))
            update_bn((part.inputs[0][at : at + training.batch_size] for at in places), average)
        return evaluate(average.module, hand.setup.parts["validation"], hand.setup.measure)

    hand = hand_loop(project, base, after_step=after_step, after_epoch=after_epoch)
    return made["average"].module.state_dict(), hand.judged


@pytest.mark.parametrize("kind", [EMA, SWA], ids=["ema", "swa"])
@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("keep_best", [True, False])
def test_averages_equal_those_of_a_loop(tmp_path: Path, kind: dict[str, Any], norm: bool, keep_best: bool) -> None:
    project = averaged(tmp_path, norm, keep_best=False, **kind)
    weights, figures = by_hand(project, tmp_path)
    metrics = trained(with_training(project, keep_best=keep_best), tmp_path, tmp_path / "run")
    assert [line["validation"] for line in history(tmp_path / "run")] == figures
    if keep_best:
        best = min(figures, key=lambda each: each["loss"])
        assert metrics["validation"] == best
        return
    found = read_weights(tmp_path / "run")
    for name, tensor in weights.items():
        assert torch.equal(found[name], tensor), name
    assert metrics["validation"] == figures[-1]


@pytest.mark.parametrize("kind", [EMA, SWA], ids=["ema", "swa"])
@pytest.mark.parametrize("keep_best", [True, False])
def test_a_run_goes_on_as_if_it_had_never_stopped(
    tmp_path: Path, kind: dict[str, Any], keep_best: bool, every_epoch: None
) -> None:
    project = averaged(tmp_path, keep_best=keep_best, **kind)
    trained(project, tmp_path, tmp_path / "whole")
    for last in (2, 4):
        broken = tmp_path / f"broken{last}"
        broken.mkdir()
        events = train(project, tmp_path, broken)
        for event in events:
            if isinstance(event, Epoch) and event.epoch == last:
                break
        events.close()
        trained(project, tmp_path, broken, resume=True)
        assert history(broken) == history(tmp_path / "whole")
        one, other = read_weights(broken), read_weights(tmp_path / "whole")
        assert all(torch.equal(one[name], other[name]) for name in other)


def test_an_interrupted_run_leaves_the_average(tmp_path: Path, every_epoch: None) -> None:
    project = averaged(tmp_path, keep_best=False, **EMA)
    run = tmp_path / "run"
    run.mkdir()
    for event in train(project, tmp_path, run):
        if isinstance(event, Epoch) and event.epoch == 3:
            break
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None
    (run / "weights.safetensors").unlink(missing_ok=True)
    left = read_weights(run)
    assert left.keys() == checkpoint.weights.keys()
    assert not torch.equal(left["linear1.weight"], checkpoint.weights["linear1.weight"])
    setup = assemble(project, tmp_path)
    setup.model.load_state_dict(left)
    line = history(run)[checkpoint.epoch - 1]
    assert evaluate(setup.model, setup.parts["validation"], setup.measure) == line["validation"]


def test_statistics_of_frozen_normalization_stay(tmp_path: Path) -> None:
    setup = assemble(averaged(tmp_path), tmp_path)
    norm: Any = setup.model.get_submodule("norm1")
    still = norm.running_mean.clone()
    norm.train = lambda mode=True: norm
    norm.training = False
    renew_statistics(setup.model, setup.parts["train"], 16, output_of)
    assert torch.equal(norm.running_mean, still)
    del norm.train
    renew_statistics(setup.model, setup.parts["train"], 16, output_of)
    assert not torch.equal(norm.running_mean, still) and norm.momentum == 0.1


def problems(project: Project, base: Path) -> list[tuple[str, str]]:
    found = analyse(project, facts_of(project, base)).problems
    return [(each.severity, each.code) for each in found if "average" in getattr(each.place, "path", "")]


def test_averages_that_cannot_be_are_said_before(tmp_path: Path) -> None:
    project = averaged(tmp_path, **EMA)
    assert problems(project, tmp_path) == [("warning", "slow-average")]
    assert problems(with_training(project, epochs=9), tmp_path) == []
    slow = with_training(project, average_fields={})
    assert problems(slow, tmp_path) == [("warning", "slow-average")]
    found = next(each for each in analyse(slow, facts_of(slow, tmp_path)).problems if each.code == "slow-average")
    assert found.fix is not None and problems(found.fix.edit(slow), tmp_path) == []
    assert problems(with_training(project, average_fields={"decay": 2.0}), tmp_path) == [("error", "bad-setting")]
    late = with_training(project, average="swa", average_fields={"start": 6})
    assert problems(late, tmp_path) == [("warning", "late-average")]
    assert problems(with_training(late, average_fields={"start": 5}), tmp_path) == []


def test_the_average_is_what_is_evaluated_later(tmp_path: Path) -> None:
    from designer.training.results import evaluate_run

    project = averaged(tmp_path, **SWA)
    base = tmp_path / "p.runs"
    trained(project, tmp_path, base / "1")
    metrics = json.loads((base / "1" / "metrics.json").read_text())
    assert evaluate_run(base / "1")["test"] == pytest.approx(metrics["test"], rel=1e-5)


def test_a_run_cannot_go_on_with_other_abilities_but_old_runs_can_with_none(tmp_path: Path, every_epoch: None) -> None:
    from designer.training.abilities import steps_hang_on
    from designer.training.errors import RunError

    project = averaged(tmp_path, **EMA)
    assert steps_hang_on(class_project(tmp_path).training) == []
    trained(with_training(project, epochs=2), tmp_path, tmp_path / "run")
    others: list[dict[str, Any]] = [{"average_fields": {"decay": 0.8}}, {"clip_norm": 1.0}, {"monitor": "accuracy"}]
    for changes in others:
        with pytest.raises(RunError, match="no longer those"):
            trained(with_training(project, **changes), tmp_path, tmp_path / "run", resume=True)


@pytest.mark.parametrize("kind", [EMA, SWA], ids=["ema", "swa"])
@pytest.mark.parametrize("place", [(2, 2), (4, 4), (5, 1)])
def test_a_run_goes_on_within_an_epoch(tmp_path: Path, kind: dict[str, Any], place: tuple[int, int]) -> None:
    everything = {"clip_norm": 0.3, "accumulate": 2, "sampling": "balanced", "precision": "float16"}
    project = averaged(tmp_path, monitor="accuracy", **everything, **kind)
    trained(project, tmp_path, tmp_path / "whole")
    broken = tmp_path / "broken"
    broken.mkdir()
    events = train(project, tmp_path, broken)
    for event in events:
        if isinstance(event, Step) and (event.epoch, event.step) == place:
            break
    events.close()
    checkpoint = read_checkpoint(broken)
    assert checkpoint is not None and (checkpoint.epoch + 1, checkpoint.step) == place
    trained(project, tmp_path, broken, resume=True)
    assert history(broken) == history(tmp_path / "whole")
    one, other = read_weights(broken), read_weights(tmp_path / "whole")
    assert all(torch.equal(one[name], other[name]) for name in other)


def test_every_average_is_tried_and_says_what_it_is() -> None:
    from torch.optim import swa_utils

    from designer.layers.catalog import AVERAGES

    assert set(AVERAGES) == {"none", str(EMA["average"]), str(SWA["average"])}
    for kind in AVERAGES.values():
        assert kind.summary.endswith(".") and bool(kind.formula) == bool(kind.fields)
        assert bool(kind.each) == (kind.key != "none") and (kind.each == "epoch") == ("start" in kind.fields)
        assert not kind.mean or hasattr(swa_utils, kind.mean)
        assert all(field.help and field.refuse(field.initial) is None for field in kind.fields.values())
