"""Boxes and key points lie in pictures where their numbers say, whatever size and form these have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from designer.gui.panels.placed_pictures import picture_set
from designer.layers.places import FORMS, PlacedColumns, placed_columns
from designer.project.model import Augmentation, Column, FieldValue, ImageData, Project, Split, Training
from designer.runtime.batches import Part
from designer.runtime.images import resized
from designer.runtime.moving import Placed, area_seen, common_size, move_places
from designer.training.errors import RunError
from designer.training.outlines import Outlines, all_placed, in_shares, outlines_of, places_in, seen_of
from designer.training.placed_view import outputs_with_places, placed_view
from tests.helpers.graphs import chain
from tests.helpers.pictures import BOX_NAMES, boxed, with_12_bits, write_boxes
from tests.helpers.training import trained

SIZES = st.tuples(st.integers(20, 90), st.integers(20, 90))
SHARES = st.floats(0, 1, allow_nan=False)


def said(form: str, left: float, top: float, right: float, bottom: float) -> list[float]:
    """The numbers of a box in a form, by hand."""
    wide, high = right - left, bottom - top
    return {
        "edges": [left, top, right, bottom],
        "sizes": [left, top, wide, high],
        "centres": [left + wide / 2, top + high / 2, wide, high],
    }[form]


def drawn(names: list[str], placed: PlacedColumns, area: list[float], *rows: list[float]) -> list[Outlines]:
    return outlines_of(places_in(names, placed, area), torch.tensor(rows, dtype=torch.float64))


@given(st.sampled_from(sorted(FORMS)), SIZES, st.booleans(), st.tuples(SHARES, SHARES, SHARES, SHARES))
def test_every_form_of_a_box_is_the_same_box(
    form: str, size: tuple[int, int], shares: bool, edges: tuple[float, float, float, float]
) -> None:
    names = ["a", "b", "c", "d"]
    units = (1, 1) if shares else size
    numbers = said(form, *(edge * units[place % 2] for place, edge in enumerate(edges)))
    placed = PlacedColumns(boxes=((form, tuple(names)),))
    found = drawn(names, placed, seen_of(size, shares), numbers)
    assert len(found) == 1 and not found[0].points
    assert found[0].boxes[0] == pytest.approx(edges, abs=1e-9)


@given(st.integers(0, 10_000), SIZES, SIZES, st.sampled_from(["stretch", "fit", "crop"]), st.booleans())
def test_a_box_lies_on_what_it_is_around_however_the_picture_is_brought_to_its_size(
    number: int, size: tuple[int, int], target: tuple[int, int], resize: str, shares: bool
) -> None:
    pixels, edges = boxed(number, size)
    height, width = target
    numbers = [edge / size[place % 2] if shares else float(edge) for place, edge in enumerate(edges)]
    placed = PlacedColumns(boxes=(("edges", BOX_NAMES),))
    box = drawn(list(BOX_NAMES), placed, seen_of(size, shares, target, resize), numbers)[0].boxes[0]
    red = np.asarray(resized(Image.fromarray(pixels), height, width, resize))[..., 0] > 130
    rows, columns = np.nonzero(red)
    if not len(rows):
        return
    seen = (columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height)
    wanted = [min(1.0, max(0.0, each)) for each in box]
    # a picture is brought to whole pixels, and its edges are mixed with their neighbours
    room = [1.6 / width, 1.6 / height] * 2
    assert all(abs(one - two) <= most for one, two, most in zip(seen, wanted, room, strict=True)), (seen, wanted)


@given(
    st.tuples(SHARES, SHARES, SHARES, SHARES),
    st.floats(-3, 3),
    st.floats(0.6, 1.6),
    st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
)
def test_what_is_moved_is_where_it_is_by_hand(
    edges: tuple[float, float, float, float], angle: float, scale: float, shift: tuple[float, float]
) -> None:
    """A picture turned, scaled and shifted: the box is around the four corners that are moved by hand, and cut."""
    size = (40, 30)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = torch.tensor([[turn[0, 0], turn[0, 1], shift[0], turn[1, 0], turn[1, 1], shift[1]]])

    def change(batch: Part) -> Part:
        assert isinstance(batch, Placed)
        return batch.with_places(matrix)

    names = ["x", "y", "width", "height", "eye_x", "eye_y"]
    placed = placed_columns([Column(name, role="target") for name in names])
    left, right = sorted((edges[0], edges[2]))
    top, bottom = sorted((edges[1], edges[3]))
    numbers = [*said("sizes", left * 40, top * 30, right * 40, bottom * 30), left * 40, bottom * 30]
    places = places_in(names, placed, seen_of(size, shares=False))
    moved = move_places(Part((torch.zeros(1, 1, 3, 4),), torch.tensor([numbers]).double()), change, {"": places})
    found = outlines_of(places, moved.target)[0]
    corners = np.array([[x, y] for x in (left, right) for y in (top, bottom)]) * 2 - 1
    by_hand = (np.linalg.solve(turn, (corners - np.array(shift)).T).T + 1) / 2
    wanted = np.concatenate([by_hand.min(axis=0), by_hand.max(axis=0)]).clip(0, 1)
    assert found.boxes[0] == pytest.approx(tuple(wanted), abs=1e-5)
    assert found.points[0] == pytest.approx(tuple(by_hand[1]), abs=1e-5)


def test_what_lacks_a_number_is_not_drawn() -> None:
    names = ["x", "y", "w", "h", "eye_x", "eye_y"]
    placed = placed_columns([Column(name, role="target") for name in names])
    nan = float("nan")
    first, second = drawn(names, placed, [0, 0, 10, 10], [1, 1, 2, nan, 5, 5], [1, 1, 2, 2, nan, 5])
    assert not first.boxes and first.points == ((0.5, 0.5),)
    assert second.boxes[0] == pytest.approx((0.1, 0.1, 0.3, 0.3)) and not second.points
    assert not Outlines() and first and second
    assert all_placed([placed, PlacedColumns(points=(("u", "v"),))]).names == [*names, "u", "v"]


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), max_size=4))
def test_units_are_taken_as_training_takes_them(rows: list[tuple[float, float]]) -> None:
    numbers = np.array(rows, dtype=np.float64).reshape(-1, 2)
    area = area_seen(pd.DataFrame(numbers), lambda: (8, 6), 3, 4)
    assert in_shares(numbers) == (area == [0, 0, 1, 1])
    assert in_shares(np.vstack([numbers, [float("nan"), 99.0]])) == in_shares(numbers)


def box_project(names: tuple[str, ...] = BOX_NAMES, resize: str = "stretch", **more: object) -> Project:
    """A network for the boxes of ``write_boxes``."""
    columns = (Column("file", "image"), *(Column(name, role="target") for name in names))
    data = ImageData("boxes.csv", Split(seed=1), "table", columns=columns)
    image: dict[str, FieldValue] = {"height": 12, "width": 16, "mode": "colour", "resize": resize}
    layers = (("image_input", image), "flatten", ("linear", {"out_features": 4}), ("output", {"loss": "mse"}))
    training = Training(epochs=60, batch_size=8, learning_rate=0.003)
    return replace(chain(*layers, project=Project(data=data, training=training)), **more)  # type: ignore[arg-type]


def test_predicted_boxes_of_a_run_stand_beside_the_true_ones(tmp_path: Path) -> None:
    write_boxes(tmp_path, 60)
    project = box_project()
    trained(project, tmp_path, tmp_path / "run")
    view = placed_view(tmp_path / "run")
    numbers = view.outputs[""]
    assert view.part == "test" and not view.shares and numbers.names == BOX_NAMES
    assert len(view.files) == len(numbers.true) == len(numbers.overlaps) == 9
    for file, row in zip(view.files, numbers.true, strict=True):
        assert tuple(row) == boxed(int(file.stem), (32, 24))[1]
    for true, predicted, overlap in zip(numbers.true, numbers.predicted, numbers.overlaps, strict=True):
        assert overlap == pytest.approx(by_hand_overlap(true, predicted), abs=1e-6)
    assert sum(numbers.overlaps) / 9 > 0.3
    assert len(placed_view(tmp_path / "run", 2).files) == 2


def by_hand_overlap(one: np.ndarray, two: np.ndarray) -> float:
    across, down = (max(0.0, min(one[a + 2], two[a + 2]) - max(one[a], two[a])) for a in (0, 1))
    areas = [(each[2] - each[0]) * (each[3] - each[1]) for each in (one, two)]
    return float(across * down / (sum(areas) - across * down))


def test_pictures_of_several_sizes_keep_their_places(tmp_path: Path) -> None:
    write_boxes(tmp_path, 20, ((32, 24), (20, 40)), shares=True)
    project = box_project(resize="crop")
    project = replace(project, training=replace(project.training, epochs=1))
    trained(project, tmp_path, tmp_path / "run")
    view = placed_view(tmp_path / "run")
    assert view.shares and {common_size([file]) for file in view.files} == {(32, 24), (20, 40)}
    for file, row in zip(view.files, view.outputs[""].true, strict=True):
        number = int(file.stem)
        size = ((32, 24), (20, 40))[number % 2]
        wanted = [edge / size[place % 2] for place, edge in enumerate(boxed(number, size)[1])]
        placed = outputs_with_places(project)[""]
        assert drawn(list(BOX_NAMES), placed, seen_of(size, view.shares), row.tolist())[0].boxes[0] == pytest.approx(
            wanted, abs=1e-4
        )


def test_of_pictures_of_16_bits_it_is_known_what_is_white(tmp_path: Path) -> None:
    write_boxes(tmp_path, 20)
    with_12_bits(tmp_path / "shots")
    project = box_project()
    trained(replace(project, training=replace(project.training, epochs=1)), tmp_path, tmp_path / "run")
    view = placed_view(tmp_path / "run")
    assert view.white == picture_set(view, "").white == 4095


def test_numbers_that_are_not_known_to_be_places_are_none(tmp_path: Path) -> None:
    names = ("age", "weight", "length", "price")
    write_boxes(tmp_path, 20, names=names)
    project = box_project(names)
    assert not outputs_with_places(project) and not outputs_with_places(Project())
    project = replace(project, training=replace(project.training, epochs=1))
    trained(project, tmp_path, tmp_path / "run")
    with pytest.raises(RunError, match=r"No target of the run .* is known to say where something is"):
        placed_view(tmp_path / "run")


def test_places_are_told_whether_or_not_pictures_are_moved() -> None:
    still = box_project()
    assert isinstance(still.data, ImageData)
    moving = replace(still, data=replace(still.data, augment=(Augmentation("flip"),)))
    assert outputs_with_places(still) == outputs_with_places(moving) != {}
    assert outputs_with_places(still)[""].boxes == (("edges", BOX_NAMES),)
