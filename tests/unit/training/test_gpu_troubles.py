"""What goes wrong on a GPU, seen without one: what is said, who waits for it, and that a process it is lost to ends."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from designer.project.file import save_project
from designer.runtime import cuda_graphs
from designer.runtime.batches import Part
from designer.runtime.cuda_graphs import wait_for
from designer.runtime.events import Epoch, Step
from designer.runtime.repeatable import be_deterministic
from designer.training import forecast as forecasting
from designer.training import trial_run
from designer.training.assemble import Setup, assemble
from designer.training.checkpoint import Checkpoint, restore
from designer.training.errors import RunError, comes_back, in_words, lacks_memory
from designer.training.give_back import give_all_back, is_gpu_lost
from designer.training.trial_run import Choice, Tried, chosen
from designer.training.usage import memory_in_use, start_afresh
from designer.workspace import jobs
from designer.workspace.jobs import TrainerProcess
from tests.helpers.pretended import pretended
from tests.helpers.training import class_project, with_training
from tests.unit.training.test_trainer import Trainer
from tests.unit.training.test_trial_run import pictures_project

APPLE, GPU = torch.device("mps"), torch.device("cuda")
ASSERTED = "CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously reported"
LOST = (
    "import torch; lost = lambda *given: (_ for _ in ()).throw(RuntimeError('CUDA error: unspecified launch failure'));"
    "torch.cuda.is_initialized = lambda: True; torch.cuda.synchronize = torch.cuda.empty_cache = lost"
)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[torch.device]:
    """The devices that were waited for, in a row."""
    found: list[torch.device] = []
    monkeypatch.setattr(cuda_graphs, "wait_for", found.append)
    return found


def test_repeatable_products_are_prepared_before_the_first_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA looks once in a process, and a warm one may train otherwise before; what the user has set stays."""
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    be_deterministic(False)
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    be_deterministic(False)
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"


def test_what_a_gpu_says_is_put_into_words() -> None:
    with pytest.raises(RunError, match=r"no place in a list: .* Embedding .*device cpu") as caught, in_words():
        raise RuntimeError(ASSERTED)
    assert comes_back(caught.value)
    assert not comes_back(RuntimeError("CUDA error: unspecified launch failure"))
    said = "Deterministic behavior was enabled with … you must set … CUBLAS_WORKSPACE_CONFIG=:4096:8 or …=:16:8"
    with pytest.raises(RunError, match=r"environment says CUBLAS_WORKSPACE_CONFIG=:4096:8"), in_words():
        raise RuntimeError(said)
    assert lacks_memory(RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"))


def test_the_end_of_a_lost_gpu_is_no_fault_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_gpu_lost()

    def lost(*given: Any) -> None:
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    assert not is_gpu_lost()
    for name in ("synchronize", "empty_cache"):
        monkeypatch.setattr(torch.cuda, name, lost)
    assert is_gpu_lost()
    give_all_back()


def test_a_process_ends_whose_gpu_is_lost_to_it(tmp_path: Path) -> None:
    """It says so beside what went wrong, and not after a job that went well."""
    trainer = Trainer(LOST)
    try:
        trainer.events("ready")
        project = with_training(class_project(tmp_path), epochs=1, threads=1, device="cpu")
        trainer.train(project, tmp_path, tmp_path / "sound")
        assert trainer.events("finished")[-1]["event"] == "finished"
        (tmp_path / "animals.csv").unlink()
        trainer.train(project, tmp_path, tmp_path / "spoiled")
        assert trainer.events("failed")[-1]["last"] is True
        # of itself, before its input is closed
        assert trainer.process.wait(20) == 0
    finally:
        trainer.process.kill()
        trainer.close()


class Living:
    """A process that is there."""

    def poll(self) -> None:
        return None


def test_a_process_that_takes_no_more_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*given: Any, **named: Any) -> Any:
        raise OSError("a new one")

    monkeypatch.setattr(subprocess, "Popen", started)
    trainer = TrainerProcess()
    trainer._process = Living()  # type: ignore[assignment]
    for said, replaced in (('"failed"', False), ('"failed", "last": true', True)):
        reading, writing = os.pipe()
        os.write(writing, f'{{"event": {said}}}\n'.encode())
        os.close(writing)
        with os.fdopen(reading, "rb") as lines:
            trainer._read(lines, trainer._events, jobs.threading.Event())
        if replaced:
            with pytest.raises(OSError, match="a new one"):
                trainer.start()
        else:
            trainer.start()


def moved(setup: Setup, device: torch.device) -> Setup:
    return replace(setup, device=device)


