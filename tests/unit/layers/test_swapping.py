"""A node becomes one of another type and keeps what applies."""

from __future__ import annotations

import pytest

from designer.layers.catalog import BUILT_IN, LAYERS, catalog_of, ports_of
from designer.layers.swapping import may_become, swap
from designer.project import edits
from designer.project.errors import EditError
from designer.project.model import Block, Graph, Link, Node, Project
from tests.helpers.graphs import add, chain, link


def test_fields_of_the_same_name_links_place_and_id_are_kept() -> None:
    project = chain(
        "image_input", ("conv2d", {"out_channels": 7, "kernel_size": 5, "padding_mode": "circular"}), "relu"
    )
    project = edits.move(project, {"n2": (120.0, 44.0)})
    swapped = swap(project, ["n2"], "conv_transpose2d", BUILT_IN)
    node = swapped.graph.nodes["n2"]
    assert (node.type, node.x, node.y) == ("conv_transpose2d", 120.0, 44.0)
    assert node.fields["out_channels"] == 7 and node.fields["kernel_size"] == 5 and node.fields["output_padding"] == 0
    assert "padding_mode" not in node.fields and set(node.fields) == set(LAYERS["conv_transpose2d"].fields)
    assert swapped.graph.links == project.graph.links
    assert list(swapped.graph.nodes) == list(project.graph.nodes)


def test_a_value_that_is_not_sound_there_becomes_the_default() -> None:
    project = chain("image_input", ("max_pool2d", {"kernel_size": (3, 2)}))
    swapped = swap(project, ["n2"], "max_pool1d", BUILT_IN)
    assert swapped.graph.nodes["n2"].fields["kernel_size"] == LAYERS["max_pool1d"].fields["kernel_size"].initial


def test_a_made_up_name_follows_the_type_and_a_given_one_stays() -> None:
    project = chain("table_input", "relu", "relu")
    project = edits.rename(project, "n3", "squash")
    swapped = swap(project, ["n2", "n3"], "gelu", BUILT_IN)
    assert [swapped.graph.nodes[key].name for key in ("n2", "n3")] == ["gelu1", "squash"]
    project = chain("image_input", "conv1d")
    assert swap(project, ["n2"], "conv2d", BUILT_IN).graph.nodes["n2"].name == project.graph.nodes["n2"].name


def test_names_stay_unique_when_several_are_swapped() -> None:
    project = chain("table_input", "relu", "gelu", "tanh")
    swapped = swap(project, ["n2", "n4"], "gelu", BUILT_IN)
    names = [node.name for node in swapped.graph.nodes.values()]
    assert len(set(names)) == len(names)


def test_links_go_over_in_order_as_far_as_there_are_ports() -> None:
    project = chain("table_input", "linear", "add", "output")
    project, other = add(project, "linear")
    project = link(project, "n1", other)
    project = edits.connect(project, Link(other, "out", "n3", "x2"), ports_of)
    narrowed = swap(project, ["n3"], "relu", BUILT_IN)
    into = [(link.source, link.target_port) for link in narrowed.graph.links if link.target == "n3"]
    assert into == [("n2", "x")]
    widened = swap(narrowed, ["n3"], "concatenate", BUILT_IN)
    assert [link.target_port for link in widened.graph.links if link.target == "n3"] == ["x1"]
    assert [link.target for link in widened.graph.links if link.source == "n3"] == ["n4"]


def test_a_layer_becomes_a_block_and_comes_back() -> None:
    inner = Graph(
        {
            "in1": Node("in1", "block_input", "x"),
            "in2": Node("in2", "block_input", "skip"),
            "out1": Node("out1", "block_output", "out"),
        }
    )
    project = chain("table_input", "relu", "output")
    project = Project(project.graph, blocks={"b": Block("My block", inner)})
    catalog = catalog_of(project)
    swapped = swap(project, ["n2"], "block:b", catalog)
    assert [link.ends for link in swapped.graph.links] == [("n1", "out", "n2", "in1"), ("n2", "out1", "n3", "x")]
    assert swapped.graph.nodes["n2"].name == "my_block1"
    back = swap(swapped, ["n2"], "relu", catalog)
    assert back.graph == project.graph


def test_what_cannot_be_is_refused() -> None:
    project = chain("table_input", "relu", "output")
    for key, type_key in (("n1", "relu"), ("n2", "output"), ("n3", "gelu"), ("n2", "warp_drive"), ("n9", "relu")):
        with pytest.raises(EditError):
            swap(project, [key], type_key, BUILT_IN)
    port = edits.add_node(Project(), Node("in1", "block_input", "x"))
    with pytest.raises(EditError, match="port of the block"):
        swap(port, ["in1"], "relu", BUILT_IN)
    assert swap(project, ["n2"], "relu", BUILT_IN) is project


def test_an_unknown_type_can_be_swapped_for_a_known_one() -> None:
    project = edits.add_node(Project(), Node("n1", "warp_drive", "engine", {"power": 9}))
    node = swap(project, ["n1"], "linear", BUILT_IN).graph.nodes["n1"]
    assert node.type == "linear" and node.name == "engine" and "power" not in node.fields


def test_inputs_become_inputs_and_layers_layers() -> None:
    nodes = chain("table_input", "relu", "output").graph.nodes
    layers = BUILT_IN.layers.values()
    could = {key: {one.key for one in layers if may_become([nodes[key]], one, BUILT_IN)} for key in nodes}
    inputs = {key for key, layer in BUILT_IN.layers.items() if layer.role == "input"}
    assert could["n1"] == inputs - {"table_input"}
    assert "gelu" in could["n2"] and "relu" not in could["n2"] and "table_input" not in could["n2"]
    assert could["n3"] == set()
    assert not any(may_become(list(nodes.values()), layer, BUILT_IN) for layer in BUILT_IN.layers.values())


@pytest.mark.parametrize("old", [key for key, layer in LAYERS.items() if layer.role == "layer"])
def test_every_swap_gives_a_sound_node(old: str) -> None:
    project = chain(old)
    for layer in LAYERS.values():
        if layer.role == "layer":
            node = swap(project, ["n1"], layer.key, BUILT_IN).graph.nodes["n1"]
            assert all(kind.refuse(node.fields[name]) is None for name, kind in layer.fields.items())
