"""The exported script of each sample project, however it is trained, arrives at the weights of the app bit for bit."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path

import pytest

from designer.layers.catalog import MODES
from designer.project.file import load_project
from designer.workspace.samples import GROUPS, copy_sample, samples
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export

# one alone, of each fourth row or picture, where an epoch is long; LAYERLOOM_SAMPLES=whole, as it is before a release,
# takes two of all
EPOCHS = 2
EACH = 4
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
            if group in LONG:
                thin_out(path.parent)
            project = load_project(path)
            shorter = replace(project, training=replace(project.training, epochs=epochs))
            found[sample.name] = train_and_export(shorter, path.parent)
    assert found, f"no sample is of the group {group}"
    run_scripts([[str(script), "--out", str(script.with_name("w.pt"))] for _, script in found.values()], tmp_path)
    for run, script in found.values():
        # the folder of a run says which sample it is
        assert_same_weights(run, script.with_name("w.pt"))
    assert_formatted([script for _, script in found.values()])


def thin_out(folder: Path) -> None:
    """Leave each fourth row of tables and file of pictures, and of a text the first fourth and each of its letters."""
    for table in folder.glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows[::EACH]])
    for text in folder.glob("*.txt"):
        words = text.read_text(encoding="utf-8")
        text.write_text("".join(sorted({*words})) + words[: len(words) // EACH], encoding="utf-8")
    for inner in (path for path in folder.rglob("*") if path.is_dir()):
        files = sorted(path for path in inner.iterdir() if path.is_file())
        for path in (path for place, path in enumerate(files) if place % EACH):
            path.unlink()


def test_every_sample_is_in_a_group_and_every_way_of_training_in_a_sample() -> None:
    assert {sample.group for sample in samples()} == {*GROUPS}
    assert {load_project(sample.project_path).training.mode for sample in samples()} == {*MODES}
