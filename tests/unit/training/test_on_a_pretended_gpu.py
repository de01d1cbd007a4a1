"""Training on a GPU that is not there: all tensors of a step lie on it, whatever the run was before and will be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from designer.project.model import Project
from designer.runtime import batches
from designer.runtime.batches import Part, shuffled_batches
from designer.runtime.device import pick_device
from designer.runtime.failure import TrainingError
from designer.training import run
from designer.training.abilities import training_step
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.plain_data import on_device
from tests.helpers.pretended import pretended
from tests.helpers.training import (
    class_project,
    equal,
    history,
    interrupted,
    number_project,
    trained,
    with_training,
)

ROOM = 10**9


class Gpu:
    """What this computer says of a GPU that it does not have; its chance is that of the processor."""

    def __init__(self, patch: pytest.MonkeyPatch, kind: str) -> None:
        self.free = ROOM
        state = torch.zeros(16, dtype=torch.uint8)
        for name, answer in {
            "is_available": lambda: kind == "cuda",
            "is_initialized": lambda: False,
            "mem_get_info": lambda device=None: (self.free, ROOM),
            "memory_reserved": lambda device=None: 1000,
            "reset_peak_memory_stats": lambda device=None: None,
            "synchronize": lambda device=None: None,
            "manual_seed": lambda seed: None,
            "get_rng_state": lambda device=None: state,
            "set_rng_state": lambda state, device=None: None,
            "get_device_name": lambda device=None: "a pretended one",
        }.items():
            patch.setattr(torch.cuda, name, answer)
        patch.setattr(torch.backends.mps, "is_available", lambda: kind == "mps")
        for name in ("manual_seed", "synchronize", "set_rng_state", "empty_cache"):
            patch.setattr(torch.mps, name, lambda *given: None)
        patch.setattr(torch.mps, "get_rng_state", lambda: state)
        patch.setattr(torch.mps, "driver_allocated_memory", lambda: 1000)
        # a graph is recorded on a real one alone
        patch.setattr(run, "fast_step", training_step)


@pytest.fixture(params=["cuda", "mps"])
def gpu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gpu]:
    found = Gpu(monkeypatch, request.param)
    with pretended(request.param):
        yield found


def steady(folder: Path, **settings: Any) -> Project:
    return with_training(class_project(folder), **{"epochs": 3, "threads": 1, **settings})


def losses(folder: Path) -> list[float]:
    return [line["train"]["loss"] for line in history(folder)]


SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "float16": {"precision": "float16"},
    "muon": {"optimizer": "muon", "clip_norm": 0.5, "l1": 0.01},
    "lbfgs": {"optimizer": "lbfgs", "batch_size": 0, "learning_rate": 0.5},
    "averaged and balanced": {"average": "ema", "average_fields": {"decay": 0.9}, "sampling": "balanced"},
    "in pieces": {"accumulate": 2},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_run_on_it_goes_on_within_an_epoch(tmp_path: Path, gpu: Gpu, every_epoch: None, name: str) -> None:
    """What was kept of the epoch's first steps has come from a file, and so from the processor's memory."""
    project = steady(tmp_path, **SETTINGS[name])
    trained(project, tmp_path, tmp_path / "whole")
    interrupted(project, tmp_path, tmp_path / "broken", after=2 if name == "lbfgs" else 7)
    trained(project, tmp_path, tmp_path / "broken", resume=True)
    assert equal(read_weights(tmp_path / "whole"), read_weights(tmp_path / "broken"))
    assert losses(tmp_path / "whole") == losses(tmp_path / "broken")


def test_a_run_of_it_goes_on_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_epoch: None
) -> None:
    project = steady(tmp_path, device="auto")
    with monkeypatch.context() as patch:
        Gpu(patch, "cuda")
        with pretended("cuda"):
            interrupted(project, tmp_path, tmp_path / "broken", after=7)
    checkpoint = read_checkpoint(tmp_path / "broken")
    assert checkpoint is not None and checkpoint.step and "cuda" in checkpoint.chance
    trained(project, tmp_path, tmp_path / "broken", resume=True)
    assert len(history(tmp_path / "broken")) == 3


@pytest.mark.parametrize("make", [class_project, number_project])
def test_samples_that_would_crowd_a_gpu_stay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Project]
) -> None:
    """They give what those on it give, batch by batch, and their results are told at the end."""
    gpu = Gpu(monkeypatch, "cuda")
    monkeypatch.setattr("designer.training.assemble.refuse_too_large", lambda *given: None)
    project = with_training(make(tmp_path), epochs=3, threads=1, optimizer="rmsprop")
    with pretended("cuda"):
        trained(project, tmp_path, tmp_path / "resident")
        gpu.free = 100
        trained(project, tmp_path, tmp_path / "stored")
    assert equal(read_weights(tmp_path / "resident"), read_weights(tmp_path / "stored"))
    assert history(tmp_path / "resident") == history(tmp_path / "stored")


@pytest.mark.parametrize(("free", "stored"), [(1600, False), (1599, True)])
def test_a_quarter_of_what_is_free_may_lie_there(monkeypatch: pytest.MonkeyPatch, free: int, stored: bool) -> None:
    Gpu(monkeypatch, "cuda").free = free
    part = Part((torch.zeros(20, 4),), torch.zeros(20, dtype=torch.int32))
    assert sum(each.nbytes for each in (*part.inputs, part.target)) == 1600 * batches.RESIDENT_SHARE
    with pretended("cuda") as device:
        moved = part.to(device)
        assert moved.stored is stored and (moved.inputs[0].device.type == "cpu") is stored
        assert {each.inputs[0].device.type for each in shuffled_batches(moved, 8)} == {"cuda"}
        assert not part.to(torch.device("cpu")).stored


def test_what_is_kept_goes_to_the_device_whatever_holds_it() -> None:
    kept = [(torch.ones(2), {"a": torch.ones(3)}), (4, {"loss": 0.5}), None]
    with pretended("cuda") as device:
        (first, named), (count, figures), nothing = on_device(kept, device)
        assert isinstance(first, Tensor) and {first.device, named["a"].device} == {device}
        assert (count, figures, nothing) == (4, {"loss": 0.5}, None)


def test_a_gpu_that_cannot_compute_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is too old for the kernels of this PyTorch: it is there, and the first of them fails."""
    said = ["CUDA error: no kernel image is available for execution on the device\nFor debugging …"]

    def refusing(*shape: int, device: str) -> Tensor:
        raise RuntimeError(said[-1])

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch, "ones", refusing)
    assert pick_device("auto") == torch.device("cpu")
    with pytest.raises(
        TrainingError, match=r"“cuda” is there, but does not work .* cpu\. It says: CUDA error: no kernel"
    ):
        pick_device("cuda")
    # that others fill it is told with what would fit
    said.append("CUDA error: out of memory")
    assert pick_device("cuda") == pick_device("auto") == torch.device("cuda")


def test_a_pretended_gpu_refuses_what_a_real_one_does() -> None:
    with pretended("mps") as device:
        there, here = torch.ones(3, device=device), torch.ones(3)
        assert (there.device, (there * 2).device, here.device) == (device, device, torch.device("cpu"))
        with pytest.raises(RuntimeError, match="same device"):
            there + here
        with pytest.raises(TypeError, match="float64"):
            there.double()
        with pytest.raises(TypeError, match="numpy"):
            there.numpy()
        assert there.cpu().numpy().tolist() == [1.0] * 3
