"""An inspector on the screen with a small network, for tests."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from designer.gui.panels.inspector import Inspector
from designer.gui.theme import LIGHT
from designer.project.model import Project
from designer.workspace.session import Session
from tests.helpers.graphs import chain


def chained() -> Project:
    """Two layers of neurons with a ReLU between them: n1 to n5."""
    return chain("table_input", ("linear", {"out_features": 8}), "relu", ("linear", {"out_features": 1}), "output")


def open_inspector(session: Session, qtbot: QtBot) -> Inspector:
    """The inspector of a session, as high as a window has it."""
    made = Inspector(session, LIGHT)
    qtbot.addWidget(made)
    made.resize(304, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(widget: QWidget) -> list[str]:
    """The texts of the labels that can be seen."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
