"""Networks of random blocks whose layers start and learn in random ways: source, counts and groups say the same."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.catalog import Catalog, catalog_of
from designer.layers.fields import Bool, Choice
from designer.layers.training_fields import TRAINING_FIELDS
from designer.project.model import FieldValue, Graph, Project
from designer.runtime.groups import lies_within, parameter_groups
from tests.helpers.random_blocks import random_block_project


def random_values(chance: random.Random) -> dict[str, FieldValue]:
    found: dict[str, FieldValue] = {}
    for name, field in TRAINING_FIELDS.items():
        if chance.random() < 0.4:
            if isinstance(field, Choice):
                found[name] = chance.choice(list(field.options))
            else:
                found[name] = True if isinstance(field, Bool) else chance.choice([0.1, 0.5, 1.0, 2.0])
    return found


def sprinkled(graph: Graph, catalog: Catalog, chance: random.Random) -> Graph:
    nodes = {
        key: replace(node, fields={**node.fields, **random_values(chance)})
        if catalog.training_fields_of(node.type, {})
        else node
        for key, node in graph.nodes.items()
    }
    return replace(graph, nodes=nodes)


def random_project(chance: random.Random) -> Project:
    project = random_block_project(chance)
    catalog = catalog_of(project)
    blocks = {
        key: replace(block, graph=sprinkled(block.graph, catalog, chance)) for key, block in project.blocks.items()
    }
    return replace(project, blocks=blocks, graph=sprinkled(project.graph, catalog, chance))


@pytest.mark.parametrize("seed", range(60))
def test_source_counts_and_groups_agree(seed: int) -> None:
    project = random_project(random.Random(seed))
    analysis = analyse(project)
    if analysis.source is None:
        assert not analysis.ok
        return
    torch.manual_seed(seed)
    model = load_model(analysis.source)
    trained = [p for p in model.parameters() if p.requires_grad]
    assert sum(p.numel() for p in trained) == analysis.parameters
    assert sum(p.numel() for p in model.parameters()) == analysis.parameters + analysis.frozen
    assert all(torch.isfinite(p).all() for p in model.parameters())
    factors = dict(analysis.source.factors)
    for module in factors:
        assert any(lies_within(name, module) for name, _ in model.named_parameters()), module
    groups = parameter_groups(model, factors, 0.5)
    assert sorted(id(p) for group in groups for p in group["params"]) == sorted(map(id, trained))
    assert {group["lr"] for group in groups} <= {0.5, *(0.5 * factor for factor in factors.values())}
    if not analysis.parameters and analysis.frozen:
        assert "all-frozen" in {problem.code for problem in analysis.problems}
