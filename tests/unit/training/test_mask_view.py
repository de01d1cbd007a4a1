"""The predicted masks that results show: beside the true ones, and the worst of them first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from designer.gui.panels.mask_pictures import picture_set
from designer.project.model import ImageData, Split
from designer.training.errors import RunError
from designer.training.mask_files import in_size
from designer.training.mask_view import learns_masks, mask_view, overlap
from designer.training.predict import predict_run
from designer.training.results import evaluate_run
from designer.training.wanted import Unwanted, while_wanted
from tests.helpers.pictures import with_12_bits, write_masks
from tests.helpers.training import class_project, trained, with_training
from tests.unit.training.test_pictures import rows_of, same_size


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_masks(tmp_path / "cells", 40)
    project = replace(same_size(1, "bce"), data=ImageData("cells", Split(test=0.5, seed=2), "masks"))
    trained(with_training(project, epochs=25, learning_rate=0.03), tmp_path, tmp_path / "run")
    return tmp_path / "run"


def test_the_worst_come_first_with_the_masks_that_are_predicted(tmp_path: Path, run: Path) -> None:
    view = mask_view(run)
    assert view.part == "test" and view.looked_at == len(view.files) == 20
    assert list(view.overlaps) == sorted(view.overlaps) and view.overlaps[0] < view.overlaps[-1]
    assert (view.values, view.smooth, view.resize) == ((0, 255), False, "stretch")
    predict_run(run, tmp_path / "cells" / "images", tmp_path / "out.csv")
    written = {row["file"]: tmp_path / row["mask"] for row in rows_of(tmp_path / "out.csv")}
    for picture, mask, codes in zip(view.files, view.masks, view.predicted, strict=True):
        assert mask.name == f"{picture.stem}_mask.png"
        with Image.open(written[picture.name]) as image:
            assert (np.asarray(image) == np.asarray(in_size(codes * 255, (16, 16), "stretch"))).all()
    # over pictures with discs of about one size the average is near to what all pixels together give
    assert np.mean(view.overlaps) == pytest.approx(evaluate_run(run)["test"]["iou"], abs=0.1)


def test_of_many_the_worst_are_kept(run: Path) -> None:
    whole, few = mask_view(run), mask_view(run, most=5)
    assert few.files == whole.files[:5] and few.overlaps == whole.overlaps[:5]
    assert (few.predicted == whole.predicted[:5]).all() and few.looked_at == 20
    assert mask_view(run, looked_at=7).looked_at == 7


def test_of_pictures_of_16_bits_it_is_known_what_is_white(tmp_path: Path) -> None:
    with_12_bits(write_masks(tmp_path / "cells", 20) / "images")
    project = replace(same_size(1, "bce"), data=ImageData("cells", layout="masks"))
    trained(with_training(project, epochs=1), tmp_path, tmp_path / "run")
    view = mask_view(tmp_path / "run")
    assert view.white == picture_set(view).white == 4095


def test_what_nobody_waits_for_ends(run: Path) -> None:
    left = iter(range(1))
    with while_wanted(lambda: next(left, None) is not None), pytest.raises(Unwanted):
        mask_view(run)


def test_other_runs_have_no_masks(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=1)
    trained(project, tmp_path, tmp_path / "rows")
    assert not learns_masks(project)
    with pytest.raises(RunError, match="has not learned masks"):
        mask_view(tmp_path / "rows")


def two(codes: list[int]) -> torch.Tensor:
    return torch.tensor([codes], dtype=torch.float32).view(1, 1, 1, -1)


@pytest.mark.parametrize(
    ("said", "true", "share"),
    [([1, 1, 0, 0], [1, 0, 1, 0], 1 / 3), ([0, 0], [0, 0], 1.0), ([1, 0], [0, 0], 0.0), ([1, 0], [1, 0], 1.0)],
)
def test_the_overlap_of_one_picture(said: list[int], true: list[int], share: float) -> None:
    assert overlap(two(said) * 8 - 4, two(true)) == pytest.approx(share)


def test_of_several_classes_those_count_that_are_there() -> None:
    predicted, true = torch.tensor([[0, 0, 1, 1]]), torch.tensor([[0, 0, 0, 1]])
    output = torch.nn.functional.one_hot(predicted, 4).permute(0, 2, 1)[:, :, None].float()
    wanted: Callable[[float, float], float] = lambda first, second: (first + second) / 2  # noqa: E731
    assert overlap(output, true[:, None]) == pytest.approx(wanted(2 / 3, 1 / 2))
