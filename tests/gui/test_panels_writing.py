"""The pages of runs that were trained in a way of their own: one writes, one shows its narrow middle."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.job import Job
from designer.gui.panels.gallery import GalleryPanel
from designer.gui.panels.latent import LatentPlane
from designer.gui.panels.results import ResultsPanel
from designer.gui.panels.writing import WritingPage
from designer.gui.run_model import RunModel
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.project.file import save_project
from designer.training.latent import LatentView
from designer.training.results import RunError
from designer.workspace.session import Session
from tests.helpers.autoencoders import table_project
from tests.helpers.tales import fitting, writing_project
from tests.helpers.training import trained, with_training


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run that learned to write."""
    folder = tmp_path_factory.mktemp("writer")
    project = fitting(with_training(writing_project(folder), epochs=2), folder)
    save_project(project, folder / "tale.loom")
    trained(project, folder, folder / "tale.runs" / "2026-11-21-001")
    return folder / "tale.loom"


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def page(qtbot: Any, tasks: Tasks, writer: Path) -> WritingPage:
    made = WritingPage(tasks)
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    qtbot.waitExposed(made)
    made.show_run(writer.with_suffix(".runs") / "2026-11-21-001")
    return made


def done(page: WritingPage) -> bool:
    return page.button.text() == "Write" and not page.tasks.busy()


def test_a_click_writes_what_goes_on_from_the_prompt(page: WritingPage, qtbot: Any) -> None:
    assert page.paper.toPlainText() == ""
    QTest.keyClicks(page.prompt, "The fox ")
    page.length.setValue(40)
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert page.button.text() == "Stop"
    qtbot.waitUntil(lambda: done(page), timeout=20_000)
    first = page.paper.toPlainText()
    assert first.startswith("The fox ") and len(first) == 48
    QTest.keyClick(page.prompt, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: done(page), timeout=20_000)
    assert page.paper.toPlainText() == first
    page.seed.setValue(7)
    QTest.keyClick(page.prompt, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: done(page), timeout=20_000)
    assert page.paper.toPlainText() != first


def test_temperature_is_set_by_the_slider(page: WritingPage, qtbot: Any) -> None:
    assert page.temperature == pytest.approx(0.8) and page.hot.text() == "0.80"
    QTest.keyClick(page.heat, Qt.Key.Key_Home)
    assert page.temperature == 0.0
    page.length.setValue(20)
    texts = []
    for seed in (1, 2):
        page.seed.setValue(seed)
        page.write()
        qtbot.waitUntil(lambda: done(page), timeout=20_000)
        texts.append(page.paper.toPlainText())
    assert texts[0] == texts[1]


def test_writing_can_be_stopped_and_what_there_is_stays(page: WritingPage, qtbot: Any) -> None:
    page.length.setValue(20_000)
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.paper.toPlainText()) > 8, timeout=20_000)
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert page.button.text() == "Write" and page.said.text() == "Stopped."
    qtbot.waitUntil(lambda: not page.tasks.busy(), timeout=20_000)
    assert 8 < len(page.paper.toPlainText()) < 20_000


def test_unknown_letters_of_the_prompt_are_told_of(page: WritingPage, qtbot: Any) -> None:
    page.prompt.setText("Ж!")
    page.length.setValue(4)
    page.write()
    qtbot.waitUntil(lambda: done(page), timeout=20_000)
    assert page.said.text() == "2 tokens of the prompt are unknown to the network."


def test_a_run_that_is_gone_is_said_so(page: WritingPage, qtbot: Any, tmp_path: Path) -> None:
    page.show_run(tmp_path / "none")
    page.write()
    qtbot.waitUntil(lambda: done(page), timeout=20_000)
    assert page.said.text() and page.paper.toPlainText() == ""


