"""The welcome page: own data, samples and recent projects, by mouse and by keyboard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from designer.gui import welcome as welcome_page
from designer.gui.miniature import draw_small
from designer.gui.theme import DARK, LIGHT
from designer.gui.welcome import WelcomePage
from designer.project.file import load_project, save_project
from designer.project.model import Graph, Link, Node, Project
from designer.workspace.recent import recent_projects, remember_project
from designer.workspace.samples import Sample


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))


def network() -> Project:
    nodes = {
        "n1": Node("n1", "table_input", "features", {"features": 4}),
        "n2": Node("n2", "linear", "hidden", {"out_features": 8}, 240),
        "n3": Node("n3", "relu", "relu", {}, 480),
        "n4": Node("n4", "output", "output", {"target": "", "loss": "cross_entropy"}, 720),
    }
    links = tuple(Link(f"n{place}", "out", f"n{place + 1}", "x") for place in (1, 2, 3))
    return Project(Graph(nodes, links))


def make_samples(folder: Path, count: int) -> list[Sample]:
    found = []
    for number in range(count):
        place = folder / f"sample{number}"
        place.mkdir(parents=True)
        save_project(network(), place / f"sample{number}.loom")
        card = {"title": f"Sample {number}", "task": "Tell", "data": "rows", "summary": "s", "figure": "f"}
        (place / "sample.json").write_text(json.dumps(card))
        found.append(Sample(place.name, folder=place, **card))
    return found


def shown(qtbot, monkeypatch, samples: list[Sample], size=(1200, 800)) -> WelcomePage:
    monkeypatch.setattr(welcome_page, "samples", lambda: samples)
    page = WelcomePage(LIGHT)
    qtbot.addWidget(page)
    page.resize(*size)
    page.show()
    qtbot.waitExposed(page)
    qtbot.waitUntil(
        lambda: all(card.miniature for card in page.samples.cards) and not page.tasks.busy(), timeout=10_000
    )
    return page


def test_a_click_on_a_card_chooses_its_sample(qtbot, monkeypatch, tmp_path):
    page = shown(qtbot, monkeypatch, make_samples(tmp_path, 3))
    with qtbot.waitSignal(page.sample_chosen) as chosen:
        QTest.mouseClick(page.samples.cards[1], Qt.MouseButton.LeftButton)
    assert chosen.args == ["sample1"]


def test_arrows_walk_over_the_cards_and_enter_chooses(qtbot, monkeypatch, tmp_path):
    page = shown(qtbot, monkeypatch, make_samples(tmp_path, 5))
    cards = page.samples.cards
    page.activateWindow()
    cards[0].setFocus()
    columns = sum(card.y() == cards[0].y() for card in cards)
    assert columns >= 2
    QTest.keyClick(cards[0], Qt.Key.Key_Right)
    assert page.focusWidget() is cards[1]
    QTest.keyClick(cards[1], Qt.Key.Key_Left)
    QTest.keyClick(cards[0], Qt.Key.Key_Down)
    assert page.focusWidget() is cards[columns]
    with qtbot.waitSignal(page.sample_chosen) as chosen:
        QTest.keyClick(cards[columns], Qt.Key.Key_Return)
    assert chosen.args == [f"sample{columns}"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_first_steps_are_reached_by_keyboard(qtbot, monkeypatch, key):
    page = shown(qtbot, monkeypatch, [])
    wishes = (page.new_table_requested, page.new_images_requested, page.open_requested, page.new_empty_requested)
    card = page.table
    card.setFocus()
    for wish in wishes:
        card = page.focusWidget()
        with qtbot.waitSignal(wish):
            QTest.keyClick(card, key)
        QTest.keyClick(card, Qt.Key.Key_Right)


@pytest.mark.parametrize("count", [0, 1, 12])
@pytest.mark.parametrize("size", [(1280, 800), (700, 560), (340, 480)])
def test_any_number_of_samples_fits_any_window(qtbot, monkeypatch, tmp_path, count, size):
    page = shown(qtbot, monkeypatch, make_samples(tmp_path, count), size)
    assert page.trouble.isVisible() == (count == 0)
    right = page.width()

    def within(card) -> bool:
        left = card.mapTo(page, QPoint(0, 0)).x()
        return left >= 0 and left + card.width() <= right

    qtbot.waitUntil(lambda: all(within(card) for card in (*page.samples.cards, page.table, page.blank)), timeout=2000)
    boxes = [card.geometry() for card in page.samples.cards]
    assert all(not one.intersects(other) for place, one in enumerate(boxes) for other in boxes[:place])
    page.set_theme(DARK)
    page.grab()


def test_recent_projects_are_opened_and_taken_off_the_list(qtbot, monkeypatch, tmp_path):
    for name in ("one", "two"):
        save_project(network(), tmp_path / f"{name}.loom")
        remember_project(tmp_path / f"{name}.loom")
    page = shown(qtbot, monkeypatch, [])
    qtbot.waitUntil(lambda: [row.path.stem for row in page.recent.rows] == ["two", "one"])
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        QTest.mouseClick(page.recent.rows[1], Qt.MouseButton.LeftButton)
    assert chosen.args == [str(tmp_path / "one.loom")]
    page.recent.rows[0].setFocus()
    QTest.keyClick(page.recent.rows[0], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: [row.path.stem for row in page.recent.rows] == ["one"])
    assert [path.stem for path in recent_projects()] == ["one"]
    (tmp_path / "one.loom").unlink()
    page.refresh()
    qtbot.waitUntil(lambda: not page.recent.rows)


def test_cards_are_read_aloud_by_what_they_are(qtbot, monkeypatch, tmp_path):
    page = shown(qtbot, monkeypatch, make_samples(tmp_path, 1))
    assert page.samples.cards[0].accessibleName() == "Sample 0"
    assert page.table.accessibleName() == "New from a table"


def test_a_network_is_drawn_as_people_draw_it():
    drawn = draw_small(network())
    forms = [drawn.glyphs[key].form for key in ("n1", "n2", "n3", "n4")]
    assert forms == ["dots", "dots", "bar", "end"] and drawn.task == "classes"
    assert [drawn.glyphs[key].column for key in ("n1", "n2", "n3", "n4")] == [0, 1, 2, 3]
    assert len(drawn.links) == 3


def test_every_sample_has_a_picture():
    from designer.workspace.samples import samples

    for sample in samples():
        drawn = draw_small(load_project(sample.project_path))
        assert len(drawn.glyphs) > 2 and drawn.links
