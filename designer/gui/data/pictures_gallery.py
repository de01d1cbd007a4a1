"""The gallery: the pictures with filters by class and part, how many are left of them, and each of them large."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox
from designer.gui.data.pictures_drawing import Drawn, draw
from designer.gui.data.pictures_grid import PictureGrid
from designer.gui.labels import EmptyState, plain_label, rule
from designer.gui.mask_paint import MaskBar
from designer.gui.numbers import exact, plural
from designer.gui.outline_paint import OutlineLegend, OutlineSwitch
from designer.gui.panels.split import PARTS
from designer.gui.picture_view import FINEST, LARGE, PictureView
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.gui.data.pictures_listing import PictureSet

MOST_CLASSES = 1000
WIDTH = 190
LANE = "large picture"


class Gallery(QWidget):
    """Shows the pictures of one class or of all, and of one part or of all; Return shows the chosen one large."""

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        super().__init__()
        self.theme, self._tasks = theme, tasks
        self._lane = f"{LANE} {id(self)}"
        self.large, self.outlines, self.legend = PictureView(theme), OutlineSwitch(), OutlineLegend(theme)
        self.list, self.masks = PictureGrid(theme, tasks), MaskBar(theme)
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
        self.sides = plain_label("Left: true mask. Right: predicted mask.", "muted")
        self.sides.hide()
        for widget in (self.label, self.part, self.counted, self.every):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.sides)
        row.addWidget(self.legend)
        row.addWidget(self.outlines)
        self._stack = QStackedWidget()
        for page in (self.list, self.nothing, self.large):
            self._stack.addWidget(page)
        self.list.activated.connect(self._open)
        self.large.closed.connect(self._close)
        self.large.stepped.connect(self._step)
        self.large.pane.finer_wanted.connect(self._refine)
        self.outlines.toggled.connect(self._show_outlines)
        self.masks.chosen.connect(self._show_masks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.masks)
        column.addWidget(rule())
        column.addWidget(self._stack, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.list.set_theme(theme)
        self.large.set_theme(theme)
        self.legend.set_theme(theme)
        self.masks.set_theme(theme)

    def show_pictures(self, pictures: PictureSet | None) -> None:
        """Show a set of pictures; the class and part that were chosen stay so where they are still there."""
        classes = pictures.counts() if pictures is not None else {}
        parts = pictures.part_counts() if pictures is not None else {}
        _offer(self.label, "All classes", {name: name for name in classes}, classes)
        _offer(self.part, "All parts", PARTS, parts)
        self.outlines.show_for(pictures.placed if pictures is not None else None)
        self.masks.show_for(pictures.mask_classes if pictures is not None else None)
        self.sides.setVisible(pictures is not None and pictures.guesses is not None)
        self.model.show_pictures(pictures, ())
        self._show_legend()
        self._filter()

    def choose_label(self, label: str) -> None:
        """Show the pictures of one class."""
        self.label.setCurrentIndex(max(0, self.label.findData(label)))

    def take_keys(self) -> None:
        """Bring the keyboard to the pictures."""
        if self._stack.currentWidget() is self.large:
            self.large.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))

    def _show_all(self) -> None:
        for box in (self.label, self.part):
            box.setCurrentIndex(0)
        self.take_keys()

    def _open(self, index: QModelIndex) -> None:
        """Show a picture large; it is decoded anew, since what the grid has of it is small."""
        pictures, row = self.model.pictures, index.row()
        if pictures is None or not 0 <= row < len(self.model.numbers):
            return
        number = int(self.model.numbers[row])
        self._draw_large(number, LARGE)
        self.large.show_ends(row == 0, row == len(self.model.numbers) - 1)
        if self._stack.currentWidget() is not self.large:
            self.large.show_picture("", None)
            self._stack.setCurrentWidget(self.large)
            self.large.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_large(self, number: int, side: int) -> None:
        pictures = self.model.pictures
        if pictures is not None:
            work, finer = partial(draw, pictures, number, side, grow=False), side == FINEST
            self._tasks.run("", work, partial(self._show_large, pictures, number, finer), lane=self._lane)

    def _refine(self) -> None:
        """Decode the picture with all of its pixels, since somebody looks from near."""
        row = self.list.currentIndex().row()
        if 0 <= row < len(self.model.numbers):
            self._draw_large(int(self.model.numbers[row]), FINEST)

    def _show_large(self, pictures: PictureSet, number: int, finer: bool, drawn: Drawn) -> None:
        if pictures is self.model.pictures:
            words = self.model.said_of(number).replace("\n", " · ")
            self.large.show_picture(words, drawn, finer)

    def _step(self, by: int) -> None:
        row = self.list.currentIndex().row() + by
        if 0 <= row < len(self.model.numbers):
            self.list.setCurrentIndex(self.model.index(row))
            self._open(self.model.index(row))

    def _close(self) -> None:
        self._stack.setCurrentWidget(self.list)
        self.take_keys()

    def _show_outlines(self, on: bool) -> None:
        self.list.tiles.outlines = on
        self.large.show_ways(self.masks.way, on)
        self._show_legend()
        self.list.viewport().update()

    def _show_masks(self, way: str) -> None:
        self.list.tiles.mask_way = way
        self.large.show_ways(way, self.outlines.isChecked())
        self.list.viewport().update()

    def _show_legend(self) -> None:
        pictures = self.model.pictures
        both = pictures is not None and pictures.predicted is not None and pictures.numbers is not None
        self.legend.setVisible(both and self.outlines.isChecked())

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
