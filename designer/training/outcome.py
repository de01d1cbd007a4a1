"""What the results page shows of a finished run: a confusion matrix, or predicted against actual values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LOSSES
from designer.training.points import own_values, predictions
from designer.training.targets import targets_of, texts_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from designer.runtime.batches import Part

MOST_POINTS = 2_000


def outcome(
    model: nn.Module,
    parts: Mapping[str, Part],
    preparation: Mapping[str, Any],
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
    losses: Mapping[str, str],
) -> dict[str, Any]:
    """The outcome on the test part, else on the validation part, else on the training part, for JSON.

    ``{"part": "test", "confusion": {"classes": […], "counts": [[…]]}}`` with a row for each actual class, or
    ``{"part": …, "predicted": […], "actual": […]}`` in the target's own units, at most 2,000 samples, or of texts
    ``{"part": …, "texts": {"read": […], "actual": […]}}``. Of several outputs the first is told so, and ``outputs`` has
    all of them by name. Where outputs are compared with no target, or are embeddings, only the part is told. ``losses``
    has the key of the loss of each target.
    """
    name = next(part for part in ("test", "validation", "train") if len(parts[part]))
    if preparation["target"].get("own"):
        return {"part": name}
    pictures = {
        key: _picture(model, parts[name], key, target, answer, losses[key])
        for key, target in targets_of(preparation).items()
        if LOSSES[losses[key]].expects != "embedding"
    }
    if not pictures:
        return {"part": name}
    first = next(iter(pictures.values()))
    return {"part": name, **first, **({"outputs": pictures} if len(pictures) > 1 else {})}


def _picture(
    model: nn.Module, part: Part, key: str, target: Mapping[str, Any], answer: Callable[..., Any], loss: str
) -> dict[str, Any]:
    if target["kind"] == "text":
        return _texts(model, part, key, target, answer)
    if target["kind"] == "number":
        return _points(model, part, key, target, answer, loss)
    return _counted(model, part, key, target, answer)


def _texts(
    model: nn.Module, part: Part, key: str, target: Mapping[str, Any], answer: Callable[..., Any]
) -> dict[str, Any]:
    from designer.runtime.fit import predict_outputs
    from designer.runtime.metrics import best_path
    from designer.runtime.values import by_name

    chosen = spread(part)
    read = best_path(by_name(predict_outputs(model, chosen, answer=answer))[key])
    actual = by_name(chosen.targets)[key]
    return {"texts": {"read": texts_of(read, target["classes"]), "actual": texts_of(actual, target["classes"])}}


def spread(part: Part, most: int = MOST_POINTS) -> Part:
    """At most ``most`` samples from all over a part."""
    import torch

    places = torch.linspace(0, len(part) - 1, min(len(part), most), dtype=torch.float64)
    return part.rows(places.round().long().to(part.inputs[0].device))


def _counted(
    model: nn.Module, part: Part, key: str, target: Mapping[str, Any], answer: Callable[..., Any]
) -> dict[str, Any]:
    import torch

    from designer.runtime.fit import EVALUATION_ROWS, predict_batch, ready_batches
    from designer.runtime.metrics import confusion_matrix
    from designer.runtime.values import by_name

    counts = [
        confusion_matrix(by_name(predict_batch(model, batch, answer))[key], by_name(batch.targets)[key])
        for batch in ready_batches(part, EVALUATION_ROWS)
    ]
    return {"confusion": {"classes": target["classes"], "counts": torch.stack(counts).sum(0).tolist()}}


def _points(
    model: nn.Module, part: Part, key: str, target: Mapping[str, Any], answer: Callable[..., Any], loss: str
) -> dict[str, Any]:
    from designer.runtime.fit import predict_outputs
    from designer.runtime.values import by_name

    chosen = spread(part)
    predicted = predictions(by_name(predict_outputs(model, chosen, answer=answer))[key], target, loss).flatten().cpu()
    # of samples that do not fit on a GPU the targets are still in memory
    actual = own_values(by_name(chosen.targets)[key], target).flatten().cpu()
    sound = predicted.isfinite()
    return {"predicted": predicted[sound].tolist(), "actual": actual[sound].tolist()}
