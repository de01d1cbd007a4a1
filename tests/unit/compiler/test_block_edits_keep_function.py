"""Making a block, unpacking it and looking at it from outside change nothing of what the network computes."""

from __future__ import annotations

import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.catalog import catalog_of
from designer.project import edits, exposing
from designer.project.block_edits import make_block, make_unique
from designer.project.blocks import edited_within
from designer.project.model import Project
from designer.project.unpacking import unpack
from tests.helpers.graphs import chain, link


def residual() -> Project:
    """Images through a residual part, with a field apart from its default in each convolution."""
    conv = ("conv2d", {"out_channels": 4, "kernel_size": 3, "padding": 1})
    project = chain("image_input", conv, conv, "batch_norm2d", "relu", conv, "add", "flatten", "output")
    return link(project, "n2", "n7")


def output(project: Project) -> tuple[torch.Tensor, int]:
    """What the network answers for a fixed input, its weights set in their order, and how many there are."""
    analysis = analyse(project)
    assert analysis.source is not None, [problem.sentence for problem in analysis.problems]
    model = load_model(analysis.source).eval()
    generator = torch.Generator().manual_seed(3)
    parameters = sorted(model.parameters(), key=lambda each: tuple(each.shape))
    with torch.no_grad():
        for parameter in parameters:
            parameter.copy_(torch.rand(parameter.shape, generator=generator) * 0.1)
        answer = model(torch.rand(2, 1, 28, 28, generator=generator))
    return answer, sum(parameter.numel() for parameter in parameters)


def same(one: Project, other: Project) -> bool:
    (left, counted), (right, again) = output(one), output(other)
    return counted == again and torch.equal(left, right)


def made(project: Project, *ids: str) -> tuple[Project, str]:
    return make_block(project, ids, "Residual", catalog_of(project).ports_of)


def test_a_block_computes_what_its_layers_did() -> None:
    project = residual()
    block, use = made(project, "n3", "n4", "n5", "n6", "n7")
    assert same(project, block)
    assert same(block, unpack(block, use)[0])
    assert same(block, make_unique(block, use))


def test_a_nested_block_computes_what_its_layers_did() -> None:
    project, _ = made(residual(), "n3", "n4", "n5", "n6", "n7")
    nested = edited_within(
        project,
        "residual",
        lambda seen: make_block(seen, ["n3", "n4"], "Inner", catalog_of(seen).ports_of, key="residual")[0],
    )
    assert same(project, nested)


def test_exposing_changes_nothing_and_what_a_use_sets_is_unpacked_with_it() -> None:
    project, use = made(residual(), "n3", "n4", "n5")
    exposed = exposing.expose(project, "residual", "n3", "bias", "bias")
    assert same(project, exposed)
    without = edits.set_field(exposed, use, "bias", False)
    assert output(without)[1] < output(exposed)[1]
    assert same(without, unpack(without, use)[0])


def test_repeated_blocks_unpack_to_the_same_function() -> None:
    project, use = made(residual(), "n3", "n4", "n5", "n6", "n7")
    repeated = edits.set_field(project, use, "repeat", 3)
    unpacked, _ = unpack(repeated, use)
    assert same(repeated, unpacked)
