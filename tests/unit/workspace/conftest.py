"""What every test of the workspace needs: a home of its own, so that nothing of the person's is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.project.file import save_project
from designer.project.model import Project
from tests.helpers.graphs import chain


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is remembered."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LAYERLOOM_HOME", str(folder))
    return folder


@pytest.fixture
def project() -> Project:
    """A network of three layers, without data."""
    return chain("table_input", "linear", "output")


@pytest.fixture
def path(tmp_path: Path, project: Project) -> Path:
    """The project, saved."""
    file = tmp_path / "p.loom"
    save_project(project, file)
    return file
