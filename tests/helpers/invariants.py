"""What must hold after every gesture: of the history, of the document, of the canvas and of the panels around it."""

from __future__ import annotations

import math
from graphlib import TopologicalSorter

from PySide6.QtWidgets import QGraphicsItem, QGraphicsView

from designer.compiler.report import Analysis
from designer.gui.canvas.frame_item import FrameItem
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.note_item import NoteItem
from designer.gui.canvas.view import CanvasView
from designer.gui.panels.outline_rows import NAME, PATH, running_order
from designer.gui.workbench import Workbench
from designer.layers.catalog import catalog_of
from designer.project.blocks import graph_at, within
from designer.project.file import from_text, to_text
from designer.project.graph_forms import circle_of_blocks
from designer.project.history import MOST_STEPS
from designer.project.model import Project
from designer.workspace.analysis import analysed
from designer.workspace.session import Session

# Qt takes places for the same that differ by less than it calculates with
SAME = 1e-6
DRAWN = (NodeItem, LinkItem, FrameItem, NoteItem)


class Model:
    """What the history should hold, kept apart from it as text: a list of projects and where one stands in it."""

    def __init__(self, project: Project) -> None:
        self.texts = [to_text(project)]
        self.index = 0
        self.made = 0

    def follow(self, session: Session, label: str, travels: bool = False) -> None:
        """Check that one gesture was one step at most, and take note of it; one that ``travels`` makes none."""
        history = session.history
        text, before = to_text(session.project), self.texts[self.index]
        redone = len(history.steps) == len(self.texts) and text in self.texts[self.index + 1 : self.index + 2]
        if travels:
            assert len(history.steps) == len(self.texts), f"{label} changed the steps"
        elif self.index == MOST_STEPS == history.index and text != self.texts[-1]:
            # the oldest step made room for the newest
            self.texts = [*self.texts[1:], text]
        elif history.index == self.index + 1 and not redone:
            self.texts = [*self.texts[: self.index + 1], text]
        elif history.index == self.index and text != self.texts[self.index]:
            assert history.steps[history.index].merge, f"{label} changed the project without a step"
            self.texts = [*self.texts[: self.index], text]
        else:
            made = [step.label for step in history.steps[self.index + 1 : history.index + 1]]
            assert abs(history.index - self.index) <= 1, f"{label} made {made}"
        self.made += not travels and (history.index, text) != (self.index, before)
        self.index = history.index
        assert len(self.texts) == len(history.steps), label
        assert text == self.texts[self.index], f"after {label} the project is not what it was at this step"


def shows(view: CanvasView) -> None:
    """The items on the canvas are those of the graph that is looked at, and no other is left over."""
    scope, canvas = view.session, view.canvas
    graph = scope.project.graph
    assert graph_at(scope.whole, scope.path) is graph, "what is looked at is not in the project"
    assert set(canvas.nodes) == set(graph.nodes)
    assert set(canvas.links) == {link.ends for link in graph.links}
    assert set(canvas.things.frames) == set(graph.frames)
    assert set(canvas.things.notes) == set(graph.notes)
    for key, item in canvas.nodes.items():
        assert item.node == graph.nodes[key]
        assert item.catalog is canvas.catalog or item.ports == canvas.catalog.ports_of(item.node)
        assert _near(item.x(), item.node.x), key
        assert _near(item.y(), item.node.y), key
    for link in graph.links:
        drawn = canvas.links[link.ends]
        assert drawn.link == link
        assert drawn.opacity() == 1.0, "a link is still half cut"
        assert all(_near(at.x(), x) and _near(at.y(), y) for at, (x, y) in zip(drawn.bends, link.bends, strict=True))
        assert drawn.source is canvas.nodes[link.source]
        assert drawn.target is canvas.nodes[link.target]
        assert drawn.source.place(link.source_port, True), f"no output {link.source_port} for {link}"
        assert drawn.target.place(link.target_port, False), f"no input {link.target_port} for {link}"
        assert drawn.line.p1() == drawn.source.anchor(link.source_port, True)
        assert drawn.line.p2() == drawn.target.anchor(link.target_port, False)
    for key, frame in graph.frames.items():
        assert canvas.things.frames[key].frame == frame
        assert _is_at(canvas.things.frames[key], (frame.x, frame.y, frame.width, frame.height))
    for key, note in graph.notes.items():
        assert canvas.things.notes[key].note == note
        assert _is_at(canvas.things.notes[key], (note.x, note.y, note.width, note.height))
    _left_over(view)


