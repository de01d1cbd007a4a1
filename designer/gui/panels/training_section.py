"""The section of a page on how layers start and learn: closed until it is wanted, and then as it was left."""

from __future__ import annotations

from designer.gui.panels.closed_section import ClosedSection
from designer.workspace.preferences import change_preferences, load_preferences

TIP = "How the weights start, and whether and how fast they learn"


class TrainingSection(ClosedSection):
    """Open in each page and window as it was left in the last."""

    def __init__(self, title: str, label_width: int) -> None:
        super().__init__(title, TIP, label_width, load_preferences().training_open)
        self.toggled.connect(lambda opened: change_preferences(training_open=opened))
