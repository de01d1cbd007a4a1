"""Working by the keyboard alone: keys go where the system would send them, and what is read aloud is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMainWindow, QMenu, QWidget

from designer.gui import announce
from designer.gui.window import MainWindow
from designer.gui.workbench import Workbench
from tests.helpers.window import open_window, rest, until

Key = Qt.Key
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def focus() -> QWidget:
    """The widget that keys go to: within the popup that is open, else the one with the focus."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup.focusWidget() or popup
    if QApplication.activeWindow() is None:
        _activate_again()
    widget = QApplication.focusWidget() or QApplication.activeWindow()
    assert widget is not None, "nothing has the keyboard"
    return widget


def _activate_again() -> None:
    """Without a screen no window comes to the front by itself when a menu has closed, as it does on a desktop."""
    shown = [
        window for window in QApplication.topLevelWidgets() if window.isVisible() and not isinstance(window, QMenu)
    ]
    assert shown, "no window is open"
    window = QApplication.activeModalWidget() or next((one for one in shown if isinstance(one, QMainWindow)), shown[0])
    window.activateWindow()
    QTest.qWaitForWindowActive(window)


@contextmanager
def begun_by_keys(choice: str) -> Iterator[tuple[MainWindow, Workbench, Ears]]:
    """A window in which this choice of the welcome page was taken by keys, and what is read aloud."""
    with open_window() as window, listening() as ears:
        tab_to(choice)
        press(Key.Key_Return)
        until(
            lambda: window.workbench is not None and window.workbench.canvas.hasFocus(), 10, "the canvas has no focus"
        )
        assert window.workbench is not None
        yield window, window.workbench, ears


def press(*keys: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press keys one after the other, each where the keyboard is by then."""
    for key in keys:
        QTest.keyClick(focus(), key, modifiers)
        rest()


def write(text: str) -> None:
    """Type text where the keyboard is."""
    QTest.keyClicks(focus(), text)


def fill(text: str) -> None:
    """Type over all that stands in the field that has the keyboard."""
    press(Key.Key_A, modifiers=CTRL)
    write(text)


def press_menu_key() -> QMenu:
    """The key of the context menu; the menu that it opens. Desktops turn that key into an event of its own."""
    widget = focus()
    rect = widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle) or QRect()
    place = rect.center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    return open_menu()


def open_menu() -> QMenu:
    """The menu that is open and has the keys."""
    until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), 5, "no menu is open")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def spoken(widget: QWidget) -> str:
    """The name under which a screen reader reads a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


class Ears:
    """All that is read aloud: announcements, and the names of what the keyboard comes to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.stops: list[tuple[str, str]] = []

    @property
    def last(self) -> str:
        """What was announced last."""
        return self.heard[-1] if self.heard else ""

    def announced(self, text: str) -> None:
        """Something was announced."""
        self.heard.append(text)

    def focused(self, before: QWidget | None, now: QWidget | None) -> None:
        """The keyboard has come to another widget."""
        if now is not None:
            self.stops.append((type(now).__name__, spoken(now)))


@contextmanager
def listening() -> Iterator[Ears]:
    """Ears for as long as it lasts."""
    ears = Ears()
    announce.listeners.append(ears.announced)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.focusChanged.connect(ears.focused)
    try:
        yield ears
    finally:
        app.focusChanged.disconnect(ears.focused)
        announce.listeners.remove(ears.announced)


def tab_to(name: str, most: int = 60) -> None:
    """Press Tab until the keyboard is on what is read aloud as that."""
    walked = []
    for _ in range(most):
        if name in (spoken(focus()), focus().accessibleName()):
            return
        walked.append(spoken(focus()))
        press(Key.Key_Tab)
    raise AssertionError(f"Tab never came to {name!r}, only to {walked}")


def set_fields(**values: str | bool) -> None:
    """Set fields of the selected layer in the inspector, in the form's order, and come back to the canvas.

    A field is named by its words with lines for blanks; the name of the layer's first field need not be given.
    """
    press(Key.Key_Return)
    for name, value in values.items():
        words = name.replace("_", " ")
        tab_to(words[:1].upper() + words[1:])
        widget = focus()
        if isinstance(value, bool):
            assert isinstance(widget, QAbstractButton)
            if widget.isChecked() != value:
                press(Key.Key_Space)
        elif isinstance(widget, QComboBox):
            choose(value)
        else:
            fill(value)
            press(Key.Key_Return)
    press(Key.Key_Escape)


def choose(words: str) -> None:
    """Choose one of a list by going down from its top; what belongs to a choice may come and go meanwhile."""
    press(Key.Key_Home)
    passed = []
    while (box := focus()).currentText() != words:  # type: ignore[attr-defined]
        passed.append(box.currentText())  # type: ignore[attr-defined]
        assert passed.count(passed[-1]) == 1, f"{words!r} is not in the list {passed}"
        press(Key.Key_Down)


def press_for_menu(key: Qt.Key, act: Callable[[], object]) -> None:
    """Press a key that opens the menu of a button, and do something in it: the button waits until it is closed."""
    failed: list[BaseException] = []

    def begin() -> None:
        try:
            open_menu()
            act()
        except BaseException as error:
            failed.append(error)
            while (popup := QApplication.activePopupWidget()) is not None:
                popup.close()

    QTimer.singleShot(0, begin)
    press(key)
    if failed:
        raise failed[0]


def menu_entry(words: str) -> None:
    """Go down the open menu to an entry and choose it; the words without what comes after them."""
    menu = open_menu()
    for _ in range(2 * len(menu.actions())):
        active = menu.activeAction()
        if active is not None and active.text().replace("&", "").startswith(words):
            press(Key.Key_Return)
            return
        press(Key.Key_Down)
    raise AssertionError(f"{words!r} cannot be reached in the menu: {[one.text() for one in menu.actions()]}")


def add(name: str, after: bool = True) -> None:
    """Open the search box, find a layer, and add it, after the selected one or by itself."""
    press(Key.Key_A, modifiers=SHIFT)
    write(name)
    press(Key.Key_Return, modifiers=SHIFT if after else NONE)
