"""Which columns are boxes and key points is told by their names, or set for each."""

from __future__ import annotations

import pytest

from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.places import FORMS, PLACES, place_word, placed_columns
from designer.project.model import Column


def columns(text: str) -> list[Column]:
    """Columns from their names, each perhaps with its place behind a colon."""
    pairs = (word.partition(":") for word in text.split())
    return [Column(name, role="target", place=place or "auto") for name, _, place in pairs]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "boxes", "points"),
    [
        ("x y width height", ["sizes x y width height"], []),
        ("left top w h", ["sizes left top w h"], []),
        ("xmin ymin xmax ymax", ["edges xmin ymin xmax ymax"], []),
        ("x1 y1 x2 y2", ["edges x1 y1 x2 y2"], []),
        ("x_min x_max y_min y_max", ["edges x_min y_min x_max y_max"], []),
        ("left top right bottom", ["edges left top right bottom"], []),
        ("x_center y_center width height", ["centres x_center y_center width height"], []),
        ("cx cy w h", ["centres cx cy w h"], []),
        ("x1 y1 x2 y2 x3 y3", [], ["x1 y1", "x2 y2", "x3 y3"]),
        ("left_eye_x left_eye_y right_eye_x right_eye_y", [], ["left_eye_x left_eye_y", "right_eye_x right_eye_y"]),
        ("nose_x nose_y box_x box_y box_w box_h", ["sizes box_x box_y box_w box_h"], ["nose_x nose_y"]),
        (
            "a_xmin a_ymin a_xmax a_ymax b_xmin b_ymin b_xmax b_ymax",
            ["edges a_xmin a_ymin a_xmax a_ymax", "edges b_xmin b_ymin b_xmax b_ymax"],
            [],
        ),
        ("u:x v:y p:width q:height", ["sizes u v p q"], []),
        ("u:centre_x v:centre_y p:width q:height", ["centres u v p q"], []),
        ("x y:none", [], []),
        ("age height", [], []),
    ],
)
def test_groups(text: str, boxes: list[str], points: list[str]) -> None:
    found = placed_columns(columns(text))
    assert [" ".join([form, *names]) for form, names in found.boxes] == boxes
    assert [" ".join(point) for point in found.points] == points
    named = " ".join([*(each.partition(" ")[2] for each in boxes), *points]).split()
    assert sorted([*named, *found.plain, *found.alone]) == sorted(each.name for each in columns(text))


def test_a_place_that_is_set_but_lacks_its_others_is_told() -> None:
    assert placed_columns(columns("a:x age")).alone == ("a",)
    assert placed_columns(columns("x age")).plain == ("x", "age")


def test_every_word_is_explained_and_used() -> None:
    used = {word for form in FORMS.values() for word in form}
    assert set(PLACES) == used | {"auto", "none"}
    assert all(said.endswith(".") for _, said in PLACES.values())
    assert place_word("relaxing") == place_word("axis") == place_word("growth") == "none"


def test_what_moves_comes_before_all_that_does_not() -> None:
    moving = [kind.geometric for kind in AUGMENTATIONS.values()]
    assert moving == sorted(moving, reverse=True)
