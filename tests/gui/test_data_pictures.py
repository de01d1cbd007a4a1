"""Pictures on the data page: a gallery that decodes what is seen, and augmentation before and after."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.data.page import DataPage
from designer.gui.data.pictures_drawing import draw
from designer.gui.data.pictures_grid import PictureGrid
from designer.gui.data.pictures_listing import PictureSet, list_pictures, turns
from designer.gui.data.pictures_sampling import sample
from designer.gui.panels.reading import read_pictures
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.data_edits import (
    add_augmentation,
    remove_augmentation,
    set_augmentation_field,
    switch_augmentation,
)
from designer.project.errors import EditError
from designer.project.model import Augmentation, Column, ImageData, Project, Split
from designer.training.outlines import Outlines
from designer.workspace.session import Session
from tests.helpers.data_page import choose_view, open_page, type_into
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes, write_idx, write_masks, write_paths, write_pixels
from tests.helpers.window import rest, until


def project_of(data: ImageData, last: int = 3, loss: str = "cross_entropy", mode: str = "colour") -> Project:
    size = {"height": 16, "width": 16, "mode": mode}
    layers = (("image_input", size), "flatten", ("linear", {"out_features": last}), ("output", {"loss": loss}))
    return replace(chain(*layers), data=data)


def ready(page: DataPage, count: int) -> None:
    """Wait until so many pictures are shown, and those on the screen are drawn."""
    grid = page.pictures.gallery.list
    until(lambda: grid.pictures.rowCount() == count, 20, "the pictures are not listed")
    until(lambda: not grid.pictures.missing(grid.seen()), 20, "the pictures are not drawn")


def colours_of(place: int, pictures: PictureSet) -> set[tuple[int, int, int]]:
    image = draw(pictures, place, 96).image
    assert image is not None
    colours = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {(colour.red(), colour.green(), colour.blue()) for colour in colours}


@pytest.fixture
def page(qtbot, tmp_path: Path) -> DataPage:
    write_classes(tmp_path / "pets", 10)
    page = open_page(qtbot, project_of(ImageData("pets", Split(seed=3))), tmp_path / "pets.loom")
    ready(page, 30)
    return page


def test_the_gallery_shows_a_picture_of_each_class_in_turn_and_counts_them(page):
    model = page.pictures.gallery.model
    assert [model.index(row).data() for row in range(4)] == ["class 0", "class 1", "class 2", "class 0"]
    assert page.pictures.counts() == {"class 0": 10, "class 1": 10, "class 2": 10}
    assert page.size.text() == "30 pictures of 3 classes"
    until(lambda: page.side.words.words.get("Size") == "16×16 pixels", 20)
    assert page.side.words.words["Colours"] == "Colour"
    said = model.said_of(int(model.numbers[0]))
    assert "class 0/" in said and "16×16 pixels" in said and any(word in said for word in ("Training", "Test"))


def test_pictures_are_filtered_by_class_and_part_and_all_come_back(page):
    gallery = page.pictures.gallery
    gallery.label.setFocus()
    QTest.keyClick(gallery.label, Qt.Key.Key_Down)
    assert gallery.label.currentData() == "class 0" and gallery.model.rowCount() == 10
    QTest.keyClick(gallery.part, Qt.Key.Key_End)
    assert gallery.part.currentData() == "test"
    shown = gallery.model.rowCount()
    assert 0 < shown < 10 and gallery.counted.text() == f"{shown} of 30 pictures"
    QTest.mouseClick(gallery.every, Qt.MouseButton.LeftButton)
    assert gallery.model.rowCount() == 30 and gallery.every.isHidden()


def test_what_cannot_be_read_is_shown_with_the_reason(qtbot, tmp_path):
    write_classes(tmp_path / "pets", 3)
    (tmp_path / "pets" / "class 1" / "<img src=x>.png").write_bytes(b"no picture")
    page = open_page(qtbot, project_of(ImageData("pets")), tmp_path / "pets.loom")
    ready(page, 10)
    until(lambda: bool(page.pictures.unreadable()), 20)
    assert page.pictures.unreadable()[0][0] == "class 1/<img src=x>.png"
    assert "no picture of a known format" in page.pictures.unreadable()[0][1]
    model = page.pictures.gallery.model
    spoiled = [model.said_of(int(number)) for number in model.numbers if "<img" in model.said_of(int(number))]
    assert len(spoiled) == 1 and "no picture of a known format" in spoiled[0]


def test_parts_follow_the_split_while_the_pictures_stay(page):
    pictures = page.pictures.gallery.model.pictures
    data = page.session.project.data
    page.session.do("Split", replace(page.session.project, data=replace(data, split=Split(test=0.4, seed=3))))
    until(lambda: page.pictures.pictures is not pictures, 20)
    ready(page, 30)
    assert page.pictures.pictures.part_counts()["test"] == 12


def test_pictures_of_a_table_show_labels_or_the_numbers_and_where_they_point(tmp_path):
    write_paths(tmp_path, 6)
    columns = (Column("file", "image"), Column("kind", "category", "target"), Column("x", role="ignored"),
               Column("y", role="ignored"))  # fmt: skip
    data = ImageData("list.csv", layout="table", columns=columns)
    labelled = list_pictures(project_of(data), data, tmp_path)
    assert set(labelled.classes) <= {"left", "right"} and labelled.label(0) in ("left", "right")
    columns = (Column("file", "image"), Column("kind", "category", "ignored"), Column("x", role="target"),
               Column("y", role="target"))  # fmt: skip
    data = ImageData("list.csv", layout="table", columns=columns)
    pointed = list_pictures(project_of(data, 2, "mse"), data, tmp_path)
    assert pointed.numbered == ("x", "y") and len(pointed.label(0).split()) == 2
    assert pointed.numbers is not None and not pointed.shares
    across, down = (pointed.numbers[0] / 16).tolist()
    assert draw(pointed, 0, 96).outlines == Outlines(points=((across, down),))
    assert not draw(labelled, 0, 96).outlines


def test_masks_lie_over_the_pictures_half_transparent(tmp_path):
    write_masks(tmp_path / "cells", 4)
    (tmp_path / "cells" / "masks" / "000_mask.png").unlink()
    data = ImageData("cells", layout="masks")
    pictures = list_pictures(project_of(data), data, tmp_path)
    assert len(pictures) == 3 and "no mask" in pictures.left_out[0][1]
    drawn, plain = draw(pictures, 0, 96), draw(replace(pictures, masks=()), 0, 96)
    assert plain.mask is None and drawn.mask is not None and drawn.image == plain.image
    assert {drawn.mask.pixelColor(x, y).alpha() for x in range(96) for y in range(96)} == {0, 255}


def test_pixels_in_columns_and_idx_files_are_pictures_too(tmp_path):
    write_pixels(tmp_path / "digits.csv", 12)
    data = ImageData("digits.csv", layout="pixels", columns=(Column("label", "category", "target"),))
    columns = list_pictures(project_of(data), data, tmp_path)
    assert len(columns) == 12 and columns.classes == ("0", "1", "2") and draw(columns, 0, 96).size == (8, 8)
    write_idx(tmp_path / "mnist", "train", 9)
    write_idx(tmp_path / "mnist", "t10k", 6)
    data = ImageData("mnist", Split("folders"), "idx")
    files = list_pictures(project_of(data), data, tmp_path)
    assert len(files) == 15 and files.part_counts()["test"] == 6 and files.in_folders


def test_pictures_of_sixteen_bits_are_not_dark(tmp_path):
    place = tmp_path / "deep" / "a"
    place.mkdir(parents=True)
    Image.fromarray(np.full((8, 8), 4000, dtype=np.uint16)).save(place / "0.png")
    (tmp_path / "deep" / "b").mkdir()
    Image.fromarray(np.full((8, 8), 2000, dtype=np.uint16)).save(tmp_path / "deep" / "b" / "0.png")
    data = ImageData("deep")
    pictures = list_pictures(project_of(data), data, tmp_path)
    assert min(colours_of(0, pictures))[0] > 240


def test_pictures_of_sixteen_bits_are_as_bright_beside_each_other_as_a_network_sees_them(tmp_path):
    """By the bits of each alone, one of 3,000 would be brighter than one of 6,000."""
    for name, value in (("a", 3_000), ("b", 6_000)):
        (tmp_path / "deep" / name).mkdir(parents=True)
        for number in range(12):
            Image.fromarray(np.full((8, 8), value, np.uint16)).save(tmp_path / "deep" / name / f"{number}.png")
    data = ImageData("deep")
    pictures = list_pictures(project_of(data), data, tmp_path)
    assert pictures.white == 16_383
    shown = [min(colours_of(place, pictures))[0] for place in (0, 12)]
    assert shown == [3_000 * 255 // 16_383, 6_000 * 255 // 16_383]
    before = [picture.pixels[0] for picture in read_pictures(tmp_path / "deep", 2)]
    assert before == shown


@pytest.mark.alone
def test_sixty_thousand_pictures_scroll_without_waiting(qtbot):
    count = 60_000
    codes = np.arange(count) % 10
    pixels = np.zeros((count, 1, 4, 4), dtype=np.uint8)
    pictures = PictureSet(
        codes, np.zeros(count, dtype=np.int8), tuple("abcdefghij"), pixels=pixels, in_turns=turns(codes)
    )
    tasks = Tasks()
    grid = PictureGrid(LIGHT, tasks)
    qtbot.addWidget(grid)
    grid.resize(900, 700)
    grid.show()
    began = time.perf_counter()
    grid.pictures.show_pictures(pictures, pictures.chosen(None, None))
    rest()
    longest = 0.0
    for step in range(20):
        start = time.perf_counter()
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() * step // 20)
        grid.repaint()
        longest = max(longest, time.perf_counter() - start)
    assert time.perf_counter() - began < 5.0 and longest < 0.5
    qtbot.waitUntil(lambda: not grid.pictures.missing(grid.seen()), timeout=10_000)
    assert len(grid.pictures._drawn) < 500
    tasks.close()


def test_augmentation_is_added_set_switched_off_removed_and_undone(page):
    choose_view(page.pictures.views, "augmentation")
    augment, session = page.pictures.augment, page.session
    augment.menu.aboutToShow.emit()
    assert [action.text() for action in augment.menu.actions()] == [kind.title for kind in AUGMENTATIONS.values()]
    next(action for action in augment.menu.actions() if action.text() == "Rotate").trigger()
    next(action for action in augment.menu.actions() if action.text() == "Flip").trigger()
    assert [each.key for each in session.project.data.augment] == ["flip", "rotate"]
    augment.menu.aboutToShow.emit()
    assert not {"Flip", "Rotate"} & {action.text() for action in augment.menu.actions()}
    type_into(augment.cards[1].form, "degrees", "40")
    assert session.project.data.augment[1].fields["degrees"] == 40.0
    QTest.mouseClick(augment.cards[0].on, Qt.MouseButton.LeftButton)
    assert session.project.data.augment[0].off and page.pictures.views.tabText(1) == "Augmentation (1)"
    augment.cards[0].remove.setFocus()
    QTest.keyClick(augment.cards[0].remove, Qt.Key.Key_Space)
    assert [each.key for each in session.project.data.augment] == ["rotate"]
    for _ in range(5):
        session.undo()
    assert session.project.data.augment == () and not augment.cards


def test_pictures_are_seen_before_and_after_and_change_by_another_chance(page):
    choose_view(page.pictures.views, "augmentation")
    preview = page.pictures.preview
    assert preview.nothing.isVisible() and not preview.again.isEnabled()
    page.session.do("Add", add_augmentation(page.session.project, "noise"))
    until(lambda: bool(preview.pictures.sampling.after), 20, "nothing is tried")
    first = preview.pictures.sampling
    until(lambda: len(preview.pictures.sampling.before) == preview.pictures.across(), 20, "not as many as fit")
    first = preview.pictures.sampling
    assert len(first.after) == 3
    assert first.after[0][0] != first.after[1][0] != first.before[0]
    QTest.keyClick(page, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: preview.pictures.sampling is not first, 20, "Ctrl+R does nothing")
    second = preview.pictures.sampling
    assert second.before == first.before and second.after != first.after
    QTest.mouseClick(preview.others, Qt.MouseButton.LeftButton)
    until(lambda: preview.pictures.sampling.before != second.before, 20, "no other pictures come")


def test_the_preview_is_what_training_makes_of_them(tmp_path):
    import torch

    from designer.runtime import augmentation
    from designer.runtime.batches import Part

    write_classes(tmp_path / "pets", 4)
    data = ImageData("pets", augment=(Augmentation("flip", {"chance": 1.0}),))
    project = project_of(data)
    pictures = list_pictures(project, data, tmp_path)
    found = sample(project, data, pictures, 2, 0, 0)
    image = found.before[0].convertToFormat(found.before[0].Format.Format_RGB888)
    before = np.frombuffer(image.constBits(), np.uint8).reshape(16, image.bytesPerLine())[:, :48].reshape(16, 16, 3)
    part = Part((torch.from_numpy(before.copy()).permute(2, 0, 1)[None].float() / 255,), torch.zeros(1))
    flipped = augmentation.flip(part, 1.0).inputs[0][0].permute(1, 2, 0)
    wanted = (flipped * 255).round().byte().numpy()
    image = found.after[0][0].convertToFormat(found.before[0].Format.Format_RGB888)
    after = np.frombuffer(image.constBits(), np.uint8).reshape(16, image.bytesPerLine())[:, :48].reshape(16, 16, 3)
    assert np.array_equal(after, wanted)


def test_masks_are_moved_with_their_pictures_and_mixed_ones_are_shown(tmp_path):
    write_masks(tmp_path / "cells", 8)
    data = ImageData(
        "cells", layout="masks", augment=(Augmentation("flip_vertical", {"chance": 1.0}), Augmentation("mixup"))
    )
    project = project_of(data, 2)
    pictures = list_pictures(project, data, tmp_path)
    found = sample(project, data, pictures, 3, 1, 0)
    assert len(found.after) == 3 and not found.trouble


def test_moving_pictures_with_half_a_point_is_refused_with_the_sentence(qtbot, tmp_path):
    write_paths(tmp_path, 12)
    columns = (Column("file", "image"), Column("kind", "category", "ignored"),
               Column("x", role="target", place="x"), Column("y", role="target", place="none"))  # fmt: skip
    data = ImageData("list.csv", layout="table", columns=columns, augment=(Augmentation("rotate"),))
    page = open_page(qtbot, project_of(data, 2, "mse"), tmp_path / "numbers.loom")
    ready(page, 12)
    choose_view(page.pictures.views, "augmentation")
    trouble = page.pictures.preview.trouble
    until(lambda: trouble.isVisible(), 20, "nothing is said")
    assert "“Rotate” moves what is in the pictures" in trouble.text()


def test_edits_of_augmentation_refuse_what_is_not_there():
    project = project_of(ImageData("pets", augment=(Augmentation("flip"),)))
    for edit in (
        lambda: add_augmentation(project, "flip"),
        lambda: add_augmentation(project, "fly"),
        lambda: remove_augmentation(project, 1),
        lambda: set_augmentation_field(project, 0, "chance", 2.0),
        lambda: set_augmentation_field(project, 0, "speed", 2.0),
        lambda: switch_augmentation(Project(), 0, True),
    ):
        with pytest.raises(EditError):
            edit()
    assert switch_augmentation(project, 0, True) is project


def test_both_themes_are_drawn(page):
    page.set_theme(DARK)
    ready(page, 30)
    assert not page.grab().isNull()


def test_the_listing_can_be_cancelled_and_begun_anew(qtbot, tmp_path, monkeypatch):
    import threading

    from designer.gui.data import pictures_page

    write_classes(tmp_path / "pets", 2)
    go_on = threading.Event()

    def slow(*arguments: object) -> PictureSet:
        go_on.wait(20)
        return list_pictures(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pictures_page, "list_pictures", slow)
    page = DataPage(Session.new(project_of(ImageData("pets")), tmp_path / "pets.loom"), LIGHT)
    qtbot.addWidget(page)
    page.show()
    until(lambda: page.busy.isVisible() and page.pictures.busy, 20, "nobody says that pictures are read")
    QTest.mouseClick(page.busy.cancel, Qt.MouseButton.LeftButton)
    assert page.pictures.isVisible() and "cancelled" in page.side.trouble.text() and not page.pictures.busy
    go_on.set()
    QTest.mouseClick(page.side.again, Qt.MouseButton.LeftButton)
    ready(page, 6)
