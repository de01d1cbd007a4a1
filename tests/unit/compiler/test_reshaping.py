"""Layers that cut, join and reckon: what they do to numbers, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.catalog import BUILT_IN, LAYERS, ports_of
from designer.layers.swapping import swap
from designer.project import edits
from designer.project.model import Block, Exposed, FieldValue, Graph, Link, Node, Project
from designer.runtime.cropping import centre_crop
from designer.runtime.noise import GaussianNoise
from tests.helpers.graphs import add, chain, link

Fields = dict[str, FieldValue]


def result(key: str, fields: Fields, *inputs: Tensor, output: str = "out") -> Tensor:
    """What a layer makes of inputs that reach it as they are."""
    project, node = add(Project(), key, fields)
    for each in inputs:
        project, first = add(project, "table_input", {"features": each[0].numel()})
        project, shaped = add(project, "reshape", {"shape": tuple(each.shape[1:])})
        project = link(link(project, first, shaped), shaped, node)
    project, flat = add(project, "flatten")
    project = edits.connect(project, Link(node, output, flat, "x"), ports_of)
    project, end = add(project, "output")
    analysis = analyse(link(project, flat, end))
    assert analysis.source is not None, analysis.problems
    shape = analysis.reports[node].shape_of(output).shape
    assert shape is not None
    found: Tensor = load_model(analysis.source).eval()(*(each.flatten(1) for each in inputs))
    return found.view(len(inputs[0]), *shape)


A, B, C = (torch.randn(4, 3, 5, generator=torch.Generator().manual_seed(seed)) for seed in range(3))
PICTURE = torch.arange(2 * 3 * 6 * 7.0).view(2, 3, 6, 7)
CASES: list[tuple[str, Fields, tuple[Tensor, ...], Callable[..., Tensor]]] = [
    ("subtract", {}, (A, B), lambda a, b: a - b),
    ("maximum", {}, (A, B, C), lambda a, b, c: torch.maximum(torch.maximum(a, b), c)),
    ("minimum", {}, (A, B, C), lambda a, b, c: torch.minimum(torch.minimum(a, b), c)),
    ("average", {}, (A, B, C), lambda a, b, c: (a + b + c) / 3),
    ("dot_product", {}, (A, B), lambda a, b: torch.einsum("ntf,ntf->nt", a, b)[..., None]),
    ("cosine_similarity", {}, (A, B), lambda a, b: (F.normalize(a, dim=2) * F.normalize(b, dim=2)).sum(2, True)),
    ("matrix_product", {}, (A, B.transpose(1, 2).contiguous()), lambda a, b: torch.einsum("nij,njk->nik", a, b)),
    ("where", {}, (A, B, C), lambda a, b, c: (a > 0) * b + (a <= 0) * c),
    ("stack", {"dim": 2}, (A, B), lambda a, b: torch.cat([a[:, :, None], b[:, :, None]], dim=2)),
    ("slice", {"dim": 2, "start": 1, "length": 3}, (A,), lambda a: a[:, :, 1:4]),
    ("squeeze", {"dim": 1}, (A[:, :1],), lambda a: a[:, 0]),
    ("unsqueeze", {"dim": 2}, (A,), lambda a: a[:, :, None]),
    ("expand", {"shape": (-1, 5)}, (A[:, :, :1],), lambda a: a.repeat(1, 1, 5)),
    ("add_number", {"number": -1.5}, (A,), lambda a: a - 1.5),
    ("multiply_number", {"number": -2.0}, (A,), lambda a: -2 * a),
    ("power", {"exponent": 3.0}, (A,), lambda a: a * a * a),
    ("constant", {"shape": (2, 3), "value": -4.0}, (), lambda: torch.full((4, 2, 3), -4.0)),
    ("crop", {"top": 1, "left": 2, "height": 4, "width": 3}, (PICTURE,), lambda x: x[:, :, 1:5, 2:5]),
    ("centre_crop", {"height": 4, "width": 4}, (PICTURE,), lambda x: x[:, :, 1:5, 1:5]),
    ("padding", {"sides": (1, 2, 0, 3), "mode": "replicate"}, (PICTURE,), lambda x: _repeated(x)),
    ("upsample", {}, (PICTURE,), lambda x: x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)),
    ("pixel_shuffle", {"upscale_factor": 2}, (torch.arange(8.0).view(2, 4, 1, 1),), lambda x: x.view(2, 1, 2, 2)),
    ("gaussian_noise", {"std": 9.0}, (A,), lambda a: a),
]


def _repeated(x: Tensor) -> Tensor:
    rows, columns = [0, 1, 2, 3, 4, 5, 5, 5, 5], [0, 0, 1, 2, 3, 4, 5, 6, 6, 6]
    return x[:, :, rows][:, :, :, columns]


@pytest.mark.parametrize(("key", "fields", "inputs", "expected"), CASES, ids=[case[0] for case in CASES])
def test_layers_do_what_they_say(
    key: str, fields: Fields, inputs: tuple[Tensor, ...], expected: Callable[..., Tensor]
) -> None:
    if not inputs:
        project, node = add(Project(), key, fields)
        project, _ = add(project, "table_input", {"features": 2})
        for layer in ("flatten", "output"):
            project, after = add(project, layer)
            project, node = link(project, node, after), after
        source = analyse(project).source
        assert source is not None
        found = load_model(source)(torch.zeros(4, 2)).view(4, 2, 3)
    else:
        found = result(key, fields, *inputs)
    assert torch.allclose(found, expected(*inputs), atol=1e-6)


def test_split_gives_both_parts() -> None:
    assert torch.equal(result("split", {"size": 2, "dim": 2}, A), A[:, :, :2])
    assert torch.equal(result("split", {"size": 2, "dim": 2}, A, output="rest"), A[:, :, 2:])


def test_noise_has_the_deviation_that_is_set_and_only_while_training() -> None:
    torch.manual_seed(0)
    noise, x = GaussianNoise(0.3), torch.zeros(20_000)
    assert noise(x).std().item() == pytest.approx(0.3, rel=0.02) and abs(noise(x).mean().item()) < 0.01
    assert noise.eval()(x) is x


def test_the_middle_cannot_be_larger_than_the_picture() -> None:
    assert centre_crop(PICTURE, 3, 2).shape == (2, 3, 3, 2)
    with pytest.raises(RuntimeError, match="7×7 cannot be cut out of 6×7"):
        centre_crop(PICTURE, 7, 7)


@pytest.mark.parametrize(
    ("key", "shapes", "words"),
    [
        ("add", ((3,), (2, 3)), "cannot combine N×3 and N×2×3"),
        ("add", ((3,), (1, 3)), "cannot combine N×3 and N×1×3"),
        ("subtract", ((3,), (1, 3)), "cannot combine N×3 and N×1×3"),
        ("average", ((3,), (4,)), "cannot combine N×3 and N×4"),
        ("where", ((2, 3), (3,), (3,)), "cannot combine"),
        ("matrix_product", ((3,), (3,)), "takes"),
        ("split", ((1,),), "nothing would be left"),
    ],
)
def test_what_does_not_fit_is_told(key: str, shapes: tuple[tuple[int, ...], ...], words: str) -> None:
    project, node = add(Project(), key)
    for shape in shapes:
        project, first = add(project, "table_input", {"features": torch.Size(shape).numel()})
        project, shaped = add(project, "reshape", {"shape": shape})
        project = link(link(project, first, shaped), shaped, node)
    sentences = [problem.sentence for problem in analyse(project).problems]
    assert any(words in sentence for sentence in sentences), sentences


def test_a_constant_in_a_block_counts_by_what_enters_it() -> None:
    inside = Graph(
        {
            "in1": Node("in1", "block_input", "x"),
            "n1": Node("n1", "constant", "one", {"shape": (3,), "value": 2.0}),
            "n2": Node("n2", "add", "sum"),
            "out1": Node("out1", "block_output", "y"),
        },
        (Link("in1", "out", "n2", "x1"), Link("n1", "out", "n2", "x2"), Link("n2", "out", "out1", "x")),
    )
    project = Project(blocks={"more": Block("More", inside, (Exposed("by", (("n1", "value"),)),))})
    project = chain(("table_input", {"features": 3}), "linear", project=project)
    uses = [Node(f"u{number}", "block:more", f"more{number}", {"by": float(number)}) for number in (1, 2)]
    nodes = {**project.graph.nodes, **{use.id: use for use in uses}}
    nodes["n2"] = Node("n2", "linear", "linear1", {"out_features": 3, "bias": True})
    nodes["end"] = Node("end", "output", "output1", BUILT_IN.layers["output"].defaults)
    links = (*project.graph.links, Link("n2", "out", "u1", "in1"), Link("u1", "out1", "u2", "in1"))
    links = (*links, Link("u2", "out1", "end", "x"))
    project = Project(Graph(nodes, links), blocks=project.blocks)
    analysis = analyse(project)
    assert analysis.source is not None, analysis.problems
    model = load_model(analysis.source)
    x = torch.randn(7, 3)
    assert torch.allclose(model(x), model.linear1(x) + 3.0)


def test_a_constant_in_a_block_that_nothing_enters_is_told() -> None:
    inside = Graph(
        {"n1": Node("n1", "constant", "one", {"shape": (3,), "value": 2.0}), "out1": Node("out1", "block_output", "y")},
        (Link("n1", "out", "out1", "x"),),
    )
    project = Project(blocks={"one": Block("One", inside)})
    nodes = {"u1": Node("u1", "block:one", "one1"), "end": Node("end", "output", "output1", LAYERS["output"].defaults)}
    project = Project(Graph(nodes, (Link("u1", "out1", "end", "x"),)), blocks=project.blocks)
    assert any(problem.code == "no-batch" for problem in analyse(project).problems)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("conv2d", "conv_transpose2d", ("out_channels", "kernel_size", "stride", "dilation")),
        ("conv2d", "conv3d", ("out_channels", "groups", "bias")),
        ("max_pool2d", "avg_pool2d", ("kernel_size", "stride", "padding", "ceil_mode")),
        ("batch_norm2d", "instance_norm2d", ("eps", "affine")),
        ("layer_norm", "rms_norm", ("axes", "elementwise_affine")),
        ("dropout", "dropout2d", ("p",)),
        ("crop", "centre_crop", ("height", "width")),
        ("upsample", "resize", ("mode",)),
    ],
)
def test_swapping_keeps_the_fields_that_mean_the_same(old: str, new: str, kept: tuple[str, ...]) -> None:
    changed = {name: _other(LAYERS[old].fields[name].initial) for name in kept}
    project = chain("image_input", (old, changed))
    swapped = swap(project, ["n2"], new, BUILT_IN).graph.nodes["n2"]
    assert {name: swapped.fields[name] for name in kept} == changed


def _other(value: FieldValue) -> FieldValue:
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return value * 0.5
    return value + 1 if isinstance(value, int) else "linear"
