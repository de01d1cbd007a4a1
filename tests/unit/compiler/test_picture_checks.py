"""What is said of pictures is checked before any is read, and mended by one click."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.compiler.analyse import analyse
from designer.compiler.problems import Problem
from designer.project.errors import EditError
from designer.project.model import Augmentation, Column, ImageData, Project
from designer.workspace.settings import set_setting
from tests.helpers.graphs import chain

IMAGE = Column("file", "image")
POINTS = (IMAGE, Column("x", role="target"), Column("y", role="target"))
LONE, LOGGED = Column("y", role="target", place="width"), Column("y", role="target", scale="log")
SIZES = (IMAGE, Column("age", role="target"), Column("weight", role="target"))


def project(*augment: Augmentation, loss: str = "cross_entropy", **data: object) -> Project:
    layers = ("image_input", "flatten", ("linear", {"out_features": 2}), ("output", {"loss": loss}))
    return replace(chain(*layers), data=ImageData("pictures", augment=augment, **data))  # type: ignore[arg-type]


def problems(found: Project) -> list[Problem]:
    codes = ("unknown-augmentation", "bad-setting", "moved-targets", "mixed-targets", "mask-loss")
    return [problem for problem in analyse(found).problems if problem.code in codes]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (project(Augmentation("rotate", {"degrees": 400.0})), "bad-setting"),
        (project(Augmentation("rotate"), loss="mse", layout="table", columns=SIZES), "moved-targets"),
        (project(Augmentation("flip"), loss="mse", layout="table", columns=(*POINTS[:2], LONE)), "moved-targets"),
        (project(Augmentation("flip"), loss="mse", layout="table", columns=(*POINTS[:2], LOGGED)), "moved-targets"),
        (project(Augmentation("mixup"), loss="hinge"), "mixed-targets"),
    ],
)
def test_what_is_wrong_is_mended_by_one_click(found: Project, code: str) -> None:
    [problem] = problems(found)
    assert (problem.severity, problem.code) == ("error", code)
    assert problem.fix is not None
    assert problems(problem.fix.edit(found)) == []


def test_boxes_and_key_points_move_and_numbers_that_are_no_places_stay() -> None:
    moved = project(Augmentation("rotate"), loss="mse", layout="table", columns=POINTS)
    assert problems(moved) == []
    plain = tuple(replace(each, place="none") if each.role == "target" else each for each in SIZES)
    assert problems(project(Augmentation("rotate"), loss="mse", layout="table", columns=plain)) == []
    assert problems(project(Augmentation("rotate"), loss="mse", layout="table", columns=SIZES[:2])) == []


def test_masks_want_a_loss_over_pixels() -> None:
    [problem] = problems(project(loss="hinge", layout="masks"))
    assert problem.code == "mask-loss"
    assert problems(project(layout="masks")) == []


def test_a_later_versions_augmentation_is_passed_over_aloud() -> None:
    [problem] = problems(project(Augmentation("elastic")))
    assert problem.severity == "warning"


def test_what_is_off_does_no_harm() -> None:
    assert problems(project(Augmentation("mixup", off=True), loss="hinge")) == []


def test_augmentations_are_set_by_text() -> None:
    found = project()
    for setting in ("data.augment.flip=on", "data.augment.rotate.degrees=30", "data.augment.flip=off"):
        found = set_setting(found, setting)
    assert isinstance(found.data, ImageData)
    assert found.data.augment == (
        Augmentation("flip", {"chance": 0.5}, off=True),
        Augmentation("rotate", {"degrees": 30.0}),
    )
    found = set_setting(found, "data.augment.flip.chance=0.25")
    assert isinstance(found.data, ImageData)
    assert found.data.augment[0] == Augmentation("flip", {"chance": 0.25})
    for setting, words in (
        ("data.augment.flop=on", "there is no augmentation “flop” .did you mean “flip”"),
        ("data.augment.rotate.angle=3", "there is no setting “angle” here"),
        ("data.augment.rotate.degrees=400", "at most 180"),
        ("data.augment.flip=perhaps", "expected true or false"),
    ):
        with pytest.raises(EditError, match=words):
            set_setting(found, setting)
