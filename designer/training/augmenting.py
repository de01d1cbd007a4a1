"""Augmentation as a project has chosen it, put together of the runtime's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from designer.layers.augmentations import in_use
from designer.project.model import FieldValue, ImageData

if TYPE_CHECKING:
    from designer.runtime.batches import Part


def augment_calls(data: ImageData, target: Mapping[str, Any]) -> list[tuple[str, dict[str, FieldValue]]]:
    """The functions in use with their arguments, in the order in which they are called."""
    calls = []
    for kind, values in in_use(data.augment):
        classes = len(target["classes"]) if target["kind"] == "classes" else 0
        calls.append((kind.function, {**values, "classes": classes} if kind.mixes else values))
    return calls


def augment_of(
    data: ImageData, target: Mapping[str, Any], norm: Mapping[str, list[float]]
) -> Callable[[Part], Part] | None:
    """What changes a batch of training pictures by chance; None where no augmentation is in use."""
    from designer.runtime import augmentation

    calls = [(getattr(augmentation, name), values) for name, values in augment_calls(data, target)]
    if not calls:
        return None

    def augment(batch: Part) -> Part:
        for function, values in calls:
            batch = function(batch, **values)
        return batch

    if not norm:
        return augment
    return partial(augmentation.between_norms, change=augment, mean=norm["mean"], std=norm["std"])
