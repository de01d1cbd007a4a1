"""The recipe of pictures says in order what is done to them, and switching a step edits the project."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest

from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.recipe import CHANGED, PICTURES, RecipeStep, recipe_in, set_way, switch_step
from designer.project.errors import EditError
from designer.project.model import Augmentation, Column, ImageData, Project
from tests.helpers.graphs import chain

AUGMENT = (Augmentation("cut_out", {"share": 0.25}, off=True), Augmentation("flip", {"chance": 1.0}))
SIZE = {"height": 64, "width": 48, "mode": "grey", "resize": "fit", "normalise": "imagenet"}


def project_of(data: ImageData, **fields: object) -> Project:
    layers = (("image_input", {**SIZE, **fields}), "flatten", ("linear", {"out_features": 3}), "output")
    return replace(chain(*layers), data=data)


PROJECT = project_of(ImageData("pets", augment=AUGMENT))


def step_of(project: Project, key: str) -> RecipeStep:
    return next(step for step in recipe_in(project) if (step.column, step.key) == ("", key))


def test_the_steps_in_order_with_their_figures() -> None:
    assert [(step.key, step.on, step.fixed, step.group) for step in recipe_in(PROJECT)] == [
        ("duplicates", False, False, PICTURES),
        ("unreadable", True, True, PICTURES),
        ("upright", True, True, PICTURES),
        ("colours", True, True, PICTURES),
        ("size", True, True, PICTURES),
        ("numbers", True, True, PICTURES),
        # as they are done, not as they were chosen
        ("augment 1", True, False, CHANGED),
        ("augment 0", False, False, CHANGED),
        ("normalise", True, False, PICTURES),
    ]
    said = {step.key: step.text for step in recipe_in(PROJECT)}
    assert said["colours"] == "Read as grey, 1 channel; 16 bits become 8, what is transparent white"
    assert said["size"] == "Brought to 48×64: the whole picture in its shape, with black beside or above it"
    assert said["augment 1"] == "Flip: left becomes right in 100% of the pictures"
    assert said["augment 0"] == "Cut-out: a black square hides 25% of the shorter side"
    assert said["normalise"].startswith("Normalised: by the means and deviations of ImageNet")


@pytest.mark.parametrize("layout", ["classes", "masks", "table", "pixels", "idx"])
def test_each_layout_has_the_steps_that_are_done_to_it(layout: str) -> None:
    column = Column("kind", "category", "target")
    columns = (column,) if layout in ("table", "pixels") else ()
    data = ImageData("pets", layout=layout, columns=columns)  # type: ignore[arg-type]
    keys = [step.key for step in recipe_in(project_of(data))]
    assert ("target" in keys) is bool(columns)
    assert ("unreadable" in keys) is ("upright" in keys) is (layout not in ("pixels", "idx"))
    assert {"duplicates", "colours", "size", "numbers", "normalise"} <= set(keys)
    assert ("masks alike" in step_of(project_of(data), "size").text) is (layout == "masks")


def test_columns_beside_pictures_are_prepared_too() -> None:
    beside = (Column("file", "image"), Column("age", missing="mean"), Column("kind", "category", "target"))
    project = project_of(ImageData("list.csv", layout="table", columns=beside))
    assert [step.key for step in recipe_in(project) if step.column] == ["missing", "scale"]
    off = switch_step(project, "age", "scale", on=False)
    assert off.data is not None and off.data.columns[1].off == ("scale",)


def test_without_an_image_input_nothing_says_size_or_normalising() -> None:
    keys = [step.key for step in recipe_in(Project(data=ImageData("pets")))]
    assert keys == ["duplicates", "unreadable", "upright", "numbers"]


def test_an_augmentation_is_switched_at_its_place() -> None:
    on = switch_step(PROJECT, "", step_of(PROJECT, "augment 0").key, on=True)
    assert isinstance(on.data, ImageData) and [each.off for each in on.data.augment] == [False, False]
    off = switch_step(on, "", step_of(on, "augment 1").key, on=False)
    assert isinstance(off.data, ImageData) and [each.off for each in off.data.augment] == [False, True]
    assert switch_step(switch_step(off, "", "augment 1", on=True), "", "augment 0", on=False) == PROJECT  # type: ignore[arg-type]


def test_normalising_is_switched_at_the_image_input() -> None:
    off = switch_step(PROJECT, "", "normalise", on=False)
    node = next(iter(off.graph.nodes.values()))
    assert node.fields["normalise"] == "none" and not step_of(off, "normalise").on
    on = switch_step(off, "", "normalise", on=True)
    assert next(iter(on.graph.nodes.values())).fields["normalise"] == "data"
    assert step_of(on, "normalise").text == step_of(off, "normalise").text
    assert set_way(on, "normalise", "imagenet") == PROJECT
    assert "the middle" in step_of(set_way(PROJECT, "size", "crop"), "size").text


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("size", "cannot be switched off: brought to 48×64.* The network needs all pictures in one size."),
        ("colours", "The network needs the same channels of all pictures."),
        ("unreadable", "Nothing can be learned from them."),
        ("augment 7", "no such step"),
    ],
)
def test_what_cannot_be_switched_says_why(key: str, why: str) -> None:
    with pytest.raises(EditError, match=why):
        switch_step(PROJECT, "", key, on=False)  # type: ignore[arg-type]
    assert all(step.why for step in recipe_in(PROJECT) if step.fixed)


@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_what_an_augmentation_says_has_each_of_its_figures(key: str) -> None:
    kind = AUGMENTATIONS[key]
    named = {name.rstrip("%") for _, name, _, _ in string.Formatter().parse(kind.said) if name}
    assert named == set(kind.fields)
    assert "{" not in kind.words({})
