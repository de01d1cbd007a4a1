"""Layerloom's canvas: session, history, link rules and all, through the calls that a user's gestures make."""

from __future__ import annotations

import gc
from pathlib import Path

from PySide6.QtCore import QPointF

from designer.gui.app import make_app, prepare_process
from designer.gui.canvas.bringing import bring
from designer.gui.canvas.view import CanvasView
from designer.gui.collecting import Collector
from designer.gui.theme import LIGHT
from designer.project.model import Link, Project
from designer.workspace.session import Session
from tests.benchmarks.canvases.in_view import ViewCanvas


class OurCanvas(ViewCanvas):
    """A session and its canvas."""

    view: CanvasView

    def open(self) -> None:
        """Show the empty canvas."""
        self.session = Session()
        self.view = CanvasView(self.session, LIGHT)
        self.show()
        gc.collect()
        gc.freeze()
        Collector(self.view)

    def add(self, number: int, x: float, y: float) -> object:
        """What a drop from the palette does."""
        return bring(self.view, "add", QPointF(x, y))

    def link(self, source: object, target: object, place: int) -> None:
        """What letting go of a drawn link does."""
        assert self.view.editor.link(Link(str(source), "out", str(target), f"x{place + 1}"))

    def drag(self, handle: object, x: float, y: float) -> None:
        """What a step of a drag does."""
        self.view.canvas.nodes[str(handle)].setPos(x, y)
        self.view.canvas.follow([str(handle)])

    def counts(self) -> tuple[int, int]:
        """Nodes and links that are drawn."""
        return len(self.view.canvas.nodes), len(self.view.canvas.links)

    def fit(self) -> None:
        """Zoom to fit."""
        self.view.zoom_to_fit()

    def look_at(self, x: float, y: float) -> None:
        """Show this place at 100 %."""
        self.view.zoom_to_actual_size()
        self.view.centerOn(x, y)

    def save(self, path: Path) -> None:
        """Save the project."""
        self.session.save(path)

    def clear(self) -> None:
        """Begin an empty project."""
        self.session.restart(Project())

    def load(self, path: Path) -> None:
        """Open the project."""
        self.session.reopen(path)


def make() -> OurCanvas:
    """The canvas, with the application that it needs."""
    prepare_process()
    OurCanvas.app = make_app()  # type: ignore[attr-defined]
    return OurCanvas()
