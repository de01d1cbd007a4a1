"""A training from start to end: what it writes down, and that an interruption at any moment costs nothing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.runtime.events import Epoch, Step
from designer.runtime.fit import fit
from designer.runtime.losses import hinge
from designer.training import record
from designer.training.assemble import assemble
from designer.training.checkpoint import Checkpoint, read_checkpoint, read_tensors, read_weights, write_checkpoint
from designer.training.errors import RunError
from designer.training.events import Finished, RunEvent, Started
from designer.training.prepare import read_data
from designer.training.run import train
from tests.helpers.training import class_project, equal, history, number_project, trained, with_training

FILES = {
    "project.loom",
    "model.py",
    "weights.safetensors",
    "checkpoint.safetensors",
    "checkpoint.json",
    "checkpoints",
    "history.jsonl",
    "metrics.json",
    "preprocessing.json",
    "environment.json",
    "results.json",
}


def test_the_run_folder_holds_all_that_the_design_promises(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    metrics = trained(project, tmp_path, run)
    assert {path.name for path in run.iterdir()} == FILES
    assert load_project(run / "project.loom") == with_training(project, threads=1, memory_format="contiguous")
    kept = read_checkpoint(run).best_epoch  # type: ignore[union-attr]
    told = {"stopped": False, "ending": {"kept_epoch": kept}}
    assert json.loads((run / "metrics.json").read_text()) == {**metrics, **told}
    assert metrics.keys() == {"run", "epochs", "seconds", "train", "validation", "test"}
    assert metrics["test"].keys() == {"loss", "accuracy", "precision", "recall", "f1"}
    assert metrics["epochs"] == len(history(run)) == 8
    environment = json.loads((run / "environment.json").read_text())
    assert (environment["seed"], environment["device"], environment["torch"]) == (3, "cpu", torch.__version__)
    assert len(environment["data_sha256"]) == 64
    assert (run / environment["base"]).resolve() == tmp_path.resolve()
    assert json.loads((run / "preprocessing.json").read_text())["target"]["classes"] == ["ant", "bee", "cat"]
    counts = json.loads((run / "results.json").read_text())["confusion"]["counts"]
    assert sum(map(sum, counts)) == read_data(project, tmp_path).facts.rows["test"]


def test_events_begin_with_started_and_end_with_finished(tmp_path: Path, run: Path) -> None:
    events = list(train(class_project(tmp_path), tmp_path, run))
    first, last = events[0], events[-1]
    assert isinstance(first, Started)
    assert (first.epochs, first.done, first.device) == (8, 0, "cpu")
    assert sum(first.rows.values()) == 90
    assert isinstance(last, Finished)
    assert not last.stopped
    assert all(isinstance(event, (Step, Epoch)) for event in events[1:-1])


def test_weights_are_those_of_the_plain_composition_bit_for_bit(tmp_path: Path, run: Path) -> None:
    project = with_training(class_project(tmp_path), keep_best=False, l1=0.0)
    trained(project, tmp_path, run)
    torch.set_num_threads(1)
    prepared = read_data(project, tmp_path)
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(4, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(0.2), nn.Linear(12, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02, fused=True)
    events = fit(
        model,
        prepared.train,
        prepared.validation,
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=8,
        batch_size=16,
        seed=3,
        measure=lambda output, target: {"loss": 0.0},
    )
    for _ in events:
        pass
    names = assemble(project, tmp_path).model.state_dict()
    assert equal(dict(zip(names, model.state_dict().values(), strict=True)), read_weights(run))


def test_one_neuron_finds_the_least_squares_line(tmp_path: Path, run: Path) -> None:
    metrics = trained(with_training(number_project(tmp_path), epochs=300), tmp_path, run)
    data = read_data(number_project(tmp_path), tmp_path)
    inputs = torch.cat([data.train.inputs[0], torch.ones(8, 1)], dim=1)
    solution = torch.linalg.lstsq(inputs, data.train.targets).solution
    scale = data.preparation["target"]["scale"]
    expected = ((inputs @ solution - data.train.targets) * scale).square().mean().item()
    assert metrics["train"]["mse"] == pytest.approx(expected, rel=1e-3)
    assert metrics["validation"] == {}
    assert metrics["train"]["rmse"] == pytest.approx(math.sqrt(expected), rel=1e-3)
    outcome = json.loads((run / "results.json").read_text())
    assert outcome["actual"] == pytest.approx([121.0, 99.0], rel=1e-5)
    assert outcome["part"] == "test"


def test_the_best_weights_are_kept_and_measured(tmp_path: Path, run: Path) -> None:
    metrics = trained(with_training(class_project(tmp_path), epochs=30, learning_rate=0.2), tmp_path, run)
    losses = [line["validation"]["loss"] for line in history(run)]
    assert metrics["validation"]["loss"] == pytest.approx(min(losses), rel=1e-6)
    assert losses[-1] > min(losses)
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None
    assert checkpoint.best_epoch == losses.index(min(losses)) + 1
    assert equal(checkpoint.best, read_weights(run))
    assert not equal(checkpoint.weights, read_weights(run))


def test_early_stopping_ends_the_run_after_its_patience(tmp_path: Path, run: Path) -> None:
    metrics = trained(with_training(class_project(tmp_path), epochs=500, learning_rate=0.2, patience=4), tmp_path, run)
    losses = [line["validation"]["loss"] for line in history(run)]
    assert metrics["epochs"] == len(losses) == losses.index(min(losses)) + 5


def test_without_a_validation_part_patience_and_best_weights_mean_nothing(tmp_path: Path, run: Path) -> None:
    metrics = trained(with_training(number_project(tmp_path), patience=1, keep_best=True), tmp_path, run)
    assert metrics["epochs"] == 20
    assert read_checkpoint(run).best == {}  # type: ignore[union-attr]


@pytest.mark.parametrize("after", [0, 1, 4, 14])
def test_stop_ends_in_order_with_metrics(tmp_path: Path, run: Path, after: int) -> None:
    seen: list[RunEvent] = []
    for event in train(class_project(tmp_path), tmp_path, run, stopping=lambda: len(seen) > after):
        seen.append(event)
    last = seen[-1]
    assert isinstance(last, Finished)
    assert last.stopped
    assert last.metrics["test"]["accuracy"] >= 0
    assert last.metrics["epochs"] == len(history(run)) < 8
    assert (run / "weights.safetensors").exists()


@pytest.mark.usefixtures("every_epoch")
def test_a_full_disk_does_not_end_training_and_is_tried_again(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def full(folder: Path, checkpoint: Checkpoint) -> None:
        tries.append(checkpoint.epoch)
        if checkpoint.epoch < 6:
            raise ProjectError("there is no space left on the disk")
        write_checkpoint(folder, checkpoint)

    monkeypatch.setattr(record, "write_checkpoint", full)
    assert trained(class_project(tmp_path), tmp_path, run)["epochs"] == 8
    assert tries == list(range(1, 9))
    assert read_checkpoint(run).epoch == 8  # type: ignore[union-attr]


def test_a_disk_that_stays_full_is_said_in_the_end(tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, checkpoint: Checkpoint) -> None:
        raise ProjectError("there is no space left on the disk")

    monkeypatch.setattr(record, "write_checkpoint", full)
    monkeypatch.setattr(record, "write_made", full)
    with pytest.raises(ProjectError, match="no space left"):
        trained(class_project(tmp_path), tmp_path, run)
    assert len(history(run)) == 8


def test_a_run_is_never_written_over(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=1), tmp_path, run)
    before = (run / "weights.safetensors").read_bytes()
    with pytest.raises(RunError, match="holds a run already"):
        trained(project, tmp_path, run)
    assert (run / "weights.safetensors").read_bytes() == before


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("epochs_before", [0, 2])
def test_a_loss_that_is_no_number_ends_the_run_and_spoils_nothing(
    tmp_path: Path, run: Path, epochs_before: int
) -> None:
    project = class_project(tmp_path)
    if epochs_before:
        trained(with_training(project, epochs=epochs_before), tmp_path, run)
    events = train(project, tmp_path, run, resume=bool(epochs_before))

    def spoil() -> None:
        for event in events:
            if isinstance(event, Started):
                event.measure.metrics.clear()
            if isinstance(event, Step):
                events.gi_frame.f_locals["setup"].parts["train"].inputs[0].fill_(math.inf)  # type: ignore[attr-defined]

    with pytest.raises(RunError, match="learning rate is too large"):
        spoil()
    assert not (run / "weights.safetensors").exists()
    assert not (run / "metrics.json").exists()
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None
    assert all(tensor.isfinite().all() for tensor in (checkpoint.weights | checkpoint.best).values())


def test_too_large_a_learning_rate_is_explained(tmp_path: Path, run: Path) -> None:
    project = with_training(number_project(tmp_path), learning_rate=1e6, epochs=500)
    with pytest.raises(RunError, match=r"epoch \d+, step 1 of 1, the loss became .* try a tenth"):
        trained(project, tmp_path, run)
    for name in ("checkpoint.safetensors", "weights.safetensors"):
        if (run / name).exists():
            assert all(tensor.isfinite().all() for tensor in read_tensors(run / name)[0].values())


def test_problems_of_the_project_are_said_before_anything_is_written(tmp_path: Path, run: Path) -> None:
    project = replace(class_project(tmp_path), graph=number_project(tmp_path).graph)
    with pytest.raises(RunError, match=r"Use cross-entropy"):
        trained(project, tmp_path, run)
    assert list(run.iterdir()) == []


def test_function_losses_and_their_fields_reach_training(tmp_path: Path) -> None:
    project = class_project(tmp_path)
    output = next(node for node in project.graph.nodes.values() if node.type == "output")
    for loss, fields, expected in (("hinge", {}, hinge), ("cross_entropy", {"label_smoothing": 0.1}, 0.1)):
        node = replace(output, fields={**output.fields, "loss": loss, **fields})
        changed = replace(project, graph=replace(project.graph, nodes={**project.graph.nodes, output.id: node}))
        made = assemble(changed, tmp_path).loss
        assert (made if loss == "hinge" else made.label_smoothing) == expected


def test_a_network_whose_steps_are_short_is_trained_on_one_thread_unless_told_otherwise(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    try:
        assemble(with_training(class_project(tmp_path), threads=3), tmp_path)
        assert torch.get_num_threads() == 3
        assemble(with_training(class_project(tmp_path), threads=0), tmp_path)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
