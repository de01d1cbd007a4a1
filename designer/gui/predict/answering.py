"""Predicting for the window: what is found, as it is looked at. Always off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from designer.gui.numbers import plural
from designer.gui.predict.answers import AnswerRows
from designer.gui.predict.pictures import predicted_pictures
from designer.project.model import ImageData, TableData

if TYPE_CHECKING:
    from designer.gui.data.pictures_listing import PictureSet
    from designer.training.predict import Predictions

# the share of the work that predicting is; the rest is reading the other columns
PREDICTING = 0.7


@dataclass(frozen=True, eq=False)
class Answers:
    """Predictions as rows, and as pictures where samples are such.

    ``data`` is what they were made for, and ``latent`` says what was asked for. ``close`` lets go the masks among them.
    """

    found: Predictions
    rows: AnswerRows
    pictures: PictureSet | None
    data: Path
    latent: bool
    room: ExitStack

    @property
    def summary(self) -> str:
        """How many there are, and how many of them have no answer."""
        whole, settings = len(self.found.usable), self.found.record.project.data
        word = "picture" if isinstance(settings, ImageData) else "row"
        if isinstance(settings, TableData) and settings.samples != "rows":
            word = {"windows": "window", "files": "file"}.get(settings.samples, word)
        without = whole - sum(self.found.usable)
        return plural(whole, word) + (f", {without:,} without an answer" if without else "")

    def close(self) -> None:
        """Remove the masks that were not saved."""
        self.room.close()


def answers_for(run: Path, data: Path, latent: bool, progress: Callable[[float], object]) -> Answers:
    """Predict for ``data`` and read what stands beside the answers. Always off the GUI thread."""
    from designer.workspace import verbs
    from designer.workspace.beside import cells_beside

    with ExitStack() as room:
        masks = TemporaryDirectory(prefix="layerloom-", ignore_cleanup_errors=True)
        folder = Path(room.enter_context(masks))
        found = verbs.predictions(run, data, folder, latent, lambda share: progress(share * PREDICTING))
        cells = cells_beside(found, data, lambda share: progress(PREDICTING + share * (1 - PREDICTING)))
        rows, pictures = AnswerRows(found, cells), predicted_pictures(found, data)
        progress(1.0)
        return Answers(found, rows, pictures, data, latent, room.pop_all())
