"""The way in which a project is trained, put together of the runtime's functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from designer.layers.catalog import mode_of, mode_values, step_name
from designer.project.model import FieldValue, Project
from designer.training.points import named_function

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from designer.runtime.batches import Part

    Stepping: TypeAlias = Callable[..., tuple[Tensor, Tensor | dict[str, Tensor]]]


def arguments_of(project: Project, name: str) -> dict[str, FieldValue]:
    """The fields of the project's mode that the function ``name`` of the runtime takes, with their values."""
    values = mode_values(project)
    return {field: values[field] for field in mode_of(project).arguments.get(name, ())}


def function_of(project: Project, name: str) -> Any:
    """A function of the runtime, or what it makes a class of, with the arguments that the project's mode gives it."""
    found = named_function(name)
    arguments = arguments_of(project, name)
    return partial(found, **arguments) if arguments else found


def step_of(
    project: Project, rows: int = 0, scaler: torch.amp.GradScaler | None = None, usual: Stepping | None = None
) -> Stepping:
    """What trains on one batch, with ``rows`` samples going through the network at a time, or 0 for all of them.

    ``scaler`` is what float16 makes gradients larger with; without it small ones are lost. ``usual`` takes the place of
    ``gradient_step``.
    """
    import torch

    from designer.runtime.accumulating import accumulated_step
    from designer.runtime.fit import gradient_step
    from designer.runtime.mixed_precision import mixed_step

    step: Stepping = partial(accumulated_step, rows=rows) if rows else function_of(project, step_name(project))
    step = usual if usual is not None and step is gradient_step else step
    if project.training.computes_in == "float32":
        return step
    return partial(mixed_step, step=step, dtype=getattr(torch, project.training.computes_in), scaler=scaler)


def answer_of(project: Project) -> Callable[[nn.Module, Part], Tensor | dict[str, Tensor]]:
    """What the model makes of a batch that is then compared with the targets."""
    found: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]] = function_of(project, mode_of(project).answer)
    return found


def prediction_of(project: Project) -> Callable[[nn.Module, Part], Tensor | dict[str, Tensor]]:
    """What predictions of new data are: of some modes not what is compared with the targets."""
    mode = mode_of(project)
    found: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]] = function_of(project, mode.predict or mode.answer)
    return found


def prepared_part(project: Project, part: Part, training: bool) -> Part:
    """The part with what the project's mode does to its batches, while training and else."""
    from designer.runtime.disturbing import with_own_targets

    mode = mode_of(project)
    if not mode.prepare:
        return part
    disturb = function_of(project, mode.disturb) if training and disturbs(project) else None
    return with_own_targets(part, function_of(project, mode.prepare), disturb)


def disturbs(project: Project) -> bool:
    """Whether the mode's fields ask for any disturbance."""
    disturb = mode_of(project).disturb
    return bool(disturb) and any(arguments_of(project, disturb).values())
