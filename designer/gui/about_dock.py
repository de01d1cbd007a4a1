"""The dock “About this project”: shown with a project that is explained, and left away once somebody has closed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget

from designer.gui.panels.about import AboutPanel
from designer.workspace.about import about
from designer.workspace.preferences import change_preferences, load_preferences

if TYPE_CHECKING:
    from designer.workspace.session import Session


class AboutDock(QObject):
    """Follows which project is open, and remembers whether its explanation is wanted."""

    def __init__(self, session: Session, panel: AboutPanel, dock: QDockWidget, action: QAction) -> None:
        super().__init__(dock)
        self.session, self.panel, self.dock = session, panel, dock
        dock.installEventFilter(self)
        action.triggered.connect(lambda: self._remember(not dock.isHidden()))

    def read(self) -> None:
        """Read what is said of the open project anew."""
        text = about(self.session.path)
        if text != self.panel.text:
            self.panel.show_text(text)

    def show_for_project(self, beside_network: bool) -> None:
        """Another project is open: show its explanation, unless there is none, it is not wanted, or data is shown."""
        self.read()
        wanted = beside_network and bool(self.panel.text) and load_preferences().show_about
        self.dock.setVisible(wanted)
        if wanted:
            self.dock.raise_()

    def give_way(self, other: QDockWidget) -> None:
        """Let ``other``, which shares its place, be seen; where that one is closed the explanation stays."""
        if not self.dock.isHidden() and not other.isHidden():
            other.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button in the title closes the dock for good, until it is asked for again."""
        if event.type() == QEvent.Type.Close:
            self._remember(False)
        return False

    def _remember(self, wanted: bool) -> None:
        if self.panel.text:
            change_preferences(show_about=wanted)
