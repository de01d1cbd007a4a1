"""Pictures of the results: where a network says that things are, over where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from designer.gui.data.pictures_listing import NO_CLASS, PictureSet
from designer.gui.outline_paint import KEYS
from designer.gui.panels.run_pictures import RunPictures
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.placed_view import PlacedView


class PlacedPictures(RunPictures):
    """Shows pictures of a run with what each output says of them."""

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__(tasks, theme, "Looking at the pictures", _view_of)
        self._key = ""
        self.found.connect(self._show)
        self.keys = QShortcut(QKeySequence(KEYS), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.keys.activated.connect(self.gallery.outlines.toggle)

    def show_output(self, run: Path, key: str) -> None:
        """Show what an output of a run says of some pictures; those of a run are read once."""
        other, self._key = key != self._key, key
        self.show_run(run)
        if other and self.view is not None:
            self._show(self.view)

    def _show(self, view: PlacedView) -> None:
        self.gallery.show_pictures(picture_set(view, self._key))


def _view_of(run: Path) -> PlacedView:
    from designer.training.placed_view import placed_view

    return placed_view(run)


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
        white=view.white,
    )