def test_a_forecast_waits_for_what_was_asked_of_the_gpu(tmp_path: Path, waited: list[torch.device]) -> None:
    """Else most steps seem to take nothing, and each that is waited for elsewhere all the time of those before."""
    project = with_training(class_project(tmp_path), epochs=500, threads=1, device="cpu")
    setup = moved(assemble(project, tmp_path), GPU)
    part = setup.parts["train"].rows(slice(0, 4))
    steps = [Step(1, number, 5, torch.zeros(()), part.inputs[0], part.target) for number in range(1, 6)]
    forecasting._timed(iter([*steps, Epoch(1, 1, {}, {}, 0.1)]), setup)
    assert waited == [GPU] * 6


def test_a_trial_waits_before_and_after_each_step(tmp_path: Path, waited: list[torch.device]) -> None:
    setup = assemble(with_training(class_project(tmp_path), threads=1, device="cpu"), tmp_path)
    optimizer = torch.optim.Adam
    tried = Tried(
        setup.project, setup.source, setup.parts["train"], APPLE, setup.loss, lambda: setup.model,
        lambda model: optimizer(model.parameters()),
    )  # fmt: skip
    trial_run._Steps(tried, setup.model).seconds()
    assert waited == [APPLE] * 2


def test_apples_gpus_are_waited_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(torch.mps, "synchronize", lambda: said.append("mps"))
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: said.append(str(device)))
    for device in (APPLE, GPU, torch.device("cpu")):
        wait_for(device)
    assert said == ["mps", "cuda"]


def test_channels_last_are_not_tried_on_apples_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(trial_run, "_found", {})
    monkeypatch.setattr(trial_run, "_trial", lambda tried, counts, both: asked.append(both) or Choice())
    setup = assemble(pictures_project(tmp_path, threads=1), tmp_path)
    project = with_training(setup.project, memory_format="auto", precision="auto")
    for device in (GPU, APPLE):
        monkeypatch.setattr(trial_run, "may_lower", lambda project, device: True)
        parts: Part = setup.parts["train"]
        chosen(Tried(project, setup.source, parts, device, setup.loss, nn.Identity, torch.optim.Adam), 1, None)  # type: ignore[arg-type]
    assert asked[-2:] == [True, False]


def test_memory_of_apples_gpus_counts_beside_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 10**15)
    assert 0 < memory_in_use("cpu") < 10**15 < memory_in_use("mps") < 2 * 10**15


def test_an_earlier_training_has_no_part_in_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A training whose settings are changed is left and taken up again in the same process."""
    done: list[Any] = []
    monkeypatch.setattr("designer.training.usage.give_all_back", lambda: done.append("given back"))
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", done.append)
    start_afresh(torch.device("cpu"))
    assert not done
    start_afresh(GPU)
    assert done == ["given back", GPU]
    monkeypatch.setattr("designer.training.assemble.start_afresh", done.append)
    monkeypatch.setattr("designer.training.assemble.refuse_too_large", lambda *given: done.append("looked"))
    assemble(with_training(class_project(tmp_path), threads=1, device="cpu"), tmp_path)
    assert done[2:] == [torch.device("cpu"), "looked"]


def test_counted_steps_stay_where_the_optimizer_counts_them() -> None:
    """Beside a parameter of a single number they look like what lies beside it: on the GPU."""
    with pretended("cuda") as device:
        model = nn.Module()
        model.register_parameter("gain", nn.Parameter(torch.ones((), device=device)))
        optimizer = torch.optim.RMSprop(model.parameters())
        assert model.gain.device == device
        model.gain.grad = torch.ones((), device=device)
        optimizer.step()
        known = optimizer.state_dict()
        counted = {name: value.cpu() for name, value in known["state"][0].items()}
        state = {"state": {0: counted}, "param_groups": known["param_groups"]}
        weights = {"gain": torch.ones(())}
        restore(Checkpoint(1, 0.0, "", weights, state), model, optimizer)
        found = optimizer.state[model.gain]
        assert (found["step"].device.type, found["square_avg"].device) == ("cpu", device)


def test_the_command_line_lets_the_processor_help_apples_gpus(tmp_path: Path) -> None:
    """It has to be said before PyTorch is loaded."""
    save_project(class_project(tmp_path), tmp_path / "a.loom")
    asked = (
        "import os, sys; from designer.cli.main import main; main(['check', sys.argv[1]], lambda words: 0);"
        "print(os.environ.get('PYTORCH_ENABLE_MPS_FALLBACK'))"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTORCH_")}
    done = subprocess.run(
        [sys.executable, "-c", asked, str(tmp_path / "a.loom")], capture_output=True, text=True, env=own, check=True
    )
    assert done.stdout.splitlines()[-1] == "1"
