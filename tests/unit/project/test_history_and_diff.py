"""History by values, and the difference that observers act on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.project import edits
from designer.project.diff import Difference, diff
from designer.project.history import History
from designer.project.model import Link, Node, Training
from tests.helpers.projects import sample


def test_undo_and_redo_go_back_to_the_very_values() -> None:
    start = sample()
    first = edits.move(start, {"n1": (1, 1)})
    second = edits.rename(first, "n1", "data")
    history = History.start(start).push("Move layer", first).push("Rename layer", second)
    assert history.undo_label == "Rename layer"
    assert not history.can_redo
    assert history.redo_label == ""
    back = history.undo().undo()
    assert back.project is start
    assert not back.can_undo
    assert back.undo_label == ""
    assert back.redo_label == "Move layer"
    assert back.undo() is back
    assert back.redo().redo().project is second
    assert history.redo() is history
    assert history.go(1).project is first
    with pytest.raises(IndexError):
        history.go(3)


def test_a_new_edit_drops_what_was_undone() -> None:
    start = sample()
    moved, renamed = edits.move(start, {"n1": (1, 1)}), edits.rename(start, "n1", "data")
    history = History.start(start).push("Move layer", moved).undo().push("Rename layer", renamed)
    assert [step.label for step in history.steps] == ["", "Rename layer"]
    assert history.push("Nothing", renamed) is history


def test_drags_merge_but_not_across_an_undo() -> None:
    start = sample()
    places = [edits.move(start, {"n1": (x, 0.5)}) for x in range(4)]
    history = History.start(start)
    for project in places[:3]:
        history = history.push("Move layer", project, merge="drag 1")
    assert len(history.steps) == 2
    assert history.project is places[2]
    assert history.undo().project is start
    assert len(history.push("Move layer", places[3], merge="drag 2").steps) == 3
    assert len(history.push("Move layer", places[3]).steps) == 3
    returned = history.undo().redo().push("Move layer", places[3], merge="drag 1")
    assert len(returned.steps) == 3
    assert returned.undo().project is places[2]


def test_a_difference_names_what_to_touch() -> None:
    old = sample()
    new = edits.remove(edits.rename(edits.add_node(old, Node("n6", "linear", "fc6")), "n2", "first"), ["n4"])
    new = edits.set_training(new, Training(epochs=5))
    assert diff(old, new) == Difference(
        added=("n6",), removed=("n4",), changed=("n2",), links_removed=old.graph.links[2:], training=True
    )
    assert diff(new, old).links_added == old.graph.links[2:]
    assert not diff(old, old)
    assert diff(old, new)


def test_equal_values_do_not_differ_unless_their_types_do() -> None:
    assert not diff(sample(), sample())
    assert diff(sample(), edits.set_field(sample(), "n2", "bias", 1)).changed == ("n2",)


def test_an_id_with_another_type_is_another_node() -> None:
    old = sample()
    node = replace(old.graph.nodes["n2"], type="split")
    new = replace(old, graph=replace(old.graph, nodes={**old.graph.nodes, "n2": node}))
    found = diff(old, new)
    assert (found.added, found.removed, found.changed) == (("n2",), ("n2",), ())
    assert {link.ends for link in found.links_added} == {link.ends for link in found.links_removed}
    assert found.links_added == (Link("n1", "out", "n2", "x"), Link("n2", "out", "n4", "x1"))
