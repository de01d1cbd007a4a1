"""Data paths: relative to the project, with forward slashes, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.project.paths import relative_to_project, resolve


@pytest.mark.parametrize(
    ("data", "kept"),
    [("p/data/iris.csv", "data/iris.csv"), ("iris.csv", "../iris.csv"), ("p", "."), ("q/x/../a b.csv", "../q/a b.csv")],
)
def test_paths_are_kept_relative_and_found_again(tmp_path: Path, data: str, kept: str) -> None:
    project = tmp_path / "p" / "iris.loom"
    assert relative_to_project(tmp_path / data, project) == kept
    assert resolve(kept, project) == (tmp_path / data).resolve()


def test_relative_paths_start_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert relative_to_project(Path("data.csv"), Path("p/iris.loom")) == "../data.csv"
    assert resolve("../data.csv", Path("p/iris.loom")) == tmp_path / "data.csv"
    assert resolve(str(tmp_path / "whole.csv"), Path("p/iris.loom")) == tmp_path / "whole.csv"
