"""What does not fit is told in words that a beginner understands, also where the meta device does not look."""

from __future__ import annotations

import pytest

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.layers.catalog import LAYERS, ports_of
from designer.project import edits
from designer.project.model import FieldValue, Link, Project
from designer.training.chosen import input_nodes
from designer.training.errors import RunError, in_words
from tests.helpers.graphs import add, chain, link

Values = dict[str, FieldValue]
CASES: list[tuple[str, tuple[tuple[int, ...], ...], Values, str]] = [
    ("expand", ((5,),), {"shape": (8,)}, "axis 1 has size 5, and only one of size 1 can be repeated."),
    ("expand", ((1,),), {"shape": (2, 1)}, "its shape names 2 axes, and a sample has 1."),
    ("permute", ((3,),), {"dims": (2, 1)}, "its order must name each axis from 1 to 1 once."),
    ("split", ((3,),), {"size": 5}, "axis 1 has size 3, and behind the first 5 nothing would be left."),
    ("slice", ((3,),), {"start": 2, "length": 3}, "it keeps 2 to 4 of axis 1, which ends at 2."),
    ("crop", ((1, 4, 4),), {"top": 2, "height": 3, "width": 2}, "ends at row 5 and column 2, beyond the edge."),
    ("padding", ((2, 4, 4),), {"sides": (1, 1, 1)}, "its border has 3 widths, and needs 4"),
    ("padding", ((2, 2, 2),), {"sides": (3, 3, 3, 3), "mode": "reflect"}, "too wide to be filled"),
    ("pixel_shuffle", ((3, 4, 4),), {}, "do not divide evenly by 4, the square of the factor."),
    ("pixel_unshuffle", ((1, 3, 4),), {}, "height and width do not both divide evenly by 2."),
    ("hardtanh", ((3,),), {"min_val": 2.0, "max_val": 1.0}, "its largest value, 1, must lie above its smallest, 2."),
    ("softmax", ((3,),), {"dim": 4}, "there is no axis 4: the last one is 1."),
    ("group_norm", ((4,),), {"num_groups": 4}, "a group would hold a single value"),
    ("group_norm", ((4,),), {"num_groups": 3}, "its 3 groups cannot share out 4 channels evenly."),
    ("conv_transpose1d", ((2, 3),), {"stride": 1, "output_padding": 1}, "its output padding must be less than"),
    ("conv_transpose1d", ((1, 1),), {"padding": 1}, "its padding would take away all that there is."),
    ("conv_transpose1d", ((3, 6),), {"groups": 3}, "its 3 groups cannot share out 32 filters evenly."),
    ("max_pool2d", ((1, 4, 4),), {"padding": 3}, "its padding may be at most half as wide as its window."),
    ("max_pool1d", ((1, 1),), {"padding": 1, "dilation": 2}, "a window would see nothing but padding."),
    ("conv2d", ((1, 4, 4),), {"dilation": 2}, "its window of 3×3, which its dilation spreads over 5×5, is larger"),
    ("instance_norm1d", ((2, 1),), {}, "of a single value in each channel nothing can be normalised."),
    ("squeeze", ((1,),), {}, "a sample must keep at least one axis."),
    ("matrix_product", ((2, 3), (2, 3)), {}, "the first must have as many columns as the second has rows."),
    ("bilinear", ((2, 3), (4, 3)), {}, "all their axes but the last must be equal."),
    ("last_step", ((3, 4), (5,)), {}, "the mask has 5 steps, and the sequence 3."),
    ("masked_mean", ((3, 4), (5,)), {}, "the mask must have 3 numbers, one for each step."),
]


def fed(key: str, shapes: tuple[tuple[int, ...], ...], values: Values) -> Project:
    """One layer, each of whose inputs in turn is fed samples of a shape."""
    project, node = add(Project(), key, values)
    for shape, port in zip(shapes, LAYERS[key].inputs, strict=False):
        size = 1
        for each in shape:
            size *= each
        project, first = add(project, "table_input", {"features": size})
        project, shaped = add(project, "reshape", {"shape": shape})
        project = link(project, first, shaped)
        project = edits.connect(project, Link(shaped, "out", node, port.name), ports_of)
    return project


@pytest.mark.parametrize(("key", "shapes", "values", "words"), CASES)
def test_what_does_not_fit_is_told(key: str, shapes: tuple[tuple[int, ...], ...], values: Values, words: str) -> None:
    sentences = [problem.sentence for problem in analyse(fed(key, shapes, values)).problems]
    assert any(words in sentence for sentence in sentences), sentences


def two_inputs(first: str) -> Project:
    """A layer that was added before the inputs, and that takes the later one first."""
    project, merged = add(Project(), "concatenate")
    project, one = add(project, "table_input", {"features": 3})
    project, other = add(project, "table_input", {"features": 5})
    for number, source in enumerate((one, other) if first == "one" else (other, one), start=1):
        project = edits.connect(project, Link(source, "out", merged, f"x{number}"), ports_of)
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    return link(link(project, merged, last), last, end)


@pytest.mark.parametrize("first", ["one", "other"])
def test_a_network_takes_its_inputs_in_the_order_in_which_data_feeds_them(first: str) -> None:
    project = two_inputs(first)
    source = analyse(project).source
    assert source is not None
    names = ", ".join(node.name for node in input_nodes(project))
    assert f"def forward(self, {names}):" in source.text


def test_a_constant_counts_samples_by_an_input_that_nothing_else_takes() -> None:
    project, text = add(Project(), "text_input", {"length": 4})
    project, rows = add(project, "table_input", {"features": 2})
    project, constant = add(project, "constant", {"value": 1, "shape": (3,)})
    project, merged = add(project, "concatenate")
    for source in (rows, constant):
        project = link(project, source, merged)
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    project = link(link(project, merged, last), last, end)
    analysis = analyse(project)
    assert analysis.ok, analysis.problems
    assert [node.id for node in input_nodes(project)] == [text, rows]
    assert analysis.source is not None
    import torch

    assert load_model(analysis.source)(torch.zeros(5, 4).long(), torch.rand(5, 2)).shape == (5, 1)


def test_a_mask_laid_flat_is_a_row_of_numbers() -> None:
    project = chain(("mask_input", {"length": 4}), "flatten", ("linear", {"out_features": 1}), "output")
    assert analyse(project).ok
    refused = chain(("mask_input", {"length": 4}), ("linear", {"out_features": 1}), "output")
    problem = next(each for each in analyse(refused).problems if each.code == "wrong-axes")
    assert "gives sequences of single numbers of N×4" in problem.sentence
    assert problem.fix is not None and analyse(problem.fix.edit(refused)).ok


def test_a_dropout_between_layers_is_left_out_where_there_is_one_layer() -> None:
    chained = chain("sequence_input", ("gru", {"dropout": 0.5}), ("linear", {"out_features": 1}), "output")
    source = analyse(chained).source
    assert source is not None and "dropout" not in source.text


def test_a_number_that_is_no_code_is_told_in_words() -> None:
    import torch

    with pytest.raises(RunError, match="An Embedding met a number for which it has no vector"), in_words():
        torch.nn.Embedding(3, 2)(torch.tensor([7]))


def test_a_merge_of_one_input_writes_no_line() -> None:
    project = chain("table_input", ("linear", {"out_features": 3}), "add", "relu", ("linear", {}), "output")
    source = analyse(project).source
    assert source is not None and "x = x\n" not in source.text
