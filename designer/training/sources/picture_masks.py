"""Pictures with a mask each: a folder of pictures and one of masks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import kind_of_classes
from designer.project.model import ImageData, Project
from designer.training.copies import first_copies, same_files
from designer.training.sources.gathered import (
    Gathered,
    Seen,
    check_split,
    image_size,
    left_out,
    read_files,
    read_others,
    white_note,
    with_folds,
)
from designer.training.sources.picture_folders import unseen as unseen
from designer.training.targets import alike_outputs

if TYPE_CHECKING:
    from torch import Tensor


def gather(project: Project, data: ImageData, folder: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All pictures that have a mask; with ``given``, the masks must hold the values that were learned."""
    import torch

    from designer.runtime.masks import list_pair_parts, read_masks
    from designer.runtime.parts import usable_rows
    from designer.training.picture_cache import decode_cached

    outputs = alike_outputs(project, data, "pictures and their masks")
    split, size = data.split, image_size(project)
    check_split(data, ("share", "folders"))
    paths, files, alone, places = list_pair_parts(
        folder, split.by == "folders", split.validation, split.test, split.seed
    )
    places, copied = first_copies(data, with_folds(data, places), lambda: same_files(paths))
    pictures = read_files(paths, places[0], {**size, "white": given["image"].get("white", 0) if given else 0})
    shape = {name: size[name] for name in ("height", "width", "resize")}
    learned = {name: given["target"][name] for name in ("values", "smooth")} if given else {}
    masks = read_masks(paths, files, places[0], **shape, **learned, decode=decode_cached)
    kind = kind_of_classes(len(masks.values), outputs[0].loss)
    classes = [str(value) for value in masks.values]
    refused = [*alone, *pictures.refused, *masks.refused]
    smooth = ["The masks have smooth edges: dark counts as one class, bright as the other."] if masks.smooth else []
    return Gathered(
        pictures.pixels,
        usable_rows(places, pictures.usable & masks.usable),
        lambda rows: torch.zeros(len(rows)),
        {"target": {"name": "", "kind": kind, "classes": classes, "values": masks.values, "smooth": masks.smooth}},
        {**size, "white": pictures.white},
        (*copied, *smooth, *white_note(pictures.white), *left_out(refused, folder)),
        masks=masks.pixels,
        codes=tuple(masks.codes),
        files=list(zip(paths, files, strict=True)),
    )


def known(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> tuple[Seen, Tensor]:
    """The pictures of another folder, and their masks, uint8."""
    import numpy as np
    import torch

    from designer.runtime.masks import list_pairs, read_masks
    from designer.training.picture_cache import decode_cached

    image, target = preparation["image"], preparation["target"]
    paths, files, alone = list_pairs(path)
    pictures = read_others(paths, image)
    masks = read_masks(
        paths, files, np.arange(len(paths)), image["height"], image["width"], image["resize"],
        target["values"], target["smooth"], decode_cached,
    )  # fmt: skip
    refused = [*alone, *pictures.refused, *masks.refused]
    return Seen(pictures.pixels, pictures.usable & masks.usable, refused=refused), torch.from_numpy(
        np.asarray(masks.pixels)
    )
