"""Pictures of the results: where a network says that things are, over where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedLayout, QWidget

from designer.gui.data.pictures_gallery import Gallery
from designer.gui.data.pictures_listing import NO_CLASS, PictureSet
from designer.gui.labels import plain_label
from designer.gui.outline_paint import KEYS
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.placed_view import PlacedView

LANE = "placed pictures"


class PlacedPictures(QWidget):
    """Shows pictures of a run with what each output says of them; they are read once somebody looks."""

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self.tasks = tasks
        self.gallery = Gallery(theme, tasks)
        self.said = plain_label("", "muted", wrap=True)
        self._run: Path | None = None
        self._key = ""
        self._view: PlacedView | None = None
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.said)
        self._stack.addWidget(self.gallery)
        self.keys = QShortcut(QKeySequence(KEYS), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.keys.activated.connect(self.gallery.outlines.toggle)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.gallery.set_theme(theme)

    def show_output(self, run: Path, key: str) -> None:
        """Show what an output of a run says of some pictures; those of a run are read once."""
        self._key = key
        if run != self._run:
            self._run, self._view = run, None
            self.said.setText("Looking at the pictures…")
            self._stack.setCurrentWidget(self.said)

            def look() -> PlacedView:
                from designer.training.placed_view import placed_view

                return placed_view(run)

            self.tasks.run("Looking at the pictures", look, lambda view: self._take(run, view), self._refuse, LANE)
        elif self._view is not None:
            self._take(run, self._view)

    def _take(self, run: Path, view: PlacedView) -> None:
        if run == self._run:
            self._view = view
            self.gallery.show_pictures(picture_set(view, self._key))
            self._stack.setCurrentWidget(self.gallery)

    def _refuse(self, sentence: str) -> None:
        self.said.setText(sentence)


def picture_set(view: PlacedView, key: str) -> PictureSet:
    """The pictures with what one output says of them, called by how far its boxes cover the true ones."""
    import numpy as np

    numbers = view.outputs[key]
    count = len(numbers.true)
    return PictureSet(
        np.full(count, NO_CLASS),
        np.full(count, -1, dtype=np.int8),
        files=view.files,
        pixels=view.pixels,
        numbers=numbers.true,
        numbered=numbers.names,
        placed=numbers.placed,
        shares=view.shares,
        predicted=numbers.predicted,
        titles=tuple(f"IoU {share:.2f}" for share in numbers.overlaps),
        folder=view.folder,
    )
