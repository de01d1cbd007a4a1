"""Blocks in the compiler: classes, parameters, repetition, shared weights, several ports, bypassed nodes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model, node_of_error
from designer.compiler.report import Analysis, Flow, ModelSource
from designer.layers.catalog import catalog_of
from designer.project import edits
from designer.project.blocks import type_of_block
from designer.project.model import Block, Exposed, Graph, Link, Node, Project
from tests.helpers.blocks import block_of, crossed, join, resnet18, through, two_ports, use, with_blocks
from tests.helpers.exported import assert_formatted
from tests.helpers.graphs import add, chain

LINEAR = ("lin", "linear", {"out_features": 8})
DENSE = block_of("Dense step", LINEAR, ("act", "relu", {}), exposed={"width": ("lin", "out_features")})


def bypassed(project: Project, *ids: str) -> Project:
    nodes = {key: replace(node, bypassed=key in ids) for key, node in project.graph.nodes.items()}
    return replace(project, graph=replace(project.graph, nodes=nodes))


def dense(*uses: dict[str, object], features: int = 3, block: Block = DENSE) -> tuple[Project, list[str]]:
    """A table network of one use of ``Dense step`` after another."""
    project, before = add(with_blocks(Project(), dense=block), "table_input", {"features": features})
    ids = []
    for values in uses:
        project, node = use(project, "dense", values)  # type: ignore[arg-type]
        project, before = join(project, before, node), node
        ids.append(node)
    project, end = add(project, "output")
    return join(project, before, end), ids


def sound(project: Project, tmp_path: Path | None = None) -> tuple[Analysis, ModelSource]:
    analysis = analyse(project)
    assert analysis.ok, analysis.problems
    assert analysis.source is not None
    model = load_model(analysis.source)
    assert sum(p.numel() for p in model.parameters()) == analysis.parameters
    if tmp_path is not None:
        (tmp_path / "model.py").write_text(analysis.source.text, encoding="utf-8")
        assert_formatted([tmp_path / "model.py"])
    return analysis, analysis.source


def codes(project: Project) -> list[str]:
    return [problem.code for problem in analyse(project).problems if problem.severity == "error"]


def test_resnet18_has_the_known_parameters_and_shape(tmp_path: Path) -> None:
    project = resnet18()
    analysis, source = sound(project, tmp_path)
    assert analysis.parameters == 11_689_512
    assert source.classes == ("Residual", "ResidualDownsampling", "Network")
    assert "self.residual1 = nn.Sequential(*(Residual(64) for _ in range(2)))" in source.text
    assert "self.residual_downsampling1 = ResidualDownsampling(64, 128)" in source.text
    assert "def __init__(self, in_channels, channels):" in source.text
    with torch.device("meta"):
        model = load_model(source)
        assert model(torch.empty(2, 3, 224, 224)).shape == (2, 1000)
    assert "residual1.0.conv1.weight" in model.state_dict()


def test_a_block_is_a_class_with_what_varies_as_parameters(tmp_path: Path) -> None:
    project, _ = dense({"width": 8}, {"width": 5}, {"width": 1})
    _, source = sound(project, tmp_path)
    assert source.text == (
        "from torch import nn\n\n\nclass DenseStep(nn.Module):\n    def __init__(self, in_features, width):\n"
        "        super().__init__()\n        self.lin = nn.Linear(in_features, width)\n        self.act = nn.ReLU()\n\n"
        "    def forward(self, x):\n        x = self.lin(x)\n        x = self.act(x)\n        return x\n\n\n"
        "class Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.dense_step1 = DenseStep(3, 8)\n        self.dense_step2 = DenseStep(8, 5)\n"
        "        self.dense_step3 = DenseStep(5, 1)\n\n    def forward(self, x):\n        x = self.dense_step1(x)\n"
        "        x = self.dense_step2(x)\n        x = self.dense_step3(x)\n        return x\n"
    )


def test_lines_lead_to_nodes_in_blocks_and_back() -> None:
    project, (node,) = dense({"width": 1})
    _, source = sound(project)
    lines = source.text.split("\n")
    at = next(number for number, line in enumerate(lines, 1) if "nn.Linear" in line)
    assert source.node_at(at) is None
    assert source.place_at(at) == ("dense", "lin")
    made = next(number for number, line in enumerate(lines, 1) if "DenseStep()" in line)
    assert source.place_at(made) == ("", node)
    assert all("lin" in lines[span.first - 1] for span in source.block_spans["dense"]["lin"])
    with pytest.raises(RuntimeError) as caught:
        load_model(source)(torch.rand(2, 9))
    assert node_of_error(caught.value, source) == node


def test_first_repetition_of_another_size(tmp_path: Path) -> None:
    project, (node,) = dense({"width": 6, "repeat": 4})
    analysis, source = sound(project, tmp_path)
    assert "nn.Sequential(DenseStep(3), *(DenseStep(6) for _ in range(3)))" in source.text
    assert analysis.reports[node].parameters == 3 * 6 + 6 + 3 * (6 * 6 + 6)
    assert analysis.inner[node,]["lin"].parameters == 3 * 6 + 6
    assert list(load_model(source).state_dict())[:2] == ["dense_step1.0.lin.weight", "dense_step1.0.lin.bias"]


def test_a_number_of_repetitions_that_varies_is_a_parameter(tmp_path: Path) -> None:
    stage = block_of("Stage", ("steps", "block:dense", {"width": 4, "repeat": 2, "shared": False}))
    stage = replace(stage, fields=(Exposed("depth", (("steps", "repeat"),)),))
    project, before = add(with_blocks(Project(), dense=DENSE, stage=stage), "table_input", {"features": 4})
    for depth in (2, 5):
        project, node = use(project, "stage", {"depth": depth})
        project, before = join(project, before, node), node
    project, end = add(project, "output")
    analysis, source = sound(join(project, before, end), tmp_path)
    assert "self.steps = nn.Sequential(*(DenseStep() for _ in range(depth)))" in source.text
    assert "self.stage1 = Stage(2)" in source.text
    assert "self.stage2 = Stage(5)" in source.text
    assert analysis.parameters == 7 * 20


def test_different_calls_are_different_classes(tmp_path: Path) -> None:
    shaped = block_of(
        "Shaped", ("shape", "reshape", {"shape": (1, 4)}), ("flat", "flatten", {}), exposed={"to": ("shape", "shape")}
    )
    project, first = add(with_blocks(Project(), shaped=shaped), "table_input", {"features": 4})
    project, one = use(project, "shaped", {"to": (2, 2)})
    project, other = use(project, "shaped", {"to": (4, 1)})
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    _, source = sound(through(project, first, one, other, last, end), tmp_path)
    assert source.classes == ("Shaped", "Shaped2", "Network")


def test_shared_uses_are_one_module(tmp_path: Path) -> None:
    shared = {"width": 3, "shared": True}
    project, (one, other) = dense({**shared, "repeat": 3}, shared)
    analysis, source = sound(project, tmp_path)
    assert analysis.parameters == 12
    assert (analysis.reports[one].parameters, analysis.reports[other].parameters) == (12, 0)
    assert (
        "        for _ in range(3):\n            x = self.dense_step(x)\n        x = self.dense_step(x)" in source.text
    )
    torch.manual_seed(1)
    model = load_model(source)
    assert set(model.state_dict()) == {"dense_step.lin.weight", "dense_step.lin.bias"}
    data = expected = torch.rand(2, 3)
    for _ in range(4):
        expected = torch.relu(model.dense_step.lin(expected))  # type: ignore[union-attr, operator]
    assert torch.equal(model(data), expected)


def test_shared_uses_of_different_sizes_are_refused_with_both_named() -> None:
    project, (one, other) = dense({"width": 4, "shared": True}, {"width": 4, "shared": True})
    found = next(problem for problem in analyse(project).problems if problem.code == "shared-sizes")
    for word in ("dense_step1", "dense_step2", "N×3", "N×4"):
        assert word in found.sentence
    assert analyse(project).source is None
    assert found.fix is not None
    sound(found.fix.edit(project))
    project, _ = dense({"width": 4, "shared": True, "repeat": 2})
    found = next(problem for problem in analyse(project).problems if problem.code == "shared-sizes")
    assert "N×3 and then N×4" in found.sentence


@pytest.mark.parametrize(("values", "line"), [
    ({}, "cross1_low, cross1_high = self.cross1(features1, features1)"),
    ({"repeat": 2}, "for layer in self.cross1:\n            cross1_low, cross1_high = layer(cross1_low, c"),
    ({"repeat": 3, "shared": True}, "for _ in range(3):\n            cross1_low, cross1_high = self.cross(cross1_l"),
])  # fmt: skip
def test_several_ports(tmp_path: Path, values: dict[str, object], line: str) -> None:
    project, node = crossed(**values)
    analysis, source = sound(project, tmp_path)
    assert line in source.text
    assert "    def forward(self, left, right):\n" in source.text
    assert "        return b, a\n" in source.text
    report = analysis.reports[node]
    assert report.shape_of("out2") == Flow((4,), "NF")
    model = load_model(source)
    data = torch.rand(3, 4)
    left = right = data
    for number in range(int(str(values.get("repeat", 1)))):
        part = model.cross if values.get("shared") else model.cross1[number] if "repeat" in values else model.cross1  # type: ignore[index]
        left, right = part.b(right), part.a(left)  # type: ignore[union-attr, operator]
    assert torch.equal(model(data), torch.cat([left, right], 1))


def test_nested_blocks_and_inner_reports(tmp_path: Path) -> None:
    pair = block_of(
        "Pair", ("one", "block:dense", {"width": 5}), ("two", "block:dense", {"width": 2, "repeat": 2}),
        exposed={"middle": ("one", "width")},
    )  # fmt: skip
    project, first = add(with_blocks(Project(), dense=DENSE, pair=pair), "table_input", {"features": 3})
    project, one = use(project, "pair")
    project, other = use(project, "pair", {"middle": 7})
    project, end = add(project, "output")
    project = through(project, first, one, other, end)
    analysis, source = sound(project, tmp_path)
    assert source.classes == ("DenseStep", "Pair", "Network")
    assert "class Pair(nn.Module):\n    def __init__(self, in_features, middle):\n" in source.text
    assert "self.pair2 = Pair(2, 7)" in source.text
    assert analysis.inner[one, "two"]["lin"].shape == (2,)
    assert analysis.inner[other,]["one"].shape == (7,)
    assert set(analysis.inner) == {(one,), (one, "one"), (one, "two"), (other,), (other, "one"), (other, "two")}
    assert analysis.within((one,)).reports["one"].parameters == 20


def test_bypassed_nodes_are_left_out(tmp_path: Path) -> None:
    project = chain(("table_input", {"features": 2}), ("linear", {"out_features": 9}), "relu", "tanh", "output")
    project = bypassed(project, "n2", "n3")
    analysis, source = sound_shape(project)
    assert analysis.reports["n3"].shape == (2,)
    assert analysis.reports["n2"].parameters == 0
    assert "linear" not in source.text
    assert "relu" not in source.text
    assert "tanh" in source.text
    uses, ids = dense({"width": 4, "repeat": 2}, {"width": 1})
    _, source = sound(bypassed(uses, ids[0]), tmp_path)
    assert source.text.count("DenseStep()") == 1


def sound_shape(project: Project) -> tuple[Analysis, ModelSource]:
    analysis = analyse(project)
    assert {problem.code for problem in analysis.problems} <= {"no-data", "nothing-to-learn"}
    assert analysis.source is not None
    return analysis, analysis.source


def test_ends_cannot_be_bypassed_and_a_loose_one_is_told() -> None:
    project = chain(("table_input", {"features": 2}), ("linear", {"out_features": 1}), "output")
    ended = bypassed(project, "n1")
    found = next(problem for problem in analyse(ended).problems if problem.code == "bypassed-end")
    assert found.fix is not None
    assert found.fix.label == "Do not bypass it"
    assert found.fix.edit(ended) == project
    loose = edits.disconnect(bypassed(project, "n2"), [project.graph.links[0]])
    assert codes(loose) == ["bypassed-loose"]


def test_what_a_bypassed_merge_leaves_out_is_said() -> None:
    project = chain(("table_input", {"features": 2}), ("linear", {"out_features": 2}), "concatenate", "output")
    project, other = add(project, "relu")
    project = edits.connect(project, Link("n1", "out", other, "x"), catalog_of(project).ports_of)
    project = edits.connect(project, Link(other, "out", "n3", "x2"), catalog_of(project).ports_of)
    assert "bypassed-several" not in codes(project)
    (found,) = [problem for problem in analyse(bypassed(project, "n3")).problems if problem.code == "bypassed-several"]
    assert found.severity == "warning"
    assert "only what comes from “linear1” passes by it, and “relu1” is left out" in found.sentence
    assert found.fix is not None
    assert found.fix.edit(bypassed(project, "n3")) == project


def test_a_problem_in_a_block_is_told_once_with_its_path_and_fix() -> None:
    project, ids = dense({"width": 8}, {"width": 5}, {"width": 5, "repeat": 3})
    inner = project.blocks["dense"].graph
    bad = replace(inner.nodes["act"], type="leaky_relu", fields={"negative_slope": -4.0})
    graph = replace(inner, nodes={**inner.nodes, "act": bad})
    project = replace(project, blocks={"dense": replace(project.blocks["dense"], graph=graph)})
    found = [problem for problem in analyse(project).problems if problem.severity == "error"]
    assert len(found) == 1
    assert found[0].code == "bad-field"
    assert found[0].place.path == (ids[0],)  # type: ignore[union-attr]
    assert found[0].sentence.startswith("In “dense_step1”: “act”")
    assert found[0].fix is not None
    assert analyse(found[0].fix.edit(project)).ok


def test_what_belongs_outside_or_inside() -> None:
    inside = block_of("Odd", ("act", "relu", {}))
    nodes = {**inside.graph.nodes, "t": Node("t", "table_input", "t", {"features": 3})}
    project, ids = dense({}, block=replace(inside, graph=replace(inside.graph, nodes=nodes)))
    assert codes(project) == ["misplaced", "nothing-to-learn"]
    project, _ = dense({"width": 1})
    project = edits.add_node(project, catalog_of(project).new_node(project.graph, "block_input"))
    found = next(problem for problem in analyse(project).problems if problem.code == "misplaced")
    assert found.fix is not None


def test_blocks_that_are_gone_empty_or_cut() -> None:
    project, (node,) = dense({"width": 1})
    assert codes(replace(project, blocks={})) == ["unknown-block"]
    empty = replace(project, blocks={"dense": Block("Empty")})
    assert set(codes(empty)) == {"unknown-port", "block-no-input", "block-no-output", "not-connected"}
    found = next(problem for problem in analyse(empty).problems if problem.code == "unknown-port")
    assert "has no" in found.sentence
    link = next(link for link in project.graph.links if link.target == node)
    assert codes(edits.disconnect(project, [link])) == ["not-connected"]


def test_repetition_needs_matching_ports() -> None:
    block = two_ports()
    nodes = {key: node for key, node in block.graph.nodes.items() if key != "out2"}
    links = tuple(link for link in block.graph.links if link.target != "out2")
    project, first = add(with_blocks(Project(), odd=replace(block, graph=Graph(nodes, links))), "table_input")
    project, node = use(project, "odd", {"repeat": 2})
    project, end = add(project, "output")
    project = join(project, first, node, "in1")
    project = join(join(project, first, node, "in2"), node, end)
    found = next(problem for problem in analyse(project).problems if problem.severity == "error")
    assert found.code == "repeat-ports"
    assert "2 inputs and 1 output" in found.sentence
    assert found.fix is not None
    sound(found.fix.edit(project))


def test_blocks_in_blocks_in_blocks_do_not_explode() -> None:
    """Sixteen levels of ten uses each would be 10^15 layers: told as too many, in no time."""
    blocks = {"b0": block_of("B0", ("act", "relu", {}))}
    for level in range(1, 15):
        uses = [(f"u{number}", f"block:b{level - 1}", {"repeat": 10}) for number in range(10)]
        blocks[f"b{level}"] = block_of(f"B{level}", *uses)  # type: ignore[arg-type]
    project, first = add(with_blocks(Project(), **blocks), "table_input")
    project, node = use(project, "b14")
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    analysis = analyse(through(project, first, node, last, end))
    assert [problem.code for problem in analysis.problems if problem.severity == "error"] == ["too-many"]
    assert analysis.source is None


def test_two_inputs_and_two_outputs_make_a_dict() -> None:
    project, one = add(Project(), "table_input", {"features": 3})
    project, other = add(project, "table_input", {"features": 2})
    ends = []
    for source in (one, other):
        project, last = add(project, "linear", {"out_features": 1})
        project, end = add(project, "output")
        project = through(project, source, last, end)
        ends.append(end)
    analysis = analyse(project)
    assert analysis.ok
    assert analysis.source is not None
    model = load_model(analysis.source)
    answer = model(torch.rand(2, 3), torch.rand(2, 2))
    assert set(answer) == {"output1", "output2"}


def test_an_exposed_field_may_be_called_repeat() -> None:
    block = replace(DENSE, fields=(Exposed("repeat", (("lin", "out_features"),)),))
    project, (node,) = dense({"repeat": 5}, block=block)
    analysis, _ = sound(project)
    assert analysis.reports[node].shape == (5,)
    assert project.graph.nodes[node].type == type_of_block("dense")
