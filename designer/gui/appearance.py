"""Appearance: puts the chosen theme on the window and everything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from designer.gui import theme as themes
from designer.gui.icons import icon
from designer.gui.style import shell_style
from designer.gui.theme import Theme
from designer.workspace.preferences import change_preferences

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

TOOL_NAMES = {"fit": "Fit", "tidy": "Tidy up", "start": "Train"}


class Appearance(QObject):
    """Follows the user's choice, and the desktop where the choice is to do so."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.choice = "system"
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    def choose(self, choice: str, store: bool = True) -> None:
        """Use the light or the dark theme, or what the desktop uses."""
        self.choice = choice
        for name, action in self.window.theme_actions.items():
            action.setChecked(name == choice)
        if store:
            change_preferences(theme=choice)
        self._use(themes_named(choice))

    def _use(self, theme: Theme) -> None:
        window, app = self.window, QApplication.instance()
        assert isinstance(app, QApplication)
        window.theme = theme
        themes.apply(app, theme)
        window.setStyleSheet(shell_style(theme))
        actions = window.actions_by_name
        for name in ("undo", "redo", "fit", "tidy"):
            actions[name].setIcon(icon(name, theme.muted, theme.faint, 18))
        actions["start"].setIcon(icon("play", theme.accent, theme.faint, 18))
        for name, words in TOOL_NAMES.items():
            actions[name].setIconText(words)
        window.welcome.set_theme(theme)
        window.status.set_theme(theme)
        window.pages.switch.set_theme(theme)
        if window.workbench is not None:
            window.workbench.set_theme(theme)
            # the word beside the picture follows the run
            window.runs.show()

    def _scheme_changed(self) -> None:
        if self.choice == "system":
            self.choose("system", store=False)


def themes_named(choice: str) -> Theme:
    """The theme that a choice means here and now."""
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    return {"light": themes.LIGHT, "dark": themes.DARK}.get(choice) or themes.system_theme(app)
