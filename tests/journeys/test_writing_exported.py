"""A network that writes, from a text file to its script: by words, characters and byte pairs, bit for bit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.model import Project, TableFormat, Training
from designer.training.writing import Wish, writer_of
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.tales import fitting, tale, tale_data, writing_project


def characters(folder: Path) -> Project:
    return fitting(writing_project(folder), folder)


def words(folder: Path) -> Project:
    training = Training(epochs=2, batch_size=16, seed=2, mode="next_token", metrics=("f1", "perplexity"))
    project = writing_project(folder, by="words", training=training)
    (folder / "tale.txt").write_text(tale().replace("light", "lumière"), encoding="cp1252")
    told = TableFormat(encoding="cp1252")
    assert project.data is not None
    return fitting(replace(project, data=replace(project.data, format=told)), folder)  # type: ignore[arg-type]


def pieces(folder: Path) -> Project:
    training = Training(epochs=1, batch_size=16, seed=2, mode="next_token")
    project = writing_project(folder, by="byte_pairs", training=training)
    return fitting(replace(project, data=tale_data(folder, length=8)), folder)


@pytest.mark.parametrize("case", [characters, words, pieces])
def test_the_script_trains_and_writes_as_the_app_does(tmp_path: Path, case: Callable[[Path], Project]) -> None:
    run, script = train_and_export(case(tmp_path), tmp_path)
    printed = run_scripts([[str(script), "--prompt", "The fox", "--length", "40"]], script.parent)
    assert_same_weights(run, script.parent / "weights.pt")
    assert_formatted([script])
    assert printed.rstrip("\n").endswith(writer_of(run).text(Wish("The fox", 40)).rstrip("\n"))
    test = json.loads((run / "metrics.json").read_text())["test"]
    assert f"loss {test['loss']:.4g}" in printed


def command(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    done = [sys.executable, "-m", "designer", *words]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(done, cwd=folder, capture_output=True, text=True, timeout=120, env=environment)


def test_from_a_text_to_what_is_written_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "tale.txt").write_text(tale(200))
    made = command("new", "tale.txt", "--set", "template.hidden=24", folder=tmp_path)
    assert made.returncode == 0 and "goes on with the text" in made.stdout, made.stderr
    done = command("train", "tale.loom", "--epochs", "2", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["test"]["perplexity"] > 1
    said = command("generate", "tale.loom", "--prompt", "The fox ", "--length", "50", "--seed", "3", folder=tmp_path)
    assert said.returncode == 0 and said.stdout.startswith("The fox "), said.stderr
    assert len(said.stdout) == 59
    again = ("--length", "50", "--seed", "3", "--json", "--likeliest", "2", "--temperature", "0")
    found = json.loads(command("generate", "tale.loom", "--prompt", "The ¬", *again, folder=tmp_path).stdout)
    assert len(found["text"]) == 55 and found["seed"] == 3
    wrong = command("generate", "tale.loom", "--temperature", "hot", folder=tmp_path)
    assert wrong.returncode == 2 and "is no number from 0 to 100" in wrong.stderr
    other = command("predict", "tale.loom", "tale.txt", folder=tmp_path)
    assert other.returncode == 1 and "layerloom generate" in other.stderr and "Traceback" not in other.stderr
