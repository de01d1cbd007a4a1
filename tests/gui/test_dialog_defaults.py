"""Return does in each dialog what stands out in it, and nothing else looks as if it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from designer.gui import app
from designer.gui.order_dialog import OrderDialog
from designer.gui.overfit_dialog import OverfitDialog
from designer.gui.rate_dialog import RateDialog
from designer.gui.sweep_dialog import SweepDialog
from designer.gui.templates.dialog import TemplateDialog
from designer.gui.theme import LIGHT
from designer.gui.window import MainWindow
from designer.training.changes import changeable_fields, changeable_settings
from designer.workspace.queue import waiting
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import open_window, until


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    # what a dialog begins by itself must not wait for imports once the dialog is closed
    app.import_heavy()
    path = small_project(tmp_path)
    with open_window(path, FakeTrainer) as window:
        yield window


def order(window: MainWindow) -> QDialog:
    project = window.session.project
    return OrderDialog(
        ("Change", "Other settings.", "Change"), changeable_fields(), changeable_settings(project), window
    )


def sweep(window: MainWindow) -> QDialog:
    assert window.session.path is not None
    return SweepDialog(window, window.session.path)


def overfit(window: MainWindow) -> QDialog:
    return OverfitDialog(window, LIGHT, window.session.project, window.session.base)


def rate(window: MainWindow) -> QDialog:
    return RateDialog(window, LIGHT, window.session)


def template(window: MainWindow) -> QDialog:
    return TemplateDialog(window.session.project, window.session.base, lambda: LIGHT, window)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (order, "Change"),
        (sweep, "Add to queue"),
        (overfit, ""),
        (rate, "Use this rate"),
        (template, "Use this network"),
    ],
)
def test_one_button_stands_out_and_it_is_what_return_does(
    window: MainWindow, make: Callable[[MainWindow], QDialog], words: str
) -> None:
    dialog = make(window)
    dialog.show()
    until(dialog.isVisible)
    found = [button.text().replace("&", "") for button in dialog.findChildren(QPushButton) if button.isDefault()]
    assert found == ([words] if words else [])
    dialog.close()
    dialog.deleteLater()


def test_return_in_the_values_of_a_sweep_queues_it(window: MainWindow) -> None:
    dialog = sweep(window)
    assert isinstance(dialog, SweepDialog)
    dialog.show()
    until(dialog.isVisible)
    queued: list[list[Path]] = []
    dialog.queued.connect(queued.append)
    QTest.keyClick(dialog.varied[0].line, Qt.Key.Key_Return)
    until(lambda: bool(queued), what="Return did something else")
    assert window.session.path is not None and waiting(window.session.path) == queued[0]
