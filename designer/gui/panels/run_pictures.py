"""Pictures of a run: read once somebody looks, and anew where the reading was given up or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from designer.gui.data.pictures_gallery import Gallery
from designer.gui.panels.run_view import RunView
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme


class RunPictures(RunView):
    """A gallery of what ``look`` finds in a run."""

    def __init__(self, tasks: Tasks, theme: Theme, label: str, look: Callable[[Path], Any]) -> None:
        gallery = Gallery(theme, tasks)
        super().__init__(tasks, label, look, gallery)
        self.gallery = gallery

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.gallery.set_theme(theme)
