"""Pictures in a folder for each class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import ImageData, Project
from designer.training.chosen import chosen_outputs
from designer.training.copies import first_copies, same_files
from designer.training.errors import RunError
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
from designer.training.targets import class_learned, class_tensors

if TYPE_CHECKING:
    from torch import Tensor


def gather(project: Project, data: ImageData, folder: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All pictures of the folder; with ``given``, the classes must be those that were learned."""
    from designer.runtime.folders import list_image_parts
    from designer.runtime.parts import usable_rows

    split, size = data.split, image_size(project)
    check_split(data, ("share", "folders"))
    paths, labels, classes, places = list_image_parts(
        folder, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    places, copied = first_copies(data, with_folds(data, places, labels), lambda: same_files(paths), labels)
    if given is not None and list(given["target"].get("classes", classes)) != classes:
        raise RunError(f"{folder}: its classes are {', '.join(classes)}, not those that the network has learned.")
    pictures = read_files(paths, places[0], {**size, "white": given["image"].get("white", 0) if given else 0})
    learned = class_learned(chosen_outputs(project, data), classes)
    return Gathered(
        pictures.pixels,
        usable_rows(places, pictures.usable),
        lambda rows: class_tensors(labels[rows], learned),
        learned,
        {**size, "white": pictures.white},
        (*copied, *white_note(pictures.white), *left_out(pictures.refused, folder)),
    )


def known(
    project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path
) -> tuple[Seen, Tensor | dict[str, Tensor]]:
    """All pictures of another folder, and targets for each of them."""
    from designer.runtime.images import list_images

    paths, labels, _ = list_images(path, preparation["target"].get("classes"))
    pictures = read_others(paths, preparation["image"])
    return Seen(pictures.pixels, pictures.usable, refused=pictures.refused), class_tensors(labels, preparation)


def unseen(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Seen:
    """One picture, or those beneath a folder."""
    from designer.runtime.images import files_beneath

    paths = files_beneath(path) if path.is_dir() else [path]
    pictures = read_others(paths, preparation["image"])
    names = [each.relative_to(path).as_posix() if path.is_dir() else each.name for each in paths]
    return Seen(pictures.pixels, pictures.usable, names, paths, pictures.refused)
