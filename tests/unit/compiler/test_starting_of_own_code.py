"""Layers of a project's own start and learn as all others do, however they hold their parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.compiler.trust import allow_only, digests_of
from designer.layers.catalog import catalog_of
from designer.project.edits import set_fields
from designer.project.model import CustomLayer, FieldValue, Project
from tests.helpers.custom import with_custom

LISTS = """import torch
from torch import nn


class Lists(nn.Module):
    def __init__(self, in_features: int):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(in_features, in_features), nn.Tanh(), nn.LayerNorm(in_features))
        self.scales = nn.ParameterList([torch.zeros(in_features)])

    def forward(self, x):
        return self.body(x) * self.scales[0]
"""
SCALES = """import torch
from torch import nn


class Scales(nn.Module):
    def __init__(self, in_features: int):
        super().__init__()
        self.scales = nn.ParameterDict({"no name": torch.rand(in_features)})
        self.bias_table = nn.Parameter(torch.rand(1, in_features))

    def forward(self, x):
        return x * self.scales["no name"] + self.bias_table
"""
ONCE = """import torch
from torch import nn

made = []


class Once(nn.Module):
    def __init__(self, in_features: int):
        super().__init__()
        made.append(1)
        self.scale = nn.Parameter(torch.ones(in_features))

    def forward(self, x):
        return x * self.scale
"""


@pytest.fixture(autouse=True)
def _nothing_is_allowed() -> Iterator[None]:
    allow_only(())
    yield
    allow_only(())


def project_of(source: str, **values: FieldValue) -> Project:
    project = with_custom(CustomLayer("Own", source))
    allow_only(digests_of(project))
    return set_fields(project, "n3", values)


def model_of(project: Project) -> torch.nn.Module:
    analysis = analyse(project)
    assert analysis.source is not None, analysis.problems
    return load_model(analysis.source)


def test_they_have_the_training_fields() -> None:
    project = project_of(LISTS)
    fields = catalog_of(project).fields_of(project.graph.nodes["n3"].type, {})
    assert {"weight_init", "bias_init", "frozen", "learning_rate_factor"} <= fields.keys()


def test_parameters_in_lists_are_started_in_a_loop() -> None:
    own = model_of(project_of(LISTS, weight_init="ones", bias_init="constant", bias_value=0.5)).gate1
    assert (own.body[0].weight == 1).all() and not own.scales[0].any()
    assert (own.body[0].bias == 0.5).all() and (own.body[2].bias == 0.5).all()


def test_parameters_whose_names_are_no_identifiers() -> None:
    own = model_of(project_of(SCALES, weight_init="normal", weight_spread=0.1, bias_init="zeros")).gate1
    assert not own.bias_table.any() and (own.scales["no name"] != 0).all()
    assert own.scales["no name"].abs().max() < 1


def test_weights_of_one_axis_refuse_what_needs_two() -> None:
    codes = {problem.code for problem in analyse(project_of(SCALES, weight_init="orthogonal")).problems}
    assert "initial-weights" in codes


def test_frozen_they_are_counted_apart() -> None:
    analysis = analyse(project_of(LISTS, frozen=True))
    assert analysis.reports["n3"].parameters == 0 and analysis.reports["n3"].frozen == 4 * 4 + 4 + 8 + 4
    assert not any(p.requires_grad for p in model_of(project_of(LISTS, frozen=True)).gate1.parameters())


def test_nothing_of_them_runs_without_leave() -> None:
    project = replace(with_custom(CustomLayer("Own", "raise SystemExit\n" + ONCE)))
    project = set_fields(project, "n3", {"frozen": True, "weight_init": "orthogonal", "bias_init": "zeros"})
    analysis = analyse(project)
    assert analysis.source is None
    assert {"initial-weights", "nothing-to-start"}.isdisjoint(problem.code for problem in analysis.problems)


def test_a_field_of_their_own_by_the_same_name_stands_instead() -> None:
    source = ONCE.replace("in_features: int)", "in_features: int, frozen: bool = True)")
    project = project_of(source)
    layer = catalog_of(project).layers[project.graph.nodes["n3"].type]
    assert layer.fields["frozen"].initial is True
    analysis = analyse(project)
    assert analysis.source is not None
    assert "requires_grad_" not in analysis.source.text and analysis.reports["n3"].frozen == 0
