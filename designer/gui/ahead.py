"""What one can ask before a training: what it will take, whether it can learn at all, and with which settings best."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from designer.gui.overfit_dialog import OverfitDialog
    from designer.gui.rate_dialog import RateDialog
    from designer.gui.sweep_dialog import SweepDialog
    from designer.gui.window import MainWindow

Dialog = TypeVar("Dialog", bound="QDialog")


def forecast(window: MainWindow) -> None:
    """Show in the training panel what a run will take, once it is known."""
    from designer.gui.unfinished import settled

    if window.workbench is not None and settled(window):
        window.show_panel("training")
        window.workbench.training.controls.forecast.start()


def overfit(window: MainWindow) -> OverfitDialog | None:
    """Let a copy of the network learn one batch by heart, and show how that goes; None where a field is unfinished."""
    from designer.gui.overfit_dialog import OverfitDialog
    from designer.gui.unfinished import settled

    if not settled(window):
        return None
    return in_front(
        window,
        OverfitDialog,
        lambda: OverfitDialog(window, window.theme, window.session.project, window.session.base),
    )


def find_rate(window: MainWindow) -> RateDialog | None:
    """Search for a learning rate on a copy of the network, and let a person choose one; None as with ``overfit``."""
    from designer.gui.rate_dialog import RateDialog
    from designer.gui.unfinished import settled

    if not settled(window):
        return None
    return in_front(window, RateDialog, lambda: RateDialog(window, window.theme, window.session))


def in_front(
    window: MainWindow, kind: type[Dialog], make: Callable[[], Dialog], fits: Callable[[Dialog], bool] = lambda _: True
) -> Dialog:
    """The dialog of this kind that ``fits``, of which the window has one at a time, in front of it."""
    from PySide6.QtCore import Qt

    dialog: Dialog | None = next(filter(fits, window.findChildren(kind)), None)
    if dialog is None:
        dialog = make()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
    else:
        dialog.raise_()
        dialog.activateWindow()
    return dialog


def sweep(window: MainWindow) -> SweepDialog | None:
    """Ask which settings shall vary, put a training with each to the queue, and show the curves of all."""
    from designer.gui.documents import SAVE_FIRST
    from designer.gui.may_train import may_train
    from designer.gui.sweep_dialog import SweepDialog
    from designer.gui.unfinished import settled

    if not settled(window) or not may_train(window):
        return None
    if window.session.path is None:
        if not window.documents.save_as(title=SAVE_FIRST):
            return None
    path = window.session.path
    assert path is not None

    def queued(folders: list[Path]) -> None:
        panel = window.build().training
        window.show_panel("training")
        panel.run_list.rows.check(folders, True)
        panel.show_page("runs")
        window.runs.queue.begin_with(folders)

    dialog = SweepDialog(window, path)
    dialog.queued.connect(queued)
    dialog.open()
    return dialog
