"""What a step changed, in words; the order in which nodes run; and how much of the past is kept."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from designer.project import edits
from designer.project.change_words import changes_in_words, place_of_change
from designer.project.history import MOST_STEPS, History
from designer.project.model import Block, Frame, Graph, Link, Node, Project, Training
from designer.project.order import running_order
from tests.helpers.projects import sample


def test_what_came_and_went_is_named() -> None:
    old = sample()
    new = edits.remove(edits.add_node(old, Node("n9", "linear", "fc9")), ["n4"])
    gone = old.graph.nodes["n4"].name
    assert changes_in_words(old, new)[:2] == ["Added fc9", f"Removed {gone}"]
    assert changes_in_words(old, old) == []


def test_fields_names_and_places_are_told_apart() -> None:
    old = sample()
    name = old.graph.nodes["n2"].name
    assert changes_in_words(old, edits.move(old, {"n2": (999, 7)})) == [f"Moved {name}"]
    assert changes_in_words(old, edits.rename(old, "n2", "first")) == [f"{name} is now called first"]
    assert changes_in_words(old, edits.set_field(old, "n2", "bias", False)) == [f"{name}: bias yes → no"]


def test_links_are_told_by_their_ends() -> None:
    old = sample()
    link = old.graph.links[0]
    names = f"{old.graph.nodes[link.source].name} → {old.graph.nodes[link.target].name}"
    new = edits.disconnect(old, [link])
    assert changes_in_words(old, new) == [f"Unlinked {names}"]
    assert changes_in_words(new, old) == [f"Linked {names}"]
    bent = replace(old, graph=replace(old.graph, links=(replace(link, bends=((1, 2),)), *old.graph.links[1:])))
    assert changes_in_words(old, bent) == ["A link runs another way"]


def test_training_frames_and_blocks_have_words_too() -> None:
    old = Project(Graph(frames={"f": Frame("f", "Stem")}))
    trained = edits.set_training(old, Training(epochs=5))
    assert changes_in_words(old, trained) == ["Training: epochs 100 → 5"]
    assert changes_in_words(old, replace(old, graph=Graph())) == ["Removed the frame Stem"]
    block = replace(old, blocks={"b": Block("Twice", Graph())})
    inner = replace(old, blocks={"b": Block("Twice", Graph({"n1": Node("n1", "relu", "a")}))})
    assert changes_in_words(old, block) == ["New block Twice"]
    assert changes_in_words(block, inner) == ["In block Twice: added a"]
    assert place_of_change(block, inner) == "b" and place_of_change(old, trained) == ""


def test_many_changes_are_cut() -> None:
    old = Project(Graph({f"n{place}": Node(f"n{place}", "relu", f"r{place}", {"a": 1}) for place in range(50)}))
    new = old
    for place in range(50):
        new = edits.set_field(new, f"n{place}", "a", 2)
    lines = changes_in_words(old, new)
    assert len(lines) == 8 and lines[-1] == "and 43 more changes"
    assert changes_in_words(old, Project()) == ["Removed r0, r1, r2 and 47 more"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), st.permutations(range(10)))
def test_every_node_runs_once_and_after_those_that_feed_it(pairs, added) -> None:
    nodes = {f"n{place}": Node(f"n{place}", "relu", f"r{place}") for place in added}
    links = tuple(Link(f"n{a}", "out", f"n{b}", f"x{place}") for place, (a, b) in enumerate(pairs) if a < b)
    order = running_order(Graph(nodes, links))
    assert sorted(order) == sorted(nodes)
    assert all(order.index(link.source) < order.index(link.target) for link in links)


def test_a_circle_of_a_damaged_file_is_listed_all_the_same() -> None:
    nodes = {key: Node(key, "relu", key) for key in "abc"}
    links = (Link("a", "out", "b", "x"), Link("b", "out", "a", "x"), Link("c", "out", "gone", "x"))
    assert running_order(Graph(nodes, links)) == ["c", "a", "b"]


def test_the_oldest_steps_go_once_there_are_very_many() -> None:
    start = sample()
    history = History.start(start)
    for place in range(MOST_STEPS + 50):
        history = history.push(f"Move {place}", edits.move(start, {"n1": (place, 0)}))
    assert len(history.steps) == MOST_STEPS + 1 and history.index == MOST_STEPS
    assert history.undo_label == f"Move {MOST_STEPS + 49}" and history.steps[0].label == "Move 49"
    merged = history.push("Nudge", start, "m").push("Nudge", edits.move(start, {"n1": (1, 1)}), "m")
    assert merged.undo().project is history.project
    assert history.go(0).push("Again", start).index == 1
