"""What random networks are put to: made-up samples, one step of training, and a second look at what is made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model, load_text
from designer.compiler.problems import NodePlace, Problem
from designer.compiler.report import Analysis, ModelSource
from designer.compiler.sentences import quoted
from designer.compiler.source import optimizer_text
from designer.layers.catalog import LAYERS, step_name
from designer.project.model import Node, Project
from designer.runtime import fit
from designer.runtime.batches import Part
from designer.runtime.early import stop_if_not_finite
from designer.training.assemble import make_loss
from designer.training.chosen import input_nodes, output_keys
from designer.training.errors import RunError, in_words
from tests.helpers.random_catalog import Network, Target

BATCH = 4
IMPORTS = """import torch

from designer.runtime.groups import parameter_groups
from designer.runtime.muon import MuonAdamW
"""
QUOTED = re.compile(r"“[^”]*”")
NOT_PLAIN = re.compile(
    r"\w*(Error|Exception)\b|Traceback|\bNoneType\b|\btensors?\b|\btorch\.|\bself\.|<\w|\bdim\b|_|\bshape\[|\binput\[",
    re.I,
)


def errors_of(analysis: Analysis) -> list[Problem]:
    """The problems that forbid training."""
    return [problem for problem in analysis.problems if problem.severity == "error"]


def fault_of(problem: Problem, project: Project) -> str:
    """Why a problem is not told in plain words; empty where it is. What is quoted is somebody's own words."""
    sentence = problem.sentence
    plain = QUOTED.sub("", sentence)
    found = NOT_PLAIN.search(plain)
    if found:
        return f"“{found[0]}” is no plain word"
    if not sentence.endswith("."):
        return "the sentence has no end"
    named = isinstance(problem.place, NodePlace) and problem.place.node in project.graph.nodes
    if named and quoted(project.graph.nodes[problem.place.node].name) not in sentence:  # type: ignore[union-attr]
        return "the node is not named"
    return ""


def sample_of(node: Node, shape: tuple[int, ...], codes: int) -> Tensor:
    """What an input node feeds for BATCH samples."""
    if codes:
        return torch.randint(0, codes, (BATCH, *shape))
    if node.type == "mask_input":
        return (torch.arange(shape[0]) < torch.randint(1, shape[0] + 1, (BATCH, 1))).float()
    return torch.rand(BATCH, *shape) if node.type == "image_input" else torch.randn(BATCH, *shape)


def answer_to(target: Target) -> Tensor:
    """A target for each of BATCH samples; with classes each is there."""
    if target.kind == "number":
        made = torch.randn(BATCH, target.width)
        return made.abs() if target.plain else made
    codes = torch.randint(0, target.width, (BATCH, *target.shape)) + torch.arange(BATCH).view(
        -1, *(1 for _ in target.shape)
    )
    codes = codes % target.width
    return codes.float().unsqueeze(1) if target.kind == "binary" else codes


def part_of(network: Network, analysis: Analysis) -> Part:
    """Made-up samples for a network."""
    inputs = []
    for node in input_nodes(network.project):
        report = analysis.reports[node.id]
        layer = LAYERS[node.type]
        codes = int(str(node.fields[layer.codes])) if layer.codes else 0
        assert report.shape is not None
        inputs.append(sample_of(node, report.shape, codes))
    keys = output_keys(network.project)
    answers = {keys[node]: answer_to(target) for node, target in network.targets.items()}
    return Part(tuple(inputs), answers if len(answers) > 1 else next(iter(answers.values())))


def no_figures(*_: object) -> Mapping[str, float]:
    """Measures nothing."""
    return {}


def trained(network: Network, source: ModelSource, part: Part) -> tuple[nn.Module, str]:
    """The model after one step, and why it could not go on in the words that a person reads; empty where it could."""
    training = network.project.training
    torch.manual_seed(training.seed)
    model = load_model(source)
    maker = f"{IMPORTS}\n\ndef make(model):\n    return {optimizer_text(training, source.factors)}\n"
    optimizer = load_text(maker).make(model)
    step = getattr(fit, step_name(network.project))
    events = fit.fit(
        model, part, None, make_loss(network.project, {"target": {}, "targets": {}}), optimizer,
        epochs=1, batch_size=BATCH, seed=training.seed, measure=no_figures, step=step,
    )  # fmt: skip
    try:
        with in_words():
            for _ in stop_if_not_finite(events, model):
                pass
    except RunError as error:
        return model, str(error)
    return model, ""


def bits(output: Tensor | Mapping[str, Tensor]) -> dict[str, list[int]]:
    """The bits of what a network gives; numbers that are none are equal to themselves."""
    named = {"": output} if isinstance(output, Tensor) else output
    return {name: value.detach().contiguous().view(torch.int32).flatten().tolist() for name, value in named.items()}


def judged(network: Network) -> str:
    """What became of a network: ``told`` why not, ``stopped`` in words, or ``trained``; else an AssertionError."""
    analysis = analyse(network.project, network.facts)
    for problem in analysis.problems:
        fault = fault_of(problem, network.project)
        assert not fault, f"{fault}: {problem.code}: {problem.sentence}"
    if errors_of(analysis):
        return "told"
    assert analysis.source is not None
    part = part_of(network, analysis)
    model, stopped = trained(network, analysis.source, part)
    if stopped:
        assert stopped.startswith(("Training stopped: ", "An Embedding met ")) and stopped.endswith("."), stopped
        return "stopped"
    again = load_model(analysis.source)
    again.load_state_dict(model.state_dict())
    with torch.no_grad():
        first, second = (bits(each.eval()(*part.inputs)) for each in (model, again))
    assert first == second
    parameters = sum(one.numel() for one in model.parameters())
    reports = [report for node, report in analysis.reports.items() if node in analysis.source.attributes]
    assert parameters == sum(report.parameters + report.frozen for report in reports)
    return "trained"
