"""From a project to all that training needs, in the order that the exported script follows too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model, load_text
from designer.compiler.report import ModelSource
from designer.compiler.source import loss_text, optimizer_text
from designer.layers.catalog import LOSSES, metrics_for, values_of
from designer.project.facts import Facts
from designer.project.model import Project
from designer.training.chosen import column_with_role, node_with_role
from designer.training.errors import RunError
from designer.training.prepare import read_data
from designer.training.prepared import PARTS, Prepared

if TYPE_CHECKING:
    import torch
    from torch import nn

    from designer.runtime.batches import Part
    from designer.runtime.measures import Measure


@dataclass(frozen=True)
class Setup:
    """All that one training needs: ``parts`` on ``device``, ``texts`` with the sources of loss and optimizer."""

    project: Project
    prepared: Prepared
    source: ModelSource
    texts: tuple[str, str]
    device: torch.device
    model: nn.Module
    loss: nn.Module
    optimizer: torch.optim.Optimizer
    measure: Measure
    parts: dict[str, Part]


def assemble(project: Project, base: Path) -> Setup:
    """Read the data, build the model from the seed, move it to the device, then make its optimizer.

    RunError where the project has an error, or its data cannot be used.
    """
    import torch

    from designer.runtime.decay import l1_decay
    from designer.runtime.device import pick_device

    training = project.training
    usual = usual_threads()
    torch.set_num_threads(training.threads or usual)
    prepared = read_data(project, base)
    source, texts = sound_source(project, prepared.facts), part_texts(project)
    makers = load_text(_makers_text(*texts), "training")
    device = pick_device(training.device)
    parts = {name: part.to(device) for name, part in prepared.parts.items()}
    torch.manual_seed(training.seed)
    model = load_model(source).to(device)
    optimizer = makers.make_optimizer(model)
    if training.l1:
        l1_decay(optimizer, training.l1)
    loss = makers.make_loss()
    measure = measure_of(project, loss, prepared.preparation)
    return Setup(project, prepared, source, texts, device, model, loss, optimizer, measure, parts)


@cache
def usual_threads() -> int:
    """The number of threads that PyTorch chose for itself, remembered before any training set another."""
    import torch

    return torch.get_num_threads()


def sound_source(project: Project, facts: Facts) -> ModelSource:
    """The source of the project's model; RunError with the sentences of what stands in the way."""
    analysis = analyse(project, facts)
    errors = [problem.sentence for problem in analysis.problems if problem.severity == "error"]
    if errors or analysis.source is None:
        more = f" And {len(errors) - 3} more problems." if len(errors) > 3 else ""
        raise RunError(" ".join(errors[:3]) + more or "The network is not complete.")
    return analysis.source


def part_texts(project: Project) -> tuple[str, str]:
    """The texts that make the loss and the optimizer."""
    output = node_with_role(project, "output")
    if output is None:
        raise RunError("The network has no output. Add one from the palette and connect it.")
    weighted = project.data is not None and bool(column_with_role(project.data, "weight"))
    return loss_text(values_of(output), weighted), optimizer_text(project.training)


def _makers_text(loss: str, optimizer: str) -> str:
    function = next((kind.function for kind in LOSSES.values() if kind.function == loss), "")
    imported = f"from designer.runtime.losses import {function}\n" if function else ""
    imported += "from designer.runtime.weighting import Weighted\n" if loss.startswith("Weighted(") else ""
    return (
        f"import torch\nfrom torch import nn\n\n{imported}\n\n"
        f"def make_loss():\n    return {loss}\n\n\n"
        f"def make_optimizer(model):\n    return {optimizer}\n"
    )


def make_loss(project: Project) -> Any:
    """The project's loss: a callable of (output, target)."""
    return load_text(_makers_text(*part_texts(project)), "training").make_loss()


def measure_of(project: Project, loss: Any, preparation: dict[str, Any]) -> Measure:
    """Loss and chosen metrics in the units of the target."""
    from designer.runtime import metrics
    from designer.runtime.measures import Measure, target_units

    chosen = metrics_for(preparation["target"]["kind"], project.training.metrics)
    functions = {metric.key: getattr(metrics, metric.function) for metric in chosen}
    return Measure(loss, functions, *target_units(preparation))


def rows_of(parts: dict[str, Part]) -> dict[str, int]:
    """How many samples each part has."""
    return {name: len(parts[name]) for name in PARTS}
