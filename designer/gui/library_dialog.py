"""My library: the blocks that this person keeps for all projects, to be renamed or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from designer.gui.dialogs import ask
from designer.gui.labels import plain_label
from designer.gui.numbers import plural
from designer.project.errors import LayerloomError
from designer.workspace.library import Entry, list_library, remove_from_library, rename_in_library

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

EMPTY = "Nothing is kept yet. Select a block on the canvas and choose “Keep in my library” in the menu Block."
NAME = Qt.ItemDataRole.UserRole


class LibraryDialog(QDialog):
    """Lists the library. A name is changed in the list itself; projects that use a block keep theirs."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view.window())
        self.setWindowTitle("My library")
        self.resize(460, 380)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(plain_label("Blocks for all your projects", "heading"))
        self.hint = plain_label("", "muted", wrap=True)
        layout.addWidget(self.hint)
        self.list = QListWidget()
        self.list.setAccessibleName("Blocks of the library")
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.list.itemChanged.connect(self._renamed)
        self.list.currentItemChanged.connect(self._show_chosen)
        layout.addWidget(self.list, 1)
        self.summary = plain_label("", "muted", wrap=True)
        self.summary.setMinimumHeight(36)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.summary)
        self.trouble = plain_label("", "error", wrap=True)
        self.trouble.hide()
        layout.addWidget(self.trouble)
        self.rename, self.remove = QPushButton("Rename"), QPushButton("Remove…")
        self.rename.clicked.connect(lambda: self.list.editItem(self.list.currentItem()))
        self.remove.clicked.connect(self._remove)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        for button in (self.rename, self.remove):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.rename)
        row.addWidget(self.remove)
        row.addStretch(1)
        row.addWidget(close)
        layout.addLayout(row)
        self._entries: dict[str, Entry] = {}
        self.refresh()

    def refresh(self, chosen: str = "", said: str = "") -> None:
        """Show the library as it is now, and why something was not done."""
        library = list_library()
        self._entries = dict(library.entries)
        self.list.blockSignals(True)
        self.list.clear()
        for name, entry in self._entries.items():
            item = QListWidgetItem(name)
            item.setData(NAME, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, entry.block.summary)
            self.list.addItem(item)
            if name == chosen or not self.list.currentItem():
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.hint.setText(EMPTY if not self._entries else "The palette and the search on the canvas offer them.")
        damaged = "\n".join(f"{name}: {reason}" for name, reason in library.damaged.items())
        self._say(said or (f"Passed over, because it cannot be read:\n{damaged}" if damaged else ""))
        self._show_chosen()

    def _show_chosen(self) -> None:
        entry = self._chosen()
        self.rename.setEnabled(entry is not None)
        self.remove.setEnabled(entry is not None)
        if entry is None:
            self.summary.setText("")
            return
        layers = sum(not node.type.startswith("block_") for node in entry.block.graph.nodes.values())
        self.summary.setText(" ".join(filter(None, (entry.block.summary, f"{plural(layers, 'layer')}."))))

    def _chosen(self) -> Entry | None:
        item = self.list.currentItem()
        return self._entries.get(str(item.data(NAME))) if item is not None else None

    def _renamed(self, item: QListWidgetItem) -> None:
        old = str(item.data(NAME))
        if item.text() == old:
            return
        chosen, said = old, ""
        try:
            chosen = rename_in_library(old, item.text()).name
        except LayerloomError as error:
            said = str(error)
        # the list has still to put its line away
        QTimer.singleShot(0, self, lambda: self.refresh(chosen, said))

    def _remove(self) -> None:
        entry = self._chosen()
        if entry is None:
            return
        sentence = "Projects that use it keep it. This cannot be undone."
        if ask(self, f"Remove “{entry.name}” from your library?", sentence, ["Remove", "Keep"], default=1) != 0:
            return
        try:
            remove_from_library(entry.name)
        except LayerloomError as error:
            self._say(str(error))
            return
        self.refresh()

    def _say(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
