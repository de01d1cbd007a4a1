"""Schedulers of PyTorch one after the other: their own values, from any moment on again, for all groups alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler

from designer.runtime.events import Epoch, Step
from designer.runtime.schedules import Course, Scheduler, course_lengths, rates_of, scheduled

STEPS = 3
NOTHING = torch.zeros(())
LOSSES = [1.0, 0.9, 0.95, 0.95, 0.95, 0.95, 0.4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]


def optimizer_of(kind: type[torch.optim.Optimizer] = torch.optim.SGD, **settings: Any) -> torch.optim.Optimizer:
    """An optimizer of two groups, of which one learns at a tenth of the rate."""
    groups = [{"params": [torch.nn.Parameter(torch.zeros(2))], "lr": lr} for lr in (0.1, 0.01)]
    for group in groups:
        group["params"][0].grad = torch.ones(2)
    return kind(groups, lr=0.1, **settings)


def events_of(epochs: int, optimizer: torch.optim.Optimizer, start: int = 0, done: int = 0) -> Iterator[Step | Epoch]:
    """A stream as ``fit`` makes it, from epoch ``start`` + 1 and its step ``done`` + 1 on."""
    for epoch in range(start + 1, epochs + 1):
        for step in range(done + 1, STEPS + 1):
            optimizer.step()
            yield Step(epoch, step, STEPS, NOTHING, NOTHING, NOTHING)
        done = 0
        yield Epoch(epoch, epochs, {"loss": 5.0}, {"loss": LOSSES[epoch - 1]}, 0.0)


def rates_in(
    epochs: int, courses: Callable[[torch.optim.Optimizer], list[Course]], **settings: Any
) -> list[list[float]]:
    """The rates of both groups in each step."""
    optimizer = optimizer_of(**settings)
    scheduler = Scheduler(optimizer, courses(optimizer), STEPS)
    return seen(optimizer, scheduled(events_of(epochs, optimizer), scheduler))


def seen(optimizer: torch.optim.Optimizer, events: Iterator[Step | Epoch]) -> list[list[float]]:
    """The rates with which each step of the stream was made."""
    rates: list[list[float]] = []
    optimizer.register_step_pre_hook(lambda *_: rates.append(rates_of(optimizer)))
    for _ in events:
        pass
    return rates


def mixed(optimizer: torch.optim.Optimizer) -> list[Course]:
    """One of each kind: by epoch, by step, and judged by the loss."""
    return [
        Course(2, partial(lr_scheduler.LinearLR, start_factor=0.1, total_iters=2)),
        Course(3, partial(lr_scheduler.OneCycleLR, max_lr=rates_of(optimizer), total_steps=3 * STEPS), by_step=True),
        Course(4, partial(lr_scheduler.MultiStepLR, milestones=(1, 3), gamma=0.5)),
        Course(5, partial(lr_scheduler.ReduceLROnPlateau, factor=0.5, patience=0)),
        Course(2, partial(lr_scheduler.CosineAnnealingWarmRestarts, T_0=1, T_mult=2)),
    ]


PLAIN: dict[str, Callable[[torch.optim.Optimizer], Any]] = {
    "step": partial(lr_scheduler.StepLR, step_size=3),
    "exponential": partial(lr_scheduler.ExponentialLR, gamma=0.9),
    "cosine": partial(lr_scheduler.CosineAnnealingLR, T_max=12, eta_min=0.001),
    "restarts": partial(lr_scheduler.CosineAnnealingWarmRestarts, T_0=2, T_mult=2),
    "polynomial": partial(lr_scheduler.PolynomialLR, total_iters=12, power=2.0),
}


@pytest.mark.parametrize("name", PLAIN)
def test_one_course_goes_through_the_values_of_its_scheduler(name: str) -> None:
    found = rates_in(12, lambda optimizer: [Course(12, PLAIN[name])])
    optimizer = optimizer_of()
    scheduler, expected = PLAIN[name](optimizer), []
    for _ in range(12):
        for _ in range(STEPS):
            expected.append(rates_of(optimizer))
            optimizer.step()
        scheduler.step()
    assert found == expected


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam])
def test_one_cycle_moves_with_each_step_and_may_move_the_momentum(kind: type[torch.optim.Optimizer]) -> None:
    total = 6 * STEPS
    make = partial(lr_scheduler.OneCycleLR, max_lr=[0.1, 0.01], total_steps=total, cycle_momentum=True)
    optimizer, other = optimizer_of(kind), optimizer_of(kind)
    found = seen(other, scheduled(events_of(6, other), Scheduler(other, [Course(6, make, by_step=True)], STEPS)))
    plain, expected = make(optimizer), []
    for step in range(total):
        expected.append(rates_of(optimizer))
        optimizer.step()
        if step < total - 1:
            plain.step()
    assert found == expected
    name = "betas" if kind is torch.optim.Adam else "momentum"
    assert [group[name] for group in other.param_groups] == [group[name] for group in optimizer.param_groups]


def test_courses_that_pytorch_can_chain_have_the_values_of_its_chain() -> None:
    warm, cosine = partial(lr_scheduler.LinearLR, start_factor=0.1, total_iters=4), PLAIN["cosine"]
    found = rates_in(12, lambda optimizer: [Course(4, warm), Course(8, cosine)])
    optimizer = optimizer_of()
    chain = lr_scheduler.SequentialLR(optimizer, [warm(optimizer), cosine(optimizer)], milestones=[4])
    expected = []
    for _ in range(12):
        expected += [chain.get_last_lr()] * STEPS
        optimizer.step()
        chain.step()
    for mine, theirs in zip(found, expected, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-12)


def test_a_course_begins_with_the_optimizers_own_settings_whatever_went_before() -> None:
    found = rates_in(16, mixed)
    starts = {0: 0.01, 2: 0.004, 5: 0.1, 9: 0.1, 14: 0.1}
    for epoch, rate in starts.items():
        assert found[epoch * STEPS] == pytest.approx([rate, rate / 10])
    momenta = []
    optimizer = optimizer_of(momentum=0.5)
    optimizer.register_step_pre_hook(lambda *_: momenta.append(optimizer.param_groups[1]["momentum"]))
    for _ in scheduled(events_of(16, optimizer), Scheduler(optimizer, mixed(optimizer), STEPS)):
        pass
    assert set(momenta[: 2 * STEPS]) == set(momenta[5 * STEPS :]) == {0.5}
    assert momenta[2 * STEPS] == 0.95
    assert optimizer.param_groups[0].keys() == {*optimizer_of().param_groups[0].keys(), "initial_lr"}


def test_the_loss_of_the_validation_part_judges_and_without_one_that_of_training() -> None:
    plateau = partial(lr_scheduler.ReduceLROnPlateau, factor=0.5, patience=1)
    found = rates_in(8, lambda optimizer: [Course(8, plateau)])
    assert [round(rates[0], 4) for rates in found[::STEPS]] == [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025]
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, [Course(9, plateau)])
    for epoch in range(1, 4):
        scheduler.after(Epoch(epoch, 9, {"loss": 1.0}, {}, 0.0))
    assert optimizer.param_groups[0]["lr"] == 0.05


def test_after_the_last_course_and_without_any_rates_stay_as_they_are() -> None:
    found = rates_in(6, lambda optimizer: [Course(3, PLAIN["exponential"]), Course(0, PLAIN["step"])])
    assert found[-1] == found[2 * STEPS] == pytest.approx([0.081, 0.0081])
    assert rates_in(2, lambda optimizer: []) == [[0.1, 0.01]] * 2 * STEPS


HELD: dict[str, Callable[[torch.optim.Optimizer], Any]] = {
    "a warm-up": partial(lr_scheduler.LinearLR, start_factor=0.1, total_iters=5),
    "a fall": partial(lr_scheduler.LinearLR, start_factor=1.0, end_factor=0.25, total_iters=5),
    "one that is over sooner": partial(lr_scheduler.LinearLR, start_factor=0.1, total_iters=3),
    "a constant share": partial(lr_scheduler.ConstantLR, factor=0.3, total_iters=5),
    "a power": partial(lr_scheduler.PolynomialLR, total_iters=5, power=2.0),
}


@pytest.mark.parametrize("name", HELD)
def test_a_course_alone_that_is_over_is_where_pytorchs_scheduler_stays(name: str) -> None:
    """Step by step as PyTorch's alone with the same arguments, in epochs of the course and in those behind it."""
    make, optimizer = HELD[name], optimizer_of()
    scheduler, expected = make(optimizer), []
    for _ in range(12):
        expected += [rates_of(optimizer)] * STEPS
        optimizer.step()
        scheduler.step()
    assert rates_in(12, lambda _: [Course(5, make)]) == expected
    for epoch in range(1, 12):
        again = optimizer_of()
        led = Scheduler(again, [Course(5, make)], STEPS)
        led.load_state_dict({"epoch": epoch, "step": 0})
        assert seen(again, scheduled(events_of(12, again, start=epoch), led)) == expected[epoch * STEPS :]


