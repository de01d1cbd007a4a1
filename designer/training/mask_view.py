"""The masks that a trained network predicts beside the true ones, those that are least alike first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.model import ImageData, Project
from designer.project.paths import resolve_from
from designer.training.errors import RunError, in_words
from designer.training.mask_files import MASKS_AT_ONCE, mask_codes_of
from designer.training.mode import answer_of
from designer.training.results import read_run, trained_model
from designer.training.sources.pictures import some_of
from designer.training.wanted import refuse_unwanted

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

MOST_SHOWN = 120
# so many pictures of the part are looked at; a large network takes seconds for ten
MOST_LOOKED_AT = 400


@dataclass(frozen=True, eq=False)
class MaskView:
    """Pictures of a part, of which ``looked_at`` were measured, with the file of the true mask and the predicted one.

    ``predicted`` has class codes (n, height, width) in the size that the network gives, ``overlaps`` the intersection
    over union of each picture; the smallest come first. ``values`` of masks stand for the classes, ``smooth`` ones are
    dark and bright alone; ``resize`` says how pictures were brought to that size, and ``white`` which value is white in
    those of 16 bits, 0 where there are none.
    """

    part: str
    files: tuple[Path, ...]
    masks: tuple[Path, ...]
    predicted: np.ndarray
    overlaps: tuple[float, ...]
    values: tuple[int, ...]
    smooth: bool
    resize: str
    looked_at: int
    folder: Path
    white: int


def learns_masks(project: Project) -> bool:
    """Whether a project's network gives a class to every pixel."""
    return isinstance(project.data, ImageData) and project.data.layout == "masks"


def mask_view(run: Path, most: int = MOST_SHOWN, looked_at: int = MOST_LOOKED_AT) -> MaskView:
    """What a run's network says of pictures of its test part, else of that to validate with, else to train with."""
    import numpy as np

    from designer.runtime.fit import predict_batch, ready_batches
    from designer.runtime.values import by_name

    record = read_run(run)
    data, target = record.project.data, record.preparation["target"]
    if not isinstance(data, ImageData) or not learns_masks(record.project) or "values" not in target:
        raise RunError(f"The run {run} has not learned masks.")
    with in_words():
        model, answer = trained_model(record), answer_of(record.project)
        part, found, rows, samples = some_of(record.project, data, record.base, record.preparation, looked_at)
        overlaps = np.empty(len(rows))
        kept = np.empty((0, *found.pixels.shape[2:]), dtype=np.uint8)
        places, done = np.empty(0, dtype=np.int64), 0
        for batch in ready_batches(samples, MASKS_AT_ONCE):
            refuse_unwanted()
            output, true = by_name(predict_batch(model, batch, answer))[""], by_name(batch.targets)[""]
            fresh = np.arange(done, done + len(batch))
            done += len(batch)
            overlaps[fresh] = [overlap(output[row : row + 1], true[row : row + 1]) for row in range(len(batch))]
            kept = np.concatenate([kept, mask_codes_of(output).astype(np.uint8)])
            places = np.concatenate([places, fresh])
            worst = np.argsort(overlaps[places], kind="stable")[:most]
            kept, places = kept[worst], places[worst]
    files = [found.files[int(rows[place])] for place in places]
    return MaskView(
        part,
        tuple(picture for picture, _ in files),
        tuple(mask for _, mask in files),
        kept,
        tuple(overlaps[places].tolist()),
        tuple(target["values"]),
        bool(target["smooth"]),
        str(record.preparation["image"]["resize"]),
        len(rows),
        Path(resolve_from(record.base, data.path)),
        int(record.preparation["image"].get("white", 0)),
    )


def overlap(output: Tensor, target: Tensor) -> float:
    """The intersection over union of a single picture's mask: of the second of two classes, else the average of all.

    Where there is nothing of a class and nothing was found, it does not count; a mask without any is all right: 1.
    """
    from designer.runtime.metrics import confusion_matrix

    counts = confusion_matrix(output, target).double()
    both = counts.diagonal()
    either = counts.sum(dim=0) + counts.sum(dim=1) - both
    chosen = slice(1, 2) if len(counts) == 2 else slice(None)
    seen = either[chosen] > 0
    return float((both[chosen][seen] / either[chosen][seen]).mean()) if seen.any() else 1.0
