"""Every schedule keeps the contract of its declaration: PyTorch makes it, files and scripts hold it, curves tell it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
import torch

from designer.compiler.schedule_source import scheduler_lines
from designer.compiler.texts import parameters_of
from designer.exporting.script import script_text
from designer.layers.catalog import SCHEDULES
from designer.layers.schedules import ScheduleType
from designer.project.file import load_project, save_project
from designer.project.model import Project, Schedule
from designer.runtime.schedules import rates_of
from designer.training.assemble import assemble
from designer.training.run import training_events
from designer.training.schedules import planned_rates, scheduler_of
from designer.workspace.schedule_text import parsed_schedules, schedules_text
from tests.helpers.training import class_project, with_training

EPOCHS = 7
# values that change the rate within a few epochs, where the usual ones wait longer
SOON = {"step": {"step_size": 2}, "multi_step": {"milestones": (2, 5)}, "plateau": {"patience": 0, "threshold": 1.0}}

each = pytest.mark.parametrize("kind", SCHEDULES.values(), ids=SCHEDULES)


def project_with(kind: ScheduleType, folder: Path, epochs: int = EPOCHS) -> Project:
    """A small project that is trained under this schedule alone."""
    schedule = Schedule(kind.key, 0, {**kind.defaults, **SOON.get(kind.key, {})})
    return with_training(class_project(folder), schedules=(schedule,), epochs=epochs, threads=1)


@each
def test_words_and_fields(kind: ScheduleType) -> None:
    assert kind.title == kind.module.rpartition(".")[2]
    assert kind.summary.endswith(".")
    assert kind.brief and not kind.brief.endswith(".")
    assert kind.formula
    known = parameters_of(kind.module)
    for name, field in kind.fields.items():
        assert field.help.endswith(".")
        assert field.refuse(field.initial) is None
        assert name in known
    assert kind.filled.keys() <= known.keys()
    asked = [name for name, one in known.items() if one.default is inspect.Parameter.empty and name != "optimizer"]
    assert set(asked) <= {*kind.fields, *kind.filled}
    assert not kind.cycles_momentum or kind.cycles_momentum in kind.fields


@each
def test_pytorch_makes_it_with_every_field_at_its_default(kind: ScheduleType, tmp_path: Path) -> None:
    rates = []
    for fields in ({}, kind.defaults):
        training = with_training(
            class_project(tmp_path), schedules=(Schedule(kind.key, 0, fields),), epochs=30
        ).training
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
        scheduler = scheduler_of(training, optimizer, 4)
        assert scheduler is not None
        assert type(scheduler.scheduler).__name__ == kind.title
        rates.append(rates_of(optimizer))
    assert rates[0] == rates[1]


@each
def test_file_and_text_hold_it(kind: ScheduleType, tmp_path: Path) -> None:
    project = project_with(kind, tmp_path)
    save_project(project, tmp_path / "p.loom")
    assert load_project(tmp_path / "p.loom") == project
    text = schedules_text(project.training.schedules)
    assert parsed_schedules("training.schedules", text) == project.training.schedules


@each
def test_the_script_holds_it_with_pytorchs_own_name(kind: ScheduleType, tmp_path: Path) -> None:
    text = script_text(project_with(kind, tmp_path), tmp_path)
    ast.parse(text)
    assert kind.module in text
    assert "events = scheduled(events, scheduler)" in text
    assert (
        "\n".join(scheduler_lines(project_with(kind, tmp_path).training, "arguments.epochs", "")).split("\n")[-1]
        in text
    )


@each
def test_the_curve_drawn_before_is_that_of_a_real_training(kind: ScheduleType, tmp_path: Path) -> None:
    setup = assemble(project_with(kind, tmp_path), tmp_path)
    steps: list[float] = []
    setup.optimizer.register_step_pre_hook(lambda *_: steps.append(rates_of(setup.optimizer)[0]))
    for _ in training_events(setup, None, []):
        pass
    count = len(steps) // EPOCHS
    plan = planned_rates(setup.project.training, count)
    assert len(set(steps)) > 1 or kind.key == "constant"
    assert plan.epochs == plan.counted == EPOCHS
    if kind.judged:
        # which epochs are better, nobody knows before
        assert plan.judged == 1
        assert set(plan.rates) == {steps[0]}
        return
    assert plan.rates == tuple(steps[::count])
    assert plan.judged == 0
    for epoch, rate in plan.points:
        assert rate == steps[round((epoch - 1) * count)]


@each
def test_any_moment_is_found_at_once_as_one_epoch_after_the_other(kind: ScheduleType, tmp_path: Path) -> None:
    fields = {**kind.defaults, **SOON.get(kind.key, {}), **({"T_0": 3, "T_mult": 2} if "T_0" in kind.fields else {})}
    chain = (Schedule("linear", 3), Schedule(kind.key, 30, fields), Schedule("step", 5))
    training = with_training(class_project(tmp_path), schedules=chain, epochs=45).training
    plan = planned_rates(training, 4)
    for epoch, rate in enumerate(plan.rates):
        assert plan.rate_of(epoch, 0) == pytest.approx(rate, rel=1e-9, abs=1e-15)
        exact = torch.optim.SGD([torch.zeros(1)], lr=training.learning_rate)
        scheduler = scheduler_of(training, exact, 4)
        assert scheduler is not None
        scheduler.load_state_dict({"epoch": epoch, "step": 2})
        assert plan.at(epoch + 1.5) == pytest.approx(rates_of(exact)[0], rel=1e-9, abs=1e-15)


def test_the_script_of_a_project_without_schedules_holds_nothing_of_them(tmp_path: Path) -> None:
    text = script_text(class_project(tmp_path), tmp_path)
    assert "cheduler" not in text
    assert "Course" not in text
