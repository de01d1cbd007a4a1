"""Frames and notes: edits that leave the rest alone, what lies on a frame, and frames that keep what lies on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.project import edits, frames
from designer.project.diff import diff
from designer.project.errors import EditError
from designer.project.file import from_text, to_text
from designer.project.model import Frame, Graph, Link, Node, Note, Project
from designer.project.tidying import tidy

NODES = {key: Node(key, "relu", key, x=x, y=y) for key, x, y in (("n1", 0, 0), ("n2", 300, 0), ("n3", 900, 0))}


def chain(*types: str) -> Project:
    """Nodes n1, n2, … in a row, each linked to the next."""
    nodes = {f"n{place}": Node(f"n{place}", key, key, x=260.0 * place - 260) for place, key in enumerate(types, 1)}
    links = tuple(Link(f"n{place}", "out", f"n{place + 1}", "x") for place in range(1, len(types)))
    return Project(Graph(nodes, links))


def project() -> Project:
    """Three nodes, two of them on a frame with a note and a smaller frame."""
    return Project(
        Graph(
            dict(NODES),
            frames={"f1": Frame("f1", "Encoder", x=-40, y=-80, width=600, height=300), "f2": Frame("f2", x=290, y=-30)},
            notes={"t1": Note("t1", "so", x=0, y=90)},
        )
    )


def test_what_lies_on_a_frame_lies_on_it_with_its_middle() -> None:
    graph = project().graph
    small = replace(graph, frames={**graph.frames, "f2": replace(graph.frames["f2"], width=200, height=120)})
    assert frames.lying_on(small, "f1", {}) == {"n1", "n2", "t1", "f2"}
    assert frames.lying_on(small, "f2", {}) == {"n2"}


def test_every_edit_changes_one_thing_and_survives_the_file() -> None:
    before = project()
    after = frames.change_frame(before, "f1", title="  Two \n words ", colour="red", box=(1, 2, 3, 400))
    frame = after.graph.frames["f1"]
    assert (frame.title, frame.colour) == ("Two words", "red")
    assert (frame.x, frame.y, frame.width, frame.height) == (1, 2, frames.LEAST_FRAME[0], 400)
    assert after.graph.nodes is before.graph.nodes and after.graph.notes is before.graph.notes
    assert diff(before, after).frames_changed == ("f1",)
    after = frames.change_note(after, "t1", text="a\n  b", colour="grey")
    assert diff(before, after).notes_changed == ("t1",)
    assert from_text(to_text(after)).graph == after.graph
    gone = frames.remove_things(after, ["f1", "t1"])
    assert gone.graph.nodes is before.graph.nodes and list(gone.graph.frames) == ["f2"] and not gone.graph.notes
    assert diff(after, gone).frames_removed == ("f1",) and diff(after, gone).notes_removed == ("t1",)
    assert diff(gone, after).frames_added == ("f1",) and diff(gone, after).notes_added == ("t1",)


def test_an_edit_that_changes_nothing_is_the_same_project() -> None:
    before = project()
    assert frames.change_frame(before, "f1", title="Encoder") is before
    assert frames.change_note(before, "t1", text="so") is before
    assert frames.remove_things(before, []) is before
    assert frames.move_together(before, {"n1": (0, 0), "f1": (-40, -80)}) is before


@pytest.mark.parametrize(
    "act",
    [
        lambda given: frames.change_frame(given, "f9", title="x"),
        lambda given: frames.change_note(given, "f1", text="x"),
        lambda given: frames.remove_things(given, ["n1"]),
        lambda given: frames.move_together(given, {"x": (0, 0)}),
        lambda given: frames.move_together(given, {"f1": (float("nan"), 0)}),
        lambda given: frames.add_frame(given, Frame("f1")),
        lambda given: frames.add_note(given, Note("t1")),
        lambda given: frames.add_frame(given, Frame("f9", colour="pink")),  # type: ignore[arg-type]
        lambda given: frames.change_frame(given, "f1", title="x" * 2_000),
        lambda given: frames.enclosing([]),
    ],
)
def test_what_cannot_be_is_refused(act) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EditError):
        act(project())


def test_nodes_frames_and_notes_move_together() -> None:
    after = frames.move_together(project(), {"n1": (5, 5), "f1": (1, 1), "t1": (2, 2)}).graph
    assert (after.nodes["n1"].x, after.frames["f1"].x, after.notes["t1"].x) == (5, 1, 2)
    assert after.nodes["n2"] is NODES["n2"]


def test_duplicates_and_copies_hold_frames_and_notes() -> None:
    after, added = edits.duplicate(project(), ["n1", "f1", "t1"])
    assert added == ("n4", "f3", "t2")
    assert after.graph.frames["f3"].title == "Encoder" and after.graph.notes["t2"].text == "so"


@given(st.lists(st.tuples(*[st.integers(-900, 900)] * 2, *[st.integers(1, 300)] * 2), min_size=1, max_size=9))
def test_a_frame_round_things_holds_them_all(found: list[tuple[int, int, int, int]]) -> None:
    left, top, width, height = frames.enclosing([tuple(map(float, box)) for box in found])  # type: ignore[misc]
    for x, y, wide, high in found:
        assert left < x and top + frames.TITLE < y and x + wide < left + width and y + high < top + height


def test_a_frame_goes_with_all_its_nodes_and_grows_for_some() -> None:
    before = project().graph
    only = replace(before, frames={"f1": before.frames["f1"]})
    all_moved = frames.move_together(Project(only), {"n1": (100, 0), "n2": (400, 0)}).graph
    assert frames.grown_frames(only, all_moved, {}) == {"f1": (60, -80, 600, 300)}
    one_moved = frames.move_together(Project(only), {"n2": (700, 0)}).graph
    box = frames.grown_frames(only, one_moved, {})["f1"]
    assert box[:2] == (-40, -80) and box[0] + box[2] >= 700 + 192 + frames.PADDING
    assert frames.grown_frames(only, only, {}) == {}


def framed(*members: str) -> Project:
    """A chain of six layers, some of them on a frame."""
    made = chain("table_input", "linear", "relu", "linear", "relu", "output")
    box = frames.enclosing(frames.box_of(made.graph, key, {}) for key in members)
    return frames.add_frame(made, Frame("f1", "Part", "green", *box))


def test_tidying_up_keeps_frames_round_their_members_and_others_out() -> None:
    made = framed("n2", "n3", "n4")
    messy = edits.move(made, {"n5": (260.0, 300.0), "n6": (100.0, 500.0), "n1": (900.0, -700.0)})
    places, boxes = tidy(messy.graph, list(messy.graph.nodes), {})
    after = frames.with_boxes(frames.move_together(messy, places), boxes).graph
    assert frames.lying_on(after, "f1", {}) == {"n2", "n3", "n4"}
    assert [after.nodes[f"n{number}"].x for number in range(1, 6)] == sorted(
        after.nodes[f"n{number}"].x for number in range(1, 6)
    )


def test_tidying_up_a_selection_leaves_the_rest_and_does_not_lie_on_it() -> None:
    made = chain("table_input", "linear", "relu", "linear", "output")
    messy = edits.move(made, {"n2": (220.0, 40.0), "n3": (230.0, 60.0), "n4": (480.0, 0.0)})
    places, _ = tidy(messy.graph, ["n2", "n3"], {})
    assert places.keys() == {"n2", "n3"}
    after = frames.move_together(messy, places).graph
    boxes = [frames.box_of(after, key, {}) for key in after.nodes]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
            assert apart or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]


def test_the_tidied_part_keeps_its_corner_where_there_is_room() -> None:
    made = edits.move(chain("table_input", "linear", "relu"), {"n1": (40.0, 500.0), "n2": (300.0, 700.0)})
    places, _ = tidy(made.graph, ["n1", "n2"], {})
    assert (min(x for x, _ in places.values()), min(y for _, y in places.values())) == (40, 500)


def test_top_down_each_layer_lies_beneath_the_one_before() -> None:
    made = chain("table_input", "linear", "relu", "output")
    places, _ = tidy(made.graph, list(made.graph.nodes), {}, down=True)
    assert [x for x, _ in places.values()] == [0.0] * 4
    assert [y for _, y in places.values()] == sorted(y for _, y in places.values())


def test_notes_stay_beside_what_they_are_about() -> None:
    made = frames.add_note(chain("table_input", "linear", "relu"), Note("t1", "hm", x=520, y=-120))
    messy = edits.move(made, {"n2": (260.0, 400.0)})
    places, _ = tidy(messy.graph, list(messy.graph.nodes), {})
    after = frames.move_together(messy, places).graph
    assert abs(after.notes["t1"].x - after.nodes["n3"].x) < 100 and after.notes["t1"].y < after.nodes["n3"].y
