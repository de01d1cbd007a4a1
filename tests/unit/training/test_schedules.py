"""Schedules in a training: interrupted and resumed, extended, with every kind of optimizer, and told before."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from designer.layers.catalog import OPTIMIZERS, SCHEDULES
from designer.project.model import Node, Project, Schedule
from designer.runtime.events import Epoch
from designer.training.assemble import assemble
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.errors import RunError
from designer.training.run import training_events
from designer.training.schedules import MOST_EPOCHS, planned_rates, scheduler_of
from tests.helpers.training import class_project, equal, history, interrupted, trained, with_training

CHAIN = (
    Schedule("linear", 2),
    Schedule("one_cycle", 3, {"cycle_momentum": True}),
    Schedule("step", 2, {"step_size": 1, "gamma": 0.5}),
    Schedule("plateau", 0, {"patience": 0, "threshold": 0.5}),
)


def scheduled_project(folder: Path, *schedules: Schedule, **settings: object) -> Project:
    return with_training(class_project(folder), **{"schedules": schedules, "epochs": 12, "threads": 1, **settings})


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("after", [1, 7, 12, 16, 23, 28, 40, 44, 59])
def test_a_chain_that_was_interrupted_anywhere_ends_in_the_same_weights(tmp_path: Path, after: int) -> None:
    project = scheduled_project(tmp_path, *CHAIN)
    trained(project, tmp_path, tmp_path / "whole")
    interrupted(project, tmp_path, tmp_path / "run", after)
    interrupted(project, tmp_path, tmp_path / "run", after + 9, resume=True)
    trained(project, tmp_path, tmp_path / "run", resume=True)
    assert equal(read_weights(tmp_path / "whole"), read_weights(tmp_path / "run"))
    assert history(tmp_path / "whole") == history(tmp_path / "run")
    mine, theirs = read_checkpoint(tmp_path / "run"), read_checkpoint(tmp_path / "whole")
    assert mine is not None
    assert theirs is not None
    assert mine.states == theirs.states
    assert mine.optimizer["param_groups"] == theirs.optimizer["param_groups"]


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("key", SCHEDULES)
def test_every_schedule_goes_on_where_it_was(tmp_path: Path, key: str) -> None:
    project = scheduled_project(tmp_path, Schedule(key), epochs=6)
    trained(project, tmp_path, tmp_path / "whole")
    interrupted(project, tmp_path, tmp_path / "run", 18)
    trained(project, tmp_path, tmp_path / "run", resume=True)
    assert equal(read_weights(tmp_path / "whole"), read_weights(tmp_path / "run"))
    assert history(tmp_path / "whole") == history(tmp_path / "run")


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_follows_a_chain(tmp_path: Path, optimizer: str) -> None:
    chain = (Schedule("linear", 2), Schedule("one_cycle", 2), Schedule("cosine"))
    l1 = 0.0 if OPTIMIZERS[optimizer].step else 0.001
    project = scheduled_project(tmp_path, *chain, optimizer=optimizer, epochs=6, l1=l1)
    trained(project, tmp_path, tmp_path / "whole")
    interrupted(project, tmp_path, tmp_path / "run", 20)
    trained(project, tmp_path, tmp_path / "run", resume=True)
    assert equal(read_weights(tmp_path / "whole"), read_weights(tmp_path / "run"))


def with_factor(project: Project, factor: float) -> Project:
    """The project with a first linear layer that learns at ``factor`` of the learning rate."""
    nodes: dict[str, Node] = dict(project.graph.nodes)
    first = next(node for node in nodes.values() if node.type == "linear")
    nodes[first.id] = replace(first, fields={**first.fields, "learning_rate_factor": factor})
    return replace(project, graph=replace(project.graph, nodes=nodes))


def test_layers_with_a_factor_keep_it_under_every_schedule(tmp_path: Path) -> None:
    for key in SCHEDULES:
        project = with_factor(scheduled_project(tmp_path, Schedule(key), epochs=4), 0.1)
        setup = assemble(project, tmp_path)
        groups = setup.optimizer.param_groups
        assert len(groups) == 2
        slow, fast = (0, 1) if groups[0]["lr"] < groups[1]["lr"] else (1, 0)
        for _ in training_events(setup, None, []):
            assert groups[slow]["lr"] == pytest.approx(groups[fast]["lr"] / 10)


def test_more_epochs_take_a_finished_run_along_the_longer_plan(tmp_path: Path) -> None:
    project = scheduled_project(tmp_path, Schedule("linear", 2), Schedule("cosine"))
    trained(with_training(project, epochs=6), tmp_path, tmp_path / "run")
    setup = assemble(project, tmp_path)
    checkpoint = read_checkpoint(tmp_path / "run")
    assert checkpoint is not None
    setup.states["scheduler"].load_state_dict(checkpoint.states["scheduler"])
    assert setup.optimizer.param_groups[0]["lr"] == planned_rates(project.training, 4).rates[6]
    assert trained(project, tmp_path, tmp_path / "run", resume=True)["epochs"] == 12


def test_a_run_does_not_go_on_with_another_schedule(tmp_path: Path) -> None:
    project = scheduled_project(tmp_path, Schedule("cosine"))
    trained(with_training(project, epochs=2), tmp_path, tmp_path / "run")
    with pytest.raises(RunError, match="cannot go on"):
        trained(with_training(project, schedules=()), tmp_path, tmp_path / "run", resume=True)


def test_a_cycle_whose_rise_is_over_at_once_is_refused_in_words(tmp_path: Path) -> None:
    training = scheduled_project(tmp_path, Schedule("one_cycle", 0, {"pct_start": 0.5}), epochs=1).training
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    with pytest.raises(RunError, match=r"OneCycleLR: a rise of 0\.5 of 2 steps"):
        scheduler_of(training, optimizer, 2)


def test_rates_of_very_long_trainings_are_told_in_part(tmp_path: Path) -> None:
    training = scheduled_project(tmp_path, Schedule("exponential", 0, {"gamma": 0.999}), epochs=10**6).training
    plan = planned_rates(training)
    assert (plan.epochs, plan.counted) == (10**6, MOST_EPOCHS)


@pytest.mark.parametrize("key", sorted(SCHEDULES))
def test_a_very_long_training_is_drawn_to_its_end_and_each_epoch_has_its_true_rate(tmp_path: Path, key: str) -> None:
    training = scheduled_project(tmp_path, Schedule(key), epochs=100_000, learning_rate=0.1).training
    plan = planned_rates(training, 3)
    epochs = [epoch for epoch, _ in plan.points]
    assert (epochs[0], epochs[-1]) == (1.0, 100_000.0) and epochs == sorted(set(epochs))
    assert max(after - before for before, after in pairwise(epochs)) < 300
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler = scheduler_of(training, optimizer, 3)
    assert scheduler is not None
    for epoch in (26_632, 100_000):
        # as a training that goes on there finds it
        scheduler.load_state_dict({"epoch": epoch - 1, "step": 0})
        assert plan.at(epoch) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-6, abs=1e-12)


def test_a_long_cycle_rises_and_falls_and_short_courses_of_a_long_training_are_met(tmp_path: Path) -> None:
    plan = planned_rates(scheduled_project(tmp_path, Schedule("one_cycle"), epochs=100_000, learning_rate=0.1).training)
    top = max(plan.points, key=lambda point: point[1])
    assert top[1] == pytest.approx(0.1, rel=1e-3) and top[0] == pytest.approx(30_000, rel=0.02)
    assert plan.points[-1][1] < 1e-4
    chain = (Schedule("linear", 5), Schedule("exponential", 0, {"gamma": 0.999}))
    plan = planned_rates(scheduled_project(tmp_path, *chain, epochs=10**6, learning_rate=0.1).training)
    assert max(rate for _, rate in plan.points) == 0.1
    swings = planned_rates(scheduled_project(tmp_path, Schedule("cosine_restarts"), epochs=100_000).training).points
    for first in range(0, 100_000, 10_000):
        rates = [rate for epoch, rate in swings if first < epoch <= first + 10_000]
        assert min(rates) < 0.1 * max(rates), "a rate that swings is no slow wave"


def test_without_a_schedule_the_rate_is_flat(tmp_path: Path) -> None:
    plan = planned_rates(scheduled_project(tmp_path, learning_rate=0.3).training)
    assert set(plan.rates) == {0.3}
    assert plan.points == ((1.0, 0.3), (12.0, 0.3))


def test_losses_that_are_known_decide_of_the_rates_that_follow(tmp_path: Path) -> None:
    plateau = Schedule("plateau", 0, {"patience": 0, "threshold": 0.5, "factor": 0.5})
    project = scheduled_project(tmp_path, Schedule("linear", 2), plateau, keep_best=False)
    setup = assemble(project, tmp_path)
    rates: list[float] = []
    losses: list[float] = []
    for event in training_events(setup, None, []):
        if isinstance(event, Epoch):
            losses.append(event.validation["loss"])
        elif event.step == event.steps - 1:
            rates.append(setup.optimizer.param_groups[0]["lr"])
    assert len(set(rates[2:])) > 2
    assert planned_rates(setup.project.training, losses=losses).rates == tuple(rates)
    assert planned_rates(setup.project.training, losses=losses[:6]).rates[:7] == tuple(rates[:7])
    assert len(set(planned_rates(setup.project.training).rates[2:])) == 1
