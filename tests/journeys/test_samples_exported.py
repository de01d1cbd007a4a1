"""The exported script of each sample project arrives at the app's weights bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.file import load_project
from designer.workspace.samples import copy_sample, samples
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export


@pytest.fixture(scope="module")
def trained_samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Run and script of each sample, trained for two epochs with its own settings else; one process ran the scripts."""
    found = {}
    for sample in samples():
        path = copy_sample(sample.name, tmp_path_factory.mktemp(sample.name))
        project = load_project(path)
        shorter = replace(project, training=replace(project.training, epochs=2))
        found[sample.name] = train_and_export(shorter, path.parent)
    calls = [[str(script), "--out", str(script.with_name("w.pt"))] for _, script in found.values()]
    run_scripts(calls, tmp_path_factory.mktemp("empty"))
    return found


@pytest.mark.parametrize("name", [sample.name for sample in samples()])
def test_every_sample(trained_samples: dict[str, tuple[Path, Path]], name: str) -> None:
    run, script = trained_samples[name]
    assert_same_weights(run, script.with_name("w.pt"))
    assert_formatted([script])
