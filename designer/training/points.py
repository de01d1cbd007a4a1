"""What the outputs of a network predict, in the target's own units, by what their loss says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from designer.compiler.functions import home_of
from designer.compiler.load import load_text
from designer.layers.catalog import LOSSES
from designer.project.model import Fields, Project
from designer.training.chosen import losses_of

if TYPE_CHECKING:
    from torch import Tensor

    from designer.runtime.measures import Measure


def loss_keys(project: Project, preparation: Mapping[str, Any]) -> dict[str, str]:
    """The key of the loss of each output as targets are called: by the output's key, of a single one by the empty key.

    ``preparation`` is what was learned of the data.
    """
    found = {key: str(fields["loss"]) for key, fields in losses_of(project).items()}
    return found if "targets" in preparation else {"": next(iter(found.values()), "")}


@cache
def named_function(name: str) -> Callable[..., Any]:
    """A function that a loss names: of PyTorch by its dotted name, ``torch.exp``, else of the runtime."""
    text = "import torch\n" if "." in name else f"from designer.runtime.{home_of(name)} import {name}\n"
    found: Callable[..., Any] = load_text(f"{text}\nfound = {name}\n", "loss").found
    return found


def measured_by(
    loss: Callable[..., Tensor],
    metrics: dict[str, Callable[..., Tensor]],
    target: Mapping[str, Any],
    key: str,
    named: str = "",
) -> Measure:
    """What measures outputs for the loss with the key ``key`` against a target of which ``target`` was learned.

    ``named`` is the function that makes predictions of outputs where the loss names none.
    """
    from designer.runtime.log_measures import LogMeasure
    from designer.runtime.measures import Measure, own_units, target_units

    declared = LOSSES.get(key)
    named = declared.point if declared is not None and declared.point else named
    point = named_function(named) if named else None
    units = named_function(declared.units) if declared is not None and declared.units else own_units
    learned = target_units({"target": target})
    if "log" in target:
        return LogMeasure(loss, metrics, *learned, point=point, units=units, log=target["log"])
    return Measure(loss, metrics, *learned, point=point, units=units)


def predictions(output: Tensor, target: Mapping[str, Any], key: str) -> Tensor:
    """What an output predicts for the loss with the key ``key``, in the target's own units."""
    return measured_by(_nothing, {}, target, key).predictions(output)


def own_values(values: Tensor, target: Mapping[str, Any]) -> Tensor:
    """Prepared targets in their own units."""
    return measured_by(_nothing, {}, target, "").own_units(values)


def deviations(output: Tensor, target: Mapping[str, Any], key: str) -> Tensor | None:
    """How far from its predictions an output expects targets to lie, in own units; None where it does not say."""
    from designer.runtime.measures import target_units

    declared = LOSSES.get(key)
    if declared is None or not declared.spread:
        return None
    units = named_function(declared.units)(output, *target_units({"target": target}))
    found: Tensor = named_function(declared.spread)(units)
    return found


def measure_texts(fields: Fields, named: str = "") -> list[str]:
    """The arguments beside loss, metrics and units with which a script makes the ``Measure`` of an output.

    ``named`` is as with ``measured_by``.
    """
    declared = LOSSES[str(fields["loss"])]
    point = [f"point={declared.point or named}"] if declared.point or named else []
    return [*point, f"units={declared.units}"] if declared.units else point


def _nothing(output: Tensor, target: Tensor) -> Tensor:
    return output.new_zeros(())
