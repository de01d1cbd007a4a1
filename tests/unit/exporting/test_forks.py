"""The script of a fork: it says where it begins, and ends in the very weights of the fork."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from designer.exporting.export import export, with_changes_told
from designer.layers.catalog import AVERAGES
from designer.project.errors import LayerloomError
from designer.project.file import load_project, save_project
from designer.training.checkpoint import read_weights
from designer.workspace import verbs
from designer.workspace.forks import forked_training, prepare_fork
from tests.helpers.training import class_project, with_training


def forked(folder: Path, *settings: str, average: str = "none") -> Path:
    """A fork after epoch 4 of 8, trained to its end."""
    own = {"threads": 1, "device": "cpu", "keep_best": False, "average": average}
    if average != "none":
        own["average_fields"] = {name: field.initial for name, field in AVERAGES[average].fields.items()}
    save_project(with_training(class_project(folder), **own), folder / "a.loom")
    job = verbs.prepare_run(folder / "a.loom")
    list(verbs.train(job))
    training = forked_training(load_project(job.folder / "project.loom"), settings)
    fork = prepare_fork(job.folder, 4, training)
    list(verbs.train(fork))
    return fork.folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("average", "settings"),
    [
        ("none", ("training.learning_rate=0.005", "training.batch_size=8")),
        ("none", ("training.optimizer=sgd", "training.l1=0.001", "training.epochs=10")),
        ("ema", ("training.learning_rate=0.005",)),
        ("swa", ("training.epochs=10",)),
    ],
)
def test_the_script_of_a_fork_ends_in_its_weights(tmp_path: Path, average: str, settings: tuple[str, ...]) -> None:
    run = forked(tmp_path, *settings, average=average)
    script = tmp_path / "train.py"
    export(run, "script", script)
    text = script.read_text()
    assert "goes on from the checkpoint after epoch 4 of the run" in text
    assert ("The optimizer starts anew" in text) == ("training.optimizer=sgd" in settings)
    assert (tmp_path / "train.start.pt").is_file()
    # what torchrun starts again loads its own checkpoint after that of the fork
    loaded, shared, again = (
        text.index(words) for words in ('start["model"]', "network = among_processes(", "restart = Restart(")
    )
    assert loaded < shared < again
    done = subprocess.run(
        [sys.executable, "train.py", "--out", "w.pt"], cwd=tmp_path, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("epoch")]
    assert lines[0].split()[1].startswith("5")
    found, expected = torch.load(tmp_path / "w.pt", weights_only=True), read_weights(run)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_fork_whose_start_is_gone_has_no_script(tmp_path: Path) -> None:
    import shutil

    run = forked(tmp_path, "training.learning_rate=0.005")
    shutil.rmtree(run / "start")
    with pytest.raises(LayerloomError, match="no longer there"):
        export(run, "script", tmp_path / "train.py")
    assert not (tmp_path / "train.py").exists()


def test_a_script_tells_of_settings_that_changed_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(
        '{"event": "changed", "epoch": 2, "step": 0, "settings": {"learning_rate": 0.1, "epochs": 9}}\n'
    )
    plain = with_changes_told('"""Trains the network and writes its weights."""\n\nEPOCHS = 3\n', tmp_path)
    assert plain.startswith('"""Trains the network and writes its weights.\n\nThe run changed settings on the way')
    assert "(learning rate)" in plain and plain.endswith('start.\n"""\n\nEPOCHS = 3\n')
    fork = with_changes_told('"""Trains the network and writes its weights.\n\nIt goes on.\n"""\n', tmp_path)
    assert fork.endswith('from the start.\n\nIt goes on.\n"""\n')
    assert with_changes_told("text", tmp_path / "other") == "text"
