"""Pictures in IDX files, as MNIST comes in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import ImageData, Project
from designer.training.chosen import chosen_outputs
from designer.training.copies import first_copies, same_pixels
from designer.training.errors import RunError
from designer.training.sources.gathered import Gathered, Seen, check_split, image_size, with_folds
from designer.training.sources.picture_folders import unseen as unseen_files
from designer.training.targets import class_learned, class_tensors

if TYPE_CHECKING:
    from torch import Tensor


def gather(project: Project, data: ImageData, path: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All pictures of the files; with ``given``, the classes are those that were learned."""
    from designer.runtime.idx import idx_codes, label_names, read_idx_parts
    from designer.runtime.pixels import resize_all

    split, size = data.split, image_size(project)
    check_split(data, ("share", "folders"))
    pixels, labels, places = read_idx_parts(
        path, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    places, copied = first_copies(data, with_folds(data, places, labels), lambda: same_pixels(pixels), labels)
    known_classes = given["target"].get("classes") if given else None
    classes = known_classes or label_names(labels[places[0]])
    codes, learned = idx_codes(labels, classes), class_learned(chosen_outputs(project, data), classes)
    return Gathered(
        resize_all(pixels, **size),
        places,
        lambda rows: class_tensors(codes[rows], learned),
        learned,
        size,
        tuple(copied),
    )


def known(
    project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path
) -> tuple[Seen, Tensor | dict[str, Tensor]]:
    """The pictures of other files, those of a test part where there is one, and their targets."""
    from designer.runtime.idx import idx_codes, idx_pairs, label_names, read_idx_pair

    pairs = idx_pairs(path)
    if not pairs:
        raise RunError(f"{path}: there are no IDX files in it.")
    pixels, labels = read_idx_pair(*pairs.get("test", next(iter(pairs.values()))))
    classes = preparation["target"].get("classes") or label_names(labels)
    return _seen(pixels, preparation), class_tensors(idx_codes(labels, classes), preparation)


def unseen(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Seen:
    """The pictures of another IDX file, or pictures in files."""
    from designer.runtime.idx import read_idx

    if path.is_dir() or "idx3" not in path.name.lower():
        return unseen_files(project, data, preparation, path)
    return _seen(read_idx(path, 3)[:, None], preparation)


def _seen(pixels: Any, preparation: Mapping[str, Any]) -> Seen:
    import numpy as np

    from designer.runtime.pixels import resize_all

    size = {name: preparation["image"][name] for name in ("height", "width", "colour", "resize")}
    return Seen(resize_all(pixels, **size), np.ones(len(pixels), dtype=bool))
