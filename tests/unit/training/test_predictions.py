"""Predictions that are looked at before they are written: what is written then is what the command line writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.model import ImageData, Split
from designer.training.predict import Scores, predict_run, predictions_of, write_predictions
from tests.helpers.pictures import write_idx, write_masks
from tests.helpers.training import class_project, class_rows, trained, with_training, write_csv
from tests.unit.training.test_pictures import flat, same_size


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_looked_at_is_written_as_the_command_line_writes_it(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(with_training(class_project(tmp_path), epochs=2), tmp_path, run)
    rows = [list(row) for row in class_rows(2_500, 7)]
    rows[3][0] = ""
    data = write_csv(tmp_path / "new.csv", ("x", "y", "colour"), [row[:3] for row in rows])
    shares: list[float] = []
    found = predictions_of(run, data, tmp_path / "masks", tell=shares.append)
    assert shares == [1024 / 2500, 2048 / 2500, 1.0]
    assert len(found.usable) == 2500 and len(found.columns["predicted_animal"]) == sum(found.usable)
    names = ["ant", "bee", "cat"]
    assert found.scores == {"predicted_animal": Scores([f"probability_{name}" for name in names], names)}
    assert list(found.samples.lines[:3]) == [2, 3, 4]
    assert write_predictions(found, tmp_path / "looked.csv") == 2500
    predict_run(run, data, tmp_path / "direct.csv")
    assert (tmp_path / "looked.csv").read_bytes() == (tmp_path / "direct.csv").read_bytes()
    assert not (tmp_path / "masks").exists()


def test_nobody_has_to_wait_for_the_rest(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(with_training(class_project(tmp_path), epochs=2), tmp_path, run)
    data = write_csv(tmp_path / "new.csv", ("x", "y", "colour"), [row[:3] for row in class_rows(3_000)])
    heard: list[float] = []

    def enough(share: float) -> None:
        heard.append(share)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        predictions_of(run, data, tmp_path / "masks", tell=enough)
    assert heard == [1024 / 3000]


def test_masks_go_with_their_table(tmp_path: Path) -> None:
    write_masks(tmp_path / "cells", 20)
    (tmp_path / "cells" / "images" / "0.png").write_bytes(b"spoiled")
    project = replace(same_size(1, "bce"), data=ImageData("cells", Split(seed=2), "masks"))
    run, images = tmp_path / "run", tmp_path / "cells" / "images"
    trained(with_training(project, epochs=1), tmp_path, run)
    (tmp_path / "looked").mkdir()
    (tmp_path / "direct").mkdir()
    shares: list[float] = []
    found = predictions_of(run, images, tmp_path / "elsewhere", tell=shares.append)
    assert shares[-1] == 1.0 and len(shares) == 2
    assert [path.name for path in found.samples.files] == sorted(path.name for path in images.iterdir())[1:]
    write_predictions(found, tmp_path / "looked" / "out.csv")
    predict_run(run, images, tmp_path / "direct" / "out.csv")
    looked = files_in(tmp_path / "looked")
    assert looked == files_in(tmp_path / "direct")
    assert len(looked) == 21 and b"out_masks/000.png" in looked["out.csv"]
    # what was looked at stays, to be written once more
    assert len(list((tmp_path / "elsewhere").iterdir())) == 20


def test_pictures_without_files_are_there_as_pixels(tmp_path: Path) -> None:
    write_idx(tmp_path / "digits", "train", 30)
    write_idx(tmp_path / "digits", "t10k", 7)
    data = ImageData("digits", Split(by="folders"), "idx")
    run = tmp_path / "run"
    trained(replace(flat(3, "cross_entropy"), data=data), tmp_path, run)
    found = predictions_of(run, tmp_path / "digits" / "t10k-images-idx3-ubyte", tmp_path / "masks")
    assert not found.samples.files and found.samples.pixels is not None
    assert found.samples.pixels.shape == (7, 1, 12, 12)
