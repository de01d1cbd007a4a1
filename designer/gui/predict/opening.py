"""Opens the dialog that predicts, one for each run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from designer.gui.ahead import in_front

if TYPE_CHECKING:
    from designer.gui.predict.dialog import PredictDialog
    from designer.gui.window import MainWindow


def predict_with(window: MainWindow, run: Path, name: str) -> PredictDialog:
    """The dialog for a run, called ``name``, in front of the window; one that is open already keeps what it shows."""
    from designer.gui.predict.dialog import PredictDialog

    return in_front(
        window,
        PredictDialog,
        lambda: PredictDialog(run, name, window.theme, window),
        lambda dialog: dialog.run == run and dialog.isVisible(),
    )
