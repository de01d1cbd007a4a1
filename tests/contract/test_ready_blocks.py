"""Every ready block keeps the contract of a block: it plans, runs, learns, repeats and shares its weights."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import torch
from torch import nn

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.ready_blocks import READY_BLOCKS
from designer.project.file import from_text, to_text
from designer.project.model import FieldValue, Project
from tests.helpers.blocks import join, ready, through
from tests.helpers.exported import assert_formatted
from tests.helpers.graphs import add

NODE = (192.0, 72.0)
EACH = list(READY_BLOCKS)
# Values that let a block take the eight channels or features of the networks below, and give as many where it can.
VALUES: dict[str, dict[str, FieldValue]] = {
    "residual": {"channels": 8},
    "residual_downsampling": {"channels": 8},
    "bottleneck": {"channels": 8, "width": 4},
    "squeeze_and_excitation": {"channels": 8, "reduced": 2},
    "inception": {"filters_1x1": 2, "filters_3x3": 2, "filters_5x5": 2, "filters_pool": 2},
    "separable_convolution": {"channels": 8},
    "mlp": {"features": 8, "hidden": 5},
    "transformer_encoder": {"features": 8, "heads": 2, "feedforward": 12},
}


def network(key: str, **values: FieldValue) -> tuple[Project, str]:
    """The block between an input of its kind and one number."""
    if key == "mlp":
        project, before = add(Project(), "table_input", {"features": 8})
    elif key == "transformer_encoder":
        project, first = add(Project(), "table_input", {"features": 40})
        project, before = add(project, "reshape", {"shape": (5, 8)})
        project = through(project, first, before)
    else:
        project, first = add(Project(), "image_input", {"height": 16, "width": 16, "mode": "colour"})
        project, before = add(project, "conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1})
        project = through(project, first, before)
    project, node = ready(project, key, {**VALUES[key], **values})
    project, flat = add(project, "flatten")
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    return through(project, before, node, flat, last, end), node


def sample(key: str) -> torch.Tensor:
    torch.manual_seed(3)
    return torch.rand(4, *{"mlp": (8,), "transformer_encoder": (40,)}.get(key, (3, 16, 16)))


@pytest.mark.parametrize("key", EACH)
def test_declaration_is_whole_and_tidy(key: str) -> None:
    block = READY_BLOCKS[key]
    assert block.name
    assert block.summary.endswith(".")
    nodes = block.graph.nodes.values()
    assert [node.type for node in nodes].count("block_input") == 1
    assert [node.type for node in nodes].count("block_output") == 1
    for one, other in combinations(nodes, 2):
        assert abs(one.x - other.x) >= NODE[0] or abs(one.y - other.y) >= NODE[1], (one.name, other.name)
    for link in block.graph.links:
        assert block.graph.nodes[link.source].x < block.graph.nodes[link.target].x
    for exposed in block.fields:
        for node, field in exposed.targets:
            assert field in block.graph.nodes[node].fields


@pytest.mark.parametrize("key", EACH)
@pytest.mark.parametrize("values", [{}, {"repeat": 3}, {"repeat": 3, "shared": True}], ids=["once", "row", "shared"])
def test_shapes_source_and_learning(key: str, values: dict[str, FieldValue], tmp_path: Path) -> None:
    project, node = network(key, **values)
    assert from_text(to_text(project)) == project
    analysis = analyse(project)
    assert analysis.ok, analysis.problems
    assert analysis.source is not None
    (tmp_path / "model.py").write_text(analysis.source.text, encoding="utf-8")
    assert_formatted([tmp_path / "model.py"])
    torch.manual_seed(0)
    model = load_model(analysis.source)
    assert sum(p.numel() for p in model.parameters()) == analysis.parameters
    own = [p.numel() for p in getattr(model, analysis.source.attributes[node]).parameters()]
    assert sum(own) == analysis.reports[node].parameters
    seen: list[torch.Size] = []
    block = getattr(model, analysis.source.attributes[node])
    block.register_forward_hook(lambda module, inputs, output: seen.append(output.shape))
    loss = nn.functional.mse_loss(model(sample(key)), torch.rand(4, 1))
    assert seen[-1] == (4, *(analysis.reports[node].shape or ()))
    assert len(seen) == (3 if values.get("shared") else 1)
    loss.backward()
    assert torch.isfinite(loss)
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


@pytest.mark.parametrize("key", EACH)
def test_inner_shapes_are_those_of_the_eager_run(key: str) -> None:
    project, node = network(key)
    analysis = analyse(project)
    assert analysis.source is not None
    model = load_model(analysis.source)
    block = getattr(model, analysis.source.attributes[node])
    inner = READY_BLOCKS[key].graph.nodes.values()
    shapes: dict[str, torch.Size] = {}

    def watch(name: str) -> None:
        def seen(module: nn.Module, inputs: object, output: torch.Tensor | tuple[torch.Tensor, ...]) -> None:
            shapes[name] = (output[0] if isinstance(output, tuple) else output).shape

        getattr(block, name).register_forward_hook(seen)

    watched = [each for each in inner if hasattr(block, each.name)]
    for each in watched:
        watch(each.name)
    model(sample(key))
    assert len(watched) >= 2
    for each in watched:
        assert shapes[each.name] == (4, *(analysis.inner[node,][each.id].shape or ())), each.name


@pytest.mark.parametrize("key", ["residual", "bottleneck", "squeeze_and_excitation", "transformer_encoder"])
def test_a_misfit_is_told_with_a_fix(key: str) -> None:
    values = {name: 24 for name in ("channels", "features") if name in VALUES[key]}
    project, node = network(key, **values)
    found = [problem for problem in analyse(project).problems if problem.severity == "error"]
    assert len(found) == 1
    assert found[0].place.path == (node,)  # type: ignore[union-attr]
    assert "24" in found[0].sentence
    assert "8" in found[0].sentence
    assert found[0].fix is not None
    after = found[0].fix.edit(project)
    assert analyse(after).ok
    assert after.graph.nodes[node].fields[next(iter(values))] == 8


def test_two_uses_have_one_block() -> None:
    project, one = ready(Project(), "residual")
    project, other = ready(project, "residual")
    assert list(project.blocks) == ["residual"]
    assert project.graph.nodes[one].type == project.graph.nodes[other].type
    assert project.graph.nodes[one].name != project.graph.nodes[other].name
    project = join(project, one, other)
    assert project.graph.links
