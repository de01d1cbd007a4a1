"""One file is one sequence: split by file, padded at the end, with a mask that says so."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from designer.importing.new import draft_project
from designer.project.model import Column, Split
from designer.training.errors import RunError
from designer.training.predict import predict_run
from designer.training.prepare import read_data
from designer.training.results import evaluate_run
from tests.helpers.series import sequences_project, write_sequences
from tests.helpers.training import trained


def test_files_become_padded_sequences_with_a_mask(tmp_path: Path):
    write_sequences(tmp_path / "files")
    prepared = read_data(sequences_project(tmp_path / "files", length=10), tmp_path)
    values, mask = prepared.train.inputs
    assert values.shape[1:] == (10, 1)
    assert mask.shape == values.shape[:2]
    assert prepared.facts.classes == ("down", "up")
    assert not values[..., 0][mask == 0].any()
    assert ((mask.cumsum(1) == torch.arange(1, 11)) == (mask == 1)).all()
    assert "The sequences have 4 to 12 steps" in " ".join(prepared.facts.notes)
    assert "longer than 10 steps" in " ".join(prepared.facts.notes)


def test_the_length_and_scale_are_those_of_the_training_files(tmp_path: Path):
    folder = write_sequences(tmp_path / "files")
    project = sequences_project(folder, length=500)
    before = read_data(project, tmp_path)
    for number, path in enumerate(sorted(folder.rglob("*.csv"))):
        lines = path.read_text().splitlines()
        values = torch.tensor([float(line.split(",")[1]) for line in lines[1:]])
        spread = before.preparation["features"]["value"]
        scaled = (values - spread["offset"]) / spread["scale"]
        known = [row for row in before.train.inputs[0] if torch.allclose(row[: len(scaled), 0], scaled, atol=1e-4)]
        if not known:  # a file that is not trained with
            path.write_text("\n".join([*lines[:2], f"{number + 50},99999"] + ["77,5"] * 60))
    assert read_data(project, tmp_path).preparation == before.preparation


def test_a_run_is_evaluated_and_predicts_for_files_of_any_length(tmp_path: Path):
    folder = write_sequences(tmp_path / "files")
    run = tmp_path / "run"
    figures = trained(sequences_project(folder, length=10), tmp_path, run)
    assert evaluate_run(run)["test"] == pytest.approx(figures["test"])
    assert evaluate_run(run, folder)["rows"] == {"test": 24}
    (tmp_path / "new").mkdir()
    (tmp_path / "new/long.csv").write_text("step,value\n" + "".join(f"{step},{step}\n" for step in range(40)))
    (tmp_path / "new/short.csv").write_text("step,value\n1,3\n")
    assert predict_run(run, tmp_path / "new", tmp_path / "out.csv") == 2
    said = (tmp_path / "out.csv").read_text().splitlines()
    assert said[0] == "file,predicted_class,probability_down,probability_up"
    assert [line.split(",")[0] for line in said[1:]] == ["long.csv", "short.csv"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match="holds no tables"):
        predict_run(run, tmp_path / "empty", tmp_path / "out.csv")


def test_a_spoiled_file_is_left_out_with_a_note(tmp_path: Path):
    folder = write_sequences(tmp_path / "files")
    project = sequences_project(folder, length=10)
    before = read_data(project, tmp_path)
    (folder / "down/00.csv").write_text("step,value\n1,2\n2,oops\n")
    (folder / "up/01.csv").write_bytes(b"")
    after = read_data(project, tmp_path)
    assert sum(before.facts.rows.values()) - sum(after.facts.rows.values()) == 2
    assert all(after.facts.rows[part] <= count for part, count in before.facts.rows.items())
    notes = [note for note in after.facts.notes if note.startswith("Left out")]
    assert notes[0].startswith("Left out: down/00.csv: line 3, column “value”")
    assert notes[1].startswith("Left out: up/01.csv: ")
    assert after.facts.classes == ("down", "up")
    run = tmp_path / "run"
    trained(project, tmp_path, run)
    assert evaluate_run(run, folder)["rows"] == {"test": 22}
    assert evaluate_run(run, folder)["notes"] == notes
    said: list[str] = []
    assert predict_run(run, folder, tmp_path / "out.csv", said.append) == 24
    assert said == notes
    assert "down/00.csv,,," in (tmp_path / "out.csv").read_text().splitlines()
    for path in folder.rglob("*.csv"):
        path.write_bytes(b"")
    with pytest.raises(RunError, match="none of the 24 files can be read; the first: "):
        read_data(project, tmp_path)


def test_a_new_project_passes_over_a_spoiled_file(tmp_path: Path):
    folder = write_sequences(tmp_path / "files")
    (folder / "down/00.csv").write_bytes(b"")
    made = draft_project(folder, None, tmp_path / "p.loom")
    assert [column.name for column in made.project.data.columns] == ["step", "value", "class"]
    assert sum(read_data(made.project, tmp_path).facts.rows.values()) == 23


def test_a_table_of_labels_says_what_a_file_is(tmp_path: Path):
    folder = write_sequences(tmp_path / "files", labels=True)
    slopes = read_data(sequences_project(folder, target=Column("slope", role="target")), tmp_path)
    assert set(slopes.train.targets[:, 0].sign().tolist()) == {-1.0, 1.0}
    kinds = read_data(sequences_project(folder, target=Column("kind", "category", "target")), tmp_path)
    assert kinds.facts.classes == ("down", "up")


def test_parts_may_be_folders_and_files_are_not_split_by_time(tmp_path: Path):
    for part in ("train", "test"):
        write_sequences(tmp_path / "files" / part, 12)
    prepared = read_data(sequences_project(tmp_path / "files", Split("folders", 0.25)), tmp_path)
    assert prepared.facts.rows == {"train": 9, "validation": 3, "test": 12}
    with pytest.raises(RunError, match="by share"):
        read_data(sequences_project(tmp_path / "files", Split("time")), tmp_path)
