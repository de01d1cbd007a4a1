"""Autoencoders: what stands in the way of giving the input back, and of learning something by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.compiler.analyse import analyse
from designer.compiler.narrow import narrowest
from designer.compiler.planning import make_plan
from designer.project.facts import Facts
from designer.project.model import Column, ImageData, Project, TableData, Training
from tests.helpers.graphs import chain


def restoring(*layers: object, loss: str = "mse", scale: str = "standard", **fields: float) -> Project:
    columns = tuple(Column(name, scale=scale) for name in "abcd")  # type: ignore[arg-type]
    training = Training(mode="autoencoder", mode_fields=fields)
    last = ("output", {"loss": loss})
    return chain(
        "table_input", *layers, last, project=Project(data=TableData("t.csv", columns=columns), training=training)
    )  # type: ignore[arg-type]


def codes(project: Project) -> list[str]:
    node = next(iter(project.graph.nodes))
    facts = Facts("number", features=("a", "b", "c", "d"), shapes={node: (4,)}, answer_shape=(4,), rows={"train": 50})
    return [problem.code for problem in analyse(project, facts).problems]


NARROW = (("linear", {"out_features": 2}), "relu", ("linear", {"out_features": 4}))


def test_a_narrow_middle_is_sound_and_found() -> None:
    project = restoring(*NARROW)
    assert codes(project) == []
    found = narrowest(make_plan(project, None))
    assert found is None or found.width == 2


def test_a_network_that_can_copy_is_warned_of_unless_it_cleans() -> None:
    wide = (("linear", {"out_features": 9}), "relu", ("linear", {"out_features": 4}))
    assert codes(restoring(*wide)) == ["wide-middle"]
    assert codes(restoring(*wide, noise=0.1)) == [] and codes(restoring(*wide, masking=0.2)) == []


def test_the_output_has_the_shape_of_the_input() -> None:
    assert codes(restoring(("linear", {"out_features": 2}))) == ["output-shape"]


def test_binary_cross_entropy_wants_inputs_from_0_to_1() -> None:
    assert codes(restoring(*NARROW, loss="bce")) == ["beyond-one"]
    assert codes(restoring(*NARROW, loss="bce", scale="minmax")) == []
    project = restoring(*NARROW, loss="bce")
    found = analyse(project, None).problems
    fixed = next(problem.fix for problem in found if problem.code == "beyond-one")
    assert fixed is not None and "beyond-one" not in codes(fixed.edit(project))


def test_a_sigmoid_before_binary_cross_entropy_is_one_too_many() -> None:
    assert codes(restoring(*NARROW, "sigmoid", loss="bce", scale="minmax")) == ["double-activation"]


@pytest.mark.parametrize("loss", ["cross_entropy", "triplet", "hinge"])
def test_losses_for_classes_are_refused(loss: str) -> None:
    assert "loss-mode" in codes(restoring(*NARROW, loss=loss))


def test_texts_cannot_be_given_back() -> None:
    data = TableData("t.csv", columns=(Column("said", "text"),))
    project = Project(data=data, training=Training(mode="autoencoder"))
    project = chain(
        ("text_input", {"length": 6}), "embedding_bag", ("linear", {"out_features": 6}), "output", project=project
    )
    node = next(iter(project.graph.nodes))
    facts = Facts("number", shapes={node: (6,)}, codes={node: 50}, answer_shape=(6,), rows={"train": 50})
    found = [each for each in analyse(project, facts).problems if each.code == "mode-data"]
    assert "cannot be given back as numbers" in found[0].sentence


def test_normalised_pictures_are_not_from_0_to_1() -> None:
    project = Project(data=ImageData("pics"), training=Training(mode="autoencoder"))
    image = {"height": 4, "width": 4, "mode": "grey", "normalise": "data"}
    ends = [("linear", {"out_features": 16}), ("reshape", {"shape": (1, 4, 4)}), ("output", {"loss": "bce"})]
    project = chain(("image_input", image), "flatten", ("linear", {"out_features": 2}), *ends, project=project)
    found = [each.code for each in analyse(project, None).problems]
    assert "beyond-one" in found
    plain = replace(project.graph.nodes[next(iter(project.graph.nodes))], fields={**image, "normalise": "none"})
    nodes = {**project.graph.nodes, plain.id: plain}
    assert "beyond-one" not in [
        each.code for each in analyse(replace(project, graph=replace(project.graph, nodes=nodes)), None).problems
    ]
