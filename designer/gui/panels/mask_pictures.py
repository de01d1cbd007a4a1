"""Pictures of the results of masks: the true mask beside the predicted one, those that are least alike first."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from designer.gui.data.mask_classes import MaskClasses
from designer.gui.data.pictures_gallery import Gallery
from designer.gui.data.pictures_listing import NO_CLASS, PictureSet
from designer.gui.labels import plain_label
from designer.gui.mask_paint import KEYS
from designer.gui.numbers import exact, plural
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.training.run_files import METRICS_NAME

if TYPE_CHECKING:
    from designer.training.mask_view import MaskView

LANE = "mask pictures"
BUSY = "Predicting masks…"


class MaskPictures(QWidget):
    """Shows pictures of a run with their masks; they are predicted once somebody looks.

    ``told`` carries in words which pictures are shown.
    """

    told = Signal(str)

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self.tasks = tasks
        self.gallery = Gallery(theme, tasks)
        self.gallery.list.setAccessibleName("Pictures with true and predicted masks")
        self.said = plain_label("", "muted", wrap=True)
        self.words = ""
        self._run: tuple[Path, int] | None = None
        self._asked = False
        self._ended = QTimer(self, singleShot=True, interval=0)
        self._ended.timeout.connect(self._see_cancelled)
        tasks.changed.connect(lambda _: self._ended.start())
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.said)
        self._stack.addWidget(self.gallery)
        self.keys = QShortcut(QKeySequence(KEYS), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.keys.activated.connect(self.gallery.masks.step)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.gallery.set_theme(theme)

    def show_run(self, run: Path) -> None:
        """Show what a run says of some pictures; those of a run are looked at once, and when somebody sees them."""
        shown = run, _written(run)
        if shown == self._run:
            return
        self._run, self._asked, self.words = shown, False, ""
        self.told.emit("")
        self.said.setText(BUSY)
        self._stack.setCurrentWidget(self.said)
        if self.isVisible():
            self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody looked at was not predicted."""
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        run = self._run
        if run is None or self._asked:
            return
        self._asked = True
        self.said.setText(BUSY)

        def look() -> MaskView:
            from designer.training.mask_view import mask_view

            return mask_view(run[0])

        self.tasks.run("Predicting masks", look, partial(self._take, run), partial(self._refuse, run), LANE)

    def _see_cancelled(self) -> None:
        """Whoever gave it up is told, and asked again when somebody comes back."""
        if self._asked and self._stack.currentWidget() is self.said and not self.tasks.busy(LANE):
            self._asked = False
            self.said.setText("The predicting was cancelled. It begins anew when you come back to this page.")

    def _take(self, run: tuple[Path, int], view: MaskView) -> None:
        if run == self._run:
            self.gallery.show_pictures(picture_set(view))
            self._stack.setCurrentWidget(self.gallery)
            self.words = shown_words(view)
            self.told.emit(self.words)

    def _refuse(self, run: tuple[Path, int], sentence: str) -> None:
        if run == self._run:
            # to be tried again when somebody comes back
            self._run, self._asked = None, False
            self.said.setText(sentence)


def _written(run: Path) -> int:
    """When the figures of a run were written: the number of a run that was deleted is given to a new one."""
    try:
        return (run / METRICS_NAME).stat().st_mtime_ns
    except OSError:
        return 0


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
    )
