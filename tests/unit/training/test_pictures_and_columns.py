"""Pictures with columns beside them are read, prepared, measured and predicted for; what cannot be is said plainly."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from designer.project.model import Augmentation, Project, Split, TableData, Training
from designer.runtime import parts, pictures
from designer.runtime.errors import DataError
from designer.training.columns import prepared_features, read_columns
from designer.training.errors import RunError
from designer.training.predict import predict_run
from designer.training.prepare import facts_of, read_data
from designer.training.results import evaluate_run
from tests.helpers.mixed import house_columns, houses, merged, write_houses
from tests.helpers.training import trained

IMAGE = {"height": 8, "width": 8, "mode": "colour"}
FEATURES = ("rooms", "area", "garden")
TRAINING = Training(epochs=2, batch_size=8, device="cpu", memory_format="contiguous")


def project_of(*features: str, **more: object) -> Project:
    """Photo and columns to price, trained for a moment."""
    project = merged({"image_input": IMAGE, "table_input": {}}, {"price": (1, "mse")})
    data = houses(house_columns("price", *(features or FEATURES)), **more)  # type: ignore[arg-type]
    return replace(project, data=data, training=TRAINING)


def test_pictures_stay_bytes_and_columns_are_prepared_as_those_of_a_table(tmp_path: Path) -> None:
    write_houses(tmp_path, changed={(3, "area"): "", (7, "garden"): ""})
    project = project_of()
    prepared = read_data(project, tmp_path)
    photo, columns = prepared.train.inputs
    assert photo.dtype == torch.uint8 and photo.shape[1:] == (3, 8, 8)
    table = merged({"table_input": {}}, {"price": (1, "mse")})
    data = TableData("houses.csv", columns=house_columns("price", *FEATURES)[1:], split=Split(seed=2))
    alone = read_data(replace(table, data=data), tmp_path)
    assert prepared.preparation["features"] == alone.preparation["features"]
    for name, part in prepared.parts.items():
        assert torch.equal(part.inputs[1], alone.parts[name].inputs[0])
        assert torch.equal(part.targets, alone.parts[name].targets)  # type: ignore[arg-type]
    ready = prepared.train.ready()
    assert ready.inputs[0].dtype == torch.float32 and float(ready.inputs[0].max()) <= 1
    assert torch.equal(ready.inputs[1], columns)


def test_the_checker_learns_the_shape_of_every_input(tmp_path: Path) -> None:
    write_houses(tmp_path)
    facts = facts_of(project_of(), tmp_path)
    assert sorted(facts.shapes.values()) == [(3, 8, 8), (5,)]
    assert facts.features == ("rooms", "area", "garden=large", "garden=none", "garden=small")
    assert facts.rows == {"train": 28, "validation": 6, "test": 6}


def test_codes_and_a_text_beside_pictures(tmp_path: Path) -> None:
    write_houses(tmp_path)
    columns = house_columns("price", "garden", "note")
    columns = tuple(replace(each, encode="codes") if each.name == "garden" else each for each in columns)
    project = merged({"codes_input": {}, "text_input": {}, "image_input": IMAGE}, {"price": (1, "mse")})
    prepared = read_data(replace(project, data=houses(columns)), tmp_path)
    photo, codes, text = prepared.train.inputs
    assert (photo.dtype, codes.dtype, text.dtype) == (torch.uint8, torch.int64, torch.int64)
    assert sorted(prepared.facts.codes.values())[0] == 4
    assert any("tokens were learned" in note for note in prepared.facts.notes)


def test_nothing_is_learned_of_rows_whose_picture_cannot_be_read(tmp_path: Path) -> None:
    """Their odd numbers would move mean and deviation of the others."""
    plain = read_data(project_of("rooms"), write_houses(tmp_path / "a").parent)
    train = int(np.flatnonzero([True])[0])
    frame = read_columns(tmp_path / "a" / "houses.csv", {"price": "number"}, houses(()).format)["price"]
    scaled = plain.preparation["target"]
    first = float(plain.train.target[train, 0]) * scaled["scale"] + scaled["offset"]
    row = int(np.argmin(abs(frame.to_numpy() - first)))
    odd = {(row, "rooms"): "1000000", (row, "photo"): "photos/gone.png"}
    write_houses(tmp_path / "b", changed=odd)
    found = read_data(project_of("rooms"), tmp_path / "b")
    assert found.preparation["features"]["rooms"]["offset"] < 10
    assert found.facts.rows["train"] == plain.facts.rows["train"] - 1
    assert any("gone.png" in note and "no such file" in note for note in found.facts.notes)


def test_rows_with_gaps_are_filled_or_dropped_aloud(tmp_path: Path) -> None:
    write_houses(tmp_path, changed={(1, "area"): "", (2, "rooms"): "", (3, "photo"): "", (4, "price"): ""})
    project = project_of("rooms", "area")
    columns = tuple(replace(each, off=("missing",)) if each.name == "area" else each for each in project.data.columns)  # type: ignore[union-attr]
    project = replace(project, data=houses(columns))
    facts = facts_of(project, tmp_path)
    assert sum(facts.rows.values()) == 37
    assert "2 rows without a picture or a target were left out." in facts.notes
    assert any(note.startswith("1 row was left out, which have a missing cell") for note in facts.notes)
    assert any(note.startswith("1 missing cell of rooms filled with the mean") for note in facts.notes)


def test_a_run_measures_and_predicts_what_it_saw(tmp_path: Path) -> None:
    write_houses(tmp_path)
    run = tmp_path / "run"
    trained(project_of(augment=(Augmentation("flip"),)), tmp_path, run)
    changed = {(1, "photo"): "", (2, "photo"): "photos/gone.png", (3, "garden"): "roof"}
    other = write_houses(tmp_path / "other", 12, changed=changed)
    figures = evaluate_run(run, other)
    assert figures["rows"] == {"test": 10}
    assert any("gone.png" in note for note in figures["notes"]) and any("“roof”" in note for note in figures["notes"])
    said: list[str] = []
    assert predict_run(run, other, tmp_path / "out.csv", said.append) == 11
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = {row["file"]: row["predicted_price"] for row in csv.DictReader(file)}
    assert [file for file, price in rows.items() if not price] == ["photos/gone.png"]
    assert any("“roof”" in note for note in said)


def test_rows_that_lack_a_cell_stay_empty(tmp_path: Path) -> None:
    write_houses(tmp_path)
    project = project_of("rooms", "area")
    columns = tuple(replace(each, off=("missing",)) if each.name == "area" else each for each in project.data.columns)  # type: ignore[union-attr]
    run = tmp_path / "run"
    trained(replace(project, data=houses(columns)), tmp_path, run)
    other = write_houses(tmp_path / "other", 5, changed={(2, "area"): ""})
    assert predict_run(run, other, tmp_path / "out.csv") == 5
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [bool(row["predicted_price"]) for row in csv.DictReader(file)] == [True, True, False, True, True]


def test_pictures_on_disk_train_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_houses(tmp_path)
    project = project_of()
    trained(project, tmp_path, tmp_path / "memory")
    monkeypatch.setattr(parts, "MOST_IN_MEMORY", 1)
    monkeypatch.setattr(pictures, "MOST_IN_MEMORY", 1)
    part = read_data(project, tmp_path).train
    assert part.inputs[0].dtype == torch.int64 and part.inputs[0].dim() == 1
    trained(project, tmp_path, tmp_path / "disk")
    memory, disk = (load_file(tmp_path / run / "weights.safetensors") for run in ("memory", "disk"))
    assert all(torch.equal(weights, disk[name]) for name, weights in memory.items())


def test_a_bad_number_names_its_line(tmp_path: Path) -> None:
    write_houses(tmp_path, changed={(4, "area"): "large"})
    with pytest.raises(RunError, match=r"houses\.csv.* 6.*area.*large"):
        read_data(project_of(), tmp_path)


def test_no_picture_at_all_is_said(tmp_path: Path) -> None:
    table = write_houses(tmp_path)
    for file in (tmp_path / "photos").iterdir():
        file.unlink()
    with pytest.raises(RunError, match=f"{table.name}: no picture that it names can be read.*there is no such file"):
        read_data(project_of(), tmp_path)


def test_a_folder_has_no_columns_to_predict_with(tmp_path: Path) -> None:
    write_houses(tmp_path)
    run = tmp_path / "run"
    trained(project_of(), tmp_path, run)
    with pytest.raises(RunError, match="photos has no columns, but beside pictures the network takes “rooms”"):
        predict_run(run, tmp_path / "photos", tmp_path / "out.csv")


def test_columns_without_a_table_are_refused(tmp_path: Path) -> None:
    project = project_of()
    data = replace(project.data, layout="classes", path="photos", columns=())  # type: ignore[type-var]
    with pytest.raises((RunError, DataError), match="takes columns, but these pictures have none beside them"):
        read_data(replace(project, data=data), tmp_path)


def test_a_table_of_pictures_alone_is_read_as_before(tmp_path: Path) -> None:
    """Features that no input takes are left alone, whatever they hold."""
    write_houses(tmp_path, changed={(4, "area"): "large"})
    project = merged({"image_input": IMAGE}, {"price": (1, "mse")})
    prepared = read_data(replace(project, data=houses(house_columns("price", *FEATURES))), tmp_path)
    assert len(prepared.train.inputs) == 1 and "features" not in prepared.preparation


def test_the_columns_are_those_that_the_runtime_prepares(tmp_path: Path) -> None:
    write_houses(tmp_path)
    prepared = read_data(project_of("rooms"), tmp_path)
    frame = read_columns(tmp_path / "houses.csv", {"rooms": "number"}, houses(()).format)
    every = prepared_features(frame, prepared.preparation)
    assert {float(value) for value in prepared.test.inputs[1].flatten()} <= {float(value) for value in every.flatten()}
