"""What each gesture on hundreds of selected layers costs in the real window, Outline and Code shown.

Run ``python -m tests.benchmarks.canvases.large NODES``: one JSON object on stdout. Of each gesture the milliseconds of
CPU on the thread that the window lives on, until all that follows from it is done, the check's answer included; what
runs beside it does not make the window wait. ``reference`` is the same of a fresh canvas on the same project.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.app import make_app
from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.canvas.swap_box import SwapBox
from designer.gui.canvas.view import CanvasView
from designer.gui.theme import LIGHT
from designer.gui.window import MainWindow
from designer.layers.catalog import new_node
from designer.project import edits
from designer.project.file import save_project
from designer.project.model import Graph, Link, Node, Project
from designer.workspace.session import Session
from tests.benchmarks.canvases.work import place_of
from tests.helpers.window import checked, open_window

KEYS = {command.name: command.keys.split("; ")[0] for command in COMMANDS}


def chain_of(count: int) -> Project:
    """Linear and ReLU layers in turn, from a table to an output, in rows that run to and fro."""
    types = ["table_input", *("linear" if place % 2 else "relu" for place in range(count - 2)), "output"]
    nodes: dict[str, Node] = {}
    graph = Graph(nodes)
    made = {key: new_node(graph, key) for key in dict.fromkeys(types)}
    for place, key in enumerate(types):
        node, (x, y) = made[key], place_of(place)
        nodes[f"n{place}"] = Node(f"n{place}", key, f"{key}{place}", node.fields, x, y)
    links = tuple(Link(f"n{place}", "out", f"n{place + 1}", "x") for place in range(count - 1))
    return Project(graph=Graph(nodes, links))


class Work:
    """The gestures, one after the other, on one window. ``figures`` has what each took."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.bench = window.workbench
        self.view: CanvasView = self.bench.canvas
        self.figures: dict[str, float] = {}
        self.refused: list[str] = []
        self.view.refused.connect(self.refused.append)
        for name in ("outline", "code"):
            self.bench.docks[name].show()
            self.bench.docks[name].raise_()
        self.view.setFocus()
        self.settle()

    def settle(self) -> None:
        """Let all happen that is to follow."""
        for _ in range(3):
            QApplication.processEvents()
        checked(self.window)
        for _ in range(3):
            QApplication.processEvents()

    def take(self, name: str, act: Callable[[], object]) -> None:
        """Do it and note what it took."""
        start = time.thread_time()
        act()
        self.settle()
        self.figures[name] = round(1000 * (time.thread_time() - start), 1)

    def press(self, command: str) -> None:
        """Press the keys of a command of the canvas."""
        self.keys(KEYS[command])

    def keys(self, keys: str) -> None:
        """Press keys as they are written in menus."""
        QTest.keySequence(self.view, QKeySequence(keys))

    def undo(self) -> None:
        """Go one step back."""
        self.keys("Ctrl+Z")

    def run(self) -> dict[str, float]:
        """All of them; each begins and ends with the project as it was opened."""
        for part in (self.all_of_them, self.half_of_them, self.blocks, self.some_of_them):
            part()
        assert not self.refused, self.refused
        return self.figures

    def all_of_them(self) -> None:
        """Select all; copy, duplicate, tidy up and delete them."""
        count = len(self.view.canvas.nodes)
        self.take("select all", lambda: self.press("select_all"))
        assert len(self.view.selected()) == count
        self.take("copy", lambda: self.press("copy"))
        self.take("paste all", lambda: self.press("paste"))
        assert len(self.view.canvas.nodes) == 2 * count
        self.take("undo paste", self.undo)
        self.take("redo paste", lambda: self.keys("Ctrl+Shift+Z"))
        assert len(self.view.canvas.nodes) == 2 * count
        self.undo()
        self.press("select_all")
        self.settle()
        self.take("duplicate all", lambda: self.press("duplicate"))
        assert len(self.view.canvas.nodes) == 2 * count
        self.take("undo duplicate", self.undo)
        self.press("select_all")
        self.settle()
        self.take("delete all", lambda: self.press("delete"))
        assert not self.view.canvas.nodes
        self.take("undo delete", self.undo)
        assert len(self.view.canvas.nodes) == count
        self.take("tidy up", lambda: self.press("tidy"))
        self.take("undo tidy up", self.undo)

    def half_of_them(self) -> None:
        """Delete each second layer and heal."""
        nodes = list(self.view.session.project.graph.nodes)
        self.take("select half", lambda: self.view.select(nodes[1:-1:2]))
        self.take("heal half", lambda: self.press("heal"))
        assert len(self.view.session.project.graph.links) < len(nodes) // 2 + 2
        self.take("undo heal", self.undo)
        self.view.select(nodes[: len(nodes) // 2])
        self.settle()
        self.take("delete half", lambda: self.press("delete"))
        self.take("undo delete half", self.undo)

    def blocks(self) -> None:
        """Make most of the graph a block, look into it and unpack it."""
        nodes = list(self.view.session.project.graph.nodes)
        self.view.select(nodes[2:-2])
        self.settle()
        self.take("make block", lambda: (self.press("make_block"), self._accept_name()))
        made = next(key for key, item in self.view.canvas.nodes.items() if item.is_block)
        self.view.select([made])
        self.settle()
        self.take("enter block", lambda: self.view.session.enter(made))
        self.take("select all inside", lambda: self.press("select_all"))
        self.take("leave block", lambda: self.view.session.leave())
        self.view.select([made])
        self.settle()
        self.take("unpack", lambda: self.press("unpack_block"))
        assert len(self.view.canvas.nodes) == len(nodes)
        self.take("undo unpack", self.undo)
        self.take("undo make block", self.undo)
        assert list(self.view.session.project.graph.nodes) == nodes

    def _accept_name(self) -> None:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)

    def some_of_them(self) -> None:
        """Swap half of the layers, set a field, bypass and connect as many, then nudge all."""
        nodes = self.view.session.project.graph.nodes
        self.view.select([key for key, node in nodes.items() if node.type == "relu"])
        self.settle()
        self.take("swap half", self._swap)
        self.take("undo swap", self.undo)
        self.view.select([key for key, node in nodes.items() if node.type == "linear"])
        self.settle()
        form = self.bench.inspector.several_page.form
        self.take("field of half", lambda: form.changed.emit("out_features", 48))
        self.take("undo field", self.undo)
        self.take("bypass half", lambda: self.press("bypass"))
        self.take("undo bypass", self.undo)
        chosen = list(nodes)[2 : len(nodes) // 2]
        links = [link for link in self.view.session.project.graph.links if {link.source, link.target} & {*chosen}]
        self.view.session.do("Disconnect", edits.disconnect(self.view.session.project, links))
        self.view.select(chosen)
        self.settle()
        before = len(self.view.canvas.links)
        self.take("connect half", lambda: self.press("connect"))
        assert len(self.view.canvas.links) >= before + len(chosen) - 1
        self.undo()
        self.undo()
        self.settle()
        self.press("select_all")
        self.settle()
        self.take("nudge all", lambda: self.keys("Ctrl+Right"))
        self.take("undo nudge", self.undo)
        self.take("trace all", lambda: self.press("trace_down"))
        self.take("select none", lambda: self.view.select([]))

    def _swap(self) -> None:
        self.press("swap")
        box = self.window.findChild(SwapBox)
        QTest.keyClicks(box.field, "sigmoid")
        QTest.keyClick(box.field, Qt.Key.Key_Return)
        nodes = self.view.session.project.graph.nodes.values()
        assert sum(node.type == "sigmoid" for node in nodes) == len(nodes) // 2 - 1


def reference(project: Project) -> float:
    """What a canvas of its own takes to show the project for the first time."""
    start = time.thread_time()
    view = CanvasView(Session(project), LIGHT)
    view.resize(1000, 700)
    view.show()
    for _ in range(3):
        QApplication.processEvents()
    spent = 1000 * (time.thread_time() - start)
    view.close()
    view.deleteLater()
    return round(spent, 1)


def measured(count: int) -> dict[str, float]:
    """The figures with so many layers."""
    make_app()
    project = chain_of(count)
    # the first of anything also pays for what is loaded then
    reference(chain_of(100))
    before = min(reference(project) for _ in range(2))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.loom"
        save_project(project, path)
        with open_window(path) as window:
            gc.collect()
            gc.freeze()
            figures = Work(window).run()
    return {**figures, "reference": min(before, reference(project))}


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.write(json.dumps(measured(int(sys.argv[1]))) + "\n")
    sys.stdout.flush()
