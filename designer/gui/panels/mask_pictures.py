"""Pictures of the results of masks: the true mask beside the predicted one, those that are least alike first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from designer.gui.data.mask_classes import MaskClasses
from designer.gui.data.pictures_listing import NO_CLASS, PictureSet
from designer.gui.mask_paint import KEYS
from designer.gui.numbers import exact, plural
from designer.gui.panels.run_pictures import RunPictures
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.mask_view import MaskView


class MaskPictures(RunPictures):
    """Shows pictures of a run with their masks. ``told`` carries in words which pictures are shown."""

    told = Signal(str)

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__(tasks, theme, "Predicting masks", _view_of)
        self.gallery.list.setAccessibleName("Pictures with true and predicted masks")
        self.found.connect(self._show)
        self.keys = QShortcut(QKeySequence(KEYS), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.keys.activated.connect(self.gallery.masks.step)

    @property
    def words(self) -> str:
        """Which pictures are shown; empty before they are."""
        return "" if self.view is None else shown_words(self.view)

    def show_run(self, run: Path) -> None:
        """Show what a run says of some pictures."""
        super().show_run(run)
        self.told.emit(self.words)

    def _show(self, view: MaskView) -> None:
        self.gallery.show_pictures(picture_set(view))
        self.told.emit(self.words)


def _view_of(run: Path) -> MaskView:
    from designer.training.mask_view import mask_view

    return mask_view(run)


def shown_words(view: MaskView) -> str:
    """Which pictures are shown, of how many."""
    count = len(view.files)
    if count == view.looked_at:
        return f"{plural(count, 'picture')}, smallest IoU first"
    return f"The {exact(count)} with the smallest IoU of {plural(view.looked_at, 'picture')}"


def picture_set(view: MaskView) -> PictureSet:
    """The pictures with both masks, called by how far these cover one another."""
    import numpy as np

    count = len(view.files)
    return PictureSet(
        np.full(count, NO_CLASS),
        np.full(count, -1, dtype=np.int8),
        files=view.files,
        masks=view.masks,
        mask_classes=MaskClasses(view.values, view.smooth),
        guesses=view.predicted,
        resize=view.resize,
        titles=tuple(f"IoU {share:.2f}" for share in view.overlaps),
        folder=view.folder,
        white=view.white,
    )
