"""Weights of classes that are worked out from the training part, for the losses that take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LOSSES, mode_of
from designer.project.model import Project
from designer.training.chosen import losses_of
from designer.training.prepared import Prepared

if TYPE_CHECKING:
    import torch

NAME = "class_weights"


def weighted_outputs(project: Project) -> list[str]:
    """The keys of the outputs whose loss counts classes by their weights."""
    if project.training.class_weights != "balanced" or mode_of(project).targets != "columns":
        return []
    return [key for key, fields in losses_of(project).items() if LOSSES[str(fields["loss"])].class_weights]


def weights_variable(project: Project, key: str) -> str:
    """The expression of the weights of an output's classes, in the app as in a script; empty where there are none."""
    if key not in weighted_outputs(project):
        return ""
    from designer.compiler.texts import quoted_text

    return NAME if len(losses_of(project)) == 1 else f"{NAME}[{quoted_text(key)}]"


def with_class_weights(project: Project, prepared: Prepared) -> Prepared:
    """The prepared data with the weights of the classes beside what was learned of each target that needs them."""
    keys = weighted_outputs(project)
    if not keys:
        return prepared
    from designer.runtime.class_weights import balanced_weights

    learned = dict(prepared.preparation)
    targets: dict[str, Any] = dict(learned.get("targets", {}))
    if not targets:
        weights = balanced_weights(prepared.train, len(learned["target"]["classes"]))
        return replace(prepared, preparation={**learned, "target": {**learned["target"], NAME: weights}})
    first = next(iter(targets))
    for key in keys:
        weights = balanced_weights(prepared.train, len(targets[key]["classes"]), key)
        targets[key] = {**targets[key], NAME: weights}
    return replace(prepared, preparation={**learned, "target": targets[first], "targets": targets})


def class_weights_of(preparation: Mapping[str, Any], device: torch.device | None = None) -> Any:
    """The weights that the text of a loss names: a tensor of a single output, or those of several by key."""
    import torch

    def tensor(target: Mapping[str, Any]) -> torch.Tensor | None:
        return torch.tensor(target[NAME], device=device) if NAME in target else None

    if "targets" in preparation:
        return {key: tensor(target) for key, target in preparation["targets"].items()}
    return tensor(preparation["target"])
