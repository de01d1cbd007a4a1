"""Samples from pictures: listed, split, read and brought to one size, in the order that a script follows too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from designer.layers.inputs import COLOURS
from designer.project.facts import Facts
from designer.project.model import ImageData, Project
from designer.project.paths import resolve_from
from designer.training.augmenting import augment_of
from designer.training.chosen import chosen_outputs, input_nodes, inputs_beside_pictures
from designer.training.columns import feature_names
from designer.training.errors import RunError
from designer.training.placing import place_notes, places_of
from designer.training.prepared import Known, Prepared, Unseen, counted
from designer.training.sources import picture_folders, picture_idx, picture_masks, picture_pixels, picture_tables
from designer.training.sources.gathered import Gathered, Seen, image_fields, left_out
from designer.training.sources.tables import input_codes, input_shapes
from designer.training.targets import told
from designer.training.tokens import token_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from torch import Tensor

    from designer.runtime.batches import Part

LAYOUTS: Mapping[str, ModuleType] = {
    "classes": picture_folders,
    "masks": picture_masks,
    "table": picture_tables,
    "pixels": picture_pixels,
    "idx": picture_idx,
}


def read(project: Project, data: ImageData, base: Path, given: Mapping[str, Any] | None) -> Prepared:
    """The three parts of the pictures; with ``given``, learned in an earlier run, nothing is learned anew."""
    place = resolve_from(base, data.path)
    inputs_beside_pictures(project, data)
    found: Gathered = LAYOUTS[data.layout].gather(project, data, place, given)
    if not len(found.places[0]):
        reasons = "".join(f" {note}" for note in found.notes[:3])
        raise RunError(f"{place}: no picture in it can be read to train with.{reasons}")
    if given and "norm" in given["image"]:
        norm = dict(given["image"]["norm"])
    else:
        norm = norm_of(project, found.image["colour"], found.pixels, found.places[0])
    image = {**found.image, "norm": norm}
    preparation = {"image": image, **found.learned}
    finish = _finish(preparation, found.codes)
    parts = [_part(found, rows, finish) for rows in found.places]
    where = places_of(project, data, found)
    parts[0] = replace(parts[0], augment=augment_of(data, found.learned["target"], norm, where))
    shape = (COLOURS["colour" if image["colour"] else "grey"], int(image["height"]), int(image["width"]))
    columns, held = (replace(part, inputs=part.inputs[1:]) for part in parts[:2])
    facts = Facts(
        **told(chosen_outputs(project, data), preparation, found.frame),
        features=tuple(feature_names(preparation)) if found.inputs else (),
        rows=counted(parts),
        notes=(*found.notes, *place_notes(project, data), *token_notes(found.inputs, preparation, held)),
        target_shape=shape[1:] if found.masks is not None else (),
        shapes={node.id: shape for node in input_nodes(project) if node.type == "image_input"}
        | input_shapes(found.inputs, columns),
        codes=input_codes(found.inputs, preparation),
        weighted=found.weights is not None,
    )
    return Prepared(parts[0], parts[1], parts[2], preparation, facts)


def some_of(
    project: Project, data: ImageData, base: Path, given: Mapping[str, Any], most: int
) -> tuple[str, Gathered, np.ndarray, Part]:
    """Up to ``most`` pictures of the part that results are told of: its name, all that there are, places, samples."""
    found: Gathered = LAYOUTS[data.layout].gather(project, data, resolve_from(base, data.path), given)
    parts = {name: rows for name, rows in zip(("train", "validation", "test"), found.places, strict=True) if len(rows)}
    name = next(name for name in ("test", "validation", "train") if name in parts)
    rows = parts[name][:most]
    return name, found, rows, _part(found, rows, _finish(given, found.codes))


def norm_of(project: Project, colour: bool, pixels: np.ndarray, rows: np.ndarray) -> dict[str, list[float]]:
    """Mean and standard deviation of each channel that are taken off, learned, if at all, from the pictures ``rows``.

    None where pictures stay from 0 to 1.
    """
    from designer.runtime.parts import IMAGENET_MEAN, IMAGENET_STD, learn_colours

    how = image_fields(project)["normalise"]
    if how == "none":
        return {}
    if how == "data":
        mean, std = learn_colours(pixels, rows)
    elif colour:
        mean, std = IMAGENET_MEAN, IMAGENET_STD
    else:
        mean, std = ([sum(each) / len(each)] for each in (IMAGENET_MEAN, IMAGENET_STD))
    return {"mean": mean, "std": std}


def _finish(preparation: Mapping[str, Any], codes: tuple[int, ...] = ()) -> Callable[[Part], Part]:
    """What turns a batch of bytes into what the model takes."""
    from designer.runtime.parts import bytes_to_numbers, masks_to_codes

    norm = preparation["image"].get("norm", {})
    if codes:
        return partial(masks_to_codes, codes=codes, target_kind=preparation["target"]["kind"], **norm)
    return partial(bytes_to_numbers, **norm) if norm else bytes_to_numbers


def _part(found: Gathered, rows: np.ndarray, finish: Callable[[Part], Part]) -> Part:
    import torch

    from designer.runtime.parts import picture_part

    part = picture_part(found.pixels, rows, found.targets(rows), finish, found.masks, found.beside(rows))
    return part if found.weights is None else replace(part, weights=torch.from_numpy(found.weights[rows]))


def unseen(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Unseen:
    """Pictures to predict for: a file, those beneath a folder, or what the project's own data is made of."""
    import numpy as np
    import torch

    from designer.runtime.parts import picture_part

    seen: Seen = LAYOUTS[data.layout].unseen(project, data, preparation, path)
    rows = np.flatnonzero(seen.usable)
    part = picture_part(seen.pixels, rows, torch.zeros(len(rows)), _finish(preparation), beside=seen.beside(rows))
    names = {"file": seen.names} if seen.names else {}
    usable = seen.usable
    if seen.asked is not None:
        usable = seen.asked.copy()
        usable[seen.asked] = seen.usable
    files = tuple(seen.files[row] for row in rows.tolist()) if len(seen.files) else ()
    pixels = None if files else seen.pixels if seen.usable.all() else seen.pixels[rows]
    return Unseen(part, names, usable.tolist(), files, (*_told(seen, path), *seen.notes), pixels)


def part_of(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Known:
    """All usable pictures of another folder or file, with their targets."""
    import numpy as np

    from designer.runtime.masks import mask_codes
    from designer.runtime.parts import picture_part
    from designer.runtime.values import on_each

    seen: Seen
    targets: Tensor | dict[str, Tensor]
    seen, targets = LAYOUTS[data.layout].known(project, data, preparation, path)
    rows, target = np.flatnonzero(seen.usable), preparation["target"]
    codes = tuple(mask_codes(target["values"], target["smooth"]).tolist()) if "values" in target else ()
    masks = targets.numpy() if codes and not isinstance(targets, dict) else None
    chosen = on_each(targets, lambda each: each[rows])
    part = picture_part(seen.pixels, rows, chosen, _finish(preparation, codes), masks, seen.beside(rows))
    return Known(part, (*_told(seen, path), *seen.notes))


def _told(seen: Seen, path: Path) -> tuple[str, ...]:
    """A sentence for each of the pictures of ``path`` that could not be read."""
    return tuple(left_out(seen.refused, path if path.is_dir() else path.parent))
