"""How layers start and learn, as source: the lines a careful engineer writes, in the network and in its blocks."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.report import Analysis
from designer.compiler.source import optimizer_text
from designer.project.edits import set_fields
from designer.project.model import FieldValue, Project, Training
from tests.helpers.blocks import block_of, join, through, use, with_blocks
from tests.helpers.graphs import add, chain, named


def text_of(project: Project) -> str:
    analysis = analyse(project)
    assert analysis.source is not None, analysis.problems
    return analysis.source.text


def dense(**values: FieldValue) -> Project:
    return chain(
        ("table_input", {"features": 4}),
        ("linear", {"out_features": 6, **values}),
        "relu",
        ("linear", {"out_features": 2}),
        "output",
    )


def problem_of(analysis: Analysis, code: str) -> Problem:
    (found,) = [problem for problem in analysis.problems if problem.code == code]
    return found


def test_lines_follow_the_making_of_the_module() -> None:
    lines = text_of(dense(weight_init="xavier_uniform", bias_init="zeros", frozen=True)).splitlines()
    first = lines.index("        self.linear1 = nn.Linear(4, 6)")
    assert lines[first + 1 : first + 5] == [
        "        nn.init.xavier_uniform_(self.linear1.weight)",
        "        nn.init.zeros_(self.linear1.bias)",
        "        self.linear1.requires_grad_(False)",
        "        self.relu1 = nn.ReLU()",
    ]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"weight_init": "kaiming_normal"}, 'nn.init.kaiming_normal_(self.linear1.weight, nonlinearity="relu")'),
        ({"weight_init": "normal", "weight_spread": 0.5}, "nn.init.normal_(self.linear1.weight, std=0.5)"),
        ({"weight_init": "uniform"}, "nn.init.uniform_(self.linear1.weight, -0.02, 0.02)"),
        ({"weight_init": "identity"}, "nn.init.eye_(self.linear1.weight)"),
        ({"bias_init": "constant"}, "nn.init.constant_(self.linear1.bias, 0.1)"),
        ({"bias_init": "constant", "bias_value": -2.0}, "nn.init.constant_(self.linear1.bias, -2.0)"),
    ],
)
def test_each_choice_is_one_line(values: dict[str, FieldValue], line: str) -> None:
    plain = text_of(dense()).splitlines()
    assert [each for each in text_of(dense(**values)).splitlines() if each not in plain] == [f"        {line}"]


def test_defaults_and_numbers_without_their_choice_write_nothing() -> None:
    fields: dict[str, FieldValue] = {"weight_init": "default", "bias_init": "default", "frozen": False}
    fields |= {"learning_rate_factor": 1.0, "weight_spread": 0.5, "bias_value": 3.0}
    assert text_of(dense(**fields)) == text_of(dense())


def test_many_weights_are_started_in_a_loop() -> None:
    recurrent: dict[str, FieldValue] = {"num_layers": 2, "weight_init": "orthogonal", "bias_init": "zeros"}
    project = chain(
        ("table_input", {"features": 6}), ("reshape", {"shape": (3, 2)}), ("gru", recurrent), "flatten",
        ("linear", {"out_features": 1}), "output",
    )  # fmt: skip
    text = text_of(project)
    assert (
        "        for weight in self.gru1.parameters():\n"
        "            if weight.dim() > 1:\n"
        "                nn.init.orthogonal_(weight)\n"
        "        for name, bias in self.gru1.named_parameters():\n"
        '            if "bias" in name:\n'
        "                nn.init.zeros_(bias)\n"
    ) in text
    source = analyse(project).source
    assert source is not None
    for name, parameter in load_model(source).gru1.named_parameters():
        assert "bias" not in name or not parameter.any()


def test_a_frozen_batch_norm_keeps_its_running_statistics() -> None:
    project = chain(
        ("table_input", {"features": 4}), ("batch_norm1d", {"frozen": True}), "batch_norm1d",
        ("linear", {"out_features": 1}), "output",
    )  # fmt: skip
    source = analyse(project).source
    assert source is not None
    still = "    def train(self, mode=True):\n        super().train(mode)\n        self.norm1.eval()  # frozen\n"
    assert still + "        return self\n\n    def forward" in source.text
    line = source.text.splitlines().index("        self.norm1.eval()  # frozen") + 1
    assert source.node_at(line) == named(project, "norm1")
    model = load_model(source)
    assert model.train() is model and model.norm2.training and not model.norm1.training
    before = model.norm1.running_mean.clone()
    model(torch.rand(8, 4))
    assert torch.equal(model.norm1.running_mean, before)
    assert not torch.equal(model.norm2.running_mean, before)
    assert not model.eval().norm2.training


def test_trained_and_frozen_numbers_are_counted_apart() -> None:
    analysis = analyse(dense(frozen=True))
    assert (analysis.parameters, analysis.frozen) == (14, 30)
    report = analysis.reports[named(dense(), "linear1")]
    assert (report.parameters, report.frozen) == (0, 30)
    source = analysis.source
    assert source is not None
    model = load_model(source)
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == analysis.parameters


def in_block(exposed: dict[str, tuple[str, str]] | None = None, **values: FieldValue) -> Project:
    inside = block_of(
        "Stage", ("a", "linear", {"out_features": 4, **values}), ("n", "batch_norm1d", {}), exposed=exposed
    )
    return with_blocks(Project(), stage=inside)


def used(project: Project, *uses: dict[str, FieldValue]) -> Project:
    project, before = add(project, "table_input", {"features": 4})
    for values in uses:
        project, node = use(project, "stage", values)
        project, before = join(project, before, node), node
    project, head = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    return through(project, before, head, end)


def test_nodes_in_blocks_start_and_learn_by_their_own_fields() -> None:
    project = used(in_block(weight_init="orthogonal", learning_rate_factor=0.5), {}, {"repeat": 3})
    analysis = analyse(project)
    assert analysis.ok, analysis.problems
    assert analysis.source is not None
    assert analysis.source.text.count("nn.init.orthogonal_(self.a.weight)") == 1
    assert analysis.source.factors == {"stage1.a": 0.5, "stage2.*.a": 0.5}


def test_a_use_freezes_what_its_block_lets_it() -> None:
    project = used(in_block({"frozen": ("a", "frozen")}), {"frozen": True}, {}, {"frozen": True})
    analysis = analyse(project)
    assert analysis.ok, analysis.problems
    assert analysis.source is not None
    # uses that differ in this are of different classes, the others share one
    assert analysis.source.classes == ("Stage", "Stage2", "Network")
    assert (analysis.parameters, analysis.frozen) == (3 * 8 + 20 + 5, 40)
    model = load_model(analysis.source)
    learns = [getattr(model, f"stage{number}").a.weight.requires_grad for number in (1, 2, 3)]
    assert learns == [False, True, False]


def test_uses_that_share_weights_cannot_differ_in_what_is_frozen() -> None:
    shared: FieldValue = True
    alike = used(in_block({"frozen": ("a", "frozen")}), *[{"shared": shared, "frozen": True}] * 2)
    assert analyse(alike).ok
    assert (analyse(alike).parameters, analyse(alike).frozen) == (8 + 5, 20)
    differing = used(in_block({"frozen": ("a", "frozen")}), {"shared": shared, "frozen": True}, {"shared": shared})
    assert not analyse(differing).ok


def test_the_optimizer_is_given_groups_where_rates_differ() -> None:
    plain = optimizer_text(Training())
    assert plain == "torch.optim.Adam(model.parameters(), lr=0.001, fused=True)"
    assert optimizer_text(Training(), {}) == plain
    assert optimizer_text(Training(), {"linear1": 0.1}) == (
        'torch.optim.Adam(parameter_groups(model, {"linear1": 0.1}, lr=0.001), lr=0.001, fused=True)'
    )
    source = analyse(dense(learning_rate_factor=0.1)).source
    assert source is not None and source.factors == {"linear1": 0.1}


def test_initial_weights_that_do_not_fit_are_refused_with_a_fix() -> None:
    project = chain(
        ("table_input", {"features": 4}), ("batch_norm1d", {"weight_init": "orthogonal"}),
        ("linear", {"out_features": 1}), "output",
    )  # fmt: skip
    analysis = analyse(project)
    problem = problem_of(analysis, "initial-weights")
    assert problem.severity == "error"
    assert problem.place == NodePlace(named(project, "norm1"), "weight_init")
    assert problem.sentence == (
        "“norm1” (BatchNorm1d): initial weights “orthogonal” need weights of two or more axes, and its weights have "
        "one. Choose normal, uniform, zeros or ones, for instance."
    )
    assert problem.fix is not None and analyse(problem.fix.edit(project)).ok
    # what is shown of the source meanwhile can be run
    assert analysis.source is not None
    load_model(analysis.source)


def test_initial_values_for_what_is_not_there_are_told() -> None:
    project = dense(bias=False, bias_init="zeros")
    problem = problem_of(analyse(project), "nothing-to-start")
    assert problem.severity == "warning" and "“linear1” (Linear) has no biases" in problem.sentence
    assert problem.fix is not None
    assert not [each for each in analyse(problem.fix.edit(project)).problems if each.code == "nothing-to-start"]


def test_an_unsound_choice_is_a_problem_and_stands_as_the_default() -> None:
    project = dense(weight_init="wild", learning_rate_factor=-1.0)
    analysis = analyse(project)
    assert {problem.place.field for problem in analysis.problems if isinstance(problem.place, NodePlace)} == {
        "weight_init", "learning_rate_factor",
    }  # fmt: skip
    assert all(problem.fix is not None for problem in analysis.problems if problem.code == "bad-field")


def test_nothing_left_to_train_is_an_error_that_lets_the_last_layer_learn() -> None:
    project = dense(frozen=True)
    last = named(project, "linear2")
    node = project.graph.nodes[last]
    nodes = {**project.graph.nodes, last: replace(node, fields={**node.fields, "frozen": True})}
    project = replace(project, graph=replace(project.graph, nodes=nodes))
    analysis = analyse(project)
    problem = problem_of(analysis, "all-frozen")
    assert problem.place == SettingPlace() and problem.sentence.startswith("Nothing is left to train")
    assert problem.fix is not None and problem.fix.label == "Let “linear2” learn"
    mended = problem.fix.edit(project)
    assert analyse(mended).ok and mended.graph.nodes[last].fields["frozen"] is False
    assert not [each for each in analysis.problems if each.code == "nothing-to-learn"]


@pytest.mark.parametrize("outside", [False, True])
def test_the_last_layer_learns_again_where_it_lies_in_a_block(outside: bool) -> None:
    inside = block_of(
        "Stage",
        ("a", "linear", {"out_features": 1, "frozen": not outside}),
        exposed={"frozen": ("a", "frozen")} if outside else None,
    )
    project, first = add(with_blocks(Project(), stage=inside), "table_input", {"features": 4})
    project, node = use(project, "stage", {"frozen": True} if outside else {})
    project, end = add(project, "output")
    project = through(project, first, node, end)
    problem = problem_of(analyse(project), "all-frozen")
    assert problem.fix is not None
    mended = problem.fix.edit(project)
    assert analyse(mended).parameters == 5
    assert mended.graph.nodes[node].fields.get("frozen") is (False if outside else None)


@pytest.mark.parametrize(("frozen", "whose"), [("linear1", "generator"), ("linear2", "discriminator")])
def test_of_two_rivals_each_must_have_something_to_learn(frozen: str, whose: str) -> None:
    project = chain(("noise_input", {"size": (3,)}), ("linear", {"out_features": 2}), "output")
    other = chain(("table_input", {"features": 2}), ("linear", {"out_features": 1}), "output", project=project)
    names = {node.name: key for key, node in other.graph.nodes.items()}
    assert {"linear1", "linear2"} <= names.keys()
    other = replace(other, training=Training(mode="gan"))
    assert not [each for each in analyse(other).problems if each.code == "all-frozen"]
    still = set_fields(other, names[frozen], {"frozen": True})
    problem = problem_of(analyse(still), "all-frozen")
    assert f"every layer of the {whose} that has parameters is frozen" in problem.sentence
    assert problem.fix is not None and problem.fix.edit(still).graph.nodes[names[frozen]].fields["frozen"] is False


def test_rates_of_rivals_are_those_of_their_own_modules() -> None:
    project = chain(("noise_input", {"size": (3,)}), ("linear", {"out_features": 2}), "output")
    project = chain(
        ("table_input", {"features": 2}), ("linear", {"out_features": 1, "learning_rate_factor": 4.0}), "output",
        project=project,
    )  # fmt: skip
    source = analyse(replace(project, training=Training(mode="gan"))).source
    assert source is not None
    assert source.factors == {"discriminator.linear2": 4.0}
    assert "discriminator.linear2.weight" in load_model(source).state_dict()
