"""Source holds the texts of the modules it uses, and layers may have several outputs and optional inputs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.included import included, names_in
from designer.compiler.load import load_model, node_of_error
from designer.compiler.plan import Plan
from designer.compiler.planning import Planner
from designer.compiler.report import ModelSource
from designer.compiler.source import model_source
from designer.compiler.texts import parameters_of
from designer.compiler.trust import allowed, digest_of
from designer.layers.catalog import BUILT_IN, Catalog, ports_of
from designer.layers.declaration import LayerType, axis
from designer.layers.fields import Int
from designer.layers.swapping import swap
from designer.project import edits
from designer.project.model import Block, Exposed, Graph, Link, Node, Project
from designer.project.ports import Port
from tests.helpers.graphs import add

TEXT = '''import math

def root(size: int) -> float:
    return math.sqrt(size)


class Halves(nn.Module):
    """Two halves, each times a learned number."""

    def __init__(self, size: int, factor: int = 1):
        super().__init__()
        self.size = size
        self.weight = nn.Parameter(torch.full((size,), factor / root(size)))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        half = self.size // 2
        return (x * self.weight)[:, :half], (x * self.weight)[:, half:]
'''
OTHER = TEXT.replace("half = self.size // 2", "half = 1")
HALVES = LayerType(
    key="halves",
    title="Halves",
    category="Custom",
    summary="Two halves.",
    module="Halves",
    own=TEXT,
    fields={"factor": Int(1, help="A factor.")},
    bound={"size": axis(-1)},
    outputs=(Port("out", label="left"), Port("right", axes="NF")),
)


@pytest.fixture(autouse=True)
def _may_run() -> Iterator[None]:
    with allowed([digest_of(TEXT), digest_of(OTHER)]):
        yield


CATALOG = Catalog({**BUILT_IN.layers, "halves": HALVES})


def plan_of(nodes: Iterable[tuple[str, str]], links: Iterable[str]) -> Plan:
    """A plan of nodes as (id, type) and links as "a b", "a.right b.x2"."""
    made = {key: Node(key, kind, key, {"features": 6} if kind == "table_input" else {}) for key, kind in nodes}
    joined = []
    for text in links:
        (source, out), (target, into) = (part.split(".") if "." in part else (part, "") for part in text.split())
        joined.append(Link(source, out or "out", target, into or "x"))
    return Planner(CATALOG, {}, None).plan(Graph(made, tuple(joined)))


def source_of(nodes: Iterable[tuple[str, str]], links: Iterable[str]) -> ModelSource:
    plan = plan_of(nodes, links)
    assert plan.whole
    return model_source(plan, {})


def test_a_class_of_a_project_comes_with_its_imports() -> None:
    source = source_of(
        [("data", "table_input"), ("halves", "halves"), ("cat", "concatenate"), ("end", "output")],
        ["data halves", "halves cat.x1", "halves.right cat.x2", "cat end"],
    )
    assert source.text.startswith(
        "from __future__ import annotations\n\nimport math\n\nimport torch\nfrom torch import nn"
    )
    assert source.text.count("class Halves(nn.Module)") == 1
    assert "halves_left, halves_right = self.halves(" in source.text
    assert "self.halves = Halves(6)" in source.text
    model = load_model(source)
    data = torch.rand(3, 6)
    assert torch.allclose(model(data), data / 6**0.5)


@pytest.mark.parametrize(("taken", "line"), [("halves", "x, _ = self.halves(x)"), ("halves.right", "_, x = self")])
def test_outputs_that_nothing_takes_are_left(taken: str, line: str) -> None:
    source = source_of(
        [("data", "table_input"), ("halves", "halves"), ("end", "output")], ["data halves", f"{taken} end"]
    )
    assert line in source.text
    assert load_model(source)(torch.rand(3, 6)).shape == (3, 3)


def test_each_output_has_its_shape() -> None:
    plan = plan_of([("data", "table_input"), ("halves", "halves"), ("end", "output")], ["data halves", "halves end"])
    step = plan.steps["halves"]
    assert [flow.shape for flow in step.outputs.values()] == [(3,), (3,)]
    assert [flow.axes for flow in step.outputs.values()] == ["NF", "NF"]
    assert step.inferred is not None
    assert (step.inferred.parameters, step.inferred.memory) == (6, 24)


def test_an_error_within_a_class_leads_to_its_node() -> None:
    source = source_of(
        [("data", "table_input"), ("halves", "halves"), ("end", "output")], ["data halves", "halves end"]
    )
    with pytest.raises(RuntimeError) as caught:
        load_model(source)(torch.rand(3, 5))
    assert node_of_error(caught.value, source) == "halves"


def test_source_with_a_class_runs_alone(tmp_path: Path) -> None:
    source = source_of(
        [("data", "table_input"), ("halves", "halves"), ("end", "output")], ["data halves", "halves end"]
    )
    (tmp_path / "model.py").write_text(source.text, encoding="utf-8")
    lines = (
        "import model, sys, torch\nprint(model.Network()(torch.ones(2, 6)).shape)\nassert 'designer' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.stdout == "torch.Size([2, 3])\n", done.stderr


def test_parameters_of_a_projects_class() -> None:
    assert list(parameters_of("Halves", TEXT)) == ["size", "factor"]


def test_two_texts_may_not_define_one_name_unlike() -> None:
    with pytest.raises(ValueError, match="“Halves” is defined twice"):
        included(frozenset({"Halves"}), (TEXT, OTHER))
    assert included(frozenset({"Halves"}), (TEXT, TEXT)).names == {"Halves", "root"}


def test_a_name_that_nothing_defines_is_told() -> None:
    with pytest.raises(ValueError, match="“nowhere”"):
        included(frozenset({"nowhere"}))


def test_functions_of_the_runtime_are_copied() -> None:
    found = included(frozenset({"split_words", "nn"}))
    assert found.runtime == {"split_words", "WORD"}
    assert found.text.startswith("WORD = re.compile(")
    assert found.imports == "import re\n\nfrom torch import nn"


def test_names_in_an_expression() -> None:
    assert names_in("torch.cat([self.a, *sorted(f(b))], dim=1)") == {"torch", "f", "b"}


def test_blocks_of_runtime_classes_take_their_values_as_parameters() -> None:
    """Uses of a block with unlike dilations are one class with a parameter; the class of the runtime stands once."""
    inner = Graph(
        {
            "in1": Node("in1", "block_input", "x", {}),
            "n1": Node("n1", "causal_conv1d", "conv", {"out_channels": 4}),
            "out1": Node("out1", "block_output", "out", {}),
        },
        (Link("in1", "out", "n1", "x"), Link("n1", "out", "out1", "x")),
    )
    block = Block("Look back", inner, (Exposed("dilation", (("n1", "dilation"),)),))
    project = Project(blocks={"look_back": block})
    for key, kind, fields in (
        ("data", "sequence_input", {"length": 4, "features": 9}),
        ("one", "block:look_back", {"dilation": 1}),
        ("two", "block:look_back", {"dilation": 2, "repeat": 3}),
        ("end", "output", {}),
    ):
        node = Node(key, kind, key, fields)  # type: ignore[arg-type]
        project = replace(project, graph=replace(project.graph, nodes={**project.graph.nodes, key: node}))
    ends = (("data", "out", "one", "in1"), ("one", "out1", "two", "in1"), ("two", "out1", "end", "x"))
    project = replace(project, graph=replace(project.graph, links=tuple(Link(*four) for four in ends)))
    source = analyse(project).source
    assert source is not None
    assert source.text.count("class CausalConv1d(nn.Conv1d)") == source.text.count("class LookBack(nn.Module)") == 1
    assert "CausalConv1d(" in source.text and "dilation=dilation" in source.text
    assert load_model(source)(torch.rand(2, 4, 9)).shape == (2, 4, 9)


def test_a_node_may_be_called_like_a_function_that_it_calls() -> None:
    project, data = add(Project(), "sequence_input", {"length": 4, "features": 3})
    project, mask = add(project, "mask_input", {"length": 4})
    project, last = add(project, "last_step")
    project, end = add(project, "output")
    for start, port in ((data, "x"), (mask, "mask")):
        project = edits.connect(project, Link(start, "out", last, port), ports_of)
    project = edits.rename(edits.connect(project, Link(last, "out", end, "x"), ports_of), last, "last step")
    for source in (analyse(project).source, analyse(edits.rename(project, data, "last step 2")).source):
        assert source is not None
        assert load_model(source)(torch.rand(2, 4, 3), torch.ones(2, 4)).shape == (2, 3)


def test_recurrent_layers_may_become_one_another() -> None:
    project, data = add(Project(), "sequence_input", {"length": 4, "features": 3})
    project, node = add(project, "gru", {"hidden_size": 7, "bidirectional": True})
    project = edits.connect(project, Link(data, "out", node, "x"), ports_of)
    swapped = swap(project, [node], "lstm", BUILT_IN)
    assert swapped.graph.links == project.graph.links
    assert (swapped.graph.nodes[node].fields["hidden_size"], swapped.graph.nodes[node].name) == (7, "lstm1")
    assert analyse(swapped).reports[node].shape == (14,)
