"""The loss of a project as text: of its only output, or of several together."""

from __future__ import annotations

from collections.abc import Mapping

from designer.compiler.source import loss_text
from designer.compiler.texts import quoted_text
from designer.project.model import Project
from designer.training.chosen import column_with_role, losses_of
from designer.training.class_weights import weights_variable
from designer.training.errors import RunError


def output_losses(project: Project) -> dict[str, str]:
    """The text that makes the loss of each output, by the output's name in what the network gives."""
    losses = losses_of(project)
    if not losses:
        raise RunError("The network has no output. Add one from the palette and connect it.")
    weighted = project.data is not None and bool(column_with_role(project.data, "weight"))
    return {key: loss_text(values, weighted, weights_variable(project, key)) for key, values in losses.items()}


def whole_loss(project: Project) -> str:
    """The text that makes the loss that training makes small: a callable of output, target and perhaps weights."""
    texts = output_losses(project)
    if len(texts) == 1:
        return next(iter(texts.values()))
    return joint_loss_text(texts, loss_factors(project))


def loss_factors(project: Project) -> dict[str, float]:
    """What the losses of outputs are multiplied by in their sum, by the outputs' names, where that is not 1."""
    weights = {key: float(str(values["loss_weight"])) for key, values in losses_of(project).items()}
    return {key: weight for key, weight in weights.items() if weight != 1.0}


def joint_loss_text(losses: Mapping[str, str], factors: Mapping[str, float]) -> str:
    """The text of the loss of several outputs: ``JointLoss({"kind": nn.CrossEntropyLoss()}, {"kind": 2.0})``."""
    each = ", ".join(f"{quoted_text(key)}: {text}" for key, text in losses.items())
    said = ", ".join(f"{quoted_text(key)}: {factor!r}" for key, factor in factors.items())
    return f"JointLoss({{{each}}}{f', {{{said}}}' if said else ''})"
