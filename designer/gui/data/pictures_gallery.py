"""The gallery: the pictures with filters by class and part, and how many are left of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox
from designer.gui.data.pictures_grid import PictureGrid
from designer.gui.labels import EmptyState, plain_label, rule
from designer.gui.numbers import exact, plural
from designer.gui.panels.split import PARTS
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.gui.data.pictures_listing import PictureSet

MOST_CLASSES = 1000
WIDTH = 190


class Gallery(QWidget):
    """Shows the pictures of one class or of all, and of one part or of all."""

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        super().__init__()
        self.list = PictureGrid(theme, tasks)
        self.model = self.list.pictures
        self.label, self.part = CalmComboBox(), CalmComboBox()
        self.counted, self.every = plain_label("", "muted"), QPushButton("Show all")
        self.every.setProperty("link", True)
        self.every.setToolTip("Show the pictures of all classes and parts")
        self.every.clicked.connect(self._show_all)
        for box, name in ((self.label, "Class"), (self.part, "Part")):
            box.setAccessibleName(f"{name} of the pictures that are shown")
            box.setToolTip(f"Show the pictures of one {name.lower()} alone")
            box.setFixedWidth(WIDTH)
            box.currentIndexChanged.connect(lambda _: self._filter())
        self.nothing = EmptyState("No pictures here", "No picture is of this class and in this part.")
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        for widget in (self.label, self.part, self.counted, self.every):
            row.addWidget(widget)
        row.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(rule())
        column.addWidget(self._stack, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.list.set_theme(theme)

    def show_pictures(self, pictures: PictureSet | None) -> None:
        """Show a set of pictures; the class and part that were chosen stay so where they are still there."""
        classes = pictures.counts() if pictures is not None else {}
        parts = pictures.part_counts() if pictures is not None else {}
        _offer(self.label, "All classes", {name: name for name in classes}, classes)
        _offer(self.part, "All parts", PARTS, parts)
        self.model.show_pictures(pictures, ())
        self._filter()

    def choose_label(self, label: str) -> None:
        """Show the pictures of one class."""
        self.label.setCurrentIndex(max(0, self.label.findData(label)))

    def take_keys(self) -> None:
        """Bring the keyboard to the pictures."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))

    def _show_all(self) -> None:
        for box in (self.label, self.part):
            box.setCurrentIndex(0)
        self.take_keys()

    def _filter(self) -> None:
        pictures = self.model.pictures
        if pictures is not None:
            self.model.show_pictures(pictures, pictures.chosen(self.label.currentData(), self.part.currentData()))
            self.list.scrollToTop()
        shown, whole = len(self.model.numbers), len(pictures) if pictures is not None else 0
        self.counted.setText(
            plural(shown, "picture") if shown == whole else f"{exact(shown)} of {exact(whole)} pictures"
        )
        self.every.setVisible(shown != whole)
        self._stack.setCurrentWidget(self.nothing if whole and not shown else self.list)


def _offer(box: CalmComboBox, every: str, words: dict[str, str], counts: dict[str, int]) -> None:
    """Put all and each of these into a box, hidden where there is nothing to choose."""
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    box.addItem(every, None)
    for name, count in counts.items():
        box.addItem(f"{' '.join(words[name].split())} ({exact(count)})", name)
    box.setCurrentIndex(max(0, box.findData(chosen)) if chosen is not None else 0)
    box.blockSignals(False)
    box.setVisible(2 < box.count() <= MOST_CLASSES)
