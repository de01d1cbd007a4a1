"""Boxes and key points are seen where they are: in the gallery, large, before and after augmentation, in results."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.data.page import DataPage
from designer.gui.data.pictures_drawing import draw
from designer.gui.data.pictures_listing import list_pictures
from designer.gui.data.pictures_sampling import chosen_places, sample
from designer.gui.outline_paint import PREDICTED, TRUE, OutlineLegend, Said, fitted
from designer.gui.panels.results import ResultsPanel
from designer.gui.picture_view import PicturePane
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.layers.data_edits import add_augmentation, set_augmentation_field
from designer.project.file import load_project, save_project
from designer.project.model import Augmentation, Column, ImageData, Project, Split, Training
from designer.training.outlines import Outlines
from designer.training.placed_view import placed_view
from designer.workspace.session import Session
from tests.helpers.data_page import choose_view, open_page
from tests.helpers.graphs import chain
from tests.helpers.pictures import BOX_NAMES, boxed, write_boxes
from tests.helpers.seen_colours import box_seen, seen
from tests.helpers.training import trained
from tests.helpers.window import until

SIZE = (32, 24)
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def box_project(names: tuple[str, ...] = BOX_NAMES, epochs: int = 40) -> Project:
    columns = (Column("file", "image"), *(Column(name, role="target") for name in names))
    data = ImageData("boxes.csv", Split(seed=1), "table", columns=columns)
    layers = (("image_input", {"height": 24, "width": 32, "mode": "colour"}), "flatten",
              ("linear", {"out_features": 4}), ("output", {"loss": "mse"}))  # fmt: skip
    training = Training(epochs=epochs, batch_size=8, learning_rate=0.003)
    return chain(*layers, project=Project(data=data, training=training))


def opened(qtbot: QtBot, folder: Path, names: tuple[str, ...] = BOX_NAMES) -> DataPage:
    write_boxes(folder, 12, (SIZE,), names=names)
    page = open_page(qtbot, box_project(names), folder / "boxes.loom")
    grid = page.pictures.gallery.list
    until(lambda: grid.pictures.rowCount() == 12, 20, "the pictures are not listed")
    until(lambda: not grid.pictures.missing(grid.seen()), 20, "the pictures are not drawn")
    return page


def shares(number: int) -> tuple[float, ...]:
    return tuple(edge / SIZE[place % 2] for place, edge in enumerate(boxed(number, SIZE)[1]))


def tile(page: DataPage, row: int) -> QRectF:
    """Where the picture of a tile is painted."""
    grid = page.pictures.gallery.list
    box = grid.visualRect(grid.pictures.index(row)).adjusted(3, 3, -3, -3)
    return QRectF(box.center().x() - 47, box.top() + 5, 96, 96)


@pytest.mark.parametrize("room", [(260, 220), (420, 300), (900, 700)])
@pytest.mark.parametrize("said", list(Said))
def test_a_box_is_where_it_is_at_every_zoom(qtbot: QtBot, room: tuple[int, int], said: Said) -> None:
    pane = PicturePane(LIGHT)
    qtbot.addWidget(pane)
    pane.resize(*room)
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    box = (0.2, 0.25, 0.7, 0.9)
    pane.image, pane.layers = image, ((Outlines((box,)), said),)
    colour, other = (TRUE, PREDICTED) if said is Said.TRUE else (PREDICTED, TRUE)
    assert box_seen(pane, colour, pane.area()) == pytest.approx(box, abs=2.5 / min(pane.area().height(), 900))
    assert not seen(pane, other).any()
    # the stroke is as wide whatever the zoom, and dashes leave gaps
    row = seen(pane, colour, pane.area())[round(0.5 * pane.area().height())]
    assert row.sum() <= 6
    top = seen(pane, colour, pane.area()).sum(axis=1).max() / (0.5 * pane.area().width())
    assert top > 0.9 if said is Said.TRUE else 0.3 < top < 0.85
    pane.outlines = False
    assert not seen(pane, colour).any()


def test_points_are_discs_and_rings_and_what_lies_outside_is_cut(qtbot: QtBot) -> None:
    pane = PicturePane(DARK)
    qtbot.addWidget(pane)
    pane.resize(324, 224)
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    points = Outlines(points=((0.25, 0.5),))
    pane.image, pane.layers = image, ((points, Said.TRUE), (Outlines(points=((0.75, 0.5),)), Said.PREDICTED))
    for colour, across, filled in ((TRUE, 0.25, True), (PREDICTED, 0.75, False)):
        left, top, right, bottom = box_seen(pane, colour, pane.area())
        assert (left + right) / 2 == pytest.approx(across, abs=0.01) and (top + bottom) / 2 == pytest.approx(
            0.5, abs=0.01
        )
        middle = pane.area().topLeft().x() + across * pane.area().width()
        assert seen(pane, colour)[pane.height() // 2, round(middle)] == filled
    pane.layers = ((Outlines(((-0.5, 0.25, 2.0, 0.5),), ((3.0, 3.0),)), Said.TRUE),)
    left, _, right, _ = box_seen(pane, TRUE, pane.area())
    outside = pane.grab().toImage()
    assert left < 0.01 and right > 0.98
    assert outside.pixelColor(2, pane.height() // 2) == outside.pixelColor(2, 2)


def test_a_picture_is_fitted_into_its_room() -> None:
    assert fitted(QRectF(10, 10, 100, 50), QSize(20, 20)) == QRectF(35, 10, 50, 50)


def test_boxes_lie_on_the_pictures_of_the_gallery_and_are_switched_off(qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(qtbot, tmp_path)
    gallery = page.pictures.gallery
    assert gallery.outlines.isVisible() and gallery.outlines.text() == "Boxes" and not gallery.legend.isVisible()
    model = gallery.model
    for row in range(3):
        number = int(model.numbers[row])
        pixmap = model.look(number)[0]
        area = tile(page, row)
        area = fitted(area, pixmap.deviceIndependentSize().toSize())
        found = box_seen(gallery.list.viewport(), TRUE, area)
        assert found == pytest.approx(shares(number), abs=0.04)
    gallery.list.setFocus()
    QTest.keyClick(gallery.list, Qt.Key.Key_B, BOTH)
    assert not gallery.outlines.isChecked() and not page.pictures.preview.outlines.isChecked()
    assert not seen(gallery.list.viewport(), TRUE).any()
    QTest.mouseClick(gallery.outlines, Qt.MouseButton.LeftButton)
    assert seen(gallery.list.viewport(), TRUE).any() and "Ctrl+Shift+B" in gallery.outlines.toolTip()


def test_a_picture_is_looked_at_large_by_the_keyboard(qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(qtbot, tmp_path)
    gallery, large = page.pictures.gallery, page.pictures.gallery.large
    gallery.take_keys()
    QTest.keyClick(gallery.list, Qt.Key.Key_Return)
    until(lambda: large.isVisible() and large.pane.image is not None, 20, "no picture is shown large")
    assert large.pane.hasFocus() or large.hasFocus()
    assert not large.before.isEnabled() and large.after.isEnabled()
    first = int(gallery.model.numbers[0])
    assert box_seen(large.pane, TRUE, large.pane.area()) == pytest.approx(shares(first), abs=0.01)
    assert "left: " in large.name.text() and "32×24 pixels" in large.name.text()
    before = large.name.text()
    QTest.keyClick(large, Qt.Key.Key_Right)
    until(lambda: large.name.text() != before, 20, "the arrow does not go on")
    second = int(gallery.model.numbers[1])
    assert box_seen(large.pane, TRUE, large.pane.area()) == pytest.approx(shares(second), abs=0.01)
    QTest.keyClick(large, Qt.Key.Key_Escape)
    assert gallery.list.isVisible() and gallery.list.currentIndex().row() == 1
    page.set_theme(DARK)


def test_boxes_move_with_their_pictures_in_the_preview(qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(qtbot, tmp_path)
    choose_view(page.pictures.views, "augmentation")
    project = add_augmentation(page.session.project, "flip")
    page.session.do("Add", set_augmentation_field(project, 0, "chance", 1.0))
    view = page.pictures.preview.pictures
    until(lambda: len(view.sampling.after) == 3 and bool(view.sampling.outlines), 20, "nothing is tried")
    assert page.pictures.preview.outlines.isVisible()
    sampling = view.sampling
    for before, after in zip(sampling.outlines[0], sampling.outlines[1], strict=True):
        left, top, right, bottom = before.boxes[0]
        assert after.boxes[0] == pytest.approx((1 - right, top, 1 - left, bottom), abs=1e-5)
    side = view.side()
    below = 16 + 18 + 2 + side + 2 * 10 + 18 + 2
    for top, outlines in ((16 + 18 + 2, sampling.outlines[0]), (below, sampling.outlines[1])):
        area = fitted(QRectF(16, top, side, side), sampling.before[0].size())
        assert box_seen(view, TRUE, area) == pytest.approx(outlines[0].boxes[0], abs=0.04)
    view.setFocus()
    QTest.keyClick(page.pictures.preview.again, Qt.Key.Key_B, BOTH)
    assert not seen(view, TRUE).any()


def test_what_is_not_known_to_be_a_box_is_not_drawn_until_it_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(qtbot, tmp_path, ("p", "q", "r", "s"))
    gallery = page.pictures.gallery
    assert not gallery.outlines.isVisible() and not seen(gallery.list.viewport(), TRUE).any()
    choose_view(page.pictures.views, "columns")
    form = page.pictures.columns.detail.form
    for name, place in zip(("p", "q", "r", "s"), ("x", "y", "right", "bottom"), strict=True):
        page.pictures.columns.look_at(name)
        box = form.boxes["place"]
        assert box.isVisible()
        box.setCurrentIndex(box.findData(place))
        box.activated.emit(box.currentIndex())
    assert [each.place for each in page.session.project.data.columns[1:]] == ["x", "y", "right", "bottom"]
    choose_view(page.pictures.views, "pictures")
    until(lambda: gallery.outlines.isVisible(), 20, "the boxes are not offered")
    until(lambda: not gallery.model.missing(gallery.list.seen()), 20, "the pictures are not drawn")
    assert seen(gallery.list.viewport(), TRUE).any()
    page.session.undo()
    until(lambda: not gallery.outlines.isVisible() or gallery.outlines.text() == "Key points", 20)


def test_a_class_and_a_box_are_seen_at_once() -> None:
    folder = Path(__file__).parents[2] / "sample_projects" / "class_and_box"
    project = load_project(folder / "class_and_box.loom")
    assert isinstance(project.data, ImageData)
    pictures = list_pictures(project, project.data, folder)
    assert pictures.classes == ("circle", "square", "triangle") and pictures.label(0) == "circle"
    assert pictures.numbers is not None and pictures.numbers[0].tolist() == [18, 11, 12, 12] and not pictures.shares
    drawn = draw(pictures, 0, 96)
    assert drawn.outlines.boxes[0] == pytest.approx((18 / 32, 11 / 32, 30 / 32, 23 / 32))


@pytest.mark.parametrize("resize", ["stretch", "fit", "crop"])
def test_pictures_of_other_sizes_have_their_boxes_and_training_refuses_to_move_them(
    tmp_path: Path, resize: str
) -> None:
    sizes = ((32, 24), (20, 40))
    write_boxes(tmp_path, 8, sizes)
    project = box_project()
    assert isinstance(project.data, ImageData)
    nodes = {key: replace(node, fields={**node.fields, "resize": resize}) if node.type == "image_input" else node
             for key, node in project.graph.nodes.items()}  # fmt: skip
    project = replace(project, graph=replace(project.graph, nodes=nodes))
    pictures = list_pictures(project, project.data, tmp_path)
    light = replace(project.data, augment=(Augmentation("noise"), Augmentation("mixup")))
    found = sample(project, light, pictures, 4, 0, 0)
    assert not found.trouble and len(found.outlines) == 4
    chosen = chosen_places(pictures, 4, 0)
    for image, outlines in zip(found.before, found.outlines[0], strict=True):
        red = np.array(
            [[image.pixelColor(x, y).red() > 130 for x in range(image.width())] for y in range(image.height())]
        )
        rows, columns = np.nonzero(red)
        seen_box = (columns.min() / 32, rows.min() / 24, (columns.max() + 1) / 32, (rows.max() + 1) / 24)
        wanted = [min(1.0, max(0.0, each)) for each in outlines.boxes[0]]
        assert seen_box == pytest.approx(tuple(wanted), abs=0.07)
    moved = replace(project.data, augment=(Augmentation("flip"),))
    found = sample(project, moved, pictures, 4, 0, 0)
    unlike = len({place % 2 for place in chosen}) > 1
    assert ("of different sizes" in found.trouble) == unlike


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path):
    write_boxes(tmp_path, 40, (SIZE,))
    project = box_project()
    place = tmp_path / "boxes.loom"
    save_project(project, place)
    trained(project, tmp_path, tmp_path / "boxes.runs" / "2026-01-01-001")
    tasks, session = Tasks(), Session.open(place)
    made = ResultsPanel(session, tasks, LIGHT, lambda: None, lambda: None)
    qtbot.addWidget(made)
    made.resize(1200, 460)
    made.show()
    qtbot.waitExposed(made)
    yield made
    tasks.close()
    session.close()


def test_predicted_boxes_are_seen_over_the_true_ones(panel: ResultsPanel) -> None:
    panel.refresh()
    gallery = panel.placed.gallery
    until(lambda: gallery.isVisible() and gallery.model.rowCount() == 6, 60, "the pictures are not shown")
    until(lambda: not gallery.model.missing(gallery.list.seen()), 20, "the pictures are not drawn")
    assert panel.caption.text() == "Predicted over true places, test part"
    assert gallery.legend.isVisible() and gallery.model.index(0).data().startswith("IoU 0.")
    assert "predicted" in gallery.model.said_of(0)
    gallery.take_keys()
    QTest.keyClick(gallery.list, Qt.Key.Key_Return)
    large = gallery.large
    until(lambda: large.isVisible() and large.pane.image is not None, 20, "no picture is shown large")
    pictures = gallery.model.pictures
    number = int(Path(pictures.files[0]).stem)
    predicted = (pictures.predicted[0] / (*SIZE, *SIZE)).clip(0, 1)
    # dashes of the one may hide a little of the other
    assert box_seen(large.pane, TRUE, large.pane.area()) == pytest.approx(shares(number), abs=0.04)
    assert box_seen(large.pane, PREDICTED, large.pane.area()) == pytest.approx(tuple(predicted), abs=0.05)
    QTest.keyClick(large, Qt.Key.Key_B, BOTH)
    assert not seen(large.pane, PREDICTED).any() and not gallery.legend.isVisible()
    QTest.mouseClick(panel.looks, Qt.MouseButton.LeftButton, pos=panel.looks.tabRect(1).center())
    assert panel.pictures.currentWidget() is panel.scatter and panel.caption.text().startswith("Predicted against")
    QTest.mouseClick(panel.looks, Qt.MouseButton.LeftButton, pos=panel.looks.tabRect(0).center())
    assert panel.pictures.currentWidget() is panel.placed
    panel.set_theme(DARK)


def test_where_the_pictures_are_gone_it_is_said(panel: ResultsPanel, tmp_path: Path) -> None:
    (tmp_path / "boxes.csv").unlink()
    panel.refresh()
    until(lambda: "boxes.csv" in panel.placed.said.text(), 60, "nothing is said")
    assert panel.looks.isVisible()


def test_the_next_run_of_the_same_name_is_looked_at_anew(panel: ResultsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Path] = []
    monkeypatch.setattr("designer.training.placed_view.placed_view", lambda run: looked.append(run) or placed_view(run))
    panel.refresh()
    until(panel.placed.gallery.isVisible, 60, "the pictures are not shown")
    panel.refresh()
    until(lambda: not panel.tasks.busy())
    assert len(looked) == 1
    os.utime(panel.run / "metrics.json", ns=(1, 1))
    panel.refresh()
    until(lambda: len(looked) == 2 and panel.placed.gallery.isVisible(), 60, "the old pictures stay")


def test_whoever_gave_it_up_is_told_and_asked_again(panel: ResultsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr("designer.training.placed_view.placed_view", lambda run: go_on.wait(60) and placed_view(run))
    panel.refresh()
    until(lambda: panel.tasks.busy("Looking at the pictures") and panel.placed.said.isVisible(), 60)
    panel.tasks.cancel()
    assert "cancelled" in panel.placed.said.text()
    go_on.set()
    panel.hide()
    panel.show()
    until(panel.placed.gallery.isVisible, 60, "the pictures are not shown")


def test_the_legend_is_painted_in_both_colours_under_both_themes(qtbot: QtBot) -> None:
    for theme in (LIGHT, DARK):
        legend = OutlineLegend(theme)
        qtbot.addWidget(legend)
        legend.resize(legend.sizeHint())
        solid, dashed = (np.nonzero(seen(legend, colour).any(axis=0))[0] for colour in (TRUE, PREDICTED))
        assert solid.max() < dashed.min() and len(solid) == solid.max() - solid.min() + 1
        assert len(dashed) < dashed.max() - dashed.min() + 1
    assert "dashed" in legend.accessibleDescription()
