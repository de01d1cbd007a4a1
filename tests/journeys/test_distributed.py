"""One model that several processes train: the same curve as one process, one voice, and no harm by a killed one."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from designer.exporting.export import export
from designer.importing.new import draft_project
from designer.project.file import load_project, save_project
from designer.project.model import Augmentation, Column, ImageData, Project, Schedule, TableData, Training
from designer.training.assemble import assemble
from designer.training.steering import send_order
from tests.helpers.generative import pixel_gan, plane_gan
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes
from tests.helpers.together import (
    PATIENCE,
    ROOT,
    answers_of,
    assert_near,
    assert_same_curve,
    designer,
    process_at,
    started_together,
    torchrun,
    wait_for,
)
from tests.helpers.training import class_rows, trained, write_csv

pytestmark = pytest.mark.slow

# the trial before a run of one process may find another format the faster one; of several none is made
SETTLED = {"device": "cpu", "threads": 1, "memory_format": "contiguous"}
USUAL = Training(epochs=3, batch_size=16, learning_rate=0.01, seed=3, **SETTLED)


def weighted_table(folder: Path) -> Project:
    """A number to predict of samples that count unlike; 63 rows to train with, in batches of 16, the last of 15."""
    rows = [(a % 7 / 7, a % 11 / 11, 1 + a % 5, 3 * (a % 7) - 2 * (a % 11) + a % 3) for a in range(91)]
    write_csv(folder / "table.csv", ("a", "b", "often", "y"), rows)
    columns = (Column("a"), Column("b"), Column("often", role="weight"), Column("y", role="target"))
    network = Project(data=TableData("table.csv", columns=columns), training=USUAL)
    layers = (("linear", {"out_features": 8}), "tanh", ("linear", {"out_features": 1}))
    return chain("table_input", *layers, "output", project=network)


def classes_table(folder: Path, *more: Any) -> Project:
    """Classes that count unlike, in pieces of one sample: fewer than there are processes."""
    write_csv(folder / "animals.csv", ("x", "y", "colour", "animal"), class_rows(96)[:94])
    columns = (Column("x"), Column("y"), Column("colour", "category"), Column("animal", "category", "target"))
    training = replace(USUAL, class_weights="balanced", accumulate=1 if more else 16)
    network = Project(data=TableData("animals.csv", columns=columns), training=training)
    # a loss of differences does not hang on a last bias
    last = ("linear", {"out_features": 3, "bias": not more})
    return chain(
        "table_input",
        ("linear", {"out_features": 12}),
        "tanh",
        *more,
        last,
        ("output", {"loss": "cross_entropy"}),
        project=network,
    )


def pictures(folder: Path) -> Project:
    """A convolution with batch normalization on pictures of three classes, which chance turns."""
    write_classes(folder / "pictures", count=15)
    data = ImageData("pictures", augment=(Augmentation("flip"),))
    network = Project(data=data, training=replace(USUAL, epochs=2))
    convolution = ("conv2d", {"out_channels": 4, "kernel_size": (3, 3), "bias": False})
    layers = (convolution, "batch_norm2d", "relu", "flatten", ("linear", {"out_features": 3}))
    seen = ("image_input", {"height": 16, "width": 16})
    return chain(seen, *layers, ("output", {"loss": "cross_entropy"}), project=network)


def biased_pictures(folder: Path) -> Project:
    """A bias before batch normalization: nothing hangs on it, so that what rounding leaves of its gradient moves it.

    The last weights are kept: the figures of the validation part, which judge the best, hang on the running mean.
    """
    made = pictures(folder)
    made = replace(made, training=replace(made.training, keep_best=False))
    nodes = {
        key: replace(node, fields={**node.fields, "bias": True}) if node.type == "conv2d" else node
        for key, node in made.graph.nodes.items()
    }
    return replace(made, graph=replace(made.graph, nodes=nodes))


def drafted(folder: Path, template: str, *settings: str) -> Project:
    """What a new project makes of pictures; without dropout, which has a chance of its own in each process."""
    write_classes(folder / "pictures", count=40)
    made = draft_project(folder / "pictures", None, folder / "p.loom", template, settings=settings).project
    return replace(made, training=replace(made.training, epochs=2, seed=3, **SETTLED))


def new_convolutional(folder: Path) -> Project:
    """The usual network of new projects, whose convolutions stand before batch normalization."""
    return drafted(folder, "cnn", "template.dropout=0")


def new_residual(folder: Path) -> Project:
    """A stem and residual blocks."""
    return drafted(folder, "resnet", "template.blocks=1", "template.channels=4")


def compared(folder: Path) -> Project:
    """A loss that compares all samples of a batch with each other."""
    made = classes_table(folder, "relu")
    nodes = {
        key: replace(node, fields={"loss": "triplet"}) if node.type == "output" else node
        for key, node in made.graph.nodes.items()
    }
    training = replace(made.training, class_weights="none")
    return replace(made, graph=replace(made.graph, nodes=nodes), training=training)


def rivals_of_points(folder: Path) -> Project:
    """A generator with batch normalization, and a discriminator that makes two steps for each of its own."""
    return plane_gan(folder, seed=3, mode_fields={"critic_steps": 2}, **SETTLED)


def rivals_of_pictures(folder: Path) -> Project:
    """As these, of pictures."""
    return pixel_gan(folder, seed=3, **SETTLED)


def rivals_that_nothing_judges(folder: Path) -> Project:
    """As the first, without a validation part: what a process alone draws after an epoch is what judges there."""
    made = rivals_of_points(folder)
    return replace(made, data=replace(made.data, split=replace(made.data.split, validation=0.0)))


PICTURES = (pictures, biased_pictures, new_convolutional, new_residual)
RIVALS = (rivals_of_points, rivals_of_pictures, rivals_that_nothing_judges)
MADE = {made.__name__: made for made in (weighted_table, classes_table, *PICTURES, compared, *RIVALS)}


@dataclass(frozen=True)
class Trained:
    """What became of a project in a folder: a run of one process, one of two, and what their calls answered."""

    folder: Path
    command: dict[str, Any]
    script: dict[str, Any]


def long_project(folder: Path, epochs: int, **settings: Any) -> Path:
    """A network with chance of its own in each process, and a schedule, which trains for some seconds."""
    made = classes_table(folder, ("dropout", {"p": 0.2}))
    training = replace(made.training, epochs=epochs, learning_rate=0.001, patience=epochs, **settings)
    save_project(replace(made, training=training), folder / "p.loom")
    return folder / "p.loom"


def refused_projects(folder: Path) -> list[Path]:
    """Two projects whose steps cannot be shared, and one whose data is gone."""
    made = weighted_table(folder)
    save_project(replace(made, training=replace(USUAL, mode="rbm")), folder / "rbm.loom")
    save_project(replace(made, training=replace(USUAL, optimizer="lbfgs")), folder / "lbfgs.loom")
    lost = replace(made, data=replace(made.data, path="gone.csv"))
    save_project(lost, folder / "lost.loom")
    return [folder / "rbm.loom", folder / "lbfgs.loom", folder / "lost.loom"]


# long enough to be killed on the way: scripts once, as soon as something is kept, commands three times
SCRIPT_EPOCHS, EPOCHS = 120, 400
CHANGING = {"schedules": (Schedule("cosine", 0, {}),), "average": "ema"}


@dataclass(frozen=True)
class Both:
    """All that two processes were asked in one launch."""

    trained: dict[str, Trained]
    refused: list[dict[str, Any]]
    long: Path
    printed: str


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """Two processes that were started once, and trained all there is to try, by command and by script."""
    root = tmp_path_factory.mktemp("both")
    calls: list[list[object]] = []
    for name, made in MADE.items():
        folder = root / name
        folder.mkdir()
        project = made(folder)
        save_project(project, folder / "p.loom")
        trained(project, folder, folder / "one")
        export(folder / "p.loom", "script", folder / "train.py")
        calls.append(["train", folder / "p.loom", "--run", folder / "several", "--json"])
        calls.append([folder / "train.py", "--out", folder / "weights.pt"])
    calls += [["train", file] for file in refused_projects(root)]
    export(long_project(root, SCRIPT_EPOCHS, **CHANGING), "script", root / "long.py")
    calls.append([root / "long.py", "--out", root / "long.pt"])
    found = answers_of(started_together(calls, root), root)
    pairs = zip(MADE, found[::2], found[1::2], strict=False)
    told = {name: Trained(root / name, command, script) for name, command, script in pairs}
    assert found[-1]["status"] == 0, found[-1]["stderr"]
    return Both(told, found[-4:-1], root, found[-1]["stdout"])


@pytest.mark.parametrize("name", MADE)
def test_processes_follow_one(name: str, both: Both) -> None:
    """Command line and exported script with two processes have the curve of one, and its weights where they matter."""
    found = both.trained[name]
    assert found.command["status"] == 0, found.command["stderr"]
    assert found.script["status"] == 0, found.script["stderr"]
    folder = found.folder
    epochs = load_project(folder / "p.loom").training.epochs
    assert json.loads(found.command["stdout"])["epochs"] == epochs
    assert found.script["stdout"].count("epoch ") == epochs
    assert json.loads((folder / "several" / "environment.json").read_text())["processes"] == 2
    assert not (folder / "weights.pt.checkpoint").exists()
    weights = load_file(folder / "one" / "weights.safetensors")
    others = [
        load_file(folder / "several" / "weights.safetensors"),
        torch.load(folder / "weights.pt", weights_only=True),
    ]
    if name == "biased_pictures":
        # the loss does not hang on the bias, so that rounding moves it; its running mean follows it late, which the
        # figures of the validation part show. All else is the same, the outputs too
        assert_same_curve(folder / "one", folder / "several", parts=("train",))
        for found_weights in others:
            assert_near(without_bias(weights), without_bias(found_weights))
            assert_near(outputs_of(folder, weights), outputs_of(folder, found_weights))
        return
    assert_same_curve(folder / "one", folder / "several")
    for found_weights in others:
        assert_near(weights, found_weights)


def without_bias(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights but for the bias before batch normalization, and the running mean that follows it."""
    left_out = {"conv1.bias", "norm1.running_mean"}
    assert left_out < weights.keys()
    return {name: each for name, each in weights.items() if name not in left_out}


