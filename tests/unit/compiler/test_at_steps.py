"""A block applied at each step: what flows through it, its source, its totals, and what is said where it cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model, node_of_error
from designer.compiler.report import Flow
from designer.project import edits
from designer.project.errors import EditError
from designer.project.model import Block, FieldValue, Project
from designer.project.unpacking import unpack
from designer.runtime.stepwise import at_each_step
from tests.helpers.blocks import block_of, crossed, join, through, two_ports, use, with_blocks
from tests.helpers.exported import assert_formatted
from tests.helpers.graphs import add

FRAME = block_of(
    "Frame",
    ("conv", "conv2d", {"out_channels": 4}),
    ("act", "relu", {}),
    ("pool", "global_avg_pool", {}),
    exposed={"channels": ("conv", "out_channels")},
)
DENSE = block_of("Dense", ("lin", "linear", {"out_features": 8}), ("act", "relu", {}))


def film(block: Block = FRAME, shape: tuple[int, ...] = (5, 1, 8, 8), **values: FieldValue) -> tuple[Project, str]:
    """Features as a film of frames, each through a block, a GRU over what it gives; the use of the block too."""
    size = int(torch.Size(shape).numel())
    project, first = add(with_blocks(Project(), frame=block), "table_input", {"features": size})
    project, frames = add(project, "reshape", {"shape": shape})
    project, node = use(project, "frame", {"each_step": True, **values})
    project, gru = add(project, "gru", {"hidden_size": 6})
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    return through(project, first, frames, node, gru, last, end), node


def errors(project: Project) -> list[str]:
    return [problem.code for problem in analyse(project).problems if problem.severity == "error"]


def test_a_block_sees_the_steps_of_a_sequence_as_samples(tmp_path: Path) -> None:
    project, node = film()
    analysis = analyse(project)
    assert analysis.ok and analysis.source is not None
    assert analysis.inner[node,]["in1"].outputs["out"] == Flow((1, 8, 8), "NCHW")
    assert analysis.reports[node].outputs["out1"] == Flow((5, 4), "NTF")
    assert "        x = at_each_step(self.frame1, x)\n" in analysis.source.text
    assert "at_each_step" in analysis.source.runtime
    (tmp_path / "model.py").write_text(analysis.source.text, encoding="utf-8")
    assert_formatted([tmp_path / "model.py"])
    model = load_model(analysis.source)
    films = torch.rand(3, 5, 1, 8, 8)
    one_by_one = torch.stack([model.frame1(films[:, step]) for step in range(5)], dim=1)
    assert torch.allclose(at_each_step(model.frame1, films), one_by_one)
    assert sum(p.numel() for p in model.parameters()) == analysis.parameters


def test_the_weights_count_once_and_the_work_at_each_step() -> None:
    one, node = film(shape=(1, 1, 8, 8))
    five, other = film()
    single, several = analyse(one).reports[node], analyse(five).reports[other]
    assert several.parameters == single.parameters == 40
    assert several.multiply_adds == 5 * single.multiply_adds
    assert several.memory == 5 * single.memory


@pytest.mark.parametrize("shared", [False, True])
def test_repetitions_are_applied_at_each_step_too(shared: bool) -> None:
    project, _ = film(DENSE, (3, 8), repeat=2, shared=shared)
    analysis = analyse(project)
    assert analysis.ok and analysis.source is not None
    lines = {
        False: "        x = at_each_step(self.dense1, x)\n",
        True: "        for _ in range(2):\n            x = at_each_step(self.dense, x)\n",
    }
    assert lines[shared] in analysis.source.text
    assert load_model(analysis.source)(torch.rand(2, 24)).shape == (2, 1)


def test_a_use_at_each_step_shares_weights_with_one_that_takes_samples_whole() -> None:
    project, first = add(with_blocks(Project(), frame=DENSE), "table_input", {"features": 8})
    project, whole = use(project, "frame", {"shared": True})
    project, steps = add(project, "reshape", {"shape": (1, 8)})
    project, each = use(project, "frame", {"shared": True, "each_step": True})
    project, flat = add(project, "flatten")
    project, end = add(project, "output")
    analysis = analyse(through(project, first, whole, steps, each, flat, end))
    assert analysis.ok and analysis.source is not None and analysis.parameters == 72
    assert "x = self.dense(x)" in analysis.source.text and "x = at_each_step(self.dense, x)" in analysis.source.text


def test_blocks_that_differ_in_this_alone_are_two_classes() -> None:
    outer = block_of("Outer", ("inner", "block:frame", {"each_step": True}))
    plain = block_of("Outer", ("inner", "block:frame", {}))
    project = with_blocks(Project(), frame=DENSE, outer=outer, plain=plain)
    project, first = add(project, "table_input", {"features": 24})
    project, steps = add(project, "reshape", {"shape": (3, 8)})
    project, one = use(project, "outer")
    project, two = use(project, "plain")
    project, flat = add(project, "flatten")
    project, end = add(project, "output")
    analysis = analyse(through(project, first, steps, one, two, flat, end))
    assert analysis.source is not None
    assert analysis.source.classes == ("Dense", "Outer", "Outer2", "Network")
    assert analysis.source.text.count("at_each_step(self.inner, x)") == 1


def test_several_inputs_go_step_by_step_together() -> None:
    project, first = add(with_blocks(Project(), cross=two_ports()), "table_input", {"features": 12})
    project, steps = add(project, "reshape", {"shape": (3, 4)})
    project, node = use(project, "cross", {"each_step": True, "repeat": 2})
    project, merge = add(project, "concatenate")
    project, flat = add(project, "flatten")
    project, end = add(project, "output")
    project = through(project, first, steps)
    for port in ("in1", "in2"):
        project = join(project, steps, node, port)
    for place, port in (("x1", "out1"), ("x2", "out2")):
        project = join(project, node, merge, place, port)
    analysis = analyse(through(project, merge, flat, end))
    assert analysis.ok and analysis.source is not None
    assert " = at_each_step(layer, cross1_low, cross1_high)\n" in analysis.source.text
    assert load_model(analysis.source)(torch.rand(2, 12)).shape == (2, 24)


def test_no_variable_hides_the_function() -> None:
    project, node = film()
    nodes = project.graph.nodes
    named = {**nodes, "n2": replace(nodes["n2"], name="at_each_step")}
    analysis = analyse(replace(project, graph=replace(project.graph, nodes=named)))
    assert analysis.ok and analysis.source is not None
    assert load_model(analysis.source)(torch.rand(2, 320)).shape == (2, 1)


def test_rows_of_features_have_no_steps() -> None:
    project, first = add(with_blocks(Project(), frame=DENSE), "table_input", {"features": 4})
    project, node = use(project, "frame", {"each_step": True})
    project, end = add(project, "output")
    project = through(project, first, node, end)
    analysis = analyse(project)
    (problem,) = [problem for problem in analysis.problems if problem.code == "each-step"]
    assert "takes sequences of steps × the rest for that, but N×4 reaches it." in problem.sentence
    assert problem.fix is not None
    mended = problem.fix.edit(project)
    assert mended.graph.nodes[node].fields["each_step"] is False and not errors(mended)


def test_inputs_of_unlike_lengths_are_told() -> None:
    project, node = crossed(each_step=True)
    assert errors(project) == ["each-step"]
    feeder = next(link for link in project.graph.links if link.target == node).source
    project, short = add(project, "reshape", {"shape": (1, 4)})
    project, long = add(project, "reshape", {"shape": (2, 2)})
    project = join(join(project, feeder, short), feeder, long)
    project = edits.disconnect(project, [link for link in project.graph.links if link.target == node])
    project = join(join(project, short, node, "in1"), long, node, "in2")
    (problem,) = [problem for problem in analyse(project).problems if problem.code == "each-step"]
    assert "N×1×4 and N×2×2 reaches it. Its inputs must have equally many steps." in problem.sentence


def test_what_does_not_fit_inside_is_told_of_a_step() -> None:
    project, _ = film(shape=(5, 8, 8))
    (problem,) = [problem for problem in analyse(project).problems if problem.severity == "error"]
    assert problem.code == "wrong-axes" and "N×8×8" in problem.sentence


def test_an_error_while_running_leads_to_the_node() -> None:
    project, node = film()
    source = analyse(project).source
    assert source is not None
    model = load_model(source)
    model.frame1 = torch.nn.Linear(3, 3)
    with pytest.raises(RuntimeError) as caught:
        model(torch.rand(2, 320))
    assert node_of_error(caught.value, source) == node


def test_a_use_at_each_step_is_not_unpacked() -> None:
    project, node = film()
    with pytest.raises(EditError, match="at each step"):
        unpack(project, node)


def test_a_field_of_a_block_by_that_name_stays_what_it_was() -> None:
    block = block_of("Own", ("lin", "linear", {"out_features": 1}), exposed={"each_step": ("lin", "out_features")})
    project, first = add(with_blocks(Project(), frame=block), "table_input", {"features": 4})
    project, node = use(project, "frame", {"each_step": 3})
    project, end = add(project, "output")
    analysis = analyse(through(project, first, node, end))
    assert analysis.reports[node].shape == (3,)
    assert analysis.source is not None and "at_each_step" not in analysis.source.text
