"""Augmentation as a project has chosen it, put together of the runtime's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from designer.layers.augmentations import in_use
from designer.project.model import FieldValue, ImageData

if TYPE_CHECKING:
    from designer.runtime.batches import Part
    from designer.runtime.moving import Places


def augment_calls(
    data: ImageData, target: Mapping[str, Any], moving: bool | None = None
) -> list[tuple[str, dict[str, FieldValue]]]:
    """The functions in use with their arguments, in the order in which they are called.

    With ``moving`` only those that move what is in pictures, which come first, or only the others.
    """
    calls = []
    for kind, values in in_use(data.augment):
        if moving not in (None, kind.geometric):
            continue
        classes = len(target["classes"]) if target["kind"] == "classes" else 0
        calls.append((kind.function, {**values, "classes": classes} if kind.mixes else values))
    return calls


def augment_of(
    data: ImageData,
    target: Mapping[str, Any],
    norm: Mapping[str, list[float]],
    places: Mapping[str, Places] | None = None,
) -> Callable[[Part], Part] | None:
    """What changes a batch of training pictures by chance; None where no augmentation is in use.

    ``places`` are those that targets say, which move with the pictures.
    """
    from designer.runtime import augmentation
    from designer.runtime.moving import move_places

    def named(moving: bool) -> list[tuple[Callable[..., Part], dict[str, FieldValue]]]:
        return [(getattr(augmentation, name), values) for name, values in augment_calls(data, target, moving)]

    moves, others = named(True), named(False)
    if not moves and not others:
        return None

    def augment(batch: Part) -> Part:
        move = partial(_done, calls=moves)
        return _done(move_places(batch, move, places) if places else move(batch), others)

    if not norm:
        return augment
    return partial(augmentation.between_norms, change=augment, mean=norm["mean"], std=norm["std"])


def _done(batch: Part, calls: list[tuple[Callable[..., Part], dict[str, FieldValue]]]) -> Part:
    for function, values in calls:
        batch = function(batch, **values)
    return batch
