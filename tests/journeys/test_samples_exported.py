"""The exported script of each sample project, however it is trained, arrives at the weights of the app bit for bit."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from designer.layers.catalog import MODES
from designer.project.file import load_project
from designer.workspace.samples import GROUPS, copy_sample, samples
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export

# one alone where an epoch is long; LAYERLOOM_SAMPLES=whole, as it is before a release, takes two of each
EPOCHS = 2
LONG = () if os.environ.get("LAYERLOOM_SAMPLES") == "whole" else ("Images", "Text")


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_every_sample_of_a_group(group: str, tmp_path: Path) -> None:
    """With its own settings but the number of epochs; the scripts of a group run in one process."""
    epochs = 1 if group in LONG else EPOCHS
    found = {}
    for sample in samples():
        if sample.group == group:
            path = copy_sample(sample.name, tmp_path / sample.name)
            project = load_project(path)
            shorter = replace(project, training=replace(project.training, epochs=epochs))
            found[sample.name] = train_and_export(shorter, path.parent)
    assert found, f"no sample is of the group {group}"
    run_scripts([[str(script), "--out", str(script.with_name("w.pt"))] for _, script in found.values()], tmp_path)
    for run, script in found.values():
        # the folder of a run says which sample it is
        assert_same_weights(run, script.with_name("w.pt"))
    assert_formatted([script for _, script in found.values()])


def test_every_sample_is_in_a_group_and_every_way_of_training_in_a_sample() -> None:
    assert {sample.group for sample in samples()} == {*GROUPS}
    assert {load_project(sample.project_path).training.mode for sample in samples()} == {*MODES}
