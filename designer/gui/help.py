"""Help: the list of keys, and what this app is."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, qVersion
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMenuBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

import designer
from designer.gui.canvas.commands.mouse import WITH_BARE_KEYS, WITH_THE_MOUSE
from designer.gui.labels import plain_label
from designer.gui.panels.curve_hand import HANDS
from designer.gui.wording import plain_tooltip

Rows = Sequence[tuple[str, str]]
NOTHING_FOUND = "Nothing matches. Try a key, such as “ctrl”, or another word."
WORDS, KEYS = 0, 1
# keys that few keyboards have, such as one for Save
RARE_KEYS = ((Qt.Key.Key_F13, Qt.Key.Key_F35), (Qt.Key.Key_Back, Qt.Key.Key_unknown))


def shortcut_groups(bar: QMenuBar) -> dict[str, list[tuple[str, str]]]:
    """What has keys, by the menu that offers it, then what plots and canvas do with bare keys and with the mouse."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for entry in bar.actions():
        menu = entry.menu()
        rows = [(words, _keys(action)) for words, action in _within(menu) if action.shortcuts()]
        if rows:
            groups[entry.text().replace("&", "")] = rows
    groups["On the curves of a training"] = list(HANDS)
    for title, hands in (("On the canvas, with keys", WITH_BARE_KEYS), ("With the mouse", WITH_THE_MOUSE)):
        groups[title] = [(hand.does, hand.how) for hand in hands]
    return groups


def _within(menu: QObject | None, before: str = "") -> Iterator[tuple[str, QAction]]:
    """The entries of a menu and of the menus in it, each with its words."""
    for action in menu.actions() if isinstance(menu, QMenu) else ():
        if action.menu() is None:
            yield before + _words(action), action
        else:
            yield from _within(action.menu(), f"{_words(action)}: ")


def _words(action: QAction) -> str:
    # undo and redo say there what they do in general, not what they would do now
    return str(action.iconText()).replace("&", "").rstrip("….")


def _keys(action: QAction) -> str:
    text = QKeySequence.SequenceFormat.NativeText
    known = [
        keys for keys in action.shortcuts() if not any(first <= keys[0].key() <= last for first, last in RARE_KEYS)
    ]
    return " or ".join(keys.toString(text) for keys in known or action.shortcuts())


class ShortcutsDialog(QDialog):
    """Lists in groups what is done with which keys and gestures, and finds in it."""

    def __init__(self, groups: Mapping[str, Rows], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(660, 680)
        self.search = QLineEdit(placeholderText="Search by word or key", clearButtonEnabled=True)
        self.search.setAccessibleName("Search shortcuts")
        self.search.textChanged.connect(self._search)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Shortcuts")
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setIndentation(12)
        self.tree.setUniformRowHeights(True)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(WORDS, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(KEYS, QHeaderView.ResizeMode.ResizeToContents)
        for title, rows in groups.items():
            self._add(title, rows)
        self.tree.expandAll()
        self.nothing = plain_label(NOTHING_FOUND, "muted", wrap=True)
        self.nothing.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.nothing, self.tree, buttons):
            layout.addWidget(widget, int(widget is self.tree))
        self.search.setFocus()

    def shown(self) -> dict[str, list[tuple[str, str]]]:
        """What is listed now, by group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for top in self._tops():
            rows = [top.child(place) for place in range(top.childCount())]
            if not top.isHidden():
                groups[top.text(WORDS)] = [(row.text(WORDS), row.text(KEYS)) for row in rows if not row.isHidden()]
        return groups

    def _add(self, title: str, rows: Rows) -> None:
        top = QTreeWidgetItem(self.tree, [title])
        font = self.font()
        font.setBold(True)
        top.setFont(WORDS, font)
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        top.setFirstColumnSpanned(True)
        muted = self.palette().placeholderText()
        for words, keys in rows:
            row = QTreeWidgetItem(top, [words, keys])
            row.setToolTip(WORDS, plain_tooltip(words))
            row.setForeground(KEYS, muted)
            row.setTextAlignment(KEYS, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _tops(self) -> list[QTreeWidgetItem]:
        return [item for place in range(self.tree.topLevelItemCount()) if (item := self.tree.topLevelItem(place))]

    def _search(self, text: str) -> None:
        """Leave those rows that hold all words of ``text``; a group whose title holds them stays whole."""
        wanted = text.casefold().replace(" + ", "+").split()
        for top in self._tops():
            whole = all(word in top.text(WORDS).casefold() for word in wanted)
            for place in range(top.childCount()):
                row = top.child(place)
                said = f"{row.text(WORDS)} {row.text(KEYS).replace(' + ', '+')}".casefold()
                row.setHidden(not (whole or all(word in said for word in wanted)))
            top.setHidden(all(top.child(place).isHidden() for place in range(top.childCount())))
        found = bool(self.shown())
        self.nothing.setVisible(not found)
        self.tree.setVisible(found)


def about_words() -> str:
    """What this is, and what it runs on."""
    return (
        f"Version {designer.__version__}, free software under the MIT licence.\n"
        "Draw a neural network, give it your data, watch it learn, and take weights and readable PyTorch with you.\n\n"
        f"Python {platform.python_version()}, Qt {qVersion()}. Nothing is ever sent anywhere."
    )
