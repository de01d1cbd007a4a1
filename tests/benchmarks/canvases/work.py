"""The work that each canvas does: build, fit, pan, drag, save, clear and load a grid of linked nodes, timed.

Run ``python -m tests.benchmarks.canvases.work CANVAS NODES``: one JSON object on stdout, milliseconds and megabytes.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import psutil

COLUMNS, ACROSS, DOWN = 25, 260.0, 180.0
SIZE = (1600, 1000)
FRAMES = 40
CANVASES = {"layerloom": "ours", "bare": "bare", "nodegraphqt": "nodegraphqt"}


class Canvas(ABC):
    """One canvas. ``handle`` is whatever ``add`` answers."""

    @abstractmethod
    def open(self) -> None:
        """Show the empty canvas in a window of ``SIZE``."""

    @abstractmethod
    def add(self, number: int, x: float, y: float) -> object:
        """Add a node with two inputs and an output, as the user's gesture does."""

    @abstractmethod
    def link(self, source: object, target: object, place: int) -> None:
        """Link the output of ``source`` to input ``place`` of ``target``, as the user's gesture does."""

    @abstractmethod
    def drag(self, handle: object, x: float, y: float) -> None:
        """Move a node as one step of a drag does."""

    @abstractmethod
    def counts(self) -> tuple[int, int]:
        """How many nodes and links there are."""

    @abstractmethod
    def fit(self) -> None:
        """Show everything."""

    @abstractmethod
    def look_at(self, x: float, y: float) -> None:
        """Show this place at 100 %."""

    @abstractmethod
    def pan(self, across: int, down: int) -> None:
        """Move what is seen by pixels of the screen."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the graph to a file."""

    @abstractmethod
    def clear(self) -> None:
        """Begin an empty graph."""

    @abstractmethod
    def load(self, path: Path) -> None:
        """Read the graph from a file."""

    @abstractmethod
    def paint(self) -> None:
        """Paint a full frame into a picture."""

    @abstractmethod
    def settle(self) -> None:
        """Let Qt do what is waiting."""


def timed(work: Callable[[], object]) -> float:
    """How many milliseconds ``work`` takes."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def processor(work: Callable[[int], object], frames: int = FRAMES) -> float:
    """The median of the milliseconds of this process's CPU that a frame takes."""
    spent = []
    for frame in range(frames):
        start = time.process_time()
        work(frame)
        spent.append(1000 * (time.process_time() - start))
    return statistics.median(spent)


def place_of(number: int) -> tuple[float, float]:
    """Where node ``number`` stands: rows that run to and fro, so that links are short."""
    row, column = divmod(number, COLUMNS)
    return (COLUMNS - 1 - column if row % 2 else column) * ACROSS, row * DOWN


def build(canvas: Canvas, nodes: int) -> list[object]:
    """A chain through all nodes, and for each fifth a link from the third before it."""
    handles = [canvas.add(number, *place_of(number)) for number in range(nodes)]
    for number in range(nodes - 1):
        canvas.link(handles[number], handles[number + 1], 0)
    for number in range(5, nodes, 5):
        canvas.link(handles[number - 3], handles[number], 1)
    canvas.settle()
    return handles


def measure(canvas: Canvas, nodes: int) -> dict[str, float]:
    """What each kind of work takes."""
    process = psutil.Process()
    canvas.open()
    canvas.settle()
    empty = process.memory_info().rss
    figures: dict[str, float] = {}
    handles: list[object] = []
    figures["build"] = timed(lambda: handles.extend(build(canvas, nodes)))
    counts = canvas.counts()
    assert counts == (nodes, nodes - 1 + len(range(5, nodes, 5))), counts

    def fitted() -> None:
        canvas.fit()
        canvas.settle()
        canvas.paint()

    figures["fit"] = timed(fitted)

    def pan(frame: int) -> None:
        step = 9 if (frame // 5) % 2 == 0 else -9
        canvas.pan(step, step)
        canvas.paint()

    figures["pan_all"] = processor(pan, FRAMES // 2)
    middle = (nodes // COLUMNS // 2) * COLUMNS + COLUMNS // 2
    x, y = place_of(middle)

    def drag(frame: int) -> None:
        canvas.drag(handles[middle], x + 7.0 * (frame % 20 + 1), y + 3.0 * (frame % 20 + 1))
        canvas.settle()

    figures["drag_all"] = processor(drag, FRAMES // 2)
    canvas.look_at(x, y)
    canvas.settle()
    canvas.paint()
    figures["pan_near"] = processor(pan)
    figures["drag_near"] = processor(drag)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.loom"
        figures["save"] = timed(lambda: canvas.save(path))
        canvas.clear()
        canvas.settle()

        def loaded() -> None:
            canvas.load(path)
            canvas.settle()

        figures["load"] = timed(loaded)
    assert canvas.counts() == counts, canvas.counts()
    figures["memory"] = (process.memory_info().rss - empty) / 1e6
    return figures


def main() -> None:
    """Do the work on the canvas that the arguments name."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # by a fixed list: which module is imported never comes from outside
    module = importlib.import_module(f"tests.benchmarks.canvases.{CANVASES[sys.argv[1]]}")
    print(json.dumps(measure(module.make(), int(sys.argv[2]))), flush=True)
    # some canvases crash in their own destructors
    os._exit(0)


if __name__ == "__main__":
    main()
