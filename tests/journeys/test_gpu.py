"""Trainings and scripts for a GPU; those that need one are left out without: pytest tests/journeys/test_gpu.py"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from designer.exporting.export import export
from designer.project.file import save_project
from designer.project.model import Column, Project, TableData, Training
from designer.runtime import batches, cuda_graphs
from designer.runtime.batches import Part
from designer.runtime.cuda_graphs import GraphedStep, graphed_step
from designer.runtime.fit import gradient_step, output_of
from designer.training import record, run
from designer.training.abilities import training_step
from designer.training.errors import RunError
from designer.training.events import Started
from designer.training.forecast import forecast
from designer.training.run import train
from designer.training.telling import Telling
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts
from tests.helpers.graphs import chain
from tests.helpers.training import class_project, history, interrupted, trained, with_training, write_csv

gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
# of kernels that add up in another order each time
CLOSE = {"rtol": 1e-3, "atol": 1e-4}


def script_of(project: Project, folder: Path, device: str = "cuda", fast: bool = False) -> Path:
    """The script of a project that names its device."""
    path, script = folder / f"{device}.loom", folder / f"{device}.py"
    save_project(with_training(project, device=device), path)
    export(path, "script", script, fast)
    return script


def test_scripts_for_a_gpu_have_the_apps_weights_on_the_processor(tmp_path: Path) -> None:
    calls = []
    for precision in ("float32", "bfloat16"):
        folder = tmp_path / precision
        folder.mkdir()
        project = with_training(class_project(folder), epochs=2, threads=1, device="cpu", precision=precision)
        trained(project, folder, folder / "run")
        script = script_of(project, folder)
        assert "step=graphed_step(device)" in script.read_text(encoding="utf-8")
        calls.append([str(script), "--device", "cpu", "--out", str(folder / "weights.pt")])
    assert_formatted([Path(script) for script, *_ in calls])
    run_scripts(calls, tmp_path)
    for precision in ("float32", "bfloat16"):
        assert_same_weights(tmp_path / precision / "run", tmp_path / precision / "weights.pt")


def test_graphs_are_in_scripts_that_name_the_gpu_alone(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    for device in ("auto", "cpu", "mps"):
        assert "cuda_graph" not in script_of(project, tmp_path, device).read_text(encoding="utf-8")
    pieces = script_of(with_training(project, accumulate=2), tmp_path).read_text(encoding="utf-8")
    assert "cuda_graph" not in pieces and "accumulated_step" in pieces


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[GraphedStep]:
    """Record after the first step of a shape, and keep whatever makes the same; all such steps that are made."""
    monkeypatch.setattr(cuda_graphs, "PLAIN_SECONDS", 0.0)
    monkeypatch.setattr(cuda_graphs, "QUICKER", float("inf"))
    made: list[GraphedStep] = []
    usual = GraphedStep.__init__

    def noted(self: GraphedStep, *arguments: Any) -> None:
        usual(self, *arguments)
        made.append(self)

    monkeypatch.setattr(GraphedStep, "__init__", noted)
    return made


def on_gpu(folder: Path, **settings: Any) -> Project:
    return with_training(class_project(folder), **{"epochs": 3, "threads": 1, "device": "cuda", **settings})


def assert_close(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], **CLOSE)


@gpu
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"optimizer": "rmsprop", "clip_norm": 0.5},
        {"optimizer": "sgd", "learning_rate": 0.1},
        {"precision": "bfloat16"},
        {"precision": "float16", "average": "ema", "average_fields": {"decay": 0.9}},
        {"deterministic": True},
    ],
    ids=["adam", "rmsprop", "sgd", "bfloat16", "float16", "deterministic"],
)
def test_graphs_lead_to_the_weights_of_plain_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: list[GraphedStep], settings: dict[str, Any]
) -> None:
    """With dropout, batch normalization and a smaller last batch."""
    project = on_gpu(tmp_path, **settings)
    trained(project, tmp_path, tmp_path / "graphed")
    assert at_once[-1].graph is not None and at_once[-1].graph.trials == cuda_graphs.TRIALS
    monkeypatch.setattr(run, "fast_step", training_step)
    trained(project, tmp_path, tmp_path / "plain")
    one, other = (load_file(tmp_path / name / "weights.safetensors") for name in ("graphed", "plain"))
    bits = all(torch.equal(one[name], other[name]) for name in one)
    print(f"{settings}: {'the same to the last bit' if bits else 'nearly the same'}")
    assert bits or not settings.get("deterministic")
    assert_close(one, other)


@gpu
def test_a_float16_run_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: list[GraphedStep]
) -> None:
    for interval in ("SHORTEST_INTERVAL", "LONGEST_INTERVAL"):
        monkeypatch.setattr(record, interval, 0.0)
    project = on_gpu(tmp_path, precision="float16", deterministic=True)
    trained(project, tmp_path, tmp_path / "whole")
    interrupted(project, tmp_path, tmp_path / "broken", after=8)
    trained(project, tmp_path, tmp_path / "broken", resume=True)
    assert all(step.graph is not None for step in at_once)
    assert history(tmp_path / "broken") == history(tmp_path / "whole")


@gpu
@pytest.mark.parametrize(("device", "fast"), [("cuda", False), ("auto", True)])
def test_the_script_makes_what_the_app_makes(tmp_path: Path, device: str, fast: bool) -> None:
    project = on_gpu(tmp_path)
    trained(project, tmp_path, tmp_path / "run")
    script = script_of(project, tmp_path, device, fast)
    run_scripts([[str(script), "--out", str(tmp_path / "weights.pt")]], tmp_path)
    assert_close(
        load_file(tmp_path / "run" / "weights.safetensors"), torch.load(tmp_path / "weights.pt", weights_only=True)
    )


class Asking(nn.Module):
    """Waits for a number of the GPU on its way, which no graph can hold."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.dropout = nn.Linear(4, 1), nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(self.dropout(x)) * (1.0 if x.sum().item() > 0 else 2.0)


