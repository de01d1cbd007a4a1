"""Columns beside pictures: what the checker refuses, in plain words, what it warns of, and what mends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.compiler.analyse import analyse
from designer.compiler.problems import Problem
from designer.project.model import Augmentation, FieldValue, ImageData, Project, TableData
from tests.helpers.graphs import add, chain, link
from tests.helpers.mixed import house_columns, houses, merged

IMAGE: dict[str, FieldValue] = {"height": 8, "width": 8}
FEATURES = ("rooms", "area")
CODES = ("input-kind", "second-picture", "pictures-unread", "unread-feature", "mixed-samples")


def house(*types: str, features: tuple[str, ...] = FEATURES, outputs: int = 1, **more: object) -> Project:
    """A network with inputs of these types for the table of houses."""
    inputs = {key: IMAGE if key == "image_input" else {} for key in types}
    named = {"price": (1, "mse"), "kind": (3, "cross_entropy")}
    wanted = dict(list(named.items())[:outputs])
    return replace(merged(inputs, wanted), data=houses(house_columns(" ".join(wanted), *features), **more))  # type: ignore[arg-type]


def problems(project: Project) -> list[Problem]:
    return [problem for problem in analyse(project).problems if problem.code in CODES]


@pytest.mark.parametrize("types", [("image_input", "table_input"), ("table_input", "image_input")])
def test_a_picture_and_columns_beside_it_are_sound(types: tuple[str, ...]) -> None:
    project = house(*types)
    assert problems(project) == []
    source = analyse(project).source
    assert source is not None and "def forward(self, image1, features1):" in source.text


@pytest.mark.parametrize("layout", ["classes", "masks", "pixels", "idx"])
def test_pictures_without_columns_feed_no_table_input(layout: str) -> None:
    project = replace(house("image_input", "table_input"), data=ImageData("photos", layout=layout))  # type: ignore[arg-type]
    [problem] = problems(project)
    assert (problem.severity, problem.code) == ("error", "input-kind")
    assert "list the pictures in a table with a column for each feature" in problem.sentence


def test_rows_of_pictures_have_no_steps() -> None:
    project = replace(chain("sequence_input", "flatten", "linear", "output"), data=house("image_input").data)
    assert "takes the steps of a series, of which a row has none" in problems(project)[0].sentence


def test_a_table_without_pictures_feeds_no_image_input() -> None:
    columns = house_columns("price", *FEATURES)[1:]
    project = replace(house("image_input", "table_input"), data=TableData("houses.csv", columns=columns))
    [problem] = problems(project)
    assert (problem.code, "Use a table input instead" in problem.sentence) == ("input-kind", True)


def test_there_is_one_picture_a_sample() -> None:
    project = house("image_input", "table_input")
    merge = next(node.id for node in project.graph.nodes.values() if node.type == "concatenate")
    project, second = add(project, "image_input", dict(IMAGE))
    project, flat = add(project, "flatten")
    project = link(link(project, second, flat), flat, merge)
    [problem] = [each for each in problems(project) if each.code == "second-picture"]
    assert "each sample has one picture, which “image1” takes" in problem.sentence


def test_columns_alone_leave_the_pictures_unread() -> None:
    [problem] = problems(house("table_input"))
    assert (problem.severity, problem.code) == ("error", "pictures-unread")


def test_a_feature_that_no_input_takes_is_joined_by_one_click() -> None:
    project = house("image_input")
    found = problems(project)
    assert [(each.severity, each.code) for each in found] == [("warning", "unread-feature")] * 2
    assert found[0].fix is not None
    mended = found[0].fix.edit(project)
    assert problems(mended) == [] and analyse(mended).ok
    types = [node.type for node in mended.graph.nodes.values()]
    assert types.count("table_input") == types.count("concatenate") == 1


def test_what_is_compared_with_the_picture_needs_no_columns() -> None:
    project = house("image_input")
    project = replace(project, training=replace(project.training, mode="autoencoder"))
    assert problems(project) == []


def test_codes_and_several_outputs_cannot_be_mixed() -> None:
    mixing = (Augmentation("mixup"),)
    project = house("image_input", "text_input", features=("note",), augment=mixing)
    [problem] = problems(project)
    assert "“text1” (Text input) feeds codes, which stand for words and cannot be mixed" in problem.sentence
    assert problem.fix is not None and problems(problem.fix.edit(project)) == []
    [problem] = problems(house("image_input", "table_input", outputs=2, augment=mixing))
    assert "the network has 2" in problem.sentence
    assert problems(house("image_input", "table_input", augment=mixing)) == []
