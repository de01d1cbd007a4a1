"""Pictures of every layout are trained with, measured and predicted for; what cannot be right is refused by name."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from designer.project.model import Augmentation, Column, FieldValue, ImageData, Project, Split, Training
from designer.runtime import parts, pictures
from designer.runtime.events import Epoch
from designer.training import record
from designer.training.errors import RunError
from designer.training.predict import predict_run
from designer.training.prepare import facts_of, read_data
from designer.training.results import evaluate_run
from designer.training.run import train
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes, write_idx, write_masks, write_paths, write_pixels
from tests.helpers.training import trained


def flat(last: int, loss: str, **fields: FieldValue) -> Project:
    layers = [("image_input", {"height": 12, "width": 12, **fields}), "flatten", ("linear", {"out_features": last})]
    project = chain(*layers, ("output", {"loss": loss}))
    return replace(project, training=Training(epochs=2, batch_size=16, device="cpu"))


def same_size(last: int, loss: str, **fields: FieldValue) -> Project:
    project = chain(
        ("image_input", {"height": 12, "width": 12, "mode": "colour", **fields}),
        ("conv2d", {"out_channels": 8, "padding": 1}),
        "relu",
        ("conv2d", {"out_channels": last, "kernel_size": 1}),
        ("output", {"loss": loss}),
    )
    training = Training(epochs=12, batch_size=8, learning_rate=0.02, device="cpu", metrics=("accuracy", "iou"))
    return replace(project, training=training)


def paths_project(*targets: str, kind: str = "number", loss: str = "mse", last: int = 0, **data: object) -> Project:
    columns = [Column("file", "image")]
    columns += [Column(name, kind if name in targets else "number", "target" if name in targets else "ignored")  # type: ignore[arg-type]
                for name in ("kind", "x", "y")]  # fmt: skip
    settings = ImageData("list.csv", Split(seed=1), "table", columns=tuple(columns), **data)  # type: ignore[arg-type]
    return replace(flat(last or len(targets), loss), data=settings)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_12_bit_camera_is_not_black(tmp_path: Path) -> None:
    for code in range(2):
        (tmp_path / "pictures" / str(code)).mkdir(parents=True)
        for number in range(12):
            values = np.linspace(0, 3000 + 500 * code + number, 144).reshape(12, 12).astype(np.uint16)
            Image.fromarray(values).save(tmp_path / "pictures" / str(code) / f"{number}.png")
    project = replace(flat(1, "bce"), data=ImageData("pictures"))
    data = read_data(project, tmp_path)
    assert "Pictures of 16 bits hold 12 in use: 4,095 counts as white." in data.facts.notes
    assert data.preparation["image"]["white"] == 4095
    assert 0.7 < data.train.ready().inputs[0].max() < 0.9
    again = read_data(project, tmp_path, data.preparation)
    assert torch.equal(again.test.inputs[0], data.test.inputs[0])
    run = tmp_path / "p.runs" / "1"
    metrics = trained(project, tmp_path, run)
    assert evaluate_run(run)["test"] == pytest.approx(metrics["test"])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_run_over_a_thousand_pictures_of_which_fifty_are_bad(tmp_path: Path) -> None:
    """Hazard 17: truncated, empty, a text, an error page, a loop of links; CMYK, 16 bits and EXIF are no harm."""
    folder = tmp_path / "pictures"
    whole = b""
    for place in range(950):
        target = folder / ("cats", "dogs")[place % 2] / f"{place:03}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        values = np.random.default_rng(place).integers(0, 255, (6, 6), dtype=np.uint8)
        picture = Image.fromarray(values.astype(np.uint16) * 257 if place % 50 == 3 else values)
        if place % 50 == 5:
            exif = Image.Exif()
            exif[0x0112] = 6
            picture.save(target.with_suffix(".jpg"), exif=exif)
        elif place % 50 == 7:
            picture.convert("CMYK").save(target.with_suffix(".jpg"))
        else:
            picture.save(target)
            whole = target.read_bytes()
    bad = (whole[: len(whole) // 2], b"", b"notes", b"<html>404</html>", whole[:40] + bytes(30))
    for place in range(49):
        (folder / "cats" / f"bad{place:02}.png").write_bytes(bad[place % len(bad)])
    (folder / "cats" / "bad49.png").symlink_to(folder / "cats" / "bad49.png")
    project = flat(1, "bce", height=6, width=6)
    project = replace(project, data=ImageData("pictures"), training=Training(epochs=1, device="cpu"))
    facts = facts_of(project, tmp_path)
    left_out = [note for note in facts.notes if note.startswith("Left out: ")]
    assert sum(facts.rows.values()) == 950
    assert sorted(note.split(":")[1].strip() for note in left_out) == [f"cats/bad{place:02}.png" for place in range(50)]
    assert trained(project, tmp_path, tmp_path / "run")["epochs"] == 1


def test_normalising_by_the_training_part(tmp_path: Path) -> None:
    write_classes(tmp_path / "pictures")
    for how, mean in (("data", None), ("imagenet", [0.485, 0.456, 0.406])):
        project = replace(flat(3, "cross_entropy", mode="colour", normalise=how), data=ImageData("pictures"))
        data = read_data(project, tmp_path)
        plain = data.train.inputs[0].double() / 255
        norm = data.preparation["image"]["norm"]
        if how == "data":
            np.testing.assert_allclose(norm["mean"], plain.mean(dim=(0, 2, 3)))
            np.testing.assert_allclose(norm["std"], plain.std(dim=(0, 2, 3), correction=0))
        else:
            assert norm["mean"] == mean
        expected = (plain - torch.tensor(norm["mean"]).view(3, 1, 1)) / torch.tensor(norm["std"]).view(3, 1, 1)
        torch.testing.assert_close(data.train.ready().inputs[0].double(), expected, atol=1e-5, rtol=0)


def test_three_ways_to_another_shape(tmp_path: Path) -> None:
    for code in range(2):
        (tmp_path / "pictures" / str(code)).mkdir(parents=True)
        for number in range(3):
            wide = np.zeros((20, 40), dtype=np.uint8)
            wide[:, 10:30] = 250
            Image.fromarray(wide).save(tmp_path / "pictures" / str(code) / f"{number}.png")
    found = {}
    for how in ("stretch", "fit", "crop"):
        data = ImageData("pictures", Split(validation=0.0, test=0.0))
        found[how] = read_data(replace(flat(1, "bce", resize=how), data=data), tmp_path).train.inputs[0][0, 0].float()
    assert (found["crop"][:, 1:-1] > 240).all()
    assert found["fit"][:2].max() == 0
    assert found["fit"][6, 4:8].min() > 240
    assert found["stretch"][:, 4:8].min() > 240
    assert found["stretch"][:, :2].max() == 0


def test_masks_are_learned_and_predicted(tmp_path: Path) -> None:
    write_masks(tmp_path / "cells", 40, values=(0, 80, 160))
    project = replace(same_size(3, "cross_entropy"), data=ImageData("cells", Split(seed=2), "masks"))
    project = replace(project, data=replace(project.data, augment=(Augmentation("flip"), Augmentation("rotate"))))
    facts = facts_of(project, tmp_path)
    assert (facts.target_kind, facts.classes, facts.target_shape) == ("classes", ("0", "80", "160"), (12, 12))
    run = tmp_path / "p.runs" / "1"
    metrics = trained(project, tmp_path, run)
    assert metrics["test"]["iou"] > 0.6
    assert metrics["test"]["accuracy"] > 0.85
    assert evaluate_run(run)["test"] == pytest.approx(metrics["test"])
    assert evaluate_run(run, tmp_path / "cells")["rows"] == {"test": 40}
    outcome = json.loads((run / "results.json").read_text())
    assert np.sum(outcome["confusion"]["counts"]) == 6 * 144
    assert predict_run(run, tmp_path / "cells" / "images", tmp_path / "out.csv") == 40
    rows = rows_of(tmp_path / "out.csv")
    assert list(rows[0]) == ["file", "mask", "share_0", "share_80", "share_160"]
    right = 0.0
    for row in rows:
        mask = np.asarray(Image.open(tmp_path / row["mask"]))
        actual = np.asarray(Image.open(tmp_path / "cells" / "masks" / row["file"].replace(".png", "_mask.png")))
        assert mask.shape == actual.shape
        assert set(np.unique(mask)) <= {0, 80, 160}
        right += float((mask == actual).mean()) / len(rows)
    assert right > 0.8


def test_two_values_take_one_output(tmp_path: Path) -> None:
    write_masks(tmp_path / "cells", 40)
    for resize in ("stretch", "fit", "crop"):
        data = ImageData("cells", Split(seed=2), "masks")
        project = replace(same_size(1, "bce", resize=resize), data=data)
        project = replace(project, training=replace(project.training, epochs=25, learning_rate=0.03))
        run = tmp_path / "p.runs" / resize
        assert trained(project, tmp_path, run)["test"]["iou"] > 0.5
    wide = Image.new("RGB", (40, 10), (250, 0, 0))
    (tmp_path / "new").mkdir()
    wide.save(tmp_path / "new" / "wide.png")
    (tmp_path / "new" / "bad.png").write_bytes(b"")
    for resize in ("stretch", "fit", "crop"):
        out = tmp_path / f"{resize}.csv"
        assert predict_run(tmp_path / "p.runs" / resize, tmp_path / "new", out) == 2
        bad, good = rows_of(out)
        assert (bad["file"], bad["mask"]) == ("bad.png", "")
        with Image.open(tmp_path / good["mask"]) as mask:
            assert mask.size == (40, 10)


def test_masks_want_a_loss_that_takes_them(tmp_path: Path) -> None:
    write_masks(tmp_path / "cells", 8)
    project = replace(same_size(2, "hinge"), data=ImageData("cells", layout="masks"))
    with pytest.raises(RunError, match=r"Hinge cannot be computed over masks\. Choose cross-entropy"):
        trained(project, tmp_path, tmp_path / "run")


def test_numbers_from_pictures_are_columns(tmp_path: Path) -> None:
    write_paths(tmp_path)
    project = paths_project("x", "y")
    data = read_data(project, tmp_path)
    assert data.facts.target_width == 2
    assert data.train.targets.shape[1] == 2
    torch.testing.assert_close(data.train.targets.mean(dim=0), torch.zeros(2), atol=1e-5, rtol=0)
    run = tmp_path / "p.runs" / "1"
    trained(project, tmp_path, run)
    assert predict_run(run, tmp_path / "list.csv", tmp_path / "out.csv") == 24
    rows = rows_of(tmp_path / "out.csv")
    assert list(rows[0]) == ["file", "predicted_x", "predicted_y"]
    assert np.isfinite(float(rows[0]["predicted_x"]))
    assert predict_run(run, tmp_path / "photos", tmp_path / "out.csv") == 24
    assert evaluate_run(run, tmp_path / "list.csv")["rows"] == {"test": 24}


def test_missing_files_are_listed(tmp_path: Path) -> None:
    write_paths(tmp_path)
    (tmp_path / "photos" / "3.png").unlink()
    facts = facts_of(paths_project("kind", kind="category", loss="bce", last=1), tmp_path)
    assert sum(facts.rows.values()) == 23
    assert "Left out: photos/3.png: there is no such file." in facts.notes
    shutil.rmtree(tmp_path / "photos")
    with pytest.raises(RunError, match=r"no picture that it names can be read.*there is no such file"):
        facts_of(paths_project("x"), tmp_path)


def test_pixels_and_idx_files(tmp_path: Path) -> None:
    write_pixels(tmp_path / "digits.csv", white=16)
    write_idx(tmp_path / "mnist", "train", 40)
    write_idx(tmp_path / "mnist", "t10k", 12, packed=True)
    columns = (Column("label", "category", "target"),)
    pixels = ImageData("digits.csv", Split(seed=1), "pixels", columns=columns)
    idx = ImageData("mnist", Split("folders"), "idx")
    for name, data, new in (("pixels", pixels, "digits.csv"), ("idx", idx, "mnist/t10k-images-idx3-ubyte.gz")):
        project = replace(flat(3, "cross_entropy"), data=data)
        run = tmp_path / "p.runs" / name
        metrics = trained(project, tmp_path, run)
        assert evaluate_run(run)["test"] == pytest.approx(metrics["test"])
        evaluated = evaluate_run(run, tmp_path / ("digits.csv" if name == "pixels" else "mnist"))
        count = predict_run(run, tmp_path / new, tmp_path / "out.csv")
        assert evaluated["rows"]["test"] == count == {"pixels": 60, "idx": 12}[name]
        assert rows_of(tmp_path / "out.csv")[0]["predicted" if name == "idx" else "predicted_label"] in "012"
    facts = facts_of(replace(flat(3, "cross_entropy"), data=idx), tmp_path)
    assert facts.rows == {"train": 34, "validation": 6, "test": 12}


def test_what_moves_pictures_is_refused_where_numbers_say_where_things_are(tmp_path: Path) -> None:
    write_paths(tmp_path)
    project = paths_project("x", "y", augment=(Augmentation("flip"),))
    assert isinstance(project.data, ImageData)
    alone = tuple([replace(each, place="none" if each.name == "y" else "x") for each in project.data.columns])
    with pytest.raises(RunError, match="“x” is set to say where something is, but the other numbers"):
        trained(replace(project, data=replace(project.data, columns=alone)), tmp_path, tmp_path / "run")
    trained(
        paths_project("x", "y", augment=(Augmentation("flip", off=True), Augmentation("noise"))),
        tmp_path,
        tmp_path / "run",
    )


def test_mixed_targets_want_a_loss_that_takes_them(tmp_path: Path) -> None:
    write_classes(tmp_path / "pictures")
    data = ImageData("pictures", augment=(Augmentation("mixup"),))
    with pytest.raises(RunError, match="“Mixup” makes targets of several classes at once, which the loss Hinge"):
        trained(replace(flat(3, "hinge"), data=data), tmp_path, tmp_path / "run")
    trained(replace(flat(3, "cross_entropy"), data=data), tmp_path, tmp_path / "run")


def test_augmentation_is_for_training_alone(tmp_path: Path) -> None:
    write_classes(tmp_path / "pictures")
    data = read_data(
        replace(flat(3, "cross_entropy"), data=ImageData("pictures", augment=(Augmentation("flip"),))), tmp_path
    )
    assert data.train.augment is not None
    assert data.validation.augment is data.test.augment is None


@pytest.mark.parametrize("write", [write_classes, write_masks])
def test_what_is_larger_than_memory_is_fetched_batch_by_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], Path]
) -> None:
    write(tmp_path / "pictures")
    masks = write is write_masks
    data = ImageData("pictures", Split(seed=1), "masks" if masks else "classes", augment=(Augmentation("rotate"),))
    project = same_size(1, "bce") if masks else flat(3, "cross_entropy", mode="colour")
    project = replace(
        project, data=data, training=replace(project.training, epochs=2, threads=1, memory_format="contiguous")
    )
    one = trained(project, tmp_path, tmp_path / "run1")
    for module in (pictures, parts):
        monkeypatch.setattr(module, "MOST_IN_MEMORY", 100)
    assert read_data(project, tmp_path).train.inputs[0].dtype == torch.int64
    two = trained(project, tmp_path, tmp_path / "run2")
    assert {**one, "seconds": 0, "run": ""} == {**two, "seconds": 0, "run": ""}


def test_a_run_that_goes_on_changes_pictures_as_if_never_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SHORTEST_INTERVAL", "LONGEST_INTERVAL"):
        monkeypatch.setattr(record, name, 0.0)
    write_classes(tmp_path / "pictures")
    data = ImageData("pictures", augment=(Augmentation("rotate"), Augmentation("noise"), Augmentation("mixup")))
    project = replace(flat(3, "cross_entropy"), data=data)
    project = replace(project, training=replace(project.training, epochs=4, keep_best=False))
    trained(project, tmp_path, tmp_path / "whole")
    (tmp_path / "halves").mkdir()
    with closing(train(project, tmp_path, tmp_path / "halves")) as events:
        next(event for event in events if isinstance(event, Epoch) and event.epoch == 2)
    trained(project, tmp_path, tmp_path / "halves", resume=True)
    one, two = (load_file(tmp_path / run / "weights.safetensors") for run in ("whole", "halves"))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_pictures_elsewhere_are_told_and_paths_of_both_kinds_go_together(tmp_path: Path) -> None:
    write_paths(tmp_path)
    shutil.move(tmp_path / "photos" / "3.png", tmp_path.parent / "elsewhere.png")
    away = str(tmp_path.parent / "elsewhere.png")
    table = tmp_path / "list.csv"
    table.write_text(table.read_text().replace("photos\\3.png", away).replace("photos/3.png", away))
    drawn = paths_project("kind", kind="category", loss="bce", last=1)
    notes = facts_of(drawn, tmp_path).notes
    assert f"1 picture lies outside of the folder of list.csv, the first at {away}." in notes
    trained(drawn, tmp_path, tmp_path / "run")
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert evaluate_run(Path("run"), Path("list.csv"))["rows"] == {"test": 24}
        assert predict_run(Path("run"), Path("list.csv"), Path("out.csv")) == 24
    finally:
        os.chdir(here)
