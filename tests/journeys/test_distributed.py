"""One model that several processes train: the same curve as one process, one voice, and no harm by a killed one."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from designer.project.file import save_project
from designer.project.model import Column, ImageData, Project, TableData, Training
from designer.workspace.places import own_command
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes
from tests.helpers.together import (
    ROOT,
    assert_near,
    assert_same_curve,
    designer,
    done,
    process_at,
    torchrun,
    wait_for,
)
from tests.helpers.training import class_rows, trained, write_csv

pytestmark = pytest.mark.slow

USUAL = Training(epochs=4, batch_size=16, learning_rate=0.01, seed=3, device="cpu")


def weighted_table(folder: Path) -> Project:
    """A number to predict of samples that count unlike; 63 rows to train with, in batches of 16, the last of 15."""
    rows = [(a % 7 / 7, a % 11 / 11, 1 + a % 5, 3 * (a % 7) - 2 * (a % 11) + a % 3) for a in range(91)]
    write_csv(folder / "table.csv", ("a", "b", "often", "y"), rows)
    columns = (Column("a"), Column("b"), Column("often", role="weight"), Column("y", role="target"))
    network = Project(data=TableData("table.csv", columns=columns), training=USUAL)
    return chain(
        "table_input",
        ("linear", {"out_features": 8}),
        "tanh",
        ("linear", {"out_features": 1}),
        "output",
        project=network,
    )


def classes_table(folder: Path) -> Project:
    """Classes that count unlike, and a last batch of two samples, fewer than there are processes."""
    write_csv(folder / "animals.csv", ("x", "y", "colour", "animal"), class_rows(96)[:94])
    columns = (Column("x"), Column("y"), Column("colour", "category"), Column("animal", "category", "target"))
    training = replace(USUAL, class_weights="balanced")
    network = Project(data=TableData("animals.csv", columns=columns), training=training)
    loss = ("output", {"loss": "cross_entropy"})
    layers = (("linear", {"out_features": 12}), "tanh", ("linear", {"out_features": 3}))
    return chain("table_input", *layers, loss, project=network)


def pictures(folder: Path) -> Project:
    """A convolution with batch normalization on pictures of three classes."""
    write_classes(folder / "pictures", count=15)
    network = Project(data=ImageData("pictures"), training=replace(USUAL, epochs=2))
    convolution = ("conv2d", {"out_channels": 4, "kernel_size": (3, 3), "bias": False})
    layers = (convolution, "batch_norm2d", "relu", "flatten", ("linear", {"out_features": 3}))
    seen = ("image_input", {"height": 16, "width": 16})
    return chain(seen, *layers, ("output", {"loss": "cross_entropy"}), project=network)


@pytest.mark.parametrize("made, processes", [(weighted_table, 2), (classes_table, 3), (pictures, 2)])
def test_processes_follow_one(made: Callable[[Path], Project], processes: int, tmp_path: Path) -> None:
    """Command line and exported script with several processes have the curve and the weights of one process."""
    project, file = made(tmp_path), tmp_path / "p.loom"
    save_project(project, file)
    one, several = tmp_path / "one", tmp_path / "several"
    trained(project, tmp_path, one)
    said = done(torchrun(processes, *designer("train", file, "--run", several, "--json")))
    assert json.loads(said.stdout)["epochs"] == project.training.epochs
    assert_same_curve(one, several)
    weights = load_file(one / "weights.safetensors")
    assert_near(weights, load_file(several / "weights.safetensors"))
    assert json.loads((several / "environment.json").read_text())["processes"] == processes

    script, out = tmp_path / "train.py", tmp_path / "weights.pt"
    done([*own_command(), "export", str(file), "--to", "script", "-o", str(script)])
    said = done(torchrun(processes, script, "--out", out), folder=tmp_path)
    assert said.stdout.count("epoch ") == project.training.epochs
    assert_near(weights, torch.load(out, weights_only=True))


def long_project(folder: Path, epochs: int = 150) -> Path:
    """A network with chance of its own in each process, which trains for some seconds."""
    network = classes_table(folder)
    layers = (("linear", {"out_features": 12}), ("dropout", {"p": 0.2}), ("linear", {"out_features": 3}))
    loss = ("output", {"loss": "cross_entropy"})
    made = replace(network, graph=chain("table_input", *layers, loss).graph)
    save_project(replace(made, training=replace(USUAL, epochs=epochs, learning_rate=0.001)), folder / "p.loom")
    return folder / "p.loom"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two processes that nothing befell."""
    folder = tmp_path_factory.mktemp("whole")
    done(torchrun(2, *designer("train", long_project(folder), "--run", folder / "run", "--json")))
    return folder / "run"


@pytest.mark.parametrize("killed", [0, 1])
def test_a_killed_process_costs_nothing(killed: int, whole: Path, tmp_path: Path) -> None:
    """All processes start again, go on from the last checkpoint and end as if none had been killed."""
    file = long_project(tmp_path)
    command = torchrun(2, *designer("train", file, "--json"), restarts=3)
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, cwd=ROOT) as launched:
        runs = tmp_path / "p.runs"
        while not (found := list(runs.glob("*/checkpoint.json"))):
            assert launched.poll() is None, launched.communicate()[1]
        process_at(killed, launched).kill()
        output, errors = launched.communicate()
    assert launched.returncode == 0, errors
    run = found[0].parent
    assert "Going on with" in errors
    assert json.loads(output)["run"] == str(run)
    assert [run] == [path for path in runs.iterdir() if path.is_dir()]
    assert_same_curve(whole, run, within=1e-6)
    assert_near(load_file(whole / "weights.safetensors"), load_file(run / "weights.safetensors"), within=1e-6)


def test_an_interrupted_training_goes_on_in_one_process(tmp_path: Path) -> None:
    """Ctrl-C leaves a run that a single process goes on with."""
    file, run = long_project(tmp_path), tmp_path / "run"
    command = torchrun(2, *designer("train", file, "--run", run))
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, cwd=ROOT) as launched:
        wait_for(run / "checkpoint.json", launched)
        launched.send_signal(signal.SIGINT)
        _, errors = launched.communicate()
    assert errors.count("layerloom: interrupted; go on with:") == 1
    assert "fault" not in errors
    reached = len((run / "history.jsonl").read_text().splitlines())
    words = ("train", file, "--resume", "--run", run, "--epochs", reached + 2, "--json")
    said = done([*own_command(), *map(str, words)])
    assert json.loads(said.stdout)["epochs"] == reached + 2


def test_what_processes_cannot_share_is_refused(tmp_path: Path) -> None:
    """The first process says in a sentence why one alone has to train."""
    project = weighted_table(tmp_path)
    save_project(replace(project, training=replace(USUAL, accumulate=2)), tmp_path / "p.loom")
    said = done(torchrun(2, *designer("train", tmp_path / "p.loom")), status=1)
    assert said.stderr.count("layerloom: ") == 1
    assert "in 2 pieces" in said.stderr
    (tmp_path / "table.csv").unlink()
    save_project(project, tmp_path / "p.loom")
    said = done(torchrun(2, *designer("train", tmp_path / "p.loom")), status=1)
    assert said.stderr.count("layerloom: ") == 1
    assert "table.csv" in said.stderr
