"""Areas: the keyboard's way between canvas and panels, and the keys that show a panel."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDockWidget, QGridLayout, QLayout, QMainWindow, QScrollArea, QWidget


def step_area(canvas: QWidget, by: int) -> None:
    """Bring the keyboard to the next part of the window that is seen: canvas, panels at the sides, panel below."""
    window = canvas.window()
    areas = [canvas, *(dock.widget() for dock in _seen_panels(window))]
    focused = QApplication.focusWidget()
    here = next((at for at, area in enumerate(areas) if area is focused or area.isAncestorOf(focused or window)), 0)
    for step in range(1, len(areas) + 1):
        if focus_in(areas[(here + by * step) % len(areas)]):
            return


def step_stop(window: QMainWindow, following: bool) -> bool:
    """Bring the keyboard to the next widget that takes it, or to the one before, in the order in which one reads.

    Parts of panels that were made late come where they stand, and panels behind others are passed over.
    """
    stops = [stop for area in (window.centralWidget(), *_seen_panels(window)) for stop in _stops_in(area)]
    focused = QApplication.focusWidget()
    others = [one for one in stops if one is not focused]
    if not others:
        return False
    at = stops.index(focused) if focused in stops else -1 if following else 0
    to = stops[(at + (1 if following else -1)) % len(stops)]
    to.setFocus(Qt.FocusReason.TabFocusReason if following else Qt.FocusReason.BacktabFocusReason)
    return True


def _seen_panels(window: QMainWindow) -> list[QDockWidget]:
    """The panels that lie behind no other, left before right, and those below the canvas last."""
    # to look for them in all that is in them too would take longer than all else
    found = window.findChildren(QDockWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    docks = [dock for dock in found if not dock.visibleRegion().isEmpty()]
    return sorted(docks, key=lambda dock: _place(window, dock.widget()))


def _stops_in(widget: QWidget) -> Iterator[QWidget]:
    """What takes the keyboard in a widget, in the order of its layouts."""
    if not widget.isVisible():
        return
    if _takes_keys(widget) and widget.focusProxy() is None:
        yield widget
    laid = dict.fromkeys(_laid_out(widget.layout())) if widget.layout() is not None else {}
    rest = [child for child in widget.children() if isinstance(child, QWidget) and child not in laid]
    for child in (*laid, *rest):
        if not child.isWindow():
            yield from _stops_in(child)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    places = [(layout.itemAt(place), place) for place in range(layout.count())]
    if isinstance(layout, QGridLayout):
        places.sort(key=lambda found: layout.getItemPosition(found[1])[:2])
    for item, _ in places:
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)


def focus_in(area: QWidget) -> bool:
    """Bring the keyboard to where it was last in an area, or else to the first that takes it; whether any does."""
    if area.focusProxy() is None and area.focusPolicy() & Qt.FocusPolicy.TabFocus:
        area.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True
    last = area.focusWidget()
    # what merely scrolls is the last choice
    stops = sorted(_stops_in(area), key=lambda widget: isinstance(widget, QScrollArea))
    for widget in (last, area.focusProxy(), *stops):
        if widget is not None and _takes_keys(widget):
            widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
    return False


def toggle_action(dock: QDockWidget, canvas: QWidget, keys: str = "") -> QAction:
    """An action that shows a panel and brings the keyboard to it, and pressed there hides it again.

    One without keys, which is chosen from a menu alone, hides its panel wherever the keyboard is.
    """
    action = QAction(dock.windowTitle(), dock)
    action.setCheckable(True)
    action.setShortcut(QKeySequence(keys))

    def toggle() -> None:
        panel = dock.widget()
        focused = QApplication.focusWidget()
        within = focused is not None and panel.isAncestorOf(focused)
        if not dock.visibleRegion().isEmpty() and (within or not keys):
            dock.hide()
            canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            dock.show()
            dock.raise_()
            if not focus_in(panel):
                panel.setFocus(Qt.FocusReason.ShortcutFocusReason)
        action.setChecked(not dock.isHidden())

    action.triggered.connect(lambda: toggle())
    dock.visibilityChanged.connect(lambda _: action.setChecked(not dock.isHidden()))
    return action


class EscapeToCanvas(QObject):
    """Brings the keyboard back to the canvas when a panel has no other use for Escape."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas

    def watch(self, panel: QWidget) -> None:
        """Heed Escape in this panel."""
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What nobody within the panel wanted arrives at the panel itself."""
        plain = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.modifiers()
        if plain and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        return False


def _takes_keys(widget: QWidget) -> bool:
    policy = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(policy) and widget.isVisible() and widget.isEnabled() and not isinstance(widget, QMainWindow)


def _place(window: QWidget, panel: QWidget) -> tuple[int, int]:
    """Left before right, and what is below the canvas last."""
    corner = panel.mapTo(window, panel.rect().topLeft()) if panel.window() is window else panel.pos()
    below = corner.y() > window.height() // 2
    return int(below), corner.x()
