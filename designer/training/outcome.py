"""What the results page shows of a finished run: a confusion matrix, or predicted against actual values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

    from designer.runtime.batches import Part
    from designer.runtime.measures import Measure

MOST_POINTS = 2_000


def outcome(
    model: nn.Module, parts: Mapping[str, Part], preparation: Mapping[str, Any], measure: Measure
) -> dict[str, Any]:
    """The outcome on the test part, else on the validation part, else on the training part, for JSON.

    ``{"part": "test", "confusion": {"classes": […], "counts": [[…]]}}`` with a row for each actual class, or
    ``{"part": …, "predicted": […], "actual": […]}`` in the target's own units, at most 2,000 samples.
    """
    import torch

    from designer.runtime.fit import EVALUATION_ROWS, predict_batch, predict_outputs, ready_batches
    from designer.runtime.metrics import confusion_matrix

    name = next(part for part in ("test", "validation", "train") if len(parts[part]))
    part = parts[name]
    if preparation["target"]["kind"] != "number":
        batches = ready_batches(part, EVALUATION_ROWS)
        counts = torch.stack([confusion_matrix(predict_batch(model, batch), batch.targets) for batch in batches]).sum(0)
        return {"part": name, "confusion": {"classes": preparation["target"]["classes"], "counts": counts.tolist()}}
    spread = torch.linspace(0, len(part) - 1, min(len(part), MOST_POINTS), dtype=torch.float64)
    chosen = spread.round().long().to(part.targets.device)
    predicted = measure.own_units(predict_outputs(model, part.rows(chosen))).flatten()
    actual = measure.own_units(part.targets[chosen]).flatten()
    sound = predicted.isfinite()
    return {"part": name, "predicted": predicted[sound].tolist(), "actual": actual[sound].tolist()}
