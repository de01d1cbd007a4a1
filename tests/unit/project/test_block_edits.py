"""Blocks: made of a selection, unpacked, made unique, their fields set from outside, their uses kept sound."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.layers.catalog import catalog_of
from designer.layers.swapping import swap
from designer.project import edits, exposing
from designer.project.block_edits import adopt, describe, make_block, make_unique, remove_unused, uses_of
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT, edited_within, put_back, within
from designer.project.errors import EditError
from designer.project.file import from_text, to_text
from designer.project.fragment import copy_fragment
from designer.project.inserting import insert_fragment
from designer.project.model import Block, Exposed, Frame, Graph, Link, Node, Note, Project
from designer.project.unpacking import unpack
from tests.helpers.graphs import chain, link, named


def ports_of(project: Project):  # type: ignore[no-untyped-def]
    return catalog_of(project).ports_of


def made(project: Project, ids: Collection[str], name: str = "Block", key: str = "") -> tuple[Project, str]:
    catalog = catalog_of(project)

    def bound(node: Node) -> bool:
        layer = catalog.layer(node.type)
        return layer is not None and layer.role in ("input", "output")

    return make_block(project, ids, name, catalog.ports_of, bound, key)


def network() -> Project:
    """table → linear1 → relu1 → linear2 → add1 → output, with a skip from linear1 to add1."""
    project = chain("table_input", "linear", "relu", "linear", "add", "output")
    return link(project, named(project, "linear1"), named(project, "add1"))


def shape(project: Project) -> tuple[dict[str, tuple[object, ...]], set[tuple[str, ...]]]:
    """Nodes and links by the names of nodes, without ids and places."""
    nodes = project.graph.nodes
    return (
        {node.name: (node.type, tuple(sorted(node.fields.items())), node.bypassed) for node in nodes.values()},
        {(nodes[x.source].name, x.source_port, nodes[x.target].name, x.target_port) for x in project.graph.links},
    )


def ids_of(project: Project, *names: str) -> list[str]:
    return [named(project, name) for name in names]


def test_a_selection_becomes_a_block_with_a_port_for_each_source_that_feeds_it() -> None:
    project = network()
    after, use = made(project, ids_of(project, "relu1", "linear2", "add1"), "Residual")
    block = after.blocks["residual"]
    assert after.graph.nodes[use].type == "block:residual"
    assert after.graph.nodes[use].name == "residual1"
    assert [(node.name, node.type) for node in block.graph.nodes.values() if node.type.startswith("block_")] == [
        ("x", BLOCK_INPUT),
        ("out", BLOCK_OUTPUT),
    ]
    assert shape(after)[1] == {
        (project.graph.nodes["n1"].name, "out", "linear1", "x"),
        ("linear1", "out", "residual1", "in1"),
        ("residual1", "out1", project.graph.nodes["n6"].name, "x"),
    }
    inner = Project(graph=block.graph)
    assert ("x", "out", "relu1", "x") in shape(inner)[1]
    assert {entry[2:] for entry in shape(inner)[1] if entry[0] == "x"} == {("relu1", "x"), ("add1", "x2")}
    assert block.graph.nodes[named(project, "relu1")] == project.graph.nodes[named(project, "relu1")]
    assert project == network()


def test_links_that_come_in_keep_their_bends() -> None:
    project = network()
    (entering,) = [each for each in project.graph.links if each.target == named(project, "relu1")]
    bent = replace(entering, bends=((10.0, 20.0),))
    links = tuple(bent if each is entering else each for each in project.graph.links)
    project = replace(project, graph=replace(project.graph, links=links))
    project, use = made(project, ids_of(project, "relu1", "linear2"), "Part")
    assert [each.bends for each in project.graph.links if each.target == use] == [((10.0, 20.0),)]


def test_ports_are_named_after_what_comes_and_goes() -> None:
    project = network()
    after, _ = made(project, ids_of(project, "add1"))
    block = after.blocks["block"]
    assert [node.name for node in block.graph.nodes.values() if node.type == BLOCK_INPUT] == ["linear1", "linear2"]
    after, _ = made(project, ids_of(project, "linear1"))
    assert [node.name for node in after.blocks["block"].graph.nodes.values() if node.type == BLOCK_OUTPUT] == ["out"]


def test_free_ends_become_ports_where_nothing_is_linked() -> None:
    project = chain("linear", "relu")
    after, use = made(project, ["n1", "n2"])
    ports = ports_of(after)(after.graph.nodes[use])
    assert [port.shown for port in ports.inputs] == ["x"]
    assert [port.shown for port in ports.outputs] == ["out"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "Select the layers"),
        (("linear1", "add1"), "“linear1” → “relu1” → “linear2” → “add1”"),
    ],
)
def test_what_makes_no_block_is_refused(names: tuple[str, ...], words: str) -> None:
    project = network()
    with pytest.raises(EditError, match=words):
        made(project, ids_of(project, *names))
    with pytest.raises(EditError, match="Inputs and outputs of the network"):
        made(project, ["n1", "n2"])


def test_frames_and_notes_of_the_selection_go_along() -> None:
    project = network()
    graph = replace(project.graph, frames={"f1": Frame("f1"), "f2": Frame("f2")}, notes={"t1": Note("t1", "why")})
    after, _ = made(replace(project, graph=graph), [*ids_of(project, "relu1"), "f1", "t1"])
    assert set(after.graph.frames) == {"f2"} and not after.graph.notes
    inner = after.blocks["block"].graph
    assert set(inner.frames) == {"f1"} and set(inner.notes) == {"t1"}


def test_two_blocks_of_one_name_have_names_and_keys_of_their_own() -> None:
    project = network()
    project, _ = made(project, ids_of(project, "relu1"), "Block")
    project, use = made(project, ids_of(project, "linear2"), "Block")
    assert [block.name for block in project.blocks.values()] == ["Block", "Block 2"]
    assert project.graph.nodes[use].name == "block2"


def test_unpacking_gives_back_what_was() -> None:
    project = network()
    after, use = made(project, ids_of(project, "relu1", "linear2", "add1"))
    back, ids = unpack(after, use)
    assert shape(back) == shape(project)
    assert {back.graph.nodes[key].name for key in ids} == {"relu1", "linear2", "add1"}
    assert "block" in back.blocks
    assert not remove_unused(back).blocks


def places_relative(project: Project, names: Collection[str]) -> list[tuple[float, float]]:
    nodes = [project.graph.nodes[named(project, name)] for name in names]
    return [(node.x - nodes[0].x, node.y - nodes[0].y) for node in nodes]


def test_places_are_kept_inside_and_come_back() -> None:
    project = network()
    names = ["relu1", "linear2", "add1"]
    after, use = made(project, ids_of(project, *names))
    back, _ = unpack(after, use)
    assert places_relative(back, names) == places_relative(project, names)


@st.composite
def selections(draw: st.DrawFn) -> tuple[Project, list[str]]:
    """A network without a circle, and some of its nodes."""
    project = Project()
    catalog = catalog_of(project)
    kinds = draw(st.lists(st.sampled_from(["linear", "relu", "add", "concatenate", "dropout"]), min_size=1, max_size=9))
    for number, kind in enumerate(kinds):
        node = catalog.new_node(project.graph, kind, number * 240.0, draw(st.integers(0, 3)) * 100.0)
        project = edits.add_node(project, node)
        before = [key for key in project.graph.nodes if key != node.id]
        most = 3 if catalog.ports_of(node).inputs[0].many else 1
        feeders = draw(st.lists(st.sampled_from(before), max_size=most, unique=True)) if before else []
        for feeder in feeders:
            project = link(project, feeder, node.id)
    return project, draw(st.lists(st.sampled_from(sorted(project.graph.nodes)), min_size=1, unique=True))


@settings(max_examples=150, deadline=None)
@given(selections())
def test_any_selection_made_a_block_and_unpacked_is_the_same_graph(drawn: tuple[Project, list[str]]) -> None:
    project, ids = drawn
    try:
        after, use = made(project, ids)
    except EditError as error:
        assert "comes back" in str(error)
        return
    assert from_text(to_text(after)) == after
    used = ports_of(after)(after.graph.nodes[use])
    for each in after.graph.links:
        assert each.target != use or used.input(each.target_port) is not None
        assert each.source != use or used.output(each.source_port) is not None
    back, _ = unpack(after, use)
    assert shape(back) == shape(project)


@settings(max_examples=60, deadline=None)
@given(selections(), st.data())
def test_nested_blocks_unpack_to_the_same_graph(drawn: tuple[Project, list[str]], data: st.DataObject) -> None:
    project, ids = drawn
    try:
        once, use = made(project, ids)
        key = once.graph.nodes[use].type.removeprefix("block:")
        inner = [name for name in once.blocks[key].graph.nodes if name in ids]
        some = data.draw(st.lists(st.sampled_from(inner), min_size=1, unique=True))
        twice = edited_within(once, key, lambda seen: made(seen, some, "Inner", key)[0])
    except EditError:
        return
    back, ids_back = unpack(twice, use)
    nested = next(name for name in ids_back if back.graph.nodes[name].type == "block:inner")
    back, _ = unpack(back, nested)
    assert shape(back) == shape(project)


def test_a_repeated_block_is_unpacked_as_often_in_a_row() -> None:
    project = network()
    after, use = made(project, ids_of(project, "relu1", "linear2", "add1"))
    after = edits.set_field(after, use, "repeat", 3)
    back, ids = unpack(after, use)
    assert len(ids) == 9 and len({node.name for node in back.graph.nodes.values()}) == len(back.graph.nodes)
    links = shape(back)[1]
    assert ("add1", "out", "relu2", "x") in links and ("add2", "out", "relu3", "x") in links
    end = back.graph.nodes["n6"].name
    assert ("add3", "out", end, "x") in links and sum(entry[2] == end for entry in links) == 1
    xs = [back.graph.nodes[named(back, f"relu{number}")].x for number in (1, 2, 3)]
    assert xs == sorted(xs) and len(set(xs)) == 3


def test_a_repeated_block_with_other_numbers_of_ports_is_refused() -> None:
    project = network()
    after, use = made(project, ids_of(project, "add1"))
    after = edits.set_field(after, use, "repeat", 2)
    with pytest.raises(EditError, match="as many outputs as inputs"):
        unpack(after, use)


def test_unpacking_makes_room_for_what_comes() -> None:
    project = network()
    after, use = made(project, ids_of(project, "relu1", "linear2", "add1"))
    after = edits.move(after, {use: (500.0, 0.0), "n6": (740.0, 0.0)})
    back, _ = unpack(after, use)
    boxes = [(node.x, node.y) for node in back.graph.nodes.values()]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            assert abs(one[0] - other[0]) >= 192 or abs(one[1] - other[1]) >= 72


def residuals() -> tuple[Project, str, str]:
    """Two uses of a block with the field ``width``, and their ids."""
    project = network()
    project, use = made(project, ids_of(project, "relu1", "linear2", "add1"), "Residual")
    project = exposing.expose(project, "residual", "n4", "out_features", "width")
    project, (other,) = edits.duplicate(project, [use])
    return edits.set_field(project, use, "width", 7), use, other


def test_uses_set_exposed_fields_for_themselves() -> None:
    project, use, other = residuals()
    fields = catalog_of(project).fields_of("block:residual", {})
    assert fields["width"].initial == project.blocks["residual"].graph.nodes["n4"].fields["out_features"]
    for each, expected in ((use, 7), (other, fields["width"].initial)):
        back, ids = unpack(project, each)
        linear = next(back.graph.nodes[key] for key in ids if back.graph.nodes[key].type == "linear")
        assert linear.fields["out_features"] == expected


def test_renaming_a_field_keeps_what_uses_set_also_in_other_blocks() -> None:
    project, use, _ = residuals()
    project, outer = made(project, [use], "Outer")
    project = exposing.expose(project, "outer", use, "width", "channels")
    renamed = exposing.rename_exposed(project, "residual", "width", "features")
    inner = renamed.blocks["outer"].graph.nodes[use]
    assert inner.fields["features"] == 7 and "width" not in inner.fields
    assert renamed.blocks["outer"].fields == (Exposed("channels", ((use, "features"),)),)
    assert catalog_of(renamed).fields_of(renamed.graph.nodes[outer].type, {})["channels"].initial == 7


def test_removing_a_field_leaves_the_values_inside_as_they_were() -> None:
    project, use, _ = residuals()
    inside = project.blocks["residual"].graph
    after = exposing.remove_exposed(project, "residual", "width")
    assert after.blocks["residual"].graph == inside and not after.blocks["residual"].fields
    assert "width" not in after.graph.nodes[use].fields


def test_fields_join_and_part() -> None:
    project, _, _ = residuals()
    project = edited_within(project, "residual", lambda seen: edits.duplicate(seen, ["n4"])[0])
    copy = list(project.blocks["residual"].graph.nodes)[-1]
    project = exposing.expose(project, "residual", copy, "out_features", "width")
    assert project.blocks["residual"].fields == (Exposed("width", (("n4", "out_features"), (copy, "out_features"))),)
    with pytest.raises(EditError, match="already"):
        exposing.expose(project, "residual", copy, "out_features", "other")
    project = exposing.set_inside(project, "residual", "n4", "out_features")
    assert project.blocks["residual"].fields == (Exposed("width", ((copy, "out_features"),)),)
    assert not exposing.set_inside(project, "residual", copy, "out_features").blocks["residual"].fields


@pytest.mark.parametrize("name", ["", "9", "repeat", "shared", "each_step", "class", "ä"])
def test_names_that_no_argument_can_have_are_refused(name: str) -> None:
    with pytest.raises(EditError):
        exposing.field_name(name)


def test_a_field_s_name_becomes_an_argument() -> None:
    assert exposing.field_name(" Hidden Channels ") == "hidden_channels"


def test_making_a_block_inside_a_block_hands_its_fields_through() -> None:
    project, use, _ = residuals()
    project = edited_within(project, "residual", lambda seen: made(seen, ["n4"], "Inner", "residual")[0])
    (exposed,) = project.blocks["residual"].fields
    assert project.blocks["inner"].fields == (Exposed("width", (("n4", "out_features"),)),)
    back, ids = unpack(project, use)
    nested = next(key for key in ids if back.graph.nodes[key].type == "block:inner")
    assert back.graph.nodes[nested].fields["width"] == 7
    (target,) = exposed.targets
    within_residual, _ = unpack(within(project, "residual"), target[0], "residual")
    again = put_back(project, "residual", within_residual)
    ((node, name),) = again.blocks["residual"].fields[0].targets
    assert name == "out_features" and again.blocks["residual"].graph.nodes[node].type == "linear"


def test_a_port_deleted_inside_takes_its_links_along_at_all_uses() -> None:
    project, use, other = residuals()
    project = edits.connect(project, Link("n2", "out", other, "in1"), ports_of(project))
    after = edited_within(project, "residual", lambda seen: edits.remove(seen, ["in1"]))
    assert not [each for each in after.graph.links if each.target in (use, other)]
    assert [each for each in after.graph.links if each.source == use]
    assert from_text(to_text(after)) == after


def test_a_node_deleted_inside_takes_the_fields_along_that_set_it() -> None:
    project, use, _ = residuals()
    after = edited_within(project, "residual", lambda seen: edits.remove(seen, ["n4"]))
    assert not after.blocks["residual"].fields and "width" not in after.graph.nodes[use].fields


def test_a_node_inside_that_becomes_another_type_takes_the_fields_along_that_it_has_no_more() -> None:
    project, use, _ = residuals()
    after = edited_within(project, "residual", lambda seen: swap(seen, ["n4"], "relu", catalog_of(seen)))
    assert not after.blocks["residual"].fields and "width" not in after.graph.nodes[use].fields
    back, ids = unpack(after, use)
    assert not any("width" in back.graph.nodes[key].fields for key in ids)
    kept = edited_within(project, "residual", lambda seen: edits.rename(seen, "n4", "wide"))
    assert kept.blocks["residual"].fields and kept.graph.nodes[use].fields["width"] == 7


def test_a_unique_use_has_a_block_of_its_own() -> None:
    project, use, other = residuals()
    after = make_unique(project, use)
    assert after.graph.nodes[use].type == "block:residual2"
    assert after.blocks["residual2"].name == "Residual 2"
    assert after.blocks["residual2"].graph == after.blocks["residual"].graph
    assert after.graph.nodes[use].fields["width"] == 7
    assert (uses_of(after, "residual"), uses_of(after, "residual2")) == (1, 1)
    assert after.graph.nodes[other].type == "block:residual"


def test_blocks_are_described() -> None:
    project, _, _ = residuals()
    after = describe(project, "residual", "  Skip  block ", "Adds what came in.")
    assert (after.blocks["residual"].name, after.blocks["residual"].summary) == ("Skip block", "Adds what came in.")
    with pytest.raises(EditError, match="needs a name"):
        describe(project, "residual", " ")


def test_an_adopted_block_that_is_there_already_is_used_again() -> None:
    project, _, _ = residuals()
    assert adopt(project, project.blocks, "residual") == (project, "residual")
    changed = {"residual": replace(project.blocks["residual"], summary="another")}
    once, key = adopt(project, changed, "residual")
    assert key == "residual2" and adopt(once, changed, "residual") == (once, "residual2")


def test_pasting_a_use_brings_nested_blocks_once() -> None:
    project, use, _ = residuals()
    project, outer = made(project, [use], "Outer")
    fragment = copy_fragment(project, [outer])
    away = Project(blocks={"residual": Block("Other", Graph())})
    once, _ = insert_fragment(away, fragment, (0.0, 0.0))
    assert set(once.blocks) == {"residual", "residual2", "outer"}
    assert once.blocks["outer"].graph.nodes[use].type == "block:residual2"
    twice, _ = insert_fragment(once, fragment, (0.0, 0.0))
    assert twice.blocks == once.blocks
