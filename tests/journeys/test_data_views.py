"""From data of every other kind to a trained network: deep grey pictures, masks, a monthly series, reviews."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from designer.gui.data.page import DataPage
from designer.gui.window import MainWindow
from designer.project.model import Augmentation, ImageData, TableData, Windows
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.data_page import choose_view, type_into
from tests.helpers.pictures import write_masks
from tests.helpers.series import sentences
from tests.helpers.training import write_csv
from tests.helpers.window import FileDialogs, click, keys, open_window, press_create, until

pytestmark = pytest.mark.slow
CONTROL = Qt.KeyboardModifier.ControlModifier
EPOCHS = 2


@contextmanager
def begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[MainWindow, DataPage]]:
    """A new project from ``path``: the welcome page's button, the file, the dialog's own suggestion, Create."""
    dialogs = FileDialogs(monkeypatch)
    dialogs.answers.append(str(path))
    with open_window() as window:
        press_create()
        click(window.welcome.images if path.is_dir() else window.welcome.table)
        until(lambda: window.editing and window.workbench is not None, 60, "the new project was not shown")
        assert window.workbench is not None
        page = window.workbench.data
        if not page.isVisible():
            window.show_panel("data")
        until(lambda: page.table.isVisible() or page.pictures.isVisible(), 60, "the data was not read")
        yield window, page


def trained(window: MainWindow) -> None:
    """Two epochs, begun by its key; what was measured is there and finite."""
    bench = window.workbench
    assert bench is not None
    window.show_panel("training")
    until(lambda: bench.training.form.isVisible(), 20)
    type_into(bench.training.form, "epochs", str(EPOCHS))
    assert window.session.project.training.epochs == EPOCHS
    until(lambda: bench.checker.current, 60, "the project was not checked")
    assert bench.checker.analysis.ok, bench.checker.analysis.problems
    keys(window, Qt.Key.Key_F5)
    until(lambda: window.run.state == "running" or window.run.folder is not None, 60, f"no run: {window.run.message}")
    until(lambda: window.run.state == "idle", 120, "the training does not end")
    assert window.run.folder is not None and (window.run.folder / "metrics.json").exists(), window.run.message
    assert not window.run.broken, window.run.message


def undo_all(window: MainWindow) -> None:
    """Every step back, by the keyboard."""
    while window.session.history.can_undo:
        keys(window, Qt.Key.Key_Z, CONTROL)


def add_by_menu(page: DataPage, title: str) -> None:
    """Click on Add, then on a word of the menu that opens."""
    augment = page.pictures.augment
    action: list[str] = []

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        found = next(each for each in menu.actions() if each.text() == title)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(found).center())
        action.append(title)

    QTimer.singleShot(100, choose)
    click(augment.add)
    until(lambda: bool(action), 10, "the menu did not open")


def deep_pictures(folder: Path) -> Path:
    """Grey pictures of a 12-bit camera: bright discs and bright bars, and one file that is no picture."""
    across, down = np.meshgrid(np.arange(24), np.arange(24))
    for kind in ("bars", "discs"):
        (folder / kind).mkdir(parents=True)
        for number in range(24):
            chance = np.random.default_rng(number + 100 * (kind == "bars"))
            pixels = chance.integers(0, 900, (24, 24))
            at = chance.integers(8, 16)
            shape = np.abs(across - at) < 3 if kind == "bars" else (across - at) ** 2 + (down - 12) ** 2 < 30
            pixels[shape] = 3900
            Image.fromarray(pixels.astype(np.uint16)).save(folder / kind / f"{number:02}.png")
    (folder / "bars" / "broken.png").write_bytes(b"no picture")
    return folder


def test_sixteen_bit_pictures_from_folder_to_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with begun(deep_pictures(tmp_path / "cells"), monkeypatch) as (window, page):
        gallery = page.pictures.gallery
        until(lambda: gallery.model.rowCount() == 49, 30, "not all pictures are listed")
        until(lambda: not gallery.model.missing(gallery.list.seen()), 30, "the pictures are not drawn")
        # the bright shape of a picture of 12 bits is white, not nearly black
        drawn = gallery.model.look(int(gallery.model.numbers[0]))
        assert drawn is not None and drawn[1].image is not None
        image = drawn[1].image
        assert (
            max(image.pixelColor(x, y).red() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3))
            > 230
        )
        until(lambda: bool(page.pictures.unreadable()), 30, "the broken file is not told")
        assert page.pictures.unreadable()[0][0] == "bars/broken.png"

        # one class alone, by the keyboard, and the first picture of it
        gallery.label.setFocus()
        keys(gallery.label, Qt.Key.Key_End)
        assert gallery.model.rowCount() == 24
        gallery.list.setFocus()
        keys(gallery.list, Qt.Key.Key_Home)
        assert gallery.list.currentIndex().row() == 0

        # augmentation by mouse, seen at once, another try by key
        choose_view(page.pictures.views, "augmentation")
        add_by_menu(page, "Rotate")
        preview = page.pictures.preview.pictures
        until(lambda: bool(preview.sampling.after), 60, "nothing is tried")
        first = preview.sampling
        keys(window, Qt.Key.Key_R, CONTROL)
        until(lambda: preview.sampling is not first and bool(preview.sampling.after), 30, "Ctrl+R does nothing")
        type_into(page.pictures.augment.cards[0].form, "degrees", "30")
        data = window.session.project.data
        assert isinstance(data, ImageData) and data.augment[0].key == "rotate"
        assert data.augment[0].fields == {"degrees": 30.0}
        trained(window)
        undo_all(window)
        assert isinstance(window.session.project.data, ImageData) and window.session.project.data.augment == ()


def test_masks_from_folder_to_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_masks(tmp_path / "leaves", 24, values=(0, 255))
    with begun(folder, monkeypatch) as (window, page):
        gallery = page.pictures.gallery
        until(lambda: gallery.model.rowCount() == 24, 30, "not all pictures are listed")
        until(lambda: not gallery.model.missing(gallery.list.seen()), 30, "the pictures are not drawn")
        assert page.side.words.words["Kept as"] == "Pictures and masks"
        choose_view(page.pictures.views, "augmentation")
        add_by_menu(page, "Flip")
        preview = page.pictures.preview.pictures
        until(lambda: bool(preview.sampling.after), 60, "nothing is tried")
        keys(page.pictures.augment.cards[0].on, Qt.Key.Key_Space)
        data = window.session.project.data
        assert isinstance(data, ImageData) and data.augment == (Augmentation("flip", off=True),)
        keys(page.pictures.augment.cards[0].on, Qt.Key.Key_Space)
        trained(window)


def monthly(path: Path) -> Path:
    """Eight years of months with a yearly wave."""
    rows = [
        (f"{2010 + month // 12}-{month % 12 + 1:02}", round(100 + month + 20 * math.sin(month * math.pi / 6), 1))
        for month in range(96)
    ]
    return write_csv(path, ("Month", "Visitors"), rows)


def test_a_monthly_series_from_file_to_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with begun(monthly(tmp_path / "visitors.csv"), monkeypatch) as (window, page):
        choose_view(page.table.views, "series")
        plot = page.series.plot
        until(lambda: bool(plot.series), 60, "the series is not shown")
        assert plot.columns == ("Visitors",) and len(plot.series[0]) == 96 and page.series.seen.dates
        assert set(plot.series[0].parts.tolist()) == {0, 1, 2}
        QTest.mouseMove(plot, QPoint(plot.width() // 2, plot.height() // 2))
        assert plot.step > 0 and "predicts 1 step" in page.series.readout.text()
        plot.setFocus()
        keys(plot, Qt.Key.Key_End)
        assert "November 2017" in page.series.readout.text() and "Test" in page.series.readout.text()
        type_into(page.series.form, "length", "6")
        data = window.session.project.data
        assert isinstance(data, TableData) and data.windows == Windows(6)
        trained(window)
        undo_all(window)
        assert isinstance(window.session.project.data, TableData) and window.session.project.data.windows == Windows(12)


def reviews(path: Path) -> Path:
    """Short reviews, one of which looks like HTML."""
    rows = [("<img src=x> <b>lovely</b> food, it was great!", "good"), *sentences(120)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("review", "mood"))
        writer.writerows(rows)
    return path


def test_reviews_from_a_text_column_to_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with begun(reviews(tmp_path / "reviews.csv"), monkeypatch) as (window, page):
        choose_view(page.table.views, "texts")
        until(lambda: page.texts.seen is not None, 60, "the texts are not shown")
        before = page.texts.seen
        assert before is not None and before.report.vocabulary > 10 and page.texts.form.isEnabled()
        keys(page.texts.list, Qt.Key.Key_Down)
        assert page.texts.list.currentIndex().isValid()
        type_into(page.texts.form, "vocabulary", "15")
        until(lambda: page.texts.words.words["Tokens"] == "15", 30, "the texts are not cut anew")
        assert page.texts.seen is not None and not all(all(row) for row in page.texts.seen.report.known)
        trained(window)
        undo_all(window)
        until(lambda: page.texts.words.words["Tokens"] != "15" or not page.isVisible(), 30)
