"""The catalog: search, fields that follow a choice, new nodes, metrics for a target."""

from __future__ import annotations

import pytest

from designer.layers.catalog import (
    CATEGORIES,
    LAYERS,
    catalog_of,
    fields_of,
    key_fields_text,
    metrics_for,
    new_node,
    ports_of,
    search,
    training_fields,
)
from designer.layers.fields import Choice
from designer.project import edits
from designer.project.model import Block, Graph, Node, Project, Training


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("dense", "linear"),
        ("FC", "linear"),
        ("swish", "silu"),
        ("relu", "relu"),
        ("conv2", "conv2d"),
        ("nn.MaxPool2d", "max_pool2d"),
        ("concat", "concatenate"),
        ("skip", "add"),
        ("cnv2d", "conv2d"),
    ],
)
def test_search_finds_what_is_meant(typed: str, first: str) -> None:
    assert search(typed)[0].key == first


def test_search_for_nothing_and_nonsense() -> None:
    assert search("  ") == list(LAYERS.values())
    assert search("qqqq") == []


def test_categories_hold_every_layer() -> None:
    assert {layer.category for layer in LAYERS.values()} == set(CATEGORIES)
    assert len(CATEGORIES) == len(set(CATEGORIES))


def test_an_output_has_the_fields_of_its_loss() -> None:
    assert "label_smoothing" not in fields_of("output", {"loss": "mse"})
    assert "label_smoothing" in fields_of("output", {"loss": "cross_entropy"})
    choice = fields_of("output", {})["loss"]
    assert isinstance(choice, Choice)
    assert "kl_div" in choice.options
    assert isinstance(training_fields()["optimizer"], Choice)


def test_new_nodes_have_ids_and_names_of_their_own() -> None:
    project = Project()
    for _ in range(2):
        project = edits.add_node(project, new_node(project.graph, "conv2d", 4.0, 8.0))
    nodes = list(project.graph.nodes.values())
    assert [node.name for node in nodes] == ["conv1", "conv2"]
    assert nodes[0].id != nodes[1].id
    assert nodes[0].fields["out_channels"] == 32
    assert key_fields_text(nodes[0]) == "32 · 3×3"


@pytest.mark.parametrize(("mode", "shown"), [("gan", ""), ("rbm", ""), ("autoencoder", "Mean squared error")])
def test_an_output_shows_no_field_that_has_no_effect(mode: str, shown: str) -> None:
    plain = Project(blocks={"one": Block("One")})
    project = Project(blocks=plain.blocks, training=Training(mode=mode))
    node = new_node(Graph(), "output")
    assert catalog_of(project).key_fields_text(node) == shown
    assert catalog_of(Project(training=Training(mode=mode))).key_fields_text(node) == shown
    assert catalog_of(plain).key_fields_text(node) == "Mean squared error"
    assert catalog_of(project) is catalog_of(project) and catalog_of(plain) is catalog_of(plain)


def test_unknown_types_take_links_on_any_place() -> None:
    ports = ports_of(Node("n1", "from_the_future", "warp"))
    assert ports.input("x3") is not None
    assert fields_of("from_the_future", {}) == {}
    assert key_fields_text(Node("n1", "from_the_future", "warp")) == ""


def test_metrics_suit_the_target() -> None:
    assert [metric.key for metric in metrics_for("number")] == ["mse", "rmse", "mae", "r2"]
    assert [metric.key for metric in metrics_for("classes", ["f1", "mse"])] == ["f1"]
    assert new_node(Graph(), "output").fields["loss"] == "mse"