def test_the_next_run_of_the_same_name_writes_with_its_own_network(
    page: WritingPage, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def writer_of(run: Path) -> None:
        asked.append(run)
        raise RunError("nobody is at home")

    monkeypatch.setattr("designer.training.writing.writer_of", writer_of)
    (tmp_path / "metrics.json").write_text("{}")
    page.show_run(tmp_path)
    page._writer = page.run, object()
    page.show_run(tmp_path)
    assert page._writer is not None
    os.utime(tmp_path / "metrics.json", ns=(1, 1))
    page.show_run(tmp_path)
    page.write()
    qtbot.waitUntil(lambda: done(page), timeout=20_000)
    assert asked == [tmp_path] and page.said.text() == "nobody is at home"


def test_writing_that_is_given_up_in_the_status_bar_is_stopped(page: WritingPage, qtbot: Any) -> None:
    page.length.setValue(20_000)
    page.write()
    qtbot.waitUntil(lambda: len(page.paper.toPlainText()) > 8, timeout=20_000)
    page.tasks.cancel("something else")
    assert page.button.text() == "Stop"
    page.tasks.cancel()
    assert page.button.text() == "Write" and page.said.text() == "Stopped."


def test_the_results_of_a_run_that_writes_lead_to_its_page(qtbot: Any, tasks: Tasks, writer: Path) -> None:
    session = Session.open(writer)
    panel = ResultsPanel(session, tasks, LIGHT, lambda: None, lambda: None)
    qtbot.addWidget(panel)
    panel.show()
    panel.refresh()
    qtbot.waitUntil(lambda: panel.pictures.currentWidget() is panel.writing, timeout=20_000)
    assert panel.caption.text() == "Let the network write" and "units of the target" not in panel.said.text()
    session.close()


def test_what_was_written_after_each_epoch_is_shown(qtbot: Any, tasks: Tasks, writer: Path) -> None:
    job = Job()
    panel = GalleryPanel(tasks, RunModel(job, tasks), LIGHT, lambda: None)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_run(writer.with_suffix(".runs") / "2026-11-21-001")
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.text, timeout=20_000)
    last = panel.text.toPlainText()
    assert panel.epochs == [1, 2] and len(last) >= 120
    panel.slider.setValue(0)
    qtbot.waitUntil(lambda: panel.text.toPlainText() != last, timeout=20_000)
    job.close()


def test_the_latent_plane_colours_points_by_class(qtbot: Any) -> None:
    plane = LatentPlane(LIGHT)
    qtbot.addWidget(plane)
    plane.resize(500, 300)
    plane.show()
    points = [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)]
    plane.show_view(LatentView("test", "middle", 2, 1.0, points, "kind", ("cat", "dog"), [0, 1, 0, 1]))
    picture = plane.grab().toImage()
    seen = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(0, picture.height(), 2)}
    assert plane.colour_of(0).name() != plane.colour_of(1).name() and len(seen) > 4
    assert plane.accessibleDescription() == "4 points, coloured by kind: cat, dog"
    assert plane.axis_names() == ("1st value", "2nd value")
    plane.set_theme(DARK)
    plane.show_view(LatentView("test", "middle", 9, 0.5, points))
    assert "1st of 9 directions" in plane.axis_names()[0]
    plane.grab()
    plane.show_view(None)
    plane.grab()


def test_the_results_of_an_autoencoder_show_its_middle(qtbot: Any, tasks: Tasks, tmp_path: Path) -> None:
    project = with_training(table_project(tmp_path), epochs=2)
    save_project(project, tmp_path / "p.loom")
    trained(project, tmp_path, tmp_path / "p.runs" / "2026-11-21-001")
    session = Session.open(tmp_path / "p.loom")
    panel = ResultsPanel(session, tasks, LIGHT, lambda: None, lambda: None)
    qtbot.addWidget(panel)
    panel.show()
    panel.refresh()
    qtbot.waitUntil(lambda: panel.pictures.currentWidget() is panel.latent, timeout=20_000)
    assert "makes of the test part, coloured by animal" in panel.caption.text()
    assert panel.latent.view is not None and len(panel.latent.view.points) == 18
    panel.set_theme(DARK)
    (tmp_path / "animals.csv").unlink()
    panel.refresh()
    qtbot.waitUntil(lambda: "animals.csv" in panel.nothing.text(), timeout=20_000)
    session.close()


def test_an_empty_project_has_no_run(qtbot: Any, tasks: Tasks) -> None:
    page = WritingPage(tasks)
    qtbot.addWidget(page)
    page.write()
    assert page.button.text() == "Write"
