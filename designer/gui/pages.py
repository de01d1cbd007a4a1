"""Network and data: the two large views of a project, each with panels of its own, and the switch between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolBar, QWidget

from designer.gui.icons import icon
from designer.gui.layout_memory import Arrangement, arrangement_of, docks_in, docks_of, restore_docks, text_of
from designer.gui.one_click import press_once
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

NETWORK, DATA = "network", "data"
WORDS = {NETWORK: "Network", DATA: "Data"}
ICONS = {NETWORK: "network", DATA: "table"}
KEYS = {NETWORK: "Ctrl+1", DATA: "Ctrl+2"}
TIPS = {
    NETWORK: "The layers and how they are linked (Ctrl+1)",
    DATA: "What the network learns from, and how it is prepared (Ctrl+2)",
}
ON_CANVAS = ("fit", "tidy")
SETTLED_MS = 60
# while a training is on, another one has to wait
START_WORDS = ("Train", "Add to queue")


class PageSwitch(QWidget):
    """The two buttons. ``chosen`` carries the page that the user wants."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(4)
        for key, word in WORDS.items():
            button = QPushButton(word)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setProperty("segment", True)
            button.setToolTip(TIPS[key])
            button.setAccessibleDescription(TIPS[key])
            button.clicked.connect(lambda _, key=key: self.chosen.emit(key))
            self.buttons[key] = button
            row.addWidget(button)
        self.show_page(NETWORK)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for key, button in self.buttons.items():
            button.setIcon(icon(ICONS[key], theme.text))

    def show_page(self, key: str) -> None:
        """Show which page is seen."""
        self.buttons[key].setChecked(True)


class Pages(QObject):
    """Brings the network or the data into the middle of the window; the panels around each are remembered."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.switch = PageSwitch(window.theme)
        self.switch.chosen.connect(self.show)
        self.page = NETWORK
        self._docks: dict[str, Arrangement] = {}
        self._left: Arrangement | None = None

    @property
    def network_docks(self) -> str:
        """Where the panels around the network are, as text to be kept."""
        if self.page == NETWORK:
            return docks_of(self.window)
        return text_of(self._docks[NETWORK].state) if NETWORK in self._docks else self.window.dock_state

    def leave(self) -> str:
        """The project is shown no longer: where the panels around its network were."""
        self._left = arrangement_of(self.window) if self.page == NETWORK else self._docks.get(NETWORK)
        return self.network_docks

    def begin(self, key: str) -> None:
        """A project is shown where none was before, this page of it first."""
        self._docks.clear()
        self.page = ""
        self.show(key)

    def show(self, key: str) -> None:
        """Show a page of the project, and bring the keyboard to it."""
        window, bench = self.window, self.window.workbench
        if bench is None or not window.editing:
            return
        if key != self.page:
            self._turn(key)
        self.switch.show_page(key)
        for name in ON_CANVAS:
            window.actions_by_name[name].setVisible(key == NETWORK)
        keep_room(window.tools, window.actions_by_name["start"], *START_WORDS)
        press_once(window.tools.widgetForAction(window.actions_by_name["start"]))
        part_tools(window.tools)
        if key == DATA:
            bench.data.take_keys()
        else:
            bench.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_all_of_network(self) -> None:
        """Show the whole of a network that took another's place."""
        self.show(NETWORK)
        if (bench := self.window.workbench) is not None:
            QTimer.singleShot(0, bench.canvas, bench.canvas.zoom_to_fit)

    def forget_panels(self) -> None:
        """No panel is remembered to be where it was."""
        self._docks.clear()

    def _place_panels(self) -> None:
        """Put the panels around the network: where they were the last time, or else where they are at first."""
        window, bench = self.window, self.window.workbench
        assert bench is not None
        if self._left is not None and text_of(self._left.state) == window.dock_state:
            self._left.bring_back(window)
            return
        bench.place_docks()
        restore_docks(window, window.dock_state)
        # right after the window was furnished its layout does not know yet how large it is
        QTimer.singleShot(0, bench, self._size_panels)

    def _size_panels(self) -> None:
        """Give the panels around the network their sizes once more, now that the window has room for them."""
        window, bench = self.window, self.window.workbench
        if bench is None or not window.editing or self.page != NETWORK:
            return
        if window.dock_state:
            # a project that has something to tell of itself has shown it meanwhile
            now = arrangement_of(window)
            restore_docks(window, window.dock_state)
            now.show(window)
        else:
            bench.size_docks()

    def _turn(self, key: str) -> None:
        window, bench = self.window, self.window.workbench
        assert bench is not None
        if self.page:
            self._docks[self.page] = arrangement_of(window)
        first = key == NETWORK and NETWORK not in self._docks
        self.page = key
        window.setUpdatesEnabled(False)
        window.stack.setCurrentWidget(bench.data if key == DATA else bench.canvas)
        if key in self._docks:
            self._docks[key].bring_back(window)
        elif first:
            self._place_panels()
        else:
            bench.hide_docks()
        window.setUpdatesEnabled(True)
        for dock in docks_in(window):
            # one that floats now is a window of its own, which is passed over above
            dock.setUpdatesEnabled(True)
        if first:
            # the panels have to find their places first
            QTimer.singleShot(SETTLED_MS, bench.canvas, bench.canvas.zoom_to_fit)


def part_tools(bar: QToolBar) -> None:
    """Show a line between two groups of tools, and none between groups of which one is hidden."""
    line: QAction | None = None
    shown = False
    for action in bar.actions():
        if action.isSeparator():
            action.setVisible(False)
            line = action if shown else None
        elif action.isVisible():
            if line is not None:
                line.setVisible(True)
            line, shown = None, True


def keep_room(bar: QToolBar, action: QAction, *words: str) -> None:
    """Make the button of a tool as wide as any of these words ask for, so that nothing beside it moves."""
    button, before = bar.widgetForAction(action), action.iconText()
    widths = []
    for each in words:
        action.setIconText(each)
        widths.append(button.sizeHint().width())
    action.setIconText(before)
    button.setMinimumWidth(max(widths))