def outputs_of(folder: Path, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """What the network makes of the training part with these weights, normalized as while it is trained."""
    setup = assemble(load_project(folder / "p.loom"), folder)
    setup.model.load_state_dict(weights)
    setup.model.train()
    with torch.no_grad():
        return {"output": setup.model(*setup.parts["train"].ready().inputs)}


def test_three_processes_follow_one(both: Both, tmp_path: Path) -> None:
    """Of 16 rows one has five, one five and one six; of the last 15 each has five."""
    names = ("weighted_table", "classes_table", "pictures", "rivals_of_points")
    calls = [["train", both.trained[name].folder / "p.loom", "--run", tmp_path / name, "--json"] for name in names]
    for answer in answers_of(started_together(calls, tmp_path, count=3), tmp_path):
        assert answer["status"] == 0, answer["stderr"]
    for name in names:
        one = both.trained[name].folder / "one"
        assert json.loads((tmp_path / name / "environment.json").read_text())["processes"] == 3
        assert_same_curve(one, tmp_path / name)
        assert_near(load_file(one / "weights.safetensors"), load_file(tmp_path / name / "weights.safetensors"))


def test_what_processes_cannot_share_is_refused(both: Both) -> None:
    """The first process says in a sentence why one alone has to train, or what is wrong, and the others are silent."""
    words = ("rounding decides whether some of the units", "rounding decides its steps", "gone.csv")
    for answer, said in zip(both.refused, words, strict=True):
        assert answer["status"] == 1
        assert answer["stderr"].count("layerloom: ") == 1
        assert said in answer["stderr"]


def test_a_script_that_is_started_again_goes_on(both: Both, tmp_path: Path) -> None:
    """A killed process lets torchrun start all again: the curve and the weights are those of an unhindered script."""
    out = tmp_path / "weights.pt"
    command = torchrun(2, both.long / "long.py", "--out", out, restarts=3)
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, cwd=ROOT) as launched:
        wait_for(tmp_path / "weights.pt.checkpoint", launched)
        process_at(1).kill()
        printed, errors = launched.communicate()
    assert launched.returncode == 0, errors
    before, again, after = printed.partition("torchrun started this again: it goes on after epoch ")
    assert again, "the script began anew"
    assert int(after.split()[0]) > 0
    assert epoch_lines(after) == epoch_lines(both.printed)
    assert epoch_lines(before) == epoch_lines(both.printed)[: len(epoch_lines(before))]
    assert_near(torch.load(both.long / "long.pt", weights_only=True), torch.load(out, weights_only=True), within=1e-6)
    assert not (tmp_path / "weights.pt.checkpoint").exists()


