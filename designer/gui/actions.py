"""Actions: everything that the menus offer, each with its words and its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from designer.gui.wording import plain_tooltip
from designer.project.history import History

Keys = QKeySequence.StandardKey
Do = Callable[[], object]


class Actions(QObject):
    """Holds the window's actions by name.

    ``on_canvas`` are those whose keys belong to the canvas alone, ``editing`` the names of those that need a project.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window = window
        self.by_name: dict[str, QAction] = {}
        self.on_canvas: list[QAction] = []
        self.editing: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def add(
        self, name: str, words: str, do: Do, keys: QKeySequence.StandardKey | str | None = None, canvas: bool = False
    ) -> QAction:
        """Make an action; with ``canvas`` its keys work only while the canvas has the focus."""
        action = QAction(words, self.window)
        action.setObjectName(name)
        if keys is not None:
            if isinstance(keys, str):
                action.setShortcuts([QKeySequence(part) for part in keys.split("; ")])
            else:
                action.setShortcuts(keys)
        if canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.on_canvas.append(action)
        else:
            # its keys work whether or not a menu that is filled later has been opened
            self.window.addAction(action)
        action.triggered.connect(lambda: do())
        self.by_name[name] = action
        return action

    def enable(self, names: Iterable[str], on: bool) -> None:
        """Make actions available, or not."""
        for name in names:
            self.by_name[name].setEnabled(on)

    def enable_editing(self, on: bool) -> None:
        """Make available what needs a project, or not."""
        self.enable(self.editing, on)

    def show_history(self, history: History, on: bool) -> None:
        """Let undo and redo say what they would do."""
        for name, words, can, label in (
            ("undo", "Undo", history.can_undo, history.undo_label),
            ("redo", "Redo", history.can_redo, history.redo_label),
        ):
            action = self.by_name[name]
            action.setEnabled(can and on)
            action.setText(f"&{words} {plain(label)}".rstrip())
            action.setIconText(words)
            action.setToolTip(plain_tooltip(f"{words} {label}".rstrip()))

    def menu(self, bar: QMenuBar | QMenu, words: str, names: Iterable[str]) -> QMenu:
        """A menu of actions; an empty name is a separator."""
        menu = bar.addMenu(words)
        for name in names:
            if name:
                menu.addAction(self.by_name[name])
            else:
                menu.addSeparator()
        return menu


def plain(text: str, longest: int = 60) -> str:
    """A user's text as an action's words: an ampersand is itself, and a long text is cut."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return " ".join(cut.split()).replace("&", "&&")
