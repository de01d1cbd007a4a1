"""Random networks from the whole catalog learn to the same bits by the captured step as by plain steps."""

from __future__ import annotations

import os
from collections import Counter

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as with_seed
from torch import Tensor

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model, load_text
from designer.compiler.report import Analysis
from designer.compiler.source import optimizer_text
from designer.layers.catalog import step_name
from designer.runtime import captured
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep
from designer.runtime.early import stop_if_not_finite
from designer.runtime.fit import fit, gradient_step
from designer.runtime.values import joined
from designer.training.assemble import make_loss
from designer.training.errors import RunError, in_words
from tests.helpers.random_catalog import Network, networks
from tests.helpers.random_training import BATCH, IMPORTS, errors_of, no_figures, part_of

GRAPHS = int(os.environ.get("LAYERLOOM_GRAPHS", "30"))
SEED = int(os.environ.get("LAYERLOOM_SEED", "0"))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Capture after the first step, and keep every graph that gives the same bits."""
    monkeypatch.setattr(captured, "SECONDS_BEFORE", 0.0)
    monkeypatch.setattr(captured, "SECONDS_EACH", 0.0)
    monkeypatch.setattr(captured, "LEVEL", float("inf"))
    monkeypatch.setattr(captured, "LONGEST_STEP", float("inf"))


def several(network: Network, analysis: Analysis) -> Part:
    """Samples for three batches that differ."""
    parts = [part_of(network, analysis) for _ in range(3)]
    inputs = zip(*[part.inputs for part in parts], strict=True)
    return Part(tuple(torch.cat(each) for each in inputs), joined([part.targets for part in parts]))


def learned(network: Network, analysis: Analysis, part: Part, fast: bool) -> tuple[list[Tensor], str, bool]:
    """Losses and weights after four epochs, why it stopped, and whether a graph was made."""
    assert analysis.source is not None
    training = network.project.training
    torch.manual_seed(training.seed)
    model = load_model(analysis.source)
    source = f"{IMPORTS}\n\ndef make(model):\n    return {optimizer_text(training, analysis.source.factors)}\n"
    step = CapturedStep() if fast else gradient_step
    events = fit(
        model, part, None, make_loss(network.project, {"target": {}, "targets": {}}), load_text(source).make(model),
        epochs=4, batch_size=BATCH, seed=training.seed, measure=no_figures, step=step,
    )  # fmt: skip
    losses: list[Tensor] = []
    stopped = ""
    try:
        with in_words():
            losses += [event.loss for event in stop_if_not_finite(events, model) if hasattr(event, "loss")]
    except RunError as error:
        stopped = str(error)
    made = fast and any(isinstance(graph, captured.CapturedGraph) for graph in step.graphs.values())  # type: ignore[union-attr]
    return [*losses, *model.state_dict().values()], stopped, made


@pytest.mark.slow
def test_every_network_learns_to_the_same_bits() -> None:
    found: Counter[str] = Counter()

    @with_seed(SEED)
    @settings(max_examples=GRAPHS, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(networks())
    def each(network: Network) -> None:
        analysis = analyse(network.project, network.facts)
        if errors_of(analysis) or step_name(network.project) != "gradient_step":
            found["other"] += 1
            return
        part = several(network, analysis)
        plain, stopped, _ = learned(network, analysis, part, fast=False)
        quick, ended, made = learned(network, analysis, part, fast=True)
        assert stopped == ended
        assert len(plain) == len(quick)
        assert all(captured.same_bits(one, other) for one, other in zip(plain, quick, strict=True))
        found["captured" if made else "plain"] += 1

    each()
    print(found)
    assert found["captured"] > found["plain"], found
