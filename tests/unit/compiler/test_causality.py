"""Networks that predict next tokens: as wide as the text has tokens, and no step sees a later one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.causality import looks_ahead
from designer.compiler.problems import NodePlace, Problem
from designer.project.facts import Facts
from designer.project.model import Column, Project, Split, TableData, Training, Windows
from tests.helpers.graphs import chain

LENGTH, CODES = 12, 20
DATA = TableData(
    "tale.txt",
    columns=(Column("text", "text"),),
    split=Split("time"),
    samples="tokens",
    windows=Windows(LENGTH),
)


def written(*layers: object, codes: int = CODES, loss: str = "cross_entropy", **training: object) -> Project:
    ends = [("linear", {"out_features": codes}), ("output", {"loss": loss})]
    first = [("text_input", {"by": "characters", "length": LENGTH}), ("embedding", {"embedding_dim": 8})]
    usual = Training(mode="next_token", **training)  # type: ignore[arg-type]
    return chain(*first, *layers, *ends, project=Project(data=DATA, training=usual))  # type: ignore[arg-type]


def facts(project: Project) -> Facts:
    node = next(key for key, each in project.graph.nodes.items() if each.type == "text_input")
    rows = {"train": 100, "validation": 10, "test": 10}
    return Facts("classes", shapes={node: (LENGTH,)}, codes={node: CODES}, answer_shape=(LENGTH, CODES), rows=rows)


def problems(project: Project) -> list[Problem]:
    return list(analyse(project, facts(project)).problems)


@pytest.mark.parametrize(
    "layers",
    [
        [("gru", {"hidden_size": 8, "output": "sequence"})],
        [("lstm", {"hidden_size": 8, "output": "sequence", "num_layers": 2})],
        ["learned_positions", ("transformer_encoder_layer", {"nhead": 2, "causal": True})],
        ["sine_positions", ("self_attention", {"num_heads": 2, "causal": True}), "layer_norm"],
        [],
    ],
)
def test_networks_that_look_back_alone_are_sound(layers: list[object]) -> None:
    assert problems(written(*layers)) == []


@pytest.mark.parametrize(
    ("layers", "named", "fixed"),
    [
        ([("gru", {"hidden_size": 8, "output": "sequence", "bidirectional": True})], "gru1", True),
        (["sine_positions", ("transformer_encoder_layer", {"nhead": 2, "causal": False})], "encoder1", True),
        ([("conv1d", {"out_channels": LENGTH, "kernel_size": 3, "padding": 1})], "conv1", False),
    ],
)
def test_layers_that_see_later_steps_are_warned_of(layers: list[object], named: str, fixed: bool) -> None:
    project = written(*layers)
    found = [problem for problem in problems(project) if problem.code == "sees-later"]
    assert len(found) == 1 and found[0].severity == "warning"
    assert "the token that it is to predict" in found[0].sentence
    place = found[0].place
    assert isinstance(place, NodePlace) and project.graph.nodes[place.node].name in found[0].sentence
    assert project.graph.nodes[place.node].type in (layers[-1][0],)  # type: ignore[index]
    assert (found[0].fix is not None) == fixed
    if found[0].fix is not None:
        assert problems(found[0].fix.edit(project)) == []


def test_asking_takes_nothing_of_the_chance_of_a_training() -> None:
    both = {"hidden_size": 8, "output": "sequence", "bidirectional": True}
    looks = ("transformer_encoder_layer", {"nhead": 2, "causal": True})
    project = written(("conv1d", {"out_channels": LENGTH, "kernel_size": 1}), looks, ("gru", both))
    source = analyse(project, facts(project)).source
    assert source is not None
    torch.manual_seed(4)
    before = torch.get_rng_state()
    assert looks_ahead(replace(source, text=source.text + "\n# anew\n"), LENGTH, CODES) is not None
    assert torch.equal(before, torch.get_rng_state())


def test_the_last_linear_is_made_as_wide_as_the_text_has_tokens() -> None:
    project = written(("gru", {"hidden_size": 8, "output": "sequence"}), codes=7)
    (found,) = problems(project)
    assert found.code == "output-width" and "gets 7 scores at each step, but the text has 20 tokens" in found.sentence
    assert found.fix is not None and problems(found.fix.edit(project)) == []


def test_the_steps_must_stay() -> None:
    (found,) = problems(written(("gru", {"hidden_size": 8, "output": "last"})))
    assert found.code == "output-shape" and "needs N×12×20" in found.sentence


def test_losses_that_compare_no_classes_are_refused() -> None:
    project = written(loss="mse")
    (found,) = problems(project)
    assert found.code == "loss-mode" and found.fix is not None and problems(found.fix.edit(project)) == []
    assert [each.code for each in problems(written(loss="hinge"))] == ["loss-mode"]


def test_mode_and_data_belong_together() -> None:
    project = written()
    supervised = replace(project, training=replace(project.training, mode="supervised"))
    (found,) = [each for each in problems(supervised) if each.code == "mode-data"]
    assert found.fix is not None and problems(found.fix.edit(supervised)) == []
    table = replace(project, data=replace(DATA, samples="rows"))
    assert "mode-data" in [each.code for each in problems(table)]
