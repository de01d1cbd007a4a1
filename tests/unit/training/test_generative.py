"""Training what learns the data's looks: figures that repeat, resume, the gallery, features and new samples."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from designer.project.model import Project, Split
from designer.runtime.events import Epoch
from designer.training import record
from designer.training.errors import RunError
from designer.training.gallery import is_kept
from designer.training.generate import generate_run
from designer.training.own_units import own_columns, own_pixels
from designer.training.predict import predict_run
from designer.training.results import evaluate_run
from designer.training.run import train
from tests.helpers.generative import pixel_gan, plane_gan, rbm
from tests.helpers.training import history, trained, with_training

CASES = [pytest.param(plane_gan, id="points"), pytest.param(pixel_gan, id="pictures"), pytest.param(rbm, id="machine")]


def weights(run: Path) -> dict[str, np.ndarray]:
    return load_file(run / "weights.safetensors")


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("make", CASES)
def test_a_run_stopped_and_resumed_ends_as_one_that_was_not(make, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(record, "SHORTEST_INTERVAL", 0.0)
    monkeypatch.setattr(record, "LONGEST_INTERVAL", 0.0)
    project = make(tmp_path)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    metrics = trained(project, tmp_path, whole)
    parts.mkdir()
    events = train(project, tmp_path, parts)
    next(event for event in events if isinstance(event, Epoch) and event.epoch == 2)
    events.close()
    again = trained(project, tmp_path, parts, resume=True)
    assert same(weights(whole), weights(parts))
    assert history(whole) == history(parts)
    for name in ("train", "validation", "test"):
        assert metrics[name] == again[name]
        assert evaluate_run(whole)[name] == pytest.approx(metrics[name], rel=1e-6)
    for path in (whole / "gallery").iterdir():
        assert path.read_bytes() == (parts / "gallery" / path.name).read_bytes()


def test_the_gallery_of_a_gan_is_in_units_of_the_data(tmp_path: Path) -> None:
    trained(plane_gan(tmp_path), tmp_path, tmp_path / "run")
    gallery = tmp_path / "run" / "gallery"
    assert sorted(path.name for path in gallery.iterdir()) == [
        "about.json", *(f"epoch-0000{n}.safetensors" for n in (1, 2, 3)), "real.safetensors"
    ]  # fmt: skip
    assert json.loads((gallery / "about.json").read_text()) == {"columns": ["east", "north"]}
    real = load_file(gallery / "real.safetensors")["real"]
    assert real[:, 0].min() >= 50
    assert load_file(gallery / "epoch-00003.safetensors")["samples"].shape == (56, 2)


def test_the_gallery_of_a_machine_shows_what_its_units_look_at(tmp_path: Path) -> None:
    trained(rbm(tmp_path), tmp_path, tmp_path / "run")
    views = load_file(tmp_path / "run" / "gallery" / "epoch-00002.safetensors")
    assert views["weights"].shape == (8, 1, 4, 4)
    assert views["original"].dtype == np.uint8
    assert set(np.unique(views["original"])) == {0, 255}
    assert views["original"].shape == views["restored"].shape


@pytest.mark.parametrize("epochs", [1, 99, 100, 101, 1_000, 99_999])
def test_a_gallery_stays_small(epochs: int) -> None:
    kept = [epoch for epoch in range(1, epochs + 1) if is_kept(epoch, epochs)]
    assert len(kept) <= 202
    assert kept[-1] == epochs


def test_new_samples_are_in_units_of_the_data_and_repeat(tmp_path: Path) -> None:
    trained(plane_gan(tmp_path, epochs=30), tmp_path, tmp_path / "run")
    outs = [tmp_path / f"{name}.csv" for name in "abc"]
    for out, seed in zip(outs, (1, 1, 2), strict=True):
        assert generate_run(tmp_path / "run", 300, seed, out) == 300
    assert outs[0].read_bytes() == outs[1].read_bytes() != outs[2].read_bytes()
    header, *rows = csv.reader(outs[0].read_text().splitlines())
    assert header == ["east", "north"]
    assert len(rows) == 300
    assert 40 < np.mean([float(row[0]) for row in rows]) < 90


def test_new_pictures_come_as_a_sheet_as_files_or_as_a_table(tmp_path: Path) -> None:
    trained(pixel_gan(tmp_path), tmp_path, tmp_path / "run")
    generate_run(tmp_path / "run", 5, 0, tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (14, 9)
    generate_run(tmp_path / "run", 5, 0, tmp_path / "files")
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == [f"sample_{n}.png" for n in range(1, 6)]
    generate_run(tmp_path / "run", 5, 0, tmp_path / "table.csv")
    header, *rows = csv.reader((tmp_path / "table.csv").read_text().splitlines())
    assert header == [f"p{place}" for place in range(16)]
    with Image.open(tmp_path / "files" / "sample_1.png") as picture:
        pixels = np.asarray(picture).flatten() / 255 * 15
    assert np.allclose(np.array(rows[0], dtype=float), pixels)


@pytest.mark.parametrize(
    ("out", "said"), [("x.png", "no pictures"), ("x.json", "no pictures"), ("folder", "no pictures")]
)
def test_rows_become_no_pictures(tmp_path: Path, out: str, said: str) -> None:
    trained(plane_gan(tmp_path, epochs=1), tmp_path, tmp_path / "run")
    with pytest.raises(RunError, match=said):
        generate_run(tmp_path / "run", 3, 0, tmp_path / out)
    with pytest.raises(RunError, match="From 1 to"):
        generate_run(tmp_path / "run", 0, 0, tmp_path / "x.csv")


def test_a_machine_makes_no_samples_and_a_gan_predicts_nothing(tmp_path: Path) -> None:
    trained(rbm(tmp_path, epochs=1), tmp_path, tmp_path / "run")
    with pytest.raises(RunError, match="makes no samples"):
        generate_run(tmp_path / "run", 3, 0, tmp_path / "x.csv")
    trained(plane_gan(tmp_path, epochs=1), tmp_path, tmp_path / "gan")
    with pytest.raises(RunError, match="predicts nothing"):
        predict_run(tmp_path / "gan", tmp_path / "points.csv", tmp_path / "x.csv")


def test_a_machine_tells_the_features_of_new_data(tmp_path: Path) -> None:
    trained(rbm(tmp_path, 8, 3), tmp_path, tmp_path / "run")
    assert predict_run(tmp_path / "run", tmp_path / "bars.csv", tmp_path / "features.csv") == 60
    header, *rows = csv.reader((tmp_path / "features.csv").read_text().splitlines())
    assert header == ["feature_1", "feature_2", "feature_3"]
    found, learned = np.array(rows, dtype=float), weights(tmp_path / "run")
    table = np.loadtxt(tmp_path / "bars.csv", delimiter=",", skiprows=1, usecols=range(16))
    values = (table / 15 > 0.5).astype(float)
    for name in ("rbm1", "rbm2"):
        values = 1 / (1 + np.exp(-(values @ learned[f"{name}.weight"].T + learned[f"{name}.hidden_bias"])))
    assert np.allclose(found, values, atol=1e-5)


def test_folds_train_a_gan_each(tmp_path: Path) -> None:
    project = plane_gan(tmp_path, epochs=2)
    assert project.data is not None
    project = replace(project, data=replace(project.data, split=Split(folds=4, fold=2)))
    assert set(trained(project, tmp_path, tmp_path / "run")["test"]) == {"loss", "generator_loss", "discriminator_loss"}


def test_units_are_those_of_the_data() -> None:
    features = {
        "a": {"kind": "number", "steps": ["standard"], "offset": 10.0, "scale": 2.0},
        "b": {"kind": "number", "steps": ["log"], "offset": 1.0, "scale": 0.5},
        "c": {"kind": "category", "steps": ["onehot"], "categories": ["x", "y"]},
        "d": {"kind": "date", "steps": ["parts"], "parts": ["year"]},
    }
    own = own_columns(np.array([[1.0, 2.0, 0.1, 0.7, 0.5]]), features)
    assert own.columns["a"] == [12.0]
    assert own.columns["b"] == [pytest.approx(np.expm1(2.0))]
    assert own.columns["c"] == ["y"]
    assert own.prepared == ("d year",)
    pictures = own_pixels(np.zeros((1, 1, 2, 2)), {"norm": {"mean": [0.5], "std": [0.2]}})
    assert (pictures == 128).all()


def test_other_seeds_make_other_networks(tmp_path: Path) -> None:
    project: Project = plane_gan(tmp_path, epochs=1)
    torch.rand(3)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        trained(with_training(project, seed=seed), tmp_path, tmp_path / name)
    assert same(weights(tmp_path / "a"), weights(tmp_path / "b"))
    assert not same(weights(tmp_path / "a"), weights(tmp_path / "c"))
