"""Layers that start, stay and learn in ways of their own: set by words, trained, and the script does bit for bit so."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from designer.project.file import save_project
from designer.project.model import Project, Training
from designer.workspace.settings import set_settings
from tests.helpers.blocks import block_of, through, use, with_blocks
from tests.helpers.exported import (
    assert_formatted,
    assert_same_weights,
    by_name,
    train_and_export_each,
)
from tests.helpers.graphs import add
from tests.helpers.training import class_project


def plain(folder: Path) -> Project:
    """Every training field on a network of one table, with both kinds of decay."""
    project = class_project(folder, Training(epochs=3, batch_size=16, weight_decay=0.01, l1=0.002, seed=3))
    settings = ["linear1.weight_init=kaiming_normal", "linear1.bias_init=zeros", "linear1.learning_rate_factor=0.1"]
    settings += ["norm1.frozen=true", "norm1.weight_init=uniform", "norm1.weight_spread=1.5"]
    settings += ["linear2.weight_init=orthogonal", "linear2.bias_init=constant", "linear2.bias_value=0.05"]
    return set_settings(project, settings)


def in_blocks(folder: Path) -> Project:
    """A repeated block whose first layer is slow and, in one use, frozen; an encoder layer started in loops."""
    data = class_project(folder, Training(epochs=2, batch_size=16, optimizer="rmsprop", seed=5))
    inside = block_of(
        "Stage",
        ("slow", "linear", {"out_features": 8, "weight_init": "xavier_uniform", "learning_rate_factor": 0.25}),
        ("norm", "batch_norm1d", {"frozen": True}),
        exposed={"still": ("slow", "frozen")},
    )
    project, first = add(with_blocks(replace(data, graph=Project().graph), stage=inside), "table_input")
    project, wide = add(project, "linear", {"out_features": 8, "learning_rate_factor": 3.0})
    project, kept = use(project, "stage", {"still": True})
    project, stages = use(project, "stage", {"repeat": 3})
    project, steps = add(project, "reshape", {"shape": (2, 4)})
    encoder = {"weight_init": "normal", "weight_spread": 0.1, "bias_init": "zeros"}
    project, looks = add(project, "self_attention", {"num_heads": 2, **encoder})
    project, flat = add(project, "flatten")
    project, last = add(project, "linear", {"out_features": 3})
    project, end = add(project, "output", {"loss": "cross_entropy"})
    return through(project, first, wide, kept, stages, steps, looks, flat, last, end)


CASES = [plain, in_blocks]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Run and script of each case; the scripts ran in one process of their own."""
    found = train_and_export_each(by_name(CASES), tmp_path_factory)
    return {name: (run, script) for name, (run, script, _) in found.items()}


@pytest.mark.parametrize("case", [case.__name__ for case in CASES])
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path]], case: str) -> None:
    run, script = trained[case]
    assert_same_weights(run, script.with_name("weights.pt"))


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path]]) -> None:
    assert_formatted([script for _, script in trained.values()])


def test_the_script_says_how_layers_learn(trained: dict[str, tuple[Path, Path]]) -> None:
    text = trained["plain"][1].read_text(encoding="utf-8")
    assert '        nn.init.kaiming_normal_(self.linear1.weight, nonlinearity="relu")\n' in text
    assert "        self.norm1.requires_grad_(False)\n" in text
    assert 'parameter_groups(model, {"linear1": 0.1}, lr=0.001)' in text
    assert "def parameter_groups(" in text
    blocks = trained["in_blocks"][1].read_text(encoding="utf-8")
    assert '{"linear1": 3.0, "stage1.slow": 0.25, "stage2.*.slow": 0.25}' in blocks


def test_what_is_frozen_ends_as_it_began(trained: dict[str, tuple[Path, Path]]) -> None:
    weights = load_file(trained["in_blocks"][0] / "weights.safetensors")
    for name in ("stage1.norm", "stage2.0.norm", "stage2.2.norm"):
        assert torch.equal(weights[f"{name}.running_mean"], torch.zeros(8))
        assert torch.equal(weights[f"{name}.weight"], torch.ones(8))


def test_the_command_line_sets_checks_and_trains(tmp_path: Path) -> None:
    project = class_project(tmp_path, Training(epochs=2, batch_size=16))
    save_project(project, tmp_path / "animals.loom")

    def layerloom(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "designer", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    path = str(tmp_path / "animals.loom")
    done = layerloom("train", path, "--set", "linear1.frozen=true", "--set", "linear1.weight_init=orthogonal", "--json")
    assert done.returncode == 0, done.stderr
    run = Path(json.loads(done.stdout)["run"])
    weight = load_file((run if run.is_absolute() else tmp_path / run) / "weights.safetensors")["linear1.weight"]
    flat = weight if weight.shape[0] <= weight.shape[1] else weight.T
    assert torch.allclose(flat @ flat.T, torch.eye(len(flat)), atol=1e-5)
    checked = json.loads(layerloom("check", str(run / "project.loom"), "--json").stdout)
    rows = {row["name"]: row for row in checked["layers"]}
    assert rows["linear1"]["parameters"] == 0 and rows["linear1"]["frozen"] == weight.numel() + 12
    assert checked["frozen"] == weight.numel() + 12
    assert checked["parameters"] == sum(row["parameters"] for row in rows.values())
    refused = layerloom(
        "train", path, *[word for name in ("linear1", "norm1", "linear2") for word in ("--set", f"{name}.frozen=yes")]
    )
    assert refused.returncode == 1 and "Nothing is left to train" in refused.stderr
