"""The compiler: oracles for shapes and parameters, every problem with its place, sentence and fix."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model, node_of_error
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.project import edits
from designer.project.facts import Facts
from designer.project.model import Column, Graph, ImageData, Link, Node, Project, TableData, Training
from tests.helpers.graphs import add, chain, link, named

NUMBER = Facts("number", features=("a", "b"), rows={"train": 10}, target="y")
BINARY = Facts("binary", features=("a", "b"), classes=("no", "yes"), rows={"train": 10}, target="y")
THREE = Facts("classes", features=("a", "b"), classes=("x", "y", "z"), rows={"train": 10}, target="kind")
TABLE = TableData("data.csv", columns=(Column("a"), Column("b"), Column("y", role="target")))


def mlp(*widths: int, features: int = 2) -> Project:
    layers: list[object] = [("table_input", {"features": features})]
    for number, width in enumerate(widths):
        layers.append(("linear", {"out_features": width}))
        if number < len(widths) - 1:
            layers.append("relu")
    return chain(*layers, "output")  # type: ignore[arg-type]


def problem(project: Project, code: str, facts: Facts | None = None) -> Problem:
    found = [problem for problem in analyse(project, facts).problems if problem.code == code]
    assert len(found) == 1, analyse(project, facts).problems
    return found[0]


def mended(project: Project, code: str, facts: Facts | None = None) -> Project:
    fix = problem(project, code, facts).fix
    assert fix is not None
    after = fix.edit(project)
    assert code not in {problem.code for problem in analyse(after, facts).problems}
    return after


@pytest.mark.parametrize(
    ("project", "parameters"),
    [
        (mlp(4, 2), 22),
        (mlp(100, 100, 100, 2, features=10), 21_502),
        (mlp(128, 10, features=784), 101_770),
    ],
)
def test_parameters_of_known_networks(project: Project, parameters: int) -> None:
    analysis = analyse(project)
    assert analysis.parameters == parameters
    assert analysis.source is not None
    assert sum(p.numel() for p in load_model(analysis.source).parameters()) == parameters


def test_cnn_oracle() -> None:
    project = chain(
        "image_input",
        ("conv2d", {"out_channels": 32}),
        "max_pool2d",
        ("conv2d", {"out_channels": 64}),
        "max_pool2d",
        ("conv2d", {"out_channels": 128}),
        "flatten",
        ("linear", {"out_features": 10}),
        ("output", {"loss": "cross_entropy"}),
    )
    analysis = analyse(project)
    assert analysis.ok
    assert analysis.parameters == 104_202
    first = analysis.reports[named(project, "conv1")]
    assert (first.shape, first.axes, first.shape_text) == ((32, 26, 26), "NCHW", "N×32×26×26")
    assert first.multiply_adds == 26 * 26 * 9 * 32
    assert first.memory == 4 * 32 * 26 * 26


def test_source_reads_well_and_leads_back() -> None:
    project = edits.rename(mlp(4, 1), "n2", "Hidden layer")
    source = analyse(project).source
    assert source is not None
    assert source.text == (
        "from torch import nn\n\n\nclass Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.hidden_layer = nn.Linear(2, 4)\n        self.relu1 = nn.ReLU()\n        self.linear2 = "
        "nn.Linear(4, 1)\n\n"
        "    def forward(self, x):\n        x = self.hidden_layer(x)\n        x = self.relu1(x)\n"
        "        x = self.linear2(x)\n        return x\n"
    )
    lines = source.text.split("\n")
    for span in source.spans["n2"]:
        assert all("hidden_layer" in line for line in lines[span.first - 1 : span.last])
    assert source.node_at(7) == "n2"
    assert len(source.spans["n2"]) == 2


def test_branches_have_names_of_their_own() -> None:
    project = chain(
        ("table_input", {"features": 8}), ("linear", {"out_features": 8}), "relu", ("linear", {"out_features": 8})
    )
    project, total = add(project, "add")
    project = link(project, named(project, "linear2"), total)
    project = link(project, named(project, "features1"), total)
    project, end = add(project, "output")
    project, last = add(project, "linear", {"out_features": 1})
    project = link(link(project, total, last), last, end)
    source = analyse(project).source
    assert source is not None
    assert "= linear2 + features1" in source.text or "x + features1" in source.text
    model = load_model(source)
    data = torch.rand(3, 8)
    expected = model.linear3(model.linear2(model.relu1(model.linear1(data))) + data)
    assert torch.equal(model(data), expected)


def test_runtime_error_leads_to_its_node() -> None:
    project = mlp(4, 1)
    source = analyse(project).source
    assert source is not None
    with pytest.raises(RuntimeError) as caught:
        load_model(source)(torch.rand(3, 5))
    assert node_of_error(caught.value, source) == "n2"


def test_no_input_and_no_output_are_added() -> None:
    project = chain(("linear", {"out_features": 1}))
    after = mended(project, "no-input")
    after = mended(after, "no-output")
    assert analyse(after).ok


def test_empty() -> None:
    assert "empty" in problem(Project(), "empty").sentence


def test_not_connected_offers_the_one_that_fits() -> None:
    project = chain(("table_input", {"features": 2}), "relu")
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    project = link(project, last, end)
    found = problem(project, "not-connected")
    assert found.severity == "error"
    assert found.place == NodePlace(last)
    assert analyse(mended(project, "not-connected")).ok


def test_loose_node_is_only_a_warning() -> None:
    project, _ = add(mlp(1), "relu")
    found = problem(project, "not-connected")
    assert found.severity == "warning"
    assert analyse(project).ok


def test_linear_after_image_inserts_flatten() -> None:
    project = chain("image_input", "conv2d", ("linear", {"out_features": 10}), ("output", {"loss": "cross_entropy"}))
    found = problem(project, "wrong-axes")
    assert "N×32×26×26" in found.sentence
    assert "Flatten" in found.sentence
    assert analyse(mended(project, "wrong-axes")).ok


def test_add_names_both_sizes() -> None:
    project = chain(("table_input", {"features": 2}), ("linear", {"out_features": 3}))
    project, other = add(project, "linear", {"out_features": 5})
    project = link(project, "n1", other)
    project, total = add(project, "add")
    project = link(link(project, "n2", total), other, total)
    project, end = add(project, "output")
    found = problem(link(project, total, end), "size")
    assert found.place == NodePlace(total)
    assert "N×3 and N×5" in found.sentence


def test_window_larger_than_the_picture() -> None:
    project = chain(
        ("image_input", {"height": 4, "width": 4}), ("conv2d", {"kernel_size": 7}), "flatten", "linear", "output"
    )
    found = problem(project, "size")
    assert "7×7" in found.sentence
    assert "N×1×4×4" in found.sentence


def test_reshape_counts_values() -> None:
    project = chain(
        ("table_input", {"features": 10}),
        ("reshape", {"shape": (3, 4)}),
        "flatten",
        ("linear", {"out_features": 1}),
        "output",
    )
    assert "12 values" in problem(project, "size").sentence
    assert "10" in problem(project, "size").sentence


@pytest.mark.parametrize(
    ("activation", "loss", "width", "facts"),
    [("softmax", "cross_entropy", 3, THREE), ("sigmoid", "bce", 1, BINARY)],
)
def test_double_activation_is_removed(activation: str, loss: str, width: int, facts: Facts) -> None:
    project = chain("table_input", ("linear", {"out_features": width}), activation, ("output", {"loss": loss}))
    after = mended(project, "double-activation", facts)
    assert len(after.graph.nodes) == 3
    assert analyse(after, facts).ok


def test_output_width_follows_the_classes() -> None:
    project = chain("table_input", ("linear", {"out_features": 7}), "dropout", ("output", {"loss": "cross_entropy"}))
    found = problem(project, "output-width", THREE)
    assert "7 values" in found.sentence
    assert "3 classes" in found.sentence
    after = mended(project, "output-width", THREE)
    assert after.graph.nodes["n2"].fields["out_features"] == 3


def test_output_width_is_set_in_each_of_the_layers_that_are_added_up() -> None:
    project = chain("table_input", ("linear", {"out_features": 4}), "relu", ("linear", {"out_features": 1}), "add")
    project, direct = add(project, "linear", {"out_features": 1})
    project = link(link(project, named(project, "features1"), direct), direct, named(project, "add1"))
    project, output = add(project, "output", {"loss": "cross_entropy"})
    project = link(project, named(project, "add1"), output)
    found = problem(project, "output-width", THREE)
    assert found.fix is not None and found.fix.label == "Set “linear2” and “linear3” to 3"
    after = mended(project, "output-width", THREE)
    assert [node.fields.get("out_features") for node in after.graph.nodes.values()] == [None, 4, None, 3, None, 3, None]
    assert analyse(after, THREE).ok


@pytest.mark.parametrize(("facts", "wanted"), [(NUMBER, "mse"), (BINARY, "bce")])
def test_loss_follows_the_target(facts: Facts, wanted: str) -> None:
    project = chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "cross_entropy"}))
    after = mended(project, "loss-target", facts)
    assert after.graph.nodes["n3"].fields["loss"] == wanted


def test_one_class() -> None:
    project = chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "bce"}))
    found = problem(project, "one-class", Facts("classes", ("a",), ("only",), {"train": 3}, target="y"))
    assert "only one class" in found.sentence


def test_a_second_output_wants_a_link_as_the_first_does() -> None:
    project, second = add(mlp(1), "output")
    problems = {found.code: found.place for found in analyse(project).problems if found.severity == "error"}
    assert problems == {"not-connected": NodePlace(second)}


@pytest.mark.parametrize(
    ("column", "added"),
    [
        (Column("city", "category", encode="codes"), ["codes_input", "embedding", "flatten", "concatenate"]),
        (Column("review", "text"), ["text_input", "embedding_bag", "concatenate"]),
    ],
)
def test_a_feature_that_no_input_takes_is_told_and_can_be_fed(column: Column, added: list[str]) -> None:
    data = TableData("data.csv", columns=(Column("a"), Column("b"), column, Column("y", role="target")))
    project = edits.set_data(mlp(1), data)
    before = set(project.graph.nodes)
    found = problem(project, "unread-feature", NUMBER)
    assert found.severity == "warning"
    assert column.name in found.sentence
    done = mended(project, "unread-feature", NUMBER)
    assert [node.type for key, node in done.graph.nodes.items() if key not in before] == added
    assert analyse(done, NUMBER).ok


def test_table_for_an_image_network() -> None:
    project = chain("image_input", "flatten", ("linear", {"out_features": 1}), "output")
    assert problem(edits.set_data(project, TABLE), "input-kind").severity == "error"
    project = edits.set_data(mlp(1), ImageData("pictures"))
    assert problem(project, "input-kind").severity == "error"


def test_image_before_the_output_is_flattened() -> None:
    project = chain(
        ("image_input", {"height": 1, "width": 1}), ("conv2d", {"kernel_size": 1, "out_channels": 1}), "output"
    )
    assert analyse(mended(project, "output-shape", Facts("number", target="y")), Facts("number", target="y")).ok


def test_logarithmic_loss_wants_positive_targets() -> None:
    project = edits.set_data(chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "msle"})), TABLE)
    assert problem(project, "scaled-target", NUMBER).fix is not None
    mended(project, "scaled-target", NUMBER)
    below = Facts("number", ("a", "b"), rows={"train": 3}, target="y", target_minimum=-2.0)
    mended(project, "negative-target", below)


def test_settings_out_of_range() -> None:
    project = replace(mlp(1), training=Training(epochs=0))
    assert problem(project, "bad-setting").place == SettingPlace("training.epochs")
    assert mended(project, "bad-setting").training.epochs == 100
    project = edits.set_training(mlp(1), Training(optimizer="sgd", optimizer_fields={"nesterov": True}))
    assert mended(project, "nesterov").training.optimizer_fields["momentum"] == 0.9
    project = edits.set_training(mlp(1), Training(metrics=("beauty",)))
    assert "beauty" in problem(project, "bad-setting").sentence


def test_batch_norm_of_single_samples() -> None:
    project = chain(
        "table_input", ("linear", {"out_features": 4}), "batch_norm1d", ("linear", {"out_features": 1}), "output"
    )
    project = edits.set_training(project, Training(batch_size=1))
    assert mended(project, "batch-norm").training.batch_size == 32


def test_nothing_to_learn_and_too_large() -> None:
    assert problem(chain(("table_input", {"features": 1}), "relu", "output"), "nothing-to-learn").severity == "error"
    project = chain(
        ("table_input", {"features": 100_000}),
        ("linear", {"out_features": 1_000_000}),
        ("linear", {"out_features": 1}),
        "output",
    )
    assert "memory" in problem(project, "too-large").sentence


def test_bad_field_and_unknown_type() -> None:
    project = edits.set_field(mlp(1), "n2", "out_features", -3)
    assert "-3" in problem(project, "bad-field").sentence
    assert analyse(mended(project, "bad-field")).ok is True
    project = edits.add_node(mlp(1), Node("n9", "from_the_future", "warp"))
    assert "from_the_future" in problem(project, "unknown-type").sentence


def test_cycle_from_a_file() -> None:
    nodes = {key: Node(key, "relu", key) for key in ("a", "b")}
    links = (Link("a", "out", "b", "x"), Link("b", "out", "a", "x"))
    found = problem(Project(Graph(nodes, links)), "cycle")
    assert "“a”" in found.sentence
    assert "“b”" in found.sentence


def test_no_data_is_a_warning() -> None:
    analysis = analyse(mlp(1))
    assert analysis.ok
    assert [problem.code for problem in analysis.problems] == ["no-data"]


def test_local_edit_infers_only_what_changed() -> None:
    from designer.compiler.infer import infer

    project = mlp(*[8] * 100, 1)
    analyse(project)
    before = infer.cache_info().misses
    analyse(edits.set_field(project, "n100", "out_features", 9))
    assert infer.cache_info().misses - before <= 3


def test_one_cut_is_one_problem() -> None:
    project = mlp(8, 1)
    link = next(link for link in project.graph.links if link.target == named(project, "linear2"))
    codes = [problem.code for problem in analyse(edits.disconnect(project, [link])).problems]
    assert codes == ["not-connected", "no-data"]
