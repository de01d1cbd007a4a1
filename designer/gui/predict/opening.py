"""Opens the dialog that predicts, one for each run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from designer.gui.predict.dialog import PredictDialog
    from designer.gui.window import MainWindow


def predict_with(window: MainWindow, run: Path, name: str) -> PredictDialog:
    """The dialog for a run, called ``name``, in front of the window; one that is open already keeps what it shows."""
    from designer.gui.predict.dialog import PredictDialog

    open_ones = (each for each in window.findChildren(PredictDialog) if each.run == run and each.isVisible())
    dialog = next(open_ones, None)
    if dialog is None:
        dialog = PredictDialog(run, name, window.theme, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
    else:
        dialog.raise_()
        dialog.activateWindow()
    return dialog
