"""Training on a GPU, as far as it can be seen without one: which step is taken, and what is said of its memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from designer.project.model import CustomLayer
from designer.runtime import cuda_graphs
from designer.runtime.accumulating import accumulated_step
from designer.runtime.cuda_graphs import GraphedStep, cuda_graph, usual_update
from designer.runtime.fit import closure_step, gradient_step
from designer.runtime.mixed_precision import mixed_step
from designer.runtime.updates import Update
from designer.training import forecast as forecasting
from designer.training import out_of_memory, run
from designer.training.abilities import SCALER, training_step
from designer.training.assemble import Setup, assemble
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.errors import RunError, lacks_memory
from designer.training.footprint import room_on
from designer.training.run import fast_step, train
from designer.training.usage import memory_in_use
from tests.helpers.repeating import Repeater
from tests.helpers.training import class_project, equal, history, interrupted, trained, with_training

GPU = torch.device("cuda")
FULL = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8.00 GiB of which 0 are free."
STEADY = {"epochs": 3, "threads": 1, "device": "cpu"}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record after the first step of a shape, and keep whatever makes the same."""
    monkeypatch.setattr(cuda_graphs, "PLAIN_SECONDS", 0.0)
    monkeypatch.setattr(cuda_graphs, "QUICKER", float("inf"))


def moved(setup: Setup, **states: Any) -> Setup:
    """The setup, as if it lay on a GPU."""
    return replace(setup, device=GPU, states={**setup.states, **states})


def test_the_usual_step_is_one_graph_whatever_its_precision(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), **STEADY)
    plain = fast_step(moved(assemble(project, tmp_path)))
    assert isinstance(plain, GraphedStep)
    assert (plain.record, plain.updates) == (cuda_graph, Update)
    lowered: Any = fast_step(moved(assemble(with_training(project, precision="bfloat16"), tmp_path)))
    assert lowered.func is mixed_step and isinstance(lowered.keywords["step"], GraphedStep)
    scaled: Any = fast_step(moved(assemble(with_training(project, precision="float16"), tmp_path)))
    assert scaled.keywords["scaler"] is not None
    # the scaler looks at the gradients before the optimizer does
    assert scaled.keywords["step"].updates is usual_update


def test_other_steps_go_their_own_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = with_training(class_project(tmp_path), **STEADY)
    pieces: Any = fast_step(moved(assemble(with_training(project, accumulate=2), tmp_path)))
    assert pieces.func is accumulated_step
    assert fast_step(moved(assemble(with_training(project, optimizer="lbfgs"), tmp_path))) is closure_step
    setup = moved(assemble(project, tmp_path))
    own = replace(setup, project=replace(setup.project, layers={"own": CustomLayer("Own", "")}))
    assert fast_step(own) is gradient_step
    monkeypatch.setattr("designer.runtime.distributed.process_count", lambda: 2)
    assert fast_step(setup) is gradient_step


@pytest.mark.parametrize(
    "settings",
    [{}, {"precision": "float16"}, {"clip_norm": 0.1, "average": "ema", "average_fields": {"decay": 0.9}}],
    ids=["plain", "float16", "bounded and averaged"],
)
def test_a_run_and_its_resumption_have_the_weights_of_plain_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: None, every_epoch: None, settings: dict[str, Any]
) -> None:
    """It is left within an epoch, and goes on with plain steps until a graph is recorded again."""
    project = with_training(class_project(tmp_path), **STEADY, **settings)
    monkeypatch.setattr(run, "fast_step", training_step)
    trained(project, tmp_path, tmp_path / "plain")
    steps: list[GraphedStep] = []

    def graphed(setup: Setup) -> Callable[..., Any]:
        steps.append(GraphedStep(Repeater(), usual_update if SCALER in setup.states else Update))
        return training_step(setup, steps[-1])

    monkeypatch.setattr(run, "fast_step", graphed)
    trained(project, tmp_path, tmp_path / "whole")
    interrupted(project, tmp_path, tmp_path / "broken", after=8)
    trained(project, tmp_path, tmp_path / "broken", resume=True)
    assert [step.graph is not None for step in steps] == [True] * 3
    for other in ("whole", "broken"):
        assert equal(read_weights(tmp_path / "plain"), read_weights(tmp_path / other))
        assert history(tmp_path / "plain") == history(tmp_path / other)
    if "precision" in settings:
        ends = [read_checkpoint(tmp_path / name) for name in ("plain", "broken")]
        assert ends[0] is not None and ends[1] is not None
        assert ends[0].states[SCALER] == ends[1].states[SCALER]


def test_a_full_gpu_is_told_with_the_size_that_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_epoch: None
) -> None:
    """It is full from the second epoch on for more than five rows at once."""

    def full(setup: Setup, model: Any, batch: Any, *arguments: Any) -> Any:
        if setup is not None and not (tmp_path / "run" / "checkpoint.json").exists():
            return gradient_step(model, batch, *arguments)
        if len(batch) > 5:
            raise torch.OutOfMemoryError(FULL)
        return gradient_step(model, batch, *arguments)

    monkeypatch.setattr(run, "fast_step", lambda setup: partial(full, setup))
    monkeypatch.setattr(out_of_memory, "step_of", lambda project: partial(full, None))
    (tmp_path / "run").mkdir()
    project = with_training(class_project(tmp_path), **STEADY)
    with pytest.raises(RunError) as caught:
        list(train(project, tmp_path, tmp_path / "run"))
    assert str(caught.value) == (
        "Memory ran out on cpu with 16 samples at once. A batch size of 4 fits, which was tried just now."
        " The run is kept up to its last checkpoint."
    )


def test_what_a_gpu_says_when_it_is_full() -> None:
    assert issubclass(torch.cuda.OutOfMemoryError, RuntimeError)
    assert lacks_memory(torch.cuda.OutOfMemoryError(FULL))
    assert lacks_memory(RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"))
    assert lacks_memory(RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"))
    assert lacks_memory(RuntimeError("CUDA error: out of memory"))
    assert not lacks_memory(RuntimeError("CUDA error: an illegal memory access was encountered"))


def test_memory_on_a_gpu_is_that_of_the_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (3_000, 8_000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 2_000)
    monkeypatch.setattr(torch.cuda, "max_memory_reserved", lambda device: 4_000)
    assert (room_on(GPU), memory_in_use(GPU)) == (3_000, 2_000)
    setup = moved(assemble(with_training(class_project(tmp_path), **STEADY), tmp_path))
    monkeypatch.setattr(forecasting, "assemble", lambda project, base, run: setup)
    monkeypatch.setattr(forecasting, "_dry_run", lambda setup, base: forecasting._Course(0.1, 0.3))
    found = forecasting.forecast(setup.project, tmp_path)
    # what this process holds there already is free for the training too
    assert (found.free, found.memory, found.device) == (5_000, 4_000, "cuda")
