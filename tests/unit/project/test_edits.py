"""Edits: each is pure, does what its name says, and is refused with a sentence that says why."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from designer.project import edits, naming
from designer.project.errors import EditError
from designer.project.fragment import copy_fragment, fragment_from_text, fragment_to_text
from designer.project.model import (
    Augmentation,
    Column,
    Data,
    Graph,
    ImageData,
    Link,
    Node,
    Project,
    Split,
    TableData,
    TableFormat,
    Training,
)
from tests.helpers.projects import ports_of, sample


def test_added_node_is_last_and_the_old_project_is_untouched() -> None:
    project = sample()
    after = edits.add_node(project, Node("n9", "linear", "fc9"))
    assert list(after.graph.nodes) == ["n1", "n2", "n3", "n4", "n5", "n9"]
    assert project == sample()


def test_an_id_in_use_is_refused() -> None:
    with pytest.raises(EditError, match="“n1”"):
        edits.add_node(sample(), Node("n1", "linear", "other"))


def test_removed_nodes_take_their_links_along() -> None:
    after = edits.remove(sample(), ["n2", "n4"])
    assert list(after.graph.nodes) == ["n1", "n3", "n5"]
    assert after.graph.links == (Link("n1", "out", "n3", "x"),)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Link("n1", "out", "n2", "x"), "already linked"),
        (Link("n3", "out", "n2", "x"), "already fed by “table”"),
        (Link("n5", "out", "n4", "x3"), "“species” has no outputs"),
        (Link("n1", "side", "n4", "x3"), "no output “side”; it has “out”"),
        (Link("n1", "out", "n4", "y"), "no input “y”; it has “x1”"),
        (Link("n4", "out", "n4", "x3"), "cannot feed itself"),
        (Link("n7", "out", "n4", "x3"), "no layer “n7”"),
    ],
)
def test_a_refused_link_says_why(link: Link, words: str) -> None:
    with pytest.raises(EditError, match=words):
        edits.connect(sample(), link, ports_of)


def test_a_link_that_closes_a_circle_names_the_way() -> None:
    project = edits.disconnect(sample(), [Link("n1", "out", "n2", "x")])
    with pytest.raises(EditError, match=r"circle.*“fc1” → “merge” → “fc1”"):
        edits.connect(project, Link("n4", "out", "n2", "x"), ports_of)


def test_disconnect_finds_links_by_their_ends() -> None:
    project = sample()
    marked = replace(project.graph.links[0], extra={"colour": "red"})
    assert edits.disconnect(project, [marked]).graph.links == project.graph.links[1:]
    with pytest.raises(EditError):
        edits.disconnect(project, [Link("n1", "out", "n4", "x9")])


def test_fields_are_set_lists_become_tuples_and_types_count() -> None:
    project = edits.set_field(sample(), "n2", "kernel", [3, 5])  # type: ignore[arg-type]
    assert project.graph.nodes["n2"].fields["kernel"] == (3, 5)
    assert edits.set_field(project, "n2", "out_features", 8) is project
    assert edits.set_field(project, "n2", "bias", 1).graph.nodes["n2"].fields["bias"] is not True


@pytest.mark.parametrize("value", [math.nan, math.inf, None, {}, 2**63, "x" * 100_001, (1, math.nan)])
def test_a_field_value_that_no_file_could_hold_is_refused(value: object) -> None:
    with pytest.raises(EditError, match="out_features"):
        edits.set_field(sample(), "n2", "out_features", value)  # type: ignore[arg-type]


def test_rename() -> None:
    assert edits.rename(sample(), "n2", "  hidden ").graph.nodes["n2"].name == "hidden"
    for name, words in (("", "needs a name"), (" ", "needs a name"), ("fc2", "already called"), ("a\nb", "one line")):
        with pytest.raises(EditError, match=words):
            edits.rename(sample(), "n2", name)


def test_moves_are_held_on_the_canvas() -> None:
    after = edits.move(sample(), {"n1": (4, 8), "n2": (1e12, -1e12)})
    assert (after.graph.nodes["n1"].x, after.graph.nodes["n1"].y) == (4.0, 8.0)
    assert (after.graph.nodes["n2"].x, after.graph.nodes["n2"].y) == (1e6, -1e6)
    with pytest.raises(EditError, match="finite"):
        edits.move(sample(), {"n1": (math.nan, 0)})


def test_edits_that_change_nothing_give_the_same_project() -> None:
    project = sample()
    assert edits.move(project, {"n2": (240, 0)}) is project
    assert edits.rename(project, "n2", "fc1") is project
    assert edits.remove(project, []) is project
    assert edits.disconnect(project, []) is project
    assert edits.set_training(project, project.training) is project


def test_duplicates_have_fresh_ids_and_names_and_the_links_among_them() -> None:
    after, new = edits.duplicate(sample(), ["n2", "n4"])
    assert new == ("n6", "n7")
    assert after.graph.nodes["n6"] == Node("n6", "linear", "fc3", {"out_features": 8, "bias": True}, x=280.0, y=40.0)
    assert after.graph.nodes["n7"].name == "merge1"
    assert after.graph.links[5:] == (Link("n6", "out", "n7", "x1"),)


def test_pasted_twice_lies_beside_itself() -> None:
    project = sample()
    fragment = copy_fragment(project, ["n2", "n3"])
    project, first = edits.paste(project, fragment)
    project, second = edits.paste(project, fragment)
    assert [project.graph.nodes[key].x for key in (*first, *second)] == [280, 280, 320, 320]
    project, third = edits.paste(project, fragment, at=(-100, 7))
    assert [(project.graph.nodes[key].x, project.graph.nodes[key].y) for key in third] == [(-100, 7), (-100, 127)]
    assert len({node.name for node in project.graph.nodes.values()}) == len(project.graph.nodes) == 11


def test_the_clipboard_text_holds_the_fragment() -> None:
    fragment = copy_fragment(sample(), ["n2", "n3", "n4", "unknown"])
    assert len(fragment.nodes) == 3
    assert fragment_from_text(fragment_to_text(fragment)) == fragment


def test_inserted_on_a_link_the_flow_goes_through_the_node() -> None:
    project = sample()
    after = edits.insert_on_link(project, Node("n6", "linear", "fc3"), project.graph.links[2], ports_of)
    assert Link("n2", "out", "n6", "x") in after.graph.links
    assert Link("n6", "out", "n4", "x1") in after.graph.links
    assert len(after.graph.links) == 6
    with pytest.raises(EditError, match="an input and an output"):
        edits.insert_on_link(project, Node("n6", "output", "end"), project.graph.links[2], ports_of)


def test_a_loose_node_of_the_graph_can_be_inserted_too() -> None:
    project = edits.add_node(sample(), Node("n6", "concatenate", "join"))
    after = edits.insert_on_link(project, project.graph.nodes["n6"], project.graph.links[4], ports_of)
    assert after.graph.links[-2:] == (Link("n4", "out", "n6", "x1"), Link("n6", "out", "n5", "x"))


def test_settings_that_no_file_could_hold_are_refused() -> None:
    project = sample()
    assert edits.set_data(project, None).data is None
    assert edits.set_data(project, ImageData("photos")).data == ImageData("photos")
    with pytest.raises(EditError, match="learning_rate"):
        edits.set_training(project, Training(learning_rate=math.nan))
    with pytest.raises(EditError, match="epochs"):
        edits.set_training(project, Training(epochs=0))
    with pytest.raises(EditError, match="path"):
        edits.set_data(project, TableData("a\x00b"))


@pytest.mark.parametrize(
    "edit",
    [
        lambda project: edits.remove(project, ["n77"]),
        lambda project: edits.set_field(project, "n77", "a", 1),
        lambda project: edits.rename(project, "n77", "a"),
        lambda project: edits.move(project, {"n77": (0, 0)}),
        lambda project: edits.duplicate(project, ["n77"]),
    ],
)
def test_an_unknown_layer_is_refused_by_name(edit: object) -> None:
    with pytest.raises(EditError, match="“n77”"):
        edit(sample())  # type: ignore[operator]


def test_fresh_ids_and_names() -> None:
    graph = Graph({key: Node(key, "linear", name) for key, name in (("n3", "conv1"), ("x", "conv3"), ("n07", "conv"))})
    assert naming.fresh_id(graph) == "n4"
    assert naming.fresh_id(Graph()) == "n1"
    assert naming.fresh_name(graph, "conv") == "conv2"
    crowded = Graph({key: Node(key, "linear", key) for key in ("n999999999", "n1000000000")})
    assert naming.fresh_id(crowded) == "n1000000001"


def test_more_layers_than_a_file_may_hold_are_refused() -> None:
    full = Project(Graph({f"n{number}": Node(f"n{number}", "linear", f"fc{number}") for number in range(1, 9_999)}))
    full, _ = edits.duplicate(full, ["n1", "n2"])
    with pytest.raises(EditError, match="10,000"):
        edits.duplicate(full, ["n1"])


def test_data_that_lies_elsewhere_keeps_how_it_was_set_up() -> None:
    columns = (Column("a", role="ignored"), Column("b", "category", role="target"))
    project = Project(data=TableData("old.csv", columns=columns, split=Split(test=0.4), drop_duplicates=True))
    other = TableFormat(delimiter=";")
    found = TableData("far/new.csv", other, (Column("b", role="target"), Column("a")))
    moved = edits.relocate_data(project, found)
    assert moved is not None and moved.data == replace(project.data, path="far/new.csv", format=other)
    pictures = ImageData("old", augment=(Augmentation("flip"),))
    again = edits.relocate_data(Project(data=pictures), ImageData("new"))
    assert again is not None and again.data == replace(pictures, path="new")


@pytest.mark.parametrize("found", [TableData("n.csv", columns=(Column("a"), Column("c"))), ImageData("new")])
def test_other_data_is_not_the_same_data_elsewhere(found: Data) -> None:
    project = Project(data=TableData("old.csv", columns=(Column("a"), Column("b"))))
    assert edits.relocate_data(project, found) is None
    masks = Project(data=ImageData("old", layout="masks"))
    assert edits.relocate_data(masks, ImageData("new")) is None
    assert edits.relocate_data(Project(), found) is None
