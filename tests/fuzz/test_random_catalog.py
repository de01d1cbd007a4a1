"""Random networks of layers of the whole catalog: what is called sound trains a step, and what is not is explained."""

from __future__ import annotations

import random

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.catalog import LAYERS, ports_of
from designer.project import edits
from designer.project.errors import EditError
from designer.project.model import FieldValue, Link, Project
from tests.helpers.graphs import add, link

SEEDS = range(60)
INPUTS: dict[str, dict[str, FieldValue]] = {
    "table_input": {"features": 6},
    "image_input": {"height": 12, "width": 10},
    "sequence_input": {"length": 9, "features": 4},
    "text_input": {"length": 12},
    "codes_input": {"features": 5},
}
NAMES = [key for key, layer in LAYERS.items() if layer.role == "layer"]


def grown(seed: int) -> tuple[Project, str]:
    """A network that grows, by chance, by layers that fit what is there, with its input."""
    chance = random.Random(seed)
    kind = chance.choice(list(INPUTS))
    project, first = add(Project(), kind, INPUTS[kind])
    ends = [(first, "out")]
    for _ in range(chance.randint(3, 10)):
        layer = LAYERS[chance.choice(NAMES)]
        fields = dict(chance.choice(layer.examples).fields) if chance.random() < 0.7 else {}
        longer, node = add(project, layer.key, fields)
        try:
            for port in layer.inputs:
                if port.optional and chance.random() < 0.5:
                    continue
                for number in range(1, chance.randint(2, 4) if port.many else 2):
                    source, output = chance.choice(ends[-3:])
                    place = f"{port.name}{number}" if port.many else port.name
                    longer = edits.connect(longer, Link(source, output, node, place), ports_of)
        except EditError:
            continue
        if analyse(longer).reports[node].shape is not None:
            project = longer
            ends += [(node, port.name) for port in layer.outputs]
    project, flat = add(project, "flatten")
    project = edits.connect(project, Link(*ends[-1], flat, "x"), ports_of)
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    return link(link(project, flat, last), last, end), first


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_called_sound_trains_a_step(seed: int) -> None:
    project, first = grown(seed)
    analysis = analyse(project)
    errors = [problem for problem in analysis.problems if problem.severity == "error"]
    if errors:
        assert all(problem.sentence.endswith((".", "!", "?")) for problem in errors)
        return
    assert analysis.source is not None
    torch.manual_seed(seed)
    model = load_model(analysis.source)
    shape = analysis.reports[first].shape
    assert shape is not None
    codes = LAYERS[project.graph.nodes[first].type].codes
    x = torch.randint(0, 50, (7, *shape)) if codes else torch.rand(7, *shape)
    output = model(x)
    assert output.shape == (7, 1)
    output.square().mean().backward()
    assert model.eval()(x[:5]).shape == (5, 1)


def test_most_of_them_are_sound() -> None:
    sound = sum(not any(problem.severity == "error" for problem in analyse(grown(seed)[0]).problems) for seed in SEEDS)
    assert sound > len(SEEDS) / 2
