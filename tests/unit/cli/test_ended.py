"""How the command line says that a training ended: why early, whose weights are kept, what blew up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.project.file import load_project, save_project
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project
from tests.helpers.training import history

Output = pytest.CaptureFixture[str]


def last_line(capsys: Output) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_the_last_line_says_which_weights_are_kept_and_why_it_stopped_early(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=400, patience=2, learning_rate=0.5, monitor="mae", metrics=("mae", "r2"))
    assert main(["train", str(path)]) == 0
    line = last_line(capsys)
    errors = [told["validation"]["mae"] for told in history(list_runs(path)[0])]
    assert line.startswith(f"{len(errors)} epochs in ")
    assert ", stopped early since validation mae no longer got better for 2 epochs. " in line
    assert f"The weights of epoch {1 + errors.index(min(errors))}, the best by validation mae, are kept. Run: " in line
    project = load_project(path)
    last = replace(project, training=replace(project.training, keep_best=False, epochs=3, patience=0))
    save_project(last, path)
    assert main(["train", str(path)]) == 0
    assert "s. Run: " in (line := last_line(capsys)) and "kept" not in line and "early" not in line


def test_a_loss_that_grew_enormously_is_said_and_the_json_keeps_its_form(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, optimizer="sgd", learning_rate=9.0, keep_best=False)
    assert main(["train", str(path)]) == 0
    line = last_line(capsys)
    assert "The loss rose from " in line and ": most often the learning rate is too large. Run: " in line
    assert main(["train", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out).keys() == {"run", "epochs", "seconds", "train", "validation", "test"}
    assert main(["train", str(path), "--set", "training.learning_rate=0.01"]) == 0
    assert "rose" not in last_line(capsys)


def test_an_overflow_in_the_target_s_units_is_a_sentence_and_status_1(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, optimizer="sgd", learning_rate=9.0, epochs=60)
    table = (tmp_path / "line.csv").read_text(encoding="utf-8").splitlines()
    large = [f"{line}e17" if number else line for number, line in enumerate(table)]
    (tmp_path / "line.csv").write_text("\n".join(large) + "\n", encoding="utf-8")
    assert main(["train", str(path)]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "the loss became infinite. Most often the learning rate is too large" in said and ", step " not in said