def epoch_lines(printed: str) -> list[str]:
    """The whole lines of epochs in what a script printed."""
    return re.findall(r"^epoch .*\n", printed, re.MULTILINE)


def test_killed_and_interrupted_processes_cost_nothing(tmp_path: Path) -> None:
    """Each killed once, then stopped by Ctrl-C and gone on with alone: the curve is that of one process."""
    made = replace(weighted_table(tmp_path), training=replace(USUAL, epochs=EPOCHS, learning_rate=0.001))
    file = tmp_path / "p.loom"
    save_project(made, file)
    # as the README has it; words that begin with a dash come behind "-m --" alone
    command = torchrun(2, "-m", "designer", "train", file, restarts=3)
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, cwd=ROOT) as launched:
        runs = tmp_path / "p.runs"
        while not (found := list(runs.glob("*/checkpoint.json"))):
            assert launched.poll() is None, launched.communicate()[1]
            time.sleep(0.02)
        run, reached = found[0].parent, 0
        for killed in (0, 1):
            reached = len((run / "history.jsonl").read_text().splitlines())
            process_at(killed).kill()
            wait_for(run / "history.jsonl", launched, lines=reached + 5)
        launched.send_signal(signal.SIGINT)
        _, errors = launched.communicate()
    assert errors.count("Going on with") == 2
    assert errors.count("layerloom: interrupted; go on with:") == 1
    assert "fault" not in errors
    assert [run] == [path for path in runs.iterdir() if path.is_dir()]
    trained(load_project(run / "project.loom"), run, run, resume=True)
    trained(made, tmp_path, tmp_path / "one")
    assert_same_curve(tmp_path / "one", run)


