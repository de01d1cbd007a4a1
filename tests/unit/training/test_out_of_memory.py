"""Memory that runs out: refused before anything is built, or told with the batch size that fits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from designer.project.file import save_project
from designer.project.model import Column, Project, TableData, Training
from designer.training import footprint
from designer.training.assemble import assemble
from designer.training.checkpoint import read_checkpoint
from designer.training.errors import RunError
from tests.helpers.graphs import chain
from tests.helpers.sources import ROOT
from tests.helpers.training import trained, with_training, write_csv


def wide_project(folder: Path, width: int = 4096, rows: int = 6000, **settings: Any) -> Project:
    """Cheap layers that leave much behind for the way back: 4 · ``width`` numbers for each sample."""
    write_csv(folder / "numbers.csv", ("a", "b", "y"), [(n % 7, n % 11, n % 5) for n in range(rows)])
    columns = (Column("a"), Column("b"), Column("y", role="target"))
    training = Training(epochs=4, batch_size=4096, device="cpu", threads=1)
    return chain(
        "table_input",
        ("linear", {"out_features": width}),
        "tanh",
        "sigmoid",
        "gelu",
        ("linear", {"out_features": 1}),
        "output",
        project=Project(data=TableData("numbers.csv", columns=columns), training=replace(training, **settings)),
    )


def heavy_project(folder: Path, width: int) -> Project:
    """More than ``width`` · ``width`` weights."""
    project = wide_project(folder, width, rows=60, batch_size=8)
    layers = [("linear", {"out_features": count}) for count in (width, width, 1)]
    return chain("table_input", *layers, "output", project=replace(project, graph=Project().graph))  # type: ignore[arg-type]


def answer(*words: str) -> dict[str, Any]:
    """What the process of ``short_of_memory`` said."""
    command = [sys.executable, "-m", "tests.helpers.short_of_memory", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("width", [15_000, 50_000])
def test_a_network_too_large_is_refused_before_it_is_built(tmp_path: Path, width: int) -> None:
    """The larger one takes 40 GB with what its optimizer remembers, or 10 GB by itself."""
    save_project(heavy_project(tmp_path, width), tmp_path / "heavy.loom")
    found = answer(str(tmp_path / "heavy.loom"), str(2_000_000_000))
    assert re.search(r"[\d.]+ GB of memory.*[\d.]+ GB", found["message"]), found["message"]
    assert "smaller" in found["message"]
    assert found["seconds"] < 1
    assert found["grown"] < 50_000_000


def test_a_network_too_large_is_refused_with_the_number_of_weights_that_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(footprint, "room_on", lambda device: 50_000_000)
    with pytest.raises(RunError) as caught:
        assemble(heavy_project(tmp_path, 3000), tmp_path)
    said = re.search(
        r"smaller, above all linear2; of its ([\d,]+) weights about ([\d,]+) would fit\.$", str(caught.value)
    )
    assert said, str(caught.value)
    there, fitting = (int(word.replace(",", "")) for word in said.groups())
    assert there == 2 * 3000 + 3000 + 3000 * 3000 + 3000 + 3000 + 1, "two columns, two layers and the last one"
    assert fitting < there
    # as many are taken, and not many more
    assert assemble(heavy_project(tmp_path, int(fitting**0.5) - 5), tmp_path).model
    with pytest.raises(RunError):
        assemble(heavy_project(tmp_path, int((1.4 * fitting) ** 0.5)), tmp_path)


def test_a_batch_too_large_is_refused_with_the_size_that_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = wide_project(tmp_path, 1024)
    monkeypatch.setattr(footprint, "room_on", lambda device: 20_000_000)
    with pytest.raises(RunError, match=r"about \d\d MB .* with 4,096 samples at once, and 20 MB are free\. A batch"):
        assemble(project, tmp_path)
    with pytest.raises(RunError, match=r"A batch size of 512 would fit\.$"):
        assemble(project, tmp_path)
    assert assemble(with_training(project, batch_size=512), tmp_path).model
    with pytest.raises(RunError, match=r"A batch size of 1,024 would fit\.$"):
        assemble(with_training(project, batch_size=0, accumulate=2), tmp_path)


@pytest.mark.parametrize(("optimizer", "times"), [("sgd", 0), ("adam", 2), ("rmsprop", 1), ("lbfgs", 202)])
def test_what_the_optimizer_remembers_is_counted(tmp_path: Path, optimizer: str, times: int) -> None:
    setup = assemble(wide_project(tmp_path, 64, optimizer=optimizer, batch_size=32), tmp_path)
    make = lambda model: type(setup.optimizer)(model.parameters())  # noqa: E731
    found = footprint.footprint(setup.project, setup.source, setup.parts["train"], make)
    assert found is not None
    size = sum(each.numel() for each in setup.model.parameters()) * 4
    assert (found.weights, found.gradients) == (size, size)
    assert found.state == pytest.approx(times * size, rel=0.01)
    # tanh, sigmoid and gelu leave their outputs, and the rows themselves are kept for the first layer
    assert found.sample == 4 * (3 * 64 + 2)


def test_memory_that_runs_out_on_the_way_costs_the_run_alone(tmp_path: Path) -> None:
    save_project(wide_project(tmp_path), tmp_path / "large.loom")
    # long enough that each of them has a captured step, for which much is imported
    small = with_training(wide_project(tmp_path, 8), batch_size=64, epochs=8)
    save_project(small, tmp_path / "small.loom")
    found = answer(str(tmp_path))
    ended = {run: (event, message) for run, event, message in found["said"]}
    assert ended["before"][0] == ended["after"][0] == "finished"
    event, message = ended["large"]
    assert event == "failed"
    assert message.startswith("Memory ran out on cpu with 4,096 samples at once.")
    fitting = int(re.search(r"A batch size of ([\d,]+) fits, which was tried", message)[1].replace(",", ""))  # type: ignore[index]
    assert 32 <= fitting <= 2048
    assert message.endswith("The run is kept up to its last checkpoint.")
    checkpoint = read_checkpoint(tmp_path / "large")
    assert checkpoint is not None
    assert checkpoint.epoch in (1, 2)
    before, _, after = found["resident"]
    assert after <= 1.1 * before
    # the run goes on with the same trainer's settings once there is room
    assert trained(wide_project(tmp_path), tmp_path, tmp_path / "large", resume=True)["epochs"] == 4
