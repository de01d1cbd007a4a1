"""Training fields of layers: offered where there are parameters, absent from new nodes, kept when a node is swapped."""

from __future__ import annotations

from designer.layers.catalog import BUILT_IN, LAYERS, catalog_of, fields_of, new_node
from designer.layers.reference import reference_page
from designer.layers.swapping import swap
from designer.layers.training_fields import TRAINING_FIELDS, is_frozen
from designer.project.edits import set_fields
from designer.project.file import from_text, to_text
from designer.project.model import Graph, Project
from designer.workspace.settings import set_settings
from tests.helpers.blocks import block_of, use, with_blocks
from tests.helpers.graphs import add


def test_only_layers_with_parameters_have_them_and_they_come_last() -> None:
    usual = ["weight_init", "bias_init", "frozen", "learning_rate_factor"]
    assert list(fields_of("linear", {}))[-4:] == usual
    for key in ("relu", "dropout", "max_pool2d", "table_input", "output", "concatenate"):
        assert not TRAINING_FIELDS.keys() & fields_of(key, {}).keys()
    assert BUILT_IN.training_fields_of("linear", {}).keys() == set(usual)
    assert BUILT_IN.training_fields_of("no such type", {}) == {}


def test_a_number_is_a_field_where_the_choice_takes_it() -> None:
    assert "weight_spread" in fields_of("linear", {"weight_init": "normal"})
    assert "weight_spread" not in fields_of("linear", {"weight_init": "orthogonal"})
    assert "bias_value" in fields_of("linear", {"bias_init": "constant"})
    assert "bias_value" not in fields_of("linear", {"bias_init": ("constant",)})


def test_new_nodes_and_old_files_do_without_them() -> None:
    assert not TRAINING_FIELDS.keys() & new_node(Graph(), "linear").fields.keys()
    project, node = add(Project(), "linear")
    found = from_text(to_text(project)).graph.nodes[node]
    assert BUILT_IN.values_of(found)["frozen"] is False
    assert BUILT_IN.changed_fields(found) == {}
    changed, _ = add(Project(), "linear", {"frozen": True, "learning_rate_factor": 0.5})
    assert from_text(to_text(changed)) == changed


def test_swapping_keeps_what_was_set_and_adds_nothing() -> None:
    project, node = add(Project(), "linear", {"frozen": True})
    swapped = swap(project, [node], "conv2d", BUILT_IN).graph.nodes[node]
    assert swapped.fields["frozen"] is True
    assert TRAINING_FIELDS.keys() & swapped.fields.keys() == {"frozen"}
    without = swap(project, [node], "relu", BUILT_IN).graph.nodes[node]
    assert not TRAINING_FIELDS.keys() & without.fields.keys()


def test_they_are_set_as_all_other_fields_are() -> None:
    project, node = add(Project(), "conv2d")
    settings = ["conv1.frozen=true", "conv1.weight_init=normal", "conv1.weight_spread=0,5", "conv1.bias_init=zeros"]
    fields = set_settings(project, settings).graph.nodes[node].fields
    assert (fields["frozen"], fields["weight_init"], fields["weight_spread"]) == (True, "normal", 0.5)


def test_a_block_lets_its_uses_set_them() -> None:
    inside = block_of(
        "Stage", ("a", "linear", {}), exposed={"frozen": ("a", "frozen"), "rate": ("a", "learning_rate_factor")}
    )
    project, node = use(with_blocks(Project(), stage=inside), "stage")
    layer = catalog_of(project).layers[project.graph.nodes[node].type]
    assert layer.fields["frozen"].initial is False and layer.fields["rate"].initial == 1.0
    # of the use itself they are fields like all others: a block has no training fields of its own
    assert catalog_of(project).training_fields_of(layer.key, {}) == {}


def test_a_layer_is_frozen_by_true_alone() -> None:
    assert is_frozen(LAYERS["linear"], {"frozen": True})
    assert not is_frozen(LAYERS["linear"], {"frozen": 1})
    assert not is_frozen(LAYERS["relu"], {"frozen": True})


def test_help_says_what_is_frozen() -> None:
    page = reference_page(LAYERS["batch_norm2d"])
    assert "## Training of this layer" in page
    assert "running mean and variance, which stay too" in page
    assert "Training of this layer" not in reference_page(LAYERS["relu"])


def test_a_field_set_back_is_no_change() -> None:
    project, node = add(Project(), "linear", {"frozen": True})
    project = set_fields(project, node, {"frozen": False})
    assert BUILT_IN.changed_fields(project.graph.nodes[node]) == {}
