"""Random gestures on the panels around a canvas: outline, history, inspector, palette, problems, menus, themes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTreeView,
    QWidget,
)

from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.workbench import Workbench
from tests.helpers.gestures_keys import select_some
from tests.helpers.hand import CTRL, NONE, SHIFT, Hand
from tests.helpers.window import rest

LEFT = Qt.MouseButton.LeftButton
TYPED = ("", "0", "1", "7", "-3", "64", "2.5", "1e-3", "(3, 5)", "3", "name of it", "<i>", "Stem", "same")
KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_Space)


def show_panel(hand: Hand) -> None:
    """Show a panel, or hide it, by its key or its tab."""
    bench = bench_of(hand)
    kind = hand.chance.random()
    if kind < 0.4:
        hand.press(hand.chance.choice(("F8", "F9")))
    else:
        dock = hand.chance.choice(list(bench.docks.values()))
        dock.show()
        dock.raise_()


def use_outline(hand: Hand) -> None:
    """Choose, open, rename or delete a row, or filter them."""
    bench, chance = bench_of(hand), hand.chance
    tree, kind = bench.outline.tree, chance.random()
    bench.docks["outline"].show()
    bench.docks["outline"].raise_()
    if kind < 0.15:
        bench.outline.filter.setText(chance.choice(("", "", "conv", "linear", "zzz")))
        return
    index = _any_row(hand, tree)
    if index is None:
        return
    if kind < 0.3:
        tree.setExpanded(index, not tree.isExpanded(index))
        return
    _click(hand, tree, index, double=kind > 0.85)
    if 0.5 < kind < 0.65:
        tree.setFocus()
        hand.press("F2", tree)
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            QTest.keyClicks(field, chance.choice(TYPED))
            QTest.keyClick(field, chance.choice((Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape)))
    elif 0.65 < kind < 0.72:
        tree.setFocus()
        hand.press("Del", tree)


def use_history(hand: Hand) -> None:
    """Go to a step by a click or by keys, or look at it only."""
    bench, chance = bench_of(hand), hand.chance
    rows = bench.history.list
    bench.docks["history"].show()
    bench.docks["history"].raise_()
    QApplication.processEvents()
    count = bench.history.steps.rowCount()
    now = bench.scope.history.index
    index = bench.history.steps.index(max(0, min(count - 1, now + chance.randrange(-6, 7))), 0)
    rows.scrollTo(index)
    if chance.random() < 0.3:
        QTest.mouseMove(rows.viewport(), rows.visualRect(index).center())
        QApplication.processEvents()
        rows.setCurrentIndex(bench.history.steps.index(now, 0))
        return
    _click(hand, rows, index)


def set_field(hand: Hand) -> None:
    """Type into any field of what is selected, choose another option, tick a box, or press a button."""
    bench, chance = bench_of(hand), hand.chance
    if chance.random() < 0.7:
        select_some(hand) if chance.random() < 0.3 else _select_one(hand)
    bench.docks["inspector"].show()
    QApplication.processEvents()
    kinds = (QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QAbstractButton)
    inside = [part for part in bench.inspector.findChildren(QWidget) if isinstance(part, kinds)]
    field = hand.one_of([part for part in inside if part.isVisible() and part.isEnabled()])
    if field is None:
        return
    if isinstance(field, QAbstractButton):
        # a menu that it opens waits for an answer within the click
        QTimer.singleShot(30, _close_popup)
        QTest.mouseClick(field, LEFT)
    elif isinstance(field, QComboBox):
        field.setFocus()
        QTest.keyClick(field, chance.choice((Qt.Key.Key_Up, Qt.Key.Key_Down)))
    else:
        field.setFocus()
        if chance.random() < 0.7 and isinstance(field, QLineEdit | QPlainTextEdit):
            field.selectAll()
        QTest.keyClicks(field, chance.choice(TYPED))
        if chance.random() < 0.6:
            QTest.keyClick(field, chance.choice(KEYS))


def use_palette(hand: Hand) -> None:
    """Search in the palette and add what is found."""
    bench, chance = bench_of(hand), hand.chance
    bench.docks["palette"].show()
    bench.docks["palette"].raise_()
    search = bench.palette.search
    search.setFocus()
    search.selectAll()
    QTest.keyClicks(search, chance.choice(("conv", "relu", "linear", "res", "in", "zzz")))
    QTest.keyClick(search, chance.choice((Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down)))


def use_menu(hand: Hand) -> None:
    """A command as the menu bar runs it."""
    window = bench_of(hand).window
    window.actions_by_name[hand.chance.choice(COMMANDS).name].trigger()


def click_problem(hand: Hand) -> None:
    """Go to what a problem is about, or mend it."""
    bench = bench_of(hand)
    bench.docks["problems"].show()
    bench.docks["problems"].raise_()
    QApplication.processEvents()
    row = hand.one_of([row for row in bench.problems.rows if row.isVisible()])
    button = None if row is None else hand.one_of(row.findChildren(QAbstractButton))
    if button is not None and hand.chance.random() < 0.6:
        QTest.mouseClick(button, LEFT)
    elif row is not None:
        QTest.mouseClick(row, LEFT, NONE, QPoint(20, 10))


def choose_theme(hand: Hand) -> None:
    """Light, dark or as the desktop."""
    bench_of(hand).window.choose_theme(hand.chance.choice(("system", "light", "dark")))


def wait_for_check(hand: Hand) -> None:
    """Let the compiler say what it thinks."""
    rest(hand.chance.randrange(1, 40) / 1000)


def resize(hand: Hand) -> None:
    """Another size of the window."""
    bench_of(hand).window.resize(hand.chance.randrange(700, 1500), hand.chance.randrange(500, 1000))


def _close_popup() -> None:
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def bench_of(hand: Hand) -> Workbench:
    """The panels that the hand is at."""
    assert hand.bench is not None
    return hand.bench


def _select_one(hand: Hand) -> None:
    item = hand.node()
    if item is not None:
        hand.view.select([item.node.id])


def _any_row(hand: Hand, tree: QTreeView) -> QModelIndex | None:
    model = tree.model()
    rows = [model.index(place, 0) for place in range(model.rowCount())]
    inner = [model.index(place, 0, row) for row in rows if tree.isExpanded(row) for place in range(model.rowCount(row))]
    return hand.one_of(rows + inner)


def _click(hand: Hand, rows: QAbstractItemView, index: QModelIndex, double: bool = False) -> None:
    rows.scrollTo(index)
    QApplication.processEvents()
    at = rows.visualRect(index).center()
    QTest.mouseClick(rows.viewport(), LEFT, hand.chance.choice((NONE, NONE, SHIFT, CTRL)), at)
    if double:
        QTest.mouseDClick(rows.viewport(), LEFT, NONE, at)
        QTest.mouseRelease(rows.viewport(), LEFT, NONE, at)