def test_a_course_that_is_cut_short_stays_where_it_is_cut() -> None:
    make = partial(lr_scheduler.LinearLR, start_factor=0.1, total_iters=10)
    rates = rates_in(8, lambda _: [Course(5, make)])
    assert rates[5 * STEPS :] == [rates[4 * STEPS]] * 3 * STEPS


@pytest.mark.parametrize("epoch", range(17))
@pytest.mark.parametrize("step", range(STEPS + 1))
def test_from_any_moment_on_the_rates_are_those_of_a_training_that_never_stopped(epoch: int, step: int) -> None:
    whole = rates_in(17, mixed, momentum=0.5)
    optimizer = optimizer_of(momentum=0.5)
    scheduler = Scheduler(optimizer, mixed(optimizer), STEPS)
    for _ in islice(scheduled(events_of(17, optimizer), scheduler), epoch * (STEPS + 1) + step):
        pass
    state, kept = json.loads(json.dumps(scheduler.state_dict())), optimizer.state_dict()
    later = optimizer_of(momentum=0.5)
    again = Scheduler(later, mixed(later), STEPS)
    later.load_state_dict(kept)
    again.load_state_dict(state)
    assert rates_of(later) == rates_of(optimizer), "other rates are told of this moment"
    past = (Epoch(number, 17, {"loss": 5.0}, {"loss": LOSSES[number - 1]}, 0.0) for number in range(1, epoch + 1))
    for event in past:
        again.after(event)
    assert seen(later, scheduled(events_of(17, later, epoch, step), again)) == whole[epoch * STEPS + step :]


