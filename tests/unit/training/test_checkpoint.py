"""Checkpoints: what goes in comes out, and what is no checkpoint is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from designer.compiler.load import load_text
from designer.compiler.source import optimizer_text
from designer.layers.catalog import OPTIMIZERS
from designer.project.model import Training
from designer.runtime import fit
from designer.runtime.batches import Part
from designer.training.checkpoint import (
    CHECKPOINT,
    POSITION,
    Checkpoint,
    load_weights,
    read_checkpoint,
    read_weights,
    restore,
    write_checkpoint,
)
from designer.training.errors import RunError


def state(epoch: int = 3, momentum: float = 0.9) -> tuple[nn.Module, torch.optim.Optimizer, Checkpoint]:
    torch.manual_seed(epoch)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=momentum, nesterov=momentum > 0)
    model(torch.randn(5, 3)).sum().backward()
    optimizer.step()
    best = {name: tensor + 1 for name, tensor in model.state_dict().items()}
    return model, optimizer, Checkpoint(epoch, 1.5, "f", model.state_dict(), optimizer.state_dict(), 2, best)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_what_was_written_is_restored(tmp_path: Path, momentum: float) -> None:
    model, optimizer, checkpoint = state(momentum=momentum)
    write_checkpoint(tmp_path, checkpoint)
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert (found.epoch, found.seconds, found.fingerprint, found.best_epoch) == (3, 1.5, "f", 2)
    assert all(torch.equal(found.best[name], tensor) for name, tensor in checkpoint.best.items())
    other, other_optimizer, _ = state(epoch=9, momentum=momentum)
    restore(found, other, other_optimizer)
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), other.state_dict().values(), strict=True))
    assert str(optimizer.state_dict()) == str(other_optimizer.state_dict())


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_training_goes_on_after_any_optimizer_as_if_it_had_never_stopped(tmp_path: Path, key: str) -> None:
    kind = OPTIMIZERS[key]
    training = Training(optimizer=key, learning_rate=kind.learning_rate, weight_decay=0.01 if kind.decay else 0.0)
    imports = "import torch\nfrom designer.runtime.muon import MuonAdamW\n"
    make = load_text(f"{imports}\n\ndef make(model):\n    return {optimizer_text(training)}\n").make
    step = getattr(fit, kind.step or "gradient_step")
    torch.manual_seed(0)
    part = Part((torch.randn(40, 3),), torch.randn(40, 1))

    def network() -> tuple[nn.Module, torch.optim.Optimizer]:
        model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1))
        return model, make(model)

    def steps(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        for start in (0, 10, 20, 30):
            step(model, part.rows(slice(start, start + 10)), nn.MSELoss(), optimizer, fit.output_of)

    model, optimizer = network()
    steps(model, optimizer)
    write_checkpoint(tmp_path, Checkpoint(1, 0.0, "f", model.state_dict(), optimizer.state_dict()))
    steps(model, optimizer)
    found = read_checkpoint(tmp_path)
    assert found is not None
    other, other_optimizer = network()
    restore(found, other, other_optimizer)
    assert not torch.equal(other[0].weight, model[0].weight)
    steps(other, other_optimizer)
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), other.state_dict().values(), strict=True))


def test_a_kill_between_the_two_files_leaves_one_whole_checkpoint(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, state(epoch=3)[2])
    position = (tmp_path / POSITION).read_bytes()
    write_checkpoint(tmp_path, state(epoch=4)[2])
    (tmp_path / POSITION).write_bytes(position)
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found.epoch == 4


def test_weights_of_an_unfinished_run_are_the_best_of_its_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no weights yet"):
        read_weights(tmp_path)
    checkpoint = state()[2]
    write_checkpoint(tmp_path, checkpoint)
    assert torch.equal(read_weights(tmp_path)["0.weight"], checkpoint.best["0.weight"])


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(RunError, match="another network"):
        load_weights(nn.Linear(2, 1), state()[0].state_dict(), "here")


@pytest.mark.parametrize("spoiled", [b"", b"\x80\x04 no pickle is ever loaded", b"{}" * 100])
def test_a_spoiled_file_is_refused_in_words(tmp_path: Path, spoiled: bytes) -> None:
    (tmp_path / CHECKPOINT).write_bytes(spoiled)
    with pytest.raises(RunError, match=r"checkpoint\.safetensors"):
        read_checkpoint(tmp_path)


def test_a_cut_off_or_foreign_file_is_refused_in_words(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    write_checkpoint(tmp_path, state()[2])
    whole = (tmp_path / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(whole[:-7])
    with pytest.raises(RunError, match="cannot be read"):
        read_checkpoint(tmp_path)
    save_file({"x": torch.zeros(1)}, tmp_path / CHECKPOINT)
    with pytest.raises(RunError, match="no checkpoint of Layerloom"):
        read_checkpoint(tmp_path)