def sound(project: Project) -> None:
    """What every project holds to: saved and opened it is the same, its graphs are whole, its blocks hold no circle."""
    assert from_text(to_text(project)) == project, "what is saved is not what is opened"
    assert not circle_of_blocks(project.blocks)
    for key in ("", *project.blocks):
        seen = within(project, key)
        graph, catalog = seen.graph, catalog_of(seen)
        ends = [(link.target, link.target_port) for link in graph.links]
        assert len(ends) == len(set(ends)), "an input has two links"
        names = [node.name for node in graph.nodes.values()]
        assert len(names) == len(set(names)), f"a name is there twice: {sorted(names)}"
        assert all(math.isfinite(node.x) and math.isfinite(node.y) for node in graph.nodes.values())
        for link in graph.links:
            source, target = graph.nodes[link.source], graph.nodes[link.target]
            assert catalog.ports_of(source).output(link.source_port), f"{link} comes from a port that is not there"
            assert catalog.ports_of(target).input(link.target_port), f"{link} leads to a port that is not there"
        feeders = {node: {link.source for link in graph.links if link.target == node} for node in graph.nodes}
        TopologicalSorter(feeders).prepare()


def analysable(project: Project) -> Analysis:
    """The compiler says something of every project; what mends a problem never raises anything but a refusal."""
    return analysed(project, None)


def in_step(bench: Workbench) -> None:
    """The outline and the history say what the project and the session hold."""
    rows, history = bench.outline.rows, bench.scope.history
    graph = bench.scope.whole.graph
    shown = [rows.index(place, 0) for place in range(rows.rowCount())]
    assert [index.data(PATH) for index in shown] == [(key,) for key in running_order(graph)]
    assert [index.data(NAME) for index in shown] == [graph.nodes[index.data(PATH)[0]].name for index in shown]
    chosen = {index.data(PATH) for index in bench.outline.tree.selectionModel().selectedIndexes()}
    if not bench.outline.filter.text():
        # of a row within a block the canvas selects the use of the block, and of one elsewhere nothing
        here = bench.scope.path
        seen = {path[len(here)] for path in chosen if path[: len(here)] == here and len(path) > len(here)}
        assert seen == set(bench.canvas.selected()), f"{chosen} in {here}"
    steps = bench.history.steps
    assert (steps.history.steps, steps.history.index) == (history.steps, history.index)
    assert steps.rowCount() == len(history.steps)
    assert bench.history.list.currentIndex().row() == history.index


def _near(one: float, other: float) -> bool:
    return abs(one - other) < SAME


def _is_at(item: FrameItem | NoteItem, box: tuple[float, float, float, float]) -> bool:
    drawn = item.rect()
    sides = (drawn.x(), drawn.y(), drawn.width(), drawn.height())
    return all(_near(one, other) for one, other in zip(sides, box, strict=True))


def _left_over(view: QGraphicsView) -> None:
    assert isinstance(view, CanvasView)
    canvas = view.canvas
    known = {id(item) for item in (*canvas.nodes.values(), *canvas.links.values(), *canvas.things)}
    there = canvas.items()
    drawn = {id(item) for item in there if isinstance(item, DRAWN)}
    assert drawn == known, "an item is left over"
    assert canvas.ghost is None
    assert view.gesture is None
    assert not canvas.band.isVisible()
    assert not canvas.draft.isVisible() or view.port_focus.connecting
    empty = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents
    blank = {bool(item.flags() & empty) for item in there if isinstance(item, DRAWN)}
    assert blank <= {canvas.overview.shown}, "some items are drawn twice or not at all"
