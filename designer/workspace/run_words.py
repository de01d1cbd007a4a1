"""Runs in words: what was changed on the way, and where one waits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from designer.layers.catalog import training_fields
from designer.layers.fields import shown
from designer.project.model import FieldValue

# why what leads a training does nothing any more
WAITS_FOR_ROOM = "The training is over and waits until it can be saved. Stop gives up what is not saved."


def change_words(settings: Mapping[str, FieldValue]) -> str:
    """Settings and their new values: ``learning rate 0.01, epochs 13,357``."""
    declared = training_fields()
    words = []
    for name, value in settings.items():
        field = declared.get(name)
        told = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else shown(value)
        words.append(f"{(field.label if field else '') or name.replace('_', ' ')} {told}")
    return ", ".join(words)


def unsaved_words(told: Mapping[str, Any]) -> str:
    """That a run is not saved, as its events tell it, and what to do."""
    epoch = int(told.get("epoch") or 0)
    words = f"ot saved since epoch {epoch:,}" if epoch else "ot saved yet"
    since = f"The training is over, but n{words}" if told.get("waiting") else f"N{words}"
    return f"{since}: {told['message']}"


def saved_words(told: Mapping[str, Any]) -> str:
    """That a run is saved again."""
    return f"Saved again, up to epoch {int(told['epoch']):,}."


def held_words(place: Mapping[str, Any], written: Callable[[float], str] = "{:.4g}".format) -> str:
    """Where a run waits, as its events tell it: ``at epoch 3 of 20, batch 2 of 2,360, loss 0.412``.

    Between epochs ``after epoch 3``, or nothing before the first of them. ``written`` makes words of a loss.
    """
    epoch, step = int(place.get("epoch") or 0), int(place.get("step") or 0)
    # where it is told how many there are to be
    whole = f" of {place['epochs']:,}" if place.get("epochs") else ""
    if not step:
        return f"after epoch {epoch:,}{whole}" if epoch else ""
    words = [f"at epoch {epoch:,}{whole}", f"batch {step:,} of {int(place['steps']):,}"]
    loss, so_far = place.get("loss"), place.get("so_far")
    if loss is not None and math.isfinite(loss):
        words.append(f"loss {written(loss)}")
        if step > 1 and so_far is not None and math.isfinite(so_far):
            words.append(f"{written(so_far)} over the {step:,} batches so far")
    return ", ".join(words)
