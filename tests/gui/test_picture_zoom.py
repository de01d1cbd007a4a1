"""The large picture: the wheel shows it larger about the pointer, dragging moves it, 0 and a double click show all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from designer.gui.data.page import DataPage
from designer.gui.data.pictures_drawing import Drawn
from designer.gui.picture_view import LARGE, LARGEST_PIXEL, PicturePane, PictureView
from designer.gui.theme import LIGHT
from designer.project.model import ImageData, Project, Split
from tests.helpers.data_page import open_page
from tests.helpers.window import until


def turn_wheel(pane: PicturePane, at: QPointF, steps: int) -> None:
    event = QWheelEvent(
        at, pane.mapToGlobal(at), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(pane, event)


def place_in(pane: PicturePane, at: QPointF) -> tuple[float, float]:
    """Which point of the picture lies there, from 0 to 1."""
    area = pane.area()
    return (at.x() - area.left()) / area.width(), (at.y() - area.top()) / area.height()


@pytest.fixture
def view(qtbot: QtBot) -> PictureView:
    """A view of 300 by 200 pixels, black and white in turns."""
    view = PictureView(LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 560)
    view.show()
    qtbot.waitExposed(view)
    pixels = (np.indices((200, 300)).sum(axis=0) % 2 * 255).astype(np.uint8)
    image = QImage(pixels.tobytes(), 300, 200, 300, QImage.Format.Format_Grayscale8).copy()
    view.show_picture("stripes.png", Drawn(image, (300, 200)))
    return view


def test_the_wheel_zooms_about_the_pointer(view: PictureView) -> None:
    pane = view.pane
    assert not view.fit.isVisible()
    at = pane.area().center() + QPointF(120, -60)
    before, whole = place_in(pane, at), pane.area()
    for _ in range(3):
        turn_wheel(pane, at, 2)
        assert place_in(pane, at) == pytest.approx(before, abs=1e-6)
    assert pane.area().width() == pytest.approx(whole.width() * 1.25**6)
    assert view.fit.isVisible() and "%" in view.fit.text() and "double click" in view.fit.toolTip()
    turn_wheel(pane, at, -40)
    assert pane.area() == whole and not view.fit.isVisible()
    turn_wheel(pane, at, 400)
    assert pane.scale == pytest.approx(LARGEST_PIXEL)


def test_dragging_moves_it_no_farther_than_its_edge(view: PictureView) -> None:
    pane = view.pane
    middle = pane.rect().center()
    held = pane.area()
    for start, by in ((middle, QPoint(40, 30)),):
        QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(pane, start + by)
        QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=start + by)
    assert pane.area() == held, "all of it is seen already"
    turn_wheel(pane, QPointF(middle), 6)
    held = pane.area()
    assert pane.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=middle)
    assert pane.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseMove(pane, middle + QPoint(40, 30))
    assert pane.area().topLeft() == held.topLeft() + QPointF(40, 30)
    QTest.mouseMove(pane, middle + QPoint(40_000, 30_000))
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=middle)
    assert pane.area().left() == pytest.approx(12, abs=1) and pane.area().top() == pytest.approx(12, abs=1)
    # let go of, it stays
    QTest.mouseMove(pane, middle)
    assert pane.area().left() == pytest.approx(12, abs=1)
    view.resize(900, 700)
    assert pane.area().contains(QPointF(pane.rect().center()))


@pytest.mark.parametrize("how", ["key", "double", "button"])
def test_all_of_it_is_shown_again(view: PictureView, qtbot: QtBot, how: str) -> None:
    pane = view.pane
    whole = pane.area()
    turn_wheel(pane, QPointF(200, 200), 5)
    closed: list[bool] = []
    view.closed.connect(lambda: closed.append(True))
    if how == "key":
        QTest.keyClick(view, Qt.Key.Key_0)
    elif how == "double":
        QTest.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    else:
        QTest.mouseClick(view.fit, Qt.MouseButton.LeftButton)
    assert pane.area() == whole and pane.zoom == 1 and not closed
    # where all of it is seen, a double click leads back to all pictures, as ever
    QTest.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert closed == [True]


def test_keys_zoom_about_the_middle(view: PictureView) -> None:
    pane = view.pane
    whole = pane.area()
    for key, factor in ((Qt.Key.Key_Plus, 1.25), (Qt.Key.Key_Equal, 1.25**2), (Qt.Key.Key_Minus, 1.25)):
        QTest.keyClick(view, key)
        assert pane.area().width() == pytest.approx(whole.width() * factor)
        assert pane.area().center().x() == pytest.approx(whole.center().x())


def shades(pane: PicturePane) -> set[int]:
    """The shades in the middle of the picture as it is painted."""
    image, middle = pane.grab().toImage(), pane.rect().center()
    return {QColor(image.pixel(middle.x() + x, middle.y() + y)).red() for x in range(-30, 30) for y in range(-30, 30)}


def test_pixels_are_sharp_from_near(view: PictureView) -> None:
    pane = view.pane
    assert 1 < pane.scale < 4 and len(shades(pane)) > 2
    while pane.scale <= 4:
        turn_wheel(pane, QPointF(pane.rect().center()), 1)
    assert shades(pane) == {0, 255}


def test_the_next_one_is_shown_whole_where_this_one_cannot_be_drawn_finer(view: PictureView) -> None:
    pane = view.pane
    whole, image = pane.area(), pane.image
    turn_wheel(pane, QPointF(200, 200), 5)
    view.show_picture("stripes.png", Drawn(trouble="it is gone"), finer=True)
    view.show_picture("next.png", Drawn(image, (300, 200)))
    assert pane.zoom == 1 and pane.area() == whole and not view.fit.isVisible()


def opened(qtbot: QtBot, folder: Path, width: int) -> DataPage:
    for name in ("a", "b"):
        (folder / "big" / name).mkdir(parents=True)
        for number in range(2):
            values = np.random.default_rng(number).integers(0, 255, (40, width), dtype=np.uint8)
            Image.fromarray(values).save(folder / "big" / name / f"{number}.png")
    return open_page(qtbot, Project(data=ImageData("big", Split())), folder / "p.loom")


def test_a_large_picture_is_decoded_whole_once_it_is_looked_at_from_near(qtbot: QtBot, tmp_path: Path) -> None:
    width = 3 * LARGE
    page = opened(qtbot, tmp_path, width)
    gallery = page.pictures.gallery
    until(lambda: gallery.list.pictures.rowCount() == 4, 20)
    gallery.take_keys()
    QTest.keyClick(gallery.list, Qt.Key.Key_Return)
    pane = gallery.large.pane

    def wide() -> int:
        return pane.image.width() if pane.image is not None else 0

    until(lambda: wide() > 0, 20, "no picture is shown large")
    assert wide() == LARGE and pane.own_width == width
    at = pane.area().center()
    turn_wheel(pane, at, 12)
    until(lambda: wide() == width, 20, "no finer picture is shown")
    assert pane.zoom == pytest.approx(1.25**12), "it jumps"
    # the next one is shown whole
    QTest.keyClick(gallery.large, Qt.Key.Key_Right)
    until(lambda: wide() == LARGE, 20)
    assert pane.zoom == 1 and not gallery.large.fit.isVisible()
