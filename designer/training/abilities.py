"""What the training settings ask of each step, put together of the runtime's functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

from designer.layers.catalog import AVERAGES, higher_is_better
from designer.project.facts import is_class
from designer.project.model import FieldValue, Training
from designer.training.mode import answer_of, step_of
from designer.training.targets import targets_of

if TYPE_CHECKING:
    import torch
    from torch import nn

    from designer.runtime.batches import Part
    from designer.runtime.events import Epoch, Step
    from designer.training.assemble import Setup
    from designer.training.mode import Stepping

SCALER = "scaler"
# what the source of a network has in it whose statistics are of the weights that it learned with
NORMS = "BatchNorm"
# what makes other steps, or another choice of the best
STEADY = ("clip_norm", "clip_value", "accumulate", "average", "monitor", "sampling", "precision")


def bound_gradients(training: Training, optimizer: torch.optim.Optimizer) -> None:
    """Let the gradients of each step pull at the size of weights, then hold them within bounds, as is set."""
    from designer.runtime.clipping import clip_norm, clip_value
    from designer.runtime.decay import l1_decay

    if training.l1:
        l1_decay(optimizer, training.l1)
    if training.clip_norm:
        clip_norm(optimizer, training.clip_norm)
    if training.clip_value:
        clip_value(optimizer, training.clip_value)


def training_step(setup: Setup, usual: Stepping | None = None) -> Stepping:
    """What trains on one batch, as the settings say; ``usual`` takes the place of ``gradient_step``."""
    from designer.runtime.accumulating import piece_rows

    training = setup.project.training
    samples = training.batch_size or len(setup.parts["train"])
    rows = piece_rows(samples, training.accumulate) if training.accumulate > 1 else 0
    return step_of(setup.project, rows, setup.states.get(SCALER), usual)


def graphed_training_step(setup: Setup) -> Stepping:
    """What trains on one batch of a GPU, where it can be as one CUDA graph."""
    from designer.runtime.cuda_graphs import graphed_step
    from designer.runtime.updates import Update

    # a scaler looks at gradients between the graph and the optimizer
    return training_step(setup, graphed_step(setup.device, None if SCALER in setup.states else Update))


def scaler_of(training: Training, device: torch.device) -> dict[str, Any]:
    """What makes gradients larger in float16 by its name among what checkpoints keep; nothing in other precisions.

    TrainingError where ``device`` cannot compute so.
    """
    import torch

    from designer.runtime.mixed_precision import check_precision

    if training.computes_in != "float32":
        check_precision(device, getattr(torch, training.computes_in))
    return {SCALER: torch.amp.GradScaler(device.type)} if training.precision == "float16" else {}


def sampled(training: Training, part: Part, preparation: Mapping[str, Any]) -> Part:
    """The training part with samples drawn as the settings say: balanced by its first target of classes."""
    from designer.runtime.sampling import drawn_balanced

    if training.sampling != "balanced":
        return part
    classes = (key for key, target in targets_of(preparation).items() if is_class(target["kind"]))
    return drawn_balanced(part, next(classes))


def average_values(training: Training) -> dict[str, FieldValue]:
    """Every field of the chosen average of weights, with its default where the settings do not say it."""
    kind = AVERAGES[training.average]
    return {name: training.average_fields.get(name, field.initial) for name, field in kind.fields.items()}


def mean_arguments(training: Training) -> dict[str, FieldValue]:
    """What makes the mean of the chosen average is called with: its fields but for the epoch that it begins at."""
    return {name: value for name, value in average_values(training).items() if name != "start"}


def average_of(training: Training, model: nn.Module) -> dict[str, Any]:
    """The average of the weights of ``model`` by its kind among what checkpoints keep; nothing where there is none."""
    from torch.optim import swa_utils

    kind = AVERAGES[training.average]
    if not kind.each:
        return {}
    mean = getattr(swa_utils, kind.mean)(**mean_arguments(training)) if kind.mean else None
    return {kind.key: swa_utils.AveragedModel(model, multi_avg_fn=mean)}


def with_average(events: Iterator[Step | Epoch], setup: Setup) -> Iterator[Step | Epoch]:
    """The events, after which the weights are taken into their average, where there is one."""
    from designer.runtime.averaging import averaged_epochs, averaged_steps, renew_statistics

    training, renew = setup.project.training, None
    average = setup.states.get(training.average)
    if average is None:
        return events
    if NORMS in setup.source.text:
        part, answer = setup.parts["train"], answer_of(setup.project)
        renew = partial(renew_statistics, part=part, batch_size=training.batch_size, answer=answer)
    if AVERAGES[training.average].each == "step":
        return averaged_steps(events, average, setup.model, renew)
    return averaged_epochs(events, average, setup.model, int(str(average_values(training)["start"])), renew)


class Judging(TypedDict):
    """The figure of the validation part that epochs are compared by, and whether higher ones are better."""

    monitor: str
    higher: bool


def judging(training: Training) -> Judging:
    """What early stopping and the best weights go by, as the keywords of what follows them."""
    return {"monitor": training.monitor, "higher": higher_is_better(training.monitor)}


def steps_hang_on(training: Training) -> list[tuple[str, Any]]:
    """The settings otherwise than by default that a run cannot go on without, with their values."""
    usual = Training()
    found = [(name, getattr(training, name)) for name in STEADY if getattr(training, name) != getattr(usual, name)]
    return [*found, *sorted(average_values(training).items())]
