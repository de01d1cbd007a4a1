"""Mixed precision: trainings equal PyTorch's usual loops with autocast and a scaler, and go on exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from designer.compiler.analyse import analyse
from designer.project.model import Project
from designer.runtime.batches import Part
from designer.runtime.events import Epoch
from designer.runtime.failure import TrainingError
from designer.runtime.fit import evaluate, gradient_step, output_of
from designer.runtime.mixed_precision import check_precision, in_full, mixed_step
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.run import train
from tests.helpers.by_hand import Hand, hand_loop
from tests.helpers.training import class_project, history, trained, with_training


def lowered(folder: Path, precision: str, **settings: Any) -> Project:
    return with_training(
        class_project(folder), **{"epochs": 3, "keep_best": False, "threads": 1, "precision": precision, **settings}
    )


def assert_same(project: Project, base: Path, hand: Hand) -> None:
    trained(project, base, base / "app")
    found = read_weights(base / "app")
    for name, tensor in hand.model.state_dict().items():
        assert tensor.dtype == found[name].dtype != torch.bfloat16
        assert torch.equal(found[name], tensor), name


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_bfloat16_is_autocast_with_the_loss_in_float32(tmp_path: Path, optimizer: str) -> None:
    project = lowered(tmp_path, "bfloat16", optimizer=optimizer)

    def gradient(hand: Hand, inputs: tuple[Any, ...], answers: tuple[Any, ...]) -> None:
        with torch.autocast("cpu", torch.bfloat16):
            output = hand.model(*inputs)
        assert output.dtype is torch.bfloat16
        hand.setup.loss(output.float(), *answers).backward()

    hand = hand_loop(project, tmp_path, gradient=gradient)
    assert_same(project, tmp_path, hand)
    exact = tmp_path / "exact"
    exact.mkdir()
    trained(with_training(lowered(exact, "float32", optimizer=optimizer)), exact, exact / "app")
    assert not torch.equal(read_weights(exact / "app")["linear1.weight"], hand.model.state_dict()["linear1.weight"])


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop", "muon"])
def test_float16_scales_gradients_as_a_scaler_does(tmp_path: Path, optimizer: str) -> None:
    project = lowered(tmp_path, "float16", optimizer=optimizer, clip_norm=0.5)
    scaler = torch.amp.GradScaler("cpu")

    class Scaled:
        """What the loop takes for its optimizer: unscales, clips, steps, as the recipe of PyTorch says."""

        def __init__(self, optimizer: torch.optim.Optimizer) -> None:
            self.optimizer = optimizer
            self.param_groups = optimizer.param_groups

        def zero_grad(self) -> None:
            self.optimizer.zero_grad()

        def step(self) -> None:
            scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_([one for group in self.param_groups for one in group["params"]], 0.5)
            scaler.step(self.optimizer)
            scaler.update()

    def gradient(hand: Hand, inputs: tuple[Any, ...], answers: tuple[Any, ...]) -> None:
        with torch.autocast("cpu", torch.float16):
            output = hand.model(*inputs)
        scaler.scale(hand.setup.loss(output.float(), *answers)).backward()

    hand = hand_loop(project, tmp_path, gradient=gradient, wrapped=Scaled)
    assert_same(project, tmp_path, hand)


def test_a_step_whose_gradients_overflow_is_left_out() -> None:
    model, part = nn.Linear(2, 1), Part((torch.ones(4, 2),), torch.zeros(4, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1, fused=True)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**40)
    before = model.weight.detach().clone()
    arguments: dict[str, Any] = {"step": gradient_step, "dtype": torch.float16, "scaler": scaler}
    mixed_step(model, part, nn.MSELoss(), optimizer, output_of, **arguments)
    assert torch.equal(model.weight, before)
    assert scaler.get_scale() == 2.0**39
    for _ in range(40):
        mixed_step(model, part, nn.MSELoss(), optimizer, output_of, **arguments)
    assert not torch.equal(model.weight, before) and bool(model.weight.isfinite().all())


def test_an_output_given_twice_is_scaled_once_each() -> None:
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    value = torch.ones(3, requires_grad=True)
    output = value * 1
    (in_full(output, scaler).sum() + in_full(output, scaler).sum()).backward()
    assert value.grad is not None and value.grad.tolist() == [16.0] * 3


def test_a_float16_run_goes_on_with_its_scale(tmp_path: Path, every_epoch: None) -> None:
    project = lowered(tmp_path, "float16", epochs=4, accumulate=2, average="ema", average_fields={"decay": 0.7})
    trained(project, tmp_path, tmp_path / "whole")
    (tmp_path / "broken").mkdir()
    events = train(project, tmp_path, tmp_path / "broken")
    for event in events:
        if isinstance(event, Epoch) and event.epoch == 2:
            break
    events.close()
    checkpoint = read_checkpoint(tmp_path / "broken")
    assert checkpoint is not None and checkpoint.states["scaler"]["scale"] == 65536.0
    trained(project, tmp_path, tmp_path / "broken", resume=True)
    assert history(tmp_path / "broken") == history(tmp_path / "whole")


def test_figures_of_the_validation_part_are_exact(tmp_path: Path) -> None:
    project = lowered(tmp_path, "bfloat16", epochs=1)
    from designer.training.assemble import assemble

    trained(project, tmp_path, tmp_path / "run")
    setup = assemble(project, tmp_path)
    setup.model.load_state_dict(read_weights(tmp_path / "run"))
    wanted = evaluate(setup.model, setup.parts["validation"], setup.measure)
    assert history(tmp_path / "run")[0]["validation"] == wanted


def test_steps_of_their_own_have_no_part_in_it(tmp_path: Path) -> None:
    for changes in ({"optimizer": "lbfgs", "learning_rate": 1.0}, {"mode": "gan"}, {"mode": "rbm"}):
        project = replace(lowered(tmp_path, "bfloat16", **changes))
        found = [each for each in analyse(project).problems if each.code == "no-mixed"]
        assert [each.severity for each in found] == ["error"]
        assert found[0].fix is None or found[0].fix.edit(project).training.precision == "float32"
    assert not [each for each in analyse(lowered(tmp_path, "float16")).problems if each.code == "no-mixed"]


def test_a_device_that_cannot_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for dtype in (torch.bfloat16, torch.float16):
        check_precision(torch.device("cpu"), dtype)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: False)
    with pytest.raises(TrainingError, match=r"cuda, cannot train in bfloat16. Choose float16"):
        check_precision(torch.device("cuda"), torch.bfloat16)
    check_precision(torch.device("cuda"), torch.float16)
    with pytest.raises(TrainingError, match=r"meta, cannot train in float16. Choose float32"):
        check_precision(torch.device("meta"), torch.float16)
