"""Results of masks: each picture with its true and its predicted mask, those least alike first."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.data.pictures_grid import PAIR, TILE
from designer.gui.mask_paint import COLOURS, GROUND, KEYS, MASK, PICTURE
from designer.gui.panels.mask_pictures import shown_words
from designer.gui.panels.results import ResultsPanel
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.project.file import save_project
from designer.project.model import ImageData, Split
from designer.training.mask_view import mask_view
from designer.workspace import verbs
from designer.workspace.session import Session
from tests.helpers.pictures import write_masks
from tests.helpers.training import with_training
from tests.helpers.window import click, until
from tests.unit.training.test_pictures import same_size


def trained_on_masks(folder: Path) -> Path:
    """A project with a run that has learned masks of two classes."""
    write_masks(folder / "cells", 24)
    project = replace(same_size(1, "bce"), data=ImageData("cells", Split(test=0.5, seed=2), "masks"))
    save_project(with_training(project, epochs=20, learning_rate=0.03), folder / "p.loom")
    list(verbs.train(verbs.prepare_run(folder / "p.loom")))
    return folder / "p.loom"


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path):
    tasks, session = Tasks(), Session.open(trained_on_masks(tmp_path))
    made = ResultsPanel(session, tasks, LIGHT, lambda: None, lambda: None)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    made.refresh()
    gallery = made.masks.gallery
    until(lambda: gallery.isVisible() and gallery.model.rowCount() == 12, what="no masks are shown")
    until(lambda: not gallery.model.missing(gallery.list.seen()), what="the pictures are not drawn")
    yield made
    tasks.close()
    session.close()


def tiles(panel: ResultsPanel) -> list[str]:
    model = panel.masks.gallery.model
    return [model.data(model.index(row)) for row in range(model.rowCount())]


def share_of(image: QImage, colour: str) -> float:
    wanted = QColor(colour).rgb()
    seen = [image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height())]
    return sum(seen) / len(seen)


def test_pairs_of_masks_are_seen_the_worst_first(panel: ResultsPanel) -> None:
    view = mask_view(panel.run)
    assert tiles(panel) == [f"IoU {share:.2f}" for share in view.overlaps]
    assert panel.caption.text() == "12 pictures, smallest IoU first, test part"
    gallery = panel.masks.gallery
    assert gallery.sides.isVisible() and gallery.masks.isVisible() and gallery.list.pictures.tile == PAIR
    assert [word for word, _ in gallery.masks.legend.entries] == ["0", "255"]
    gallery.masks.ways.choose(MASK)
    last = gallery.model.rowCount() - 1
    gallery.list.scrollToBottom()
    until(lambda: not gallery.model.missing(gallery.list.seen()))
    box = gallery.list.visualRect(gallery.model.index(last))
    whole = gallery.list.viewport().grab().toImage()
    middle = box.center().x()
    left, right = (whole.copy(at, box.top() + 8, 90, 90) for at in (middle - 96, middle + 4))
    # each side of the tile has as much of the class as the mask it stands for
    assert share_of(left, GROUND) > 0.2 and share_of(right, GROUND) > 0.2
    assert share_of(right, COLOURS[0]) == pytest.approx(float((view.predicted[last] == 1).mean()), abs=0.1)
    assert share_of(left, COLOURS[0]) > 0.05


def test_a_pair_is_looked_at_large_and_from_near_together(panel: ResultsPanel) -> None:
    gallery = panel.masks.gallery
    gallery.take_keys()
    QTest.keyClick(gallery.list, Qt.Key.Key_Return)
    large = gallery.large
    until(lambda: large.pane.image is not None and large.guess.image is not None)
    assert [head.text() for head in large.heads] == ["TRUE", "PREDICTED"] and large.heads[1].isVisible()
    assert large.pane.mask is not None and large.guess.mask is not None and large.pane.mask != large.guess.mask
    assert large.name.text().startswith("IoU ")
    large.guess.zoom_by(4.0, QPointF(20, 20))
    assert large.pane.zoom == large.guess.zoom > 1 and large.fit.isVisible()
    assert large.pane.area().topLeft() == large.guess.area().topLeft()
    before = large.guess.area().topLeft()
    QTest.mousePress(large.pane, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    QTest.mouseMove(large.pane, QPoint(20, 40))
    QTest.mouseRelease(large.pane, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    assert large.guess.area().topLeft() == large.pane.area().topLeft() != before
    click(large.fit)
    assert large.pane.zoom == large.guess.zoom == 1
    assert KEYS == "Ctrl+Shift+M"
    QTest.keyClick(large, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert large.pane.mask_way == large.guess.mask_way == gallery.masks.way == PICTURE
    QTest.keyClick(large, Qt.Key.Key_Right)
    until(lambda: gallery.list.currentIndex().row() == 1)
    QTest.keyClick(large, Qt.Key.Key_Escape)
    assert gallery.list.isVisible()
    panel.set_theme(DARK)
    assert large.guess.theme is DARK


def test_the_classes_that_are_confused_can_be_seen_instead(panel: ResultsPanel) -> None:
    assert [panel.looks.tabText(place) for place in range(2)] == ["Pictures", "Classes"]
    QTest.mouseClick(panel.looks, Qt.MouseButton.LeftButton, pos=panel.looks.tabRect(1).center())
    assert panel.pictures.currentWidget() is panel.matrix and panel.caption.text().startswith("Which classes")
    QTest.mouseClick(panel.looks, Qt.MouseButton.LeftButton, pos=panel.looks.tabRect(0).center())
    assert panel.pictures.currentWidget() is panel.masks and "smallest IoU first" in panel.caption.text()


def test_masks_that_are_gone_are_said_and_looked_for_again(panel: ResultsPanel) -> None:
    assert panel.session.path is not None
    cells = panel.session.path.parent / "cells"
    cells.rename(cells.with_name("moved"))
    panel.masks._run = None
    panel.refresh()
    until(lambda: panel.masks.said.isVisible() and "cells" in panel.masks.said.text())
    cells.with_name("moved").rename(cells)
    panel.refresh()
    until(lambda: panel.masks.gallery.isVisible())


def test_nothing_is_predicted_that_nobody_looks_at(panel: ResultsPanel) -> None:
    panel.hide()
    panel.masks._run = None
    panel.masks.show_run(panel.run)
    assert not panel.tasks.busy("Predicting masks") and panel.masks._stack.currentWidget() is panel.masks.said
    panel.show()
    until(lambda: panel.masks.gallery.isVisible())


def test_how_many_are_shown_is_said(panel: ResultsPanel) -> None:
    view = mask_view(panel.run, most=5)
    assert shown_words(view) == "The 5 with the smallest IoU of 12 pictures"


def test_pictures_without_a_guess_keep_their_tiles(panel: ResultsPanel) -> None:
    gallery = panel.masks.gallery
    pictures = gallery.model.pictures
    assert pictures is not None
    gallery.show_pictures(replace(pictures, guesses=None))
    assert gallery.list.pictures.tile == TILE and not gallery.sides.isVisible()
    assert gallery.list.gridSize().height() == TILE.height()


def test_whoever_gave_it_up_is_told_and_asked_again(panel: ResultsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    masks, go_on = panel.masks, threading.Event()
    view = mask_view(panel.run)
    monkeypatch.setattr("designer.training.mask_view.mask_view", lambda run: go_on.wait(60) and view)
    told: list[str] = []
    masks.tasks.changed.connect(told.append)
    masks._run = None
    panel.refresh()
    # what can be given up is what the status bar tells of
    until(lambda: "Predicting masks" in told)
    assert masks.said.isVisible()
    masks.tasks.cancel()
    until(lambda: "cancelled" in masks.said.text(), what=masks.said.text())
    go_on.set()
    panel.hide()
    panel.show()
    until(lambda: masks.gallery.isVisible())


def test_the_next_run_of_the_same_name_is_looked_at_anew(panel: ResultsPanel) -> None:
    before = panel.masks._run
    figures = panel.run / "metrics.json"
    os.utime(figures, ns=(1, 1))
    panel.refresh()
    until(lambda: panel.masks._run not in (before, None) and panel.masks.gallery.isVisible())
