"""The recipe of pictures: each step seen on real pictures, switched by a click on its box, undone; as training does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from designer.gui.data.page import DataPage
from designer.gui.data.picture_changes import LISTED, OFF, PictureChange, picture_change, states_of
from designer.gui.data.pictures_listing import list_pictures
from designer.gui.data.pictures_looks import in_one_light
from designer.layers.recipe import RecipeStep, recipe_in
from designer.project.model import Augmentation, Column, ImageData, Project, Split
from designer.training.prepare import read_data
from tests.helpers.data_page import choose_view, open_page
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes, write_idx, write_masks, write_paths, write_pixels
from tests.helpers.window import until

LEFT = Qt.MouseButton.LeftButton
AUGMENT = (Augmentation("noise"), Augmentation("flip", {"chance": 1.0}), Augmentation("rotate", off=True))
ALL_TRAINED = Split(validation=0.0, test=0.0)


def project_of(data: ImageData, **fields: object) -> Project:
    size = {"height": 12, "width": 10, "mode": "grey", "resize": "fit", "normalise": "imagenet", **fields}
    layers = (("image_input", size), "flatten", ("linear", {"out_features": 3}), "output")
    return replace(chain(*layers), data=data)


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> DataPage:
    folder = write_classes(tmp_path / "pets", 6)
    (folder / "class 2" / "again.png").write_bytes((folder / "class 2" / "0.png").read_bytes())
    (folder / "class 1" / "spoiled.png").write_bytes(b"no picture")
    project = project_of(ImageData("pets", Split(seed=3), augment=AUGMENT), normalise="data")
    page = open_page(qtbot, project, tmp_path / "pets.loom")
    until(lambda: bool(page.pictures.unreadable()), 30, "the pictures are not looked through")
    choose_view(page.pictures.sides, "recipe")
    return page


def place_of(page: DataPage, key: str) -> int:
    rows = page.pictures.recipe.page.model.rows
    return next(place for place, row in enumerate(rows) if isinstance(row, RecipeStep) and row.key == key)


def look_at(page: DataPage, key: str) -> PictureChange:
    """Click on the words of a step, and wait for what it makes of pictures."""
    recipe = page.pictures.recipe
    index = recipe.page.model.index(place_of(page, key))
    recipe.page.list.scrollTo(index)
    QTest.mouseClick(recipe.page.list.viewport(), LEFT, pos=recipe.page.list.visualRect(index).center())
    until(lambda: recipe.change is not None and recipe.change.key == key, 20, f"{key} is not shown at work")
    assert recipe.change is not None and recipe.said.text() == recipe.change.said
    assert recipe.strip.isVisible() is bool(recipe.change.sampling.before)
    view = recipe.page.list
    until(lambda: view.viewport().rect().contains(view.visualRect(index)), 10, "the chosen step is out of sight")
    return recipe.change


def switch(page: DataPage, key: str) -> None:
    """Click on the box of a step."""
    view = page.pictures.recipe.page.list
    index = page.pictures.recipe.page.model.index(place_of(page, key))
    view.scrollTo(index)
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = view.visualRect(index)
    view.itemDelegate().initStyleOption(option, index)
    box = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
    QTest.mouseClick(view.viewport(), LEFT, pos=box.center())


def is_on(page: DataPage, key: str) -> bool:
    return next(step.on for step in recipe_in(page.session.project) if step.key == key)


@pytest.mark.parametrize("key", ["augment 1", "augment 0", "normalise"])
def test_a_step_is_seen_on_pictures_switched_off_by_its_box_and_undone(page: DataPage, key: str) -> None:
    project = page.session.project
    change = look_at(page, key)
    assert change.sampling.before and change.sampling.before != change.sampling.after[0]
    switch(page, key)
    assert not is_on(page, key)
    recipe = page.pictures.recipe
    until(lambda: recipe.change is not None and recipe.change.said == OFF, 20, "it is not looked at anew")
    assert recipe.change is not None and recipe.change.sampling.before == recipe.change.sampling.after[0]
    page.session.undo()
    assert page.session.project == project
    until(lambda: recipe.change is not None and recipe.change.said != OFF, 20, "it is not looked at anew")
    switch(page, key)
    switch(page, key)
    assert page.session.project == project


def test_copies_are_counted_and_left_out_by_a_click(page: DataPage) -> None:
    assert look_at(page, "duplicates").said == "1 of 20 pictures would be left out."
    switch(page, "duplicates")
    recipe = page.pictures.recipe
    said = "1 of 20 pictures are left out."
    until(lambda: recipe.change is not None and recipe.change.said == said, 20, "it is not counted anew")
    assert recipe.change is not None
    assert [len(recipe.change.sampling.before), len(recipe.change.sampling.after[0])] == [2, 1]
    page.session.undo()
    assert not is_on(page, "duplicates")


def test_what_is_always_done_says_why_and_has_no_box(page: DataPage) -> None:
    assert look_at(page, "size").said == "16×16 → 10×12"
    recipe = page.pictures.recipe.page
    assert recipe.why.isVisible() and recipe.why.text().endswith("The network needs all pictures in one size.")
    assert recipe.list.currentIndex().data(Qt.ItemDataRole.CheckStateRole) is None
    assert look_at(page, "colours").said == "colour → grey"
    assert look_at(page, "unreadable").said.startswith("1 picture cannot be read: class 1/spoiled.png: no picture of")
    assert look_at(page, "numbers").said.startswith("Values ")


def test_another_way_of_a_step_is_chosen_beneath_it(page: DataPage) -> None:
    look_at(page, "normalise")
    way = page.pictures.recipe.page.way
    assert [way.itemData(row) for row in range(way.count())] == ["none", "data", "imagenet"]
    assert way.currentData() == "data"
    way.setFocus()
    QTest.keyClick(way, Qt.Key.Key_Down)
    node = next(iter(page.session.project.graph.nodes.values()))
    assert node.fields["normalise"] == "imagenet"
    page.session.undo()
    assert way.currentData() == "data"


def deep(folder: Path) -> ImageData:
    """Pictures of 16 bits, with alpha, lying at the side, of other shapes, spoiled, and one of them twice."""
    write_classes(folder / "pets", 4)
    place = folder / "pets" / "class 0"
    chance = np.random.default_rng(0)
    Image.fromarray(chance.integers(0, 4000, (20, 9), dtype=np.uint16)).save(place / "deep.png")
    Image.fromarray(chance.integers(0, 255, (7, 18, 4), dtype=np.uint8)).save(place / "clear.png")
    lying = Image.fromarray(chance.integers(0, 255, (8, 14, 3), dtype=np.uint8))
    notes = Image.Exif()
    notes[0x0112] = 6
    lying.save(place / "lying.png", exif=notes)
    (place / "spoiled.png").write_bytes(b"no picture")
    (place / "again.png").write_bytes((place / "lying.png").read_bytes())
    return ImageData("pets", layout="classes")


def pixels(folder: Path) -> ImageData:
    write_pixels(folder / "digits.csv", 9)
    return ImageData("digits.csv", layout="pixels", columns=(Column("label", "category", "target"),))


def paths(folder: Path) -> ImageData:
    write_paths(folder, 8)
    columns = (Column("file", "image"), Column("kind", "category", "target"))
    return ImageData("list.csv", layout="table", columns=columns)


def masks(folder: Path) -> ImageData:
    write_masks(folder / "cells", 8)
    return ImageData("cells", layout="masks")


def idx(folder: Path) -> ImageData:
    write_idx(folder / "mnist", "train", 9)
    return ImageData("mnist", layout="idx")


@pytest.mark.parametrize("normalise", ["none", "data", "imagenet"])
@pytest.mark.parametrize("write", [deep, pixels, paths, masks, idx])
def test_the_steps_done_in_the_listed_order_are_what_training_does(write, normalise: str, tmp_path: Path) -> None:
    augment = (Augmentation("noise"), Augmentation("colour"), Augmentation("flip", {"chance": 1.0}), *AUGMENT[2:])
    data = replace(write(tmp_path), split=ALL_TRAINED, drop_duplicates=True, augment=augment)
    project = project_of(data, normalise=normalise)
    if data.layout == "masks":
        project = replace(
            chain(
                ("image_input", {"height": 12, "width": 10, "resize": "fit", "normalise": normalise}),
                ("conv2d", {"out_channels": 2, "kernel_size": 1}),
                "output",
            ),
            data=data,
        )
    train = read_data(project, tmp_path).train
    pictures = in_one_light(list_pictures(project, data, tmp_path))
    places, states = states_of(project, pictures, count=len(pictures))
    steps = [step for step in recipe_in(project) if not step.column and step.key not in LISTED]
    assert len(states) == len(steps) + 1 and len(places) == len(train)
    brought, done = states[[step.key for step in steps].index("numbers")], states[-1]
    assert not isinstance(brought, list) and not isinstance(done, list)
    # the same pictures, each once, whatever the order in which they were divided
    same = (brought.inputs[0][:, None] == train.inputs[0][None]).flatten(2).all(dim=2)
    assert torch.equal(same.sum(dim=1), torch.ones(len(train), dtype=torch.int64))
    batch = train.rows(same.int().argmax(dim=1))
    assert batch.augment is not None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        expected = batch.augment(batch.ready())
    torch.testing.assert_close(done.inputs[0], expected.inputs[0], atol=1e-5, rtol=1e-4)


def test_columns_beside_pictures_are_switched_here_and_opened_in_detail(qtbot: QtBot, tmp_path: Path) -> None:
    columns = (*paths(tmp_path).columns, Column("x"))
    page = open_page(qtbot, project_of(ImageData("list.csv", layout="table", columns=columns)), tmp_path / "list.loom")
    choose_view(page.pictures.sides, "recipe")
    recipe = page.pictures.recipe.page
    switch(page, "scale")
    assert page.session.project.data is not None and page.session.project.data.columns[2].off == ("scale",)
    recipe.choose("x", "missing")
    recipe.way.setFocus()
    QTest.keyClick(recipe.way, Qt.Key.Key_Down)
    assert page.session.project.data.columns[2].missing == recipe.way.currentData() != "mean"
    QTest.mouseClick(recipe.details, LEFT)
    assert page.pictures.columns.isVisible() and page.pictures.columns.detail.isVisible()
    assert page.pictures.columns.detail.name.text() == "x"


def test_a_target_of_rows_is_not_seen_on_pictures(tmp_path: Path) -> None:
    data = paths(tmp_path)
    project = project_of(data)
    assert picture_change(project, list_pictures(project, data, tmp_path), "target") == PictureChange("target")
