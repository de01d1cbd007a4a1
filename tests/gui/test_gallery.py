"""The gallery panel: pictures, points and rows of each epoch, with a slider, while a network trains and after."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from safetensors.numpy import save_file

from designer.gui.panels.gallery import GalleryPanel
from designer.gui.panels.gallery_views import PictureWall, Wall, fitting, image_of
from designer.gui.run_curves import Progress
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.workspace.gallery import epochs_in, read_gallery, weight_pictures


class Run(QObject):
    """Stands for the run in hand."""

    progressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.folder: Path | None = None
        self.running = False
        self.progress = Progress()


def put(run: Path, epoch: int, **views: np.ndarray) -> None:
    folder = run / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    save_file(views, folder / f"epoch-{epoch:05d}.safetensors")


def put_real(run: Path, real: np.ndarray, columns: list[str]) -> None:
    (run / "gallery").mkdir(parents=True, exist_ok=True)
    save_file({"real": real}, run / "gallery" / "real.safetensors")
    (run / "gallery" / "about.json").write_text(json.dumps({"columns": columns}))


def plane_run(folder: Path, epochs: int = 3) -> Path:
    chance = np.random.default_rng(0)
    put_real(folder, chance.random((50, 2), dtype=np.float32), ["east", "<b>north</b>"])
    for epoch in range(1, epochs + 1):
        put(folder, epoch, samples=chance.random((8, 2), dtype=np.float32))
    return folder


@pytest.fixture
def panel(qtbot):
    tasks, run, asked = Tasks(), Run(), []
    made = GalleryPanel(tasks, run, LIGHT, lambda: asked.append("train"))
    made.asked = asked
    qtbot.addWidget(made)
    made.resize(900, 320)
    made.show()
    qtbot.waitExposed(made)
    yield made
    tasks.close()


def settled(panel, qtbot) -> None:
    qtbot.waitUntil(lambda: not panel.tasks.busy() and panel._asked is None, timeout=20_000)


def test_without_a_gallery_the_panel_leads_to_training(panel, qtbot, tmp_path) -> None:
    panel.show_run(tmp_path)
    settled(panel, qtbot)
    assert panel._stack.currentIndex() == 0
    QTest.mouseClick(panel._stack.widget(0).button, Qt.MouseButton.LeftButton)
    assert panel.asked == ["train"]


def test_points_are_shown_over_real_ones_and_the_slider_goes_back(panel, qtbot, tmp_path) -> None:
    panel.show_run(plane_run(tmp_path))
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.plane, timeout=20_000)
    assert panel.said.text() == "Epoch 3"
    assert len(panel.plane.real) == 50
    last = list(panel.plane.samples)
    assert panel.plane.names == ("east", "<b>north</b>")
    panel.slider.setFocus()
    QTest.keyClick(panel.slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: panel.plane.samples != last, timeout=20_000)
    assert panel.said.text() == "Epoch 2"
    QTest.keyClick(panel.slider, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: panel.said.text() == "Epoch 1")
    settled(panel, qtbot)
    wanted = read_gallery(tmp_path, 1).views["samples"]
    assert np.allclose(panel.plane.samples, wanted)
    panel.set_theme(DARK)
    picture = panel.plane.grab().toImage()
    assert QColor(DARK.accent).rgb() in {
        picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())
    }


def test_the_newest_epoch_is_followed_unless_an_older_one_is_looked_at(panel, qtbot, tmp_path) -> None:
    plane_run(tmp_path, epochs=1)
    panel.run_model.folder, panel.run_model.running = tmp_path, True
    panel.run_model.progress.epoch = 1
    panel.run_model.progressed.emit()
    qtbot.waitUntil(lambda: panel.said.text() == "Epoch 1", timeout=20_000)
    settled(panel, qtbot)
    for epoch in (2, 3):
        put(tmp_path, epoch, samples=np.ones((4, 2), dtype=np.float32) * epoch)
    panel.run_model.progress.epoch = 3
    panel.run_model.progressed.emit()
    qtbot.waitUntil(lambda: panel.said.text() == "Epoch 3", timeout=20_000)
    settled(panel, qtbot)
    assert panel.plane.samples[0] == (3.0, 3.0)
    panel.slider.setValue(0)
    settled(panel, qtbot)
    put(tmp_path, 4, samples=np.ones((4, 2), dtype=np.float32))
    panel.run_model.progress.epoch = 4
    panel.run_model.progressed.emit()
    qtbot.waitUntil(lambda: panel.slider.maximum() == 3, timeout=20_000)
    settled(panel, qtbot)
    assert panel.said.text() == "Epoch 1"
    panel.show_run(tmp_path / "other")
    assert panel.run == tmp_path, "the run in hand goes before the one whose results are shown"


def test_pictures_stand_side_by_side(panel, qtbot, tmp_path) -> None:
    pictures = np.arange(4 * 16, dtype=np.uint8).reshape(4, 1, 4, 4)
    weights = np.linspace(-1, 1, 3 * 16, dtype=np.float32).reshape(3, 16)
    put(tmp_path, 1, original=pictures, restored=pictures + 1, weights=weights)
    panel.show_run(tmp_path)
    qtbot.waitUntil(lambda: bool(panel.wall.walls), timeout=20_000)
    assert [(wall.title, wall.tiles.shape) for wall in panel.wall.walls] == [
        ("As they are", (4, 1, 4, 4)), ("As given back", (4, 1, 4, 4)), ("Hidden units", (3, 1, 4, 4))
    ]  # fmt: skip
    assert not panel.wall.grab().isNull()
    panel.wall.resize(QSize(40, 30))
    assert not panel.wall.grab().isNull()


def test_weights_of_no_square_are_bars(qtbot) -> None:
    wall = PictureWall(LIGHT)
    qtbot.addWidget(wall)
    wall.resize(300, 200)
    wall.show_walls([Wall("Hidden units", np.array([[1.0, -1.0, 0.5], [0.0, 0.0, 0.0]], dtype=np.float32))])
    picture = wall.grab().toImage()
    assert QColor(LIGHT.accent).rgb() in {picture.pixel(x, y) for x in range(300) for y in range(200)}


def test_rows_are_a_table(panel, qtbot, tmp_path) -> None:
    put_real(tmp_path, np.zeros((3, 3), dtype=np.float32), ["a", "<i>b</i>", "c"])
    put(tmp_path, 1, samples=np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
    panel.show_run(tmp_path)
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.rows, timeout=20_000)
    assert panel.rows.rowCount() == 2
    assert [panel.rows.horizontalHeaderItem(place).text() for place in range(3)] == ["a", "<i>b</i>", "c"]
    assert panel.rows.item(1, 2).text() == "6.000"
    values = np.array([[1, 2, 3]], dtype=np.float32)
    put(tmp_path, 2, original=values, restored=values + 1)
    panel.show_run(tmp_path)
    qtbot.waitUntil(lambda: panel.rows.columnCount() == 6, timeout=20_000)
    assert panel.rows.horizontalHeaderItem(1).text() == "a (as given back)"
    assert panel.rows.item(0, 1).text() == "2.000"


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_spoiled_file_is_said(panel, qtbot, tmp_path, content) -> None:
    plane_run(tmp_path, epochs=2)
    (tmp_path / "gallery" / "epoch-00002.safetensors").write_bytes(content)
    panel.show_run(tmp_path)
    settled(panel, qtbot)
    qtbot.waitUntil(lambda: panel.said.text() == "Epoch 2", timeout=20_000)
    settled(panel, qtbot)
    assert panel.views.currentWidget() in (panel.trouble, panel.rows)
    panel.slider.setValue(0)
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.plane, timeout=20_000)


def test_epochs_are_found_in_order_whatever_else_lies_there(tmp_path) -> None:
    plane_run(tmp_path)
    (tmp_path / "gallery" / "epoch-x.safetensors").write_bytes(b"")
    (tmp_path / "gallery" / "note.txt").write_text("")
    assert epochs_in(tmp_path) == [1, 2, 3]
    assert epochs_in(tmp_path / "nothing") == []


def test_weights_become_grey_around_zero() -> None:
    found = weight_pictures(np.array([[0.0, 2.0, -2.0, 1.0], [0.0, 0.0, 0.0, 0.0]]))
    assert found.dtype == np.uint8
    assert found[0, 0].tolist() == [[128, 255], [0, 191]]
    assert (found[1] == 128).all()
    assert weight_pictures(np.ones((2, 7))).shape == (2, 7)


def test_tiles_are_as_large_as_they_can_be() -> None:
    assert fitting(1, 100, 50, 1.0) == (1, 50.0)
    across, side = fitting(6, 300, 200, 1.0)
    assert across == 3
    assert side == pytest.approx(97.3, abs=0.1)
    assert image_of(np.zeros((3, 5, 4), dtype=np.uint8)).size() == QSize(4, 5)


def test_nothing_is_looked_for_while_it_lies_behind_another_panel(panel, qtbot, tmp_path) -> None:
    plane_run(tmp_path, epochs=1)
    panel.run_model.folder, panel.run_model.running = tmp_path, True
    panel.run_model.progress.epoch = 1
    panel.run_model.progressed.emit()
    qtbot.waitUntil(lambda: panel.said.text() == "Epoch 1", timeout=20_000)
    settled(panel, qtbot)
    panel.hide()
    put(tmp_path, 2, samples=np.ones((4, 2), dtype=np.float32))
    panel.run_model.progress.epoch = 2
    panel.run_model.progressed.emit()
    qtbot.wait(400)
    assert panel.epochs == [1] and not panel.tasks.busy()
    panel.show()
    qtbot.waitUntil(lambda: panel.epochs == [1, 2], timeout=20_000)
    settled(panel, qtbot)
