"""The command line with projects that hold blocks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from designer.cli.main import main
from designer.project.file import load_project, save_project
from designer.workspace.settings import set_setting
from tests.helpers.blocks import resnet18


def run(words: list[str]) -> int:
    return main(words, lambda path: 0)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "resnet.loom"
    save_project(resnet18(10, 64), path)
    return path


def test_check_lists_blocks_with_what_is_inside(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(project), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    rows = {row["name"]: row for row in found["layers"]}
    assert rows["residual1"]["parameters"] == 2 * 73_984
    assert rows["residual1"]["output_shape"] == [64, 16, 16]
    inside = {row["name"]: row for row in rows["residual1"]["inside"]}
    assert inside["conv1"] == {
        "name": "conv1", "type": "conv2d", "output_shape": [64, 16, 16], "parameters": 36_864,
    }  # fmt: skip
    assert "inside" not in rows["conv1"]
    assert found["parameters"] == sum(row["parameters"] for row in found["layers"])


def test_check_shows_what_is_inside_blocks_indented(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(project)]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("residual1 "))
    assert "block Residual ×2" in lines[at] and lines[at].endswith("147,968")
    assert lines[at + 2].split() == ["conv1", "conv2d", "N×64×16×16", "(36,864)"]
    assert all(line.startswith("  ") for line in lines[at + 1 : at + 10]) and not lines[at + 10].startswith(" ")


def test_a_problem_in_a_block_says_where(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = set_setting(load_project(project), "residual1.channels=48")
    save_project(broken, project)
    assert run(["check", str(project), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["problems"][0]
    assert found["where"] == "residual1 / add"
    assert found["fix"] == "Set channels to 64"


def test_fields_of_blocks_can_be_set(project: Path) -> None:
    changed = set_setting(load_project(project), "residual1.repeat=3")
    assert changed.graph.nodes["n6"].fields["repeat"] == 3
    assert replace(changed, graph=load_project(project).graph) == load_project(project)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_pictures_are_exported(project: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"picture.{suffix}"
    assert run(["export", str(project), "--to", suffix, "-o", str(out)]) == 0
    assert out.stat().st_size > 1_000
