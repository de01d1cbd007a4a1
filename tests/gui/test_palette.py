"""The palette: found by letters, chosen by double-click, Enter or drag, and read aloud."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from designer.gui.layer_drag import dragged_layer
from designer.gui.palette import NOTHING_FOUND, PaletteView
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import CATEGORIES, LAYERS


@pytest.fixture
def palette(qtbot) -> PaletteView:
    palette = PaletteView(LIGHT)
    qtbot.addWidget(palette)
    palette.resize(240, 700)
    palette.show()
    qtbot.waitExposed(palette)
    return palette


def rows(palette: PaletteView) -> list[str]:
    tree = palette.tree
    item, found = tree.topLevelItem(0), []
    while item is not None:
        found.append(item.text(0))
        item = tree.itemBelow(item)
    return found


def row_of(palette: PaletteView, title: str) -> QPoint:
    exact = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive | Qt.MatchFlag.MatchRecursive
    item = palette.tree.findItems(title, exact)[0]
    palette.tree.scrollToItem(item)
    return palette.tree.visualItemRect(item).center()


def test_every_layer_stands_under_its_category(palette):
    titles = [layer.title for layer in LAYERS.values()]
    assert sorted(rows(palette)) == sorted([*CATEGORIES, *titles])
    tops = [palette.tree.topLevelItem(place) for place in range(palette.tree.topLevelItemCount())]
    assert [top.text(0) for top in tops] == list(CATEGORIES)
    assert all(not top.icon(0).isNull() for top in tops)
    pictures = {top.icon(0).pixmap(20, 20).toImage().constBits().tobytes() for top in tops}
    assert len(pictures) == len(CATEGORIES)


def test_letters_find_layers_best_first_and_clearing_brings_all_back(palette):
    QTest.keyClicks(palette.search, "dense")
    assert rows(palette)[0] == "Linear"
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == "" and rows(palette)[0] == CATEGORIES[0]


def test_enter_in_the_search_field_chooses_the_highlighted_layer(palette, qtbot):
    QTest.keyClicks(palette.search, "conv")
    first, second = rows(palette)[:2]
    with qtbot.waitSignal(palette.layer_chosen) as told:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert LAYERS[told.args[0]].title == first
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.layer_chosen) as told:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert LAYERS[told.args[0]].title == second


def test_the_arrows_pass_over_the_names_of_categories(palette):
    seen = []
    for _ in range(len(LAYERS)):
        QTest.keyClick(palette.search, Qt.Key.Key_Down)
        seen.append(palette.tree.current_key())
    assert seen == sorted(LAYERS, key=lambda key: CATEGORIES.index(LAYERS[key].category))
    QTest.keyClick(palette.search, Qt.Key.Key_Up)
    assert palette.tree.current_key() == seen[-2]


def test_a_search_that_finds_nothing_says_so_and_enter_does_nothing(palette, qtbot):
    QTest.keyClicks(palette.search, "qqqqq")
    assert palette.summary.text() == NOTHING_FOUND
    with qtbot.assertNotEmitted(palette.layer_chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_a_double_click_and_enter_in_the_list_choose(palette, qtbot):
    port, at = palette.tree.viewport(), row_of(palette, "ReLU")
    with qtbot.waitSignal(palette.layer_chosen) as told:
        QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(port, Qt.MouseButton.LeftButton, pos=at)
    assert told.args == ["relu"]
    with qtbot.waitSignal(palette.layer_chosen) as told:
        QTest.keyClick(palette.tree, Qt.Key.Key_Return)
    assert told.args == ["relu"]


def test_a_double_click_on_a_category_folds_it(palette, qtbot):
    port, at = palette.tree.viewport(), row_of(palette, CATEGORIES[0])
    with qtbot.assertNotEmitted(palette.layer_chosen):
        QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(port, Qt.MouseButton.LeftButton, pos=at)
    assert "Table input" not in rows(palette)


def test_the_summary_tells_of_the_highlighted_layer(palette):
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=row_of(palette, "Linear"))
    assert LAYERS["linear"].summary not in palette.summary.text()
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=row_of(palette, "Conv2d"))
    assert LAYERS["conv2d"].summary in palette.summary.text() and "nn.Conv2d" in palette.summary.text()
    assert palette.title.text() == "Conv2d"


def test_a_drag_carries_the_layer(palette):
    (item,) = palette.tree.findItems("Conv2d", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    assert dragged_layer(palette.tree.mimeData([item])) == "conv2d"
    assert item.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert not palette.tree.topLevelItem(0).flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_it_can_be_read_aloud_and_shows_only_plain_text(palette):
    assert palette.accessibleName() and palette.search.accessibleName() and palette.tree.accessibleName()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in palette.findChildren(QLabel))


def test_another_theme_keeps_the_search(palette):
    QTest.keyClicks(palette.search, "pool")
    before = rows(palette)
    palette.set_theme(DARK)
    assert rows(palette) == before
