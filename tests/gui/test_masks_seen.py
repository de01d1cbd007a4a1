"""Masks on the data page: which colour is which class, and a choice between the picture, its mask, and both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.data import mask_classes
from designer.gui.data.mask_classes import OTHER, MaskClasses, find_classes
from designer.gui.data.page import DataPage
from designer.gui.mask_paint import (
    BOTH,
    COLOURS,
    GROUND,
    KEYS,
    MASK,
    PICTURE,
    RARE,
    MaskBar,
    MaskLegend,
    colour_of,
    mask_image,
    paint_mask,
)
from designer.gui.theme import DARK, LIGHT
from designer.project.model import Augmentation, ImageData, Project, Split
from designer.training.wanted import Unwanted, while_wanted
from tests.helpers.data_page import choose_view, open_page
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes, write_masks
from tests.helpers.window import until

SIZE = ("image_input", {"height": 16, "width": 16})


def opened(qtbot: QtBot, folder: Path, values: tuple[int, ...] = (0, 128, 255)) -> DataPage:
    write_masks(folder / "cells", 8, values=values)
    data = ImageData("cells", Split(), "masks", augment=(Augmentation("flip", {"chance": 1.0}),))
    graph = chain(SIZE, ("conv2d", {"out_channels": 3, "padding": 1}), "output")
    page = open_page(qtbot, replace(graph, data=data), folder / "p.loom")
    grid = page.pictures.gallery.list
    until(lambda: grid.pictures.rowCount() == 8 and not grid.pictures.missing(grid.seen()), 20, "nothing is drawn")
    return page


def colours_in(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_the_legend_says_which_colour_is_which_class(qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(qtbot, tmp_path)
    bar = page.pictures.gallery.masks
    assert bar.isVisible() and bar.way == BOTH
    named = {word: colour.name() if colour is not None else "" for word, colour in bar.legend.entries}
    assert named == {"0": "", "128": COLOURS[0].lower(), "255": COLOURS[1].lower()}
    assert bar.legend.shown() == 3 and "0 (not painted), 128, 255" in bar.legend.toolTip()
    painted = colours_in(bar.legend.grab().toImage())
    assert {COLOURS[0].lower(), COLOURS[1].lower()} <= painted
    # the same colours lie on the pictures
    bar.ways.choose(MASK)
    seen = colours_in(page.pictures.gallery.list.viewport().grab().toImage())
    assert {COLOURS[0].lower(), COLOURS[1].lower(), GROUND.lower()} <= seen
    page.set_theme(DARK)
    assert bar.legend.theme is DARK


def test_mouse_and_key_choose_what_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(qtbot, tmp_path)
    gallery = page.pictures.gallery
    bar = gallery.masks
    assert KEYS in bar.ways.toolTip()
    looks = {}
    for place, way in enumerate((PICTURE, MASK, BOTH)):
        QTest.mouseClick(bar.ways, Qt.MouseButton.LeftButton, pos=bar.ways.tabRect(place).center())
        assert bar.way == gallery.list.tiles.mask_way == gallery.large.pane.mask_way == way
        assert bar.legend.isVisible() == (way != PICTURE)
        looks[way] = gallery.list.viewport().grab().toImage()
    assert looks[PICTURE] != looks[BOTH] != looks[MASK] != looks[PICTURE]
    for way in (PICTURE, MASK, BOTH):
        QTest.keyClick(page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        assert bar.way == way
    # the large picture goes by the same choice, and so does the preview
    gallery.take_keys()
    QTest.keyClick(gallery.list, Qt.Key.Key_Return)
    pane = gallery.large.pane
    until(lambda: pane.image is not None, 20, "no picture is shown large")
    assert pane.mask is not None
    both = pane.grab().toImage()
    bar.ways.choose(MASK)
    alone = colours_in(pane.grab().toImage())
    assert GROUND.lower() in alone and pane.grab().toImage() != both
    choose_view(page.pictures.views, "augmentation")
    preview = page.pictures.preview
    until(lambda: bool(preview.pictures.sampling.masks), 20, "nothing is tried")
    assert preview.masks.isVisible() and preview.pictures.mask_way == MASK
    sampling = preview.pictures.sampling
    # flipped with its picture
    before, after = sampling.masks[0][0], sampling.masks[1][0]
    assert after != before
    QTest.keyClick(page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert preview.pictures.mask_way == gallery.masks.way == BOTH


def test_pictures_without_masks_have_nothing_to_choose(qtbot: QtBot, tmp_path: Path) -> None:
    write_classes(tmp_path / "pets", 3)
    page = open_page(qtbot, Project(data=ImageData("pets")), tmp_path / "p.loom")
    until(lambda: page.pictures.gallery.list.pictures.rowCount() == 9, 20)
    assert not page.pictures.gallery.masks.isVisible()
    QTest.keyClick(page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert page.pictures.gallery.masks.way == BOTH


def test_a_mask_is_painted_alone_half_or_not() -> None:
    mask = mask_image(np.array([[0, 1]], dtype=np.uint8), clear=True)
    found = {}
    for way in (PICTURE, MASK, BOTH):
        image = QImage(2, 1, QImage.Format.Format_RGB32)
        image.fill(QColor("#ffffff"))
        painter = QPainter(image)
        paint_mask(painter, QRectF(0, 0, 2, 1), mask, way)
        painter.end()
        found[way] = [image.pixelColor(x, 0) for x in range(2)]
    assert [colour.name() for colour in found[PICTURE]] == ["#ffffff", "#ffffff"]
    assert [colour.name() for colour in found[MASK]] == [GROUND.lower(), COLOURS[0].lower()]
    assert found[BOTH][0].name() == "#ffffff"
    half = found[BOTH][1]
    assert (half.red(), half.green(), half.blue()) == pytest.approx((242, 207, 128), abs=2)


def test_every_class_has_a_colour_of_its_own() -> None:
    colours = [colour_of(code, True) for code in range(22)]
    assert colours[0] is None
    assert len({colour.name() for colour in colours if colour is not None}) == 21
    assert colour_of(0, False) is not None
    assert colour_of(OTHER, True) == QColor(RARE)


def test_classes_for_which_there_is_no_room_are_counted(qtbot: QtBot) -> None:
    legend = MaskLegend(LIGHT)
    qtbot.addWidget(legend)
    legend.show_classes(MaskClasses(tuple(range(40))))
    legend.resize(200, 20)
    few = legend.shown()
    assert 2 < few < 40 and "39" in legend.toolTip() and not legend.grab().isNull()
    legend.resize(4000, 20)
    assert legend.shown() == 40


def test_the_classes_are_those_that_training_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_masks(tmp_path / "cells", 6, values=(0, 7, 9)) / "masks"
    masks = sorted(folder.iterdir())
    assert find_classes(masks) == MaskClasses((0, 7, 9))
    masks[0].write_bytes(b"spoiled")
    assert find_classes(masks) == MaskClasses((0, 7, 9), more=True)
    monkeypatch.setattr(mask_classes, "MOST_MASKS", 2)
    assert find_classes(masks).more
    smooth = tmp_path / "smooth.png"
    soft = np.concatenate([np.full(3000, 0), np.full(3000, 255), np.arange(256)]).astype(np.uint8)
    Image.fromarray(np.resize(soft, (80, 78))).save(smooth)
    assert find_classes([smooth]) == MaskClasses((0, 255), smooth=True)
    assert find_classes([masks[0]]) == MaskClasses()


def test_a_thin_class_may_be_lost_in_large_masks_that_were_looked_at_smaller(tmp_path: Path) -> None:
    pixels = np.zeros((8, 2 * mask_classes.SIDE), np.uint8)
    pixels[:, -9:] = 7
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    Image.fromarray(pixels[:, -20:]).save(tmp_path / "small.png")
    assert find_classes([tmp_path / "small.png"]) == MaskClasses((0, 7))
    assert find_classes([tmp_path / "small.png", tmp_path / "wide.png"]) == MaskClasses((0, 7), more=True)


def test_masks_that_nobody_waits_for_are_not_looked_at(tmp_path: Path) -> None:
    masks = sorted((write_masks(tmp_path / "cells", 6) / "masks").iterdir())
    left = iter(range(2))
    with while_wanted(lambda: next(left, None) is not None), pytest.raises(Unwanted):
        find_classes(masks)


def test_the_bar_offers_nothing_without_masks(qtbot: QtBot) -> None:
    bar = MaskBar(LIGHT)
    qtbot.addWidget(bar)
    bar.show_for(None)
    bar.step()
    assert bar.isHidden() and bar.way == BOTH
