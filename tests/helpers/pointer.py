"""A mouse in the window: clicks, drags and wheels that reach only what is to be seen, with nothing over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLineEdit, QMenu, QWidget

from tests.helpers.window import until

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView
    from designer.gui.window import MainWindow
    from designer.gui.workbench import Workbench

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE = Qt.KeyboardModifier.NoModifier
STEPS = 8
EDGE = 44
NEAR = 0.6


class Pointer:
    """Acts on a window with an open project. ``acts`` names each thing done, as a person would count them."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.acts: list[str] = []

    @property
    def bench(self) -> Workbench:
        """Canvas and panels."""
        assert self.window.workbench is not None
        return self.window.workbench

    @property
    def view(self) -> CanvasView:
        """The canvas."""
        return self.bench.canvas

    # single acts on widgets

    def click(self, widget: QWidget, at: QPoint | None = None, what: str = "") -> None:
        """Click on a widget, scrolled to if need be, where nothing covers it."""
        at = self._reachable(widget, at)
        QTest.mouseMove(widget, at)
        QTest.mouseClick(widget, LEFT, NONE, at)
        self.acts.append(what or f"click {widget.accessibleName() or type(widget).__name__}")

    def double_click(self, widget: QWidget, at: QPoint | None = None, what: str = "") -> None:
        """Click twice, as one does on a word."""
        at = self._reachable(widget, at)
        QTest.mouseMove(widget, at)
        QTest.mouseClick(widget, LEFT, NONE, at)
        QTest.mouseDClick(widget, LEFT, NONE, at)
        QTest.mouseRelease(widget, LEFT, NONE, at)
        self.acts.append(what or f"double-click {widget.accessibleName() or type(widget).__name__}")

    def write(self, line: QLineEdit, text: str) -> None:
        """Type into a line instead of all that stands in it, which three clicks select."""
        laid_out(line)
        at = QPoint(12, line.height() // 2)
        self.double_click(line, at, f"write into {line.accessibleName() or 'a field'}")
        QTest.mouseClick(line, LEFT, NONE, at)
        QTest.keyClicks(line, text)

    def wheel(self, widget: QWidget, at: QPoint, turns: int) -> None:
        """Turn the wheel, upwards by positive turns."""
        place = QPointF(at)
        angle, buttons, phase = QPoint(0, 120 * turns), Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(place, QPointF(widget.mapToGlobal(at)), QPoint(), angle, buttons, NONE, phase, False)
        QApplication.sendEvent(widget, event)

    # menus

    def choose(self, *words: str) -> None:
        """Choose from the menu bar: the menu, then one entry after the other."""
        bar = self.window.menuBar()
        top = _entry(bar, words[0])
        at = bar.actionGeometry(top).center()
        QTest.mouseMove(bar, at)
        QTest.mouseClick(bar, LEFT, NONE, at)
        self._pick(*words[1:])
        self.acts.append("menu " + " > ".join(words))

    def context(self, at: QPoint, *words: str) -> None:
        """Choose from the menu under the right button at a point of the canvas."""
        port = self.view.viewport()
        self._bare(at)
        QTest.mouseClick(port, RIGHT, NONE, at)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, port.mapToGlobal(at))
        QApplication.sendEvent(port, event)
        self._pick(*words)
        self.acts.append("context menu " + " > ".join(words))

    def in_popup(self, opens: Callable[[], object], act: Callable[[QMenu], object]) -> None:
        """Do ``act`` in the menu that ``opens`` opens and that waits for an answer."""
        timer = QTimer(self.window, interval=10)

        def look() -> None:
            popup = QApplication.activePopupWidget()
            if isinstance(popup, QMenu) and popup.isVisible():
                timer.stop()
                act(popup)

        timer.timeout.connect(look)
        timer.start()
        opens()
        assert not timer.isActive(), "no menu has opened"
        timer.deleteLater()
        self._awake()

    # the canvas

    def reach(self, *points: QPointF, near: bool = False) -> None:
        """Turn the wheel and drag the ground until these points of the scene are seen, with nothing over them.

        With ``near`` they are looked at from so near that ports can be told apart, if there is room for that.
        """
        view, port = self.view, self.view.viewport()
        for _ in range(40):
            room = port.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
            seen = [view.mapFromScene(point) for point in points]
            across = [at.x() for at in seen]
            down = [at.y() for at in seen]
            wide, high = max(across) - min(across), max(down) - min(down)
            if near and view.zoom < NEAR and wide * 1.3 < room.width() and high * 1.3 < room.height():
                self.wheel(port, room.center(), 1)
                self.acts.append("wheel")
                continue
            if all(room.contains(at) and self._covering(at) is None for at in seen):
                return
            if wide >= room.width() or high >= room.height():
                self.wheel(port, room.center(), -1)
                self.acts.append("wheel")
                continue
            middle = QPoint((max(across) + min(across)) // 2, (max(down) + min(down)) // 2)
            way = room.center() - middle
            most = QPoint(room.width() // 2, room.height() // 2)
            way = QPoint(_within(way.x(), most.x()), _within(way.y(), most.y()))
            start = room.center() - way / 2
            self._drag(start, start + way, MIDDLE)
            self.acts.append("pan")
        raise AssertionError(f"cannot bring {points} into sight: {[self._covering(at) for at in seen]}")

    # inner workings

    def _drag(self, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
        port = self.view.viewport()
        self._bare(start)
        QTest.mouseMove(port, start)
        QTest.mousePress(port, button, NONE, start)
        for step in range(1, STEPS + 1):
            QTest.mouseMove(port, start + (end - start) * (step / STEPS))
        QTest.mouseRelease(port, button, NONE, end)

    def _pick(self, *words: str) -> None:
        for word in words:
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu), f"no menu is open for {word}"
            entry = _entry(menu, word)
            assert entry.isEnabled(), f"“{word}” cannot be chosen now"
            at = menu.actionGeometry(entry).center()
            QTest.mouseMove(menu, at)
            QTest.mouseClick(menu, LEFT, NONE, at)
            if entry.menu() is not None:
                until(entry.menu().isVisible, 5, f"{word} does not open")
        self._awake()

    def _awake(self) -> None:
        """After a menu has closed the desktop makes the window the active one again; without a screen nobody does."""
        if not self.window.isActiveWindow() and QApplication.activeModalWidget() is None:
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window)

    def _reachable(self, widget: QWidget, at: QPoint | None) -> QPoint:
        laid_out(widget)
        at = at or widget.rect().center()
        area = widget.parentWidget()
        while area is not None and not (isinstance(area, QAbstractScrollArea) and area.viewport() is not widget):
            area = area.parentWidget()
        for _ in range(60):
            place = widget.mapTo(widget.window(), at)
            found = widget.window().childAt(place)
            if found is not None and (found is widget or widget.isAncestorOf(found)):
                return at
            if area is None:
                raise AssertionError(f"{widget} is covered by {found}")
            middle = area.viewport().rect().center()
            up = widget.mapTo(area.viewport(), at).y() < middle.y()
            self.wheel(area.viewport(), middle, 1 if up else -1)
            QApplication.processEvents()
        raise AssertionError(f"{widget} cannot be scrolled into sight: {found} is there")

    def _covering(self, at: QPoint) -> QWidget | None:
        """What lies over a point of the canvas, if anything."""
        window, port = self.window, self.view.viewport()
        found = window.childAt(port.mapTo(window, at))
        return None if found is port else found

    def _bare(self, at: QPoint) -> None:
        assert self.view.viewport().rect().contains(at), f"{at} is out of sight"
        assert self._covering(at) is None, f"{at} is covered by {self._covering(at)}"


def _entry(menu: QWidget, words: str) -> QAction:
    found = [one for one in menu.actions() if one.text().partition("\t")[0].replace("&", "") == words]
    assert len(found) == 1, f"no entry “{words}” among {[one.text() for one in menu.actions()]}"
    return found[0]


def laid_out(widget: QWidget) -> None:
    """Wait until a widget that was just made has found its place."""
    until(lambda: widget.isVisible() and widget.isEnabled(), 5, f"{widget} cannot be clicked")
    QApplication.processEvents()


def _within(value: int, most: int) -> int:
    return max(-most, min(most, value))
