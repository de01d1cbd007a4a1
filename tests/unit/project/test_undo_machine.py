"""Hazard 21: whatever is edited, undone and redone, history leads back and on exactly, and the graph stays sound.

The number of runs is 30 on each push; LAYERLOOM_UNDO_RUNS sets another, 1000 before a release.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from designer.project import edits, naming
from designer.project.diff import diff
from designer.project.errors import EditError
from designer.project.file import from_text, to_text
from designer.project.fragment import Fragment, copy_fragment
from designer.project.history import History
from designer.project.model import Link, Node, Project
from designer.project.rules import find_path, free_place
from tests.helpers.projects import COORDINATES, DATA, TEXTS, TRAININGS, TYPES, VALUES, ports_of, sample

RUNS = int(os.environ.get("LAYERLOOM_UNDO_RUNS", "30"))
PICK = st.integers(0, 10**6)


class UndoMachine(RuleBasedStateMachine):
    """Random edits, undo and redo, beside a plain list of the projects that there should be."""

    def __init__(self) -> None:
        super().__init__()
        self.start = sample()
        self.texts = [to_text(self.start)]
        self.history = History.start(self.start)
        self.fragment = Fragment()

    def do(self, project: Project) -> None:
        """One edit: the past ones stay, the undone ones go."""
        if project is not self.history.project:
            self.texts[self.history.index + 1 :] = [to_text(project)]
        self.history = self.history.push("Edit", project)

    @property
    def project(self) -> Project:
        """The project as it is."""
        return self.history.project

    def node(self, pick: int) -> Node:
        """A node of the project by chance."""
        nodes = list(self.project.graph.nodes.values())
        return nodes[pick % len(nodes)]

    def has_nodes(self) -> bool:
        """Whether there is any node."""
        return bool(self.project.graph.nodes)

    @rule(layer=st.sampled_from([*TYPES, "of a later version"]), x=COORDINATES)
    def add(self, layer: str, x: float) -> None:
        graph = self.project.graph
        self.do(edits.add_node(self.project, Node(naming.fresh_id(graph), layer, naming.fresh_name(graph, layer), x=x)))

    @precondition(has_nodes)
    @rule(pick=PICK)
    def remove(self, pick: int) -> None:
        self.do(edits.remove(self.project, [self.node(pick).id]))

    @precondition(has_nodes)
    @rule(begin_pick=PICK, end_pick=PICK, place=st.sampled_from(["free", "x", "x2", "y"]))
    def connect(self, begin_pick: int, end_pick: int, place: str) -> None:
        begin, end = self.node(begin_pick), self.node(end_pick)
        outputs, inputs = ports_of(begin).outputs, ports_of(end).inputs
        if place == "free" and inputs:
            place = free_place(self.project.graph, end.id, inputs[0])
        link = Link(begin.id, outputs[0].name if outputs else "out", end.id, place)
        with suppress(EditError):
            self.do(edits.connect(self.project, link, ports_of))

    @precondition(lambda self: self.project.graph.links)
    @rule(pick=PICK)
    def disconnect(self, pick: int) -> None:
        links = self.project.graph.links
        self.do(edits.disconnect(self.project, [links[pick % len(links)]]))

    @precondition(lambda self: self.project.graph.links)
    @rule(pick=PICK)
    def insert_on_link(self, pick: int) -> None:
        graph = self.project.graph
        node = Node(naming.fresh_id(graph), "linear", naming.fresh_name(graph, "fc"))
        self.do(edits.insert_on_link(self.project, node, graph.links[pick % len(graph.links)], ports_of))

    @precondition(has_nodes)
    @rule(pick=PICK, name=st.sampled_from(["bias", "size"]), value=VALUES)
    def set_field(self, pick: int, name: str, value: Any) -> None:
        self.do(edits.set_field(self.project, self.node(pick).id, name, value))

    @precondition(has_nodes)
    @rule(pick=PICK, name=TEXTS)
    def rename(self, pick: int, name: str) -> None:
        with suppress(EditError):
            self.do(edits.rename(self.project, self.node(pick).id, name))

    @precondition(has_nodes)
    @rule(pick=PICK, x=COORDINATES, y=COORDINATES)
    def move(self, pick: int, x: float, y: float) -> None:
        self.do(edits.move(self.project, {self.node(pick).id: (x, y)}))

    @precondition(has_nodes)
    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    def duplicate(self, picks: list[int]) -> None:
        self.do(edits.duplicate(self.project, {self.node(pick).id for pick in picks})[0])

    @precondition(has_nodes)
    @rule(picks=st.lists(PICK, max_size=4))
    def copy(self, picks: list[int]) -> None:
        self.fragment = copy_fragment(self.project, {self.node(pick).id for pick in picks})

    @rule(at=st.none() | st.tuples(COORDINATES, COORDINATES))
    def paste(self, at: tuple[float, float] | None) -> None:
        self.do(edits.paste(self.project, self.fragment, at)[0])

    @rule(data=st.none() | DATA)
    def set_data(self, data: Any) -> None:
        self.do(edits.set_data(self.project, data))

    @rule(training=TRAININGS)
    def set_training(self, training: Any) -> None:
        self.do(edits.set_training(self.project, training))

    @rule()
    def undo(self) -> None:
        self.history = self.history.undo()

    @rule()
    def redo(self) -> None:
        self.history = self.history.redo()

    @invariant()
    def graph_is_sound(self) -> None:
        graph = self.project.graph
        assert all(key == node.id for key, node in graph.nodes.items())
        places = {(link.target, link.target_port) for link in graph.links}
        assert len(places) == len(graph.links)
        for link in graph.links:
            assert ports_of(graph.nodes[link.source]).output(link.source_port)
            assert ports_of(graph.nodes[link.target]).input(link.target_port)
            assert find_path(graph.links, link.target, link.source) is None

    @invariant()
    def past_values_are_untouched_and_reopen(self) -> None:
        text = self.texts[self.history.index]
        assert to_text(self.project) == text
        reopened = from_text(text)
        assert reopened == self.project
        assert not diff(reopened, self.project)

    def teardown(self) -> None:
        while self.history.can_redo:
            self.history = self.history.redo()
        assert to_text(self.project) == self.texts[-1]
        for text in reversed(self.texts):
            assert to_text(self.project) == text
            self.history = self.history.undo()
        assert self.project is self.start
        for text in self.texts:
            assert to_text(self.project) == text
            self.history = self.history.redo()
        assert to_text(self.start) == to_text(sample())


TestUndo = UndoMachine.TestCase
TestUndo.settings = settings(
    max_examples=RUNS, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
