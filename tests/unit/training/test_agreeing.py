"""What keeps a project from being trained by several processes, and what a process takes over from the first one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.project.model import Training
from designer.training.agreeing import why_alone
from designer.training.processes import with_data_of
from tests.helpers.training import class_project, number_project, with_training


def test_usual_networks_can_be_shared(tmp_path: Path) -> None:
    """Nothing stands in the way of a table with a loss of its own samples."""
    assert why_alone(class_project(tmp_path)) == ""
    assert why_alone(number_project(tmp_path)) == ""


def test_what_cannot_be_shared_is_said(tmp_path: Path) -> None:
    """Steps that rounding decides; pieces of a batch, compared samples and two networks hinder nothing."""
    project = class_project(tmp_path)
    assert "rounding decides whether" in why_alone(with_training(project, mode="rbm"))
    assert why_alone(with_training(project, mode="gan")) == ""
    assert "rounding decides its steps" in why_alone(with_training(project, optimizer="lbfgs"))
    assert why_alone(with_training(project, accumulate=4)) == ""
    nodes = {
        key: replace(node, fields={"loss": "triplet"}) if node.type == "output" else node
        for key, node in project.graph.nodes.items()
    }
    assert why_alone(replace(project, graph=replace(project.graph, nodes=nodes))) == ""


def test_data_lies_where_the_own_project_says(tmp_path: Path) -> None:
    """Of another machine's project all counts but the place of its data."""
    own = number_project(tmp_path)
    first = replace(with_training(own, epochs=7), data=replace(own.data, path="../../elsewhere/hotels.csv"))
    found = with_data_of(first, own)
    assert found.data == own.data
    assert found.training == replace(first.training, epochs=7) != Training()