class Moving(nn.Module):
    """Takes numbers from the processor on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.dropout = nn.Linear(4, 1), nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(self.dropout(x)) + torch.ones(1).to(x.device)


@gpu
@pytest.mark.parametrize("rehearsed", [True, False])
@pytest.mark.parametrize("make", [Asking, Moving])
def test_what_no_graph_can_hold_goes_the_plain_way(
    monkeypatch: pytest.MonkeyPatch, at_once: list[GraphedStep], make: Callable[[], nn.Module], rehearsed: bool
) -> None:
    """The GPU, its memory and its chance are as sound afterwards, even where the recording itself fails."""
    if not rehearsed:
        monkeypatch.setattr(cuda_graphs, "rehearse", lambda work: None)
    device = torch.device("cuda")
    part = Part((torch.randn(16, 4, device=device),), torch.randn(16, 1, device=device))
    found = []
    for step in (gradient_step, graphed_step(device)):
        torch.manual_seed(0)
        model = make().to(device)
        optimizer = torch.optim.Adam(model.parameters(), fused=True)
        for _ in range(6):
            step(model, part, nn.MSELoss(), optimizer, output_of)
        found.append(model.layer.weight.detach().clone())
    assert at_once[0].given_up
    assert torch.equal(*found)
    assert torch.cuda.current_stream() == torch.cuda.default_stream()
    torch.cuda.empty_cache()


def wide_project(folder: Path) -> Project:
    """Cheap layers that leave much behind for the way back."""
    write_csv(folder / "numbers.csv", ("a", "b", "y"), [(n % 7, n % 11, n % 5) for n in range(6000)])
    columns = (Column("a"), Column("b"), Column("y", role="target"))
    layers = (("linear", {"out_features": 4096}), "tanh", "sigmoid", "gelu", ("linear", {"out_features": 1}))
    data = TableData("numbers.csv", columns=columns)
    training = Training(epochs=2, batch_size=4096, device="cuda", threads=1)
    return chain("table_input", *layers, "output", project=Project(data=data, training=training))


@gpu
def test_a_full_gpu_is_told_with_the_size_that_fits(tmp_path: Path) -> None:
    project, whole = wide_project(tmp_path), torch.cuda.get_device_properties(0).total_memory
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 200e6) / whole)
    try:
        (tmp_path / "run").mkdir()
        with pytest.raises(RunError, match=r"^Memory ran out on cuda with 4,096 samples at once\.") as caught:
            list(train(project, tmp_path, tmp_path / "run"))
        said = re.search(r"A batch size of ([\d,]+) fits, which was tried just now\.", str(caught.value))
        assert said is not None, str(caught.value)
        smaller = with_training(project, batch_size=int(said[1].replace(",", "")))
        assert trained(smaller, tmp_path, tmp_path / "again")["epochs"] == 2
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


@gpu
def test_a_network_too_large_for_the_gpu_is_refused_before(tmp_path: Path) -> None:
    project = wide_project(tmp_path)
    holding = torch.empty(torch.cuda.mem_get_info()[0] - 150_000_000, dtype=torch.uint8, device="cuda")
    try:
        with pytest.raises(
            RunError, match=r"Training needs about .* of memory with 4,096 samples at once, and .* free"
        ):
            list(train(project, tmp_path, tmp_path))
    finally:
        del holding
        torch.cuda.empty_cache()


@gpu
def test_memory_of_the_gpu_is_shown(tmp_path: Path) -> None:
    project = on_gpu(tmp_path)
    (tmp_path / "run").mkdir()
    telling, shown = Telling(), []
    for event in train(project, tmp_path, tmp_path / "run"):
        line = telling.line(event)
        if isinstance(event, Started):
            assert event.device.startswith("cuda")
        elif line is not None and line["event"] == "step":
            shown.append(line["memory"])
    assert shown and all(0 < each <= torch.cuda.get_device_properties(0).total_memory for each in shown)
    found = forecast(project, tmp_path)
    assert found.device.startswith("cuda")
    assert 0 < found.memory <= found.free <= torch.cuda.get_device_properties(0).total_memory


@gpu
def test_a_repeatable_training_may_follow_another_in_one_process(tmp_path: Path) -> None:
    """Matrix products choose their way at the first of them."""
    project = on_gpu(tmp_path)
    trained(project, tmp_path, tmp_path / "usual")
    for name in ("one", "other"):
        trained(with_training(project, deterministic=True), tmp_path, tmp_path / name)
    one, other = (load_file(tmp_path / name / "weights.safetensors") for name in ("one", "other"))
    assert all(torch.equal(one[name], other[name]) for name in one)


@gpu
def test_samples_that_would_crowd_it_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = on_gpu(tmp_path, deterministic=True)
    trained(project, tmp_path, tmp_path / "resident")
    monkeypatch.setattr(batches, "RESIDENT_SHARE", 0.0)
    trained(project, tmp_path, tmp_path / "stored")
    one, other = (load_file(tmp_path / name / "weights.safetensors") for name in ("resident", "stored"))
    assert all(torch.equal(one[name], other[name]) for name in one)


@gpu
def test_a_place_that_there_is_not_loses_the_gpu_to_its_process() -> None:
    """In a process of its own, which computes there no more."""
    asked = (
        "import torch; from designer.training.errors import in_words; from designer.training.give_back import *\n"
        "assert not is_gpu_lost()\n"
        "try:\n"
        "    with in_words():\n"
        "        torch.nn.Embedding(3, 2).cuda()(torch.tensor([7]).cuda()).sum().item()\n"
        "except Exception as error: print(error, flush=True)\n"
        "give_all_back(); print(is_gpu_lost(), flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    said, lost = [line for line in done.stdout.splitlines() if line][-2:]
    assert said.startswith("The GPU met a number that is no place in a list") and lost == "True", done.stderr
