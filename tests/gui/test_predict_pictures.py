"""Predictions for pictures: seen with the class of each, or with the mask over it, and saved with their table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.mask_paint import BOTH, PICTURE
from designer.gui.numbers import figure
from designer.gui.predict.dialog import PredictDialog
from designer.gui.theme import DARK
from designer.project.model import ImageData, Split
from designer.workspace import verbs
from tests.gui.test_plain_text import offenders
from tests.helpers.pictures import BOX_NAMES, write_boxes, write_classes, write_masks, write_pixels
from tests.helpers.predicting import answered, column, heads, opening, typed
from tests.helpers.training import with_training
from tests.helpers.window import FileDialogs, click, until
from tests.unit.training.test_pictures import flat, same_size

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., PredictDialog]]:
    yield from opening(qtbot, tmp_path)


def test_pictures_are_seen_with_their_classes(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, dialogs = write_classes(tmp_path / "pets", 6), FileDialogs(monkeypatch)
    dialog = opened(replace(flat(3, "cross_entropy", mode="colour"), data=ImageData("pets")), "<b>run</b>")
    assert dialog.windowTitle() == "Predict with <b>run</b>"
    (folder / "class 1" / "spoiled <i>.png").write_bytes(b"no")
    dialogs.answers.append(str(folder))
    click(dialog.folder)
    answered(dialog)
    gallery = dialog.result.gallery
    assert dialog.result.summary.text() == "19 pictures, 1 without an answer"
    assert "class 1/spoiled <i>.png" in dialog.result.notes.notes[0]
    assert gallery.isVisible() and gallery.model.rowCount() == 18
    until(lambda: not gallery.model.missing(gallery.list.seen()), what="they are not drawn")
    label = gallery.model.data(gallery.model.index(0))
    word, share = label.split(" · ")
    assert word in ("class 0", "class 1", "class 2") and share.endswith("%")
    # one class alone, and one of its pictures large
    gallery.choose_label(word)
    assert 0 < gallery.model.rowCount() < 19
    gallery.take_keys()
    QTest.keyClick(gallery.list, Qt.Key.Key_Return)
    until(lambda: gallery.large.pane.image is not None)
    assert not gallery.large.guess.isVisible()
    QTest.mouseClick(dialog.result.looks, Qt.MouseButton.LeftButton, pos=dialog.result.looks.tabRect(1).center())
    assert dialog.result.table.isVisible() and heads(dialog)[:2] == ["file", "predicted"]
    assert not offenders(dialog)
    dialog.set_theme(DARK)
    assert dialog.result.table.rows_model.theme is DARK and gallery.theme is DARK
    # one picture
    typed(dialog, folder / "class 2" / "0.png")
    answered(dialog)
    assert dialog.result.summary.text() == "1 picture"


def test_masks_lie_over_the_pictures_and_are_saved_with_the_table(
    opened: Callable[..., PredictDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogs, images = FileDialogs(monkeypatch), write_masks(tmp_path / "cells", 24) / "images"
    project = replace(same_size(1, "bce"), data=ImageData("cells", Split(), "masks"))
    project = with_training(project, learning_rate=0.03)
    dialog = opened(project, epochs=25)
    typed(dialog, images)
    answered(dialog)
    gallery = dialog.result.gallery
    until(lambda: gallery.model.rowCount() == 24 and not gallery.model.missing(gallery.list.seen()))
    assert gallery.masks.isVisible() and gallery.masks.way == BOTH
    assert [word for word, _ in gallery.masks.legend.entries] == ["0", "255"]
    drawn = gallery.model.look(0)
    assert drawn is not None and drawn[1].mask is not None
    both = gallery.list.viewport().grab().toImage()
    QTest.keyClick(gallery.list, Qt.Key.Key_M, CONTROL_SHIFT)
    assert gallery.masks.way == PICTURE and gallery.list.viewport().grab().toImage() != both
    dialogs.answers.append(str(tmp_path / "masks.csv"))
    click(dialog.save)
    until(lambda: dialog.said.text().startswith("Saved"))
    assert len(list((tmp_path / "masks_masks").iterdir())) == 24
    assert dialog.answers is not None and dialog.answers.found.masks is not None
    kept = dialog.answers.found.masks
    dialog.close()
    # what was only looked at is gone
    assert not kept.exists()


def test_pixels_in_columns_are_seen_as_pictures(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    table = write_pixels(tmp_path / "digits.csv", 24)
    made = verbs.new(table, "label", "", tmp_path / "p.loom")
    dialog = opened(made.project)
    typed(dialog, table)
    answered(dialog)
    assert dialog.result.gallery.model.rowCount() == 24 and dialog.result.gallery.isVisible()


def test_what_is_given_back_of_a_picture_stands_in_the_table_alone(
    opened: Callable[..., PredictDialog], tmp_path: Path
) -> None:
    folder = write_classes(tmp_path / "pets", 4)
    dialog = opened(verbs.new(folder, None, "autoencoder", tmp_path / "p.loom").project)
    typed(dialog, folder)
    answered(dialog)
    model = dialog.result.gallery.model
    assert model.rowCount() == 12 and model.data(model.index(0)) == "0.png"
    assert heads(dialog)[0] == "file" and len(heads(dialog)) > 12


def test_where_things_are_said_to_be_is_drawn_over_the_pictures(
    opened: Callable[..., PredictDialog], tmp_path: Path
) -> None:
    table = write_boxes(tmp_path, 12, ((32, 24),))
    dialog = opened(verbs.new(table, None, "", tmp_path / "p.loom").project)
    typed(dialog, tmp_path / "shots")
    answered(dialog)
    gallery = dialog.result.gallery
    until(lambda: gallery.model.rowCount() == 12 and not gallery.model.missing(gallery.list.seen()))
    pictures, drawn = gallery.model.pictures, gallery.model.look(0)
    assert pictures is not None and drawn is not None and gallery.outlines.isVisible()
    wanted = [column(dialog, f"predicted_{name}")[0] for name in BOX_NAMES]
    assert [figure(value) for value in pictures.predicted[0].tolist()] == wanted
    assert not drawn[1].outlines and len(drawn[1].predicted.boxes) == 1 and not pictures.shares
    # without the table that was trained with nobody knows what the numbers count
    table.unlink()
    typed(dialog, tmp_path / "shots")
    answered(dialog)
    assert gallery.model.pictures is not None and gallery.model.pictures.predicted is None
