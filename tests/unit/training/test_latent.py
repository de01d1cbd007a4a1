"""Autoencoders: what they give back in own units, what their narrow middle holds, and the picture of it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from designer.project.model import Augmentation, ImageData, TableData
from designer.runtime.batches import shuffled_batches
from designer.runtime.events import Epoch
from designer.training.errors import RunError
from designer.training.latent import in_the_plane, latent_view
from designer.training.predict import predict_run
from designer.training.prepare import read_data
from designer.training.results import evaluate_run
from designer.training.run import train
from tests.helpers.autoencoders import picture_project, table_project
from tests.helpers.exported import assert_same_weights, run_scripts, train_and_export
from tests.helpers.training import class_project, history, trained, with_training

ANIMALS = ("ant", "bee", "cat")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_are_given_back_in_their_own_units(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(table_project(tmp_path), tmp_path, run)
    notes: list[str] = []
    assert predict_run(run, tmp_path / "animals.csv", tmp_path / "out.csv", notes.append) == 120
    found, given = rows_of(tmp_path / "out.csv"), rows_of(tmp_path / "animals.csv")
    assert list(found[0]) == ["restored_x", "restored_y", "restored_colour"]
    assert {row["restored_colour"] for row in found} <= {"red", "blue"}
    away = sum(abs(float(one["restored_x"]) - float(two["x"])) for one, two in zip(found, given, strict=True)) / 120
    assert away < 1.5


def test_the_middle_is_written_on_demand(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(with_training(table_project(tmp_path), epochs=2), tmp_path, run)
    predict_run(run, tmp_path / "animals.csv", tmp_path / "out.csv", latent=True)
    found = rows_of(tmp_path / "out.csv")
    assert len(found) == 120 and list(found[0]) == ["latent_1", "latent_2"]
    trained(class_project(tmp_path), tmp_path, tmp_path / "other")
    with pytest.raises(RunError, match="only an autoencoder has a latent layer"):
        predict_run(tmp_path / "other", tmp_path / "animals.csv", tmp_path / "out.csv", latent=True)


@pytest.mark.parametrize("label", ["target", "ignored"])
def test_the_picture_is_coloured_by_a_column_that_is_not_learned_from(tmp_path: Path, label: str) -> None:
    run = tmp_path / "run"
    trained(table_project(tmp_path, label), tmp_path, run)
    view = latent_view(run)
    assert (view.part, view.width, view.share) == ("test", 2, 1.0)
    assert view.label == "animal" and view.classes == ANIMALS and len(view.codes) == len(view.points) == 18
    # what is alike lies together: the nearest other point is mostly of the same class
    points = torch.tensor(view.points)
    nearest = torch.cdist(points, points).fill_diagonal_(torch.inf).argmin(dim=1)
    codes = torch.tensor(view.codes)
    assert float((codes[nearest] == codes).float().mean()) > 0.6


def test_without_such_a_column_there_is_no_colour(tmp_path: Path) -> None:
    project = table_project(tmp_path)
    assert isinstance(project.data, TableData)
    data = replace(project.data, columns=project.data.columns[:3])
    trained(with_training(replace(project, data=data), epochs=1), tmp_path, tmp_path / "run")
    view = latent_view(tmp_path / "run")
    assert not view.classes and not view.codes and view.points


def test_a_wider_middle_is_seen_in_its_first_two_directions(tmp_path: Path) -> None:
    spread = torch.randn(200, 5) * torch.tensor([9.0, 0.1, 5.0, 0.1, 0.1])
    points, share = in_the_plane(spread)
    assert share > 0.98
    found = torch.tensor(points)
    assert float(found.std(0)[0]) == pytest.approx(9.0, rel=0.25) and float(found.mean()) == pytest.approx(0, abs=1e-4)
    assert in_the_plane(torch.ones(3, 1))[0] == [(1.0, 0.0)] * 3
    assert in_the_plane(torch.ones(3, 4))[1] == 1.0


def test_pictures_are_given_back_and_coloured_by_their_folders(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(picture_project(tmp_path), tmp_path, run)
    view = latent_view(run)
    assert view.width == 3 and len(view.classes) >= 2 and set(view.codes) <= set(range(len(view.classes)))
    predict_run(run, tmp_path / "shapes", tmp_path / "out.csv")
    found = rows_of(tmp_path / "out.csv")
    assert list(found[0])[:2] == ["file", "restored_pixel_0_0"] and len(found[0]) == 65


def test_binary_cross_entropy_is_measured_as_what_is_given_back(tmp_path: Path) -> None:
    run = tmp_path / "run"
    metrics = trained(table_project(tmp_path, loss="bce"), tmp_path, run)
    assert 0 < metrics["test"]["mse"] < 0.3
    assert evaluate_run(run)["test"] == pytest.approx(metrics["test"])
    predict_run(run, tmp_path / "animals.csv", tmp_path / "out.csv")
    given = [float(row["x"]) for row in rows_of(tmp_path / "animals.csv")]
    assert min(given) - 1 < float(rows_of(tmp_path / "out.csv")[0]["restored_x"]) < max(given) + 1


@pytest.mark.parametrize("case", ["table", "bce", "pictures"])
def test_the_script_does_bit_for_bit_so(tmp_path: Path, case: str) -> None:
    project = (
        picture_project(tmp_path)
        if case == "pictures"
        else table_project(tmp_path, loss=case if case == "bce" else "mse")
    )
    run, script = train_and_export(with_training(project, epochs=3), tmp_path)
    printed = run_scripts([[str(script)]], script.parent)
    assert_same_weights(run, script.parent / "weights.pt")
    last = history(run)[-1]["validation"]["mse"]
    assert f"mse {last:.4g}" in printed


def test_a_run_goes_on_exactly(tmp_path: Path) -> None:
    project = with_training(table_project(tmp_path), epochs=4)
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    trained(project, tmp_path, whole)
    parted.mkdir()
    stream = train(project, tmp_path, parted)
    for event in stream:
        if isinstance(event, Epoch) and event.epoch == 2:
            break
    stream.close()
    trained(project, tmp_path, parted, resume=True)
    one, two = (load_file(run / "weights.safetensors") for run in (whole, parted))
    assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("key", ["flip", "mixup"])
def test_what_augmentation_makes_is_to_be_given_back(tmp_path: Path, key: str) -> None:
    project = picture_project(tmp_path)
    assert isinstance(project.data, ImageData)
    project = replace(project, data=replace(project.data, augment=(Augmentation(key),)))
    part = read_data(project, tmp_path).train
    torch.manual_seed(1)
    batch = next(iter(shuffled_batches(part, 16)))
    plain = part.rows(slice(0, len(part))).ready().target
    assert batch.target.shape == batch.inputs[0].shape and batch.inputs[0].shape[1:] == (1, 8, 8)
    # every tenth pixel is masked in what is seen, and not in what is to be given back
    assert not torch.equal(batch.inputs[0], batch.target)
    assert float(((batch.inputs[0] == batch.target) | (batch.inputs[0] == 0)).float().mean()) == 1.0
    assert float(plain.max()) <= 1.0
    trained(project, tmp_path, tmp_path / "run")
