"""Random gestures on a canvas, with mouse and keyboard: everything that can be done, and what opens is answered too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QTextEdit,
    QWidget,
)

from designer.gui.canvas.search_box import SearchBox
from designer.project.block_edits import remove_unused
from tests.helpers import gestures_keys as keys
from tests.helpers import gestures_mouse as mouse
from tests.helpers.canvas import click
from tests.helpers.hand import CTRL, NONE, SHIFT, Hand

WORDS = ("", "conv", "relu", "linear", "residual", "add", "Stem", "<b>x</b>", "n2", "zzz", "problem", "1e9", "é☃", "  ")
MOST_NODES = 40
MOST_BLOCKS = 12
MOST_STEPS = 6

Gesture = Callable[[Hand], None]

GESTURES: tuple[tuple[Gesture, int], ...] = (
    (mouse.drop_layer, 12),
    (mouse.drop_block, 5),
    (mouse.draw_link, 16),
    (mouse.drag_node, 8),
    (mouse.drag_anywhere, 7),
    (mouse.drag_link, 5),
    (mouse.drag_bend, 3),
    (mouse.drag_thing, 4),
    (mouse.click_somewhere, 6),
    (mouse.click_badge, 1),
    (mouse.hover, 3),
    (mouse.context_menu, 4),
    (mouse.wheel_or_fingers, 4),
    (mouse.drag_minimap, 2),
    (mouse.click_crumb, 1),
    (keys.command, 16),
    (keys.command_on_use, 4),
    (keys.into_block, 3),
    (keys.walk, 4),
    (keys.connect_by_keys, 5),
    (keys.add_by_search, 4),
    (keys.find, 2),
    (keys.paste, 4),
    (keys.undo_or_redo, 6),
    (keys.go_in_history, 1),
    (keys.select_some, 6),
    (keys.zoom, 4),
    (keys.switch_theme, 1),
    (keys.analyse, 3),
    (keys.mend, 2),
)
# these go about in the history; all others make one step at most
IN_HISTORY = ("undo_or_redo", "go_in_history")


def act(hand: Hand, gestures: tuple[tuple[Gesture, int], ...] = GESTURES) -> str:
    """One gesture, and an answer to whatever it opened; the gesture's name."""
    view = hand.view
    if len(view.canvas.nodes) > MOST_NODES:
        view.select_all()
        hand.press("Del")
        return "delete_all"
    if len(view.session.whole.blocks) > MOST_BLOCKS:
        path = view.session.path
        view.session.do_whole("Remove unused blocks", remove_unused)
        view.session.look_at(path[:1])
        if len(view.session.whole.blocks) > MOST_BLOCKS:
            view.session.look_at(())
            view.select_all()
            hand.press("Del")
        return "remove_unused"
    gesture = hand.chance.choices([gesture for gesture, _ in gestures], [weight for _, weight in gestures])[0]
    gesture(hand)
    answer(hand)
    return gesture.__name__


def answer(hand: Hand) -> None:
    """Type into what has opened, and accept or break off; then the canvas has the focus again."""
    view = hand.view
    for _ in range(MOST_STEPS):
        QApplication.processEvents()
        modal, popup = QApplication.activeModalWidget(), QApplication.activePopupWidget()
        if modal is not None:
            QTest.keyClick(modal, Qt.Key.Key_Escape)
        elif isinstance(popup, QMenu):
            _choose(hand, popup)
        elif popup is not None and (buttons := popup.findChildren(QAbstractButton)) and hand.chance.random() < 0.5:
            QTest.mouseClick(hand.chance.choice(buttons), Qt.MouseButton.LeftButton)
        elif popup is not None:
            hand.press(hand.chance.choice(("Return", "Return", "Space", "Down", "Esc")), popup.focusWidget() or popup)
        elif (field := _opened(hand)) is not None:
            _type(hand, field)
        else:
            break
    left = QApplication.activePopupWidget()
    while left is not None:
        left.close()
        QApplication.processEvents()
        left = QApplication.activePopupWidget()
    if not view.isActiveWindow():
        # without a desktop nobody gives the keyboard back once a dialog was closed
        view.activateWindow()
    view.setFocus()
    QApplication.processEvents()
    # what is to be deleted later goes once the event loop is back in control, which here it never is
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    if view.gesture is not None:
        view.cancel_gesture()


def _opened(hand: Hand) -> QWidget | None:
    """The field on the canvas that has the keyboard."""
    view, focus = hand.view, QApplication.focusWidget()
    if focus is None or focus in (view, view.viewport()) or isinstance(focus.window(), QDialog):
        # a dialog that was closed may keep the keyboard until it is deleted
        return None
    above: QWidget | None = focus
    while above is not None:
        if above is view or isinstance(above, SearchBox):
            return focus
        above = above.parentWidget()
    return None


def _choose(hand: Hand, menu: QMenu) -> None:
    """Any entry, by keys or with the mouse, or none."""
    able = [action for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
    kind, action = hand.chance.random(), hand.one_of(able)
    if action is None or kind < 0.15:
        QTest.keyClick(menu, Qt.Key.Key_Escape)
    elif kind < 0.5:
        menu.setActiveAction(action)
        QTest.keyClick(menu, Qt.Key.Key_Return)
    else:
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def _type(hand: Hand, field: QWidget) -> None:
    chance = hand.chance
    if isinstance(field, QSpinBox):
        QTest.keyClicks(field, str(chance.randrange(-2, 2000)))
    elif isinstance(field, QLineEdit | QTextEdit | QPlainTextEdit) and chance.random() < 0.8:
        _write(field, chance.choice(WORDS))
    for _ in range(chance.randrange(3)):
        QTest.keyClick(field, chance.choice((Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left)))
    kind = chance.random()
    if kind < 0.5:
        QTest.keyClick(field, Qt.Key.Key_Return, chance.choice((NONE, NONE, SHIFT, CTRL)))
    elif kind < 0.8:
        QTest.keyClick(field, Qt.Key.Key_Escape)
    else:
        click(hand.view, hand.spot())


def _write(field: QWidget, text: str) -> None:
    """Type a text; other letters than those of ASCII come as from an input method."""
    if text.isascii():
        QTest.keyClicks(field, text)
        return
    typed = QInputMethodEvent()
    typed.setCommitString(text)
    QApplication.sendEvent(field, typed)
