"""The stream of training: what each event says, and what an epoch depends on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from designer.runtime.batches import Part
from designer.runtime.decay import l1_decay
from designer.runtime.device import pick_device
from designer.runtime.early import keep_best, stop_early, stop_if_not_finite
from designer.runtime.events import Epoch, Step
from designer.runtime.failure import TrainingError
from designer.runtime.fit import evaluate, fit, predict_outputs, seed_chance
from designer.runtime.measures import Measure
from designer.runtime.metrics import mean_absolute_error
from designer.runtime.weights import copy_weights, weights_are_finite

MEASURE = Measure(nn.MSELoss(), {"mae": mean_absolute_error})


def data(rows: int = 50, seed: int = 0) -> Part:
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(rows, 3, generator=generator)
    return Part(
        (inputs,), inputs @ torch.tensor([[1.0], [-2.0], [0.5]]) + 0.1 * torch.randn(rows, 1, generator=generator)
    )


def network(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))


def training(
    model: nn.Module,
    optimizer: torch.optim.Optimizer | None = None,
    *,
    epochs: int = 3,
    batch_size: int = 8,
    start: int = 0,
    validation: Part | None = None,
    train: Part | None = None,
) -> Iterator[Step | Epoch]:
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=0.01, fused=True)
    return fit(
        model,
        train or data(),
        validation,
        nn.MSELoss(),
        optimizer,
        epochs=epochs,
        batch_size=batch_size,
        seed=7,
        measure=MEASURE,
        start=start,
    )


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


@pytest.mark.parametrize(("batch_size", "steps"), [(0, 1), (50, 1), (8, 7), (7, 7), (25, 2)])
def test_events_count_epochs_and_steps_from_one(batch_size: int, steps: int) -> None:
    events = list(training(network(), batch_size=batch_size))
    places = [(event.epoch, event.step) for event in events if isinstance(event, Step)]
    assert places == list(itertools.product([1, 2, 3], range(1, steps + 1)))
    assert {event.steps for event in events if isinstance(event, Step)} == {steps}
    assert [event.epoch for event in events if isinstance(event, Epoch)] == [1, 2, 3]


def test_stochastic_training_steps_on_every_row() -> None:
    model = nn.Linear(3, 1)
    events = list(training(model, epochs=1, batch_size=1))
    assert sum(isinstance(event, Step) for event in events) == 50


def test_steps_stay_on_the_device_and_out_of_the_graph() -> None:
    step = next(event for event in training(network()) if isinstance(event, Step))
    assert isinstance(step.loss, torch.Tensor)
    assert not step.loss.requires_grad
    assert not step.output.requires_grad
    assert step.output.shape == step.target.shape == (8, 1)


def test_epoch_figures_are_those_of_all_outputs_and_of_the_validation_part() -> None:
    model, validation = network(), data(20, seed=1)
    events = list(training(model, validation=validation, epochs=1))
    epoch = events[-1]
    assert isinstance(epoch, Epoch)
    steps = [event for event in events if isinstance(event, Step)]
    outputs, targets = torch.cat([s.output for s in steps]), torch.cat([s.target for s in steps])
    assert epoch.train == MEASURE(outputs, targets)
    assert epoch.validation == MEASURE(predict_outputs(model, validation), validation.targets)
    assert epoch.seconds > 0


def test_training_learns() -> None:
    epochs = [event for event in training(network(), epochs=60) if isinstance(event, Epoch)]
    assert epochs[-1].train["loss"] < epochs[0].train["loss"] / 3


def test_equal_seeds_give_equal_weights_and_other_seeds_others() -> None:
    weights = []
    for seed in (3, 3, 4):
        model = network(seed)
        list(training(model))
        weights.append(model)
    assert same_weights(weights[0], weights[1])
    assert not same_weights(weights[0], weights[2])


@pytest.mark.parametrize("chance_between", [False, True])
def test_going_on_after_any_epoch_ends_in_the_same_weights(chance_between: bool) -> None:
    whole = network()
    list(training(whole, epochs=5))
    parts = network()
    optimizer = torch.optim.Adam(parts.parameters(), lr=0.01, fused=True)
    for start in range(5):
        if chance_between:
            torch.rand(start + 1)
        list(training(parts, optimizer, epochs=start + 1, start=start))
    assert same_weights(whole, parts)


def test_the_seed_of_an_epoch_is_that_of_pytorch() -> None:
    seed_chance(12, torch.device("cpu"))
    found = torch.rand(3)
    torch.manual_seed(12)
    assert torch.equal(found, torch.rand(3))


def test_a_consumer_that_evaluates_between_steps_does_not_change_the_outcome_of_an_epoch() -> None:
    plain, watched = network(), network()
    list(training(plain))
    for event in training(watched, validation=data(20, seed=1)):
        if isinstance(event, Epoch):
            evaluate(watched, data(), MEASURE)
    assert same_weights(plain, watched)


def test_evaluation_does_not_depend_on_the_batch_size_and_needs_rows() -> None:
    model, part = network(), data()
    assert evaluate(model, part, MEASURE, 7) == pytest.approx(evaluate(model, part, MEASURE), rel=1e-5)
    assert evaluate(model, part.rows(slice(0, 0)), MEASURE) == {}
    assert not predict_outputs(model, part).requires_grad


def test_l1_decay_adds_the_sign_of_the_weights_to_the_gradient() -> None:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    l1_decay(optimizer, 0.5)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    model(torch.tensor([[1.0, 2.0]])).sum().backward()
    gradients = {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}
    optimizer.step()
    for name, weight in model.named_parameters():
        expected = before[name] - 0.1 * (gradients[name] + 0.5 * before[name].sign())
        assert torch.allclose(weight, expected)


def epochs_with(losses: list[float], model: nn.Module | None = None) -> Iterator[Step | Epoch]:
    for number, loss in enumerate(losses, start=1):
        if model is not None:
            with torch.no_grad():
                for weight in model.parameters():
                    weight.fill_(number)
        yield Epoch(number, len(losses), {"loss": 0.0}, {"loss": loss}, 0.0)


def test_early_stopping_waits_for_its_patience() -> None:
    losses = [5.0, 4.0, 4.5, 3.0, 3.0, 3.5, float("nan"), 1.0]
    assert [event.epoch for event in stop_early(epochs_with(losses), patience=3)][-1] == 7
    assert [event.epoch for event in stop_early(epochs_with(losses), patience=1)][-1] == 3
    assert [event.epoch for event in stop_early(epochs_with(losses), patience=9)][-1] == 8


@pytest.mark.parametrize("asked", [2, 5, 9])
def test_best_weights_are_restored_at_the_end_and_on_close(asked: int) -> None:
    model = nn.Linear(2, 1)
    best: dict[str, torch.Tensor] = {}
    events = keep_best(epochs_with([5.0, 4.0, 4.5, 3.0, 7.0, float("nan")], model), model, best)
    for _ in itertools.islice(events, asked):
        pass
    events.close()
    assert model.weight.tolist()[0] == [4.0 if asked >= 4 else 2.0] * 2
    assert torch.equal(best["weight"], model.weight)


def test_without_validation_nothing_stops_early_and_the_last_weights_stay() -> None:
    model = network()
    before = network()
    events = list(keep_best(stop_early(training(model), patience=1), model))
    assert isinstance(events[-1], Epoch)
    assert events[-1].epoch == 3
    assert not same_weights(model, before)


def test_copied_weights_do_not_follow_the_model() -> None:
    model, copy = nn.Linear(2, 1), dict[str, torch.Tensor]()
    copy_weights(model, copy)
    kept = copy["weight"].clone()
    with torch.no_grad():
        model.weight.add_(1)
    assert torch.equal(copy["weight"], kept)
    copy_weights(model, copy)
    assert torch.equal(copy["weight"], model.weight)


def too_fast() -> tuple[nn.Module, Iterator[Step | Epoch]]:
    model = nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 1))
    return model, training(model, torch.optim.SGD(model.parameters(), lr=1e6), epochs=50)


def bad_cell() -> tuple[nn.Module, Iterator[Step | Epoch]]:
    part = data()
    part.inputs[0][17, 1] = float("nan")
    model = nn.Linear(3, 1)
    return model, training(model, train=part)


class Logarithm(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.log(torch.relu(x))


class Division(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x / torch.zeros_like(x)


def logarithm_of_zero() -> tuple[nn.Module, Iterator[Step | Epoch]]:
    model = nn.Sequential(nn.Linear(3, 1), Logarithm())
    return model, training(model)


def division_by_zero() -> tuple[nn.Module, Iterator[Step | Epoch]]:
    model = nn.Sequential(nn.Linear(3, 1), Division())
    return model, training(model)


def overflow() -> tuple[nn.Module, Iterator[Step | Epoch]]:
    part = data()
    model = nn.Linear(3, 1)
    return model, training(model, train=Part(part.inputs, part.targets * 1e30))


@pytest.mark.parametrize("cause", [too_fast, bad_cell, logarithm_of_zero, division_by_zero, overflow])
def test_a_loss_that_is_no_number_stops_training_at_once(cause: object) -> None:
    torch.manual_seed(0)
    model, events = cause()  # type: ignore[operator]
    passed: list[Step | Epoch] = []

    def sound_epochs() -> Iterator[bool]:
        for event in stop_if_not_finite(events, model):
            passed.append(event)
            yield isinstance(event, Step) or weights_are_finite(model)

    with pytest.raises(TrainingError, match="learning rate"):
        assert all(sound_epochs())
    assert all(event.loss.isfinite() for event in passed if isinstance(event, Step))


def test_the_explanation_names_epoch_and_step() -> None:
    def events() -> Iterator[Step | Epoch]:
        for step in range(1, 4):
            loss = torch.tensor(float("inf") if step == 3 else 1.0)
            yield Step(2, step, 9, loss, loss, loss)

    with pytest.raises(TrainingError, match="epoch 2, step 3 of 9, the loss became infinite"):
        list(stop_if_not_finite(events(), nn.Linear(1, 1)))


class OnAnotherDevice(torch.Tensor):
    """A loss that says it lies on a GPU."""

    device = property(lambda self: torch.device("cuda"))


def test_losses_on_a_gpu_are_looked_at_together_and_the_first_bad_one_is_named() -> None:
    def events() -> Iterator[Step | Epoch]:
        for step in range(1, 100):
            loss = torch.tensor(float("nan") if step in (13, 15) else 1.0).as_subclass(OnAnotherDevice)
            yield Step(1, step, 99, loss, loss, loss)

    passed = []
    with pytest.raises(TrainingError, match="step 13 of 99, the loss became NaN"):
        passed.extend(event for event in stop_if_not_finite(events(), nn.Linear(1, 1)))
    assert len(passed) <= 20


def test_weights_that_are_no_numbers_stop_training_at_the_end_of_the_epoch() -> None:
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.bias.fill_(float("inf"))
    with pytest.raises(TrainingError, match="epoch 1, the weights"):
        list(stop_if_not_finite(epochs_with([1.0]), model))


def epoch_of(train: dict[str, float], validation: dict[str, float], with_step: bool = True) -> Iterator[Step | Epoch]:
    loss = torch.tensor(1.0)
    if with_step:
        yield Step(3, 1, 1, loss, loss, loss)
    yield Epoch(3, 9, train, validation, 0.1)


@pytest.mark.parametrize(("value", "word"), [(math.inf, "infinite"), (math.nan, "NaN")])
def test_an_epoch_whose_loss_is_no_number_in_the_target_s_units_stops_training(value: float, word: str) -> None:
    with pytest.raises(TrainingError, match=f"in epoch 3, the loss became {word}.*learning rate is too large"):
        list(stop_if_not_finite(epoch_of({"loss": value}, {}), nn.Linear(1, 1)))


def test_figures_that_are_undefined_and_epochs_told_once_more_stop_nothing() -> None:
    undefined = epoch_of({"loss": 2.0, "r2": math.nan}, {"loss": math.nan, "auc": math.nan})
    assert len(list(stop_if_not_finite(undefined, nn.Linear(1, 1)))) == 2
    replayed = epoch_of({"loss": math.inf}, {}, with_step=False)
    assert len(list(stop_if_not_finite(replayed, nn.Linear(1, 1)))) == 1


def test_devices_that_are_not_there_are_refused_in_words() -> None:
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device("auto").type in ("cpu", "cuda", "mps")
    missing = [name for name in ("cuda", "mps", "tpu") if pick_device("auto").type != name]
    for name in missing:
        with pytest.raises(TrainingError, match=f"no device “{name}”"):
            pick_device(name)