def test_machines_that_meet_at_an_address_follow_one(tmp_path: Path) -> None:
    """Two launches of torchrun, as on two machines that share a folder: one run, with the curve of one process."""
    made = weighted_table(tmp_path)
    save_project(made, tmp_path / "p.loom")
    trained(made, tmp_path, tmp_path / "one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    meeting = ("--nnodes=2", "--rdzv-backend=c10d", "--rdzv-id=test", f"--rdzv-endpoint=127.0.0.1:{port}")
    words = designer("train", tmp_path / "p.loom", "--run", tmp_path / "several")
    command = [sys.executable, "-m", "torch.distributed.run", *meeting, "--nproc-per-node=1", *map(str, words)]
    machines = [subprocess.Popen(command, stdout=-1, stderr=-1, text=True, cwd=ROOT) for _ in range(2)]
    said = [machine.communicate(timeout=PATIENCE) for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0], said
    assert sorted(bool(printed) for printed, _ in said) == [False, True], "one of them alone speaks"
    assert json.loads((tmp_path / "several" / "environment.json").read_text())["processes"] == 2
    assert_same_curve(tmp_path / "one", tmp_path / "several")


def test_orders_are_heeded_by_all(tmp_path: Path) -> None:
    """Pause, a step, other settings, more epochs, go on and stop: the first process reads them, and all obey."""
    file, run = long_project(tmp_path, 100_000), tmp_path / "run"
    calls = [["train", file, "--run", run, "--json"], ["train", file, "--epochs", "2", "--json"]]
    started = started_together(calls, tmp_path)
    wait_for(run / "alive.json", started)
    send_order(run, "pause")
    held = wait_for_status(run, started, lambda found: found["paused"])
    send_order(run, "set", {"settings": {"learning_rate": 0.002}})
    send_order(run, "extend", {"epochs": 7})
    send_order(run, "step-epoch")
    ended = wait_for_status(run, started, lambda found: found["paused"] and found["step"] == 0 and found != held)
    assert ended["epoch"] - held["epoch"] == (held["step"] == 0)
    send_order(run, "resume")
    wait_for_status(run, started, lambda found: found["epoch"] >= ended["epoch"] + 3)
    send_order(run, "stop")
    first, second = answers_of(started, tmp_path)
    assert first["status"] == second["status"] == 0
    assert "Paused" in first["stderr"]
    found = load_project(run / "project.loom").training
    assert (found.learning_rate, found.epochs) == (0.002, 100_007)
    assert ended["epoch"] + 3 <= json.loads(first["stdout"])["epochs"] < 100_000
    assert json.loads(second["stdout"])["epochs"] == 2


def wait_for_status(
    run: Path, started: subprocess.Popen[str], reached: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """What a training says of where it stands, once that is what is waited for."""
    deadline = time.monotonic() + PATIENCE
    while True:
        wait_for(run / "alive.json", started)
        found: dict[str, Any] = json.loads((run / "alive.json").read_text())
        if reached(found):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
