"""Every layer type keeps the contract of its declaration."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.compiler.texts import parameters_of
from designer.layers.catalog import CATEGORIES, LAYERS, fields_of, search
from designer.layers.declaration import Example, LayerType
from designer.layers.reference import reference_page
from designer.project.file import from_text, to_text
from designer.project.model import Project
from designer.runtime.batches import Part
from designer.training.mode import answer_of, step_of
from tests.helpers.graphs import add, chain, link

EACH = [pytest.param(layer, id=layer.key) for layer in LAYERS.values()]
USES = [
    pytest.param(layer, example, id=f"{layer.key}-{n}")
    for layer in LAYERS.values()
    for n, example in enumerate(layer.examples)
]
LAYER_USES = [use for use in USES if use.values[0].role == "layer"]


def _network(layer: LayerType, example: Example) -> tuple[Project, str]:
    """The layer between inputs of the example's shapes and a flat Linear that makes one number."""
    project = Project()
    project, node = add(project, layer.key, dict(example.fields))
    if not example.shapes:
        project, _ = add(project, "table_input", {"features": 2})
    for number, shape in enumerate(example.shapes):
        width = 1
        for size in shape:
            width *= size
        if number == 0:
            project, first = add(project, "table_input", {"features": width})
            source = first
        else:
            project, source = add(project, "linear", {"out_features": width})
            project = link(project, first, source)
        if len(shape) > 1:
            project, shaped = add(project, "reshape", {"shape": shape})
            project = link(project, source, shaped)
            source = shaped
        project = link(project, source, node)
    project, flat = add(project, "flatten")
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    for a, b in ((node, flat), (flat, last), (last, end)):
        project = link(project, a, b)
    return project, node


@pytest.mark.parametrize("layer", EACH)
def test_declaration_is_whole(layer: LayerType) -> None:
    assert layer.title
    assert layer.summary.endswith(".")
    assert layer.category in CATEGORIES
    assert layer.examples
    # what comes from nowhere has a batch at hand to count the samples by
    assert layer.inputs or layer.role == "input" or "{x}.shape[0]" in layer.call_of(layer.defaults, ())
    for name, field in fields_of(layer.key, {}).items():
        assert field.help.endswith("."), name
        assert field.refuse(field.initial) is None, name
    for example in layer.examples:
        for name, value in example.fields.items():
            assert fields_of(layer.key, {})[name].refuse(value) is None
    assert layer in search(layer.title)[:3]


@pytest.mark.parametrize("layer", EACH)
def test_help_page_builds(layer: LayerType) -> None:
    page = reference_page(layer)
    assert page.startswith(f"# {layer.title}\n\n{layer.summary}")
    assert all(field.help in page for field in layer.fields.values())


@pytest.mark.parametrize("layer", [use for use in EACH if use.values[0].module])
def test_arguments_are_pytorchs_own(layer: LayerType) -> None:
    known = parameters_of(layer.module)
    passed = {name for name, field in layer.fields.items() if field.argument} | set(layer.bound)
    assert passed <= set(known)
    plain = {name: parameter for name, parameter in known.items() if parameter.kind is parameter.POSITIONAL_OR_KEYWORD}
    required = {name for name, parameter in plain.items() if parameter.default is parameter.empty}
    assert required <= passed


@pytest.mark.parametrize(("layer", "example"), LAYER_USES)
def test_inferred_is_declared_is_eager(layer: LayerType, example: Example) -> None:
    project, node = _network(layer, example)
    analysis = analyse(project)
    assert analysis.ok, analysis.problems
    report = analysis.reports[node]
    assert report.shape == example.output
    assert len(report.axes) == len(example.output) + 1
    if example.parameters is not None:
        assert report.parameters == example.parameters
    assert analysis.source is not None
    torch.manual_seed(0)
    model = load_model(analysis.source)
    seen: list[torch.Size] = []
    attribute = analysis.source.attributes.get(node)
    # where a call takes a part of what the module answers, the Linear behind it says whether the size is right
    if attribute and layer.call in ("{self}({inputs})", "{self}({x})"):
        getattr(model, attribute).register_forward_hook(
            lambda module, inputs, output: seen.append((output[0] if isinstance(output, tuple) else output).shape)
        )
    width = next(step.shape for step in analysis.reports.values() if step.axes == "NF" and step.shape)
    assert model(torch.rand(5, *width)).shape == (5, 1)
    assert all(shape == (5, *example.output) for shape in seen)
    assert sum(p.numel() for p in model.parameters()) == analysis.parameters


@pytest.mark.parametrize("layer", [use for use in EACH if use.values[0].role == "input"])
def test_inputs_give_their_declared_shape(layer: LayerType) -> None:
    for example in layer.examples:
        project, node = add(Project(), layer.key, dict(example.fields))
        assert analyse(project).reports[node].shape == example.output


@pytest.mark.parametrize(("layer", "example"), LAYER_USES)
def test_one_step_is_finite_and_reaches_every_parameter(layer: LayerType, example: Example) -> None:
    project, _ = _network(layer, example)
    source = analyse(project).source
    assert source is not None
    torch.manual_seed(0)
    model = load_model(source)
    first = project.graph.nodes[next(n for n, node in project.graph.nodes.items() if node.type == "table_input")]
    loss = nn.functional.mse_loss(model(torch.rand(6, int(str(first.fields["features"])))), torch.rand(6, 1))
    loss.backward()
    assert torch.isfinite(loss)
    for name, parameter in model.named_parameters():
        if name.rpartition(".")[2] in layer.unreached:
            assert parameter.grad is None, name
            continue
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


UNREACHED = [use for use in LAYER_USES if use.values[0].unreached]


@pytest.mark.parametrize(("layer", "example"), UNREACHED)
def test_the_step_of_its_mode_reaches_what_no_gradient_does(layer: LayerType, example: Example) -> None:
    for mode in set(layer.unreached.values()):
        project = chain(
            ("table_input", {"features": example.shapes[0][0]}), (layer.key, dict(example.fields)), "output"
        )
        project = replace(project, training=replace(project.training, mode=mode))
        source = analyse(project).source
        assert source is not None
        torch.manual_seed(0)
        model = load_model(source)
        values = (torch.rand(6, example.shapes[0][0]) > 0.5).float()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        value, _ = step_of(project)(model, Part((values,), values), nn.MSELoss(), optimizer, answer_of(project))
        assert torch.isfinite(value)
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name


@pytest.mark.parametrize(("layer", "example"), USES)
def test_project_round_trip(layer: LayerType, example: Example) -> None:
    project, _ = add(Project(), layer.key, dict(example.fields))
    assert from_text(to_text(project)) == project


def test_emitted_file_runs_without_designer(tmp_path: Path) -> None:
    names = []
    for layer in LAYERS.values():
        if layer.role == "layer":
            source = analyse(_network(layer, layer.examples[0])[0]).source
            assert source is not None
            (tmp_path / f"model_{layer.key}.py").write_text(source.text, encoding="utf-8")
            names.append(f"model_{layer.key}")
    lines = [f"import {name}; {name}.Network()" for name in names]
    (tmp_path / "all.py").write_text(
        "\n".join([*lines, "import sys", "assert 'designer' not in sys.modules", "print('fine')"])
    )
    done = subprocess.run(
        [sys.executable, "all.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip() == "fine", done.stderr
