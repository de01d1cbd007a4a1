"""No network that comes with Layerloom has a bias before batch normalization, which only rounding would move.

The figures of several processes could not follow those of one to 1e-5 with it: see ``tests.journeys.test_distributed``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from designer.importing.architectures import ARCHITECTURES, start
from designer.layers.ready_blocks import READY_BLOCKS
from designer.project.file import load_project
from designer.project.model import Graph, Project
from designer.training.agreeing import why_alone
from designer.workspace.places import samples_folder
from designer.workspace.samples import samples
from tests.unit.importing.test_architectures import BRIEFS


def idle(graph: Graph) -> Iterator[str]:
    """The names of layers with a bias that batch normalization takes away again."""
    for link in graph.links:
        before, after = graph.nodes[link.source], graph.nodes[link.target]
        if after.type.startswith("batch_norm") and before.fields.get("bias"):
            yield before.name


def of_project(project: Project) -> list[str]:
    """Those of a whole project."""
    return [
        name for graph in (project.graph, *(each.graph for each in project.blocks.values())) for name in idle(graph)
    ]


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_a_template_has_none(key: str) -> None:
    suiting = [brief for brief in BRIEFS.values() if not ARCHITECTURES[key].why_not(brief)]
    assert suiting and all(not of_project(start(brief, key)) for brief in suiting)


@pytest.mark.parametrize("name", [sample.name for sample in samples()])
def test_a_sample_that_processes_can_share_has_none(name: str) -> None:
    project = load_project(samples_folder() / name / f"{name}.loom")
    assert why_alone(project) or not of_project(project)


@pytest.mark.parametrize("key", READY_BLOCKS)
def test_a_ready_block_has_none(key: str) -> None:
    assert not list(idle(READY_BLOCKS[key].graph))