def test_a_longer_plan_takes_over_where_a_shorter_one_stood() -> None:
    def cosine(epochs: int) -> Callable[[torch.optim.Optimizer], list[Course]]:
        return lambda optimizer: [Course(epochs, partial(lr_scheduler.CosineAnnealingLR, T_max=epochs))]

    optimizer = optimizer_of()
    short = Scheduler(optimizer, cosine(6)(optimizer), STEPS)
    for _ in scheduled(events_of(6, optimizer), short):
        pass
    later = optimizer_of()
    again = Scheduler(later, cosine(12)(later), STEPS)
    later.load_state_dict(optimizer.state_dict())
    again.load_state_dict(short.state_dict())
    assert seen(later, scheduled(events_of(12, later, 6), again)) == rates_in(12, cosine(12))[6 * STEPS :]


def test_a_rate_lowered_on_a_plateau_follows_another_learning_rate() -> None:
    plateau = [Course(9, partial(lr_scheduler.ReduceLROnPlateau, factor=0.5, patience=0))]
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, plateau)
    for _ in range(2):
        scheduler.after(Epoch(scheduler.epoch + 1, 9, {"loss": 1.0}, {}, 0.0))
    other = torch.optim.SGD([{"params": [torch.zeros(1)], "lr": lr} for lr in (0.4, 0.04)], lr=0.4)
    again = Scheduler(other, plateau)
    again.load_state_dict(scheduler.state_dict())
    assert rates_of(other) == pytest.approx([0.2, 0.02])


def test_a_rate_that_is_a_tensor_stays_that_tensor() -> None:
    rate = torch.tensor(0.1)
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=rate, capturable=False, foreach=False)
    scheduler = Scheduler(optimizer, [Course(2, PLAIN["exponential"]), Course(2, PLAIN["exponential"])])
    optimizer.step()
    for epoch in range(1, 3):
        scheduler.after(Epoch(epoch, 4, {"loss": 1.0}, {}, 0.0))
    assert optimizer.param_groups[0]["lr"] is rate
    assert float(rate) == pytest.approx(0.1)


def test_the_lengths_of_courses() -> None:
    assert course_lengths([5, 0, 10], 100) == [5, 85, 10]
    assert course_lengths([0], 7) == [7]
    assert course_lengths([5, 0], 3) == [5, 0]
