"""Random networks of layers of the whole catalog: what is called sound trains a step, and what is not is explained.

Some forty of Hypothesis on each push; LAYERLOOM_GRAPHS=500 before a release, LAYERLOOM_SEED for others.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.catalog import LAYERS, ports_of
from designer.project import edits
from designer.project.errors import EditError
from designer.project.model import FieldValue, Link, Project
from designer.training.errors import RunError
from designer.training.prepare import facts_of
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.graphs import add, link
from tests.helpers.random_catalog import Network, networks
from tests.helpers.random_data import KINDS, Made
from tests.helpers.random_training import fault_of, judged

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


GRAPHS = int(os.environ.get("LAYERLOOM_GRAPHS", "40"))
SEED = int(os.environ.get("LAYERLOOM_SEED", "0"))
quick = settings(max_examples=GRAPHS, database=None, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_network_of_the_whole_catalog_learns_or_says_why_not() -> None:
    """A step with any optimizer, and the same bits from the same source and weights; or a problem in plain words."""
    found: Counter[str] = Counter()

    @with_seed(SEED)
    @quick
    @given(networks())
    def each(network: Network) -> None:
        found[judged(network)] += 1

    each()
    assert found["trained"] > 0.6 * found.total(), found


def trained_and_exported(network: Network, folder: Path) -> tuple[Path, Path] | None:
    """Run and script of a network that can be trained on the data in the folder; None where words say why not."""
    try:
        analysis = analyse(network.project, facts_of(network.project, folder))
        faults = [fault for problem in analysis.problems if (fault := fault_of(problem, network.project))]
        assert not faults
        return train_and_export(network.project, folder) if analysis.ok else None
    except RunError as error:
        assert str(error).endswith("."), error
        return None


def networks_on(kind: Made, folder: Path) -> list[tuple[Path, Path]]:
    """Runs and scripts of networks on one kind of data, of as many as can be trained."""
    drawn: list[Network] = []
    data = kind(folder)

    @with_seed(SEED)
    @settings(quick, max_examples=max(2, GRAPHS // 20), phases=[Phase.generate])
    @given(networks(data.inputs, data.targets, data.project))
    def collect(network: Network) -> None:
        drawn.append(network)

    collect()
    made = []
    for number, network in enumerate(drawn):
        place = folder / f"network{number}"
        shutil.copytree(folder, place, ignore=shutil.ignore_patterns("network*"))
        made.append(trained_and_exported(network, place))
    return [each for each in made if each is not None]


def test_scripts_of_networks_of_the_whole_catalog_arrive_at_the_same_weights(tmp_path: Path) -> None:
    """One in five, on tables, series, files and pictures; their scripts all run in one process of their own."""
    made = []
    for kind in KINDS:
        folder = tmp_path / kind.__name__
        folder.mkdir()
        made += networks_on(kind, folder)
    assert len(made) > len(KINDS) * GRAPHS / 40
    run_scripts([[str(script), "--out", str(script.with_name("w.pt"))] for _, script in made], tmp_path)
    for run, script in made:
        assert_same_weights(run, script.with_name("w.pt"))
    assert_formatted([script for _, script in made])
