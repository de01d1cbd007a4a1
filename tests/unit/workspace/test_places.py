"""Things are found both in an installed package and in a source checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from designer.workspace import places


@pytest.mark.parametrize("inside", [True, False])
def test_resources_and_samples_are_found_in_both_layouts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    monkeypatch.setattr(places, "package_root", lambda: tmp_path)
    (tmp_path / "designer").mkdir()
    home = tmp_path / "designer" if inside else tmp_path
    for name in ("resources", "sample_projects"):
        (home / name).mkdir()
    assert places.resources_folder() == home / "resources"
    assert places.samples_folder() == home / "sample_projects"


def test_this_checkout_has_both() -> None:
    assert places.resources_folder().is_dir()
    assert places.samples_folder().is_dir()


def test_a_child_finds_a_source_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "package_root", lambda: tmp_path)
    monkeypatch.setenv("PYTHONPATH", "/mine")
    assert places.own_environment()["PYTHONPATH"] == f"{tmp_path}{os.pathsep}/mine"


def test_installed_packages_do_not_hide_the_standard_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "package_root", lambda: tmp_path / "site-packages")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "PYTHONPATH" not in places.own_environment()


def test_what_is_remembered_lies_in_the_folder_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAYERLOOM_HOME")
    assert "layerloom" in str(places.memory_folder())
    assert "layerloom" in str(places.logs_folder())
