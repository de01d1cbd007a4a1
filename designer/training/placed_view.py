"""Where a trained network says that things are in pictures, beside where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from designer.layers.places import PlacedColumns
from designer.project.model import ImageData, Project
from designer.project.paths import resolve_from
from designer.training.errors import RunError, in_words
from designer.training.mode import answer_of
from designer.training.outlines import in_shares
from designer.training.placing import told_places
from designer.training.points import loss_keys, predictions
from designer.training.results import RunRecord, read_run, trained_model
from designer.training.sources.picture_tables import image_column
from designer.training.sources.pictures import some_of
from designer.training.targets import targets_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from designer.training.sources.gathered import Gathered

MOST_PICTURES = 120


@dataclass(frozen=True, eq=False)
class PlacedNumbers:
    """What an output says of n pictures: ``true`` and ``predicted`` (n, K) of the columns ``names``, in own units.

    ``placed`` are those that say where something is. ``overlaps`` has the intersection over union of each picture's
    boxes, the average of several; nothing where there are none.
    """

    names: tuple[str, ...]
    placed: PlacedColumns
    true: np.ndarray
    predicted: np.ndarray
    overlaps: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class PlacedView:
    """Pictures of a part with what each output says of them, by its key; places are ``shares``, or pixels.

    The pictures are ``files``, or ``pixels`` uint8 (n, C, H, W), as they came, not as the network gets them; ``folder``
    is where the table that speaks of them lies, ``white`` which value is white in those of 16 bits, 0 where there are
    none.
    """

    part: str
    outputs: Mapping[str, PlacedNumbers]
    shares: bool
    folder: Path
    white: int
    files: Sequence[Path] = ()
    pixels: np.ndarray | None = None


def outputs_with_places(project: Project) -> Mapping[str, PlacedColumns]:
    """The outputs of a project that say where something is in pictures, by their keys; see ``told_places``."""
    data = project.data
    try:
        return told_places(project, data) if isinstance(data, ImageData) else {}
    except RunError:
        return {}


def placed_view(run: Path, most: int = MOST_PICTURES) -> PlacedView:
    """What a run's network says of pictures of its test part, else of that to validate with, else to train with."""
    from designer.runtime.fit import predict_outputs
    from designer.runtime.values import by_name

    record = read_run(run)
    data, placed = record.project.data, outputs_with_places(record.project)
    if not isinstance(data, ImageData) or not placed:
        raise RunError(f"No target of the run {run} is known to say where something is in a picture.")
    with in_words():
        model, learned = trained_model(record), targets_of(record.preparation)
        part, found, rows, samples = some_of(record.project, data, record.base, record.preparation, most)
        outputs = by_name(predict_outputs(model, samples, answer=answer_of(record.project)))
        losses = loss_keys(record.project, record.preparation)
        files, pixels = _pictures(record, data, found, rows)
    assert found.frame is not None
    told = {}
    for key, columns in placed.items():
        names = list(learned[key].get("names", [learned[key]["name"]]))
        true = found.frame.iloc[rows][names].to_numpy(dtype="float64")
        told[key] = _told(names, columns, true, predictions(outputs[key], learned[key], losses[key]))
    every = [name for each in placed.values() for name in each.names]
    shares = in_shares(found.frame.iloc[found.places[0]][every].to_numpy(dtype="float64"))
    folder = resolve_from(record.base, data.path).parent
    white = int(record.preparation["image"].get("white", 0))
    return PlacedView(part, told, shares, folder, white, files, pixels)


def _pictures(
    record: RunRecord, data: ImageData, found: Gathered, rows: np.ndarray
) -> tuple[Sequence[Path], np.ndarray | None]:
    """The pictures in these rows as they came: files, or their pixels."""
    from designer.runtime.picture_tables import picture_paths
    from designer.runtime.pixels import pixel_pictures

    assert found.frame is not None
    frame = found.frame.iloc[rows]
    if data.layout == "pixels":
        return (), pixel_pictures(frame, found.image["pixels"], found.image["limits"])
    return picture_paths(frame[image_column(data)], resolve_from(record.base, data.path)), None


def _told(names: list[str], placed: PlacedColumns, true: np.ndarray, predicted: Tensor) -> PlacedNumbers:
    import torch

    found = predicted.detach().cpu().double()
    overlaps = tuple(_overlaps(names, placed, torch.from_numpy(true), found))
    return PlacedNumbers(tuple(names), placed, true, found.numpy(), overlaps)


def _overlaps(names: list[str], placed: PlacedColumns, true: Tensor, predicted: Tensor) -> list[float]:
    """The overlap of predicted boxes with true ones in each picture: see ``PlacedNumbers``."""
    from designer.runtime.metrics import box_iou
    from designer.runtime.moving import edges_of, with_form

    boxes = [(form, [names.index(name) for name in columns]) for form, columns in placed.boxes]
    if not boxes:
        return []
    found = []
    for row in range(len(true)):
        sizes = [
            [with_form(edges_of(numbers[row : row + 1, columns], form), "sizes") for numbers in (predicted, true)]
            for form, columns in boxes
        ]
        found.append(sum(float(box_iou(*pair)) for pair in sizes) / len(boxes))
    return found
