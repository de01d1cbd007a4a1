"""Random graphs: the compiler always answers, and what it calls sound builds and runs with the shapes it said."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.catalog import LAYERS, new_node, ports_of
from designer.project import edits
from designer.project.errors import EditError
from designer.project.model import Link, Project
from tests.helpers.exported import assert_formatted
from tests.helpers.graphs import add, free_input, link
from tests.helpers.random_blocks import random_block_project

SEEDS = range(60)


def random_project(seed: int, size: int = 12) -> Project:
    """Layers of any type with links wherever the rules allow one."""
    chance = random.Random(seed)
    project = Project()
    for key in chance.choices(list(LAYERS), k=size):
        project = edits.add_node(project, new_node(project.graph, key))
    for _ in range(3 * size):
        source, target = chance.choices(list(project.graph.nodes), k=2)
        if LAYERS[project.graph.nodes[target].type].inputs:
            place = free_input(project.graph, target)
            try:
                project = edits.connect(project, Link(source, "out", target, place), ports_of)
            except EditError:
                continue
    return project


def random_sound_project(seed: int) -> Project:
    """A table network of random layers and branches that end in one number."""
    chance = random.Random(seed)
    project, last = add(Project(), "table_input", {"features": chance.randint(2, 9)})
    flat = [
        "linear",
        "relu",
        "tanh",
        "dropout",
        "batch_norm1d",
        "layer_norm",
        "prelu",
        "gelu",
        "identity",
        "group_norm",
    ]
    for _ in range(chance.randint(1, 8)):
        key = chance.choice([*flat, "branch"])
        if key == "branch":
            width = chance.randint(2, 6)
            sides = []
            for _ in range(chance.randint(2, 3)):
                project, side = add(project, "linear", {"out_features": width})
                project = link(project, last, side)
                sides.append(side)
            project, last = add(project, chance.choice(["add", "multiply", "concatenate"]))
            for side in sides:
                project = link(project, side, last)
        else:
            project, node = add(project, key, {"out_features": chance.randint(2, 9)} if key == "linear" else {})
            project, last = link(project, last, node), node
    project, head = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    return link(link(project, last, head), head, end)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_graph_gets_an_answer(seed: int) -> None:
    project = random_project(seed)
    analysis = analyse(project)
    assert set(analysis.reports) == set(project.graph.nodes)
    for problem in analysis.problems:
        assert problem.sentence.endswith((".", "!", "?")), problem.sentence
        if problem.fix is not None:
            after = analyse(problem.fix.edit(project))
            assert (problem.code, problem.place) not in {(other.code, other.place) for other in after.problems}


@pytest.mark.parametrize("seed", SEEDS)
def test_sound_graphs_run_with_the_shapes_that_were_said(seed: int) -> None:
    analysis = analyse(random_sound_project(seed))
    assert analysis.ok, analysis.problems
    assert analysis.source is not None
    torch.manual_seed(seed)
    model = load_model(analysis.source)
    width = next(report.shape for report in analysis.reports.values() if report.shape)
    shapes: dict[str, tuple[int, ...]] = {}
    for node, attribute in analysis.source.attributes.items():
        getattr(model, attribute).register_forward_hook(
            lambda module, inputs, output, node=node: shapes.__setitem__(node, tuple(output.shape[1:]))
        )
    assert model(torch.rand(4, *width)).shape == (4, 1)
    assert shapes == {node: analysis.reports[node].shape for node in analysis.source.attributes}


@pytest.mark.parametrize("seed", range(80))
def test_graphs_of_blocks_get_an_answer_that_holds(seed: int, tmp_path: Path) -> None:
    project = random_block_project(random.Random(seed))
    analysis = analyse(project)
    assert set(analysis.reports) == set(project.graph.nodes)
    for problem in analysis.problems:
        if problem.fix is not None:
            after = analyse(problem.fix.edit(project))
            assert (problem.code, problem.place) not in {(other.code, other.place) for other in after.problems}
    if analysis.source is None:
        return
    torch.manual_seed(seed)
    model = load_model(analysis.source)
    assert sum(p.numel() for p in model.parameters()) == analysis.parameters
    shapes: dict[str, tuple[int, ...]] = {}
    for node, attribute in analysis.source.attributes.items():
        module = getattr(model, attribute)
        if not isinstance(module, torch.nn.ModuleList):
            module.register_forward_hook(
                lambda module, inputs, output, node=node: shapes.__setitem__(
                    node, tuple((output[0] if isinstance(output, tuple) else output).shape[1:])
                )
            )
    assert model(torch.rand(4, 4)).shape == (4, 1)
    assert not shapes or shapes.items() <= {node: report.shape for node, report in analysis.reports.items()}.items()
    (tmp_path / "model.py").write_text(analysis.source.text, encoding="utf-8")
    assert_formatted([tmp_path / "model.py"])


def test_most_graphs_of_blocks_are_whole() -> None:
    """The test above would say nothing if few of its graphs came to run."""
    assert sum(analyse(random_block_project(random.Random(seed))).source is not None for seed in range(80)) >= 30
