"""NodeGraphQt, the best known node canvas for Qt in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import NodeGraphQt  # type: ignore[import-untyped]
from PySide6.QtWidgets import QApplication

from tests.benchmarks.canvases.in_view import ViewCanvas
from tests.benchmarks.canvases.work import SIZE


class BenchNode(NodeGraphQt.BaseNode):  # type: ignore[misc]
    """Two inputs and an output."""

    __identifier__ = "bench"
    NODE_NAME = "Linear"

    def __init__(self) -> None:
        super().__init__()
        self.add_input("x1")
        self.add_input("x2")
        self.add_output("out")


class PeerCanvas(ViewCanvas):
    """Its graph, without its undo where it lets one choose."""

    def open(self) -> None:
        """Show the empty canvas."""
        self.graph = NodeGraphQt.NodeGraph()
        self.graph.register_node(BenchNode)
        self.graph.widget.resize(*SIZE)
        self.graph.widget.show()
        self.view = self.graph.viewer()
        self.show()

    def add(self, number: int, x: float, y: float) -> object:
        """Create a node."""
        return self.graph.create_node(
            "bench.BenchNode", name=f"Linear {number}", pos=[x, y], selected=False, push_undo=False
        )

    def link(self, source: Any, target: Any, place: int) -> None:
        """Connect two ports."""
        source.output(0).connect_to(target.input(place), push_undo=False)

    def drag(self, handle: Any, x: float, y: float) -> None:
        """Move the item."""
        handle.view.setPos(x, y)

    def counts(self) -> tuple[int, int]:
        """Nodes and links."""
        return len(self.graph.all_nodes()), len(self.view.all_pipes())

    def fit(self) -> None:
        """Show everything."""
        self.graph.clear_selection()
        self.graph.fit_to_selection()

    def pan(self, across: int, down: int) -> None:
        """Its view keeps a range of its own."""
        scale = self.view.transform().m11()
        self.view._set_viewer_pan(across / scale, down / scale)

    def look_at(self, x: float, y: float) -> None:
        """Show this place at 100 %."""
        scale = self.view.transform().m11()
        self.view.scale(1 / scale, 1 / scale)
        middle = self.view._scene_range.center()
        self.view._set_viewer_pan(x - middle.x(), y - middle.y())

    def save(self, path: Path) -> None:
        """Save the session."""
        self.graph.save_session(str(path))

    def clear(self) -> None:
        """Begin an empty session."""
        self.graph.clear_session()

    def load(self, path: Path) -> None:
        """Load the session."""
        self.graph.load_session(str(path))


def make() -> PeerCanvas:
    """The canvas, with the application that it needs."""
    PeerCanvas.app = QApplication.instance() or QApplication([])  # type: ignore[attr-defined]
    return PeerCanvas()
