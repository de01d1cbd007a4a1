"""GANs and restricted Boltzmann machines: their source, and what is said of graphs that do not suit them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.compiler.problems import Problem
from designer.project import edits
from designer.project.model import Column, Project, TableData
from designer.training.prepare import facts_of
from tests.helpers.blocks import block_of, through, use, with_blocks
from tests.helpers.generative import gan, pixel_gan, plane_data, plane_gan, rbm
from tests.helpers.graphs import add, chain, link, named


def found(project: Project, base: Path | None = None) -> dict[str, Problem]:
    facts = facts_of(project, base) if base is not None else None
    return {problem.code: problem for problem in analyse(project, facts).problems if problem.code != "no-data"}


def with_mode(project: Project, mode: str) -> Project:
    return replace(project, training=replace(project.training, mode=mode, mode_fields={}))


def test_the_source_of_a_gan_holds_both_networks(tmp_path: Path) -> None:
    project = plane_gan(tmp_path)
    source = analyse(project, facts_of(project, tmp_path)).source
    assert source is not None
    assert source.classes == ("Generator", "Discriminator", "Network")
    made, seen = named(project, "made"), named(project, "seen")
    assert source.attributes[made] == "generator.made"
    assert source.attributes[seen] == "discriminator.seen"
    model = load_model(source)
    assert {name.split(".")[0] for name, _ in model.named_parameters()} == {"generator", "discriminator"}
    assert model(model.noise(5)).shape == (5, 2)  # type: ignore[operator]
    assert model.discriminator(torch.zeros(5, 2)).shape == (5, 1)  # type: ignore[operator]
    lines = source.text.splitlines()
    for node in project.graph.nodes:
        assert all(source.node_at(line) is not None for span in source.spans[node] for line in (span.first, span.last))
    noise = next(node.id for node in project.graph.nodes.values() if node.type == "noise_input")
    drawing = source.spans[noise][-1]
    assert any("torch.randn(count, 3" in line for line in lines[drawing.first - 1 : drawing.last])


def test_noise_can_be_even_and_of_several_axes(tmp_path: Path) -> None:
    project = pixel_gan(tmp_path)
    noise = next(node.id for node in project.graph.nodes.values() if node.type == "noise_input")
    project = edits.set_fields(project, noise, {"size": (2, 3), "distribution": "uniform"})
    after = next(each for each in project.graph.links if each.source == noise)
    project, flat = add(edits.disconnect(project, [after]), "flatten")
    project = link(link(project, noise, flat), flat, after.target)
    source = analyse(project, facts_of(project, tmp_path)).source
    assert source is not None
    drawn = load_model(source).noise(200)  # type: ignore[operator]
    assert drawn.shape == (200, 2, 3)
    assert -1 <= drawn.min() < -0.9
    assert 0.9 < drawn.max() <= 1


def test_blocks_and_rates_of_a_gan(tmp_path: Path) -> None:
    inside = block_of("Generator", ("wide", "linear", {"out_features": 5, "learning_rate_factor": 0.5}))
    project = with_blocks(plane_gan(tmp_path), stage=inside)
    made = named(project, "made")
    before = next(each for each in project.graph.links if each.target == made)
    project, stage = use(edits.disconnect(project, [before]), "stage")
    project = through(project, before.source, stage, made)
    source = analyse(project, facts_of(project, tmp_path)).source
    assert source is not None
    assert len(set(source.classes)) == 4
    assert list(source.factors.values()) == [0.5]
    assert next(iter(source.factors)).startswith("generator.")
    model = load_model(source)
    assert any(name.startswith(next(iter(source.factors))) for name, _ in model.named_parameters())


def test_sound_ones_have_no_problems(tmp_path: Path) -> None:
    assert not found(plane_gan(tmp_path), tmp_path)
    assert not found(pixel_gan(tmp_path), tmp_path)
    assert not found(rbm(tmp_path, 8, 4), tmp_path)


def test_one_network_is_no_gan() -> None:
    project = with_mode(chain("table_input", ("linear", {"out_features": 1}), "output"), "gan")
    assert "only one network" in found(project)["gan-networks"].sentence


def test_two_networks_of_one_kind_are_no_gan(tmp_path: Path) -> None:
    project = chain("table_input", ("linear", {"out_features": 1}), "output")
    project = with_mode(chain("table_input", ("linear", {"out_features": 1}), "output", project=project), "gan")
    assert "both take the data" in found(project)["gan-networks"].sentence


def test_networks_that_are_linked_are_told_apart(tmp_path: Path) -> None:
    project = plane_gan(tmp_path)
    seen = named(project, "seen")
    into = next(each for each in project.graph.links if each.target == seen)
    project = link(edits.disconnect(project, [into]), named(project, "made"), seen)
    sentence = found(project, tmp_path)["gan-common"].sentence
    assert "must be apart" in sentence
    assert "“samples” and “real”" in sentence or "“real” and “samples”" in sentence


def test_several_inputs_of_one_network_are_refused(tmp_path: Path) -> None:
    project = plane_gan(tmp_path)
    last = next(each for each in project.graph.links if each.target == named(project, "seen"))
    project, other = add(edits.disconnect(project, [last]), "table_input")
    project, both = add(project, "concatenate")
    project = link(link(link(project, last.source, both), other, both), both, named(project, "seen"))
    assert "a single input" in found(project)["gan-inputs"].sentence


def test_what_is_made_must_look_like_the_data(tmp_path: Path) -> None:
    project = plane_gan(tmp_path)
    project = edits.set_fields(project, named(project, "made"), {"out_features": 3})
    sentence = found(project, tmp_path)["gan-shape"].sentence
    assert "N×2" in sentence
    assert "N×3" in sentence
    assert "a Linear of 2" in sentence


def test_the_discriminator_gives_one_number_without_a_sigmoid(tmp_path: Path) -> None:
    project = plane_gan(tmp_path)
    end = next(each for each in project.graph.links if each.target == named(project, "real"))
    wide = edits.set_fields(project, end.source, {"out_features": 4})
    problem = found(wide, tmp_path)["gan-width"]
    assert problem.fix is not None
    assert "gan-width" not in found(problem.fix.edit(wide), tmp_path)
    project, squash = add(edits.disconnect(project, [end]), "sigmoid")
    project = link(link(project, end.source, squash), squash, end.target)
    problem = found(project, tmp_path)["double-activation"]
    assert problem.severity == "warning"
    assert problem.fix is not None


def test_noise_belongs_to_a_gan(tmp_path: Path) -> None:
    project = chain("noise_input", ("linear", {"out_features": 1}), "output")
    problem = found(project)["noise-mode"]
    assert problem.severity == "error"
    assert "only the generator of a GAN" in problem.sentence


def test_weighted_rows_are_refused(tmp_path: Path) -> None:
    data = plane_data(tmp_path)
    weighted = TableData(data.path, columns=(Column("east"), Column("north", role="weight")))
    assert "counts all alike" in found(gan(weighted, 1))["weighted-mode"].sentence


@pytest.mark.parametrize(("layer", "code"), [("relu", "rbm-layer"), ("linear", "rbm-layer")])
def test_only_machines_stand_in_a_machine(layer: str, code: str) -> None:
    project = with_mode(chain("table_input", "rbm", layer, "output"), "rbm")
    problem = found(project)[code]
    assert "contrastive divergence" in problem.sentence
    assert problem.fix is not None
    assert code not in found(problem.fix.edit(project))


def test_no_machine_is_said() -> None:
    assert "no RBM layer" in found(with_mode(chain("table_input", "output"), "rbm"))["rbm-layer"].sentence


def test_inputs_of_a_machine_are_from_zero_to_one(tmp_path: Path) -> None:
    project = with_mode(chain("table_input", "rbm", "output", project=Project(data=plane_data(tmp_path))), "rbm")
    problem = found(project, tmp_path)["rbm-range"]
    assert problem.severity == "warning"
    assert problem.fix is not None
    assert "rbm-range" not in found(problem.fix.edit(project), tmp_path)
    pictures = rbm(tmp_path)
    image = next(node.id for node in pictures.graph.nodes.values() if node.type == "image_input")
    assert "rbm-range" in found(edits.set_fields(pictures, image, {"normalise": "data"}), tmp_path)


def test_what_is_binarised_cannot_be_drawn(tmp_path: Path) -> None:
    project = rbm(tmp_path, mode_fields={"draw": True})
    problem = found(project, tmp_path)["rbm-draw"]
    assert problem.severity == "warning"
    assert problem.fix is not None
    assert not found(problem.fix.edit(project), tmp_path)


def test_optimizers_that_step_by_themselves_are_refused(tmp_path: Path) -> None:
    assert "own-step" in found(plane_gan(tmp_path, optimizer="lbfgs"), tmp_path)
